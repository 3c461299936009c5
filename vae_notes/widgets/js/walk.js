// The same straight line in two codes and in pixel space; every picture is decoded here.
const FRAMES = 9;

// A decoder whose outer layer is two thin matrices: code -> hidden units -> rank -> pixels.
function makeShortDecoder(view, [latent, hidden, rank, pixels]) {
  let at = 0;
  const readNumbers = (length) => Float32Array.from({ length }, () => view.getFloat32((at += 4) - 4, true));
  // Whole steps of 16 bits, with a step of its own for each row.
  const readMatrix = (rows, columns) => {
    const steps = readNumbers(rows);
    return Float32Array.from({ length: rows * columns }, (_, i) => {
      return view.getInt16((at += 2) - 2, true) * steps[Math.floor(i / columns)];
    });
  };
  const inner = readMatrix(hidden, latent);
  const innerBias = readNumbers(hidden);
  const down = readMatrix(rank, hidden);
  const up = readMatrix(rank, pixels);
  const outerBias = readNumbers(pixels);
  const units = new Float32Array(hidden);
  const logits = new Float32Array(pixels);
  return (code) => {
    for (let j = 0; j < hidden; j++) {
      let unit = innerBias[j];
      for (let d = 0; d < latent; d++) unit += inner[j * latent + d] * code[d];
      units[j] = Math.max(0, unit);
    }
    logits.set(outerBias);
    for (let r = 0; r < rank; r++) {
      let along = 0;
      for (let j = 0; j < hidden; j++) along += down[r * hidden + j] * units[j];
      for (let k = 0; k < pixels; k++) logits[k] += along * up[r * pixels + k];
    }
    for (let k = 0; k < pixels; k++) logits[k] = 1 / (1 + Math.exp(-logits[k]));
    return logits;
  };
}

const blend = (a, b, t) => a.map((v, i) => v + t * (b[i] - v));

function render({ model, el }) {
  const sizes = model.get("sizes");
  const pixels = sizes[0][3];
  const side = Math.sqrt(pixels);
  const labels = model.get("labels");
  const images = labels.map((_, i) => greyImage(model.get("images"), i, pixels));
  const coded = sizes.map((shape, m) => {
    const decode = makeShortDecoder(model.get("weights")[m], shape);
    const codes = unpackFloat32(model.get("codes")[m]);
    const code = (i) => codes.subarray(i * shape[0], (i + 1) * shape[0]);
    const between = (a, b, t) => blend(code(a), code(b), t);
    return { at: (a, b, t) => decode(between(a, b, t)), length: (a, b, t) => Math.hypot(...between(a, b, t)) };
  });
  const walks = [
    { name: "autoencoder", ...coded[0] },
    { name: "VAE", ...coded[1] },
    { name: "pixels", at: (a, b, t) => blend(images[a], images[b], t) },
  ].map(({ name, at, length }) => {
    const now = picture(side, `${name}: the digit at this place of the walk`);
    const strip = element("canvas", { width: FRAMES * side, height: side, class: "vae-picture", "aria-hidden": "true" });
    const note = element("span", { class: "vae-caption" });
    const block = element("div", {}, element("span", { class: "vae-heading" }, name), now.canvas, note);
    return { name, at, length, now, strip, note, block };
  });
  const chooser = (which, label) => {
    const options = labels.map((digit, i) => ({ name: `${label} ${digit}`, content: picture(side).draw(images[i]).canvas }));
    const part = choice({ label, options, onChoose: (i) => change(model, { [which]: i }) });
    part.group.classList.add("vae-thumbnails");
    return part;
  };
  const from = chooser("start", "from");
  const to = chooser("end", "to");
  const place = valueSlider(model, "t", { label: "place", min: 0, max: 1 });
  figure(
    el,
    "A walk between two digits",
    element("div", { class: "vae-columns" }, from.group, to.group),
    element("div", { class: "vae-lone" }, place.row),
    element("div", { class: "vae-trio" }, ...walks.map(({ block }) => block)),
    ...walks.map(({ name, strip }) => element("div", {}, element("span", { class: "vae-caption" }, name), strip)),
  );

  const frame = picture(side);
  const last = labels.length - 1;
  const chosen = () => ["start", "end"].map((name) => Math.min(model.get(name), last));
  function drawStrips() {
    const [a, b] = chosen();
    from.update(a);
    to.update(b);
    for (const { at, strip } of walks)
      for (let i = 0; i < FRAMES; i++)
        strip.getContext("2d").drawImage(frame.draw(at(a, b, i / (FRAMES - 1))).canvas, i * side, 0);
  }
  function drawNow() {
    const [a, b] = chosen();
    const t = model.get("t");
    const lengths = walks.map(({ at, length, now, note }) => {
      now.draw(at(a, b, t));
      const told = length ? `code length ${text(length(a, b, t), 1)}` : "";
      note.textContent = told;
      return told;
    });
    place.update(t, `${lengths[0]} of the autoencoder, ${lengths[1]} of the VAE`);
  }
  const stops = [
    redrawOn(model, ["start", "end"], drawStrips), // the strips stay while only the place moves
    redrawOn(model, ["start", "end", "t"], drawNow),
  ];
  return () => stops.forEach((stop) => stop());
}

export default living({ name: "walk", state: { start: whole(0, 99), end: whole(0, 99), t: within(0, 1) }, render });
