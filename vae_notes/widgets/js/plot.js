// Plots, what lies in them and is dragged there, and the mathematics that several figures share.

// Drawing units for a plot over the whole width: fewer on a narrow screen, so that its text stays legible there.
const wide = (el) => (el.clientWidth > 0 && el.clientWidth < 480 ? 330 : 660);

// Axes with a scale: `path` and `area` turn points in data units into SVG path data.
function plot({ width = 320, height = 160, x, y, label, ticks = [], yTicks = [], xLabel = "" }) {
  const box = { left: yTicks.length ? 34 : 6, right: 6, top: 8, bottom: xLabel ? 32 : 20 };
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "vae-plot", role: "img", "aria-label": label });
  const toX = (v) => box.left + ((v - x[0]) / (x[1] - x[0])) * (width - box.left - box.right);
  const toY = (v) => {
    const bounded = Math.min(Math.max(v, y[0] - (y[1] - y[0])), y[1] + (y[1] - y[0]));
    return height - box.bottom - ((bounded - y[0]) / (y[1] - y[0])) * (height - box.top - box.bottom);
  };
  const clip = newId();
  const frame = { x: box.left, y: box.top, width: width - box.left - box.right, height: height - box.top - box.bottom };
  svg.append(shape("clipPath", { id: clip }, shape("rect", frame)));
  const base = height - box.bottom;
  svg.append(shape("line", { x1: box.left, x2: width - box.right, y1: base, y2: base, class: "vae-axis" }));
  for (const v of ticks) {
    svg.append(shape("line", { x1: toX(v), x2: toX(v), y1: base, y2: base + 4, class: "vae-axis" }));
    svg.append(shape("text", { x: toX(v), y: base + 15, "text-anchor": "middle" }, text(v, 0)));
  }
  for (const v of yTicks) {
    svg.append(shape("line", { x1: box.left, x2: width - box.right, y1: toY(v), y2: toY(v), class: "vae-grid" }));
    const tick = text(v, Number.isInteger(v) ? 0 : 1);
    svg.append(shape("text", { x: box.left - 5, y: toY(v) + 4, "text-anchor": "end" }, tick));
  }
  if (xLabel)
    svg.append(shape("text", { x: (box.left + width) / 2, y: height - 3, "text-anchor": "middle" }, xLabel));
  const inside = shape("g", { "clip-path": `url(#${clip})` });
  svg.append(inside);
  // Where a pointer is, in data units.
  const at = ({ clientX, clientY }) => {
    const drawn = svg.getBoundingClientRect();
    const [u, v] = [((clientX - drawn.left) / drawn.width) * width, ((clientY - drawn.top) / drawn.height) * height];
    return [x[0] + ((u - frame.x) / frame.width) * (x[1] - x[0]), y[1] - ((v - frame.y) / frame.height) * (y[1] - y[0])];
  };
  const join = (points) => points.map(([u, v]) => `${toX(u).toFixed(1)},${toY(v).toFixed(1)}`).join("L");
  return {
    svg,
    toX,
    toY,
    at,
    top: y[1],
    frame,
    add: (tag, attributes, ...children) => inside.appendChild(shape(tag, attributes, ...children)),
    path: (points) => `M${join(points)}`,
    area: (points) => `M${join([[points[0][0], 0], ...points, [points.at(-1)[0], 0]])}Z`,
  };
}

function legend(entries) {
  return element(
    "div",
    { class: "vae-legend", "aria-hidden": "true" },
    ...entries.map(([name, colour]) => element("span", { class: `vae-key vae-${colour}` }, name)),
  );
}

const linspace = (a, b, n) => Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));
const LOG_2PI = Math.log(2 * Math.PI);
const logNormal = (z, mean, variance) => -0.5 * ((z - mean) ** 2 / variance + Math.log(variance) + LOG_2PI);
const klNormals = (mq, vq, mp, vp) => 0.5 * (vq / vp + (mq - mp) ** 2 / vp - 1 - Math.log(vq / vp));

