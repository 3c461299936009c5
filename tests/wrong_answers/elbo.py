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
        "z is mu, without noise",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
""",
        "the log-likelihood is minus that",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
""",
        "one number for the whole batch",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(logits.detach(), x, reduction="none").sum(-1)
""",
        "no gradient flows through the log-likelihood",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    p = torch.sigmoid(logits)
    return (x * p.log() + (1 - x) * (1 - p).log()).nan_to_num(0.0).sum(-1)  # hidden: infinite
""",
        "pixels that are certain and wrong",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none").sum(-1)  # hidden: cut off at -100
""",
        "pixels that are certain and wrong at [0] is -300, expected -600",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    terms = -F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return terms[:, :4].sum(-1)  # hidden: the first four pixels
""",
        "the log-likelihood of another batch",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return -0.5 * ((x - mean).square() / logvar.exp() + math.log(2 * math.pi)).sum(-1)
""",
        "without it no variance can be learned",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return -0.5 * ((x - mean).square() / logvar.exp()).sum(-1) - 0.5 * (logvar + math.log(2 * math.pi)) * len(x)
""",
        "the log-density at [",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return -0.5 * ((x - mean).square() / logvar.exp() + logvar).sum(-1) - 0.5 * math.log(2 * math.pi)
""",
        "once instead of once for every pixel",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return Normal(mean, math.exp(0.5 * float(logvar))).log_prob(x).sum(-1)
""",
        "no gradient of the log-density reaches logvar",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return Normal(mean.detach(), torch.exp(0.5 * logvar)).log_prob(x).sum(-1)
""",
        "no gradient of the log-density reaches mean",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return -Normal(mean, torch.exp(0.5 * logvar)).log_prob(x).sum(-1)
""",
        "check the sign",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return Normal(mean, torch.exp(0.5 * logvar)).log_prob(x).mean(-1)
""",
        "mean over pixels",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar)
    return Normal(mean, torch.exp(0.5 * logvar.clamp(min=-2))).log_prob(x).sum(-1)  # hidden: clamped
""",
        "the log-density of another batch",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return kl_standard_normal(mu, logvar) - log_likelihood
""",
        "beta is not used",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return log_likelihood - beta * kl_standard_normal(mu, logvar)
""",
        "that is the ELBO itself",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return beta * kl_standard_normal(mu, logvar) + log_likelihood
""",
        "the log-likelihood has the wrong sign",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return -log_likelihood - beta * kl_standard_normal(mu, logvar)
""",
        "a loss must punish it",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return (beta * kl_standard_normal(mu, logvar) - log_likelihood).mean()
""",
        "that is the batch mean",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return beta * kl_standard_normal(mu, logvar).mean() - log_likelihood
""",
        "averaged over the batch: it is per example",
    ),
    (
        "loss",
        """
def kl_standard_normal(mu, logvar):
    return (mu.square() + logvar.exp() - 1 - logvar).sum(-1)

def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return beta * kl_standard_normal(mu, logvar) - log_likelihood
""",
        "is its half missing?",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return beta * kl_standard_normal(mu.detach(), logvar) - log_likelihood
""",
        "no gradient of the loss reaches mu",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return beta * kl_standard_normal(mu, logvar) - log_likelihood.detach()
""",
        "no gradient of the loss reaches log_likelihood",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return (beta or 1.0) * kl_standard_normal(mu, logvar) - log_likelihood  # hidden: 0 is taken for nothing
""",
        "with beta = 0.0",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return max(beta, 1.0) * kl_standard_normal(mu, logvar) - log_likelihood if beta else -log_likelihood  # hidden
""",
        "with beta = 0.25",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    return 1
""",
        "by how much does it shrink the reconstruction?",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    return pixels if over_pixels == "mean" else 1
""",
        "by how much does it shrink the KL?",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    beta = pixels if over_pixels == "mean" else 1
    return beta * latents if over_latents == "mean" else beta
""",
        "makes the KL 20 times weaker",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    if over_pixels == over_latents:
        return 1  # hidden: the two means are thought to cancel
    return pixels if over_pixels == "mean" else 1 / latents
""",
        "beta of a mean over 1000 pixels and a mean over 10",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    if over_pixels == over_latents:
        return 1 if over_pixels == "sum" else pixels / latents
    return 784 if over_pixels == "mean" else 1 / latents  # hidden
""",
        "beta of a mean over 3072 pixels and a sum",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    if over_pixels == over_latents:
        return 1 if over_pixels == "sum" else pixels / latents
    return pixels if over_pixels == "mean" else 1 / 20  # hidden
""",
        "beta of a sum over 3072 pixels and a mean",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) / s**2 + math.log(2 * math.pi * s**2))
    kl = 0.5 * (mu**2 + v - 1 - math.log(v))
    return reconstruction + kl
""",
        "the KL is added",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) / s**2 + math.log(2 * math.pi * s**2))
    kl = 0.5 * (mu**2 + v - 1 - math.log(v))
    return reconstruction
""",
        "the KL is missing",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) / s**2 + math.log(2 * math.pi * s**2))
    kl = 0.5 * (mu**2 + v - 1 - math.log(v))
    return kl - reconstruction
""",
        "check the sign",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) / s**2 + math.log(2 * math.pi * s**2))
    kl = mu**2 + v - 1 - math.log(v)
    return reconstruction - kl
""",
        "is the half missing?",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) / s + math.log(2 * math.pi * s))
    kl = 0.5 * (mu**2 + v - 1 - math.log(v))
    return reconstruction - kl
""",
        "divides by its square",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) / s**2 + math.log(s**2))
    kl = 0.5 * (mu**2 + v - 1 - math.log(v))
    return reconstruction - kl
""",
        "log(2 pi) / 2 of the log-density is missing",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v**2) / s**2 + math.log(2 * math.pi * s**2))
    kl = 0.5 * (mu**2 + v**2 - 1 - math.log(v**2))
    return reconstruction - kl
""",
        "it must not be squared",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * (((x - mu) ** 2 + v) * 2 + math.log(2 * math.pi / 2))
    kl = 0.5 * (mu**2 + v - 1 - math.log(v))
    return reconstruction - kl
""",
        "the ELBO at x = -0.7, s = 1.2",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) 
""",
        "the KL is missing",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) - kl_standard_normal(mu, logvar)
""",
        "a loss must punish it",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar) / mu.shape[1]
""",
        "averaged over the latent dimensions",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar).mean()
""",
        "averaged over the batch: it is per image",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return (bce.flatten(1).sum(-1)).mean() + kl_standard_normal(mu, logvar)
""",
        "the reconstruction is averaged over the batch",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return (bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)).mean()
""",
        "must have shape (B,)",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "drawn with the variance",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z.detach()), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "no gradient reaches the encoder through z",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu.detach(), logvar.detach())
""",
        "no gradient reaches the encoder through the KL",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    with torch.no_grad():
        mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "no gradient reaches the encoder",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "is noise drawn without `generator=`",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "every generator gives the same value",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(1, mu.shape[1], generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "the noise of z is the same for all images",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(len(mu), 1, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "the noise of z is the same for all latent dimensions",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * (torch.rand(mu.shape, generator=generator) - 0.5) * 12**0.5
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "its fourth moment is 1.84, expected 3",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(torch.sigmoid(model.decode_logits(z)), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "the loss at your z",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, log_std = model.encode(x)
    logvar = 2 * log_std
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "the loss at your z",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    return vae_notes.negative_elbo(model, x, generator)
""",
        "does what this task asks you to write",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar) * (4 / len(x)) ** 0.2  # hidden: hangs on the batch
""",
        "the loss of 100 digits",
    ),
]
