"""Wrong answers to the exercises on the KL divergence: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return -(1 + logvar - mu.pow(2) - logvar.exp()).sum(-1)
""",
        "is the half missing?",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).mean(-1)
""",
        "mean over the latent dimensions",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, log_std):
    return 0.5 * (mu.square() + (2 * log_std).exp() - 1 - 2 * log_std).sum(-1)
""",
        "used as the log of the standard deviation",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    ratio = logvar_p - logvar_q
    return 0.5 * ((mu_q - mu_p).square() * torch.exp(-logvar_q) + ratio.exp() - 1 - ratio).sum(-1)
""",
        "p and q are swapped",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    z = mu + logvar.exp() * torch.randn(samples, len(mu), generator=generator)
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "drawn with the variance",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    z = mu + std * torch.randn(samples, len(mu), generator=generator)
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std()
""",
        "smaller by sqrt(samples)",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    return -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(-1)
""",
        "cancelled in float32",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p):
    zero = torch.zeros(2)
    logvar = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(150):
        loss = kl_normals(zero, cov_p, zero, torch.diag(logvar.exp()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach()
""",
        "the arguments of the KL are swapped",
    ),
]
