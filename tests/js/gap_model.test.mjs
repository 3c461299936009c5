// The ELBO of a Gaussian q and its gradient: against the closed form of the linear model, and against differences.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { CASES, Q_RANGE, boundOf, gradientStep, bestOf } = await load(
  ["common", "plot", "living", "gaussian_fit", "gap_model"], "CASES", "Q_RANGE", "boundOf", "gradientStep", "bestOf",
);
const near = (value, expected, within) => assert.ok(Math.abs(value - expected) < within, `${value} is not ${expected}`);

test("one mode: log p(x) is that of N(0, 1.5), the posterior is N(13/15, 1/3)", () => {
  const evidence = -0.5 * (1.3 ** 2 / 1.5 + Math.log(2 * Math.PI * 1.5));
  near(CASES[0].evidence, evidence, 1e-10);
  for (const [mu, sigma] of [[-0.4, 1.2], [2, 0.1], [13 / 15, Math.sqrt(1 / 3)]]) {
    const kl = 0.5 * (3 * sigma ** 2 + 3 * (mu - 13 / 15) ** 2 - 1 - Math.log(3 * sigma ** 2));
    near(boundOf(CASES[0], mu, sigma).value, evidence - kl, 1e-9);
  }
  near(bestOf(CASES[0]), evidence, 1e-6);
});

test("two modes: the bound is the one that moments of z give", () => {
  for (const [mu, sigma] of [[0, 0.6], [0.95, 0.15], [-1, 2]]) {
    const s = sigma ** 2;
    const second = mu ** 2 + s;
    const fourth = mu ** 4 + 6 * mu ** 2 * s + 3 * s * s;
    const log = (variance) => Math.log(2 * Math.PI * variance);
    const expected = -0.5 * (second + log(1)) - 0.5 * ((1 - 2 * second + fourth) / 0.1 + log(0.1)) + 0.5 * (1 + log(s));
    near(boundOf(CASES[1], mu, sigma).value, expected, 1e-8);
  }
});

for (const chosen of CASES)
  test(`gradients with ${chosen.name} are the slopes of the bound, and steps go up`, () => {
    for (const [mu, sigma] of [[0.3, 0.7], [-1.2, 0.2], [1, 1.5]]) {
      const [h, at] = [1e-5, (m, s) => boundOf(chosen, m, s).value];
      const { value, byMu, byLogSigma } = boundOf(chosen, mu, sigma);
      near(byMu, (at(mu + h, sigma) - at(mu - h, sigma)) / (2 * h), 1e-5 * Math.max(1, Math.abs(byMu)));
      const slope = (at(mu, sigma * Math.exp(h)) - at(mu, sigma * Math.exp(-h))) / (2 * h);
      near(byLogSigma, slope, 1e-5 * Math.max(1, Math.abs(slope)));
      assert.ok(at(...gradientStep(chosen, mu, sigma, Q_RANGE)) > value);
    }
  });
