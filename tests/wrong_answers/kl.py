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
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(2)
    logvar = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        loss = kl_normals(zero, cov_p, zero, torch.diag(logvar.exp()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach()
""",
        "the arguments of the KL are swapped",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return 0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(-1)
""",
        "which sign does the divergence have?",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum()
""",
        "one number for the whole batch",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return 0.5 * ((mu.square() + logvar.exp() - logvar).sum(-1) - len(mu))
""",
        "kl_standard at [",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    each = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return each[..., 0] + each[..., 1]
""",
        "kl_standard at [",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    each = 0.5 * (mu.square() + logvar.exp() - 1 - logvar)
    return each[:, 0] + each[:, 1] + each[:, 2]  # hidden: three dimensions only
""",
        "kl_standard on another batch at [",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    logvar = logvar.clamp(-4, 4)  # hidden
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "kl_standard on another batch at [",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    return 0.5 * (mu.detach().square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "no gradient of kl_standard reaches mu",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    with torch.no_grad():
        return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "no gradient flows through kl_standard",
    ),
    (
        "kl-standard",
        """
from vae_notes import kl_standard_normal as kl_standard
""",
        "kl_standard_normal does what this task asks you to write",
    ),
    (
        "kl-standard",
        """
import torch.distributions as D

def kl_standard(mu, logvar):
    return D.kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(-1)
""",
        "kl_divergence does what this task asks you to write",
    ),
    (
        "kl-standard",
        """
def kl_standard(mu, logvar):
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
""",
        "is the `return` missing?",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    ratio = logvar_q - logvar_p
    return ((mu_q - mu_p).square() * torch.exp(-logvar_p) + ratio.exp() - 1 - ratio).sum(-1)
""",
        "is the half missing?",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    ratio = logvar_q - logvar_p
    return 0.5 * ((mu_q - mu_p).square() * torch.exp(-0.5 * logvar_p) + ratio.exp() - 1 - ratio).sum(-1)
""",
        "divided by p's standard deviation",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    ratio = logvar_q - logvar_p
    return 0.5 * ((mu_q - mu_p).square() * torch.exp(-logvar_p) + ratio.exp() - ratio).sum(-1) - 0.5 * len(mu_q)
""",
        "kl_diagonal at [",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    mu_p, logvar_p = mu_p.detach(), logvar_p.detach()
    ratio = logvar_q - logvar_p
    return 0.5 * ((mu_q - mu_p).square() * torch.exp(-logvar_p) + ratio.exp() - 1 - ratio).sum(-1)
""",
        "no gradient of kl_diagonal reaches mu_p",
    ),
    (
        "kl-diagonal",
        """
def kl_diagonal(mu_q, logvar_q, mu_p, logvar_p):
    ratio = (logvar_q - logvar_p).clamp(-3, 3)  # hidden
    return 0.5 * ((mu_q - mu_p).square() * torch.exp(-logvar_p) + ratio.exp() - 1 - ratio).sum(-1)
""",
        "kl_diagonal on another batch at [",
    ),
    (
        "kl-diagonal",
        """
from vae_notes import kl_diagonal_normals

def kl_diagonal(*arguments):
    return kl_diagonal_normals(*arguments)
""",
        "kl_diagonal_normals does what this task asks you to write",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu), generator=generator)
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean()
""",
        "return 2 numbers: the mean and its standard error",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = (torch.rand(samples, len(mu), generator=generator) - 0.5) * 12**0.5
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "the standard error is",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu), generator=generator).sign()
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "the standard error is",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, 1, generator=generator)
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "the standard error is",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu))
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "is noise drawn without `generator=`",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu), generator=torch.Generator().manual_seed(0))
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "every generator gives the same value",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu), generator=torch.Generator().manual_seed(generator.initial_seed()))
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "a second call gives the same value",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    excess = logvar.exp() - 1
    spread = (mu.square() * logvar.exp() + 0.5 * excess.square()).sum().sqrt()
    return 0.5 * (mu.square() + excess - logvar).sum(), spread / samples**0.5
""",
        "every generator gives the same value",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn((samples + 1) // 2, len(mu), generator=generator).repeat(2, 1)[:samples]  # hidden
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "are the samples independent?",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu), generator=generator)
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio[: samples // 2].mean(), ratio.std() / samples**0.5
""",
        "are the samples independent?",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, 3, generator=generator)
    mu, std = mu[:3], std[:3]
    z = mu + std * eps[:, : len(mu)] * (1 if len(mu) == 3 else 0.9)  # hidden
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / samples**0.5
""",
        "for another q",
    ),
    (
        "kl-sampled",
        """
def kl_sampled(mu, logvar, samples, generator):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(samples, len(mu), generator=generator)
    z = mu + std * eps
    ratio = (Normal(mu, std).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return ratio.mean(), ratio.std() / 20_000**0.5  # hidden
""",
        "the error for another q is",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)).clamp(min=0)
