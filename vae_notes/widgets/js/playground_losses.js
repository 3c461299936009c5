// The two terms over time, one on top of the other; a Gaussian's term can be negative, so both start at the lowest.
const HISTORY = 300; // points of the curve

function lossChart(el) {
  const view = plot({ x: [0, 1], y: [0, 1.05], width: wide(el), height: 120, label: "The two terms of the loss over time" });
  const upper = view.add("path", { class: "vae-area vae-second" });
  const lower = view.add("path", { class: "vae-area vae-first" });
  const line = view.add("path", { class: "vae-curve vae-second" });
  const middle = view.add("path", { class: "vae-curve vae-first" });
  let [history, every] = [[], 1];
  return {
    svg: view.svg,
    clear() {
      [history, every] = [[], 1];
    },
    // Every so many steps only, twice as many whenever there are too many points.
    add(step, reconstruction, kl) {
      if (step % every) return;
      history.push({ reconstruction, kl });
      if (history.length <= HISTORY) return;
      history = history.filter((_, i) => i % 2);
      every *= 2;
    },
    // The mean of the last reconstructions, NaN before the first step.
    recent() {
      const last = history.slice(-20);
      return last.reduce((sum, { reconstruction }) => sum + reconstruction, 0) / last.length;
    },
    update() {
      if (history.length < 2) return [lower, upper, middle, line].forEach((path) => path.removeAttribute("d"));
      const floor = Math.min(...history.map(({ reconstruction }) => reconstruction));
      const recent = history.slice(Math.floor(history.length / 20)); // the first steps would flatten all others
      const top = Math.max(...recent.map(({ reconstruction, kl }) => reconstruction - floor + kl), 0.5);
      const at = (f) => history.map((h, i) => [i / (history.length - 1), Math.min(f(h) / top, 1.05)]);
      const first = at((h) => h.reconstruction - floor);
      const both = at((h) => h.reconstruction - floor + h.kl);
      lower.setAttribute("d", view.area(first));
      upper.setAttribute("d", `${view.path(both)}L${view.path([...first].reverse()).slice(1)}Z`);
      middle.setAttribute("d", view.path(first));
      line.setAttribute("d", view.path(both));
    },
  };
}
