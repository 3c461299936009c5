"""Right answers, in other styles than ours, to the exercises on the evidence lower bound: (task, answer)."""

ANSWERS = [
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return torch.distributions.Bernoulli(logits=logits).log_prob(x).sum(dim=1)
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(-1)
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return torch.einsum("bx,bx->b", x, logits) - F.softplus(logits).sum(-1)
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return torch.stack([-F.binary_cross_entropy_with_logits(l, p, reduction="sum") for p, l in zip(x, logits)])
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return torch.sum(-F.softplus((1 - 2 * x.double()) * logits.double()), dim=1)
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    both = torch.stack((torch.zeros_like(logits), logits), dim=-1).log_softmax(-1)
    return both.gather(-1, x.long().unsqueeze(-1)).squeeze(-1).sum(-1)
""",
    ),
    (
        "bernoulli",
        """
from torch.distributions import Independent

def bernoulli_log_likelihood(x, logits):
    return Independent(Bernoulli(logits=logits), 1).log_prob(x)
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    loss = torch.nn.BCEWithLogitsLoss(reduction="none")
    total = torch.zeros(len(x))
    for i in range(x.shape[1]):
        total = total - loss(logits[:, i], x[:, i])
    return total
""",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    logits[x == 0] *= -1  # in place, on what was handed in
    return -torch.logaddexp(torch.zeros_like(logits), -logits).sum(1)
""",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    std = torch.exp(0.5 * torch.as_tensor(logvar))
    return Normal(mean, std).log_prob(x).sum(-1)
""",
    ),
    (
        "gaussian",
        """
import numpy as np

def gaussian_log_likelihood(x, mean, logvar):
    var = np.exp(logvar) if isinstance(logvar, float) else logvar.exp()
    return (-((x - mean) ** 2) / (2 * var) - logvar / 2 - 0.5 * np.log(2 * np.pi)).sum(dim=1)
""",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    X, logvar = x.shape[1], torch.as_tensor(logvar)
    square = torch.einsum("bx,bx->b", x - mean, x - mean)
    return -0.5 * square * torch.exp(-logvar) - 0.5 * X * (logvar + math.log(2 * math.pi))
""",
    ),
    (
        "gaussian",
        """
from torch.distributions import MultivariateNormal

def gaussian_log_likelihood(x, mean, logvar):
    cov = torch.as_tensor(logvar).exp() * torch.eye(x.shape[-1])
    return MultivariateNormal(mean, cov).log_prob(x)
""",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    var = torch.full_like(x, 1.0) * torch.exp(torch.as_tensor(logvar))
    return -F.gaussian_nll_loss(mean, x, var, full=True, reduction="none").sum(-1)
""",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    logvar = torch.as_tensor(logvar, dtype=torch.float64)
    rows = [sum(-0.5 * ((a - b) ** 2 / logvar.exp() + logvar + math.log(2 * math.pi)) for a, b in zip(r, m))
            for r, m in zip(x, mean)]
    return torch.stack(rows)
""",
    ),
    (
        "gaussian",
        """
from torch.distributions import Independent

def gaussian_log_likelihood(x, mean, logvar):
    scale = torch.exp(torch.tensor(logvar) / 2) if not torch.is_tensor(logvar) else torch.exp(logvar / 2)
    return Independent(Normal(mean, scale.expand(x.shape)), 1).log_prob(x)
""",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    mean -= x
    e = math.e ** (-logvar)
    return -(mean.pow(2) * e).sum(-1) / 2 - mean.shape[-1] * (logvar + math.log(2 * math.pi)) / 2
""",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return -(log_likelihood - beta * kl_standard_normal(mu, logvar))
""",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)
    return -log_likelihood + beta * kl
""",
    ),
    (
        "loss",
        """
from torch.distributions import kl_divergence

