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

// Values that `change` sets together are drawn once, after all of them are set.
let setting = 0;
const waiting = new Set();

// Redraws at once, and whenever one of the model's values changes, whether a reader or Python changed it; after the
// first of several changes at most once a frame. Returns the function that stops listening.
function redrawOn(model, names, draw) {
  let [frame, again] = [0, false];
  const request = () => {
    again = Boolean(frame);
    if (again) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (again) request();
    });
    draw();
  };
  const listener = () => (setting ? waiting.add(request) : request());
  for (const name of names) model.on(`change:${name}`, listener);
  draw();
  return () => {
    cancelAnimationFrame(frame);
    names.forEach((name) => model.off(`change:${name}`, listener));
  };
}

function change(model, values) {
  setting++;
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  if (--setting === 0) {
    const requests = [...waiting];
    waiting.clear();
    for (const request of requests) request();
  }
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
    input,
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

// The frame of a figure: its name is what a screen reader says on entering it.
function figure(el, name, ...children) {
  const root = element("div", { class: "vae-figure", role: "group", "aria-label": name }, ...children);
  el.append(root);
  return root;
}
