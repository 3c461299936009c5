// The playground: an autoencoder or a VAE on points of the plane that trains while the reader watches.
const BATCH = 128;
const START = 200; // steps before the figure is first seen: it starts in a state that already says something
const REST = 4000; // steps after which a figure that was never touched stops by itself
const CODE = 3.4; // half the width of the panel of codes

function render({ model, el }) {
  const every = numbersFrom(model.get("points"));
  let [trainer, data, noise, run] = [];
  let [playing, touched, built, diverged] = [!stillness(), false, "", false];
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
    rebuild: (values) => restart(values.data ? { ...values, drawn: [] } : values),
    reseed: () => restart({ seed: model.get("seed") + 1 }),
    accept(i) {
      playing ||= !stillness();
      restart({ ...DEFAULTS, ...MISSIONS[i].state, mission: i + 1 });
    },
    draw() {
      playing = false;
      own.start();
      change(model, { mission: 0 });
      show();
    },
    play() {
      own.stop();
      [playing, touched] = [!playing, true];
      loop.next();
      show();
    },
    once() {
      own.stop();
      [playing, touched] = [false, true];
      train();
      show();
    },
  });

  // One place for the task, the hint and the lesson, so that nothing below it moves; the numbers change too often to be
  // read aloud unasked, so they stand outside it.
  const task = element("p", { class: "vae-task", role: "status" });
  const numbers = element("p", { class: "vae-readout vae-goal" });
  function words() {
    if (own.active) return ["Draw on the left panel", `: press and move, up to ${MOST} places. When you let go, training starts. With the keyboard: arrow keys move, Enter sets a point, Escape ends.`];
    if (diverged) return ["The loss is no longer a number. ", "A smaller learning rate helps; start again."];
    return run ? run.words() : ["", "Choose a mission, or drag β and watch what the clouds do."];
  }
  function tell() {
    const [bold, rest] = words();
    if (task.textContent !== bold + rest) task.replaceChildren(element("b", {}, bold), rest);
    const waits = run && !run.solved() && !playing ? "Press Play. " : "";
    numbers.textContent = own.active || !run ? "" : waits + run.now();
  }

  const dataView = panel("Data, reconstructions and samples", DATA);
  const codeView = panel("Codes of the data and the prior", CODE);
  const own = ownPoints(dataView, {
    onPoint: () => show(),
    onDone(drawn) {
      playing = true;
      restart({ drawn });
    },
  });
  const chart = lossChart(el);
  const readout = element("p", { class: "vae-readout" });
  const terms = legend([["reconstruction (minus a log density), above its lowest", "first"], ["KL", "second"]]);
  const root = figure(
    el,
    "A VAE that trains while you watch",
    controls.missions,
    task,
    numbers,
    controls.toys,
    controls.buttons,
    controls.settings,
    element(
      "div",
      { class: "vae-duo" },
      element("div", {}, element("span", { class: "vae-heading" }, "Data"), dataView.canvas),
      element("div", {}, element("span", { class: "vae-heading" }, "Codes and prior"), codeView.canvas),
    ),
    controls.seen,
    readout,
    terms,
    chart.svg,
  );
  root.classList.add("vae-playground");

  function train() {
    const lost = trainer.learn(trainer.nextBatch(data, BATCH), settings());
    if (!Number.isFinite(lost.total)) [playing, diverged] = [false, true];
    else chart.add(trainer.steps, lost.reconstruction, settings().variational ? lost.kl * settings().beta : 0);
  }

  // A new network, with these values.
  function restart(values) {
    touched = true;
    built = "";
    own.stop();
    change(model, values);
    refresh();
  }

  function build() {
    const at = TOYS.indexOf(model.get("data")) * 2 * POINTS;
    const drawn = model.get("drawn");
    data = drawn.length ? pointsAround(drawn) : every.slice(at, at + 2 * POINTS);
    trainer = new Trainer({ inputs: 2, hidden: [32, 32], latent: model.get("latent"), seed: model.get("seed"), logVariance: 2 * Math.log(model.get("sigma")) });
    noise = Float64Array.from({ length: 2 * Math.max(data.length, SAMPLES * 2) }, random(99).normal);
    [diverged, run] = [false, attempt(model.get("mission"))];
    chart.clear();
    delete root.dataset.solved;
    root.trainer = trainer; // for whoever wants to look inside: the weights, the noise
  }

  const asked = () => JSON.stringify(BUILT.map((name) => model.get(name)));
  function refresh() {
    if (built !== asked()) build();
    built = asked();
    show();
    loop.next();
  }

  // ---- showing
  function show() {
    controls.say(playing);
    if (!model.get("learn_sigma")) trainer.noise.values[0] = 2 * Math.log(model.get("sigma"));
    const noiseNow = Math.exp(0.5 * trainer.noise.values[0]);
    controls.update(own.active || model.get("drawn").length > 0, noiseNow);
    const options = settings();
    terms.lastChild.style.visibility = options.variational ? "" : "hidden";
    if (own.active) {
      own.draw();
      codeView.begin();
      chart.clear();
      readout.textContent = "Nothing trains while you draw.";
    } else display(options, noiseNow);
    chart.update();
    tell();
  }

  function display(options, noiseNow) {
    const seen = measure(trainer, data, options, noise);
    drawData(dataView, data, seen, controls.shown);
    drawCodes(codeView, seen, trainer.latent, options.variational);
    const fit = trainer.steps ? text(chart.recent()) : "–";
    const shownKL = options.variational ? `, KL ${text(seen.kl)} nats` : "";
    readout.replaceChildren(
      element("b", {}, `step ${trainer.steps}`),
      `: reconstruction ${fit}${shownKL}; error ${text(seen.error)}; ${text(100 * seen.misses, 0)} % of samples miss the data; σ ${text(noiseNow)}`,
    );
    Object.assign(root.dataset, { steps: trainer.steps, kl: seen.kl, error: seen.error, misses: seen.misses });
    if (!run || run.solved()) return;
    const blobs = model.get("data") === "blobs" && !model.get("drawn").length ? blobDistances(seen.redrawn) : {};
    run.follow({ ...seen, ...blobs, variational: options.variational, forgetKL: options.beta === 0, meanOnly: options.meanOnly, learned: options.learnNoise, sigma: noiseNow }, trainer.steps, model);
    if (!run.solved()) return;
    controls.solved(model.get("mission") - 1);
    root.dataset.solved = run.mission.name;
  }

  const loop = trainingLoop({
    el,
    root,
    playing: () => playing,
    step: train,
    show() {
      if (!touched && trainer.steps > REST) playing = false;
      show();
    },
  });
  const resized = new ResizeObserver(() => show());
  // It opens with the first mission, unless an address or Python asks for something else.
  if (Object.keys(DEFAULTS).every((name) => isDefault(model, name))) change(model, { ...MISSIONS[0].state, mission: 1 });
  build();
  built = asked();
  for (let i = 0; i < START; i++) train();
  const stop = redrawOn(model, Object.keys(DEFAULTS), refresh);
  resized.observe(root);
  return () => {
    stop();
    loop.stop();
    resized.disconnect();
  };
}

export default living({ name: "playground", state: STATE, render });
