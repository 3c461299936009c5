// What sheets to draw on share: a pen moved by keys, and a drawing as short text for an address.
const GREYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // 0 to 1 in 64 levels

// One letter a pixel; a run of black is written as its length between dots.
const packSheet = (image) =>
  Array.from(image, (v) => GREYS[Math.round(63 * clamp(v, 0, 1))]).join("").replace(/A{3,}/g, (run) => `.${run.length}.`);

function unpackSheet(packed, pixels) {
  const letters = packed.replace(/\.(\d{1,4})\./g, (_, count) => "A".repeat(count));
  const levels = Float32Array.from(letters, (letter) => GREYS.indexOf(letter) / 63);
  return levels.length === pixels && levels.every((v) => v >= 0) ? levels : undefined;
}

// Arrow keys move a pen over the canvas, the space bar sets a dot there; while it has the focus its place is shown.
function keyPen(canvas, side, { dot, show }) {
  const pen = [side / 2, 2 + side / 5].map(Math.round);
  canvas.tabIndex = 0;
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    if (!step) return dot(pen);
    [0, 1].forEach((i) => (pen[i] = clamp(pen[i] + step[i], 1, side - 1)));
    show();
  });
  for (const event of ["focus", "blur"]) canvas.addEventListener(event, show);
  return (image) => {
    const seen = Float32Array.from(image);
    if (document.activeElement === canvas) seen[Math.floor(pen[1]) * side + Math.floor(pen[0])] = 0.6;
    return seen;
  };
}
