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
  const noise = unpackFloat32(model.get("noise"));
  const basis = unpackFloat16(model.get("basis"));
  const [variance, lost, labels] = ["variance", "lost", "labels"].map((name) => model.get(name));
  const size = eigenvalues.length;
  const pixels = basis.length / (size + 1);
  const side = Math.sqrt(pixels);
  const images = labels.map((_, i) => greyImage(model.get("images"), i, pixels));
  // -ELBO = rate + squared error / (2 variance) + the constant of the Gaussian
  const constant = (pixels / 2) * (LOG_2PI + Math.log(variance));

  // The mean image plus `along(j, eigenvalue)` times each direction that is in use.
  function decode(level, along) {
    const image = basis.slice(0, pixels);
    eigenvalues.forEach((value, j) => {
      if (value <= level) return;
      const weight = along(j, value);
      const row = pixels * (j + 1);
      for (let k = 0; k < pixels; k++) image[k] += weight * basis[row + k];
    });
    return image.map((v) => clamp(v, 0, 1));
  }

  const reconstruct = (level, digit) => decode(level, (j, value) => (1 - level / value) * scores[digit * size + j]);
  const sample = (level, i) => decode(level, (j, value) => Math.sqrt(value - level) * noise[i * size + j]);

  const curvePoints = BETAS.map((beta) => optimum(eigenvalues, beta * variance, lost));
  const [most, worst] = [curvePoints[0].rate, curvePoints.at(-1).distortion];
  const trade = plot({
    x: [0, worst * 1.05], y: [0, most * 1.05], height: 210,
    ticks: [0, 10, 20, 30, 40, 50].filter((v) => v < worst), yTicks: linspace(0, 200, 11).filter((v) => v < most),
    xLabel: "squared error per image", label: "Rate against distortion",
  });
  trade.add("path", { class: "vae-curve vae-first", d: trade.path(curvePoints.map(({ rate, distortion }) => [distortion, rate])) });
  const tangent = trade.add("path", { class: "vae-curve vae-second vae-dashed" });
  const marker = trade.add("circle", { r: 6, class: "vae-handle vae-second" });

  const top = Math.log10(eigenvalues[0]) + 0.2;
  const spectrum = plot({
    x: [0, size], y: [-2.1, top], height: 210, yTicks: [-2, -1, 0, 1].filter((v) => v < top), ticks: [0, size], xLabel: "principal direction",
    label: "Variance of the data along each principal direction, and the water level",
  });
  for (const node of spectrum.svg.querySelectorAll('text[text-anchor="end"]'))
    node.textContent = Number((10 ** Number(node.textContent.replace("−", "-"))).toPrecision(1));
  const bars = Array.from(eigenvalues, (value, j) => {
    const [x, y] = [spectrum.toX(j + 0.15), spectrum.toY(Math.log10(value))];
    const shapeOf = { x, y, width: spectrum.toX(j + 0.85) - x, height: Math.max(0, spectrum.toY(-2.1) - y) };
    return spectrum.add("rect", shapeOf);
  });
  const water = spectrum.add("line", { class: "vae-curve vae-second vae-dashed", x1: spectrum.toX(0), x2: spectrum.toX(size) });
  const float = spectrum.add("circle", { r: 6, class: "vae-handle vae-second", cx: spectrum.toX(size / 2) });

  const depth = spectrum.add("text", { class: "vae-strong", x: spectrum.toX(size), "text-anchor": "end" });

  const level = () => model.get("beta") * variance;
  const setLevel = (value) => change(model, { beta: Number(clamp(value / variance, BETAS[0], BETAS.at(-1)).toPrecision(4)) });
  draggable(spectrum.svg, {
    at: spectrum.at,
    take: ([, v]) => Math.abs(v - Math.log10(level())) < 0.35,
    move: (_, [, v]) => setLevel(10 ** v),
  });
  // On the curve the nearest point is taken, with both axes as they are on the screen.
  const nearest = ([d, r]) => {
    const far = curvePoints.map((p) => Math.hypot((p.distortion - d) / worst, (p.rate - r) / most));
    const least = Math.min(...far);
    return { beta: BETAS[far.indexOf(least)], least };
  };
  draggable(trade.svg, {
    at: trade.at,
    take: (at) => nearest(at).least < 0.08,
    move: (_, at) => setLevel(nearest(at).beta * variance),
  });

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
  const count = noise.length / size;
  const samples = Array.from({ length: count }, (_, i) => picture(side, `Sample ${i + 1}, decoded from a draw of the prior`));
  const readout = element("p", { class: "vae-readout" });
  const slope = element("p", { class: "vae-heading" });
  const task = element("p", { class: "vae-task" });
  const boxed = (name, ...canvases) => element("div", {}, element("span", { class: "vae-caption" }, name), ...canvases);
  const root = figure(
    el,
    "Rate and distortion of a linear beta-VAE",
    task,
    element("div", { class: "vae-lone" }, beta.row),
    element(
      "div",
      { class: "vae-pictures vae-rebuilt" },
      boxed("original", original.canvas),
      boxed("decoded", decoded.canvas),
      boxed("samples", element("div", { class: "vae-strip" }, ...samples.map(({ canvas }) => canvas))),
    ),
    readout,
    thumbnails.group,
    element("div", { class: "vae-columns" },
      element("div", {}, slope, trade.svg),
      element("div", {}, element("p", { class: "vae-heading" }, "variance, log scale, and the water level"), spectrum.svg),
    ),
  );
  root.classList.add("vae-beta");

  return redrawOn(model, ["beta", "digit"], () => {
    const value = model.get("beta");
    const digit = Math.min(model.get("digit"), labels.length - 1);
    const height = level();
    const { rate, distortion, active } = optimum(eigenvalues, height, lost);
    const loss = rate + distortion / (2 * variance) + constant;
    marker.setAttribute("cx", trade.toX(distortion));
    marker.setAttribute("cy", trade.toY(rate));
    const touching = (d) => [d, rate - (d - distortion) / (2 * height)];
    tangent.setAttribute("d", trade.path([touching(distortion - 8), touching(distortion + 8)]));
    water.setAttribute("y1", spectrum.toY(Math.log10(height)));
    water.setAttribute("y2", spectrum.toY(Math.log10(height)));
    float.setAttribute("cy", spectrum.toY(Math.log10(height)));
    depth.setAttribute("y", spectrum.toY(Math.log10(height)) - 6);
    depth.textContent = `level ${text(height)}`;
    slope.textContent = `rate (nats); dashed: here one nat is worth ${text(2 * height)} of squared error`;
    bars.forEach((bar, j) => bar.setAttribute("class", `vae-bar ${eigenvalues[j] > height ? "vae-first" : "vae-muted"}`));
    original.draw(images[digit]);
    decoded.draw(reconstruct(height, digit));
    samples.forEach((part, i) => part.draw(sample(height, i)));
    task.replaceChildren(
      element("b", {}, active ? "Raise β, here or by the water level in the plot of variances. " : "Found: everything has collapsed. "),
      active ? "A direction under water has collapsed: its code says nothing. Collapse them all." : "Every digit, and every sample, is the mean of the data.",
    );
    readout.replaceChildren(
      element("b", {}, `rate ${text(rate, 1)} nats, squared error ${text(distortion, 1)}`),
      `, −ELBO ${text(loss, 1)} nats, ${active} of ${size} directions in use`,
    );
    Object.assign(readout.dataset, { rate, distortion, loss });
    thumbnails.update(digit);
    beta.update(value, `rate ${text(rate, 1)} nats, squared error ${text(distortion, 1)}`);
  });
}

export default living({ name: "beta", state: { beta: within(0.1, 20), digit: whole(0, 99) }, render });
