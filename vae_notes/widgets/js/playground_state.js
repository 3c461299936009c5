// The values that a reader sets, as they are at first, and how they are read from an address.
const TOYS = ["ring", "moons", "pinwheel", "blobs", "line"];
const POINTS = 400;
const SAMPLES = 200;
const DATA = 2.3; // half the width of the panel of data
const FEWEST = 2; // places of the reader's own
const MOST = 160; // so that a drawing fits into a link

const BUILT = ["data", "drawn", "latent", "seed", "mission"]; // values that only a new network can have
const DEFAULTS = { mission: 0, data: "moons", drawn: [], variational: true, latent: 2, beta: 1, sigma: 0.2, learn_sigma: false, learning_rate: 0.005, mean_only: false, forget_kl: false, mean_loss: false, seed: 0 };

const STATE = {
  mission: whole(0, 6),
  data: oneOf(...TOYS),
  drawn(given) {
    const values = given.split(",").map(within(-DATA, DATA));
    const places = values.length / 2;
    return values.includes(undefined) || !within(FEWEST, MOST)(`${places}`) || places % 1 ? undefined : values;
  },
  variational: flag,
  latent: whole(1, 2),
  beta: within(0.05, 20),
  sigma: within(0.03, 1),
  learn_sigma: flag,
  learning_rate: within(0.0003, 0.03),
  mean_only: flag,
  forget_kl: flag,
  mean_loss: flag,
  seed: whole(0, 1e9),
};
const isDefault = (model, name) => written(model.get(name)) === written(DEFAULTS[name]);

// Bytes, little-endian float32.
function numbersFrom(view) {
  const values = new Float64Array(view.byteLength / 4);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true);
  return values;
}
