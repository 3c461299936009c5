"""Wrong answers to the exercises on training with a Gaussian decoder: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "density",
        """
def log_density(x, mean, sigma):
    return -0.5 * (x - mean).square().flatten(1).sum(1) / sigma**2 - 784 * math.log(sigma)
""",
        "the constant log(2 pi) / 2 of every pixel is missing",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    square = (x - mean).square().flatten(1).sum(1)
    return -0.5 * square / sigma**2 - 784 * math.log(sigma) - 0.5 * math.log(2 * math.pi)
""",
        "once instead of once for every pixel",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return -0.5 * (x - mean).square().flatten(1).sum(1) / sigma**2 - 392 * math.log(2 * math.pi)
""",
        "the term log(sigma) of every pixel is missing",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return -0.5 * (x - mean).square().flatten(1).sum(1) / sigma**2
""",
        "log(sigma) and the constant are missing",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return Normal(mean, sigma**0.5).log_prob(x).flatten(1).sum(1)
""",
        "sigma is a standard deviation",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return -Normal(mean, sigma).log_prob(x).flatten(1).sum(1)
""",
        "check the sign",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return Normal(mean, sigma).log_prob(x).flatten(1).mean(1)
""",
        "the mean over pixels",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return -(x - mean).square().flatten(1).sum(1)
""",
        "minus the squared error",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return Normal(mean, sigma).log_prob(x).sum()
""",
        "one number for the whole batch",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return -((x - mean) / sigma).square().flatten(1).sum(1) - 392 * math.log(2 * math.pi * sigma**2)
""",
        "the half before the square",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return Normal(mean.detach(), sigma).log_prob(x).flatten(1).sum(1)
""",
        "no gradient reaches mean",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return Normal(mean, min(sigma, 0.9)).log_prob(x).flatten(1).sum(1)
""",
        "with sigma = 1",
    ),
    (
        "density",
        """
def log_density(x, mean, sigma):
    return Normal(mean, min(sigma, 1.0)).log_prob(x).flatten(1).sum(1)
""",
        "with a large sigma",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().mean()
""",
        "the root is missing",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().flatten(1).mean(1).sqrt()
""",
        "one sigma for each image",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().flatten(1).mean(1).sqrt().mean()
""",
        "sigmas of the images were averaged",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().sum().sqrt()
""",
        "squares are summed",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().flatten(1).sum(1).mean().sqrt()
""",
        "summed over pixels",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).abs().mean()
""",
        "mean absolute error",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).std()
""",
        "spread around the average error",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (2 * (x - mean).square().mean()).sqrt()
""",
        "a factor of the root of 2",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().mean().sqrt().clamp(min=0.1)
""",
        "the best sigma of small errors",
    ),
    (
        "best-sigma",
        """
def best_sigma(x, mean):
    return (x - mean).square().mean().sqrt().clamp(max=0.4)
""",
        "the best sigma of one image",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return -392 * (torch.log(2 * math.pi * (x - mean).square().mean()) + 1)
""",
        "a loss is minus that",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return (392 * (torch.log(2 * math.pi * (x - mean).square().flatten(1).mean(1)) + 1)).mean()
""",
        "a sigma of its own",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 0.5 * (torch.log(2 * math.pi * (x - mean).square().mean()) + 1)
""",
        "that is per pixel",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return -Normal(mean, (x - mean).square().mean().sqrt()).log_prob(x).sum()
""",
        "the sum over the batch",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 392 * (torch.log((x - mean).square().mean()) + 1)
""",
        "log(2 pi) / 2 of every pixel is missing",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 392 * torch.log(2 * math.pi * (x - mean).square().mean())
""",
        "the square over the best sigma^2, is missing",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 392 * (x - mean).square().mean().log()
""",
        "only the logarithm is left",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return -Normal(mean, 1.0).log_prob(x).sum() / len(x)
""",
        "sigma = 1 was used",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return -Normal(mean, (x - mean).square().mean()).log_prob(x).sum() / len(x)
""",
        "sigma^2 was used as sigma",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 392 * (math.log(2 * math.pi * float((x - mean).square().mean())) + 1)
""",
        "no gradient reaches mean",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return (392 * (torch.log(2 * math.pi * (x - mean).square().mean()) + 1)).clamp(min=0)
""",
        "for small errors",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    return 392 * (torch.log(2 * math.pi * (x - mean).square().mean().clamp(max=1.0)) + 1)
""",
        "of one image",
    ),
    (
        "profiled",
        """
def loss_at_best_sigma(x, mean):
    value = 392 * (torch.log(2 * math.pi * (x - mean).square().mean()) + 1)
    return value.detach() + 0 * mean.sum()
