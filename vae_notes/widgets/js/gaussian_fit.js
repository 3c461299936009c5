// A Gaussian q that climbs towards a density known up to its constant: the bound, its gradient, and steps over time.
const RATE = 0.2; // of a gradient step, in units of the natural gradient

// The ELBO of N(mu, sigma^2) with its derivatives by mu and by log sigma, from one pass over a grid:
// (With a normalised density in place of the joint one, the bound is -KL(q || p).)
// dE_q[g] / dmu = E_q[g eps] / sigma and dE_q[g] / dlog sigma = E_q[g (eps^2 - 1)], where g = log p(x, z) - log q(z).
function boundOf({ logJoint }, mu, sigma) {
  const grid = linspace(-9, 9, 1201);
  const parts = grid.map((e) => {
    const z = mu + sigma * e;
    return Math.exp(logNormal(e, 0, 1)) * (logJoint(z) - logNormal(z, mu, sigma * sigma));
  });
  const over = (weight) => trapezoid(grid, parts.map((part, i) => part * weight(grid[i])));
  return { value: over(() => 1), byMu: over((e) => e / sigma), byLogSigma: over((e) => e * e - 1) };
}

// One step up the ELBO, measured in q's own width, so that a narrow q takes short steps.
function gradientStep(target, mu, sigma, range) {
  const { byMu, byLogSigma } = boundOf(target, mu, sigma);
  const along = clamp(RATE * sigma * sigma * byMu, -0.15, 0.15);
  const wider = Math.exp(clamp(0.5 * RATE * byLogSigma, -0.15, 0.15));
  return [clamp(mu + along, ...range.mu), clamp(sigma * wider, ...range.sigma)];
}

// Takes `step`, one a frame, until it returns that nothing moves any more; at once for readers who want no motion.
// `show(running)` is told of start and end.
function stepper(step, show) {
  let [running, frame] = [false, 0];
  const stop = () => {
    cancelAnimationFrame(frame);
    const was = running;
    running = false;
    if (was) show(false);
  };
  const next = () => (frame = requestAnimationFrame(() => (step() ? next() : stop())));
  const start = () => {
    running = true;
    show(true);
    if (!stillness()) return void next();
    for (let i = 0; i < 300 && step(); i++);
    stop();
  };
  return { stop, toggle: () => (running ? stop() : start()), running: () => running };
}
