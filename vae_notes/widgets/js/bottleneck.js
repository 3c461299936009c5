// A digit through a few numbers: the reader picks how many, adds noise, or draws into the input.
const BRUSH = 1.1; // radius of a stroke, in pixels of the picture

// Images to codes, the mirror of makeDecoder: pixels -> hidden units -> code.
function makeEncoder(view, [latent, hidden, pixels]) {
  const weights = unpackFloat16(view);
  const ends = [hidden * pixels, hidden * pixels + hidden, hidden * pixels + hidden + latent * hidden];
  const [inner, innerBias] = [weights.subarray(0, ends[0]), weights.subarray(ends[0], ends[1])];
  const [outer, outerBias] = [weights.subarray(ends[1], ends[2]), weights.subarray(ends[2])];
  const layer = (matrix, bias, input) =>
    bias.map((start, j) => input.reduce((sum, v, k) => sum + matrix[j * input.length + k] * v, start));
  return (image) => layer(outer, outerBias, layer(inner, innerBias, image).map((unit) => Math.max(0, unit)));
}

// Coordinates along the principal directions, and the picture they stand for.
function makeComponents(view, pixels) {
  const numbers = unpackFloat16(view);
  const mean = numbers.subarray(0, pixels);
  const direction = (j) => numbers.subarray((j + 1) * pixels, (j + 2) * pixels);
  return {
    encode: (image, count) =>
      Float32Array.from({ length: count }, (_, j) => direction(j).reduce((sum, u, k) => sum + u * (image[k] - mean[k]), 0)),
    decode(code) {
      const image = mean.slice();
      code.forEach((v, j) => direction(j).forEach((u, k) => (image[k] += v * u)));
      return image;
    },
  };
}

// The numbers of a code as grey cells: zero is mid-grey, the largest absolute value black or white.
function codeStrip(most) {
  const canvas = element("canvas", { width: most, height: 1, class: "vae-code-strip", "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  return {
    canvas,
    draw(code) {
      const largest = code.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-9);
      context.clearRect(0, 0, most, 1);
      code.forEach((v, j) => {
        const grey = Math.round(127.5 + (127.5 * v) / largest);
        context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
        context.fillRect((j * most) / code.length, 0, most / code.length, 1);
      });
    },
  };
}