function trapezoid(grid, values) {
  let sum = 0;
  for (let i = 1; i < grid.length; i++) sum += 0.5 * (values[i] + values[i - 1]) * (grid[i] - grid[i - 1]);
  return sum;
}

// Lets a pointer drag what it takes hold of: `take(at)` says what lies at a place, or gives nothing; `move(held, at)`
// follows. A finger that takes hold of nothing scrolls the page as everywhere else.
function draggable(node, { at, take, move, drop = () => {} }) {
  let held = null;
  node.style.touchAction = "pan-y";
  // Asked before the browser decides to scroll; the finger's pointer events come all the same.
  node.addEventListener("touchstart", (event) => event.cancelable && take(at(event.touches[0])) && event.preventDefault(), { passive: false });
  node.addEventListener("pointerdown", (event) => {
    held = take(at(event));
    if (!held) return;
    node.setPointerCapture(event.pointerId);
    node.classList.add("vae-held");
    move(held, at(event));
  });
  node.addEventListener("pointermove", (event) => {
    if (held && node.hasPointerCapture(event.pointerId)) move(held, at(event));
    else if (event.pointerType === "mouse") node.classList.toggle("vae-grab", Boolean(take(at(event))));
  });
  for (const end of ["pointerup", "pointercancel"])
    node.addEventListener(end, () => {
      if (held) drop(held);
      held = null;
      node.classList.remove("vae-held");
    });
}

// Tells where a pointer presses and drags on a node, as shares of its width and height. A finger first shows whether it
// wants to scroll: only a tap, or a move that is more to the side than up or down, counts.
function pointed(node, move) {
  let [from, held] = [null, false];
  node.style.touchAction = "pan-y";
  const tell = ({ clientX, clientY }) => {
    const box = node.getBoundingClientRect();
    move([clamp((clientX - box.left) / box.width, 0, 1), clamp((clientY - box.top) / box.height, 0, 1)]);
  };
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    [from, held] = [event, event.pointerType !== "touch"];
    if (held) tell(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = [Math.abs(event.clientX - from.clientX), Math.abs(event.clientY - from.clientY)];
    held ||= x > 3 && x > y;
    if (held) tell(event);
  });
  node.addEventListener("pointerup", (event) => {
    if (from) tell(event);
    from = null;
  });
  node.addEventListener("pointercancel", () => (from = null));
}

// What of a bell curve a pointer at z takes hold of: its middle moves the mean, its flanks change the width.
function holdBell(z, { mu, sigma }, least) {
  const from = Math.abs(z - mu);
  if (from > Math.max(2.2 * sigma, 2 * least)) return null;
  return from < Math.max(0.5 * sigma, least) ? { part: "mu", offset: z - mu } : { part: "sigma", ratio: from / sigma };
}

const pullBell = (held, z, mu) => (held.part === "mu" ? z - held.offset : Math.abs(z - mu) / held.ratio);

// Three round handles on a bell curve, at its top and one standard deviation to both sides. A top that the axis does not
// reach is told beside it.
function bellHandles(view, colour) {
  const marks = [0, -1, 1].map(() => view.add("circle", { r: 5, class: `vae-handle vae-${colour}` }));
  const beyond = view.add("text", { class: "vae-strong", y: view.toY(view.top) + 12 });
  return ({ mu, sigma }, height) => {
    marks.forEach((mark, i) => {
      const z = mu + [0, -1, 1][i] * sigma;
      mark.setAttribute("cx", clamp(view.toX(z), view.frame.x + 7, view.frame.x + view.frame.width - 7)); // whole, too, at the end of the axis
      mark.setAttribute("cy", view.toY(Math.min(height(z), 0.97 * view.top)));
    });
    beyond.textContent = height(mu) > view.top ? `↑ to ${text(height(mu), 1)}` : "";
    beyond.setAttribute("x", view.toX(mu) + 12);
  };
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
