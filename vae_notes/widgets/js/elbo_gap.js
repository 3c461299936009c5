// A model with one latent number and a known posterior: what a chosen q leaves between the bound and log p(x).
const RANGE = [-4, 4];
const GRID = linspace(-10, 10, 2001);
const COUNTS = [1, 2, 4, 8, 16, 32, 64];
const REPEATS = 1000;

// Both have the prior N(0, 1); the second sees only the square of z, so its posterior has two modes.
const CASES = [
  { name: "one mode", x: 1.3, mean: (z) => z, variance: 0.5 },
  { name: "two modes", x: 1, mean: (z) => z * z, variance: 0.1 },
].map((model) => {
  const logJoint = (z) => logNormal(z, 0, 1) + logNormal(model.x, model.mean(z), model.variance);
  const evidence = Math.log(trapezoid(GRID, GRID.map((z) => Math.exp(logJoint(z)))));
  return { ...model, logJoint, evidence };
});

// Standard normal numbers that are the same on every visit (mulberry32 and Box-Muller), so that the bound moves smoothly.
function fixedNoise(count) {
  let state = 1;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}
const noise = fixedNoise(REPEATS * COUNTS.at(-1));

function elbo({ logJoint }, mu, sigma) {
  const grid = linspace(mu - 9 * sigma, mu + 9 * sigma, 1201);
  const values = grid.map((z) => {
    const logq = logNormal(z, mu, sigma * sigma);
    return Math.exp(logq) * (logJoint(z) - logq);
  });
  return trapezoid(grid, values);
}

// L_k = L_1 + E[log mean w - mean log w]: the same draws in both terms, so most of the sampling noise cancels.
function importanceBound({ logJoint }, mu, sigma, k, bound) {
  let sum = 0;
  let squares = 0;
  const logs = new Float64Array(k);
  for (let r = 0; r < REPEATS; r++) {
    for (let i = 0; i < k; i++) {
      const z = mu + sigma * noise[r * k + i];
      logs[i] = logJoint(z) - logNormal(z, mu, sigma * sigma);
    }
    const top = logs.reduce((a, b) => Math.max(a, b));
    let mean = 0;
    let meanLog = 0;
    for (const l of logs) {
      mean += Math.exp(l - top) / k;
      meanLog += l / k;
    }
    const lift = top + Math.log(mean) - meanLog;
    sum += lift;
    squares += lift * lift;
  }
  const lift = sum / REPEATS;
  const error = Math.sqrt(Math.max(0, squares / REPEATS - lift * lift) / REPEATS);
  return { value: bound + lift, error };
}

function barRow(...colours) {
  const parts = colours.map((colour) => element("span", { class: `vae-${colour}` }));
  const label = element("span", { class: "vae-bar-label" });
  const row = element("div", { class: "vae-bar-row" }, label, element("div", { class: "vae-stack", "aria-hidden": "true" }, ...parts));
  return { row, label, parts };
}

function render({ model, el }) {
  const cases = choice({
    label: "Posterior",
    options: CASES.map(({ name }) => ({ name })),
    onChoose: (i) => change(model, { two_modes: i === 1 }),
  });
  const view = plot({ x: RANGE, y: [0, 1.08], ticks: [-4, -2, 0, 2, 4], width: wide(el), height: 190, label: "Posterior p(z|x) and q(z)" });
  const posterior = view.add("path", { class: "vae-area vae-third" });
  const outline = view.add("path", { class: "vae-curve vae-third" });
  const curve = view.add("path", { class: "vae-curve vae-first" });
  const mean = valueSlider(model, "mu", { label: "mean of q", min: -3, max: 3, step: 0.02 });
  const width = logSlider(model, "sigma", { label: "width of q", min: 0.1, max: 2 });
  const samples = valueSlider(model, "k", {
    label: "samples k",
    min: 0,
    max: COUNTS.length - 1,
    step: 1,
    position: (k) => Math.round(Math.log2(k)),
    at: (p) => COUNTS[p],
    show: (k) => text(k, 0),
  });
  const evidence = barRow("third");
  const single = barRow("first", "second");
  const several = barRow("first", "second");
  figure(
    el,
    "The gap of the ELBO",
    cases.group,
    legend([["posterior p(z|x)", "third"], ["q(z)", "first"]]),
    view.svg,
    element(
      "div",
      { class: "vae-columns" },
      element("div", {}, mean.row, width.row, samples.row),
      element("div", {}, evidence.row, single.row, several.row),
    ),
  );

  return redrawOn(model, ["two_modes", "mu", "sigma", "k"], () => {
    const index = model.get("two_modes") ? 1 : 0;
    const chosen = CASES[index];
    const [mu, sigma, k] = ["mu", "sigma", "k"].map((name) => model.get(name));
    const bound = elbo(chosen, mu, sigma);
    const gap = chosen.evidence - bound;
    const tight = k === 1 ? { value: bound, error: 0 } : importanceBound(chosen, mu, sigma, k, bound);

    const grid = linspace(...RANGE, 401);
    const target = grid.map((z) => Math.exp(chosen.logJoint(z) - chosen.evidence));
    const fitted = grid.map((z) => Math.exp(logNormal(z, mu, sigma * sigma)));
    const top = Math.max(...target) * 1.6;
    const points = (values) => grid.map((z, i) => [z, values[i] / top]);
    posterior.setAttribute("d", view.area(points(target)));
    outline.setAttribute("d", view.path(points(target)));
    curve.setAttribute("d", view.path(points(fitted)));

    const low = chosen.evidence - Math.max(2.5, 1.2 * gap);
    const share = (a, b) => `${(100 * Math.max(0, b - a)) / (chosen.evidence - low)}%`;
    const put = (bar, value, name, rest) => {
      bar.parts[0].style.width = share(low, value);
      if (bar.parts[1]) bar.parts[1].style.width = share(value, chosen.evidence);
      bar.label.replaceChildren(element("b", {}, `${name} ${text(value, 3)}`), rest);
    };
    put(evidence, chosen.evidence, "log p(x)", " nats");
    put(single, bound, "ELBO", ` + KL(q ‖ p(z|x)) ${text(gap, 3)}`);
    const left = text(chosen.evidence - tight.value, 3);
    put(several, tight.value, `bound with k = ${k}`, k === 1 ? ": the ELBO" : ` (± ${text(tight.error, 3)}) + ${left} left`);
    Object.assign(view.svg.dataset, { evidence: chosen.evidence, bound, tight: tight.value, error: tight.error });

    cases.update(index);
    mean.update(mu, `gap ${text(gap)} nats`);
    width.update(sigma, `gap ${text(gap)} nats`);
    samples.update(k, `${left} nats left`);
  });
}

export default { render };
