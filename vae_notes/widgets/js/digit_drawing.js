// Draw a digit: the encoder finds its place among the codes of real digits, the decoder answers. Both run in the page.
const SIDE = 28;
const PIXELS = SIDE * SIDE;
const LIMIT = 4;
const SIZES = [[PIXELS, 400], [400, 4], [2, 400], [400, PIXELS]];
const PEN = 1.15; // radius of the pen, in pixels: about the stroke of MNIST
const CLASS_COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#a0705f", "#e377c2", "#8a8a8a", "#b5a800", "#17a5b8"];

// Layers packed one after another: float32 steps and biases, then whole numbers of 8 bits, a row for each output.
function readLayers(view) {
  let at = 0;
  return SIZES.map(([inputs, outputs]) => {
    const floats = (count) => Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i, true));
    const step = floats(outputs);
    at += 4 * outputs;
    const bias = floats(outputs);
    at += 4 * outputs;
    const weight = new Int8Array(view.buffer, view.byteOffset + at, inputs * outputs);
    at += inputs * outputs;
    return (x, bends) => {
      const y = new Float32Array(outputs);
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let i = 0, from = o * inputs; i < inputs; i++) sum += weight[from + i] * x[i];
        const value = bias[o] + step[o] * sum;
        y[o] = bends ? Math.max(0, value) : value;
      }
      return y;
    };
  });
}

// The image moved by `shift` (right, down) after being turned around its centre: bilinear, black outside.
function moved(image, [right, down], turn = 0) {
  const out = new Float32Array(PIXELS);
  const [cos, sin, middle] = [Math.cos(turn), Math.sin(turn), (SIDE - 1) / 2];
  const at = (x, y) => (x >= 0 && x < SIDE && y >= 0 && y < SIDE ? image[y * SIDE + x] : 0);
  for (let k = 0; k < PIXELS; k++) {
    const [u, v] = [(k % SIDE) - middle - right, Math.floor(k / SIDE) - middle - down];
    const [x, y] = [cos * u + sin * v + middle, -sin * u + cos * v + middle];
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [a, b] = [x - x0, y - y0];
    out[k] = (1 - b) * ((1 - a) * at(x0, y0) + a * at(x0 + 1, y0)) + b * ((1 - a) * at(x0, y0 + 1) + a * at(x0 + 1, y0 + 1));
  }
  return out;
}

// Every pixel half way to the brightest (or darkest) of itself and its four neighbours.
function thickened(image, pick) {
  return image.map((value, k) => {
    const near = [k - 1, k + 1, k - SIDE, k + SIDE].map((i) => image[i] ?? 0);
    return 0.5 * value + 0.5 * pick(value, ...near);
  });
}

// MNIST's digits are centred by their mass; so is the drawing, before the encoder sees it.
function centred(image) {
  let [mass, x, y] = [0, 0, 0];
  image.forEach((value, k) => {
    mass += value;
    x += value * (k % SIDE);
    y += value * Math.floor(k / SIDE);
  });
  const middle = (SIDE - 1) / 2 + 0.5;
  return mass > 0 ? moved(image, [Math.round(middle - x / mass), Math.round(middle - y / mass)]) : image;
}