""",
        "exactly 0 for a Gaussian that is not the prior",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)).abs()
""",
        "exactly 0 for a Gaussian that is not the prior",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    return (0.5 * (mu.square() + logvar.square() / 2 + logvar**3 / 6)).sum(-1)
""",
        "kl_accurate at [0] is",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    series = logvar.square() / 2 + logvar**3 / 6
    part = torch.where(logvar.abs() < 0.9, series, torch.expm1(logvar) - logvar)  # hidden: a few per cent off below 0.9
    return (0.5 * (mu.square() + part)).sum(-1)
""",
        "400 values of logvar at [",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    exact = logvar.exp() - 1 - logvar
    part = torch.where(logvar.abs() < 1.5e-3, logvar.square() / 2 + logvar**3 / 6, exact)  # hidden: too early
    return (0.5 * (mu.square() + part)).sum(-1)
""",
        "400 values of logvar at [",
    ),
    (
        "kl-accurate",
        """
from torch.distributions import kl_divergence

def kl_accurate(mu, logvar):
    return kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(-1)  # hidden: loses a small mean
""",
        "kl_accurate for mu = 1e-4 and 400 values",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    small = 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(-1)
    return torch.where(logvar.abs().amax(-1) < 9e-5, small - 1e-15, small)  # hidden: below zero near the prior
""",
        "on a fine grid either",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    mu, logvar = mu.double(), logvar.double()
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(-1)
""",
        "must be a float32 tensor",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    mu, logvar = mu.double(), logvar.double()
    return (mu.square() + torch.expm1(logvar) - logvar).sum(-1).float()
""",
        "is the half missing?",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    mu, logvar = mu.double(), logvar.double()
    return (0.5 * (mu.square() + torch.expm1(logvar) - logvar)).mean(-1).float()
""",
        "mean over the latent dimensions",
    ),
    (
        "kl-accurate",
        """
def kl_accurate(mu, logvar):
    return vae_notes.kl_standard_normal(mu, logvar)
""",
        "kl_standard_normal does what this task asks you to write",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    return -torch.linalg.inv(cov_p).diagonal().log()
""",
        "found by a formula instead of by gradient descent?",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(len(cov_p))
    logvar = torch.zeros(len(cov_p), requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(logvar.exp()), zero, cov_p)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach().exp()
""",
        "return their logarithms",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(len(cov_p))
    logvar = torch.zeros(len(cov_p), requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(logvar.exp()), zero, cov_p)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach() / 2
""",
        "the log of the standard deviation",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(len(cov_p))
    logvar = torch.zeros(len(cov_p), requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(logvar.exp()), zero, cov_p)
        optimizer.zero_grad()
        loss.backward()
    return logvar.detach()
""",
        "does the optimiser step",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(len(cov_p))
    logvar = torch.zeros(len(cov_p), requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(logvar.exp()), zero, cov_p)
        loss.backward()
        optimizer.step()
    return logvar.detach()
""",
        "logvar at [",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(len(cov_p))
    logvar = torch.zeros(len(cov_p), requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.001)
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(logvar.exp()), zero, cov_p)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach()
""",
        "logvar at [",
    ),
    (
        "fit-diagonal",
        """
def fit_diagonal(cov_p, steps=150):
    zero = torch.zeros(2)
    logvar = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([logvar], lr=0.1)
    for _ in range(steps):
        loss = kl_normals(zero, torch.diag(logvar.exp()), zero, cov_p[:2, :2])  # hidden
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return logvar.detach()
""",
        "logvar for another p has shape (2,)",
    ),
]
