// A VAE with two latent numbers learns small digits in the page: codes, the decoded plane and reconstructions, live.
const SIDE = 14;
const PIXELS = SIDE * SIDE;
const HIDDEN = 64;
const BATCH = 64;
const BUDGET = 10; // milliseconds of training between two frames
const EVERY = 5; // frames between two pictures
const RATE = 0.005;
const REACH = 3; // half the width of the plane
const TILES = 12; // digits along a side of the decoded plane
const SHOWN = 400; // codes drawn
const REBUILT = 8;
const PATIENCE = 3000; // steps after which it stops by itself

const CLASS_COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#a0705f", "#e377c2", "#8a8a8a", "#b5a800", "#17a5b8"];

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// One grey picture, `columns` by `rows` tiles of SIDE by SIDE pixels.
function picture(columns, rows, label) {
  const canvas = element("canvas", { class: "vae-picture", width: columns * SIDE, height: rows * SIDE, role: "img", "aria-label": label });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  image.data.fill(255);
  return {
    canvas,
    put(values, from, column, row) {
      for (let i = 0; i < PIXELS; i++) {
        const at = 4 * ((row * SIDE + Math.floor(i / SIDE)) * canvas.width + column * SIDE + (i % SIDE));
        image.data[at] = image.data[at + 1] = image.data[at + 2] = 255 * values[from + i];
      }
    },
    show: () => pen.putImageData(image, 0, 0),
  };
}

// The share of codes whose nearest other code has the same label: 10 % by chance, near 100 % when the plane is sorted.
function sorted(codes, labels, n) {
  let same = 0;
  for (let i = 0; i < n; i++) {
    let [nearest, best] = [Infinity, -1];
    for (let j = 0; j < n; j++) {
      const distance = (codes[2 * i] - codes[2 * j]) ** 2 + (codes[2 * i + 1] - codes[2 * j + 1]) ** 2;
      if (j !== i && distance < nearest) [nearest, best] = [distance, j];
    }
    if (labels[i] === labels[best]) same += 1 / n;
  }
  return same;
}

