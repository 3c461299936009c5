// A digit decoded from its code. How the code is set depends on its length: `codeControls` is that of latent_pad.js for
// two numbers, that of latent_sliders.js for others.
const LIMIT = 4;

function render({ model, el }) {
  const sizes = model.get("sizes");
  const [latent, , pixels] = sizes;
  const side = Math.sqrt(pixels);
  const decode = makeDecoder(model.get("weights"), sizes);
  const stored = unpackFloat32(model.get("codes")); // of each digit mu, then logvar
  const count = stored.length / (2 * latent);
  const mean = (digit) => Array.from(stored.subarray(2 * latent * digit, 2 * latent * digit + latent));
  const logvar = (digit) => stored.subarray(2 * latent * digit + latent, 2 * latent * (digit + 1));
  const labels = model.get("labels");
  const images = labels.map((_, i) => greyImage(model.get("images"), i, pixels));

  const original = picture(side, "The held-out digit");
  const decoded = picture(side, "The digit decoded from the code");
  decoded.canvas.classList.add("vae-large");
  const thumbnails = choice({
    label: "Held-out digit",
    options: labels.map((label, i) => ({ name: `digit ${label}`, content: picture(side).draw(images[i]).canvas })),
    onChoose: (digit) => change(model, { digit, z: mean(digit) }),
  });
  thumbnails.group.classList.add("vae-thumbnails");
  const back = button("code of the digit", () => change(model, { z: mean(model.get("digit")) }));
  const zero = button("zero", () => change(model, { z: new Array(latent).fill(0) }));
  const random = button("random draw", () => change(model, { z: Array.from({ length: latent }, gaussian) }));

  const sliders = Array.from({ length: latent }, (_, d) =>
    slider({
      label: `z${d + 1}`,
      min: -LIMIT,
      max: LIMIT,
      onInput: (value) => change(model, { z: model.get("z").map((old, i) => (i === d ? value : old)) }),
    }),
  );
  const controls = codeControls(model, { decode, side, sliders });
  const readout = element("p", { class: "vae-readout" });
  const centreBar = element("span", { class: "vae-first" });
  const widthBar = element("span", { class: "vae-second" });
  const bars = element("div", { class: "vae-stack", "aria-hidden": "true" }, centreBar, widthBar);

  const pictures = element(
    "div",
    { class: "vae-pictures" },
    element("div", {}, element("span", { class: "vae-caption" }, "decoded"), decoded.canvas),
    element("div", {}, element("span", { class: "vae-caption" }, "held out"), original.canvas),
  );
  const starts = element("div", { class: "vae-starts" }, element("span", {}, "Start from"), back, zero, random);
  const left = element("div", {}, pictures, readout, bars, controls.beside);
  const columns = element("div", { class: `vae-columns ${controls.kind}` }, left, element("div", {}, controls.main));
  figure(el, "Latent explorer", thumbnails.group, starts, columns, ...controls.below);

  return redrawOn(model, ["z", "digit", "chosen"], () => {
    const z = model.get("z");
    const digit = Math.min(model.get("digit"), count - 1);
    decoded.draw(decode(z));
    original.draw(images[digit]);
    // Where no number of the code is the digit's own any more, its picture invites a comparison that means nothing.
    const related = mean(digit).some((v, i) => Math.abs(v - z[i]) < 1e-3);
    original.canvas.style.opacity = related ? 1 : 0.3;
    original.canvas.setAttribute("aria-label", related ? "The held-out digit" : "The held-out digit; the code is not its own");
    let fromCentre = 0;
    let fromWidth = 0;
    for (const v of z) fromCentre += 0.5 * v * v;
    for (const l of logvar(digit)) fromWidth += 0.5 * (Math.exp(l) - 1 - l);
    const kl = fromCentre + fromWidth;
    readout.replaceChildren(
      element("b", {}, `Price of this cloud ${text(kl, 1)} nats`),
      ` (its KL) = ${text(fromCentre, 1)} for its centre + ${text(fromWidth, 1)} for its widths, which stay those of the chosen digit`,
    );
    readout.dataset.kl = kl;
    const full = Math.max(40, kl);
    centreBar.style.width = `${(100 * fromCentre) / full}%`;
    widthBar.style.width = `${(100 * fromWidth) / full}%`;
    thumbnails.update(digit);
    sliders.forEach((s, d) => s.update(z[d], `KL ${text(kl, 1)} nats`));
    controls.update(z, { mean: mean(digit), widths: Array.from(logvar(digit), (l) => Math.exp(l / 2)) });
  });
}

export default living({ name: "code", state: { digit: whole(0, 99), z: sameLength(-9, 9), chosen: whole(0, 999) }, render });
