// A VAE with two latent numbers learns small digits in the page: codes, the decoded plane and reconstructions, live.
const HIDDEN = 64;
const BATCH = 64;
const RATE = 0.005;
const TILES = 12; // digits along a side of the decoded plane
const SHOWN = 400; // codes drawn
const REBUILT = 10;
const PATIENCE = 3000; // steps after which it stops by itself

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

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
  const classesShown = shown.map((row) => labels[row]);
  const few = Array.from({ length: REBUILT }, (_, i) => Math.floor(((i + 0.5) * total) / REBUILT));
  const originals = pick(few);
  const plane = new Float32Array(TILES * TILES * 2);
  const axis = linspace(-2.5, 2.5, TILES);
  for (let i = 0; i < TILES * TILES; i++) plane.set([axis[i % TILES], -axis[Math.floor(i / TILES)]], 2 * i);

  let trainer, losses, shares;
  let playing = false;
  let place = [0, 0];
  const build = () => {
    trainer = new Trainer({ inputs: PIXELS, hidden: [HIDDEN], latent: 2, seed: model.get("seed"), bernoulli: true, Numbers: Float32Array });
    [losses, shares] = [[], []];
    root.trainer = trainer;
  };

  const play = button("Play", () => {
    playing = !playing;
    if (playing && trainer.steps >= PATIENCE) build();
    show();
    loop.next();
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
  const chart = sortedChart(el, (PATIENCE * BATCH) / total);
  const root = figure(
    el,
    "Digits that train in the page",
    element("div", { class: "vae-starts" }, play, again),
    element(
      "div",
      { class: "vae-duo" },
      element("div", {}, element("span", { class: "vae-heading" }, "Codes, coloured by class"), codes, classes()),
      element("div", {}, element("span", { class: "vae-heading" }, "The plane, decoded"), grid.canvas),
    ),
    readout,
    legend([["share with a neighbour of their own class", "first"], ["by chance", "muted"]]),
    chart.svg,
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

  function show() {
    play.textContent = playing ? "Pause" : "Play";
    const seen = trainer.encode(watched, shown.length);
    drawPlane(codes, seen, classesShown, place);
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
    const share = sorted(seen.mu, classesShown, shown.length);
    const rounds = (trainer.steps * BATCH) / total;
    if (shares.at(-1)?.[0] !== rounds) shares.push([rounds, share]);
    chart.update(shares);
    const mean = (name) => losses.reduce((sum, l) => sum + l[name], 0) / Math.max(1, losses.length);
    const loss = losses.length ? `: reconstruction ${text(mean("reconstruction"), 1)}, KL ${text(mean("kl"), 1)} nats` : "";
    readout.replaceChildren(
      element("b", {}, `${text(rounds, 1)} rounds`),
      `${loss}; ${text(100 * share, 0)} % of the codes have a neighbour of their own class`,
    );
    Object.assign(root.dataset, { steps: trainer.steps, sorted: share, loss: mean("total") });
  }

  const loop = trainingLoop({ el, root, playing: () => playing, step: train, show });
  const restart = () => {
    build();
    show();
    loop.next();
  };
  model.on("change:seed", restart);
  build();
  const stop = redrawOn(model, ["beta"], show);
  const resized = new ResizeObserver(show);
  resized.observe(root);
  return () => {
    stop();
    model.off("change:seed", restart);
    loop.stop();
    resized.disconnect();
  };
}

export default living({ name: "digits", state: { beta: within(0.05, 20), seed: whole(0, 1e9) }, render });