""",
        "the gradient",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return 2 * sigma**2 if reduction == "sum" else 2 * sigma**2 / pixels
""",
        "upside down",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return (1 if reduction == "sum" else pixels) / (2 * sigma)
""",
        "it is its square",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return (1 if reduction == "sum" else pixels) / sigma**2
""",
        "off by a factor of 2",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return 1 / (2 * sigma**2) / (1 if reduction == "sum" else pixels)
""",
        "on the wrong side",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return 1 / (2 * sigma**2)
""",
        "changes the balance",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return pixels / (2 * sigma**2)
""",
        "pixels count only for a mean",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return 1.0 if reduction == "sum" else pixels
""",
        "sigma is not used",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return (1 if reduction == "sum" else 784) / (2 * sigma**2)
""",
        "over 12288 pixels",
    ),
    (
        "hidden-beta",
        """
def hidden_beta(sigma, reduction, pixels):
    return max(1.0, (1 if reduction == "sum" else pixels) / (2 * sigma**2))
""",
        "sigma is not used",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = weight @ weight.T + sigma * torch.eye(len(bias))
    return torch.distributions.MultivariateNormal(bias, cov).log_prob(x)
""",
        "sigma was added",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = weight @ weight.T + sigma**2 * torch.eye(len(bias))
    return torch.distributions.MultivariateNormal(torch.zeros(len(bias)), cov).log_prob(x)
""",
        "the mean b is not used",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    return Normal(bias, sigma).log_prob(x).sum(-1)
""",
        "the spread of z is missing",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    return Normal(bias, (weight.square().sum(1) + sigma**2).sqrt()).log_prob(x).sum(-1)
""",
        "more than a diagonal",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = weight @ weight.T + sigma**2 * torch.eye(len(bias))
    return -torch.distributions.MultivariateNormal(bias, cov).log_prob(x)
""",
        "check the sign",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = weight @ weight.T + sigma**2 * torch.eye(len(bias))
    return torch.distributions.MultivariateNormal(bias, cov).log_prob(x).sum()
""",
        "one number for the whole batch",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    cov = weight @ weight.T + sigma**2 * torch.eye(len(bias))
    return -0.5 * (((x - bias) @ torch.linalg.inv(cov)) * (x - bias)).sum(-1) - 0.5 * torch.logdet(cov)
""",
        "log(2 pi) / 2 of every pixel",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    from vae_notes import LinearGaussian

    return LinearGaussian(weight, bias, sigma**2).log_prob(x)
""",
        "write it yourself",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    weight = weight[:, : len(bias)]
    cov = weight @ weight.T + sigma**2 * torch.eye(len(bias))
    return torch.distributions.MultivariateNormal(bias, cov).log_prob(x)
""",
        "more latent dimensions than pixels",
    ),
    (
        "exact",
        """
def exact_log_prob(x, weight, bias, sigma):
    weight = weight[:, :2]
    cov = weight @ weight.T + sigma**2 * torch.eye(len(bias))
    return torch.distributions.MultivariateNormal(bias, cov).log_prob(x)
""",
        "in another model",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = (x - model.decode(z)).square().flatten(1).sum(1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)
    return 0.5 * error * torch.exp(-2 * log_sigma) + 784 * log_sigma + kl
""",
        "log(2 pi) / 2 of every pixel",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    error = (x - model.decode(z)).square().flatten(1).sum(1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)
    return 0.5 * error * torch.exp(-2 * log_sigma) + log_sigma + 392 * math.log(2 * math.pi) + kl
""",
        "the term log(sigma) of every pixel is missing",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    log_p = Normal(model.decode(z), (0.5 * log_sigma).exp()).log_prob(x).flatten(1).sum(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "logarithm of the variance",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    return -Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
""",
        "the KL is missing",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
    return -0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "a loss must punish it",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).mean(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "averaged over the pixels",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(1) - log_p
""",
        "averaged over the latent dimensions",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    log_p = Normal(model.decode(z), float(log_sigma.exp())).log_prob(x).flatten(1).sum(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "no gradient reaches log_sigma",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape)
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "is generator used?",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
    return (0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p).mean()
""",
        "one number for each image",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    log_p = Normal(model.decode(mu), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "is z drawn",
    ),
    (
        "learn",
        """
def gaussian_vae_loss(model, x, log_sigma, generator):
    mu, logvar = model.encode(x)
    z = (mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)).detach()
    log_p = Normal(model.decode(z), log_sigma.exp()).log_prob(x).flatten(1).sum(1)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1) - log_p
""",
        "the code has collapsed",
    ),
]
