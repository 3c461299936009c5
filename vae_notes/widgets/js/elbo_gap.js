// A model with one latent number and a known posterior: what a chosen q leaves between the bound and log p(x).
const RANGE = [-4, 4];
const SCALE = 5; // nats shown by the bars: from log p(x) - 5 to log p(x), whatever q is

function barRow(...colours) {
  const parts = colours.map((colour) => element("span", { class: `vae-${colour}` }));
  const label = element("span", { class: "vae-bar-label" });
  const row = element("div", { class: "vae-bar-row" }, label, element("div", { class: "vae-stack", "aria-hidden": "true" }, ...parts));
  return { row, label, parts };
}

// The posterior and q of one case, on axes that never move.
function caseView(el, { top, tick, logJoint, evidence }) {
  const view = plot({
    x: RANGE, y: [0, top], ticks: [-4, -2, 0, 2, 4], yTicks: linspace(0, 3 * tick, 4), width: wide(el), height: 220,
    xLabel: "z", label: "Posterior p(z|x) and q(z)",
  });
  const grid = linspace(...RANGE, 401);
  const posterior = grid.map((z) => [z, Math.exp(logJoint(z) - evidence)]);
  view.add("path", { class: "vae-area vae-third", d: view.area(posterior) });
  view.add("path", { class: "vae-curve vae-third", d: view.path(posterior) });
  const curve = view.add("path", { class: "vae-curve vae-first" });
  const handles = bellHandles(view, "first");
  return {
    ...view,
    update(q) {
      const height = (z) => Math.exp(logNormal(z, q.mu, q.sigma * q.sigma));
      const fine = linspace(Math.max(RANGE[0], q.mu - 5 * q.sigma), Math.min(RANGE[1], q.mu + 5 * q.sigma), 161);
      curve.setAttribute("d", view.path([RANGE[0], ...fine, RANGE[1]].map((z) => [z, height(z)])));
      handles(q, height);
    },
  };
}

