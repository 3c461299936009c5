// Two densities that are dragged, and both directions of their KL divergence as areas on one scale.
const RANGE = [-7, 7];
const TOP = 0.95; // of the densities' axis
const WIDE = linspace(-40, 40, 4001); // the integrals must not be cut where the picture is
const GRID = linspace(...RANGE, 351);
const SCALES = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]; // heights of the integrands' axis
const HUMP = 2.5; // from the mean of p to each of its humps
const LIMITS = { mu: [-4, 4], var: [0.05, 9] };
const Q_RANGE = { mu: LIMITS.mu, sigma: LIMITS.var.map(Math.sqrt) };

const gaussian = (mean, variance) => (z) => logNormal(z, mean, variance);

function twoHumps(mean, variance) {
  return (z) => {
    const [a, b] = [-HUMP, HUMP].map((shift) => logNormal(z, mean + shift, variance));
    return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2;
  };
}

const integrand = (grid, logA, logB) => grid.map((z) => Math.exp(logA(z)) * (logA(z) - logB(z)));

// One step of a Gaussian q towards p: down KL(q || p) along its gradient, or down KL(p || q) towards p's moments.
function klStep(direction, { mu_q, var_q, mu_p, var_p, two_humps }) {
  const logP = (two_humps ? twoHumps : gaussian)(mu_p, var_p);
  if (direction === "qp") {
    const [mean, width] = gradientStep({ logJoint: logP }, mu_q, Math.sqrt(var_q), Q_RANGE);
    return [mean, width * width];
  }
  const spread = var_p + (two_humps ? HUMP * HUMP : 0) + (mu_p - mu_q) ** 2;
  return [mu_q + RATE * (mu_p - mu_q), clamp(var_q + RATE * (spread - var_q), ...LIMITS.var)];
}

function direction(name, colour, onFit) {
  const view = plot({ x: RANGE, y: [-0.3, 1.1], ticks: [-6, -3, 0, 3, 6], yTicks: [0, 1], label: `Integrand of ${name}`, height: 150 });
  const scale = [...view.svg.querySelectorAll('text[text-anchor="end"]')].at(-1);
  const area = view.add("path", { class: `vae-area vae-${colour}` });
  const curve = view.add("path", { class: `vae-curve vae-${colour}` });
  const readout = element("p", { class: "vae-readout" });
  const fit = button(`Fit q by ${name}`, onFit);
  const heading = element("p", { class: "vae-heading" }, name);
  const block = element("div", {}, heading, readout, view.svg);
  return {
    block,
    fit,
    say: (running) => (fit.textContent = running ? "Stop" : `Fit q by ${name}`),
    update(values, top, closed, whole) {
      const points = GRID.map((z, i) => [z, values[i] / top]);
      curve.setAttribute("d", view.path(points));
      area.setAttribute("d", view.area(points));
      scale.textContent = text(top, top < 1 ? 1 : 0);
      const told = closed === null ? " as the area" : ` by formula, area ${text(whole, 4)}`;
      readout.replaceChildren(element("b", {}, `${text(closed ?? whole, 4)} nats`), told);
      Object.assign(block.dataset, { area: whole, closed: closed ?? "" });
    },
  };
}

