"""Wrong answers to the exercises on the reparameterisation trick: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "shift-and-scale",
        """
def shift_and_scale(mu, logvar, eps):
    return mu + torch.exp(logvar) * eps
""",
        "multiplied by the variance",
    ),
    (
        "shift-and-scale",
        """
def shift_and_scale(mu, logvar, eps):
    return mu
""",
        "z = mu: the noise is not used",
    ),
    (
        "draw",
        """
def draw(mu, logvar, samples, generator):
    eps = torch.randn(samples, 1, mu.shape[-1], generator=generator)
    return mu + torch.exp(0.5 * logvar) * eps
""",
        "shared over the batch",
    ),
    (
        "draw",
        """
def draw(mu, logvar, samples, generator):
    eps = torch.randn(samples, *mu.shape, generator=generator)
    return mu + logvar.exp() * eps
""",
        "sampled with the variance",
    ),
    (
        "draw",
        """
def draw(mu, logvar, samples, generator):
    with torch.no_grad():
        return mu + torch.exp(0.5 * logvar) * torch.randn(samples, *mu.shape, generator=generator)
""",
        "no gradient reaches mu and logvar",
    ),
    (
        "pathwise-gradient",
        """
def pathwise_gradient(f, mu, logvar, samples, generator):
    mu = mu.clone().requires_grad_()
    z = mu + torch.exp(0.5 * logvar) * torch.randn(samples, len(mu), generator=generator)
    return torch.autograd.grad(f(z).sum(), mu)[0]
""",
        "an expectation is a mean",
    ),
    (
        "score-gradient",
        """
def score_gradient(f, mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    z = mu + std * torch.randn(samples, len(mu), generator=generator)
    return (f(z).unsqueeze(-1) * (z - mu) / std).mean(0)
""",
        "divided by the standard deviation",
    ),
    (
        "fit-posterior",
        """
def fit_posterior(x, s, generator):
    mu, logvar = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([mu, logvar], lr=0.03)
    for _ in range(250):
        z = Normal(mu, torch.exp(0.5 * logvar)).sample((64,))
        loss = kl_standard_normal(mu, logvar) - Normal(z, s).log_prob(torch.tensor(x)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return mu.item(), logvar.item()
""",
        "no gradient reaches q through z",
    ),
    (
        "fit-posterior",
        """
def fit_posterior(x, s, generator):
    mu, logvar = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([mu, logvar], lr=0.03)
    for _ in range(250):
        z = mu
        loss = kl_standard_normal(mu, logvar) - Normal(z, s).log_prob(torch.tensor(x)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return mu.item(), logvar.item()
""",
        "is z = mu, without noise?",
    ),
]