function render({ model, el }) {
  const [encodeInner, encodeOuter, decodeInner, decodeOuter] = readLayers(model.get("weights"));
  const encode = (x) => encodeOuter(encodeInner(x, true));
  const decode = (z) => decodeOuter(decodeInner(z, true)).map((logit) => 1 / (1 + Math.exp(-logit)));
  const codes = unpackFloat32(model.get("codes"));
  const labels = Array.from({ length: codes.length / 2 }, (_, i) => model.get("labels").getUint8(i));
  const starts = Array.from({ length: 10 }, (_, i) => greyImage(model.get("starts"), i, PIXELS));
  // The drawing that stands in the model, and so in the address: `sheet` as text, or the digit to start from.
  let [drawing, posterior, read] = [];
  const source = () => model.get("sheet") || model.get("digit");
  function readDrawing() {
    if (source() === read) return;
    read = source();
    drawing = unpackSheet(model.get("sheet"), PIXELS) ?? Float32Array.from(starts[model.get("digit")]);
    posterior = encode(model.get("sheet") ? centred(drawing) : drawing);
  }

  const choose = choice({
    label: "Start from",
    options: starts.map((image, i) => ({ name: `a ${i}`, content: picture(SIDE).draw(image).canvas })),
    onChoose: (digit) => {
      [read, drawing] = [digit, Float32Array.from(starts[digit])];
      posterior = encode(drawing);
      change(model, { digit, sheet: "", z: within_(posterior) });
      show();
    },
  });
  choose.group.classList.add("vae-thumbnails");
  const sheet = picture(SIDE, "Your drawing: drag to draw. With the keyboard: arrow keys move the pen, space sets a dot");
  sheet.canvas.classList.add("vae-sheet");
  const answer = picture(SIDE, "The digit decoded from the marked place");
  answer.canvas.classList.add("vae-large");
  const change_ = (make) => () => place(make(drawing));
  const tools = element(
    "div",
    { class: "vae-starts" },
    button("Clear", () => place(new Float32Array(PIXELS))),
    button("Thicker", change_((image) => thickened(image, Math.max))),
    button("Thinner", change_((image) => thickened(image, Math.min))),
    button("Turn left", change_((image) => moved(image, [0, 0], -0.15))),
    button("Turn right", change_((image) => moved(image, [0, 0], 0.15))),
  );

  const plane = plot({ width: 300, height: 300, x: [-LIMIT, LIMIT], y: [-LIMIT, LIMIT], ticks: [-4, 0, 4], yTicks: [0, 4], label: "Codes of real digits, coloured by class, and the code of the drawing" });
  plane.svg.classList.add("vae-plane");
  labels.forEach((label, i) => plane.add("circle", { cx: plane.toX(codes[2 * i]), cy: plane.toY(codes[2 * i + 1]), r: 2, fill: CLASS_COLOURS[label], "fill-opacity": 0.75 }));
  const { frame } = plane;
  const enlarge = lens(plane.add("g"), [frame.x + frame.width / 2, frame.y + frame.height / 2], frame.width / 2);
  const mark = plane.add("circle", { r: 7, class: "vae-mark" });
  const cloud = plane.add("ellipse", { class: "vae-cloud" });
  const across = slider({ label: "z1", min: -LIMIT, max: LIMIT, onInput: (v) => change(model, { z: [v, model.get("z")[1]] }) });
  const up = slider({ label: "z2", min: -LIMIT, max: LIMIT, onInput: (v) => change(model, { z: [model.get("z")[0], v] }) });
  const readout = element("p", { class: "vae-readout" });
  const key = element("div", { class: "vae-classes", "aria-hidden": "true" }, ...CLASS_COLOURS.map((colour, i) => element("span", { style: `--colour:${colour}` }, `${i}`)));
  const root = figure(
    el,
    "Draw a digit",
    choose.group,
    element(
      "div",
      { class: "vae-draw" },
      element("div", {}, element("span", { class: "vae-heading" }, "Draw here"), sheet.canvas, tools),
      element("div", {}, element("span", { class: "vae-heading" }, "Its code"), plane.svg, key),
      element("div", {}, element("span", { class: "vae-heading" }, "Decoded again"), answer.canvas, across.row, up.row),
    ),
    readout,
  );

  // A new drawing: its code is where the marker goes.
  function place(image) {
    read = packSheet(image);
    drawing = unpackSheet(read, PIXELS); // in the greys of the address, which brings back the same code
    posterior = encode(centred(drawing));
    change(model, { sheet: read, z: within_(posterior) });
    show();
  }
  const within_ = (code) => [code[0], code[1]].map((v) => clamp(v, -LIMIT, LIMIT));

  function ink([x, y]) {
    const image = Float32Array.from(drawing);
    for (let k = 0; k < PIXELS; k++) {
      const distance = Math.hypot((k % SIDE) + 0.5 - x, Math.floor(k / SIDE) + 0.5 - y);
      image[k] = Math.max(image[k], Math.min(1, Math.max(0, PEN + 0.7 - distance)));
    }
    return image;
  }
  let last = null;
  const spot = (event) => {
    const box = sheet.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  function stroke(event) {
    const to = spot(event);
    const from = last ?? to;
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])));
    for (let s = 1; s <= steps; s++) drawing = ink([0, 1].map((i) => from[i] + ((to[i] - from[i]) * s) / steps));
    last = to;
    place(drawing);
  }
  sheet.canvas.addEventListener("pointerdown", (event) => {
    sheet.canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(event);
  });
  sheet.canvas.addEventListener("pointermove", (event) => event.buttons && stroke(event));
  const withPen = keyPen(sheet.canvas, SIDE, { dot: (pen) => place(ink(pen)), show: () => show() });
  pointed(plane.svg, ([across_, down]) => {
    const z = [(across_ * 300 - frame.x) / frame.width, 1 - (down * 300 - frame.y) / frame.height].map((v) => clamp(v, 0, 1) * 2 * LIMIT - LIMIT);
    change(model, { z: z.map((v) => Number(v.toFixed(2))) });
  });

  function show() {
    readDrawing();
    sheet.draw(withPen(drawing));
    const z = model.get("z");
    answer.draw(decode(z));
    const [m1, m2, l1, l2] = posterior;
    const unit = plane.frame.width / (2 * LIMIT);
    const places = { cx: plane.toX(m1), cy: plane.toY(m2), rx: 2 * unit * Math.exp(l1 / 2), ry: 2 * unit * Math.exp(l2 / 2) };
    for (const [name, value] of Object.entries(places)) cloud.setAttribute(name, value);
    mark.setAttribute("cx", plane.toX(z[0]));
    mark.setAttribute("cy", plane.toY(z[1]));
    enlarge([places.cx, places.cy], [places.rx, places.ry]);
    const blank = drawing.every((v) => v === 0);
    const away = Math.hypot(z[0] - clamp(m1, -LIMIT, LIMIT), z[1] - clamp(m2, -LIMIT, LIMIT)) > 0.01;
    readout.replaceChildren(
      blank ? "A blank sheet gets a code, too: " : "The code of this drawing: ",
      element("b", {}, `(${text(m1)}, ${text(m2)})`),
      ` ± (${text(Math.exp(l1 / 2))}, ${text(Math.exp(l2 / 2))}). The ellipse spans two of these standard deviations to each side.`,
      away ? ` You have moved the amber point away, to (${text(z[0])}, ${text(z[1])}): that place is decoded.` : "",
    );
    Object.assign(root.dataset, { mu1: m1, mu2: m2, logvar1: l1, logvar2: l2 });
    across.update(z[0]);
    up.update(z[1]);
    choose.update(model.get("sheet") ? -1 : model.get("digit"));
  }
  return redrawOn(model, ["z", "digit", "sheet"], show);
}

const drawn = (given) => (unpackSheet(given, PIXELS) ? given : undefined);

export default living({ name: "draw", state: { digit: whole(0, 9), sheet: drawn, z: sameLength(-LIMIT, LIMIT) }, render });