function render({ model, el }) {
  const densities = plot({
    x: RANGE, y: [0, TOP], ticks: [-6, -3, 0, 3, 6], yTicks: [0, 0.2, 0.4, 0.6, 0.8], width: wide(el), height: 190, xLabel: "z",
    label: "Densities of q and p",
  });
  const curves = { q: ["first", "q(z)"], p: ["second", "p(z)"] };
  const lines = {};
  for (const [which, [colour]] of Object.entries(curves)) {
    lines[which] = {
      area: densities.add("path", { class: `vae-area vae-${colour}` }),
      curve: densities.add("path", { class: `vae-curve vae-${colour}` }),
    };
  }
  for (const [which, [colour]] of Object.entries(curves)) lines[which].handles = bellHandles(densities, colour);
  const sliders = {};
  const controls = ["q", "p"].map((which) => {
    const label = (what) => `${what} of ${which}`;
    sliders[`mu_${which}`] = valueSlider(model, `mu_${which}`, { label: label("mean"), min: -4, max: 4, step: 0.05 });
    sliders[`var_${which}`] = logSlider(model, `var_${which}`, { label: label("variance"), min: 0.05, max: 9 });
    const rows = [sliders[`mu_${which}`].row, sliders[`var_${which}`].row];
    return element("div", { class: `vae-${curves[which][0]}` }, ...rows);
  });
  const shapes = choice({
    label: "p",
    options: [{ name: "one hump" }, { name: "two humps" }],
    onChoose: (i) => change(model, { two_humps: i === 1 }),
  });
  const names = [...Object.keys(sliders), "two_humps"];
  const now = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));

  const step = (which) => () => {
    const before = now();
    const [mean, variance] = klStep(which, before);
    change(model, { mu_q: mean, var_q: variance });
    return Math.abs(mean - before.mu_q) + Math.abs(variance - before.var_q) > 1e-4;
  };
  const steps = {};
  const parts = [["qp", "KL(q ‖ p)", "first"], ["pq", "KL(p ‖ q)", "second"]].map(([which, name, colour]) => {
    const part = direction(name, colour, () => {
      steps[which === "qp" ? "pq" : "qp"].stop();
      steps[which].toggle();
    });
    steps[which] = stepper(step(which), (running) => {
      part.say(running);
      tell(running ? "" : which);
    });
    return part;
  });
  const halt = () => Object.values(steps).forEach(({ stop }) => stop());

  // What a fit has come to, once q no longer moves; stopped on the way it has come to nothing.
  const task = element("p", { class: "vae-task" });
  let [arrived, at] = ["", ""];
  function tell(which) {
    const all = now();
    const [mean, variance] = which ? klStep(which, all) : [Infinity, 0];
    arrived = Math.abs(mean - all.mu_q) + Math.abs(variance - all.var_q) < 2e-4 ? which : "";
    at = String(Object.values(all));
    say();
  }
  function say() {
    const all = now();
    const name = { qp: "KL(q ‖ p)", pq: "KL(p ‖ q)" }[String(Object.values(all)) === at ? arrived : ""];
    const ends = Math.abs(all.mu_q - all.mu_p) > HUMP / 2 ? "q has picked one hump." : "q covers both humps.";
    const told = all.two_humps ? ends : "q lies on p.";
    const asked = "Give p two humps and fit q both ways: which direction covers both humps, which picks one?";
    task.replaceChildren(element("b", {}, name ? `Fitted by ${name}: ${told} ` : "Drag the curves. "), asked);
  }
  figure(
    el,
    "KL divergence between two densities",
    task,
    shapes.group,
    legend(Object.values(curves).map(([colour, name]) => [name, colour])),
    densities.svg,
    element("div", { class: "vae-starts" }, ...parts.map(({ fit }) => fit)),
    element("div", { class: "vae-columns" }, ...controls),
    element("p", { class: "vae-readout" }, "Below, the integrands on one scale, in nats per unit of z. A divergence is the area."),
    element("div", { class: "vae-columns" }, ...parts.map(({ block }) => block)),
  );

  // The bells in the picture: q's, and p's one or two.
  const bells = () => {
    const { mu_q, var_q, mu_p, var_p, two_humps } = now();
    const shifts = two_humps ? [-HUMP, HUMP] : [0];
    const ofP = shifts.map((shift) => ({ which: "p", mu: mu_p + shift, sigma: Math.sqrt(var_p), shift }));
    return [{ which: "q", mu: mu_q, sigma: Math.sqrt(var_q), shift: 0 }, ...ofP];
  };
  const density = ({ mu, sigma, which }) => (z) =>
    Math.exp(logNormal(z, mu, sigma * sigma)) * (which === "p" && model.get("two_humps") ? 0.5 : 1);
  draggable(densities.svg, {
    at: densities.at,
    take([z, v]) {
      const near = bells().map((bell) => ({ ...bell, from: Math.abs(z - bell.mu) / bell.sigma, held: holdBell(z, bell, 0.2) }));
      const under = near.filter((bell) => bell.held && v < density(bell)(z) + 0.2);
      return under.sort((a, b) => a.from - b.from)[0];
    },
    move({ which, shift, held }, [z]) {
      halt();
      const pulled = pullBell(held, z, model.get(`mu_${which}`) + shift);
      const name = held.part === "mu" ? "mu" : "var";
      const value = name === "mu" ? pulled - shift : pulled * pulled;
      change(model, { [`${name}_${which}`]: clamp(Number(value.toFixed(3)), ...LIMITS[name]) });
    },
  });

  const stop = redrawOn(model, names, () => {
    const { mu_q, var_q, mu_p, var_p, two_humps } = now();
    const logs = { q: gaussian(mu_q, var_q), p: (two_humps ? twoHumps : gaussian)(mu_p, var_p) };
    for (const bell of bells().reverse()) lines[bell.which].handles(bell, (z) => Math.exp(logs[bell.which](z)));
    for (const which of ["q", "p"]) {
      const points = GRID.map((z) => [z, Math.exp(logs[which](z))]);
      lines[which].curve.setAttribute("d", densities.path(points));
      lines[which].area.setAttribute("d", densities.area(points));
    }
    const pairs = [[logs.q, logs.p], [logs.p, logs.q]];
    const drawn = pairs.map(([a, b]) => integrand(GRID, a, b));
    const highest = Math.max(...drawn.flat().map((v) => (v < 0 ? -4 * v : v)));
    const top = SCALES.find((each) => each >= highest) ?? SCALES.at(-1);
    const closed = two_humps ? [null, null] : [klNormals(mu_q, var_q, mu_p, var_p), klNormals(mu_p, var_p, mu_q, var_q)];
    const values = parts.map((part, i) => {
      const whole = trapezoid(WIDE, integrand(WIDE, ...pairs[i]));
      part.update(drawn[i], top, closed[i], whole);
      return closed[i] ?? whole;
    });
    shapes.update(two_humps ? 1 : 0);
    say();
    const consequence = `KL of q from p ${text(values[0])}, of p from q ${text(values[1])} nats`;
    for (const [name, control] of Object.entries(sliders)) control.update(model.get(name), consequence);
  });
  return () => {
    halt();
    stop();
  };
}

const STATE = {
  mu_q: within(...LIMITS.mu), var_q: within(...LIMITS.var), mu_p: within(...LIMITS.mu), var_p: within(...LIMITS.var), two_humps: flag,
};

export default living({ name: "kl", state: STATE, render, readsWidth: true });