def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    q = Normal(mu, torch.exp(logvar / 2))
    return kl_divergence(q, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(-1) * beta - log_likelihood
""",
    ),
    (
        "loss",
        """
def kl_divergence(mu, logvar):
    return 0.5 * (torch.einsum("bd,bd->b", mu, mu) + (logvar.exp() - 1 - logvar).sum(-1))

def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return beta * kl_divergence(mu, logvar) - log_likelihood
""",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return torch.stack([beta * kl_standard_normal(m, v) - l for l, m, v in zip(log_likelihood, mu, logvar)])
""",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    beta = torch.tensor(beta, dtype=torch.float64)
    return torch.sub(beta * kl_standard_normal(mu.double(), logvar.double()), log_likelihood.double())
""",
    ),
    (
        "loss",
        """
from torch.distributions import MultivariateNormal, kl

def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    D = mu.shape[-1]
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return beta * kl.kl_divergence(q, MultivariateNormal(torch.zeros(D), torch.eye(D))) - log_likelihood
""",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    log_likelihood *= -1
    log_likelihood += kl_standard_normal(mu, logvar) * beta
    return log_likelihood
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    return (pixels if over_pixels == "mean" else 1) / (latents if over_latents == "mean" else 1)
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    weight = {"sum": lambda n: 1.0, "mean": lambda n: 1.0 / n}
    return weight[over_latents](latents) / weight[over_pixels](pixels)
""",
    ),
    (
        "hidden-beta",
        """
from fractions import Fraction

def hidden_beta(over_pixels, over_latents, pixels, latents):
    beta = Fraction(1)
    if over_pixels == "mean":
        beta *= pixels
    if over_latents == "mean":
        beta /= latents
    return beta
""",
    ),
    (
        "hidden-beta",
        """
import numpy as np

def hidden_beta(over_pixels, over_latents, pixels, latents):
    table = np.array([[1, 1 / latents], [pixels, pixels / latents]], dtype=np.float32)
    return table[int(over_pixels == "mean"), int(over_latents == "mean")]
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    reconstruction, kl = torch.ones(pixels), torch.ones(latents)
    return (getattr(kl, over_latents)() / latents) / (getattr(reconstruction, over_pixels)() / pixels)
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    match over_pixels, over_latents:
        case "sum", "sum":
            return 1
        case "mean", "sum":
            return pixels
        case "sum", "mean":
            return 1 / latents
        case _:
            return pixels / latents
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    return math.exp((over_pixels == "mean") * math.log(pixels) - (over_latents == "mean") * math.log(latents))
""",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    return torch.tensor(float(pixels if "mean" in over_pixels else 1)) / (latents ** (over_latents != "sum"))
""",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    # log p(x) minus the divergence from the posterior, both in closed form
    m, w = x / (1 + s**2), s**2 / (1 + s**2)
    log_p = -0.5 * (x**2 / (1 + s**2) + math.log(2 * math.pi * (1 + s**2)))
    return log_p - 0.5 * (v / w + (mu - m) ** 2 / w - 1 - math.log(v / w))
""",
    ),
    (
        "exact-elbo",
        """
from torch.distributions import kl_divergence

def exact_elbo(x, s, mu, v):
    rec = Normal(mu, s).log_prob(torch.tensor(x)) - v / (2 * s**2)
    return rec - kl_divergence(Normal(mu, v**0.5), Normal(0.0, 1.0))
""",
    ),
    (
        "exact-elbo",
        """
import numpy as np

def exact_elbo(x, s, mu, v):
    e = (x - mu) ** 2 + v
    return -e / (2 * s**2) - np.log(s) - 0.5 * np.log(2 * np.pi) - 0.5 * (mu**2 + v - 1 - np.log(v))
""",
    ),
    (
        "exact-elbo",
        """
import numpy as np

def exact_elbo(x, s, mu, v):
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    z = mu + np.sqrt(v) * nodes
    f = -0.5 * ((x - z) ** 2 / s**2 + np.log(2 * np.pi * s**2)) - 0.5 * z**2 + 0.5 * (nodes**2 + np.log(v))
    return np.array([(weights * f).sum() / np.sqrt(2 * np.pi)])[0]
""",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    entropy = Normal(mu, math.sqrt(v)).entropy()
    log_prior = -0.5 * (mu**2 + v + math.log(2 * math.pi))
    log_like = -0.5 * (((x - mu) ** 2 + v) / s**2 + math.log(2 * math.pi) + 2 * math.log(s))
    return (log_like + log_prior + entropy).item()
""",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    sd = v**0.5
    z = torch.linspace(mu - 10 * sd, mu + 10 * sd, 4001, dtype=torch.float64)
    q = torch.exp(-((z - mu) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
    f = Normal(z, s).log_prob(torch.tensor(x).double()) - 0.5 * z**2 + (z - mu) ** 2 / (2 * v) + 0.5 * math.log(v)
    return (q * f).sum() * (z[1] - z[0])
""",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    kl = kl_standard_normal(torch.tensor([mu]), torch.tensor([v]).log())
    return gaussian_log_likelihood(torch.tensor([[x]]), torch.tensor([[mu]]), 2 * math.log(s))[0] - v / 2 / s**2 - kl
""",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    x, s, mu, v = (torch.tensor(a, dtype=torch.float64) for a in (x, s, mu, v))
    reconstruction = -0.5 * ((x**2 - 2 * x * mu + mu**2 + v) / s**2 + torch.log(2 * torch.pi * s**2))
    return reconstruction - (mu**2 + v - 1 - v.log()) / 2
""",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    eps = torch.randn(*mu.shape, generator=generator)
    z = eps * logvar.mul(0.5).exp() + mu
    rec = F.binary_cross_entropy_with_logits(model.decode_logits(z).flatten(1), x.flatten(1), reduction="none").sum(1)
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1)
    return rec + kl
