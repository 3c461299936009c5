"""Wrong answers to the exercises on deriving the ELBO: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    return Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
""",
        "that is log p(x|z)",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    return Normal(0.0, 1.0).log_prob(z).sum(-1)
""",
        "that is log p(z)",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p - Normal(0.0, 1.0).log_prob(z).sum(-1)
""",
        "log p(z) is subtracted",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p - 0.5 * z.square().sum(-1)
""",
        "of the prior are missing",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    log_p = Normal(z @ weight.T + bias, variance).log_prob(x).sum(-1)
    return log_p + Normal(0.0, 1.0).log_prob(z).sum(-1)
""",
        "as a standard deviation",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    log_p = Normal(z @ weight.T, variance**0.5).log_prob(x).sum(-1)
    return log_p + Normal(0.0, 1.0).log_prob(z).sum(-1)
""",
        "the bias is not used",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return (log_p + Normal(0.0, 1.0).log_prob(z).sum(-1)).mean(0)
""",
        "the mean over the samples",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    size = min(len(bias), z.shape[-1])
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p + Normal(0.0, 1.0).log_prob(z[..., :size]).sum(-1)
""",
        "with more latent dimensions",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    return MultivariateNormal(bias, weight @ weight.T + variance**2 * torch.eye(len(bias))).log_prob(x)
""",
        "variance was squared",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    return MultivariateNormal(torch.zeros(len(bias)), weight @ weight.T + variance * torch.eye(len(bias))).log_prob(x)
""",
        "the bias is not used",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    return Normal(bias, variance**0.5).log_prob(x).sum(-1)
""",
        "the spread of z is missing",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    return Normal(bias, (weight.square().sum(1) + variance).sqrt()).log_prob(x).sum(-1)
""",
        "the pixels are correlated",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    return MultivariateNormal(bias, weight @ weight.T + variance * torch.eye(len(bias))).log_prob(x).sum()
""",
        "one for each example",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    from vae_notes import LinearGaussian

    return LinearGaussian(weight, bias, variance).log_prob(x)
""",
        "write it yourself",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    weight = weight[:, : len(bias)]
    return MultivariateNormal(bias, weight @ weight.T + variance * torch.eye(len(bias))).log_prob(x)
""",
        "more latent dimensions than pixels",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return torch.logsumexp(log_w, 0) - math.log(len(log_w)), log_w.mean(0)
""",
        "the two results are swapped",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return log_w.mean(0), torch.logsumexp(log_w, 0)
""",
        "log S is forgotten",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return log_w.mean(0), torch.logsumexp(log_w, 0) + math.log(len(log_w))
""",
        "log S is added",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return log_w.sum(0), torch.logsumexp(log_w, 0) - math.log(len(log_w))
""",
        "sum of the logarithms",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return log_w.mean(1), torch.logsumexp(log_w, 1) - math.log(log_w.shape[1])
""",
        "over the batch",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return log_w.mean(0), log_w.exp().mean(0).log()
""",
        "is -inf",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    shift = log_w.mean().clamp(max=0)
    return log_w.mean(0), shift + (log_w - shift).exp().mean(0).log()
""",
        "weights near e^1000",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    return log_w.mean(0), log_w.max(0).values
""",
        "that is the logarithm of the largest weight",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    from vae_notes.bounds import log_mean_exp

    return log_w.mean(0), log_mean_exp(log_w)
""",
        "write it yourself",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    at_mu = Normal(mu @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return at_mu - 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "taken at z = mu",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    at_mu = Normal(mu @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    spread = (logvar.exp() * weight.square().sum(0)).sum(-1)
    return at_mu + 0.5 * spread / variance - 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "larger, not smaller",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    at_mu = Normal(mu @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    spread = (logvar.exp() * weight.square().sum(0)).sum(-1)
    return at_mu - spread / variance - 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "the half before the spread",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    at_mu = Normal(mu @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return at_mu - 0.5 * (logvar.exp() * weight.square().sum(0)).sum(-1) / variance
""",
        "the KL is missing",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    return MultivariateNormal(bias, weight @ weight.T + variance * torch.eye(len(bias))).log_prob(x)
