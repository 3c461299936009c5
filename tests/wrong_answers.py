"""The bank of wrong answers: mistakes seen in public code, each as an answer to one task of an exercise notebook.

NAME of the notebook -> [(task, answer, part of the hint that the student must see)].
"""

BANK = {}

BANK["kl"] = [
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

BANK["reparameterisation"] = [
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

BANK["elbo"] = [
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").mean(-1)
""",
        "mean over pixels",
    ),
    (
        "bernoulli",
        """
def bernoulli_log_likelihood(x, logits):
    return -F.binary_cross_entropy_with_logits(torch.sigmoid(logits), x, reduction="none").sum(-1)
""",
        "pushed through the sigmoid twice",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, log_std):
    return Normal(mean, math.exp(log_std)).log_prob(x).sum(-1)
""",
        "used as the log of the standard deviation",
    ),
    (
        "gaussian",
        """
def gaussian_log_likelihood(x, mean, logvar):
    return -0.5 * ((x - mean).square() / math.exp(logvar) + logvar).sum(-1)
""",
        "log(2 pi) / 2 of every pixel is missing",
    ),
    (
        "loss",
        """
def negative_elbo(log_likelihood, mu, logvar, beta=1.0):
    return -beta * log_likelihood + kl_standard_normal(mu, logvar)
""",
        "beta multiplies the reconstruction",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(over_pixels, over_latents, pixels, latents):
    beta = 1 / pixels if over_pixels == "mean" else 1
    return beta * latents if over_latents == "mean" else beta
""",
        "upside down",
    ),
    (
        "exact-elbo",
        """
def exact_elbo(x, s, mu, v):
    reconstruction = -0.5 * ((x - mu) ** 2 / s**2 + math.log(2 * math.pi * s**2))
    return reconstruction - 0.5 * (mu**2 + v - 1 - math.log(v))
""",
        "taken at z = mu",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return bce.flatten(1).mean(-1) + kl_standard_normal(mu, logvar)
""",
        "averaged over pixels",
    ),
    (
        "train",
        """
def vae_loss(model, x, generator):
    mu, logvar = model.encode(x)
    bce = F.binary_cross_entropy_with_logits(model.decode_logits(mu), x, reduction="none")
    return bce.flatten(1).sum(-1) + kl_standard_normal(mu, logvar)
""",
        "was z = mu used",
    ),
]

BANK["importance_weights"] = [
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
def fit_bound(k, generator):
    m, logvar = torch.tensor(1.0, requires_grad=True), torch.tensor(-1.0, requires_grad=True)
    optimizer = torch.optim.Adam([m, logvar], lr=0.03)
    for _ in range(300):
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

BANK["autoencoder"] = [
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).square().flatten(1).mean(1)
""",
        "mean over pixels",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return nn.functional.mse_loss(x_hat, x, reduction="sum")
""",
        "one number for the whole batch",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code), nn.ReLU())
    pixels = nn.Sequential(nn.Linear(256, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))
    return encoder, nn.Sequential(nn.Linear(code, 256), nn.ReLU(), pixels)
""",
        "is there a ReLU on the code?",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code))
    decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder
""",
        "needs a sigmoid",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat, new = train_images.flatten(1), new_images.flatten(1)
    directions = torch.linalg.svd(flat, full_matrices=False)[2][:k]
    return (new @ directions.mT @ directions).reshape(new_images.shape)
""",
        "the mean is not subtracted",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    return x + sd**2 * torch.randn(x.shape, generator=generator)
""",
        "multiplied by the variance",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    return x + sd * torch.randn(x.shape[1:], generator=generator)
""",
        "shared over the batch",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator):
    noisy = x + 0.5 * torch.randn(x.shape, generator=generator)
    return (model(noisy) - noisy).square().flatten(1).sum(1)
""",
        "the target must be the clean image",
    ),
]

BANK["latent_directions"] = [
    (
        "direction",
        """
def direction(z, has):
    return z[has].mean(0) - z[~has].mean(0)
""",
        "does not have length 1",
    ),
    (
        "direction",
        """
def direction(z, has):
    difference = z[~has].mean(0) - z[has].mean(0)
    return difference / difference.norm()
""",
        "points the other way",
    ),
    (
        "remove",
        """
def remove(z, d):
    return z - (z @ d).unsqueeze(-1) * d
""",
        "as if it had length 1",
    ),
    (
        "walk",
        """
def walk(start, end, steps):
    t = torch.arange(steps).unsqueeze(-1) / steps
    return start + t * (end - start)
""",
        "the end is missing",
    ),
    (
        "slerp",
        """
def slerp(a, b, t):
    return (1 - t) * a + t * b
""",
        "that is the straight walk: its length is not constant",
    ),
    (
        "readout",
        """
def readout(z_fit, y_fit, z_new, y_new):
    weights = torch.linalg.lstsq(z_fit, y_fit.unsqueeze(-1)).solution
    residual = y_new - (z_new @ weights).squeeze(-1)
    return 1 - residual.square().sum() / (y_new - y_new.mean()).square().sum()
""",
        "there is no intercept",
    ),
    (
        "readout",
        """
def readout(z_fit, y_fit, z_new, y_new):
    fit = F.pad(z_fit, (0, 1), value=1.0)
    residual = y_fit - (fit @ torch.linalg.lstsq(fit, y_fit.unsqueeze(-1)).solution).squeeze(-1)
    return 1 - residual.square().sum() / (y_fit - y_fit.mean()).square().sum()
""",
        "measured on the codes used for fitting",
    ),
    (
        "probe",
        """
def train_probe(z, labels):
    weight, bias = torch.zeros(20, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(200):
        loss = F.cross_entropy(torch.softmax(z @ weight + bias, -1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weight.detach(), bias.detach()
""",
        "is there a softmax before F.cross_entropy",
    ),
]
