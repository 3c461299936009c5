"""Right answers, in other styles than ours, to the exercises on the KL divergence: (task, answer)."""

ANSWERS = [
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu**2 - torch.exp(logvar), dim=1)
""",
    ),
    (
        "kl-standard",
        """
def kl_divergence(mean, var):
    return (mean * mean + var - var.log() - 1) / 2

def kl_standard(mu, logvar):
    return kl_divergence(mu, logvar.exp()).sum(dim=-1)
""",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    rows = []
    for m, l in zip(mu, logvar):
        total = 0.0
        for d in range(len(m)):
            total = total + 0.5 * (m[d] ** 2 + torch.exp(l[d]) - 1 - l[d])
        rows.append(total)
    return torch.stack(rows)
""",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    square = torch.einsum("bd,bd->b", mu, mu)
    return 0.5 * (square + torch.einsum("bd->b", torch.expm1(logvar) - logvar))
""",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    q, p = Normal(mu, torch.exp(logvar / 2)), Normal(torch.zeros_like(mu), torch.ones_like(mu))
    cross = -p.log_prob(mu) + 0.5 * q.variance
    return (cross - q.entropy()).sum(-1)
""",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    mu, logvar = mu.double(), logvar.double()
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar)).sum(1)
""",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    total = mu**2
    total += torch.exp(logvar)
    total -= 1
    logvar *= -1
    total += logvar
    return total.sum(-1) / 2
""",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    cov = torch.diag_embed(logvar.exp())
    trace = cov.diagonal(dim1=-2, dim2=-1).sum(-1)
    return 0.5 * (trace + (mu.unsqueeze(1) @ mu.unsqueeze(2)).squeeze() - mu.shape[1] - torch.logdet(cov))
""",
    ),
    (
        "kl-standard",
        """
import logging

def kl_standard(mu, logvar):
    logging.warning("the shape is %s", mu.shape)
    one = lambda m, l: 0.5 * (m @ m + l.exp().sum() - l.sum() - m.numel())
    return torch.vmap(one)(mu, logvar)
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    var_q, var_p = logvar_q.exp(), logvar_p.exp()
    return 0.5 * torch.sum(logvar_p - logvar_q + (var_q + (mu_q - mu_p) ** 2) / var_p - 1, dim=1)
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    s_q, s_p = torch.exp(0.5 * logvar_q), torch.exp(0.5 * logvar_p)
    each = torch.log(s_p / s_q) + (s_q**2 + (mu_q - mu_p) ** 2) / (2 * s_p**2) - 0.5
    return each.sum(-1)
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    shift = (mu_q - mu_p) * torch.exp(-0.5 * logvar_p)  # in units of p
    logvar = logvar_q - logvar_p
    return kl_standard(shift, logvar)
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    q, p = Normal(mu_q, logvar_q.exp().sqrt()), Normal(mu_p, logvar_p.exp().sqrt())
    cross = -p.log_prob(mu_q) + 0.5 * q.variance / p.variance
    return (cross - q.entropy()).sum(dim=-1)
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    out = []
    for a, b, c, d in zip(mu_q, logvar_q, mu_p, logvar_p):
        out.append(sum(0.5 * ((a[i] - c[i]) ** 2 / d[i].exp() + (b[i] - d[i]).exp() - 1 - b[i] + d[i])
                       for i in range(a.shape[0])))
    return torch.stack(out)
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    precision = torch.exp(-logvar_p)
    square = torch.einsum("bd,bd,bd->b", mu_q - mu_p, mu_q - mu_p, precision)
    trace = torch.einsum("bd,bd->b", logvar_q.exp(), precision)
    return 0.5 * (square + trace - mu_q.size(-1) + (logvar_p - logvar_q).sum(-1))
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = (t.to(torch.float64) for t in (mu_q, logvar_q, mu_p, logvar_p))
    ratio = torch.exp(logvar_q - logvar_p)
    return ((ratio - ratio.log() - 1) / 2 + (mu_q - mu_p).pow(2) / (2 * logvar_p.exp())).sum(-1)
""",
    ),
    (
        "kl-diagonal",
        """
import warnings

def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    warnings.warn("computed with matrices")
    cov_q, cov_p = torch.diag_embed(logvar_q.exp()), torch.diag_embed(logvar_p.exp())
    inverse, difference = torch.linalg.inv(cov_p), (mu_q - mu_p).unsqueeze(-1)
    trace = (inverse @ cov_q).diagonal(dim1=1, dim2=2).sum(1)
    return 0.5 * (trace + (difference.mT @ inverse @ difference)[:, 0, 0] - mu_q.shape[1]
                  + torch.logdet(cov_p) - torch.logdet(cov_q))
