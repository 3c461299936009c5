// Shared by every figure; Python puts this text before a figure's own, because a front end must be one module.

const SVG = "http://www.w3.org/2000/svg";
// Every figure on a page has its own copy of this module, so a counter alone would give two figures the same ids.
const PREFIX = `vae-${Math.random().toString(36).slice(2, 8)}`;
let count = 0;
const newId = () => `${PREFIX}-${count++}`;

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A number for the eye: the typographic minus, no "-0.00".
function text(value, digits = 2) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "undefined";
  const rounded = value.toFixed(digits);
  return Number(rounded) === 0 ? (0).toFixed(digits) : rounded.replace("-", "−");
}

// Redraws at once, and whenever one of the model's values changes, whether a reader or Python changed it.
// Returns the function that stops listening.
function redrawOn(model, names, draw) {
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  return () => names.forEach((name) => model.off(`change:${name}`, draw));
}

function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// One labelled range input, filled from `origin` to its value. `at` turns a slider position into a value and `position` back, for logarithmic scales.
function slider({ label, min, max, step = 0.01, origin = 0, position = (v) => v, at = (p) => p, show = (v) => text(v), onInput }) {
  const id = newId();
  // JupyterLab takes the arrow keys away from sliders without this attribute on the input itself.
  const input = element("input", { type: "range", id, min, max, step, "data-lm-suppress-shortcuts": "true" });
  const value = element("span", { class: "vae-value", "aria-hidden": "true" });
  const row = element("div", { class: "vae-slider" }, element("label", { for: id }, label), input, value);
  input.addEventListener("input", () => onInput(at(Number(input.value))));
  return {
    row,
    // Told by the screen reader as one phrase: the value, then what it brought about.
    update(current, consequence = "") {
      if (Math.abs(Number(input.value) - position(current)) > step / 2) input.value = position(current);
      const ends = [Math.min(Math.max(origin, min), max), Number(input.value)].sort((a, b) => a - b);
      const [from, to] = ends.map((end) => `${(100 * (end - min)) / (max - min)}%`);
      input.style.setProperty("--from", from);
      input.style.setProperty("--to", to);
      value.textContent = show(current);
      input.setAttribute("aria-valuetext", consequence ? `${show(current)}; ${consequence}` : show(current));
    },
  };
}

// A slider that holds one number of the model under `name`.
function valueSlider(model, name, options) {
  return slider({ ...options, onInput: (value) => change(model, { [name]: value }) });
}

function logSlider(model, name, options) {
  return valueSlider(model, name, {
    ...options,
    min: Math.log(options.min),
    max: Math.log(options.max),
    step: Math.log(options.max / options.min) / 200, // so that End reaches the maximum itself
    origin: -Infinity,
    position: Math.log,
    at: (p) => Number(Math.exp(p).toPrecision(3)),
  });
}

// A row of radio buttons; each option has a spoken `name` and, where it is a picture, its `content`.
function choice({ label, options, onChoose }) {
  const name = newId();
  const group = element("fieldset", { class: "vae-choice" }, element("legend", {}, label));
  const inputs = options.map(({ name: spoken, content = spoken }, index) => {
    const input = element("input", { type: "radio", name, "aria-label": spoken, "data-lm-suppress-shortcuts": "true" });
    input.addEventListener("change", () => onChoose(index));
    group.append(element("label", {}, input, element("span", { "aria-hidden": "true" }, content)));
    return input;
  });
  return { group, update: (index) => inputs.forEach((input, i) => (input.checked = i === index)) };
}

function button(label, onClick) {
  const node = element("button", { type: "button", class: "vae-button" }, label);
  node.addEventListener("click", onClick);
  return node;
}

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
  const join = (points) => points.map(([u, v]) => `${toX(u).toFixed(1)},${toY(v).toFixed(1)}`).join("L");
  return {
    svg,
    toX,
    toY,
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

// The frame of a figure: its name is what a screen reader says on entering it.
function figure(el, name, ...children) {
  const root = element("div", { class: "vae-figure", role: "group", "aria-label": name }, ...children);
  el.append(root);
  return root;
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
