// What is on the panels and what missions ask for, measured on all points with the trainer as it is.
function measure(trainer, data, settings, noise) {
  const n = data.length / 2;
  const { mu, logvar } = trainer.encode(data, n);
  const D = trainer.latent;
  const draws = mu.map((m, i) => m + Math.exp(0.5 * logvar[i]) * noise[i % noise.length]);
  const rebuilt = trainer.decode(mu, n);
  const redrawn = settings.variational ? trainer.decode(draws, n) : rebuilt;
  const samples = trainer.decode(noise.slice(0, SAMPLES * D), SAMPLES);
  let [kl, width, misses] = [0, 0, 0];
  for (let i = 0; i < mu.length; i++) {
    kl += 0.5 * (mu[i] ** 2 + Math.exp(logvar[i]) - 1 - logvar[i]);
    width += Math.exp(0.5 * logvar[i]);
  }
  for (let s = 0; s < SAMPLES; s++) {
    let nearest = Infinity;
    for (let i = 0; i < n; i++)
      nearest = Math.min(nearest, (samples[2 * s] - data[2 * i]) ** 2 + (samples[2 * s + 1] - data[2 * i + 1]) ** 2);
    if (nearest > 0.3 ** 2) misses += 1 / SAMPLES;
  }
  const distance = (values) => Math.sqrt(values.reduce((sum, v, i) => sum + (v - data[i]) ** 2, 0) / data.length);
  return { mu, logvar, rebuilt, redrawn, samples, misses, kl: kl / n, width: width / mu.length, error: distance(rebuilt), errorOfDraws: distance(redrawn) };
}

// Distances between the mean reconstructions of four blobs that follow each other around the centre.
function blobDistances(rebuilt) {
  const centres = [0, 1, 2, 3].map((b) => {
    const [from, count] = [(b * POINTS) / 4, POINTS / 4];
    let [u, v] = [0, 0];
    for (let i = from; i < from + count; i++) [u, v] = [u + rebuilt[2 * i] / count, v + rebuilt[2 * i + 1] / count];
    return [u, v];
  });
  const apart = (a, b) => Math.hypot(centres[a][0] - centres[b][0], centres[a][1] - centres[b][1]);
  return { near: Math.max(apart(0, 3), apart(1, 2)), far: Math.min(apart(0, 1), apart(2, 3)) };
}

// A square canvas in data units; `begin` clears it, for the screen's own pixels and the theme's own colours.
function panel(label, half) {
  const canvas = element("canvas", { class: "vae-panel", role: "img", "aria-label": label });
  const pen = canvas.getContext("2d");
  let side = 1;
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(`--${name}`).trim();
  const at = (v) => ((v + half) / (2 * half)) * side;
  return {
    canvas,
    pen,
    colour,
    x: at,
    y: (v) => side - at(v),
    size: (v) => (v / (2 * half)) * side,
    value: (event) => {
      const box = canvas.getBoundingClientRect();
      const u = ((event.clientX - box.left) / box.width) * 2 * half - half;
      return [u, half - ((event.clientY - box.top) / box.height) * 2 * half];
    },
    begin() {
      side = Math.max(80, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)));
      if (canvas.width !== side) canvas.width = canvas.height = side;
      pen.clearRect(0, 0, side, side);
    },
  };
}

// A point's colour tells where it lies along the data, so that the same point is known again in the other panel.
const HUES = Array.from({ length: 360 }, (_, degrees) => `hsl(${degrees} 70% 50%)`);
const hue = (i, n) => HUES[Math.round((360 * i) / n) % 360];

