// Models with one latent number whose evidence is known; the largest ELBO of a Gaussian q, and the bound with k samples.
const GRID = linspace(-10, 10, 2001);
const COUNTS = [1, 2, 4, 8, 16, 32, 64];
const REPEATS = 1000;
const Q_RANGE = { mu: [-3, 3], sigma: [0.1, 2] };

// Both have the prior N(0, 1); the second sees only the square of z, so its posterior has two modes.
// `top` is the highest density that the plot shows, with a line every `tick`; `start` a q from which gradient steps find the best one.
const CASES = [
  { name: "one mode", x: 1.3, mean: (z) => z, variance: 0.5, top: 2, tick: 0.5, start: [0.5, 0.5] },
  { name: "two modes", x: 1, mean: (z) => z * z, variance: 0.1, top: 4.2, tick: 1, start: [0.9, 0.2] },
].map((model) => {
  const logJoint = (z) => logNormal(z, 0, 1) + logNormal(model.x, model.mean(z), model.variance);
  const evidence = Math.log(trapezoid(GRID, GRID.map((z) => Math.exp(logJoint(z)))));
  return { ...model, logJoint, evidence };
});

// Standard normal numbers that are the same on every visit (mulberry32 and Box-Muller), so that the bound moves smoothly.
function fixedNoise(count) {
  let state = 1;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}
const noise = fixedNoise(REPEATS * COUNTS.at(-1));

// The largest ELBO that any Gaussian reaches.
function bestOf(chosen) {
  let q = chosen.start;
  for (let step = 0; step < 150; step++) q = gradientStep(chosen, ...q, Q_RANGE);
  return boundOf(chosen, ...q).value;
}

// L_k = L_1 + E[log mean w - mean log w]: the same draws in both terms, so most of the sampling noise cancels.
function importanceBound({ logJoint }, mu, sigma, k, bound) {
  let sum = 0;
  let squares = 0;
  const logs = new Float64Array(k);
  for (let r = 0; r < REPEATS; r++) {
    for (let i = 0; i < k; i++) {
      const z = mu + sigma * noise[r * k + i];
      logs[i] = logJoint(z) - logNormal(z, mu, sigma * sigma);
    }
    const top = logs.reduce((a, b) => Math.max(a, b));
    let mean = 0;
    let meanLog = 0;
    for (const l of logs) {
      mean += Math.exp(l - top) / k;
      meanLog += l / k;
    }
    const lift = top + Math.log(mean) - meanLog;
    sum += lift;
    squares += lift * lift;
  }
  const lift = sum / REPEATS;
  const error = Math.sqrt(Math.max(0, squares / REPEATS - lift * lift) / REPEATS);
  return { value: bound + lift, error };
}
