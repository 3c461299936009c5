"""Wrong answers to the exercises on the evidence lower bound: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").mean(-1)
""",
        "mean over pixels",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(torch.sigmoid(logits), x, reduction="none").sum(-1)
""",
        "pushed through the sigmoid twice",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, log_std):
    return Normal(mean, math.exp(log_std)).log_prob(x).sum(-1)
""",
        "used as the log of the standard deviation",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    return -0.5 * ((x - mean).square() / math.exp(logvar) + logvar).sum(-1)
""",
        "log(2 pi) / 2 of every pixel is missing",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return -beta * log_likelihood + kl_standard_normal(mu, logvar)
""",
        "beta multiplies the reconstruction",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    beta = 1 / pixels if over_pixels == "mean" else 1
    return beta * latents if over_latents == "mean" else beta
""",
        "upside down",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * ((x - mu) ** 2 / s**2 + math.log(2 * math.pi * s**2))
    return reconstruction - 0.5 * (mu**2 + v - 1 - math.log(v))
""",
        "taken at z = mu",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).mean(-1) + kl_standard_normal(mu, logvar)
""",
        "averaged over pixels",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(mu), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "was z = mu used",
    ),
]
