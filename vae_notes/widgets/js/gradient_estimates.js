// Two estimates of d/dmu E[f(z)], z ~ N(mu, sigma^2), from the same noise: through the sample, and by the score.
const FUNCTIONS = [
  { name: "z²", unit: 0.3, f: (z) => z * z, slope: (z) => 2 * z, gradient: (mu) => 2 * mu },
  { name: "z² + 100", unit: 0.3, f: (z) => z * z + 100, slope: (z) => 2 * z, gradient: (mu) => 2 * mu },
  { name: "sin z", unit: 0.8, f: Math.sin, slope: Math.cos, gradient: (mu, s) => Math.cos(mu) * Math.exp(-s * s / 2) },
  {
    name: "sin 10z",
    unit: 0.12, // length of an arrow for an estimate of 1, in units of z
    f: (z) => Math.sin(10 * z),
    slope: (z) => 10 * Math.cos(10 * z),
    gradient: (mu, s) => 10 * Math.cos(10 * mu) * Math.exp(-50 * s * s),
  },
];
const KINDS = [
  { name: "reparameterised", colour: "first", estimate: ({ slope }, z) => slope(z) },
  { name: "score function", colour: "second", estimate: ({ f }, z, e, sigma) => (f(z) * e) / sigma },
];
const NODES = linspace(-9, 9, 3601);
const DENSITY = NODES.map((e) => Math.exp(logNormal(e, 0, 1)));

// Of one draw, by quadrature: the trapezoidal rule is exact to rounding for such smooth integrands.
function exactVariance(kind, chosen, mu, sigma) {
  const gradient = chosen.gradient(mu, sigma);
  const squares = NODES.map((e, i) => DENSITY[i] * (kind.estimate(chosen, mu + sigma * e, e, sigma) - gradient) ** 2);
  return trapezoid(NODES, squares);
}

// How much more often N(mu, sigma^2) gives z than the Gaussian that z was drawn from.
const weightOf = (z, mu, sigma, from) =>
  Math.exp(logNormal(z, mu, sigma * sigma) - logNormal(z, from.mu, from.sigma * from.sigma));

// Estimates of both kinds with their running means, the variance of those in hand, and the exact values.
function gradientEstimates(chosen, mu, sigma, noise) {
  const gradient = chosen.gradient(mu, sigma);
  return KINDS.map((kind) => {
    const values = Array.from(noise, (e) => kind.estimate(chosen, mu + sigma * e, e, sigma));
    let sum = 0;
    const running = values.map((value, j) => (sum += value) / (j + 1));
    const average = running.at(-1);
    const variance = values.reduce((all, value) => all + (value - average) ** 2, 0) / (values.length - 1);
    return { values, running, average, variance, gradient, exact: exactVariance(kind, chosen, mu, sigma) };
  });
}