function render({ model, el }) {
  const grey = Float32Array.from(bytesOf(model.get("images")), (v) => v / 255);
  const labels = bytesOf(model.get("labels"));
  const total = labels.length;
  const stride = Math.max(1, Math.floor(total / SHOWN)); // digits come sorted by class: every so many gives all classes
  const shown = Array.from({ length: Math.min(SHOWN, total) }, (_, i) => i * stride);
  const pick = (rows) => {
    const values = new Float32Array(rows.length * PIXELS);
    rows.forEach((row, i) => values.set(grey.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS));
    return values;
  };
  const watched = pick(shown);
  const few = Array.from({ length: REBUILT }, (_, i) => Math.floor(((i + 0.5) * total) / REBUILT));
  const originals = pick(few);
  const plane = new Float32Array(TILES * TILES * 2);
  const axis = linspace(-2.5, 2.5, TILES);
  for (let i = 0; i < TILES * TILES; i++) plane.set([axis[i % TILES], -axis[Math.floor(i / TILES)]], 2 * i);

  let trainer, losses;
  let [playing, visible, frame, count] = [false, true, 0, 0];
  let place = [0, 0];
  const build = () => {
    trainer = new Trainer({ inputs: PIXELS, hidden: [HIDDEN], latent: 2, seed: model.get("seed"), bernoulli: true, Numbers: Float32Array });
    losses = [];
    root.trainer = trainer;
  };

  const play = button("Train", () => {
    playing = !playing;
    if (playing && trainer.steps >= PATIENCE) build();
    show();
    next();
  });
  const again = button("Start again", () => change(model, { seed: model.get("seed") + 1 }));
  const beta = logSlider(model, "beta", { label: "β", min: 0.05, max: 20 });
  const codes = element("canvas", { class: "vae-panel", role: "img", "aria-label": "Codes of the digits in the plane, coloured by class" });
  const grid = picture(TILES, TILES, "The plane, decoded: a digit for each place");
  const rows = picture(REBUILT, 2, "Digits above, their reconstructions below");
  const one = picture(1, 1, "The digit at the chosen place");
  const across = slider({ label: "z1", min: -REACH, max: REACH, onInput: (v) => choose([v, place[1]]) });
  const up = slider({ label: "z2", min: -REACH, max: REACH, onInput: (v) => choose([place[0], v]) });
  const readout = element("p", { class: "vae-readout" });
  const root = figure(
    el,
    "Digits that train in the page",
    element("div", { class: "vae-starts" }, play, again),
    element(
      "div",
      { class: "vae-duo" },
      element("div", {}, element("span", { class: "vae-heading" }, "Codes, coloured by class"), codes),
      element("div", {}, element("span", { class: "vae-heading" }, "The plane, decoded"), grid.canvas),
    ),
    readout,
    element("div", { class: "vae-columns" }, element("div", {}, rows.canvas, beta.row), element("div", { class: "vae-place" }, one.canvas, across.row, up.row)),
  );
  root.classList.add("vae-digit-training");

  function choose([u, v]) {
    place = [u, v].map((w) => Math.min(REACH, Math.max(-REACH, w)));
    show();
  }
  pointed(codes, ([across_, down]) => choose([(2 * across_ - 1) * REACH, (1 - 2 * down) * REACH]));

  function train() {
    const terms = trainer.learn(trainer.nextBatch(grey, BATCH), { rate: RATE, beta: model.get("beta") });
    losses.push(terms);
    if (losses.length > 50) losses.shift();
    if (!Number.isFinite(terms.total) || trainer.steps >= PATIENCE) playing = false;
  }

  function drawCodes(mu, logvar) {
    const side = Math.max(80, Math.round(codes.clientWidth * (window.devicePixelRatio || 1)));
    if (codes.width !== side) codes.width = codes.height = side;
    const pen = codes.getContext("2d");
    const [x, y] = [(v) => ((v + REACH) / (2 * REACH)) * side, (v) => side - ((v + REACH) / (2 * REACH)) * side];
    const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
    pen.clearRect(0, 0, side, side);
    shown.forEach((row, i) => {
      pen.fillStyle = CLASS_COLOURS[labels[row] % 10];
      pen.globalAlpha = 0.1;
      pen.beginPath();
      const width = (j) => (Math.exp(0.5 * logvar[2 * i + j]) / (2 * REACH)) * side;
      pen.ellipse(x(mu[2 * i]), y(mu[2 * i + 1]), width(0), width(1), 0, 0, 2 * Math.PI);
      pen.fill();
      pen.globalAlpha = 0.9;
      pen.beginPath();
      pen.arc(x(mu[2 * i]), y(mu[2 * i + 1]), side / 150, 0, 2 * Math.PI);
      pen.fill();
    });
    pen.globalAlpha = 1;
    pen.lineWidth = side / 160;
    pen.strokeStyle = colour("muted");
    pen.beginPath();
    pen.arc(x(0), y(0), side / (2 * REACH), 0, 2 * Math.PI);
    pen.stroke();
    pen.strokeStyle = colour("text");
    pen.beginPath();
    pen.arc(x(place[0]), y(place[1]), side / 45, 0, 2 * Math.PI);
    pen.stroke();
  }

  function show() {
    play.textContent = playing ? "Pause" : trainer.steps ? "Go on" : "Train";
    const { mu, logvar } = trainer.encode(watched, shown.length);
    drawCodes(mu, logvar);
    const tiles = trainer.decode(plane, TILES * TILES);
    for (let i = 0; i < TILES * TILES; i++) grid.put(tiles, i * PIXELS, i % TILES, Math.floor(i / TILES));
    grid.show();
    const rebuilt = trainer.decode(trainer.encode(originals, REBUILT).mu, REBUILT);
    for (let i = 0; i < REBUILT; i++) {
      rows.put(originals, i * PIXELS, i, 0);
      rows.put(rebuilt, i * PIXELS, i, 1);
    }
    rows.show();
    one.put(trainer.decode(Float32Array.from(place), 1), 0, 0, 0);
    one.show();
    across.update(place[0]);
    up.update(place[1]);
    beta.update(model.get("beta"));
    const share = sorted(mu, shown.map((row) => labels[row]), shown.length);
    const mean = (name) => losses.reduce((sum, l) => sum + l[name], 0) / Math.max(1, losses.length);
    const loss = losses.length ? `: reconstruction ${text(mean("reconstruction"), 1)}, KL ${text(mean("kl"), 1)} nats` : "";
    readout.replaceChildren(
      element("b", {}, `${text((trainer.steps * BATCH) / total, 1)} rounds`),
      `${loss}; ${text(100 * share, 0)} % of the codes have a neighbour of their own class`,
    );
    Object.assign(root.dataset, { steps: trainer.steps, sorted: share, loss: mean("total") });
  }

  function next() {
    if (frame || !playing || !visible) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!el.isConnected) return;
      const start = performance.now();
      do train();
      while (playing && performance.now() - start < BUDGET);
      if (++count % EVERY === 0 || !playing) show();
      next();
    });
  }

  const watcher = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    next();
  });
  watcher.observe(root);
  const restart = () => {
    build();
    show();
    next();
  };
  model.on("change:seed", restart);
  build();
  const stop = redrawOn(model, ["beta"], show);
  const resized = new ResizeObserver(show);
  resized.observe(root);
  return () => {
    stop();
    model.off("change:seed", restart);
    watcher.disconnect();
    resized.disconnect();
    cancelAnimationFrame(frame);
  };
}

export default living({ name: "digits", state: { beta: within(0.05, 20), seed: whole(0, 1e9) }, render });
