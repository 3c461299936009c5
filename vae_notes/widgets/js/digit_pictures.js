// What a figure of digits that train shows: grey pictures, the plane of codes, and how well the plane is sorted.
const SIDE = 14;
const PIXELS = SIDE * SIDE;
const REACH = 3; // half the width of the plane

const CLASS_COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#a0705f", "#e377c2", "#8a8a8a", "#b5a800", "#17a5b8"];

// One grey picture, `columns` by `rows` tiles of SIDE by SIDE pixels.
function picture(columns, rows, label) {
  const canvas = element("canvas", { class: "vae-picture", width: columns * SIDE, height: rows * SIDE, role: "img", "aria-label": label });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  image.data.fill(255);
  return {
    canvas,
    put(values, from, column, row) {
      for (let i = 0; i < PIXELS; i++) {
        const at = 4 * ((row * SIDE + Math.floor(i / SIDE)) * canvas.width + column * SIDE + (i % SIDE));
        image.data[at] = image.data[at + 1] = image.data[at + 2] = 255 * values[from + i];
      }
    },
    show: () => pen.putImageData(image, 0, 0),
  };
}

// The share of codes whose nearest other code has the same label: 10 % by chance, near 100 % when the plane is sorted.
function sorted(codes, labels, n) {
  let same = 0;
  for (let i = 0; i < n; i++) {
    let [nearest, best] = [Infinity, -1];
    for (let j = 0; j < n; j++) {
      const distance = (codes[2 * i] - codes[2 * j]) ** 2 + (codes[2 * i + 1] - codes[2 * j + 1]) ** 2;
      if (j !== i && distance < nearest) [nearest, best] = [distance, j];
    }
    if (labels[i] === labels[best]) same += 1 / n;
  }
  return same;
}

// The legend of the classes.
const classes = () => element("div", { class: "vae-classes", "aria-hidden": "true" }, ...CLASS_COLOURS.map((colour, digit) => element("span", { style: `--colour:${colour}` }, `${digit}`)));

// Codes as dots, each with its cloud, the prior's circle of radius 1, and a ring at the chosen place.
function drawPlane(canvas, { mu, logvar }, labels, place) {
  const side = Math.max(80, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  const [x, y] = [(v) => ((v + REACH) / (2 * REACH)) * side, (v) => side - ((v + REACH) / (2 * REACH)) * side];
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(`--${name}`).trim();
  pen.clearRect(0, 0, side, side);
  labels.forEach((label, i) => {
    pen.fillStyle = CLASS_COLOURS[label % 10];
    pen.globalAlpha = 0.1;
    pen.beginPath();
    const width = (j) => (Math.exp(0.5 * logvar[2 * i + j]) / (2 * REACH)) * side;
    pen.ellipse(x(mu[2 * i]), y(mu[2 * i + 1]), width(0), width(1), 0, 0, 2 * Math.PI);
    pen.fill();
    pen.globalAlpha = 0.9;
    pen.beginPath();
    pen.arc(x(mu[2 * i]), y(mu[2 * i + 1]), side / 150, 0, 2 * Math.PI);
    pen.fill();
  });
  pen.globalAlpha = 1;
  pen.lineWidth = side / 160;
  pen.strokeStyle = colour("muted");
  pen.beginPath();
  pen.arc(x(0), y(0), side / (2 * REACH), 0, 2 * Math.PI);
  pen.stroke();
  pen.strokeStyle = colour("text");
  pen.beginPath();
  pen.arc(x(place[0]), y(place[1]), side / 45, 0, 2 * Math.PI);
  pen.stroke();
}

// The share over the rounds, with a line at what chance gives.
function sortedChart(el, rounds) {
  const view = plot({ x: [0, rounds], y: [0, 1], width: wide(el), height: 110, ticks: [0, 0.25, 0.5, 0.75, 1].map((v) => Math.round(v * rounds)), yTicks: [0, 0.5, 1], xLabel: "rounds", label: "Share of codes with a neighbour of their own class, over the rounds" });
  view.add("path", { class: "vae-curve vae-muted vae-dashed", d: view.path([[0, 0.1], [rounds, 0.1]]) });
  const curve = view.add("path", { class: "vae-curve vae-first" });
  return { svg: view.svg, update: (points) => curve.setAttribute("d", view.path(points)) };
}
