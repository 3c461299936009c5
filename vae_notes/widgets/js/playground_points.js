// Points of the reader's own, set with a pointer or with the keyboard, four for each place.
const APART = 0.05; // places of one stroke are no closer

// `places` holds u and v of one after another; the same places give the same points, also from an address.
function pointsAround(places) {
  const points = new Float64Array(4 * places.length);
  for (let i = 0; i < places.length; i += 2) {
    const spread = random(4 * i + 1);
    for (let k = 0; k < 8; k++) points[4 * i + k] = places[i + (k % 2)] + 0.06 * spread.normal();
  }
  return points;
}

// `onPoint` is called after every change, `onDone` with the places when there are enough and the hand lets go.
function ownPoints(view, { onPoint, onDone }) {
  const cursor = [0, 0];
  const own = {
    places: [],
    active: false,
    start() {
      [own.places, own.active] = [[], true];
      view.canvas.tabIndex = 0;
      view.canvas.style.touchAction = "none";
      view.canvas.focus();
    },
    stop() {
      own.active = false;
      view.canvas.style.touchAction = "";
    },
    draw() {
      const points = pointsAround(own.places);
      view.begin();
      dots(view, points, points.length / 2, (i) => hue(i, points.length / 2));
      dots(view, cursor, 1, view.colour("second"), 0.05);
    },
  };
  const add = (place, least = 0) => {
    const [u, v] = place.map((w) => Number(clamp(w, -DATA, DATA).toFixed(2)));
    const [x, y] = own.places.slice(-2);
    if (own.places.length >= 2 * MOST || Math.hypot(u - x, v - y) < least) return;
    own.places.push(u, v);
    onPoint();
  };
  const done = () => {
    if (!own.active || own.places.length < 2 * FEWEST) return;
    own.stop();
    onDone(own.places);
  };
  view.canvas.addEventListener("pointerdown", (event) => {
    if (!own.active) return;
    view.canvas.setPointerCapture(event.pointerId);
    add(view.value(event));
    event.preventDefault();
  });
  view.canvas.addEventListener("pointermove", (event) => own.active && event.buttons && add(view.value(event), APART));
  view.canvas.addEventListener("pointerup", done);
  view.canvas.addEventListener("keydown", (event) => {
    if (!own.active) return;
    const move = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
    if (move) [cursor[0], cursor[1]] = [cursor[0] + move[0], cursor[1] + move[1]];
    else if (event.key === "Enter") add(cursor);
    else if (event.key === "Escape") done();
    else return;
    event.preventDefault();
    if (own.active) onPoint();
  });
  return own;
}