""",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    logvar_q -= logvar_p
    mu_q -= mu_p
    mu_q = mu_q / torch.exp(logvar_p / 2)
    return (mu_q.pow(2) + torch.expm1(logvar_q) - logvar_q).div(2).sum(1)
""",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    eps = torch.randn((samples, mu.numel()), generator=generator)
    z = mu + torch.exp(logvar / 2) * eps
    log_q = -0.5 * (eps**2 + logvar).sum(1)
    log_p = -0.5 * (z**2).sum(1)
    diff = log_q - log_p
    return diff.mean().item(), (diff.var() / samples).sqrt().item()
""",
    ),
    (
        "kl-sampled",
        """
from torch.distributions import Independent

def kl_sampled(mu, logvar, samples, generator):
    q = Independent(Normal(mu, (logvar / 2).exp()), 1)
    p = Independent(Normal(torch.zeros(len(mu)), torch.ones(len(mu))), 1)
    z = q.mean + q.stddev * torch.randn(samples, len(mu), generator=generator)
    diff = q.log_prob(z) - p.log_prob(z)
    return [diff.mean(), diff.std(correction=0) / samples**0.5]
""",
    ),
    (
        "kl-sampled",
        """
import numpy as np

def kl_sampled(mu, logvar, samples, generator):
    m, l = mu.numpy(), logvar.numpy()
    z = m + np.exp(l / 2) * torch.randn(samples, len(m), generator=generator).numpy()
    log_ratio = (-0.5 * ((z - m) ** 2 / np.exp(l) + l) + 0.5 * z**2).sum(axis=1)
    return np.mean(log_ratio), np.std(log_ratio, ddof=1) / np.sqrt(samples)
""",
    ),
    (
        "kl-sampled",
        """
from torch.distributions import MultivariateNormal

def kl_sampled(mu, logvar, samples, generator):
    q = MultivariateNormal(mu, torch.diag(logvar.exp()))
    p = MultivariateNormal(torch.zeros_like(mu), torch.eye(len(mu)))
    z = mu + torch.randn(samples, len(mu), generator=generator) @ q.scale_tril.T
    values = q.log_prob(z) - p.log_prob(z)
    return torch.stack([values.mean(), values.std() / samples**0.5])
""",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    mu, logvar = mu.double(), logvar.double()
    eps = torch.randn(samples, mu.shape[0], generator=generator, dtype=torch.float64)
    z = mu + logvar.exp().sqrt() * eps
    ratio = 0.5 * (z.square() - eps.square() - logvar).sum(-1)
    mean = ratio.sum() / samples
    return mean, torch.sqrt(((ratio - mean) ** 2).sum() / (samples - 1)) / torch.sqrt(torch.tensor(float(samples)))
""",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    noise = torch.randn(len(mu), samples, generator=generator)
    std = torch.exp(0.5 * logvar)
    ratio = torch.zeros(samples)
    for d in range(len(mu)):
        z = mu[d] + std[d] * noise[d]
        ratio += Normal(mu[d], std[d]).log_prob(z) - Normal(0.0, 1.0).log_prob(z)
    return float(ratio.mean()), float(ratio.std()) / samples**0.5