function render({ model, el }) {
  const cases = choice({
    label: "Posterior",
    options: CASES.map(({ name }) => ({ name })),
    onChoose(i) {
      steps.stop();
      fitted = null;
      change(model, { two_modes: i === 1 });
    },
  });
  const views = CASES.map((each) => caseView(el, each));
  const best = CASES.map(bestOf);
  const reached = CASES.map(() => -Infinity); // by hand: what the figure or an address starts with, or Fit finds, does not count
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
  const ends = element("div", { class: "vae-ends-of-bars", "aria-hidden": "true" });
  const task = element("p", { class: "vae-task" });
  const fit = button("Fit", () => steps.toggle());
  const root = figure(
    el,
    "The gap of the ELBO",
    cases.group,
    task,
    legend([["posterior p(z|x)", "third"], ["q(z), drag it", "first"]]),
    ...views.map(({ svg }) => svg),
    element(
      "div",
      { class: "vae-columns" },
      element("div", {}, mean.row, width.row, samples.row, element("div", { class: "vae-starts" }, fit, "takes gradient steps up the ELBO")),
      element("div", {}, evidence.row, single.row, several.row, ends),
    ),
  );
  root.classList.add("vae-gap");

  const index = () => (model.get("two_modes") ? 1 : 0);
  const q = () => ({ mu: model.get("mu"), sigma: model.get("sigma") });
  let fitted = null; // the q that steps reached
  let byHand = false; // the next q to be drawn is the reader's
  for (const { input } of [mean, width]) input.addEventListener("input", () => (byHand = true), true);
  for (const view of views)
    draggable(view.svg, {
      at: view.at,
      take: ([z, v]) => v < Math.exp(logNormal(z, q().mu, q().sigma ** 2)) + 0.15 * view.top && holdBell(z, q(), 0.15),
      move(held, [z]) {
        steps.stop();
        byHand = true;
        change(model, { [held.part]: clamp(Number(pullBell(held, z, q().mu).toFixed(3)), ...Q_RANGE[held.part]) });
      },
    });

  // One gradient step; false when it no longer moves q.
  function step() {
    const [mu, sigma] = gradientStep(CASES[index()], q().mu, q().sigma, Q_RANGE);
    const moved = Math.abs(mu - q().mu) / sigma + Math.abs(Math.log(sigma / q().sigma));
    [fitted, byHand] = [{ mu, sigma }, false];
    change(model, fitted);
    return moved > 1e-4;
  }
  const steps = stepper(step, (running) => {
    fit.textContent = running ? "Stop" : "Fit";
    if (fitted) tell(index(), boundOf(CASES[index()], fitted.mu, fitted.sigma).value);
  });

  function tell(i, bound) {
    const own = Number.isFinite(reached[i]) ? `Your best by hand ${text(reached[i], 3)}; the` : "The";
    const score = `${own} best is ${text(best[i], 3)}.`;
    let heading = best[i] - reached[i] < 0.01 ? "Found." : "Find the q with the largest ELBO.";
    if (fitted) heading = best[i] - bound < 0.005 ? "The steps arrive." : steps.running() ? "Step by step." : "Stuck on a lower hill: push q aside.";
    task.replaceChildren(element("b", {}, heading), ` ${score}`);
  }

  const stop = redrawOn(model, ["two_modes", "mu", "sigma", "k"], () => {
    const [i, k] = [index(), model.get("k")];
    const chosen = CASES[i];
    const { mu, sigma } = q();
    const bound = boundOf(chosen, mu, sigma).value;
    const gap = chosen.evidence - bound;
    const tight = k === 1 ? { value: bound, error: 0 } : importanceBound(chosen, mu, sigma, k, bound);
    views.forEach((view, j) => (view.svg.style.display = j === i ? "" : "none"));
    views[i].update(q());

    const low = chosen.evidence - SCALE;
    const share = (a, b) => `${(100 * clamp(b - Math.max(a, low), 0, SCALE)) / SCALE}%`;
    const put = (bar, value, name, rest) => {
      bar.parts[0].style.width = share(low, value);
      if (bar.parts[1]) bar.parts[1].style.width = share(value, chosen.evidence);
      bar.label.replaceChildren(element("b", {}, `${name} ${text(value, 3)}`), rest);
    };
    put(evidence, chosen.evidence, "log p(x)", " nats");
    put(single, bound, "ELBO", ` + KL(q ‖ p(z|x)) ${text(gap, 3)}${gap > SCALE ? ", beyond the scale" : ""}`);
    const left = text(chosen.evidence - tight.value, 3);
    put(several, tight.value, `bound with k = ${k}`, k === 1 ? ": the ELBO" : ` (± ${text(tight.error, 3)}) + ${left} left`);
    ends.replaceChildren(...[low, chosen.evidence].map((value) => element("span", {}, `${text(value, 1)} nats`)));
    several.row.hidden = k === 1; // it would be the bar above once more
    if (mu !== fitted?.mu || sigma !== fitted.sigma) fitted = null;
    if (byHand) reached[i] = Math.max(reached[i], bound);
    byHand = false;
    tell(i, bound);
    Object.assign(root.dataset, { evidence: chosen.evidence, bound, tight: tight.value, error: tight.error, best: best[i], reached: reached[i] });

    cases.update(i);
    mean.update(mu, `ELBO ${text(bound, 3)}, gap ${text(gap)} nats`);
    width.update(sigma, `ELBO ${text(bound, 3)}, gap ${text(gap)} nats`);
    samples.update(k, `${left} nats left`);
  });
  return () => {
    steps.stop();
    stop();
  };
}

const STATE = { two_modes: flag, mu: within(...Q_RANGE.mu), sigma: within(...Q_RANGE.sigma), k: (given) => COUNTS.find((k) => String(k) === given) };

export default living({ name: "gap", state: STATE, render, readsWidth: true });
