"""Right answers, in other styles than ours, to the exercises on deriving the ELBO: (task, answer)."""

ANSWERS = [
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    square = (x - torch.einsum("xd,sbd->sbx", weight, z) - bias).square().sum(-1)
    log_p = -0.5 * (square / variance + len(bias) * math.log(2 * math.pi * variance))
    return log_p - 0.5 * (z.square().sum(-1) + z.shape[-1] * math.log(2 * math.pi))
""",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    mean = z @ weight.mT + bias
    p = MultivariateNormal(mean, variance * torch.eye(len(bias)))
    prior = MultivariateNormal(torch.zeros(z.shape[-1]), torch.eye(z.shape[-1]))
    return p.log_prob(x) + prior.log_prob(z)
""",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    rows = []
    for draw in z:
        values = []
        for example, code in zip(x, draw):
            mean = weight @ code + bias
            log_p = Normal(mean, math.sqrt(variance)).log_prob(example).sum()
            values.append(log_p + Normal(0.0, 1.0).log_prob(code).sum())
        rows.append(torch.stack(values))
    return torch.stack(rows)
""",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    import numpy as np
    from scipy.stats import norm

    mean = z.double().numpy() @ weight.double().numpy().T + bias.double().numpy()
    log_p = norm.logpdf(x.double().numpy(), mean, np.sqrt(variance)).sum(-1)
    return log_p + norm.logpdf(z.double().numpy()).sum(-1)
""",
    ),
    (
        "joint",
        """
def log_joint(x, z, weight, bias, variance):
    both = torch.cat([(x - torch.nn.functional.linear(z, weight, bias)) / variance**0.5, z], -1)
    constant = both.shape[-1] * math.log(2 * math.pi) + len(bias) * math.log(variance)
    return -0.5 * (torch.linalg.vector_norm(both, dim=-1) ** 2 + constant)
""",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    from torch.distributions import LowRankMultivariateNormal

    return LowRankMultivariateNormal(bias, weight, torch.full_like(bias, variance)).log_prob(x)
""",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    w, e = weight.double(), (x - bias).double()
    cov = w @ w.T + variance * torch.eye(len(bias), dtype=torch.float64)
    square = torch.einsum("bx,xy,by->b", e, torch.linalg.inv(cov), e)
    return -0.5 * (square + torch.logdet(cov) + len(bias) * math.log(2 * math.pi))
""",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    values, vectors = torch.linalg.eigh((weight @ weight.T).double())
    spread = (values.clamp(min=0) + variance).sqrt()
    return Normal(0.0, spread).log_prob((x - bias).double() @ vectors).sum(-1)
""",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    from scipy.stats import multivariate_normal

    w = weight.double().numpy()
    p = multivariate_normal(bias.double().numpy(), w @ w.T + variance * torch.eye(len(w)).double().numpy())
    return [p.logpdf(row) for row in x.double().numpy()]
""",
    ),
    (
        "evidence",
        """
def log_evidence(x, weight, bias, variance):
    size, latents = weight.shape
    precision = torch.eye(latents) + weight.T @ weight / variance
    mean = torch.linalg.solve(precision, weight.T @ (x - bias).T / variance).T
    log_p = Normal(mean @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    log_prior = Normal(0.0, 1.0).log_prob(mean).sum(-1)
    log_posterior = 0.5 * torch.logdet(precision) - 0.5 * latents * math.log(2 * math.pi)
    return log_p + log_prior - log_posterior
""",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    top = log_w.max(0).values
    return log_w.mean(0), top + torch.log(torch.exp(log_w - top).mean(0))
""",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    from scipy.special import logsumexp

    w = log_w.double().numpy()
    return w.mean(0), logsumexp(w, axis=0) - math.log(len(w))
""",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    uniform = -math.log(log_w.shape[0])
    return [log_w.sum(0) / log_w.shape[0], (log_w + uniform).logsumexp(dim=0)]
""",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    means, logs = [], []
    for column in log_w.T:
        means.append(column.mean())
        logs.append(torch.logsumexp(column, 0) - math.log(len(column)))
    return torch.stack(means), torch.stack(logs)
""",
    ),
    (
        "jensen",
        """
def jensen(log_w):
    total = log_w[0]
    for row in log_w[1:]:
        total = torch.logaddexp(total, row)
    return torch.einsum("sb->b", log_w) / len(log_w), total - math.log(len(log_w))
""",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    e = x - torch.einsum("xd,bd->bx", weight, mu) - bias
    square = e.square().sum(-1) + torch.einsum("xd,bd->b", weight.square(), logvar.exp())
    log_p = -0.5 * (square / variance + len(bias) * math.log(2 * math.pi * variance))
    return log_p + 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(-1)
""",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    from torch.distributions import kl_divergence

    kl = kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(-1)
    cov = weight @ torch.diag_embed(logvar.exp()) @ weight.T
    log_p = Normal(mu @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p - cov.diagonal(dim1=-2, dim2=-1).sum(-1) / (2 * variance) - kl
""",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    values = []
    for row, m, v in zip(x.double(), mu.double(), logvar.double()):
        square = (row - weight.double() @ m - bias.double()).square().sum()
        square = square + sum(v[d].exp() * weight[:, d].double() @ weight[:, d].double() for d in range(len(v)))
        log_p = -0.5 * square / variance - 0.5 * len(bias) * math.log(2 * math.pi * variance)
        values.append(log_p - 0.5 * (m.square() + v.exp() - 1 - v).sum())
    return torch.stack(values)
""",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    from vae_notes import kl_standard_normal

    log_p = Normal(mu @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p - 0.5 * logvar.exp() @ (weight**2).sum(0) / variance - kl_standard_normal(mu, logvar)
""",
    ),
    (
        "bound",
        """
def exact_elbo(x, mu, logvar, weight, bias, variance):
    import numpy as np

    x, mu, v, w, b = (t.double().numpy() for t in (x, mu, logvar, weight, bias))
    square = ((x - mu @ w.T - b) ** 2).sum(1) + np.exp(v) @ (w**2).sum(0)
    kl = 0.5 * (mu**2 + np.exp(v) - 1 - v).sum(1)
    return -0.5 * square / variance - 0.5 * len(b) * np.log(2 * np.pi * variance) - kl
""",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    from torch.distributions import kl_divergence

    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(q, MultivariateNormal(mean, cov))
""",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    p = torch.linalg.inv(cov.double())
    away = (mu - mean).double()
    value = torch.einsum("bd,de,be->b", away, p, away) + logvar.double().exp() @ p.diagonal()
    return 0.5 * (value - len(cov) + torch.logdet(cov.double()) - logvar.double().sum(1))
""",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    values = []
    for m, v, c in zip(mu, logvar, mean):
        first = torch.trace(torch.linalg.solve(cov, torch.diag(v.exp())))
        second = (m - c) @ torch.linalg.solve(cov, m - c)
        values.append(0.5 * (first + second - len(m) + cov.det().log() - v.sum()))
    return torch.stack(values)
""",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    chol = torch.linalg.cholesky(cov)
    white = torch.linalg.solve_triangular(chol, (mu - mean).T, upper=False).square().sum(0)
    scaled = torch.linalg.solve_triangular(chol, torch.diag_embed((0.5 * logvar).exp()), upper=False)
    return 0.5 * (scaled.square().sum((-2, -1)) + white - len(cov) - logvar.sum(-1)) + chol.diagonal().log().sum()
""",
    ),
    (
        "gap",
        """
def gap(mu, logvar, mean, cov):
    import numpy as np

    m, v, c, s = (t.double().numpy() for t in (mu, logvar, mean, cov))
    p, e = np.linalg.inv(s), m - c
    return 0.5 * (np.exp(v) @ np.diag(p) + (e @ p * e).sum(1) - len(s) + np.linalg.slogdet(s)[1] - v.sum(1))
""",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + torch.exp(0.5 * logvar) * eps
    log_p = Normal(z @ weight.T + bias, variance**0.5).log_prob(x).sum(-1)
    return log_p + 0.5 * (eps.square() + logvar - z.square()).sum(-1)
""",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    z = q.loc + (0.5 * logvar).exp() * eps
    prior = MultivariateNormal(torch.zeros(mu.shape[-1]), torch.eye(mu.shape[-1]))
    p = MultivariateNormal(z @ weight.mT + bias, variance * torch.eye(len(bias)))
    return p.log_prob(x) + prior.log_prob(z) - q.log_prob(z)
""",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    rows = []
    for noise in eps:
        z = torch.addcmul(mu, (logvar / 2).exp(), noise)
        log_p = Normal(z @ weight.T + bias, math.sqrt(variance)).log_prob(x).sum(1)
        log_q = Normal(mu, (logvar / 2).exp()).log_prob(z).sum(1)
        rows.append(log_p + Normal(0.0, 1.0).log_prob(z).sum(1) - log_q)
    return torch.stack(rows)
""",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    x, mu, logvar, eps, weight, bias = (t.double() for t in (x, mu, logvar, eps, weight, bias))
    z = mu + torch.exp(0.5 * logvar) * eps
    square = (x - z @ weight.T - bias).square().sum(-1)
    log_p = -0.5 * square / variance - 0.5 * len(bias) * math.log(2 * math.pi * variance)
    log_q = -0.5 * ((z - mu).square() / logvar.exp() + logvar).sum(-1)
    return log_p - 0.5 * z.square().sum(-1) - log_q
""",
    ),
    (
        "draw",
        """
def elbo_draws(x, mu, logvar, eps, weight, bias, variance):
    z = mu + logvar.mul(0.5).exp() * eps
    return log_joint(x, z, weight, bias, variance) - Normal(mu, logvar.mul(0.5).exp()).log_prob(z).sum(-1)
""",
    ),
]
