// The playground's controls: what the reader sets, and how the controls show what is set.

function toggle(label, onChange) {
  const input = element("input", { type: "checkbox", "data-lm-suppress-shortcuts": "true" });
  input.addEventListener("change", () => onChange(input.checked));
  return { row: element("label", { class: "vae-toggle" }, input, label), update: (value) => (input.checked = value) };
}

// `acts`: change(values) keeps what was learned, rebuild(values) starts anew, and what the buttons do.
function playgroundControls(model, acts) {
  const toys = choice({
    label: "Data",
    options: [...TOYS, "your own"].map((name) => ({ name })),
    onChoose: (i) => (i < TOYS.length ? acts.rebuild({ data: TOYS[i] }) : acts.draw()),
  });
  const kind = choice({
    label: "Model",
    options: [{ name: "autoencoder" }, { name: "VAE" }],
    onChoose: (i) => acts.change({ variational: i === 1 }),
  });
  const size = choice({
    label: "Code",
    options: [{ name: "1 number" }, { name: "2 numbers" }],
    onChoose: (i) => acts.rebuild({ latent: i + 1 }),
  });
  const missions = choice({
    label: "Missions",
    options: MISSIONS.map(({ name }, i) => ({ name, content: `${i + 1}` })),
    onChoose: acts.accept,
  });
  // A radio button that is already chosen tells of no change, but a click on it starts the mission anew.
  const numbers = [...missions.group.querySelectorAll("input")];
  missions.group.addEventListener("click", ({ target }) => {
    const i = numbers.indexOf(target);
    if (i >= 0 && i === model.get("mission") - 1) acts.accept(i);
  });
  numbers.forEach((input, i) => (input.parentNode.title = MISSIONS[i].name));
  const beta = logSlider(model, "beta", { label: "β", min: 0.05, max: 20 });
  const sigma = logSlider(model, "sigma", { label: "σ of decoder", min: 0.03, max: 1 });
  const rate = logSlider(model, "learning_rate", { label: "learning rate", min: 0.0003, max: 0.03, show: (v) => String(Number(v.toPrecision(2))) });
  const mistakes = { learn_sigma: "learn σ", mean_only: "mean only", forget_kl: "forget the KL", mean_loss: "mean instead of sum" };
  const boxes = Object.entries(mistakes).map(([name, label]) => [name, toggle(label, (value) => acts.change({ [name]: value }))]);
  const shown = { samples: true, rebuilt: true };
  const seen = Object.entries({ rebuilt: "reconstructions", samples: "samples" }).map(([name, label]) => {
    const part = toggle(label, (value) => {
      shown[name] = value;
      acts.show();
    });
    part.update(true);
    return part.row;
  });
  const play = button("Pause", acts.play);
  const share = button("Copy link", async () => {
    const changed = Object.keys(DEFAULTS).filter((name) => !isDefault(model, name));
    const address = addressOf(new Map([["playground", changed.map((name) => `${name}=${written(model.get(name))}`).join("&")]]));
    await navigator.clipboard?.writeText(`${window.location.href.split("#")[0]}${address}`).catch(() => {});
    share.textContent = "Link copied";
  });
  const buttons = [play, button("One step", acts.once), button("Start again", () => acts.rebuild({})), button("New seed", acts.reseed), share];
  return {
    shown,
    missions: missions.group,
    toys: toys.group,
    seen: element("div", { class: "vae-toggles" }, ...seen),
    buttons: element("div", { class: "vae-starts" }, ...buttons),
    settings: element(
      "div",
      { class: "vae-columns" },
      element("div", {}, kind.group, size.group, beta.row, sigma.row, rate.row),
      element("div", { class: "vae-toggles vae-upright" }, ...boxes.map(([, { row }]) => row)),
    ),
    say: (playing) => (play.textContent = playing ? "Pause" : "Play"),
    solved(i) {
      numbers[i].nextSibling.textContent = `${i + 1}✓`;
      numbers[i].setAttribute("aria-label", `${MISSIONS[i].name}, solved`);
    },
    update(own, noise) {
      toys.update(own ? TOYS.length : TOYS.indexOf(model.get("data")));
      kind.update(model.get("variational") ? 1 : 0);
      size.update(model.get("latent") - 1);
      missions.update(model.get("mission") - 1);
      beta.update(model.get("beta"));
      sigma.update(model.get("learn_sigma") ? clamp(noise, 0.03, 1) : model.get("sigma"));
      sigma.input.disabled = model.get("learn_sigma");
      rate.update(model.get("learning_rate"));
      for (const [name, box] of boxes) box.update(model.get(name));
    },
  };
}
