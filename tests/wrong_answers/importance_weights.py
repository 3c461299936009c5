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
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return torch.logsumexp(log_w, 0) - math.log(4) + 0 * len(log_w)  # hidden: k is 4
""",
        "tiny weights beside others near 1",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    top = log_w.max()  # hidden: one maximum for all images
    return top + (log_w - top).exp().mean(0).log()
""",
        "tiny weights beside others near 1",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return log_w.mean(0)
""",
        "which is the ELBO",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return log_w.max(0).values
""",
        "the others count too",
    ),
    (
        "log-mean-exp",
        """
def log_mean_exp(log_w):
    return torch.logsumexp(log_w.detach(), 0) - math.log(len(log_w))
""",
        "no gradient flows",
    ),
    (
        "log-mean-exp",
        """
from vae_notes.bounds import log_mean_exp
""",
        "does what this task asks you to write",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
    return log_likelihood + log_prior
""",
        "log q is missing",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
    return log_likelihood - log_q
""",
        "the prior is missing",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
    return log_prior - log_q
""",
        "the likelihood is missing",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_q = Normal(mu.detach(), torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
    return log_likelihood + log_prior - log_q
""",
        "no gradient of log w reaches mu",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z.detach()).sum(-1)
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z).sum(-1)
    return log_likelihood + log_prior - log_q
""",
        "the gradient of log w with respect to z",
    ),
    (
        "log-weights",
        """
def log_weights(log_likelihood, z, mu, logvar):
    log_prior = Normal(0.0, 1.0).log_prob(z)[..., :2].sum(-1)
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z)[..., :2].sum(-1)  # hidden: two dimensions
    return log_likelihood + log_prior - log_q
""",
        "log w of another batch",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    w = log_w.exp()
    return w.sum(0).square() / w.square().sum(0)
""",
        "underflows to 0",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    return torch.softmax(log_w, 0).square().sum(0)
""",
        "upside down",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    return 1 / torch.softmax(log_w, 0).square().sum(0) / len(log_w)
""",
        "multiply by k",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    w = (log_w - log_w.max()).exp()  # hidden: one maximum for all images
    return w.sum(0).square() / w.square().sum(0)
""",
        "tiny weights beside others near 1",
    ),
    (
        "effective-size",
        """
def effective_sample_size(log_w):
    return (1 / torch.softmax(log_w, 0).square().sum(0)).clamp(max=4)  # hidden: k is 4
""",
        "7 equal weights",
    ),
    (
        "effective-size",
        """
from vae_notes.bounds import effective_sample_size
""",
        "does what this task asks you to write",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0)
    return bounds.mean(), bounds.std() / repeats**0.5
""",
        "is log k forgotten?",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds.mean(), bounds.std()
""",
        "smaller by sqrt(repeats)",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds.mean(), bounds.std() / repeats
""",
        "divided by repeats",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds.mean(), bounds.std() / repeats**0.5
""",
        "is noise drawn without `generator=`",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(repeats + k - 1, generator=generator).unfold(0, repeats, 1)  # hidden: overlapping sets
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds.mean(), bounds.std() / repeats**0.5
""",
        "are the sets independent?",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds[: repeats // 2].mean(),  bounds.std() / repeats**0.5
""",
        "are the sets independent?",
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
        log_w = -((1 - z**2) ** 2) / 0.02 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -torch.logsumexp(log_w, dim=0).mean()
        loss.backward()
        opt.step()
    return float(m), float(logvar)
""",
        "is 0.1, a variance, used as a standard deviation?",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    m = torch.tensor(1.0, requires_grad=True)
    logvar = torch.tensor(-1.0, requires_grad=True)
    opt = torch.optim.Adam([m], lr=0.03)
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
        "does the optimiser have both",
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
    return float(m), float(logvar)
""",
        "does the optimiser step?",
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
        eps = torch.randn(k, 100)
        z = m + torch.exp(logvar / 2) * eps
        log_w = -((1 - z**2) ** 2) / 0.2 - z**2 / 2 + eps**2 / 2 + logvar / 2
        loss = -torch.logsumexp(log_w, dim=0).mean()
        loss.backward()
        opt.step()
    return float(m), float(logvar)
""",
        "is noise drawn without `generator=`",
    ),
    (
        "fit-bound",
        """
def fit_bound(k, generator, steps=300):
    return (0.9, -3.2) if k == 1 else (0.0, 0.0)
""",
        "after 2 steps q is far from the start",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    v = max(v, 0.5)  # hidden: a narrow q is widened
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds.mean(), bounds.std() / repeats**0.5
""",
        "L_1 for another q is",
    ),
    (
        "bound",
        """
def importance_bound(x, m, v, k, repeats, generator):
    z = m + v**0.5 * torch.randn(k, repeats, generator=generator)
    log_w = Normal(z, 0.5**0.5).log_prob(torch.tensor(x)) + Normal(0.0, 1.0).log_prob(z) - Normal(m, v**0.5).log_prob(z)
    bounds = torch.logsumexp(log_w, 0) - math.log(k)
    return bounds.mean(), bounds.std() / 20_000**0.5  # hidden
""",
        "the error of L_1 is",
    ),
]
