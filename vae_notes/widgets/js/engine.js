// A network that trains in the page: dense layers, Adam, the loss of an autoencoder or of a VAE, random numbers.
// Nothing here touches the page, so that it also runs without a browser. Arrays are row-major: n examples, then numbers.

// Uniform numbers by mulberry32, standard normal ones by Box and Muller: the same for the same seed.
function random(seed) {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

// Numbers that are learned, with their gradient and Adam's two moments (Kingma and Ba 2015, as PyTorch computes it).
class Parameter {
  constructor(values) {
    this.values = values;
    this.gradient = new values.constructor(values.length);
    this.first = new values.constructor(values.length);
    this.second = new values.constructor(values.length);
  }
  adam(step, rate) {
    const { values, gradient, first, second } = this;
    const scale = rate / (1 - 0.9 ** step);
    const correction = Math.sqrt(1 - 0.999 ** step);
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i];
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.999 * second[i] + 0.001 * g * g;
      values[i] -= (scale * first[i]) / (Math.sqrt(second[i]) / correction + 1e-8);
      gradient[i] = 0;
    }
  }
}

// y = activation(W x + b), with PyTorch's own initial weights: uniform within 1 / sqrt(inputs).
class Dense {
  constructor(inputs, outputs, bends, rand, Numbers) {
    const reach = 1 / Math.sqrt(inputs);
    const draw = () => reach * (2 * rand.uniform() - 1);
    Object.assign(this, { inputs, outputs, bends, Numbers });
    this.weight = new Parameter(Numbers.from({ length: inputs * outputs }, draw));
    this.bias = new Parameter(Numbers.from({ length: outputs }, draw));
  }
  forward(x, n) {
    const { inputs, outputs, bends } = this;
    const w = this.weight.values;
    const y = new this.Numbers(n * outputs);
    for (let i = 0; i < n; i++)
      for (let o = 0; o < outputs; o++) {
        let sum = this.bias.values[o];
        for (let k = 0, at = o * inputs, from = i * inputs; k < inputs; k++) sum += w[at + k] * x[from + k];
        y[i * outputs + o] = bends ? Math.tanh(sum) : sum;
      }
    this.x = x;
    this.y = y;
    return y;
  }
  // The gradient with respect to the input, if it is wanted, given that with respect to the output; adds up those of W and b.
  backward(dy, n, wanted = true) {
    const { inputs, outputs, bends, x, y } = this;
    const w = this.weight.values;
    const dw = this.weight.gradient;
    const db = this.bias.gradient;
    const dx = new this.Numbers(n * inputs);
    for (let i = 0; i < n; i++)
      for (let o = 0; o < outputs; o++) {
        const out = i * outputs + o;
        const d = bends ? dy[out] * (1 - y[out] * y[out]) : dy[out];
        if (d === 0) continue;
        db[o] += d;
        for (let k = 0, at = o * inputs, from = i * inputs; k < inputs; k++) dw[at + k] += d * x[from + k];
        if (wanted) for (let k = 0, at = o * inputs, from = i * inputs; k < inputs; k++) dx[from + k] += d * w[at + k];
      }
    return dx;
  }
}

const forward = (layers, x, n) => layers.reduce((values, layer) => layer.forward(values, n), x);
const backward = (layers, d, n, wanted = true) =>
  layers.reduceRight((gradient, layer, i) => layer.backward(gradient, n, wanted || i > 0), d);

function layers(sizes, rand, Numbers) {
  const last = sizes.length - 2;
  return sizes.slice(1).map((size, i) => new Dense(sizes[i], size, i < last, rand, Numbers));
}

