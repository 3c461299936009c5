// The reparameterisation trick beside the score function: the same noise, once as dots that slide, once as dots that stay.
const RANGE = [-4, 4];
const DOTS = 16; // drawn with an arrow each; the estimates use all samples
const FLOOR = -0.62; // of the panels; the curve of f fills 0 to 1, the mean arrow lies at MEAN, the bell below
const MEAN = -0.14;
const MARK = 2 / 3; // of the running means' axis: two standard errors after twenty samples
const REST = 1000; // milliseconds without a move, after which the dots that stayed are drawn anew

function short(value) {
  if (Math.abs(value) < 1e-6) return "0"; // 5.65e-87 tells a reader no more
  return Math.abs(value) >= 1000 ? text(value, 0) : Number(value.toPrecision(3)).toString().replace("-", "−");
}

// An arrow along the axis of z as path data, with a head that is no longer than the arrow.
function arrow(view, from, to, v) {
  const [x0, x1, y] = [view.toX(from), view.toX(clamp(to, -20, 20)), view.toY(v)];
  const head = Math.min(4, Math.abs(x1 - x0)) * Math.sign(x1 - x0);
  return `M${x0.toFixed(1)},${y.toFixed(1)}H${x1.toFixed(1)}m${(-head).toFixed(1)},-3L${x1.toFixed(1)},${y.toFixed(1)}l${(-head).toFixed(1)},3`;
}

function panel({ name, colour }, what, label) {
  const view = plot({ x: RANGE, y: [FLOOR, 1.08], ticks: [-4, -2, 0, 2, 4], height: 215, label });
  const bell = view.add("path", { class: "vae-area vae-third" });
  const curve = view.add("path", { class: "vae-curve vae-muted" });
  const arrows = view.add("path", { class: `vae-arrow vae-${colour}` });
  const dots = Array.from({ length: DOTS }, () => view.add("circle", { class: `vae-dot vae-${colour}` }));
  const exact = view.add("path", { class: "vae-axis vae-dashed" });
  const mean = view.add("path", { class: `vae-arrow vae-strong vae-${colour}` });
  const handles = bellHandles(view, "third");
  const heading = element("p", { class: "vae-heading" }, `${name}: ${what}`);
  const block = element("div", {}, heading, view.svg);
  const bellHeight = (z, { mu, sigma }) => FLOOR + 0.36 * Math.exp(-0.5 * ((z - mu) / sigma) ** 2);
  return {
    view,
    block,
    // `places` of the dots, their `weights`, and the estimate of each, which is the length of its arrow
    draw({ chosen, level, heights, grid, q, places, weights, estimates }) {
      curve.setAttribute("d", view.path(grid.map((z, i) => [z, heights[i]])));
      bell.setAttribute("d", `M${[[RANGE[0], FLOOR], ...grid.map((z) => [z, bellHeight(z, q)]), [RANGE[1], FLOOR]].map(([z, v]) => `${view.toX(z).toFixed(1)},${view.toY(v).toFixed(1)}`).join("L")}Z`);
      handles(q, (z) => bellHeight(z, q));
      const { values, average, gradient } = estimates;
      arrows.setAttribute("d", places.map((z, i) => arrow(view, z, z + chosen.unit * values[i], level(z))).join(""));
      dots.forEach((dot, i) => {
        dot.setAttribute("r", i < places.length ? Math.min(12, 3.5 * Math.sqrt(weights[i])).toFixed(2) : 0);
        if (i >= places.length) return;
        dot.setAttribute("cx", view.toX(places[i]).toFixed(1));
        dot.setAttribute("cy", view.toY(level(places[i])).toFixed(1));
      });
      mean.setAttribute("d", arrow(view, q.mu, q.mu + chosen.unit * average, MEAN));
      const x = view.toX(q.mu + chosen.unit * gradient);
      exact.setAttribute("d", `M${x},${view.toY(MEAN - 0.1)}V${view.toY(MEAN + 0.1)}`);
    },
  };
}

