// A row of pictures along a line, as frames of a film: a mark shows a place from 0 to 1, and a pointer moves it.
function filmstrip(side, frames, onPlace) {
  const canvas = element("canvas", { width: frames * side, height: side, class: "vae-picture", "aria-hidden": "true" });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const mark = element("div", { class: "vae-film-mark" });
  const block = element("div", { class: "vae-film" }, canvas, mark);
  const frame = picture(side);
  // Place 0 is the middle of the first frame, 1 that of the last.
  const share = (t) => (0.5 + t * (frames - 1)) / frames;
  pointed(block, ([across]) => onPlace(clamp((across * frames - 0.5) / (frames - 1), 0, 1)));
  return {
    block,
    share,
    draw(at) {
      for (let i = 0; i < frames; i++) context.drawImage(frame.draw(at(i / (frames - 1))).canvas, i * side, 0);
    },
    mark: (t) => (mark.style.left = `${100 * share(t)}%`),
  };
}
