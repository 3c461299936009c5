"""Wrong answers to the exercises on posterior collapse: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "that is one number for each image",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(-1)
""",
        "that is the mean over the units",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(0)
""",
        "that is the sum over the batch",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return (mu.square() + logvar.exp() - 1 - logvar).mean(0)
""",
        "is the half missing?",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (1 + logvar - mu.square() - logvar.exp()).mean(0)
""",
        "which sign",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.square() + (2 * logvar).exp() - 1 - 2 * logvar).mean(0)
""",
        "log of the standard deviation",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0).sum()
""",
        "keep the units apart",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(0) / 5
""",
        "kl_per_unit",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return 0.5 * (mu.mean(0).square() + logvar.mean(0).exp() - 1 - logvar.mean(0))
""",
        "kl_per_unit",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return (mu.var(0) <= threshold).sum()
""",
        "number of silent units",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return (mu.var(0) > threshold).float().mean()
""",
        "share of active units",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return (mu.std(0) > threshold).sum()
""",
        "the standard deviation was compared",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return (mu.square().mean(0) > threshold).sum()
""",
        "large but constant mean",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return (mu.var(1) > threshold).sum()
""",
        "taken over the units",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return mu.var(0) > threshold
""",
        "yes and no for each unit",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return (mu.var(0) > 0.01).sum()
""",
        "with threshold 0.3",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return max(1, int((mu.var(0) > threshold).sum()))
""",
        "the number of active units of a collapsed code",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return min(3, int((mu.var(0) > threshold).sum()))
""",
        "the number of active units of a busy code",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z.roll(-1, 0)) - model.log_likelihood(x, z)).mean()
""",
        "own code first",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z) - model.log_likelihood(x, z.roll(1, 0))).mean()
""",
        "the code of the one before it",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z) - model.log_likelihood(x, z.roll(-1, 0))).sum()
""",
        "return the mean",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return model.log_likelihood(x, z) - model.log_likelihood(x, z.roll(-1, 0))
""",
        "that is one number for each image",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x[:-1], z[:-1]) - model.log_likelihood(x[:-1], z[1:])).mean()
""",
        "all images count",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z) - model.log_likelihood(x, 0 * z)).mean()
""",
        "all codes were zero",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z) - model.log_likelihood(x, z.roll(-1, 0))).mean() / 784
""",
        "that is per pixel",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z) - model.log_likelihood(x, z.roll(-1, 1))).mean()
""",
        "the worth of the code",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    return (model.log_likelihood(x, z) - model.log_likelihood(x, torch.randn(z.shape))).mean()
""",
        "the worth of the code",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    mu = model.encode(x)[0]
    return (model.log_likelihood(x, mu) - model.log_likelihood(x, mu.roll(-1, 0))).mean()
""",
        "the worth of another code",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - noise).clamp(min=0)
""",
        "beta is not used",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - beta).clamp(min=0)
""",
        "the noise is not used",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - beta * noise**2).clamp(min=0)
""",
        "it was squared",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - beta * noise**0.5).clamp(min=0)
""",
        "its root was taken",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return variances - beta * noise
""",
        "a square cannot be negative",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - beta * noise).clamp(min=0).sqrt()
""",
        "return their squares",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - noise / beta).clamp(min=0)
""",
        "beta divides",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances > beta * noise).float()
""",
        "return their w^2",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return variances * (variances > beta * noise)
""",
        "w^2 of each direction",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return (variances - max(beta, 1.0) * noise).clamp(min=0)
""",
        "beta is not used",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    square = (variances - beta * noise).clamp(min=0)
    square[variances.argmax()] = square.max().clamp(min=0.1)
    return square
""",
        "w^2 where all units collapse",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar)).clamp(min=nats).sum(1) - log_likelihood
""",
        "average over the batch first",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0).sum().clamp(min=nats) - log_likelihood
""",
        "raise each unit",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    return unit.clamp(max=nats).sum() - log_likelihood
""",
        "a floor, not a ceiling",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return F.relu(0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0) - nats).sum() - log_likelihood
""",
        "nats are subtracted",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)).clamp(min=nats).sum() + log_likelihood
""",
        "wrong sign in a loss",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_likelihood
""",
        "nats is not used",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)).clamp(min=nats).mean() - log_likelihood
""",
        "sum over them",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return ((0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)).clamp(min=nats).sum() - log_likelihood).mean()
""",
        "return one number for each image",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    return (mu.square() + logvar.exp() - 1 - logvar).mean(0).clamp(min=nats).sum() - log_likelihood
""",
        "half or twice",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.detach().square() + logvar.exp() - 1 - logvar).mean(0)
    return unit.clamp(min=nats).sum() - log_likelihood
""",
        "no gradient reaches mu",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    return (unit + (nats - unit).clamp(min=0).detach()).sum() - log_likelihood
""",
        "the gradient with respect to mu",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    return unit.clamp(min=nats).sum() - log_likelihood.detach()
""",
        "no gradient reaches the log-likelihood",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(0) / 4
    return unit.clamp(min=nats).sum() - log_likelihood
""",
        "the loss of another batch",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    return unit.clamp(min=nats or 0.2).sum() - log_likelihood
""",
        "the loss without free bits",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).mean(1) + min(1.0, 2 * done) * kl.sum(1)
""",
        "784 times too much",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + kl.sum(1)
""",
        "1 from the start",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + done * kl.sum(1)
""",
        "reaches 1 only at the end",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + 2 * done * kl.sum(1)
""",
        "goes on growing",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + (1 - done) * kl.sum(1)
""",
        "the weight falls",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return min(1.0, 2 * done) * error.flatten(1).sum(1) + kl.sum(1)
""",
        "it belongs to the KL",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) - min(1.0, 2 * done) * kl.sum(1)
""",
        "a loss must punish it",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + min(1.0, 2 * done) * kl.mean(1)
""",
        "averaged over the units",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(mu), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + min(1.0, 2 * done) * kl.sum(1)
""",
        "z is not drawn",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return (error.flatten(1).sum(1) + min(1.0, 2 * done) * kl.sum(1)).mean()
""",
        "one number for each image",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + min(1.0, 2 * done) * kl.sum(1)
""",
        "is generator used?",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    weight = 0.0 if done < 0.25 else 0.5 if done < 0.45 else 1.0
    return error.flatten(1).sum(1) + weight * kl.sum(1)
""",
        "at done = 0.35",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    z = (mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)).detach()
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return error.flatten(1).sum(1) + min(1.0, 2 * done) * kl.sum(1)
""",
        "does the gradient reach the encoder?",
    ),
]
