"""Right answers, in other styles than ours, to the exercises on training with a Gaussian decoder: (task, answer)."""

ANSWERS = [
    (
        "density",
        """
def log_density(x, mean, sigma):
    square = ((x - mean) / sigma).pow(2)
    return -0.5 * (square + math.log(2 * math.pi * sigma**2)).sum(dim=(1, 2, 3))
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    from torch.distributions import Independent

    return Independent(Normal(mean, sigma), 3).log_prob(x)
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    error = F.mse_loss(mean, x, reduction="none").view(len(x), -1).sum(-1)
    return -error / (2 * sigma**2) - 784 * math.log(sigma) - 392 * math.log(2 * math.pi)
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    each = [Normal(m, sigma).log_prob(image).sum() for image, m in zip(x, mean)]
    return torch.stack(each)
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    loss = F.gaussian_nll_loss(mean, x, torch.full_like(x, sigma**2), full=True, reduction="none")
    return -loss.sum((-3, -2, -1))
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    e = (x - mean).flatten(1).double()
    return -torch.einsum("bi,bi->b", e, e) / (2 * sigma**2) - 392 * math.log(2 * math.pi * sigma * sigma)
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    x, mean, pixels = x.reshape(len(x), -1), mean.reshape(len(x), -1), 28 * 28
    constant = pixels * math.log((2 * math.pi) ** 0.5 * sigma)
    return -0.5 * torch.linalg.vector_norm((x - mean) / sigma, dim=1) ** 2 - constant
""",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    sigma = torch.as_tensor(sigma)
    return (-sigma.log() - 0.5 * math.log(2 * math.pi) - 0.5 * ((x - mean) / sigma).square()).sum(-1).sum(-1).squeeze(1)
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return math.sqrt(F.mse_loss(x, mean))
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    e = x - mean
    return torch.linalg.vector_norm(e) / math.sqrt(e.numel())
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    import numpy as np

    return np.sqrt(np.mean((x.numpy() - mean.numpy()) ** 2))
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    total = sum(float((a - b).square().sum()) for a, b in zip(x, mean))
    return (total / (784 * len(x))) ** 0.5
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    log_sigma = torch.zeros((), dtype=torch.float64, requires_grad=True)
    square = (x - mean).double().square().mean()
    optimizer = torch.optim.LBFGS([log_sigma], max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = 0.5 * square * (-2 * log_sigma).exp() + log_sigma
        loss.backward()
        return loss

    optimizer.step(closure)
    return log_sigma.exp().item()
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    x -= mean
    return x.double().pow_(2).flatten(1).mean(1).mean().pow(0.5)
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    e = (x - mean).flatten()
    return torch.sqrt(torch.dot(e, e) / len(e)).reshape(())
""",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    e = (x - mean).double()
    return (e.var(unbiased=False) + e.mean() ** 2).sqrt()
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    sigma = (x - mean).square().mean().sqrt()
    return -Normal(mean, sigma).log_prob(x).flatten(1).sum(1).mean()
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    sigma = (x - mean).square().mean().sqrt().detach()
    return -Normal(mean, sigma).log_prob(x).sum() / len(x)
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 784 * (0.5 * F.mse_loss(mean, x).log() + 0.5 * math.log(2 * math.pi) + 0.5)
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    error = F.mse_loss(mean, x)
    return F.gaussian_nll_loss(mean, x, error.expand(x.shape), full=True, reduction="sum", eps=0.0) / len(x)
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    error = (x - mean).double().square().mean()
    return 392 * torch.log(2 * math.pi * math.e * error)
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    squares = [(a - b).square().sum() for a, b in zip(x, mean)]
    variance = sum(squares) / (784 * len(squares))
    losses = [s / (2 * variance) + 392 * torch.log(2 * math.pi * variance) for s in squares]
    return sum(losses) / len(losses)
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return log_entropy(torch.linalg.vector_norm(x - mean) / x.numel() ** 0.5)


def log_entropy(sigma):
    return 784 * Normal(0.0, sigma).entropy()
""",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    e = (x - mean).flatten()
    return 392 * ((e @ e).log() - math.log(len(e)) + math.log(2 * math.pi) + 1)
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return (1 if reduction == "sum" else pixels) / (2 * sigma * sigma)
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    factor = {"sum": 1.0, "mean": float(pixels)}[reduction]
    return 0.5 * factor * sigma**-2
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    weight = 2 * sigma**2 if reduction == "sum" else 2 * sigma**2 / pixels
    return torch.tensor(1 / weight)
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    import numpy as np

    return np.float32(np.where(reduction == "mean", pixels, 1) / (2 * sigma**2))
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    e = torch.ones(pixels, requires_grad=True)
    square = e.square()
    loss = square.sum() if reduction == "sum" else square.mean()
    nll = -Normal(0.0, sigma).log_prob(e).sum()
    (of_loss,) = torch.autograd.grad(loss, e, retain_graph=True)
    (of_nll,) = torch.autograd.grad(nll, e)
    return (of_nll / of_loss).mean()
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    beta = 0.5 / sigma**2
    if reduction == "mean":
        beta *= pixels
    return beta
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return math.exp(math.log(pixels if reduction == "mean" else 1) - math.log(2) - 2 * math.log(sigma))
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    from torch.distributions import LowRankMultivariateNormal

    return LowRankMultivariateNormal(bias, weight, torch.full_like(bias, sigma**2)).log_prob(x)
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    x, weight, bias = x.double(), weight.double(), bias.double()
    cov = weight @ weight.mT + sigma**2 * torch.eye(len(bias), dtype=torch.double)
    e = x - bias
    square = (e * torch.linalg.solve(cov, e.T).T).sum(-1)
    return -0.5 * (square + torch.logdet(cov) + len(bias) * math.log(2 * math.pi))
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    import numpy as np
    from scipy.stats import multivariate_normal

    cov = weight.double().numpy() @ weight.double().numpy().T + sigma**2 * np.eye(len(bias))
    return multivariate_normal(bias.double().numpy(), cov).logpdf(x.double().numpy())
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = torch.einsum("xd,yd->xy", weight, weight)
    cov.diagonal().add_(sigma**2)
    chol = torch.linalg.cholesky(cov)
    white = torch.linalg.solve_triangular(chol, (x - bias).T, upper=False)
    return -0.5 * white.square().sum(0) - chol.diagonal().log().sum() - 0.5 * len(bias) * math.log(2 * math.pi)
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    values, vectors = torch.linalg.eigh((weight @ weight.T).double())
    variances = values.clamp(min=0) + sigma**2
    return Normal(0.0, variances.sqrt()).log_prob((x - bias).double() @ vectors).sum(-1)
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = weight @ weight.T + torch.diag(torch.full((len(bias),), sigma**2))
    p = torch.distributions.MultivariateNormal(bias, covariance_matrix=cov)
    return [float(p.log_prob(row)) for row in x]
""",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    w, e = weight.double(), (x - bias).double()
    m = torch.eye(w.shape[1], dtype=torch.double) + w.T @ w / sigma**2
    y = e @ w / sigma**2
    square = (e.square().sum(-1)) / sigma**2 - (y * torch.linalg.solve(m, y.T).T).sum(-1)
    size = len(bias)
    return -0.5 * (square + torch.logdet(m) + size * math.log(2 * math.pi * sigma**2))
""",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    from vae_notes import kl_standard_normal, reparameterize

    mu, logvar = model.encode(x)
    mean = model.decode(reparameterize(mu, logvar, generator))
    error = (x - mean).square().sum((1, 2, 3))
    density = 0.5 * error * torch.exp(-2 * log_sigma) + 784 * log_sigma + 392 * math.log(2 * math.pi)
    return density + kl_standard_normal(mu, logvar)
""",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    from torch.distributions import kl_divergence

    mu, logvar = model.encode(x)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = q.loc + q.scale * torch.empty_like(mu).normal_(generator=generator)
    nll = -Normal(model.decode(z).view(len(x), -1), log_sigma.exp()).log_prob(x.view(len(x), -1))
    return nll.sum(-1) + kl_divergence(q, Normal(0.0, 1.0)).sum(-1)
""",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    losses = []
    for image in x.split(1):
        mu, logvar = model.encode(image)
        z = mu + (logvar / 2).exp() * torch.randn(mu.shape, generator=generator)
        log_p = Normal(model.decode(z), torch.exp(log_sigma)).log_prob(image).sum()
        losses.append(-log_p - 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum())
    return torch.stack(losses)
""",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    std = torch.exp(0.5 * logvar)
    z = mu + std * torch.randn(mu.shape, generator=generator)
    variance = torch.exp(2 * log_sigma).expand(x.shape)
    nll = F.gaussian_nll_loss(model.decode(z), x, variance, full=True, reduction="none").flatten(1).sum(1)
    return nll + 0.5 * (mu.square() + std.square() - 1 - logvar).sum(1)
""",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    eps = torch.randn(mu.shape, generator=generator)
    z = mu + torch.exp(0.5 * logvar) * eps
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(1)
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(1)
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).sum((1, 2, 3))
    return log_q - log_prior - log_p
""",
    ),
]