// The table of means and variances; what it shows is also in the rows' data.
function estimateTable() {
  const heads = ["mean of n", "variance of n", "exact variance"];
  const cells = KINDS.map(() => heads.map(() => element("td")));
  const rows = KINDS.map(({ name, colour }, i) => {
    const head = element("th", { scope: "row" }, element("span", { class: `vae-key vae-${colour}` }, name));
    return element("tr", {}, head, ...cells[i]);
  });
  const gradientCell = element("th", { scope: "col" });
  const header = element("tr", {}, gradientCell, ...heads.map((h) => element("th", { scope: "col" }, h)));
  return {
    table: element("table", { class: "vae-table" }, element("thead", {}, header), element("tbody", {}, ...rows)),
    // Returns the two means as they are told.
    update: (both) =>
      both.map(({ values, average, variance, exact, gradient }, i) => {
        // The standard error from the exact variance: of few draws, or of a heavy tail, it cannot be estimated.
        const mean = `${short(average)} ± ${short(Math.sqrt(exact / values.length))}`;
        [mean, short(variance), short(exact)].forEach((told, j) => (cells[i][j].textContent = told));
        Object.assign(rows[i].dataset, { average, variance, exact });
        gradientCell.textContent = `exact gradient ${short(gradient)}`;
        return mean;
      }),
  };
}

function runningMeans(el, length) {
  const view = plot({ x: [0, length], y: [-1, 1], width: wide(el), height: 130, ticks: [0, 100, 200, 300, 400], yTicks: [-MARK, 0, MARK], xLabel: "samples", label: "Running means of both estimates" });
  const told = view.svg.querySelectorAll('text[text-anchor="end"]'); // the lines' own numbers: the middle is exact
  const runs = KINDS.map(({ colour }) => view.add("path", { class: `vae-curve vae-${colour}` }));
  return {
    svg: view.svg,
    update(both) {
      const { gradient } = both[0];
      const scale = 3 * Math.sqrt(Math.max(...both.map((part) => part.exact)) / 20); // three standard errors after twenty samples
      both.forEach(({ running }, i) => runs[i].setAttribute("d", view.path(running.map((v, j) => [j + 1, (v - gradient) / scale]))));
      told.forEach((node, i) => (node.textContent = short(Number((gradient + (i - 1) * MARK * scale).toPrecision(2)))));
      told[1].textContent = short(gradient);
    },
  };
}

