"""Right answers, in other styles than ours, to the exercises on importance weights: (task, answer)."""

ANSWERS = [
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    k = log_w.shape[0]
    return log_w.logsumexp(dim=0) - torch.log(torch.tensor(float(k)))
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    top = log_w.max(dim=0, keepdim=True).values
    return (top + (log_w - top).exp().mean(0, keepdim=True).log()).squeeze(0)
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return torch.stack([torch.logsumexp(column, 0) - math.log(column.numel()) for column in log_w.T])
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    total = log_w[0]
    for row in log_w[1:]:
        total = torch.logaddexp(total, row)
    return total - math.log(len(log_w))
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    log_w = log_w.double()
    return torch.logsumexp(log_w - math.log(log_w.size(0)), 0)
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    best = log_w.detach().amax(0)
    log_w -= best
    return best + torch.log(torch.einsum("kb->b", torch.exp(log_w)) / len(log_w))
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return -F.log_softmax(log_w, 0)[0] + log_w[0] - math.log(len(log_w))

import torch.nn.functional as F
""",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return torch.logcumsumexp(log_w, dim=0)[-1] - math.log(log_w.shape[0])
""",
    ),
    (
        "log-weights",
        """
from torch.distributions import Independent

def log_weights(log_likelihood, z, mu, logvar):
    prior = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    q = Independent(Normal(mu, torch.exp(logvar / 2)), 1)
    return log_likelihood + prior.log_prob(z) - q.log_prob(z)
""",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    return log_likelihood + 0.5 * ((z - mu) ** 2 / logvar.exp() + logvar - z**2).sum(-1)
""",
    ),
    (
        "log-weights",
        """
from torch.distributions import MultivariateNormal

def log_weights(log_likelihood, z, mu, logvar):
    D = z.shape[-1]
    log_q = MultivariateNormal(mu, torch.diag_embed(logvar.exp())).log_prob(z)
    return log_likelihood + MultivariateNormal(torch.zeros(D), torch.eye(D)).log_prob(z) - log_q
""",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    out = []
    for i in range(len(z)):
        log_p = Normal(0, 1).log_prob(z[i]).sum(1)
        out.append(log_likelihood[i] + log_p - Normal(mu, logvar.exp().sqrt()).log_prob(z[i]).sum(1))
    return torch.stack(out)
""",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    eps = (z - mu) * torch.exp(-0.5 * logvar)
    return log_likelihood + (torch.einsum("kbd,kbd->kb", eps, eps) - torch.einsum("kbd,kbd->kb", z, z)
                             + logvar.sum(-1)) / 2
""",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    z, mu, logvar = z.double(), mu.double(), logvar.double()
    total = log_likelihood.double()
    for d in range(z.size(2)):
        total = total + Normal(0.0, 1.0).log_prob(z[..., d])
        total = total - Normal(mu[:, d], (0.5 * logvar[:, d]).exp()).log_prob(z[..., d])
    return total
""",
    ),
    (
        "log-weights",
        """
def gaussian(x, mean, logvar):
    return -0.5 * ((x - mean).square() * torch.exp(-logvar) + logvar + math.log(2 * math.pi))

def log_weights(log_likelihood, z, mu, logvar):
    return log_likelihood + gaussian(z, 0, torch.zeros_like(z)).sum(-1) - gaussian(z, mu, logvar).sum(-1)
""",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_likelihood += (Normal(0.0, 1.0).log_prob(z) - Normal(mu, torch.exp(0.5 * logvar)).log_prob(z)).sum(-1)
    return log_likelihood
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    return 1 / torch.softmax(log_w, 0).square().sum(0)
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    w = torch.exp(log_w - log_w.max(0).values)
    return w.sum(0) ** 2 / (w**2).sum(0)
""",
    ),
    (
        "effective-size",
        """
import numpy as np

def effective_sample_size(log_w):
    a = log_w.numpy().astype(float)
    w = np.exp(a - a.max(axis=0))
    return w.sum(0) ** 2 / (w * w).sum(0)
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    out = []
    for column in log_w.T:
        p = [math.exp(v - max(column.tolist())) for v in column.tolist()]
        out.append(sum(p) ** 2 / sum(q * q for q in p))
    return out
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    log_w -= torch.logsumexp(log_w, 0)
    return torch.exp(-torch.logsumexp(2 * log_w, 0))
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    p = log_w.double().softmax(dim=0)
    return torch.einsum("kb,kb->b", p, p).reciprocal()
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    return torch.stack([1 / torch.dot(p, p) for p in torch.softmax(log_w, dim=0).unbind(1)])
""",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    k = len(log_w)
    p = log_w.softmax(0)
    return k / (1 + (k * p - 1).square().mean(0))
""",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    q = Normal(torch.tensor(m), torch.tensor(v).sqrt())
    z = q.mean + q.stddev * torch.randn(repeats, k, generator=generator)
    log_w = Normal(z, math.sqrt(0.5)).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - q.log_prob(z)
    each = log_w.logsumexp(1) - math.log(k)
    return each.mean().item(), (each.var() / repeats).sqrt().item()
""",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    eps = torch.randn(k, repeats, generator=generator, dtype=torch.float64)
    z = m + math.sqrt(v) * eps
    log_w = -((x - z) ** 2) - 0.5 * math.log(math.pi) - 0.5 * z**2 + 0.5 * eps**2 + 0.5 * math.log(v)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return torch.stack((bounds.mean(), bounds.std() / math.sqrt(repeats)))
""",
    ),
    (
        "bound",
        """
import numpy as np

def importance_bound(x, m, v, k, repeats, generator):
    eps = torch.randn(k, repeats, generator=generator).numpy().astype(np.float64)
    z = m + np.sqrt(v) * eps
    log_w = -((x - z) ** 2) - np.log(np.pi) / 2 - z**2 / 2 + eps**2 / 2 + np.log(v) / 2
    bounds = np.log(np.exp(log_w).mean(axis=0))
    return bounds.mean(), bounds.std(ddof=1) / np.sqrt(repeats)
""",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, 1, 1, generator=generator)
    log_likelihood = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)).squeeze(-1)
    log_w = log_weights(log_likelihood, z, torch.full((1, 1), m), torch.full((1, 1), math.log(v)))
    bounds = log_mean_exp(log_w).flatten()
    return [bounds.mean(), bounds.std() / repeats**0.5]
