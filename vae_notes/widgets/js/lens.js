// A cloud of codes that is too small to be seen at its place, once more under a lens in the corner away from it.
// `half` is half the width of the plane around `middle`, in the units that the parent draws in.
function lens(parent, middle, half) {
  const radius = 0.27 * half;
  const [thread, glass, cloud] = ["line", "circle", "ellipse"].map((tag) => shape(tag));
  const name = shape("text", { "text-anchor": "middle", style: `font-size: ${0.11 * half}px` });
  const group = shape("g", { class: "vae-lens", "stroke-width": half / 120 }, thread, glass, cloud, name);
  parent.append(group);
  const set = (node, values) => Object.entries(values).forEach(([key, value]) => node.setAttribute(key, value));
  return ([x, y], [rx, ry]) => {
    const times = [50, 20, 10, 5, 2].find((each) => each * Math.max(rx, ry) < 0.8 * radius);
    group.style.display = times ? "" : "none";
    if (!times) return;
    const [cx, cy] = [x, y].map((v, i) => middle[i] + (v > middle[i] ? -0.68 : 0.68) * half);
    set(thread, { x1: x, y1: y, x2: cx, y2: cy });
    set(glass, { cx, cy, r: radius });
    set(cloud, { cx, cy, rx: times * rx, ry: times * ry });
    set(name, { x: cx, y: cy + 0.8 * radius });
    name.textContent = `× ${times}`;
  };
}