""",
        "log p(x), not the bound",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    from vae_notes import LinearGaussian

    return LinearGaussian(weight, bias, variance).elbo(x, mu, torch.diag_embed(logvar.exp()))
""",
        "write it yourself",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    z = mu + torch.exp(0.5 * logvar) * torch.randn(1000, *mu.shape)
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1).mean(0)
    return log_p - 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "the ELBO at",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    from torch.distributions import kl_divergence

    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(MultivariateNormal(mean, cov), q)
""",
        "p and q are swapped",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    precision, away = torch.linalg.inv(cov), mu - mean
    trace, square = (logvar.exp() * precision.diagonal()).sum(-1), (away @ precision * away).sum(-1)
    return trace + square - mu.shape[-1] + torch.logdet(cov) - logvar.sum(-1)
""",
        "is the half missing?",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    from torch.distributions import kl_divergence

    p = Normal(mean, cov.diagonal().sqrt())
    return kl_divergence(Normal(mu, (0.5 * logvar).exp()), p).sum(-1)
""",
        "use all of cov",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    precision, away = torch.linalg.inv(cov), mu - mean
    trace, square = (logvar.exp() * precision.diagonal()).sum(-1), (away @ precision * away).sum(-1)
    return 0.5 * (trace + square + torch.logdet(cov) - logvar.sum(-1))
""",
        "the dimension D",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    precision, away = torch.linalg.inv(cov), mu - mean
    trace, square = (logvar.exp() * precision.diagonal()).sum(-1), (away @ precision * away).sum(-1)
    return 0.5 * (trace + square - len(mu) + torch.logdet(cov) - logvar.sum(-1))
""",
        "the gap",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    precision, away = torch.linalg.inv(cov), mu - mean
    trace, square = (logvar.exp() * precision.diagonal()).sum(-1), (away @ precision * away).sum(-1)
    return 0.5 * (trace + square - 3 + torch.logdet(cov) - logvar.sum(-1))
""",
        "the gap of another model",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    precision = torch.linalg.inv(cov)
    trace = (logvar.exp() * precision.diagonal()).sum(-1)
    return 0.5 * (trace - mu.shape[-1] + torch.logdet(cov) - logvar.sum(-1))
""",
        "the means are not used",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    from vae_notes import kl_normals

    return kl_normals(mu, torch.diag_embed(logvar.exp()), mean, cov)
""",
        "write it yourself",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + torch.exp(0.5 * logvar) * eps
    return Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1) + Normal(0.0, 1.0).log_prob(z).sum(-1)
""",
        "log q(z) is missing",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + torch.exp(0.5 * logvar) * eps
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p - 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "belong to the draw",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + logvar.exp() * eps
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p + (Normal(0.0, 1.0).log_prob(z) - Normal(mu, torch.exp(0.5 * logvar)).log_prob(z)).sum(-1)
""",
        "drawn with the variance",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    sigma = torch.exp(0.5 * logvar)
    z = (mu + sigma * eps).detach()
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p + (Normal(0.0, 1.0).log_prob(z) - Normal(mu, sigma).log_prob(z)).sum(-1)
""",
        "the gradient with respect to mu",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    with torch.no_grad():
        z = mu + torch.exp(0.5 * logvar) * eps
        log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
        return log_p + 0.5 * (eps.square() + logvar - z.square()).sum(-1)
""",
        "is it detached?",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    logvar = logvar.detach()
    z = mu + torch.exp(0.5 * logvar) * eps
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p + 0.5 * (eps.square() + logvar - z.square()).sum(-1)
""",
        "no gradient reaches logvar",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + torch.exp(0.5 * logvar) * eps
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return (log_p + 0.5 * (eps.square() + logvar - z.square()).sum(-1)).mean(0)
""",
        "the mean over the draws",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + torch.exp(0.5 * logvar) * eps
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return -log_p - 0.5 * (eps.square() + logvar - z.square()).sum(-1)
""",
        "minus the estimate",
    ),
]
