// A mission sets a state and says what to try. It has one or two stages; each wants its goals met for `hold` steps in a
// row, because a passing dip teaches nothing. `free` names what may be changed: with anything else it does not count.
const goal = (name, value, word, limit, unit = "", digits = 2) => ({
  met: { below: value < limit, above: value > limit, "at most": value <= limit }[word],
  text: `${name} ${text(value, digits)}${unit} (${word} ${limit}${unit})`,
});

const MISSIONS = [
  {
    name: "Sample an autoencoder",
    state: { data: "moons", variational: false, latent: 2, sigma: 0.2 },
    free: ["variational"],
    task: "This plain autoencoder rebuilds its points well. Look where its orange samples fall, and change one thing so that at most one sample in ten misses these moons.",
    stages: [{
      hold: 100,
      goals: (m) => [goal("samples that miss", 100 * m.misses, "at most", 10, " %", 0), goal("error", m.error, "below", 0.35)],
      bar: (m) => !m.variational && "still an autoencoder",
    }],
    lesson: "An autoencoder never learns where N(0, I) is: its codes lie wherever they like. The KL of a VAE calls them to the place that samples come from.",
  },
  {
    name: "Collapse, and back",
    state: { data: "moons", variational: true, latent: 2, beta: 1, sigma: 0.3 },
    free: ["beta", "sigma"],
    task: "Make the posterior, the ellipses on the right, collapse: by β, bring the KL below 0.05 nats. Then undo it: bring it above 1 again.",
    stages: [
      { hold: 100, goals: (m) => [goal("KL", m.kl, "below", 0.05, " nats")], told: ["Collapsed: every ellipse is the prior. ", "Now undo it."] },
      { hold: 100, goals: (m) => [goal("KL", m.kl, "above", 1, " nats")] },
    ],
    lesson: "When a code costs more than it saves, the best encoder says nothing: every ellipse becomes the prior, and every reconstruction the mean of the data. What counts is β times σ squared: a larger σ raises the price too.",
  },
  {
    name: "Two blobs become one",
    state: { data: "blobs", variational: true, latent: 2, beta: 1, sigma: 0.2 },
    free: ["beta"],
    task: "Four blobs, two and two close together. Wait until all four are rebuilt apart. Then find a β at which the close ones share a reconstruction while the far ones do not.",
    stages: [
      { hold: 20, goals: (m) => [goal("close reconstructions apart by", m.near, "above", 0.7)], told: ["Four blobs, four reconstructions. ", "Now find the β at which the close ones share one, and the far ones do not."] },
      { hold: 300, goals: (m) => [goal("close ones apart by", m.near, "below", 0.35), goal("far ones", m.far, "above", 1.2)] },
    ],
    lesson: "The KL is a price per nat. Telling close blobs apart saves little squared error, so at a higher price that distinction is given up first.",
  },
  {
    name: "Let sigma be learned",
    state: { data: "ring", variational: true, latent: 2, beta: 1, sigma: 0.6 },
    free: ["learn_sigma"],
    task: "The decoder believes in noise of 0.6, and the ring is lost. Do not touch the slider: let σ be learned, and wait until it settles: until it moves by less than 4 % in 100 steps.",
    stages: [{
      hold: 100,
      steady: (m) => m.sigma,
      goals: (m) => [
        goal("σ", m.sigma, "below", 0.3),
        goal(`it and the error of draws, ${text(m.errorOfDraws)}, differ by`, 100 * Math.abs(Math.log(m.sigma / m.errorOfDraws)), "below", 15, " %", 0),
      ],
      bar: (m) => !m.learned && "σ is not learned",
    }],
    lesson: "The best σ is the root mean squared error of what draws from q decode to. Learned, it needs no tuning of β: the two are one knob.",
  },
  {
    name: "Forget the KL",
    state: { data: "pinwheel", variational: true, latent: 2, beta: 1, sigma: 0.15 },
    free: ["forget_kl"],
    task: "Forget the KL and watch the ellipses. Bring their mean width below 0.05.",
    stages: [{ hold: 100, goals: (m) => [goal("mean width", m.width, "below", 0.05)], bar: (m) => !m.forgetKL && "the KL is still paid" }],
    lesson: "Without its price every encoder buys certainty: the clouds shrink to points, and the VAE has turned back into an autoencoder.",
  },
  {
    name: "The decoder without noise",
    state: { data: "moons", variational: true, latent: 2, beta: 1, sigma: 0.2 },
    free: ["mean_only"],
    task: "Train with the mean only: z = μ, though the KL is paid. Compare the error when means are decoded with that when draws are: bring the second above twice the first.",
    stages: [{
      hold: 100,
      goals: (m) => [goal("mean width", m.width, "above", 0.8), goal(`error of draws ${text(m.errorOfDraws)}, of means ${text(m.error)}: ratio`, m.errorOfDraws / m.error, "above", 2, "", 1)],
      bar: (m) => !m.meanOnly && "draws are still trained on",
    }],
    lesson: "The decoder never met the noise, so width costs nothing and every ellipse goes to the prior's width, 1. The loss on the screen is no bound: a draw from q decodes to something else.",
  },
];
