// The engine of the figures that train, without a browser: gradients against finite differences, Adam, random numbers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { random, Parameter, Trainer } = await load(["engine"], "random", "Parameter", "Trainer");

const data = Float64Array.from({ length: 40 }, random(3).normal);

const CASES = {
  "an autoencoder": { variational: false },
  "a VAE": {},
  "a VAE with beta": { beta: 4 },
  "means only": { meanOnly: true },
  "mean for sum": { meanLoss: true },
};

for (const bernoulli of [false, true])
  for (const [name, options] of Object.entries(CASES))
    test(`gradients of ${name}, ${bernoulli ? "Bernoulli" : "Gaussian"}`, () => {
      const trainer = new Trainer({ inputs: 2, hidden: [5, 4], latent: 2, seed: 1, bernoulli, logVariance: -1 });
      const x = bernoulli ? data.map((v) => 1 / (1 + Math.exp(-v))) : data;
      const batch = trainer.nextBatch(x, 6);
      trainer.loss(batch, options, true);
      const parameters = [...trainer.parameters(), ...(bernoulli ? [] : [trainer.noise])];
      for (const { values, gradient } of parameters)
        for (let i = 0; i < values.length; i++) {
          const [kept, h] = [values[i], 1e-5];
          values[i] = kept + h;
          const up = trainer.loss(batch, options).total;
          values[i] = kept - h;
          const down = trainer.loss(batch, options).total;
          values[i] = kept;
          assert.ok(Math.abs((up - down) / (2 * h) - gradient[i]) < 1e-8, `${(up - down) / (2 * h)} is not ${gradient[i]}`);
        }
    });

test("Adam's first step is the learning rate, against the sign of the gradient", () => {
  const parameter = new Parameter(Float64Array.of(1, 1));
  parameter.gradient.set([0.3, -20]);
  parameter.adam(1, 0.01);
  assert.ok(Math.abs(parameter.values[0] - 0.99) < 1e-8 && Math.abs(parameter.values[1] - 1.01) < 1e-8);
  assert.deepEqual([...parameter.gradient], [0, 0]);
});

test("random numbers are the same for one seed, and standard normal", () => {
  const [a, b] = [random(5), random(5)];
  const draws = Array.from({ length: 20000 }, a.normal);
  assert.deepEqual(draws.slice(0, 9), Array.from({ length: 9 }, b.normal));
  const mean = draws.reduce((sum, v) => sum + v) / draws.length;
  const square = draws.reduce((sum, v) => sum + v * v, 0) / draws.length;
  assert.ok(Math.abs(mean) < 4 / Math.sqrt(20000) && Math.abs(square - 1) < 4 * Math.sqrt(2 / 20000));
});

test("training lowers the loss", () => {
  const trainer = new Trainer({ inputs: 2, hidden: [16], latent: 2, seed: 0, logVariance: -3 });
  const average = (from) => {
    let sum = 0;
    for (let i = 0; i < 50; i++) sum += trainer.learn(trainer.nextBatch(data, 32), { rate: 0.01 }).total;
    return sum / 50;
  };
  const first = average();
  for (let i = 0; i < 6; i++) average();
  assert.ok(average() < first - 1);
});
