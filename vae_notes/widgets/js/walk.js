// The same straight line in two codes and in pixel space; every picture is decoded here.
const FRAMES = 9;
const ONE_WAY = 5000; // milliseconds from one digit to the other
const STEP = 800; // milliseconds at each picture where less motion is asked for

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
    return { at: (a, b, t) => decode(between(a, b, t)) };
  });
  const walks = [
    { name: "autoencoder", ...coded[0] },
    { name: "VAE", ...coded[1] },
    { name: "pixels", at: (a, b, t) => blend(images[a], images[b], t) },
  ].map(({ name, at }) => {
    const now = picture(side, `${name}: the digit at this place of the walk`);
    const strip = filmstrip(side, FRAMES, (t) => goTo(Number(t.toFixed(2))));
    const block = element("div", {}, element("span", { class: "vae-heading" }, name), now.canvas);
    return { name, at, now, strip, block };
  });
  const chooser = (which, label) => {
    const options = labels.map((digit, i) => ({ name: `${label} ${digit}`, content: picture(side).draw(images[i]).canvas }));
    const part = choice({ label, options, onChoose: (i) => change(model, { [which]: i }) });
    part.group.classList.add("vae-thumbnails");
    return part;
  };
  const from = chooser("start", "from");
  const to = chooser("end", "to");
  const goTo = (t) => change(model, { t, playing: false }); // a hand on the walk stops it
  const place = slider({ label: "place", min: 0, max: 1, onInput: goTo });
  const play = button("Play", () => {
    const playing = play.textContent === "Play";
    asked = playing;
    change(model, { playing });
    showPlaying(); // an address may have asked for it before, and been told to wait
  });
  const root = figure(
    el,
    "A walk between two digits",
    ...(labels.length > 2 ? [element("div", { class: "vae-columns" }, from.group, to.group)] : []), // with two nothing is to choose
    element("div", { class: "vae-lone vae-played" }, play, place.row),
    element("div", { class: "vae-trio" }, ...walks.map(({ block }) => block)),
    ...walks.map(({ name, strip }) => element("div", {}, element("span", { class: "vae-caption" }, name), strip.block)),
  );

  const last = labels.length - 1;
  const chosen = () => ["start", "end"].map((name) => Math.min(model.get(name), last));
  function drawStrips() {
    const [a, b] = chosen();
    from.update(a);
    to.update(b);
    for (const { at, strip } of walks) strip.draw((t) => at(a, b, t));
  }
  function drawNow() {
    const [a, b] = chosen();
    const t = model.get("t");
    for (const { at, now, strip } of walks) {
      now.draw(at(a, b, t));
      strip.mark(t);
    }
    place.update(t, `from the ${labels[a]} to the ${labels[b]}`);
  }

  // Playing goes to and fro. Where less motion is asked for only a press starts it, and it goes from picture to picture.
  let [asked, ahead, visible, frame, since] = [false, 1, true, 0, 0];
  const going = () => model.get("playing") && visible && (asked || !stillness());
  function advance(now) {
    frame = 0;
    if (!going() || !el.isConnected) return (since = 0);
    const passed = since ? now - since : 0;
    const still = stillness();
    if (!since || !still || passed >= STEP) {
      since = now;
      const t = model.get("t");
      if (t >= 1) ahead = -1;
      if (t <= 0) ahead = 1;
      const onward = still ? (Math.round(t * (FRAMES - 1)) + ahead) / (FRAMES - 1) : t + (ahead * passed) / ONE_WAY;
      if (passed) change(model, { t: clamp(onward, 0, 1) });
    }
    frame = requestAnimationFrame(advance);
  }
  function showPlaying() {
    play.textContent = model.get("playing") && (asked || !stillness()) ? "Pause" : "Play";
    if (going() && !frame) frame = requestAnimationFrame(advance);
  }
  const watcher = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    showPlaying();
  });
  watcher.observe(root);
  const stops = [
    () => watcher.disconnect(),
    () => cancelAnimationFrame(frame),
    redrawOn(model, ["playing"], showPlaying),
    redrawOn(model, ["start", "end"], drawStrips), // the strips stay while only the place moves
    redrawOn(model, ["start", "end", "t"], drawNow),
  ];
  return () => stops.forEach((stop) => stop());
}

export default living({ name: "walk", state: { start: whole(0, 99), end: whole(0, 99), t: within(0, 1), playing: flag }, render });
