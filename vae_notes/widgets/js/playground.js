// The playground: an autoencoder or a VAE on points of the plane, trained in time slices between two frames.
const TOYS = ["ring", "moons", "pinwheel", "blobs", "line"];
const POINTS = 400;
const BATCH = 128;
const SAMPLES = 200;
const BUDGET = 9; // milliseconds of training between two frames
const START = 200; // steps before the figure is first seen: it starts in a state that already says something
const REST = 4000; // steps after which a figure that was never touched stops by itself
const DATA = 2.3; // half the width of the panel of data
const CODE = 3.4; // half the width of the panel of codes
const HISTORY = 300; // points of the loss curve

const BUILT = ["data", "latent", "seed"]; // values that only a new network can have
const DEFAULTS = { data: "moons", variational: true, latent: 2, beta: 1, sigma: 0.2, learn_sigma: false, learning_rate: 0.005, mean_only: false, forget_kl: false, mean_loss: false, seed: 0 };

// Bytes, little-endian float32.
function numbersFrom(view) {
  const values = new Float64Array(view.byteLength / 4);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true);
  return values;
}

function render({ model, el }) {
  const every = numbersFrom(model.get("points"));
  let [trainer, data, noise, seen, history, memory, mission] = [null, null, null, null, [], {}, null];
  let [playing, touched, visible, frame, every_n, ended] = [!stillness(), false, true, 0, 1, false];
  const settings = () => ({
    variational: model.get("variational"),
    beta: model.get("forget_kl") ? 0 : model.get("beta"),
    meanOnly: model.get("mean_only"),
    meanLoss: model.get("mean_loss"),
    rate: model.get("learning_rate"),
    learnNoise: model.get("learn_sigma"),
  });

  const controls = playgroundControls(model, {
    show: () => show(),
    change(values) {
      touched = true;
      change(model, values);
    },
    rebuild(values) {
      if (values.data) own.clear();
      change(model, values);
      restart();
    },
    accept(i) {
      accept(i);
      restart();
    },
    draw() {
      own.start();
      [playing, mission] = [false, null];
      task.textContent = "Draw on the left panel: press and move. When you let go, training starts. With the keyboard: arrow keys move, Enter sets a point, Escape ends.";
      show();
    },
    play() {
      playing = !playing;
      touched = true;
      next();
      show();
    },
    once() {
      playing = false;
      touched = true;
      train(1);
      show();
    },
    reseed() {
      change(model, { seed: model.get("seed") + 1 });
      restart();
    },
  });

  // One place for the task, the hint and the lesson, so that nothing below it moves.
  const task = element("p", { class: "vae-task", role: "status" }, "Choose a mission, or drag β and watch what the clouds do.");
  const say = (bold, rest = "") => task.replaceChildren(element("b", {}, bold), rest);
  function accept(i) {
    mission = MISSIONS[i];
    [memory, ended] = [{}, false];
    own.clear();
    say(`${mission.name}. `, mission.task);
    change(model, { ...DEFAULTS, ...mission.state });
  }

  const dataView = panel("Data, reconstructions and samples", DATA);
  const codeView = panel("Codes of the data and the prior", CODE);
  const own = ownPoints(dataView, {
    onPoint: () => show(),
    onDone() {
      playing = true;
      restart();
    },
  });
  const chart = lossChart(el);
  const readout = element("p", { class: "vae-readout" });
  const root = figure(
    el,
    "A VAE that trains while you watch",
    controls.missions,
    task,
    controls.toys,
    controls.buttons,
    element(
      "div",
      { class: "vae-duo" },
      element("div", {}, element("span", { class: "vae-heading" }, "Data"), dataView.canvas, controls.seen),
      element("div", {}, element("span", { class: "vae-heading" }, "Codes, and the prior's circles"), codeView.canvas),
    ),
    readout,
    legend([["reconstruction, above its lowest", "first"], ["KL", "second"]]),
    chart.svg,
    controls.settings,
  );
  root.classList.add("vae-playground");

  // ---- training
  function train(steps) {
    for (let s = 0; s < steps; s++) {
      const terms = trainer.learn(trainer.nextBatch(data, BATCH), settings());
      if (!Number.isFinite(terms.total)) {
        playing = false;
        say("The loss is no longer a number. ", "A smaller learning rate helps; start again.");
        return;
      }
      if (trainer.steps % every_n === 0) {
        history.push({ ...terms, kl: settings().variational ? terms.kl * settings().beta : 0 });
        if (history.length > HISTORY) {
          history = history.filter((_, i) => i % 2);
          every_n *= 2;
        }
      }
    }
    root.dataset.steps = trainer.steps;
  }

  function restart() {
    touched = true;
    build();
    show();
    next();
  }

  function build() {
    const at = TOYS.indexOf(model.get("data")) * 2 * POINTS;
    data = own.enough() ? Float64Array.from(own.points) : every.slice(at, at + 2 * POINTS);
    trainer = new Trainer({ inputs: 2, hidden: [32, 32], latent: model.get("latent"), seed: model.get("seed"), logVariance: 2 * Math.log(model.get("sigma")) });
    noise = Float64Array.from({ length: 2 * Math.max(data.length, SAMPLES * 2) }, random(99).normal);
    [history, every_n] = [[], 1];
    root.trainer = trainer; // for whoever wants to look inside: the weights, the noise
  }

  // ---- showing
  function show() {
    controls.say(playing);
    if (own.active) return own.draw();
    const options = settings();
    if (!options.learnNoise) trainer.noise.values[0] = 2 * Math.log(model.get("sigma"));
    seen = measure(trainer, data, options, noise);
    drawData(dataView, data, seen, controls.shown);
    drawCodes(codeView, seen, trainer.latent, options.variational);
    chart.update(history);
    const noiseNow = Math.exp(0.5 * trainer.noise.values[0]);
    const last = history.slice(-20);
    const mean = (name) => last.reduce((sum, h) => sum + h[name], 0) / Math.max(1, last.length);
    const shownKL = options.variational ? `, KL ${text(seen.kl)} nats` : "";
    readout.replaceChildren(
      element("b", {}, `step ${trainer.steps}`),
      `: reconstruction ${text(mean("reconstruction"))}${shownKL}; error ${text(seen.error)}; ${text(100 * seen.misses, 0)} % of samples miss the data; σ ${text(noiseNow)}`,
    );
    Object.assign(root.dataset, { steps: trainer.steps, kl: seen.kl, error: seen.error, misses: seen.misses });
    controls.update(own.enough(), mission, noiseNow);
    judge(options, noiseNow);
  }

  function judge(options, noiseNow) {
    if (!mission || ended || trainer.steps < 100) return;
    const blobs = model.get("data") === "blobs" && !own.enough() ? blobDistances(seen.redrawn) : null;
    const measured = { ...seen, blobs, variational: options.variational, forgetKL: options.beta === 0, meanOnly: options.meanOnly, learned: options.learnNoise, sigma: noiseNow };
    if (mission.solved(measured, memory)) {
      ended = true;
      say("Solved. ", mission.lesson);
      root.dataset.solved = mission.name;
    } else if (memory.collapsed && !memory.told) {
      memory.told = true;
      say("Collapsed: every ellipse is the prior. ", "Now undo it.");
    }
  }

  function next() {
    if (frame || !playing || !visible) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!el.isConnected) return;
      const start = performance.now();
      do train(4);
      while (playing && performance.now() - start < BUDGET);
      show();
      if (!touched && trainer.steps > REST) playing = false;
      next();
    });
  }

  const watcher = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    next();
  });
  watcher.observe(root);
  const resized = new ResizeObserver(() => trainer && show());
  // It opens with the first mission, unless an address or Python asks for something else.
  if (Object.keys(DEFAULTS).every((name) => model.get(name) === DEFAULTS[name])) accept(0);
  build();
  train(START);
  show();
  resized.observe(root);
  const stop = redrawOn(model, Object.keys(DEFAULTS).filter((name) => !BUILT.includes(name)), () => {
    if (trainer) show();
  });
  const rebuild = () => {
    build();
    show();
    next();
  };
  for (const name of BUILT) model.on(`change:${name}`, rebuild);
  next();
  return () => {
    stop();
    for (const name of BUILT) model.off(`change:${name}`, rebuild);
    watcher.disconnect();
    resized.disconnect();
    cancelAnimationFrame(frame);
  };
}

const STATE = {
  data: oneOf(...TOYS),
  variational: flag,
  latent: whole(1, 2),
  beta: within(0.05, 20),
  sigma: within(0.03, 1),
  learn_sigma: flag,
  learning_rate: within(0.0003, 0.03),
  mean_only: flag,
  forget_kl: flag,
  mean_loss: flag,
  seed: whole(0, 1e9),
};

export default living({ name: "playground", state: STATE, render });