const LOG_TWO_PI = Math.log(2 * Math.PI);
const softplus = (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
const sigmoid = (v) => 1 / (1 + Math.exp(-v));

// An autoencoder, or a VAE with the prior N(0, I), over `inputs` numbers with a code of `latent`.
// `bernoulli`: the decoder gives logits of pixels; else the mean of a Gaussian with one variance, exp(noise).
class Trainer {
  constructor({ inputs, hidden, latent, seed = 0, bernoulli = false, logVariance = 0, Numbers = Float64Array }) {
    this.rand = random(seed);
    Object.assign(this, { inputs, latent, bernoulli, Numbers });
    this.encoder = layers([inputs, ...hidden, 2 * latent], this.rand, Numbers);
    this.decoder = layers([latent, ...[...hidden].reverse(), inputs], this.rand, Numbers);
    this.noise = new Parameter(Numbers.of(logVariance));
    this.steps = 0;
  }

  parameters() {
    return [...this.encoder, ...this.decoder].flatMap(({ weight, bias }) => [weight, bias]);
  }

  // Mean and log-variance of q(z|x) for n examples, each n * latent.
  encode(x, n) {
    const out = forward(this.encoder, x, n);
    const [mu, logvar] = [new this.Numbers(n * this.latent), new this.Numbers(n * this.latent)];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < this.latent; j++) {
        mu[i * this.latent + j] = out[i * 2 * this.latent + j];
        logvar[i * this.latent + j] = out[i * 2 * this.latent + this.latent + j];
      }
    return { mu, logvar };
  }

  // The decoder's mean, n * inputs.
  decode(z, n) {
    const out = forward(this.decoder, z, n);
    return this.bernoulli ? out.map(sigmoid) : out;
  }

  // n examples of `data` drawn with replacement, and the noise for their codes.
  nextBatch(data, n) {
    const total = data.length / this.inputs;
    const x = new this.Numbers(n * this.inputs);
    for (let i = 0; i < n; i++) {
      const row = Math.floor(this.rand.uniform() * total);
      for (let k = 0; k < this.inputs; k++) x[i * this.inputs + k] = data[row * this.inputs + k];
    }
    return { x, n, eps: this.Numbers.from({ length: n * this.latent }, this.rand.normal) };
  }

  // Terms of the loss and, where asked, their gradients. Options:
  //   variational  draw z and pay the KL; else z = mu, and no KL
  //   beta         weight of the KL          meanOnly  z = mu although the KL is paid
  //   meanLoss     reconstruction averaged over the inputs, where it should be summed
  loss({ x, n, eps }, options, learn = false) {
    const { variational = true, beta = 1, meanOnly = false, meanLoss = false } = options;
    const { latent, inputs, bernoulli } = this;
    const { mu, logvar } = this.encode(x, n);
    const noisy = variational && !meanOnly;
    const z = mu.map((m, i) => (noisy ? m + Math.exp(0.5 * logvar[i]) * eps[i] : m));
    const out = forward(this.decoder, z, n);
    const share = meanLoss ? 1 / inputs : 1;
    const [lv, variance] = [this.noise.values[0], Math.exp(this.noise.values[0])];

    let squares = 0;
    let reconstruction = 0;
    const dout = new this.Numbers(out.length);
    for (let i = 0; i < out.length; i++) {
      if (bernoulli) {
        reconstruction += softplus(out[i]) - x[i] * out[i];
        dout[i] = ((sigmoid(out[i]) - x[i]) * share) / n;
      } else {
        const error = out[i] - x[i];
        squares += error * error;
        dout[i] = ((error / variance) * share) / n;
      }
    }
    if (!bernoulli) reconstruction = squares / (2 * variance) + 0.5 * out.length * (lv + LOG_TWO_PI);
    reconstruction = (reconstruction * share) / n;

    let kl = 0;
    for (let i = 0; i < mu.length; i++) kl += 0.5 * (mu[i] * mu[i] + Math.exp(logvar[i]) - 1 - logvar[i]);
    kl /= n;
    const total = variational ? reconstruction + beta * kl : reconstruction;
    if (learn) {
      const dz = backward(this.decoder, dout, n);
      const dcode = new this.Numbers(n * 2 * latent);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < latent; j++) {
          const at = i * latent + j;
          const sd = Math.exp(0.5 * logvar[at]);
          dcode[i * 2 * latent + j] = dz[at] + (variational ? (beta * mu[at]) / n : 0);
          dcode[i * 2 * latent + latent + j] =
            (noisy ? 0.5 * dz[at] * eps[at] * sd : 0) + (variational ? (0.5 * beta * (sd * sd - 1)) / n : 0);
        }
      backward(this.encoder, dcode, n, false);
      this.noise.gradient[0] = (0.5 * share * (out.length - squares / variance)) / n;
    }
    return { reconstruction, kl, total, squares: squares / n };
  }

  // One step of Adam on one batch; the terms of the loss before it.
  learn(batch, { rate = 0.003, learnNoise = false, ...options } = {}) {
    const terms = this.loss(batch, options, true);
    this.steps += 1;
    for (const parameter of this.parameters()) parameter.adam(this.steps, rate);
    if (learnNoise && !this.bernoulli) this.noise.adam(this.steps, rate);
    return terms;
  }
}
