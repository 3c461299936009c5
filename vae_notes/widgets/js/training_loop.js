// Trains in slices between two frames, and shows what was learned so often that showing takes at most a third of the
// time: on a slow or busy machine the page stays fluid, and only the pictures come less often.
const SLICE = 8; // milliseconds of training between two frames

// `step` learns once, `show` draws; both may end what `playing` tells. Returns `next`, which goes on where it stopped.
function trainingLoop({ el, root, playing, step, show }) {
  let [frame, visible, cost, learned] = [0, true, 0, 0];
  function next() {
    if (frame || !playing() || !visible) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!el.isConnected) return;
      const start = performance.now();
      do step();
      while (playing() && performance.now() - start < SLICE);
      const end = performance.now();
      learned += end - start;
      if (learned >= 2 * cost || !playing()) {
        show();
        [cost, learned] = [performance.now() - end, 0];
      }
      next();
    });
  }
  const watcher = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    next();
  });
  watcher.observe(root);
  return {
    next,
    stop() {
      watcher.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
