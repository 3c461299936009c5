// Points of the reader's own, set with a pointer or with the keyboard, four for each place.
const FEWEST = 8;

// `onPoint` is called after every change, `onDone` when there are enough points and the hand lets go.
function ownPoints(view, { onPoint, onDone }) {
  const cursor = [0, 0];
  const own = {
    points: [],
    active: false,
    enough: () => own.points.length >= 2 * FEWEST,
    start() {
      [own.points, own.active] = [[], true];
      view.canvas.tabIndex = 0;
      view.canvas.style.touchAction = "none";
      view.canvas.focus();
    },
    clear() {
      [own.points, own.active] = [[], false];
      view.canvas.style.touchAction = "";
    },
    draw() {
      view.begin();
      dots(view, own.points, own.points.length / 2, (i) => hue(i, own.points.length / 2));
      dots(view, cursor, 1, view.colour("second"), 0.05);
    },
  };
  const add = ([u, v]) => {
    const spread = random(own.points.length + 1);
    for (let i = 0; i < 4; i++) own.points.push(u + 0.06 * spread.normal(), v + 0.06 * spread.normal());
    onPoint();
  };
  const done = () => {
    if (!own.active || !own.enough()) return;
    own.active = false;
    view.canvas.style.touchAction = "";
    onDone();
  };
  view.canvas.addEventListener("pointerdown", (event) => {
    if (!own.active) return;
    view.canvas.setPointerCapture(event.pointerId);
    add(view.value(event));
    event.preventDefault();
  });
  view.canvas.addEventListener("pointermove", (event) => own.active && event.buttons && add(view.value(event)));
  view.canvas.addEventListener("pointerup", done);
  view.canvas.addEventListener("keydown", (event) => {
    if (!own.active) return;
    const move = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    if (move) [cursor[0], cursor[1]] = [cursor[0] + move[0], cursor[1] + move[1]];
    else if (event.key === "Enter") add(cursor);
    else if (event.key === "Escape") done();
    else return;
    event.preventDefault();
    onPoint();
  });
  return own;
}
