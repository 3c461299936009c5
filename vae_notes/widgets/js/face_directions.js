// A face with its code moved along directions, beside the face drawn anew: pictures that PyTorch made for every step.
const LABELS = { smile: "smile", yaw: "turn", pitch: "nod" };
const KINDS = { "moved code": "first", "code left alone": "second", "code of the true face": "third" };
const degrees = (v) => `${text(v, 1)}°`;
const spelled = { smile: (v) => text(v, 1), yaw: degrees, pitch: degrees };
const perThousand = (error) => text(1000 * error, 1);

// Bytes of all pictures, undoing `shrink`: neighbours were subtracted, in a row and between smiles.
async function unpackPictures(view, side, smiles) {
  const inflated = new Blob([view]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer());
  const size = side * side;
  for (let k = 0; k < bytes.length; k++) if (k % side) bytes[k] += bytes[k - 1];
  for (let k = 0; k < bytes.length; k++) if (Math.floor(k / size) % smiles) bytes[k] += bytes[k - size];
  return bytes;
}

// The errors along one slider, the others held; larger dots where the slider stands.
function errorPlot(el, name, values, curves, at) {
  const [low, high] = [values[0], values.at(-1)];
  const pad = (high - low) / 40; // so that no dot is cut
  const worst = 1000 * Math.max(...curves.flat());
  const unit = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((step) => worst < 5 * step) ?? 100;
  const axes = plot({
    width: wide(el), height: 190, x: [low - pad, high + pad], y: [-0.05 * worst, 1.08 * worst],
    ticks: [low, (low + high) / 2, high],
    yTicks: linspace(0, 9 * unit, 10).filter((v) => v <= worst),
    xLabel: name === "smile" ? "smile asked for" : `${LABELS[name]} asked for (degrees)`,
    label: `Squared error along ${LABELS[name]}`,
  });
  curves.forEach((curve, kind) => {
    const colour = `vae-${Object.values(KINDS)[kind]}`;
    const points = values.map((v, i) => [v, 1000 * curve[i]]);
    axes.add("path", { class: `vae-curve ${colour}`, d: axes.path(points) });
    points.forEach(([v, error], i) =>
      axes.add("circle", { cx: axes.toX(v), cy: axes.toY(error), r: i === at ? 6 : 2.5, class: `vae-bar ${colour}` }),
    );
  });
  return axes.svg;
}

async function render({ model, el }) {
  const [faces, side, steps] = ["faces", "side", "steps"].map((name) => model.get(name));
  const names = Object.keys(LABELS);
  const [smiles, yaws, pitches] = names.map((name) => steps[name][2]);
  const bytes = await unpackPictures(model.get("pictures"), side, smiles);
  const errors = unpackFloat32(model.get("errors"));
  const each = smiles * yaws * pitches;
  const values = Object.fromEntries(names.map((name) => [name, linspace(...steps[name])]));
  const step = (name, v) => {
    const [low, high, count] = steps[name];
    return Math.round(((v - low) / (high - low)) * (count - 1));
  };
  const place = ({ smile, yaw, pitch }) => (pitch * yaws + yaw) * smiles + smile;
  const image = (face, kind, at) => greyImage(new DataView(bytes.buffer), (2 * face + kind) * each + at, side * side);
  const error = (face, kind, at) => errors[(3 * face + kind) * each + at];

  const sliders = names.map((name) =>
    slider({
      label: LABELS[name], min: 0, max: steps[name][2] - 1, step: 1, origin: (steps[name][2] - 1) / 2,
      position: (v) => step(name, v), at: (i) => values[name][i], show: spelled[name],
      onInput: (value) => change(model, { [name]: value }),
    }),
  );
  const middle = place(Object.fromEntries(names.map((name) => [name, (steps[name][2] - 1) / 2])));
  const thumbnails = choice({
    label: "Face",
    options: Array.from({ length: faces }, (_, face) => ({
      name: `face ${face + 1}`, content: picture(side).draw(image(face, 1, middle)).canvas,
    })),
    onChoose: (face) => change(model, { face }),
  });
  thumbnails.group.classList.add("vae-thumbnails", "vae-faces");
  const moved = picture(side, "Decoded from the moved code");
  const drawn = picture(side, "The face drawn anew with the factors asked for");
  const difference = picture(side, "Where the two differ: black where they agree");
  const boxed = (name, canvas) => element("div", {}, element("span", { class: "vae-heading" }, name), canvas);
  const inOnePlace = blinking(model, side);
  const readout = element("p", { class: "vae-readout" });
  const curves = element("div", {});
  figure(
    el,
    "Directions of smile and pose",
    thumbnails.group,
    element("div", { class: "vae-lone" }, ...sliders.map((s) => s.row)),
    element("div", { class: "vae-trio vae-faces" },
      boxed("code moved", moved.canvas), boxed("drawn anew", drawn.canvas), boxed("difference", difference.canvas)),
    readout,
    inOnePlace.block,
    element("p", { class: "vae-heading" }, "mean squared error per pixel × 1000"),
    legend(Object.entries(KINDS)),
    curves,
  );

  let along = "yaw"; // the slider that was moved last, by the reader or by Python
  const follow = names.map((name) => [`change:${name}`, () => (along = name)]);
  for (const [event, listener] of follow) model.on(event, listener);
  const stop = redrawOn(model, ["face", "compare", ...names], () => {
    const face = Math.min(model.get("face"), faces - 1);
    const now = Object.fromEntries(names.map((name) => [name, step(name, model.get(name))]));
    const at = place(now);
    const [decoded, truth] = [0, 1].map((kind) => image(face, kind, at));
    moved.draw(decoded);
    drawn.draw(truth);
    inOnePlace.update(decoded, truth);
    difference.draw(decoded.map((v, k) => Math.abs(v - truth[k])));
    const [ours, still, best] = [0, 1, 2].map((kind) => error(face, kind, at));
    Object.assign(readout.dataset, { moved: ours, still, best });
    readout.replaceChildren(
      "Squared error × 1000: ",
      ...[ours, still, best].flatMap((value, kind) => [
        element("span", { class: `vae-key vae-${Object.values(KINDS)[kind]}` }, element("b", {}, perThousand(value)), ` ${Object.keys(KINDS)[kind]}`),
        kind < 2 ? ", " : ". ",
      ]),
      // At the middle both codes are one; two ways to add them up may differ in the last digit.
      ours > 1.001 * still ? element("b", {}, "Found: here the move does harm.") : "",
    );
    const line = values[along].map((_, i) => place({ ...now, [along]: i }));
    const lines = [0, 1, 2].map((kind) => line.map((i) => error(face, kind, i)));
    curves.replaceChildren(errorPlot(el, along, values[along], lines, now[along]));
    thumbnails.update(face);
    const consequence = `error ${perThousand(ours)}, ${perThousand(still)} if left alone`;
    sliders.forEach((s, i) => s.update(values[names[i]][now[names[i]]], consequence));
  });
  return () => {
    stop();
    inOnePlace.stop();
    for (const [event, listener] of follow) model.off(event, listener);
  };
}

const asked = (given, model, name) => within(...model.get("steps")[name].slice(0, 2))(given);
const STATE = { face: whole(0, 9), compare: oneOf(...Object.keys(SHOWN)), smile: asked, yaw: asked, pitch: asked };

export default living({ name: "faces", state: STATE, render, readsWidth: true });