// Dots of one colour, or of one each by `paint(i)`; `hollow` ones are rings.
function dots(view, values, n, paint, radius = 0.028, hollow = false) {
  const { pen } = view;
  const [one, reach] = [typeof paint === "string", Math.max(1.2, view.size(radius))];
  if (one) pen.fillStyle = pen.strokeStyle = paint;
  pen.beginPath();
  for (let i = 0; i < n; i++) {
    const [x, y] = [view.x(values[2 * i]), view.y(values[2 * i + 1])];
    if (!one) {
      pen.fillStyle = paint(i);
      pen.beginPath();
    } else pen.moveTo(x + reach, y);
    pen.arc(x, y, reach, 0, 2 * Math.PI);
    if (!one) pen.fill();
  }
  if (hollow) pen.stroke();
  else if (one) pen.fill();
}

function drawData(view, data, seen, shown) {
  const n = data.length / 2;
  const { pen } = view;
  view.begin();
  pen.globalAlpha = 0.9;
  dots(view, data, n, (i) => hue(i, n), 0.03);
  if (shown.rebuilt) {
    pen.globalAlpha = 0.35;
    pen.strokeStyle = view.colour("muted");
    pen.lineWidth = Math.max(1, view.size(0.012));
    pen.beginPath();
    for (let i = 0; i < n; i += 2) {
      pen.moveTo(view.x(data[2 * i]), view.y(data[2 * i + 1]));
      pen.lineTo(view.x(seen.redrawn[2 * i]), view.y(seen.redrawn[2 * i + 1]));
    }
    pen.stroke();
    pen.globalAlpha = 1;
    dots(view, seen.redrawn, n, view.colour("text"), 0.02);
  }
  if (shown.samples) {
    pen.globalAlpha = 0.85;
    pen.lineWidth = Math.max(1.2, view.size(0.02));
    dots(view, seen.samples, SAMPLES, view.colour("second"), 0.05, true);
  }
  pen.globalAlpha = 1;
}

function drawCodes(view, seen, latent, variational) {
  const n = seen.mu.length / latent;
  const { pen } = view;
  view.begin();
  pen.strokeStyle = view.colour("line");
  pen.lineWidth = Math.max(1, view.size(0.015));
  pen.beginPath();
  pen.moveTo(0, view.y(0));
  pen.lineTo(view.canvas.width, view.y(0));
  pen.moveTo(view.x(0), 0);
  pen.lineTo(view.x(0), view.canvas.height);
  pen.stroke();
  for (let i = 0; i < n; i++) {
    const flat = latent === 1;
    const [u, v] = flat ? [seen.mu[i], 2.6 * (2 * (i / n) - 1)] : [seen.mu[2 * i], seen.mu[2 * i + 1]];
    if (variational && i % 3 === 0) {
      const [a, b] = flat ? [Math.exp(0.5 * seen.logvar[i]), 0.03] : [0, 1].map((j) => Math.exp(0.5 * seen.logvar[2 * i + j]));
      pen.globalAlpha = 0.16;
      pen.fillStyle = hue(i, n);
      pen.beginPath();
      pen.ellipse(view.x(u), view.y(v), view.size(a), view.size(b), 0, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.globalAlpha = 0.9;
    dots(view, [u, v], 1, hue(i, n), 0.04);
  }
  pen.globalAlpha = 1;
  pen.strokeStyle = view.colour("second");
  pen.lineWidth = Math.max(1.5, view.size(0.025));
  const pixel = view.canvas.width / (view.canvas.clientWidth || 1); // of the page, in the canvas's own
  pen.font = `${12 * pixel}px sans-serif`;
  pen.fillStyle = view.colour("text");
  for (const [radius, dash] of [[1, []], [2, [6, 5]]]) {
    pen.setLineDash(dash);
    pen.beginPath();
    if (latent === 1) {
      for (const side of [-radius, radius]) {
        pen.moveTo(view.x(side), 0);
        pen.lineTo(view.x(side), view.canvas.height);
      }
    } else pen.arc(view.x(0), view.y(0), view.size(radius), 0, 2 * Math.PI);
    pen.stroke();
    pen.fillText(radius, view.x(latent === 1 ? radius : 0.71 * radius) + 3 * pixel, view.y(latent === 1 ? -3.2 : 0.71 * radius) - 3 * pixel);
  }
  pen.setLineDash([]);
}