function render({ model, el }) {
  let noise = unpackFloat32(model.get("noise"));
  // The values stand in the model, so that Python estimates with the same ones.
  const anotherNoise = button("new noise", () => {
    const values = Float32Array.from(noise, gaussian);
    change(model, { noise: new DataView(values.buffer) });
  });
  const functions = choice({
    label: "f(z)",
    options: FUNCTIONS.map(({ name }) => ({ name })),
    onChoose: (i) => change(model, { function: FUNCTIONS[i].name }),
  });
  const sides = [
    panel(KINDS[0], "the dots slide", "Dots at mu + sigma eps on the curve of f, each with the slope there as an arrow"),
    panel(KINDS[1], "the dots stay", "Dots that stay while mu moves and change their weight, each with its estimate as an arrow"),
  ];
  const task = element("p", { class: "vae-task" });
  const mean = valueSlider(model, "mu", { label: "mean μ", min: -2, max: 2, step: 0.02 });
  const width = logSlider(model, "sigma", { label: "width σ", min: 0.1, max: 2 });
  const count = valueSlider(model, "samples", { label: "samples n", min: 2, max: noise.length, step: 1, show: (n) => text(n, 0) });
  const results = estimateTable();
  const runs = runningMeans(el, noise.length);
  figure(
    el,
    "Two gradient estimates from the same noise",
    functions.group,
    element("div", { class: "vae-columns" }, ...sides.map(({ block }) => block)),
    element("p", { class: "vae-readout" }, "Drag the green bell. A thin arrow is one dot’s estimate of the gradient, the thick arrow is the mean of all n, the dashed mark is exact. On the right a dot’s area is its weight: it changes as you drag."),
    task,
    element("div", { class: "vae-columns" }, element("div", {}, mean.row, width.row), element("div", {}, count.row, element("div", { class: "vae-starts" }, anotherNoise))),
    results.table,
    element("p", { class: "vae-readout" }, "± is one standard error, from the exact variance. Below, the running means; the middle line is exact."),
    runs.svg,
  );

  // The dots of the score function were drawn at `drawnAt`; there they stay while the bell is moved.
  const bellNow = () => ({ mu: model.get("mu"), sigma: model.get("sigma") });
  let [drawnAt, held, timer] = [bellNow(), false, 0];
  const anew = () => {
    drawnAt = bellNow();
    draw();
  };
  const rest = () => {
    clearTimeout(timer);
    if (!held) timer = setTimeout(anew, REST);
  };
  for (const { view } of sides)
    draggable(view.svg, {
      at: view.at,
      take: ([z, v]) => v < 0 && holdBell(z, bellNow(), 0.2),
      move(part, [z]) {
        held = true;
        const [low, high] = part.part === "mu" ? [-2, 2] : [0.1, 2];
        change(model, { [part.part]: clamp(Number(pullBell(part, z, model.get("mu")).toFixed(3)), low, high) });
      },
      drop() {
        held = false;
        rest();
      },
    });

  function draw() {
    noise = unpackFloat32(model.get("noise"));
    const index = FUNCTIONS.findIndex(({ name }) => name === model.get("function"));
    const chosen = FUNCTIONS[index];
    const [q, n] = [bellNow(), model.get("samples")];
    const both = gradientEstimates(chosen, q.mu, q.sigma, noise.subarray(0, n));
    const grid = linspace(...RANGE, 401);
    const values = grid.map(chosen.f);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const level = (z) => (chosen.f(z) - low) / (high - low);
    const shared = { chosen, level, heights: grid.map(level), grid, q };
    const some = Array.from(noise.subarray(0, Math.min(n, DOTS)));
    const stayed = some.map((e) => drawnAt.mu + drawnAt.sigma * e);
    const weights = stayed.map((z) => weightOf(z, q.mu, q.sigma, drawnAt));
    sides[0].draw({ ...shared, places: some.map((e) => q.mu + q.sigma * e), weights: some.map(() => 1), estimates: both[0] });
    // Where a dot stays, its estimate is w f(z) (z - mu) / sigma^2: with w = 1 that is f(z) eps / sigma.
    const told = stayed.map((z, i) => (weights[i] * chosen.f(z) * (z - q.mu)) / (q.sigma * q.sigma));
    sides[1].draw({ ...shared, places: stayed, weights, estimates: { ...both[1], values: told } });
    const means = results.update(both);
    runs.update(both);
    const won = both[1].exact < both[0].exact;
    task.replaceChildren(
      element("b", {}, won ? "Found: here the score function wins. " : "Can the score function win? "),
      won ? "Where f swings faster than the bell is wide, slopes are large and cancel." : "Find a case in which its exact variance is the smaller one.",
      chosen.name === "sin z" ? " At which width does it turn?" : won ? " And with sin z, at which width does it turn?" : "",
    );
    functions.update(index);
    const consequence = `variance ${short(both[0].exact)} reparameterised, ${short(both[1].exact)} by the score`;
    mean.update(q.mu, consequence);
    width.update(q.sigma, consequence);
    count.update(n, `means ${means[0]} and ${means[1]}`);
  }

  const moves = ["mu", "sigma"];
  for (const name of moves) model.on(`change:${name}`, rest);
  const stop = redrawOn(model, ["function", "samples", "noise", ...moves], draw);
  return () => {
    stop();
    clearTimeout(timer);
    for (const name of moves) model.off(`change:${name}`, rest);
  };
}

const STATE = { function: oneOf(...FUNCTIONS.map(({ name }) => name)), mu: within(-2, 2), sigma: within(0.1, 2), samples: whole(2, 400) };

export default living({ name: "trick", state: STATE, render, readsWidth: true });
