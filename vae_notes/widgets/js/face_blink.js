// Two pictures in one place, by turns: what differs between them jumps to the eye. The mouth is shown enlarged.
const MOUTH = { left: 0.25, top: 0.5, width: 0.5, height: 0.375 }; // shares of the picture; holds the mouth in every pose
const BLINK = 700; // milliseconds for each picture
const SHOWN = { moved: "code moved", drawn: "drawn anew", blink: "flip" };

function blinking(model, side) {
  const [wide_, high] = [Math.round(MOUTH.width * side), Math.round(MOUTH.height * side)];
  const face = picture(side, "The chosen one of the two pictures");
  const mouth = element("canvas", { width: wide_, height: high, class: "vae-picture vae-mouth", role: "img", "aria-label": "Its mouth, enlarged" });
  const pen = mouth.getContext("2d", { willReadFrequently: true });
  const now = element("span", { class: "vae-heading" });
  // Where less motion is asked for the two are switched by hand: arrow keys on the choice do it at once.
  const names = Object.keys(SHOWN).filter((name) => name !== "blink" || !stillness());
  const chooser = choice({
    label: "In one place",
    options: names.map((name) => ({ name: SHOWN[name] })),
    onChoose: (i) => change(model, { compare: names[i] }),
  });
  let pair = [];
  let [second, visible] = [false, true];
  function show() {
    if (!pair.length) return;
    face.draw(pair[second ? 1 : 0]);
    pen.drawImage(face.canvas, -Math.round(MOUTH.left * side), -Math.round(MOUTH.top * side));
    now.textContent = second ? SHOWN.drawn : SHOWN.moved;
  }
  const timer = setInterval(() => {
    if (model.get("compare") !== "blink" || stillness() || !visible) return;
    second = !second;
    show();
  }, BLINK);
  const block = element("div", {}, chooser.group, element("div", { class: "vae-blink vae-faces" }, element("div", {}, now, face.canvas), element("div", {}, element("span", { class: "vae-heading" }, "the mouth"), mouth)));
  const watcher = new IntersectionObserver((entries) => (visible = entries.at(-1).isIntersecting));
  watcher.observe(block);
  return {
    block,
    update(moved, drawn) {
      pair = [moved, drawn];
      const compare = model.get("compare");
      if (compare !== "blink") second = compare === "drawn";
      chooser.update(names.indexOf(compare));
      show();
    },
    stop() {
      clearInterval(timer);
      watcher.disconnect();
    },
  };
}
