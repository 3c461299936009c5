// The exact values of the two gradient estimates against moments of the Gaussian, worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const files = ["common", "plot", "engine", "gradient_estimates"];
const { FUNCTIONS, KINDS, exactVariance, gradientEstimates, weightOf, random } = await load(
  files, "FUNCTIONS", "KINDS", "exactVariance", "gradientEstimates", "weightOf", "random",
);
const named = (name) => FUNCTIONS.find((each) => each.name === name);
const near = (value, expected) => assert.ok(Math.abs(value - expected) < 1e-9 * Math.max(1, Math.abs(expected)), `${value} is not ${expected}`);

// E[e^2] = 1, E[e^4] = 3, E[e^6] = 15 give E[f(z)^2 e^2] for f = z^2 + c.
function byMoments(mu, s, c) {
  const square = mu ** 4 + c ** 2 + 2 * c * mu ** 2 + 3 * (6 * mu ** 2 * s ** 2 + 2 * c * s ** 2) + 15 * s ** 4;
  return { path: 4 * s * s, score: square / (s * s) - 4 * mu * mu };
}

// E cos(2az) = cos(2 a mu) exp(-2 a^2 s^2), and twice its derivative by s for the factor e^2.
function bySine(mu, s, a) {
  const gradient = a * Math.cos(a * mu) * Math.exp((-a * a * s * s) / 2);
  const twice = Math.cos(2 * a * mu) * Math.exp(-2 * a * a * s * s);
  const path = (a * a * (1 + twice)) / 2 - gradient ** 2;
  const score = (1 - twice * (1 - 4 * a * a * s * s)) / (2 * s * s) - gradient ** 2;
  return { path, score };
}

for (const [mu, s] of [[1, 1], [-1.5, 0.1], [0.3, 2]])
  test(`exact variances at mean ${mu} and width ${s}`, () => {
    for (const [name, expected] of [
      ["z²", byMoments(mu, s, 0)],
      ["z² + 100", byMoments(mu, s, 100)],
      ["sin z", bySine(mu, s, 1)],
      ["sin 10z", bySine(mu, s, 10)],
    ]) {
      near(exactVariance(KINDS[0], named(name), mu, s), expected.path);
      near(exactVariance(KINDS[1], named(name), mu, s), expected.score);
    }
  });

test("both estimates have the same mean, the exact gradient", () => {
  const noise = Float64Array.from({ length: 200_000 }, random(1).normal);
  for (const chosen of FUNCTIONS)
    for (const { average, gradient, exact, variance } of gradientEstimates(chosen, 0.4, 0.7, noise)) {
      assert.ok(Math.abs(average - gradient) < 4 * Math.sqrt(exact / noise.length), `${chosen.name}: ${average} is not ${gradient}`);
      assert.ok(Math.abs(variance / exact - 1) < 0.05);
    }
});

test("dots that stay, with their weights, give the mean at the place the bell went to", () => {
  const [rand, from] = [random(2), { mu: 1, sigma: 1 }];
  const terms = Array.from({ length: 200_000 }, () => {
    const z = from.mu + from.sigma * rand.normal();
    return weightOf(z, 1.3, 0.9, from) * z * z;
  });
  const mean = terms.reduce((a, b) => a + b) / terms.length;
  const error = Math.sqrt(terms.reduce((a, b) => a + (b - mean) ** 2, 0)) / terms.length;
  assert.ok(Math.abs(mean - (1.3 ** 2 + 0.9 ** 2)) < 4 * error);
  assert.equal(weightOf(0.2, 1, 1, from), 1);
});
