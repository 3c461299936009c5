// The optimum of a linear beta-VAE in closed form: beta sets a water level in the spectrum of the data.
const BETAS = linspace(Math.log(0.1), Math.log(20), 200).map(Math.exp);

function optimum(eigenvalues, level, lost) {
  let rate = 0;
  let distortion = lost;
  let active = 0;
  for (const value of eigenvalues) {
    distortion += Math.min(value, level);
    if (value <= level) continue;
    rate += 0.5 * Math.log(value / level);
    active++;
  }
  return { rate, distortion, active };
}

function render({ model, el }) {
  const eigenvalues = unpackFloat32(model.get("eigenvalues"));
  const scores = unpackFloat32(model.get("scores"));
  const basis = unpackFloat16(model.get("basis"));
  const [variance, lost, labels] = ["variance", "lost", "labels"].map((name) => model.get(name));
  const size = eigenvalues.length;
  const pixels = basis.length / (size + 1);
  const side = Math.sqrt(pixels);
  const images = labels.map((_, i) => greyImage(model.get("images"), i, pixels));
  // -ELBO = rate + squared error / (2 variance) + the constant of the Gaussian
  const constant = (pixels / 2) * (LOG_2PI + Math.log(variance));

  function reconstruct(level, digit) {
    const image = basis.slice(0, pixels);
    eigenvalues.forEach((value, j) => {
      if (value <= level) return;
      const weight = (1 - level / value) * scores[digit * size + j];
      const row = pixels * (j + 1);
      for (let k = 0; k < pixels; k++) image[k] += weight * basis[row + k];
    });
    return image.map((v) => Math.min(Math.max(v, 0), 1));
  }

  const curvePoints = BETAS.map((beta) => optimum(eigenvalues, beta * variance, lost));
  const [most, worst] = [curvePoints[0].rate, curvePoints.at(-1).distortion];
  const trade = plot({
    x: [0, worst * 1.05], y: [0, most * 1.05], height: 210,
    ticks: [0, 10, 20, 30, 40, 50].filter((v) => v < worst), yTicks: [0, 50, 100, 150, 200].filter((v) => v < most),
    xLabel: "squared error per image", label: "Rate against distortion",
  });
  trade.add("path", { class: "vae-curve vae-first", d: trade.path(curvePoints.map(({ rate, distortion }) => [distortion, rate])) });
  const tangent = trade.add("path", { class: "vae-curve vae-second vae-dashed" });
  const marker = trade.add("circle", { r: 5, class: "vae-bar vae-second" });

  const top = Math.log10(eigenvalues[0]) + 0.2;
  const spectrum = plot({
    x: [0, size], y: [-2.1, top], height: 210, yTicks: [], ticks: [0, size], xLabel: "principal direction",
    label: "Variance of the data along each principal direction, and the water level",
  });
  const bars = Array.from(eigenvalues, (value, j) => {
    const [x, y] = [spectrum.toX(j + 0.15), spectrum.toY(Math.log10(value))];
    const shapeOf = { x, y, width: spectrum.toX(j + 0.85) - x, height: Math.max(0, spectrum.toY(-2.1) - y) };
    return spectrum.add("rect", shapeOf);
  });
  const water = spectrum.add("line", { class: "vae-curve vae-second vae-dashed", x1: spectrum.toX(0), x2: spectrum.toX(size) });

  const beta = logSlider(model, "beta", { label: "β", min: 0.1, max: 20 });
  const thumbnails = choice({
    label: "Digit",
    options: labels.map((label, i) => ({ name: `digit ${label}`, content: picture(side).draw(images[i]).canvas })),
    onChoose: (digit) => change(model, { digit }),
  });
  thumbnails.group.classList.add("vae-thumbnails");
  const original = picture(side, "The digit");
  const decoded = picture(side, "The digit decoded from its mean code");
  decoded.canvas.classList.add("vae-large");
  const readout = element("p", { class: "vae-readout" });
  const boxed = (name, canvas) => element("div", {}, element("span", { class: "vae-caption" }, name), canvas);
  figure(
    el,
    "Rate and distortion of a linear beta-VAE",
    element("div", { class: "vae-lone" }, beta.row),
    readout,
    element("div", { class: "vae-columns" },
      element("div", {}, element("p", { class: "vae-heading" }, "rate (nats)"), trade.svg),
      element("div", {}, element("p", { class: "vae-heading" }, "variance, log scale"), spectrum.svg),
    ),
    element("div", { class: "vae-columns" },
      element("div", { class: "vae-pictures" }, boxed("decoded", decoded.canvas), boxed("original", original.canvas)),
      thumbnails.group,
    ),
  );

  return redrawOn(model, ["beta", "digit"], () => {
    const value = model.get("beta");
    const digit = Math.min(model.get("digit"), labels.length - 1);
    const level = value * variance;
    const { rate, distortion, active } = optimum(eigenvalues, level, lost);
    const loss = rate + distortion / (2 * variance) + constant;
    marker.setAttribute("cx", trade.toX(distortion));
    marker.setAttribute("cy", trade.toY(rate));
    const touching = (d) => [d, rate - (d - distortion) / (2 * level)];
    tangent.setAttribute("d", trade.path([touching(distortion - 8), touching(distortion + 8)]));
    water.setAttribute("y1", spectrum.toY(Math.log10(level)));
    water.setAttribute("y2", spectrum.toY(Math.log10(level)));
    bars.forEach((bar, j) => bar.setAttribute("class", `vae-bar ${eigenvalues[j] > level ? "vae-first" : "vae-muted"}`));
    original.draw(images[digit]);
    decoded.draw(reconstruct(level, digit));
    readout.replaceChildren(
      element("b", {}, `rate ${text(rate, 1)} nats, squared error ${text(distortion, 1)}`),
      `, −ELBO ${text(loss, 1)} nats, ${active} of ${size} directions in use`,
    );
    Object.assign(readout.dataset, { rate, distortion, loss });
    thumbnails.update(digit);
    beta.update(value, `rate ${text(rate, 1)} nats, squared error ${text(distortion, 1)}`);
  });
}

export default { render };
