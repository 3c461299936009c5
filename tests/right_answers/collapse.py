"""Right answers, in other styles than ours, to the exercises on posterior collapse: (task, answer)."""

ANSWERS = [
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return -0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar), dim=0)
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    from torch.distributions import Normal, kl_divergence

    return kl_divergence(Normal(mu, torch.exp(logvar / 2)), Normal(0.0, 1.0)).mean(0)
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    columns = zip(mu.T, logvar.T)
    return torch.stack([0.5 * (m.square() + v.exp() - 1 - v).mean() for m, v in columns])
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    import numpy as np

    m, v = mu.numpy().astype(np.float64), logvar.numpy().astype(np.float64)
    return 0.5 * (m**2 + np.exp(v) - 1 - v).mean(axis=0)
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    total = torch.zeros(mu.shape[1], dtype=torch.float64)
    for m, v in zip(mu, logvar):
        total += 0.5 * (m.square() + torch.expm1(v) - v)
    return total / len(mu)
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    mu.square_().add_(logvar.exp()).sub_(1).sub_(logvar)
    return mu.mean(0) / 2
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return torch.einsum("bd->d", mu * mu + logvar.exp() - 1 - logvar) / (2 * mu.size(0))
""",
    ),
    (
        "kl-per-unit",
        """
def kl_per_unit(mu, logvar):
    return [float(k) for k in 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)]
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return int((mu.var(dim=0, unbiased=False) > threshold).sum())
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return sum(float(column.var()) > threshold for column in mu.T)
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    import numpy as np

    return np.sum(np.var(mu.numpy(), axis=0) > threshold)
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    variance = (mu - mu.mean(0)).square().mean(0)
    return torch.count_nonzero(variance > threshold)
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return len(torch.nonzero(mu.double().std(0).square() > threshold))
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    mu -= mu.mean(0)
    return (torch.einsum("bd,bd->d", mu, mu) / len(mu)).gt(threshold).float().sum()
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    return float(torch.cov(mu.T).diagonal().gt(threshold).sum())
""",
    ),
    (
        "active-units",
        """
def active_units(mu, threshold=0.01):
    variance = torch.tensor([column.var().item() for column in mu.unbind(1)])
    return variance[variance > threshold].numel()
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    neighbour = torch.cat([z[1:], z[:1]])
    return (model.log_likelihood(x, z) - model.log_likelihood(x, neighbour)).mean()
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    total = 0.0
    for i in range(len(x)):
        mine = model.log_likelihood(x[i : i + 1], z[i : i + 1])
        other = model.log_likelihood(x[i : i + 1], z[(i + 1) % len(z)].unsqueeze(0))
        total += float(mine - other)
    return total / len(x)
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    index = (torch.arange(len(z)) + 1) % len(z)
    both = model.log_likelihood(x, torch.stack([z, z[index]]))
    return (both[0] - both[1]).mean().item()
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    with torch.no_grad():
        own = model.log_likelihood(x, z).mean()
        other = model.log_likelihood(x.roll(1, 0), z).mean()
    return own - other
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    import numpy as np

    own = model.log_likelihood(x, z).detach().numpy()
    other = model.log_likelihood(x, torch.from_numpy(np.roll(z.numpy(), -1, axis=0))).detach().numpy()
    return np.mean(own - other)
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    def log_p(codes):
        logits = model.decode_logits(codes)
        return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)

    return (log_p(z) - log_p(torch.roll(z, -1, dims=0))).double().mean()
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    order = [*range(1, len(z)), 0]
    own, others = model.log_likelihood(x.double(), z.double()), model.log_likelihood(x, z[order])
    return sum((own - others).tolist()) / len(order)
""",
    ),
    (
        "worth",
        """
