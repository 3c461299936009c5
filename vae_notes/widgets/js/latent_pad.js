// The plane of a two-dimensional code, decoded on a grid; over it a marker, the cloud's width, and where draws fall.
const TILES = 15;

function codeControls(model, { decode, side, sliders }) {
  const canvas = element("canvas", { width: TILES * side, height: TILES * side });
  const context = canvas.getContext("2d");
  const ring = shape("ellipse", { class: "vae-ring" });
  const point = shape("circle", { r: 0.2, class: "vae-point" });
  const prior = shape("circle", { r: 2, class: "vae-prior" });
  const over = shape("svg", { viewBox: `${-LIMIT} ${-LIMIT} ${2 * LIMIT} ${2 * LIMIT}` }, prior);
  const enlarge = lens(over, [0, 0], LIMIT);
  over.append(point, ring);
  // The two sliders do the same for keyboards and screen readers, so the pad is for pointers only.
  const pad = element("div", { class: "vae-pad", "aria-hidden": "true" }, canvas, over);
  pointed(pad, ([across, down]) => {
    const z = [(2 * across - 1) * LIMIT, (1 - 2 * down) * LIMIT];
    change(model, { z: z.map((v) => Number(v.toFixed(2))) });
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
    kind: "vae-plane-code",
    beside: element("div", { class: "vae-codes" }, ...sliders.map((s) => s.row)),
    main: pad,
    below: [],
    update([x, y], { widths: [widthX, widthY] }) {
      for (const mark of [ring, point]) {
        mark.setAttribute("cx", x);
        mark.setAttribute("cy", -y);
      }
      ring.setAttribute("rx", widthX);
      ring.setAttribute("ry", widthY);
      enlarge([x, -y], [widthX, widthY]);
    },
  };
}
