"""Wrong answers to the exercises on importance weights: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return torch.logsumexp(log_w, 0)
""",
        "is log k forgotten?",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return log_w.exp().mean(0).log()
""",
        "underflows",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_likelihood - log_prior + Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
""",
        "prior and q are swapped",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    return log_likelihood + log_prior - Normal(mu, torch.exp(logvar)).log_prob(z).sum(-1)
""",
        "used as the log of the standard deviation",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    return 1 / log_w.exp().square().sum(0)
""",
        "normalised first",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = log_w.mean(0)
    return bounds.mean(), bounds.std() / repeats**0.5
""",
        "that is the ELBO, L_1",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    m, logvar = torch.tensor(1.0, requires_grad=True), torch.tensor(-1.0, requires_grad=True)
    optimizer = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in range(steps):
        std = torch.exp(0.5 * logvar)
        z = m + std * torch.randn(k, 100, generator=generator)
        log_w = Normal(z.square(), 0.1**0.5).log_prob(torch.tensor(1.0)) + Normal(0.0, 1.0).log_prob(z)
        loss = -(log_w - Normal(m, std).log_prob(z)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return m.item(), logvar.item()
""",
        "instead of the log of the mean weight",
    ),
]
