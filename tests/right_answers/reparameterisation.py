"""Right answers, in other styles than ours, to the exercises on the reparameterisation trick: (task, answer)."""

SIGNATURES = {
    "shift-and-scale": "shift_and_scale(mu, logvar, eps)",
    "draw": "draw(mu, logvar, samples, generator)",
    "pathwise-gradient": "pathwise_gradient(f, mu, logvar, samples, generator)",
    "score-gradient": "score_gradient(f, mu, logvar, samples, generator)",
    "fit-posterior": "fit_posterior(x, s, generator)",
}

BODIES = {
    "shift-and-scale": [
        """
    return mu + logvar.exp().sqrt() * eps
""",
        """
    return torch.addcmul(mu, torch.exp(logvar / 2), eps)
""",
        """
    return torch.distributions.AffineTransform(mu, (0.5 * logvar).exp())(eps)
""",
        """
    return mu.double() + logvar.double().div(2).exp() * eps
""",
        """
    rows = []
    for i in range(mu.shape[0]):
        std = torch.exp(logvar[i]) ** 0.5
        rows.append(mu[i] + std * eps[i])
    return torch.stack(rows)
""",
        """
    root = torch.diag_embed(torch.exp(logvar / 2))
    return torch.einsum("bij,bj->bi", root, eps) + mu
""",
        """
    eps *= logvar.mul(0.5).exp()
    eps += mu
    return eps
""",
        """
    import math
    return torch.vmap(lambda m, v, e: m + e * math.e ** (0.5 * v))(mu, logvar, eps)
""",
    ],
    "draw": [
        """
    return mu + (logvar / 2).exp() * torch.empty(samples, *mu.shape).normal_(generator=generator)
""",
        """
    return torch.stack([mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
                        for _ in range(samples)])
""",
        """
    uniform = torch.rand(samples, *mu.shape, generator=generator, dtype=torch.float64)
    return Normal(mu, torch.exp(0.5 * logvar)).icdf(uniform)
""",
        """
    B, D = mu.shape
    eps = torch.normal(0.0, 1.0, size=(B, samples, D), generator=generator)
    z = mu.unsqueeze(1) + logvar.exp().sqrt().unsqueeze(1) * eps
    return z.transpose(0, 1)
""",
        """
    import math
    first = torch.rand((samples, *mu.shape), generator=generator).clamp(min=1e-12)
    second = torch.rand((samples, *mu.shape), generator=generator)
    eps = torch.sqrt(-2 * torch.log(first)) * torch.cos(2 * math.pi * second)  # Box and Muller
    return mu + torch.exp(logvar / 2) * eps
""",
        """
    columns = []
    for mean, log in zip(mu.flatten(), logvar.flatten()):
        columns.append(mean + torch.exp(log / 2) * torch.randn(samples, generator=generator))
    return torch.stack(columns, -1).view(samples, *mu.shape)
""",
        """
    eps = torch.randn(samples * mu.numel(), generator=generator, dtype=torch.float64).reshape(samples, *mu.shape)
    return mu.double() + torch.einsum("bd,sbd->sbd", logvar.double().div(2).exp(), eps)
""",
        """
    means = mu.expand(samples, -1, -1)
    stds = torch.exp(0.5 * logvar).repeat(samples, 1, 1)
    with torch.no_grad():
        noise = torch.zeros_like(stds).normal_(generator=generator)
    return means + stds * noise
""",
    ],
    "pathwise-gradient": [
        """
    mu = torch.nn.Parameter(mu)
    z = mu + (logvar / 2).exp() * torch.randn(samples, len(mu), generator=generator)
    f(z).mean().backward()
    return mu.grad
""",
        """
    eps = torch.randn(samples, len(mu), generator=generator)
    return torch.func.grad(lambda m: f(m + torch.exp(0.5 * logvar) * eps).mean())(mu)
""",
        """
    z = (mu + torch.exp(0.5 * logvar) * torch.randn(samples, len(mu), generator=generator)).requires_grad_()
    return torch.autograd.grad(f(z).sum(), z)[0].mean(0)  # dz / dmu = 1
""",
        """
    mu.requires_grad_()
    std = torch.exp(0.5 * logvar)
    for _ in range(samples):
        z = mu + std * torch.randn(1, mu.shape[0], generator=generator)
        (f(z).squeeze() / samples).backward()
    return mu.grad
""",
        """
    from vae_notes import reparameterize
    mu = mu.detach().requires_grad_(True)
    z = reparameterize(mu.expand(samples, -1), logvar.expand(samples, -1), generator)
    torch.mean(f(z)).backward()
    return mu.grad.clone()
""",
        """
    eps = torch.randn(samples, len(mu), generator=generator, dtype=torch.float64)
    std = logvar.double().exp().sqrt()
    per_draw = torch.autograd.functional.jacobian(lambda m: f(m + std * eps), mu.double(), vectorize=True)
    return per_draw.mean(0)
""",
        """
    uniform = torch.rand(samples, len(mu), generator=generator, dtype=torch.float64)
    mean = mu.clone().requires_grad_()
    z = Normal(mean, torch.exp(0.5 * logvar)).icdf(uniform)
    total = f(z).sum() / samples
    return torch.autograd.grad(total, mean)[0]
""",
        """
    eps = torch.empty(samples, len(mu)).normal_(generator=generator)
    values, back = torch.func.vjp(lambda m: f(torch.addcmul(m, (logvar / 2).exp(), eps)), mu)
    return back(torch.full_like(values, 1 / samples))[0]
""",
        """
    total = torch.zeros_like(mu)
    for start in range(0, samples, 300):
        count = min(300, samples - start)
        m = mu.clone().requires_grad_()
        z = m + torch.exp(0.5 * logvar) * torch.randn(count, len(mu), generator=generator)
        total += torch.autograd.grad(f(z), m, torch.ones(count))[0]
    return total / samples
""",
    ],
    "score-gradient": [
        """
    e = torch.randn(samples, len(mu), generator=generator)
    std = (logvar / 2).exp()
    return torch.einsum('s,sd->d', f(mu + std * e), e / std) / samples
""",
        """
    mu = mu.requires_grad_()
    std = (logvar / 2).exp()
    z = (mu + std * torch.randn(samples, len(mu), generator=generator)).detach()
    (f(z) * Normal(mu, std).log_prob(z).sum(-1)).mean().backward()
    return mu.grad
""",
        """
    total = torch.zeros_like(mu)
    std = torch.exp(0.5 * logvar)
    for _ in range(samples):
        z = mu + std * torch.randn(mu.shape, generator=generator)
        total += f(z.unsqueeze(0)).item() * (z - mu) / std**2
    return total / samples
""",
        """
    with torch.no_grad():
        z = torch.normal(mu.expand(samples, -1), torch.exp(0.5 * logvar).expand(samples, -1), generator=generator)
        return f(z) @ (z - mu) / torch.exp(logvar) / samples
""",
        """
    std = torch.exp(0.5 * logvar)
    z = mu + std * torch.randn(samples, len(mu), generator=generator)
    values = f(z)
    return torch.func.grad(lambda m: (values * Normal(m, std).log_prob(z).sum(-1)).mean())(mu)
""",
        """
    mu, logvar = mu.double(), logvar.double()
    eps = torch.randn(samples, len(mu), generator=generator, dtype=torch.float64)
    z = mu + torch.exp(0.5 * logvar) * eps
    return torch.mean(f(z)[:, None] * (z - mu) * torch.exp(-logvar), dim=0)
""",
        """
    mean = torch.nn.Parameter(mu)
    q = torch.distributions.MultivariateNormal(mean, torch.diag(logvar.exp()))
    z = mu + (logvar / 2).exp() * torch.randn(samples, len(mu), generator=generator)
    scores = torch.autograd.functional.jacobian(
        lambda m: torch.distributions.MultivariateNormal(m, q.covariance_matrix.detach()).log_prob(z), mean,
        vectorize=True)
    return (f(z).reshape(-1, 1) * scores).sum(0) / samples
""",
        """
    from vae_notes import reparameterize
    z = reparameterize(mu.repeat(samples, 1), logvar.repeat(samples, 1), generator)
    terms = torch.stack([value * (draw - mu) / logvar.exp() for value, draw in zip(f(z), z)])
    return terms.mean(dim=0)
""",
    ],
    "fit-posterior": [
        """
    q = torch.nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.Adam([q], lr=0.03)
    for _ in range(300):
        optimizer.zero_grad()
        mu, logvar = q
        z = mu + (logvar / 2).exp() * torch.randn(64, generator=generator)
        kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
        (kl + ((x - z) ** 2 / (2 * s**2)).mean()).backward()
        optimizer.step()
    return q.tolist()
""",
        """
    import math
    mu = logvar = 0.0
    m, v = [0.0, 0.0], [0.0, 0.0]
    for step in range(1, 301):  # derivatives by hand and Adam written out
        eps = torch.randn(64, generator=generator, dtype=torch.float64)
        std = math.exp(logvar / 2)
        z = mu + std * eps
        slope = (z - x) / s**2
        gradients = [mu + slope.mean().item(), (math.exp(logvar) - 1 + (slope * std * eps).mean().item()) / 2]
        changes = []
        for i, g in enumerate(gradients):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g * g
            changes.append(0.03 * (m[i] / (1 - 0.9**step)) / (math.sqrt(v[i] / (1 - 0.999**step)) + 1e-8))
        mu, logvar = mu - changes[0], logvar - changes[1]
    return mu, logvar
""",
        """
    mu = torch.tensor(0.0, requires_grad=True, dtype=torch.float64)
    logvar = torch.tensor(0.0, requires_grad=True, dtype=torch.float64)
    optimizer = torch.optim.Adam([{"params": [mu]}, {"params": [logvar]}], lr=3e-2, maximize=True)
    for _ in range(300):
        q = Normal(mu, logvar.exp().sqrt())
        z = q.icdf(torch.rand(64, generator=generator, dtype=torch.float64))
        elbo = Normal(z, s).log_prob(torch.tensor(x, dtype=torch.float64)).mean()
        elbo -= torch.distributions.kl_divergence(q, Normal(0.0, 1.0))
        optimizer.zero_grad()
        elbo.backward()
        optimizer.step()
    return mu, logvar
""",
        """
    from vae_notes import reparameterize

    class Posterior(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.mu = torch.nn.Parameter(torch.zeros(1, 1))
            self.logvar = torch.nn.Parameter(torch.zeros(1, 1))

        def forward(self):
            z = reparameterize(self.mu.expand(64, 1), self.logvar.expand(64, 1), generator)
            return Normal(z, s).log_prob(torch.full((64, 1), x)).mean(0) - kl_standard_normal(self.mu, self.logvar)

    q = Posterior()
    adam = torch.optim.Adam(q.parameters(), lr=0.03)
    for _ in range(300):
        adam.zero_grad()
        (-q().sum()).backward()
        adam.step()
    return q.mu.detach().numpy().item(), q.logvar.detach().numpy()
""",
        """
    def loss(q, eps):
        z = q[0] + torch.exp(0.5 * q[1]) * eps
        return kl_standard_normal(q[:1], q[1:]) + ((z - x) / s).square().mean() / 2

    q, first, second = torch.zeros(2), torch.zeros(2), torch.zeros(2)
    for t in range(1, 301):
        g = torch.func.grad(loss)(q, torch.randn(64, generator=generator))
        first = 0.9 * first + 0.1 * g
        second = 0.999 * second + 0.001 * g**2
        q = q - 0.03 * first / (1 - 0.9**t) / ((second / (1 - 0.999**t)).sqrt() + 1e-8)
    return q
""",
        """
    mu, logvar = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizers = [torch.optim.Adam([mu], lr=0.03), torch.optim.Adam([logvar], lr=0.03)]
    for _ in range(300):
        log_likelihood = 0
        for _ in range(4):
            z = mu + torch.exp(logvar / 2) * torch.randn(16, generator=generator)
            log_likelihood = log_likelihood - ((x - z) ** 2).sum() / (2 * s**2) / 64
        loss = kl_standard_normal(mu, logvar) - log_likelihood
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    return mu.item(), logvar.item()
""",
        """
    import numpy as np
    params = torch.zeros(2)
    optimizer = torch.optim.Adam([params], lr=0.03)
    for _ in range(300):
        mu, logvar = params.tolist()
        eps = torch.randn(64, generator=generator).numpy()
        residual = (x - mu - np.exp(logvar / 2) * eps) / s**2
        g_mu = mu - residual.mean()
        g_logvar = 0.5 * (np.exp(logvar) - 1) - (residual * eps).mean() * np.exp(logvar / 2) / 2
        params.grad = torch.tensor([g_mu, g_logvar], dtype=torch.float32)
        optimizer.step()
    return params.numpy()
""",
        """
    from tqdm import trange
    mu, logvar = torch.zeros(1).requires_grad_(), torch.zeros(1).requires_grad_()
    opt = torch.optim.AdamW([mu, logvar], lr=0.03, weight_decay=0)
    likelihood = torch.nn.GaussianNLLLoss()
    for _ in trange(300):
        z = torch.addcmul(mu, logvar.exp() ** 0.5, torch.randn(64, 1, generator=generator))
        loss = likelihood(z, torch.full_like(z, x), torch.full_like(z, s * s)) + kl_standard_normal(mu, logvar)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return [float(mu), float(logvar)]
""",
    ],
}

ANSWERS = [(task, f"\ndef {SIGNATURES[task]}:{body}") for task, bodies in BODIES.items() for body in bodies]
