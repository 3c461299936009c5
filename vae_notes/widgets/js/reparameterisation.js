// Two estimates of d/dmu E[f(z)], z ~ N(mu, sigma^2), from the same fixed noise: through the sample, and by the score.
const RANGE = [-4, 4];
const FUNCTIONS = [
  { name: "z²", f: (z) => z * z, slope: (z) => 2 * z, gradient: (mu) => 2 * mu },
  { name: "z² + 100", f: (z) => z * z + 100, slope: (z) => 2 * z, gradient: (mu) => 2 * mu },
  { name: "sin z", f: Math.sin, slope: Math.cos, gradient: (mu, s) => Math.cos(mu) * Math.exp(-s * s / 2) },
  {
    name: "sin 10z",
    f: (z) => Math.sin(10 * z),
    slope: (z) => 10 * Math.cos(10 * z),
    gradient: (mu, s) => 10 * Math.cos(10 * mu) * Math.exp(-50 * s * s),
  },
];
const KINDS = [
  { name: "reparameterised", colour: "first", estimate: ({ slope }, z) => slope(z) },
  { name: "score function", colour: "second", estimate: ({ f }, z, e, sigma) => (f(z) * e) / sigma },
];
const NODES = linspace(-9, 9, 3601);
const DENSITY = NODES.map((e) => Math.exp(logNormal(e, 0, 1)));

function exactVariance(kind, chosen, mu, sigma, gradient) {
  const squares = NODES.map((e, i) => DENSITY[i] * (kind.estimate(chosen, mu + sigma * e, e, sigma) - gradient) ** 2);
  return trapezoid(NODES, squares);
}

function short(value) {
  return Math.abs(value) >= 1000 ? text(value, 0) : Number(value.toPrecision(3)).toString().replace("-", "−");
}

function render({ model, el }) {
  const noise = unpackFloat32(model.get("noise"));
  const functions = choice({
    label: "f(z)",
    options: FUNCTIONS.map(({ name }) => ({ name })),
    onChoose: (i) => change(model, { function: FUNCTIONS[i].name }),
  });
  const left = plot({ x: RANGE, y: [-0.35, 1.05], ticks: [-4, -2, 0, 2, 4], height: 190, label: "f and the samples" });
  const density = left.add("path", { class: "vae-area vae-third" });
  const curve = left.add("path", { class: "vae-curve vae-muted" });
  const dots = left.add("g", {});
  const right = plot({ x: [0, noise.length], y: [-1, 1], ticks: [0, 100, 200, 300, 400], yTicks: [0], height: 190, label: "Running means of both estimates" });
  const exactText = right.svg.querySelector('text[text-anchor="end"]'); // the line's own number: the exact gradient
  const cursor = right.add("line", { class: "vae-axis vae-dashed", y1: right.frame.y, y2: right.toY(-1) });
  const runs = KINDS.map(({ colour }) => right.add("path", { class: `vae-curve vae-${colour}` }));

  const mean = valueSlider(model, "mu", { label: "mean μ", min: -2, max: 2, step: 0.02 });
  const width = logSlider(model, "sigma", { label: "width σ", min: 0.1, max: 2 });
  const count = valueSlider(model, "samples", {
    label: "samples n", min: 2, max: noise.length, step: 1, show: (n) => text(n, 0),
  });
  const cells = KINDS.map(() => Array.from({ length: 3 }, () => element("td")));
  const heads = ["mean of n", "variance of n", "exact variance"];
  const rows = KINDS.map(({ name, colour }, i) => {
    const head = element("th", { scope: "row" }, element("span", { class: `vae-key vae-${colour}` }, name));
    return element("tr", {}, head, ...cells[i]);
  });
  const exactCell = element("th", { scope: "col" });
  const header = element("tr", {}, exactCell, ...heads.map((h) => element("th", { scope: "col" }, h)));
  const table = element("table", { class: "vae-table" }, element("thead", {}, header), element("tbody", {}, ...rows));
  figure(
    el,
    "Two gradient estimates from the same noise",
    functions.group,
    element("div", { class: "vae-columns" }, left.svg, right.svg),
    element("div", { class: "vae-columns" }, element("div", {}, mean.row, width.row), element("div", {}, count.row)),
    table,
  );

  return redrawOn(model, ["function", "mu", "sigma", "samples"], () => {
    const index = FUNCTIONS.findIndex(({ name }) => name === model.get("function"));
    const chosen = FUNCTIONS[index];
    const [mu, sigma, n] = ["mu", "sigma", "samples"].map((name) => model.get(name));
    const gradient = chosen.gradient(mu, sigma);
    const grid = linspace(...RANGE, 401);
    const heights = grid.map(chosen.f);
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    const level = (z) => (chosen.f(z) - low) / (high - low);
    curve.setAttribute("d", left.path(grid.map((z) => [z, level(z)])));
    const bell = (z) => -0.35 + (0.3 * Math.exp(-0.5 * ((z - mu) / sigma) ** 2));
    const under = grid.map((z) => `${left.toX(z).toFixed(1)},${left.toY(bell(z)).toFixed(1)}`).join("L");
    density.setAttribute("d", `M${left.toX(RANGE[0])},${left.toY(-0.35)}L${under}L${left.toX(RANGE[1])},${left.toY(-0.35)}Z`);
    dots.replaceChildren(
      ...Array.from(noise.subarray(0, n), (e) => {
        const z = mu + sigma * e;
        return shape("circle", { cx: left.toX(z).toFixed(1), cy: left.toY(level(z)).toFixed(1), r: 2.5, class: "vae-dot vae-third" });
      }),
    );

    const variances = KINDS.map((kind) => exactVariance(kind, chosen, mu, sigma, gradient));
    const scale = 3 * Math.sqrt(Math.max(...variances) / 20); // three standard errors after twenty samples
    KINDS.forEach((kind, i) => {
      let sum = 0;
      let squares = 0;
      const points = [];
      for (let j = 0; j < n; j++) {
        const g = kind.estimate(chosen, mu + sigma * noise[j], noise[j], sigma);
        sum += g;
        squares += (g - gradient) ** 2;
        points.push([j + 1, (sum / (j + 1) - gradient) / scale]);
      }
      runs[i].setAttribute("d", right.path(points));
      const average = sum / n;
      const variance = (squares - n * (average - gradient) ** 2) / (n - 1);
      const error = Math.sqrt(variance / n);
      cells[i][0].textContent = `${short(average)} ± ${short(error)}`;
      cells[i][1].textContent = short(variance);
      cells[i][2].textContent = short(variances[i]);
      Object.assign(rows[i].dataset, { average, variance, exact: variances[i] });
    });
    exactText.textContent = short(gradient);
    exactCell.textContent = `exact gradient ${short(gradient)}`;
    cursor.setAttribute("x1", right.toX(n));
    cursor.setAttribute("x2", right.toX(n));
    functions.update(index);
    const consequence = `variance ${short(variances[0])} reparameterised, ${short(variances[1])} by the score`;
    mean.update(mu, consequence);
    width.update(sigma, consequence);
    count.update(n, `means ${cells[0][0].textContent} and ${cells[1][0].textContent}`);
  });
}

export default { render };