""",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    total = None
    for _ in range(k):
        eps = torch.randn(repeats, generator=generator)
        z = m + v**0.5 * eps
        log_w = -((x - z) ** 2) - 0.5 * math.log(math.pi) - 0.5 * z**2 + 0.5 * (eps**2 + math.log(v))
        total = log_w if total is None else torch.logaddexp(total, log_w)
    bounds = total - math.log(k)
    return float(bounds.mean()), float(bounds.std(correction=0)) / repeats**0.5
""",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    m = torch.tensor(1.0, requires_grad=True)
    logvar = torch.tensor(-1.0, requires_grad=True)
    opt = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in range(steps):
        opt.zero_grad()
        eps = torch.randn(k, 100, generator=generator)
        z = m + torch.exp(logvar / 2) * eps
        log_w = -((1 - z**2) ** 2) / 0.2 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -torch.logsumexp(log_w, dim=0).mean()
        loss.backward()
        opt.step()
    return float(m), float(logvar)
""",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    m = torch.tensor(1.0, requires_grad=True)
    logvar = torch.tensor(-1.0, requires_grad=True)
    opt = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in range(steps):
        opt.zero_grad()
        eps = torch.randn(k, 100, generator=generator)
        z = m + torch.exp(logvar / 2) * eps
        log_w = -((1 - z**2) ** 2) / 0.2 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -torch.logsumexp(log_w, dim=0).mean()
        loss.backward()
        opt.step()
    return m, logvar
""",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    m = torch.nn.Parameter(torch.ones(1))
    logvar = torch.nn.Parameter(-torch.ones(1))
    opt = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in range(steps):
        opt.zero_grad()
        eps = torch.randn(k, 100, generator=generator)
        z = m + torch.exp(logvar / 2) * eps
        log_w = -((1 - z**2) ** 2) / 0.2 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -torch.logsumexp(log_w, dim=0).mean()
        loss.backward()
        opt.step()
    return [m.detach().numpy(), logvar.detach().numpy()]
""",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    m = torch.tensor(1.0, requires_grad=True)
    logvar = torch.tensor(-1.0, requires_grad=True)
    opt = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in range(steps):
        opt.zero_grad()
        eps = torch.randn(k, 100, generator=generator)
        z = m + torch.exp(logvar / 2) * eps
        log_w = -((1 - z**2) ** 2) / 0.2 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -log_mean_exp(log_w).mean()
        loss.backward()
        opt.step()
    return float(m), float(logvar)
""",
    ),
    (
        "fit-bound",
        """
from tqdm import tqdm

def fit_bound(k, generator, steps=300):
    m = torch.tensor(1.0, requires_grad=True)
    logvar = torch.tensor(-1.0, requires_grad=True)
    opt = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in tqdm(range(steps)):
        opt.zero_grad()
        eps = torch.randn(k, 100, generator=generator)
        z = m + torch.exp(logvar / 2) * eps
        log_w = -((1 - z**2) ** 2) / 0.2 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -torch.logsumexp(log_w, dim=0).mean()
        loss.backward()
        opt.step()
    return torch.stack([m, logvar])
""",
    ),
]
