// A mission sets a state, says what to try, and is solved when `solved` holds for what is measured.
const MISSIONS = [
  {
    name: "Sample an autoencoder",
    state: { data: "moons", variational: false, latent: 2, sigma: 0.2 },
    task: "This plain autoencoder rebuilds its points well. Look where its orange samples fall, and change one thing so that at most one sample in ten misses the data.",
    solved: (m) => m.variational && !m.forgetKL && m.misses <= 0.1 && m.error < 0.35,
    lesson: "An autoencoder never learns where N(0, I) is: its codes lie wherever they like. The KL of a VAE calls them to the place that samples come from.",
  },
  {
    name: "Collapse, and back",
    state: { data: "moons", variational: true, latent: 2, beta: 1, sigma: 0.3 },
    task: "Make the posterior collapse: bring the KL below 0.05 nats. Then undo it: bring it above 1 again.",
    solved: (m, memory) => {
      if (m.variational && m.kl < 0.05) memory.collapsed = true;
      return memory.collapsed && m.kl > 1;
    },
    lesson: "When a code costs more than it saves, the best encoder says nothing: every ellipse becomes the prior, and every reconstruction the mean of the data. A large beta does it, and so does a large sigma.",
  },
  {
    name: "Two blobs become one",
    state: { data: "blobs", variational: true, latent: 2, beta: 1, sigma: 0.2 },
    task: "Four blobs, two and two close together. Find a beta at which the close ones share a reconstruction while the far ones do not.",
    solved: (m) => m.blobs && m.blobs.near < 0.35 && m.blobs.far > 1.2,
    lesson: "The KL is a price per nat. Telling near blobs apart saves little squared error, so at a higher price that distinction is given up first.",
  },
  {
    name: "Let sigma be learned",
    state: { data: "ring", variational: true, latent: 2, beta: 1, sigma: 0.6 },
    task: "The decoder believes in noise of 0.6, and the ring is lost. Do not touch the slider: let sigma be learned, and wait until it settles.",
    solved: (m) => m.learned && m.sigma < 0.3 && Math.abs(Math.log(m.sigma / m.errorOfDraws)) < 0.15,
    lesson: "The best sigma is the root mean squared error of what draws from q decode to. Learned, it needs no tuning of beta: the two are one knob.",
  },
  {
    name: "Forget the KL",
    state: { data: "pinwheel", variational: true, latent: 2, beta: 1, sigma: 0.15 },
    task: "Forget the KL and watch the ellipses. Bring their mean width below 0.05.",
    solved: (m) => m.variational && m.forgetKL && m.width < 0.05,
    lesson: "Without its price every encoder buys certainty: the clouds shrink to points, and the VAE has turned back into an autoencoder.",
  },
  {
    name: "The decoder without noise",
    state: { data: "moons", variational: true, latent: 2, beta: 1, sigma: 0.2 },
    task: "Train with the mean only: z = mu, though the KL is paid. Compare the reconstructions with those from draws: bring the second error above twice the first.",
    solved: (m) => m.variational && m.meanOnly && m.width > 0.8 && m.errorOfDraws > 2 * m.error,
    lesson: "The decoder never met the noise, so width costs nothing and every sigma goes to 1. The number on the screen is no bound: a draw from q decodes to something else.",
  },
];