""",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(logvar / 2) * torch.randn(mu.size(), generator=generator)
    log_p = Bernoulli(logits=model.decode_logits(z), validate_args=False).log_prob(x).sum(dim=(1, 2, 3))
    return negative_elbo(log_p, mu, logvar)
""",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    losses = []
    for image in x:
        mu, logvar = model.encode(image.unsqueeze(0))
        z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
        bce = F.binary_cross_entropy_with_logits(model.decode_logits(z)[0], image, reduction="sum")
        losses.append(bce + kl_standard_normal(mu, logvar)[0])
    return torch.stack(losses)
""",
    ),
    (
        "train",
        """
from torch.distributions import kl_divergence

def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = q.mean + q.stddev * torch.randn(q.mean.shape, generator=generator)
    logits = model.decode_logits(z)
    log_p = (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum((1, 2, 3))
    return kl_divergence(q, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(-1) - log_p
""",
    ),
    (
        "train",
        """
from vae_notes import reparameterize

def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = reparameterize(mu, logvar, generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return torch.einsum("bchw->b", bce) + kl_standard_normal(mu, logvar)
""",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    x_hat, mu, logvar = model(x, generator)
    bce = F.binary_cross_entropy(x_hat, x, reduction="none").flatten(1).sum(1)
    return bce + kl_standard_normal(mu, logvar)
""",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    # the KL from the same draw, as log q(z) - log p(z), would be noisier: take the formula, in float64
    mu, logvar = (t.double() for t in model.encode(x))
    noise = torch.randn(mu.shape, generator=generator, dtype=torch.float64)
    logits = model.decode_logits((mu + torch.exp(0.5 * logvar) * noise).float()).double().view(len(x), -1)
    pixels = x.double().view(len(x), -1)
    rec = F.softplus(logits).sum(-1) - torch.einsum("bx,bx->b", pixels, logits)
    return rec + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)
""",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = torch.empty_like(mu).normal_(generator=generator)
    z = z.mul(torch.exp(logvar / 2)).add(mu)
    criterion = torch.nn.BCEWithLogitsLoss(reduction="none")
    return criterion(model.decode_logits(z), x).sum([1, 2, 3]) + kl_standard_normal(mu, logvar)
""",
    ),
]