function render({ model, el }) {
  const sizes = model.get("sizes");
  const pixels = sizes[2];
  const side = Math.sqrt(pixels);
  const [labels, choices] = ["labels", "choices"].map((name) => model.get(name));
  const most = Math.max(...choices);
  const images = labels.map((_, i) => greyImage(model.get("images"), i, pixels));
  const pattern = unpackFloat16(model.get("pattern"));
  const encode = makeEncoder(model.get("encoder"), sizes);
  const decode = makeDecoder(model.get("decoder"), sizes);
  const components = makeComponents(model.get("components"), pixels);
  const ink = new Float32Array(pixels); // what the reader has drawn, added to the digit
  // Digit and ink together stand in the model, and so in the address, as text; empty without ink.
  let read = "";
  function keep() {
    const clean = images[model.get("digit")];
    read = ink.some((v) => v) ? packSheet(clean.map((v, k) => v + ink[k])) : "";
    change(model, { sheet: read });
    draw();
  }
  function readInk(clean) {
    if (read === model.get("sheet")) return;
    read = model.get("sheet");
    const seen = unpackSheet(read, pixels) ?? clean;
    ink.forEach((_, k) => (ink[k] = seen[k] - clean[k]));
  }

  const digits = choice({
    label: "Digit",
    options: labels.map((label, i) => ({ name: `digit ${label}`, content: picture(side).draw(images[i]).canvas })),
    onChoose: (digit) => {
      ink.fill(0);
      read = "";
      change(model, { digit, sheet: "" });
      draw(); // the same digit may have been chosen again
    },
  });
  digits.group.classList.add("vae-thumbnails");
  const kept = choice({
    label: "Numbers in the code",
    options: choices.map((count) => ({ name: String(count) })),
    onChoose: (index) => change(model, { numbers: choices[index] }),
  });
  const noise = valueSlider(model, "noise", { label: "noise σ", min: 0, max: 1 });
  const wipe = button("wipe my strokes", () => {
    ink.fill(0);
    keep();
  });
  const blank = button("blank sheet, no digit", () => {
    const clean = images[model.get("digit")];
    ink.forEach((_, k) => (ink[k] = -clean[k]));
    keep();
  });
  const panels = ["input", "PCA", "autoencoder"].map((name) => {
    const shown = picture(side, name);
    // The input has no code; an empty box keeps the three pictures in line.
    const strip = name === "input" ? { canvas: element("div", { class: "vae-code-strip" }) } : codeStrip(most);
    if (name === "input") strip.canvas.style.visibility = "hidden";
    const [below, note] = [0, 1].map(() => element("span", { class: "vae-caption" }));
    const block = element("div", {}, element("span", { class: "vae-heading" }, name), shown.canvas, strip.canvas, below, note);
    return { name, shown, strip, below, note, block };
  });
  const readout = element("p", { class: "vae-readout" });
  figure(
    el,
    "A digit through a bottleneck",
    digits.group,
    kept.group,
    element("div", { class: "vae-lone" }, noise.row),
    element("div", { class: "vae-trio" }, ...panels.map(({ block }) => block)),
    readout,
    element("div", { class: "vae-starts" }, element("span", {}, "Draw into the input: mouse, finger, or arrow keys and space."), wipe, blank),
  );

  // Strokes: a soft disc at every place the pointer passes.
  const sheet = panels[0].shown.canvas;
  sheet.classList.add("vae-sheet");
  let last = null;
  const place = (event) => {
    const box = sheet.getBoundingClientRect();
    return [(side * (event.clientX - box.left)) / box.width, (side * (event.clientY - box.top)) / box.height];
  };
  function stroke(from, to) {
    const clean = images[model.get("digit")];
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1])));
    for (let s = 0; s <= steps; s++) {
      const [x, y] = blend(from, to, s / steps);
      for (let k = 0; k < pixels; k++) {
        const distance = Math.hypot((k % side) + 0.5 - x, Math.floor(k / side) + 0.5 - y);
        const grey = Math.min(1, Math.max(0, BRUSH + 0.5 - distance));
        ink[k] = Math.max(ink[k], grey - clean[k]);
      }
    }
    keep();
  }
  const withPen = keyPen(sheet, side, { dot: (at) => stroke(at, at), show: () => draw() });
  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!last || !sheet.hasPointerCapture(event.pointerId)) return;
    const next = place(event);
    stroke(last, next);
    last = next;
  });

  function draw() {
    const digit = Math.min(model.get("digit"), labels.length - 1);
    const [level, count] = [model.get("noise"), model.get("numbers")];
    readInk(images[digit]);
    const clean = images[digit].map((v, k) => v + ink[k]);
    const input = clean.map((v, k) => v + level * pattern[k]);
    const coordinates = components.encode(input, count);
    const code = encode(input).map((v, j) => (j < count ? v : 0));
    panels.forEach(({ below }, i) => (below.textContent = i ? `its ${count} numbers` : "784 pixels"));
    panels[1].strip.draw(coordinates);
    panels[2].strip.draw(code.subarray(0, count));
    const errors = [input, components.decode(coordinates), decode(code)].map((values, i) => {
      const cut = values.map((v) => Math.min(1, Math.max(0, v)));
      const error = cut.reduce((sum, v, k) => sum + (v - clean[k]) ** 2, 0) / pixels;
      const { name, shown, note } = panels[i];
      shown.draw(i ? cut : withPen(cut));
      note.textContent = `error ${text(error, 4)}`;
      shown.canvas.setAttribute("aria-label", `${name}: error ${text(error, 4)}`);
      return error;
    });
    const told = `PCA's error is ${text(errors[1] / errors[2], 1)} times the autoencoder's`;
    readout.replaceChildren(element("b", {}, `784 pixels → ${count} numbers → 784 pixels. `), `${told}. Errors are against the input without noise.`);
    [readout.dataset.input, readout.dataset.pca, readout.dataset.autoencoder] = errors;
    digits.update(digit);
    kept.update(choices.indexOf(count));
    noise.update(level, told);
  }
  return redrawOn(model, ["digit", "sheet", "noise", "numbers"], draw);
}

const blend = (a, b, t) => a.map((v, i) => v + t * (b[i] - v));

const STATE = {
  digit: whole(0, 99),
  sheet: (given, model) => (unpackSheet(given, model.get("sizes")[2]) ? given : undefined),
  noise: within(0, 1),
  numbers: (given, model) => model.get("choices").find((count) => String(count) === given),
};

export default living({ name: "bottleneck", state: STATE, render });
