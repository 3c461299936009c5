// A digit decoded from its code: one slider for each coordinate, and for a code of two numbers a pad over the plane.
const LIMIT = 4;
const TILES = 15;

function gaussian() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

// The plane of a two-dimensional code, decoded on a grid; a marker with the region's width lies over it.
function makePad(model, decode, side) {
  const canvas = element("canvas", { width: TILES * side, height: TILES * side });
  const context = canvas.getContext("2d");
  const ring = shape("ellipse", { class: "vae-ring" });
  const point = shape("circle", { r: 0.13, class: "vae-point" });
  const over = shape("svg", { viewBox: `${-LIMIT} ${-LIMIT} ${2 * LIMIT} ${2 * LIMIT}` }, ring, point);
  // The two sliders do the same for keyboards and screen readers, so the pad is for pointers only.
  const pad = element("div", { class: "vae-pad", "aria-hidden": "true" }, canvas, over);
  const move = (event) => {
    const box = pad.getBoundingClientRect();
    const along = (at, start, size) => Math.min(Math.max((2 * (at - start)) / size - 1, -1), 1) * LIMIT;
    const z = [along(event.clientX, box.left, box.width), -along(event.clientY, box.top, box.height)];
    change(model, { z: z.map((v) => Number(v.toFixed(2))) });
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    move(event);
  });
  pad.addEventListener("pointermove", (event) => {
    if (pad.hasPointerCapture(event.pointerId)) move(event);
  });

  const centre = (i) => ((2 * i + 1) / TILES - 1) * LIMIT;
  const tile = picture(side);
  function fill() {
    for (let row = 0; row < TILES; row++)
      for (let column = 0; column < TILES; column++)
        context.drawImage(tile.draw(decode([centre(column), -centre(row)])).canvas, column * side, row * side);
  }
  setTimeout(fill); // after the first picture
  return {
    pad,
    update([x, y], [widthX, widthY]) {
      for (const mark of [ring, point]) {
        mark.setAttribute("cx", x);
        mark.setAttribute("cy", -y);
      }
      ring.setAttribute("rx", widthX);
      ring.setAttribute("ry", widthY);
    },
  };
}

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
  const pad = latent === 2 ? makePad(model, decode, side) : null;
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
  const rows = element("div", { class: "vae-codes" }, ...sliders.map((s) => s.row));
  const left = element("div", {}, pictures, readout, bars, ...(pad ? [rows] : []));
  const right = element("div", {}, pad ? pad.pad : rows);
  const starts = element("div", { class: "vae-starts" }, element("span", {}, "Start from"), back, zero, random);
  const columns = element("div", { class: pad ? "vae-columns" : "vae-columns vae-explorer" }, left, right);
  figure(el, "Latent explorer", thumbnails.group, starts, columns);

  return redrawOn(model, ["z", "digit"], () => {
    const z = model.get("z");
    const digit = Math.min(model.get("digit"), count - 1);
    decoded.draw(decode(z));
    original.draw(images[digit]);
    let fromCentre = 0;
    let fromWidth = 0;
    for (const v of z) fromCentre += 0.5 * v * v;
    for (const l of logvar(digit)) fromWidth += 0.5 * (Math.exp(l) - 1 - l);
    const kl = fromCentre + fromWidth;
    readout.replaceChildren(
      element("b", {}, `KL of the region ${text(kl, 1)} nats`),
      ` = ${text(fromCentre, 1)} for its centre + ${text(fromWidth, 1)} for its widths, those of this digit’s q(z|x)`,
    );
    readout.dataset.kl = kl;
    const full = Math.max(40, kl);
    centreBar.style.width = `${(100 * fromCentre) / full}%`;
    widthBar.style.width = `${(100 * fromWidth) / full}%`;
    thumbnails.update(digit);
    sliders.forEach((s, d) => s.update(z[d], `KL ${text(kl, 1)} nats`));
    pad?.update(z, Array.from(logvar(digit), (l) => Math.exp(l / 2)));
  });
}

export default living({ name: "code", state: { digit: whole(0, 99), z: sameLength(-9, 9) }, render });