""",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    mu.requires_grad_()
    std = torch.exp(0.5 * logvar)
    z = mu + std * torch.randn(samples, len(mu), generator=generator)
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return float(ratio.mean()), float(ratio.std() / samples**0.5)
""",
    ),
    (
        "kl-sampled",
        """
from collections import namedtuple

Estimate = namedtuple("Estimate", "mean standard_error")

def kl_sampled(mu, logvar, samples, generator):
    halves = []
    for n in (samples // 2, samples - samples // 2):
        z = mu + torch.exp(0.5 * logvar) * torch.randn(n, len(mu), generator=generator)
        log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
        halves.append(log_q - Normal(0.0, 1.0).log_prob(z).sum(-1))
    ratio = torch.cat(halves)
    return Estimate(ratio.mean(), ratio.std() / samples**0.5)
""",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    m, l = mu.to(torch.float64), logvar.to(torch.float64)
    return (-0.5 * (1 + l - m**2 - l.exp()).sum(dim=1)).clamp(min=0).to(torch.float32)
""",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    return 0.5 * (mu.square() + (torch.expm1(logvar) - logvar)).sum(-1)
""",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    series = logvar**2 / 2 + logvar**3 / 6 + logvar**4 / 24
    part = torch.where(logvar.abs() < 0.05, series, logvar.exp() - 1 - logvar)
    return (0.5 * (mu**2 + part)).sum(-1)
""",
    ),
    (
        "kl-accurate",
        """
import numpy as np

def kl_accurate(mu, logvar):
    m, l = mu.numpy().astype(np.float64), logvar.numpy().astype(np.float64)
    return torch.from_numpy((0.5 * (m**2 + np.exp(l) - 1 - l).sum(-1)).astype(np.float32)).clamp(min=0)
""",
    ),
    (
        "kl-accurate",
        """
import math

def kl_accurate(mu, logvar):
    rows = []
    for m, l in zip(mu.tolist(), logvar.tolist()):
        rows.append(sum(0.5 * (a * a + (math.expm1(b) - b)) for a, b in zip(m, l)))
    return torch.tensor(rows)
""",
    ),
    (
        "kl-accurate",
        """
from torch.distributions import kl_divergence

def kl_accurate(mu, logvar):
    q = Normal(mu.double(), torch.exp(0.5 * logvar.double()))
    each = kl_divergence(q, Normal(torch.zeros_like(q.loc), torch.ones_like(q.loc)))
    return each.sum(-1).clamp_min(0).float()
""",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    half = logvar / 2  # e^l - 1 = 2 e^(l / 2) sinh(l / 2), here for large l; a series for small l
    large = 2 * torch.exp(half) * torch.sinh(half) - logvar
    small = logvar.square() * (1 + logvar / 3 * (1 + logvar / 4 * (1 + logvar / 5))) / 2
    out = 0.5 * (mu.square() + torch.where(logvar.abs() < 0.3, small, large))
    return torch.sum(out, dim=1)
""",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    result = torch.zeros(mu.shape, dtype=torch.float64)
    tiny = logvar.abs() < 1e-2
    l = logvar.double()
    result[tiny] = l[tiny] ** 2 / 2 + l[tiny] ** 3 / 6
    result[~tiny] = torch.exp(l[~tiny]) - 1 - l[~tiny]
    return (0.5 * (result + mu.double() ** 2)).sum(1).float()
""",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    precision = torch.linalg.inv(cov_p).diagonal()
    logvar = torch.zeros(cov_p.shape[0], requires_grad=True)
    opt = torch.optim.Adam([logvar], lr=1e-1)
    for step in range(steps):
        opt.zero_grad()
        loss = 0.5 * (precision * logvar.exp() - logvar).sum()
        loss.backward()
        opt.step()
    return logvar
""",
    ),
    (
        "fit-diagonal",
        """
from torch.distributions import MultivariateNormal, kl_divergence

def fit_diagonal(cov_p, steps=150):
    p = MultivariateNormal(torch.zeros(len(cov_p)), cov_p)
    logvar = torch.nn.Parameter(torch.zeros(len(cov_p)))
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        q = MultivariateNormal(torch.zeros(len(cov_p)), scale_tril=torch.diag(torch.exp(logvar / 2)))
        optimizer.zero_grad()
        kl_divergence(q, p).backward()
        optimizer.step()
    return logvar.detach().numpy()
""",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    # Adam by hand, with the gradient by hand
    diagonal = torch.linalg.inv(cov_p.double()).diagonal()
    logvar, m, v = (torch.zeros(len(cov_p), dtype=torch.float64) for _ in range(3))
    for t in range(1, steps + 1):
        g = 0.5 * (diagonal * logvar.exp() - 1)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        logvar = logvar - 0.1 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
    return logvar
""",
    ),
    (
        "fit-diagonal",
        """
class Q(torch.nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.logvar = torch.nn.Parameter(torch.zeros(dim))

    def forward(self, cov_p):
        zero = torch.zeros(cov_p.size(0))
        return kl_normals(zero, self.logvar.exp().diag(), zero, cov_p)

def fit_diagonal(cov_p, steps=150):
    model = Q(cov_p.size(0))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model(cov_p).backward()
        optimizer.step()
    return model.logvar.data
""",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    entries = [torch.zeros((), requires_grad=True) for _ in range(len(cov_p))]
    optimizer = torch.optim.Adam(entries, lr=0.1)
    zero = cov_p.new_zeros(len(cov_p))
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(torch.stack(entries).exp()), zero, cov_p)
        for entry, g in zip(entries, torch.autograd.grad(loss, entries)):
            entry.grad = g
        optimizer.step()
    return [entry.item() for entry in entries]
""",
    ),
    (
        "fit-diagonal",
        """
from tqdm import tqdm

def fit_diagonal(cov_p, steps=150):
    n = cov_p.shape[0]
    logvar = torch.zeros(n, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    inverse = torch.linalg.inv(cov_p.double())
    for _ in tqdm(range(steps)):
        var = torch.diag(torch.exp(logvar))
        loss = 0.5 * (torch.trace(inverse @ var) - n + torch.logdet(cov_p.double()) - torch.logdet(var))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach()
""",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    loss = lambda l: kl_normals(torch.zeros(len(l)), torch.diag(l.exp()), torch.zeros(len(l)), cov_p)
    gradient = torch.func.grad(loss)
    logvar = torch.zeros(len(cov_p))
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        logvar.grad = gradient(logvar)
        optimizer.step()
    return tuple(logvar)
""",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    logvar = torch.zeros(len(cov_p), requires_grad=True)
    optimizer = torch.optim.Adam(params=[logvar], lr=0.1)
    centre, losses = torch.zeros(len(cov_p)), []
    while len(losses) < steps:
        def closure():
            optimizer.zero_grad()
            loss = kl_normals(centre, torch.diag_embed(torch.exp(logvar)), centre, cov_p)
            loss.backward()
            return loss
        losses.append(optimizer.step(closure).item())
    return logvar.clone()
""",
    ),
]
