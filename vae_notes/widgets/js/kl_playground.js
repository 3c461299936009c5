// Both integrands are drawn to one scale, so that the two areas can be compared by eye.
const RANGE = [-7, 7];
const WIDE = linspace(-40, 40, 4001); // the integrals must not be cut where the picture is

function integrand(grid, [ma, va], [mb, vb]) {
  return grid.map((z) => {
    const a = logNormal(z, ma, va);
    return Math.exp(a) * (a - logNormal(z, mb, vb));
  });
}

function direction(name, colour) {
  const view = plot({ x: RANGE, y: [-0.3, 1.1], ticks: [-6, -3, 0, 3, 6], yTicks: [0], label: `Integrand of ${name}`, height: 150 });
  const area = view.add("path", { class: `vae-area vae-${colour}` });
  const curve = view.add("path", { class: `vae-curve vae-${colour}` });
  const readout = element("p", { class: "vae-readout" });
  const heading = element("p", { class: "vae-heading" }, name);
  return { view, area, curve, readout, block: element("div", {}, heading, readout, view.svg) };
}

function render({ model, el }) {
  const densities = plot({ x: RANGE, y: [0, 1], ticks: [-6, -3, 0, 3, 6], label: "Densities of q and p", width: wide(el), height: 170 });
  const curves = { q: ["first", "q(z)"], p: ["second", "p(z)"] };
  const lines = {};
  for (const [which, [colour]] of Object.entries(curves)) {
    lines[which] = {
      area: densities.add("path", { class: `vae-area vae-${colour}` }),
      curve: densities.add("path", { class: `vae-curve vae-${colour}` }),
    };
  }
  const sliders = {};
  const controls = ["q", "p"].map((which) => {
    const label = (what) => `${what} of ${which}`;
    sliders[`mu_${which}`] = valueSlider(model, `mu_${which}`, { label: label("mean"), min: -4, max: 4, step: 0.05 });
    sliders[`var_${which}`] = logSlider(model, `var_${which}`, { label: label("variance"), min: 0.05, max: 9 });
    const rows = [sliders[`mu_${which}`].row, sliders[`var_${which}`].row];
    return element("div", { class: `vae-${curves[which][0]}` }, ...rows);
  });
  const qp = direction("KL(q ‖ p)", "first");
  const pq = direction("KL(p ‖ q)", "second");

  figure(
    el,
    "KL divergence between two Gaussians",
    legend(Object.values(curves).map(([colour, name]) => [name, colour])),
    densities.svg,
    element("div", { class: "vae-columns" }, ...controls),
    element("div", { class: "vae-columns" }, qp.block, pq.block),
  );

  const grid = linspace(...RANGE, 351);
  return redrawOn(model, Object.keys(sliders), () => {
    const q = [model.get("mu_q"), model.get("var_q")];
    const p = [model.get("mu_p"), model.get("var_p")];
    const top = 1.08 / Math.sqrt(2 * Math.PI * Math.min(q[1], p[1]));
    for (const [which, [mean, variance]] of [["q", q], ["p", p]]) {
      const points = grid.map((z) => [z, Math.exp(logNormal(z, mean, variance)) / top]);
      lines[which].curve.setAttribute("d", densities.path(points));
      lines[which].area.setAttribute("d", densities.area(points));
    }
    const drawn = [integrand(grid, q, p), integrand(grid, p, q)];
    const scale = 1 / Math.max(0.05, ...drawn.flat().map((v) => (v < 0 ? -4 * v : v)));
    const values = [qp, pq].map((part, i) => {
      const [a, b] = i ? [p, q] : [q, p];
      const points = grid.map((z, j) => [z, drawn[i][j] * scale]);
      part.curve.setAttribute("d", part.view.path(points));
      part.area.setAttribute("d", part.view.area(points));
      const closed = klNormals(...a, ...b);
      const area = trapezoid(WIDE, integrand(WIDE, a, b));
      part.readout.replaceChildren(element("b", {}, `${text(closed, 4)} nats`), ` · area ${text(area, 4)}`);
      part.block.dataset.closed = closed;
      part.block.dataset.area = area;
      return closed;
    });
    const consequence = `KL of q from p ${text(values[0])}, of p from q ${text(values[1])} nats`;
    for (const [name, control] of Object.entries(sliders)) control.update(model.get(name), consequence);
  });
}

export default { render };
