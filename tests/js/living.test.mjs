// What all figures share, without a browser: states in addresses, and drawing no more than once a frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const frames = [];
globalThis.requestAnimationFrame = (callback) => frames.push(callback);
globalThis.cancelAnimationFrame = () => {};
const nextFrame = () => frames.splice(0).forEach((callback) => callback());

const names = ["redrawOn", "change", "partsOf", "addressOf", "valuesFrom", "written", "within", "whole", "oneOf", "flag", "sameLength"];
const shared = await load(["common", "plot", "living"], ...names);

class Model {
  constructor(values) {
    [this.values, this.listeners] = [values, []];
  }
  get = (name) => this.values[name];
  set(name, value) {
    this.values[name] = value;
    for (const [event, listener] of [...this.listeners]) if (event === `change:${name}`) listener();
  }
  on = (event, listener) => this.listeners.push([event, listener]);
  off(event, listener) {
    this.listeners = this.listeners.filter(([e, l]) => e !== event || l !== listener);
  }
  save_changes() {}
}

test("one draw for values set together, then one a frame, with the last values", () => {
  const model = new Model({ a: 0, b: 0 });
  const seen = [];
  const stop = shared.redrawOn(model, ["a", "b"], () => seen.push([model.get("a"), model.get("b")]));
  shared.change(model, { a: 1, b: 1 });
  assert.deepEqual(seen, [[0, 0], [1, 1]]);
  for (let i = 2; i < 9; i++) shared.change(model, { a: i });
  assert.equal(seen.length, 2);
  nextFrame();
  assert.deepEqual(seen.at(-1), [8, 1]);
  nextFrame();
  nextFrame();
  assert.equal(seen.length, 3);
  shared.change(model, { b: 5 });
  assert.deepEqual(seen.at(-1), [8, 5]);
  stop();
  nextFrame();
  shared.change(model, { b: 6 });
  assert.equal(seen.length, 4);
});

test("an address holds a part for each figure, and is read as it was written", () => {
  const parts = new Map([["kl", "mu_q=1.5"], ["gap2", "two_modes=true&k=8"], ["trick", "function=z² + 100"]]);
  const address = shared.addressOf(parts);
  assert.equal(address, "#kl:mu_q=1.5;gap2:two_modes=true&k=8;trick:function=z² + 100");
  for (const hash of [address, encodeURI(address)]) assert.deepEqual(shared.partsOf(hash), parts);
  for (const hash of ["", "#", "#the-gap", "#%", "#1:2"]) assert.equal(shared.partsOf(hash).size, 0);
  assert.equal(shared.addressOf(new Map()), "");
});

test("of an address only what a figure can show is taken", () => {
  const model = new Model({ z: [0, 0] });
  const state = {
    mu: shared.within(-3, 3), k: shared.whole(1, 64), on: shared.flag,
    f: shared.oneOf("z²", "z² + 100"), z: shared.sameLength(-4, 4),
  };
  const read = (part) => shared.valuesFrom(part, model, state);
  assert.deepEqual(read("mu=-1.25&k=8&on=false&f=z² + 100&z=1,-2.5"), { mu: -1.25, k: 8, on: false, f: "z² + 100", z: [1, -2.5] });
  assert.deepEqual(read("mu=4&k=1.5&on=yes&f=sin&z=1,2,3&constructor=1&toString=2"), {});
  assert.deepEqual(read("mu=&k=&on=&f=&z=1,"), {});
  assert.deepEqual(read("mu=NaN&k=Infinity&z=1,5"), {});
  for (const value of [0.123456, true, [1, -2.00001], "sin z"]) assert.ok(!shared.written(value).includes(" ") || value === "sin z");
  assert.equal(shared.written([1, -2.00001, 0.5]), "1,-2,0.5");
});