def worth_of_code(model, x, z):
    from tqdm import tqdm

    losses = []
    for i in tqdm(range(len(x))):
        pair = torch.stack([z[i], z[i + 1 if i + 1 < len(z) else 0]])
        own, other = model.log_likelihood(x[i].expand(2, 1, 28, 28), pair)
        losses.append(own - other)
    return torch.stack(losses).mean()
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return torch.relu(variances - noise * beta)
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    return [max(0.0, float(v) - beta * noise) for v in variances]
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    import numpy as np

    return np.maximum(variances.numpy().astype("float64") - beta * noise, 0)
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    w = torch.ones_like(variances, requires_grad=True)
    v, log_c = torch.full_like(w, 0.5, requires_grad=True), torch.full_like(w, -1.0, requires_grad=True)
    optimizer = torch.optim.Adam([w, v, log_c], lr=0.03)
    for _ in range(1000):
        c = log_c.exp()
        loss = (variances * (1 - w * v) ** 2 + w**2 * c) / (2 * noise)
        loss = loss + beta / 2 * (variances * v**2 + c - 1 - log_c)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    return w.detach() ** 2
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    w = torch.ones_like(variances, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    for _ in range(400):
        total = w.square() + beta * noise
        loss = 0.5 * beta * (variances / total + total.log()).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.detach().square()
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    alive = variances > beta * noise
    return torch.where(alive, variances - beta * noise, torch.zeros(()))
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    variances -= beta * noise
    variances[variances < 0] = 0
    return variances.double()
""",
    ),
    (
        "survivors",
        """
def squared_weights(variances, noise, beta):
    square = torch.linspace(0, 6, 6001)
    cost = variances[:, None] / (square + beta * noise) + (square + beta * noise).log()
    return square[cost.argmin(1)]
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    kl = -0.5 * (1 + logvar - mu**2 - logvar.exp())
    return -log_likelihood + torch.clamp_min(kl.mean(dim=0), nats).sum()
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    from torch.distributions import Normal, kl_divergence

    unit = kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).mean(0)
    return torch.maximum(unit, torch.full_like(unit, nats)).sum() - log_likelihood
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    charged = 0.0
    for m, v in zip(mu.T, logvar.T):
        kl = 0.5 * (m.square() + v.exp() - 1 - v).mean()
        charged = charged + (kl if kl > nats else nats)
    return charged + 0 * (mu.sum() + logvar.sum()) - log_likelihood
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    return (nats + F.relu(unit - nats)).sum() - log_likelihood
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * torch.einsum("bd->d", mu.square() + logvar.exp() - 1 - logvar) / len(mu)
    return torch.where(unit > nats, unit, torch.tensor(float(nats))).sum().expand(len(mu)) - log_likelihood
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    mu, logvar = mu.double(), logvar.double()
    unit = 0.5 * (mu.square() + torch.expm1(logvar) - logvar).mean(0)
    return unit.clamp(min=nats).sum() - log_likelihood
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    charged = torch.stack([unit, torch.full_like(unit, nats)]).max(0).values.sum()
    return torch.stack([charged - log_p for log_p in log_likelihood])
""",
    ),
    (
        "free-bits",
        """
def free_bits_loss(log_likelihood, mu, logvar, nats):
    unit = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)
    busy = (unit > nats).float().detach()
    return (busy * unit + (1 - busy) * nats).sum() - log_likelihood
""",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    mu, logvar = model.encode(x)
    eps = torch.randn(mu.shape, generator=generator)
    z = mu + eps * (logvar / 2).exp()
    log_p = model.log_likelihood(x, z)
    beta = 2 * done if done < 0.5 else 1.0
    return -log_p - beta * 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(dim=1)
""",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    from vae_notes import elbo

    parts = elbo(model, x, generator=generator)
    return parts.reconstruction + min(2 * done, 1) * parts.kl
""",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    from vae_notes import kl_standard_normal, reparameterize

    mu, logvar = model.encode(x)
    logits = model.decode_logits(reparameterize(mu, logvar, generator))
    beta = torch.clamp(torch.tensor(2.0 * done), max=1.0)
    return (F.softplus(logits) - x * logits).sum((1, 2, 3)) + beta * kl_standard_normal(mu, logvar)
""",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    from torch.distributions import Normal, kl_divergence

    mu, logvar = model.encode(x)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = q.mean + q.stddev * torch.empty_like(mu).normal_(generator=generator)
    error = F.binary_cross_entropy_with_logits(model.decode_logits(z), x, reduction="none")
    return 784 * error.flatten(1).mean(1) + min(1, done / 0.5) * kl_divergence(q, Normal(0.0, 1.0)).sum(1)
""",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    import numpy as np

    mu, logvar = model.encode(x)
    z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
    x_hat = model.decode(z)
    error = F.binary_cross_entropy(x_hat, x, reduction="none").view(len(x), -1).sum(-1)
    kl = 0.5 * torch.sum(mu.pow(2) + logvar.exp() - 1 - logvar, dim=-1)
    return error + float(np.clip(2 * done, 0, 1)) * kl
""",
    ),
    (
        "mend",
        """
def mended_loss(model, x, generator, done):
    losses = []
    for image in x:
        mu, logvar = model.encode(image[None])
        z = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)
        error = F.binary_cross_entropy_with_logits(model.decode_logits(z), image[None], reduction="sum")
        losses.append(error + min(1.0, 2 * done) * 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum())
    return torch.stack(losses)
""",
    ),
]
