// Sliders in the order of what their numbers cost, over bands of where codes lie, and pictures along the chosen one.
const FRAMES = 9;

function codeControls(model, { decode, side, sliders }) {
  const price = unpackFloat32(model.get("prices"));
  const aggregate = unpackFloat32(model.get("aggregate")); // means, then standard deviations
  const size = price.length;
  const order = Array.from(price, (_, d) => d).sort((a, b) => price[b] - price[a]);
  const across = (v) => clamp((v + LIMIT) / (2 * LIMIT), 0, 1);
  const band = (node, name, centre, width) => {
    node.style.setProperty(`--${name}-from`, across(centre - width));
    node.style.setProperty(`--${name}-to`, across(centre + width));
  };
  sliders.forEach(({ row, input }, d) => {
    band(input, "all", aggregate[d], aggregate[size + d]);
    // A number is chosen by whatever takes hold of its slider.
    for (const event of ["focus", "pointerdown"]) input.addEventListener(event, () => change(model, { chosen: d }));
    row.style.setProperty("--price", price[d] / price[order[0]]);
    row.addEventListener("click", () => change(model, { chosen: d }));
  });
  const film = filmstrip(side, FRAMES, (t) => {
    const value = Number(((2 * t - 1) * LIMIT).toFixed(2));
    change(model, { z: model.get("z").map((old, i) => (i === chosen() ? value : old)) });
  });
  const scale = element("div", { class: "vae-film-scale", "aria-hidden": "true" });
  let drawn = ""; // the strip stays while only its own number moves
  const told = element("p", { class: "vae-readout" });
  const chosen = () => Math.min(model.get("chosen"), size - 1);
  const rows = element("div", { class: "vae-codes vae-sorted" }, ...order.map((d) => sliders[d].row));
  rows.style.setProperty("--rows", Math.ceil(size / 2));
  return {
    kind: "vae-explorer",
    beside: "",
    main: element("div", {}, legend([["all digits, ± one σ", "band"], ["this digit’s q(z|x), ± one σ", "second"], ["price", "muted"], [`from −${LIMIT} to ${LIMIT}`, "ends"]]), rows),
    below: [told, film.block, scale],
    update(z, { mean, widths }) {
      const d = chosen();
      sliders.forEach(({ row, input }, i) => {
        band(input, "one", mean[i], widths[i]);
        row.classList.toggle("vae-chosen", i === d);
      });
      const others = `${d}:${z.toSpliced(d, 1)}`;
      if (others !== drawn) film.draw((t) => decode(z.with(d, (2 * t - 1) * LIMIT)));
      drawn = others;
      film.mark(across(z[d]));
      const frameBand = (name, centre, width) => {
        scale.style.setProperty(`--${name}-from`, film.share(across(centre - width)));
        scale.style.setProperty(`--${name}-to`, film.share(across(centre + width)));
      };
      frameBand("all", aggregate[d], aggregate[size + d]);
      frameBand("one", mean[d], widths[d]);
      const rank = order.indexOf(d) + 1;
      told.replaceChildren(
        element("b", {}, `z${d + 1} = ${text(z[d])}`),
        `, from −${LIMIT} to ${LIMIT} below, the others as they are. It costs ${text(price[d], 1)} nats a digit on average, place ${rank} of ${size}.`,
      );
      Object.assign(told.dataset, { chosen: d });
    },
  };
}
