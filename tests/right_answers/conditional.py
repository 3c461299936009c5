"""Right answers, in other styles than ours, to the exercises on the conditional VAE: (task, answer)."""

ANSWERS = [
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.ndim != 1 or len(labels) != values.shape[-2]:
        raise ValueError("one label for each row")
    if not ((labels >= 0) & (labels < classes)).all():
        raise ValueError("a label is not one of the classes")
    code = torch.eye(classes, dtype=values.dtype)[labels]
    return torch.cat((values, code.expand(values.shape[:-1] + (classes,))), dim=-1)
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != (values.size(-2),) or any(not 0 <= y < classes for y in labels.tolist()):
        raise ValueError(f"labels must be {values.size(-2)} numbers from 0 to {classes - 1}")
    return torch.cat([values, torch.zeros(*values.shape[:-1], classes, dtype=values.dtype).scatter(
        -1, labels[:, None].expand(*values.shape[:-1], 1), 1.0)], -1)
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if tuple(labels.shape) != tuple(values.shape[-2:-1]):
        raise ValueError("shape of labels")
    if labels.amin() < 0 or labels.amax() > classes - 1:
        raise ValueError("range of labels")
    code = (labels[:, None] == torch.arange(classes)).to(values)
    for size in reversed(values.shape[:-2]):
        code = code.expand(size, *code.shape)
    return torch.concat([values, code], -1)
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.dim() != 1 or labels.numel() != values.shape[-2]:
        raise ValueError("labels must have shape (B,)")
    result = torch.zeros(*values.shape[:-1], values.shape[-1] + classes, dtype=values.dtype)
    result[..., : values.shape[-1]] = values
    for row, label in enumerate(labels):
        if label < 0 or label >= classes:
            raise ValueError(f"label {label} of {classes} classes")
        result[..., row, values.shape[-1] + int(label)] = 1
    return result
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,)")
    try:
        code = F.one_hot(labels, classes)
    except RuntimeError as error:
        raise ValueError("labels must be from 0 to classes - 1") from error
    return torch.cat([values, code.broadcast_to(*values.shape[:-1], classes)], -1)
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    rows = values.shape[-2]
    if labels.shape != torch.Size([rows]) or not set(labels.tolist()) <= set(range(classes)):
        raise ValueError("bad labels")
    flat = values.reshape(-1, values.shape[-1])
    code = F.one_hot(labels.repeat(len(flat) // rows), num_classes=classes)
    return torch.hstack([flat, code.type_as(values)]).reshape(*values.shape[:-1], -1)
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    import numpy as np

    if labels.shape != values.shape[-2:-1] or not np.isin(labels.numpy(), np.arange(classes)).all():
        raise ValueError("bad labels")
    code = torch.from_numpy(np.eye(classes)[labels.numpy()])
    padded = F.pad(values, (0, classes))
    return padded + F.pad(code.to(values.dtype), (values.shape[-1], 0))
""",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    class BadLabel(ValueError):
        pass

    if labels.shape != values.shape[-2:-1] or ((labels < 0) | (labels >= classes)).any():
        raise BadLabel("one label from 0 to classes - 1 for each row")
    columns = [(labels == y).to(values.dtype).expand(values.shape[:-1]) for y in range(classes)]
    return torch.cat([values, torch.stack(columns, -1)], -1)
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.first = nn.Linear(pixels + classes, hidden)
        self.mu = nn.Linear(hidden, latent_dim)
        self.logvar = nn.Linear(hidden, latent_dim)
        self.second = nn.Linear(latent_dim + classes, hidden)
        self.logits = nn.Linear(hidden, pixels)

    def encode(self, x, labels):
        code = torch.eye(self.classes)[labels]
        h = torch.relu(self.first(torch.cat([x, code], 1)))
        return self.mu(h), self.logvar(h)

    def decode(self, z, labels):
        code = torch.eye(self.classes)[labels].expand(*z.shape[:-1], self.classes)
        return self.logits(torch.relu(self.second(torch.cat([z, code], -1))))
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(nn.Linear(pixels + classes, hidden), nn.GELU(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(nn.Linear(latent_dim + classes, hidden), nn.GELU(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        out = self.encoder(with_label(x, labels, self.classes))
        return out[:, : self.latent_dim], out[:, self.latent_dim :]

    def decode(self, z, labels):
        return self.decoder(with_label(z, labels, self.classes))
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):  # the label's weights as a table, added in the hidden layer
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.latent_dim = latent_dim
        self.in_encoder, self.in_decoder = nn.Embedding(classes, hidden), nn.Embedding(classes, hidden)
        self.from_x, self.from_z = nn.Linear(pixels, hidden), nn.Linear(latent_dim, hidden)
        self.to_q, self.to_x = nn.Linear(hidden, 2 * latent_dim), nn.Linear(hidden, pixels)

    def encode(self, x, labels):
        return torch.split(self.to_q(torch.tanh(self.from_x(x) + self.in_encoder(labels))), self.latent_dim, dim=1)

    def decode(self, z, labels):
        return self.to_x(torch.tanh(self.from_z(z) + self.in_decoder(labels)))
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.sizes = pixels, classes, latent_dim
        self.layers = nn.ModuleList([
            nn.Linear(pixels + classes, hidden), nn.Linear(hidden, 2 * latent_dim),
            nn.Linear(latent_dim + classes, hidden), nn.Linear(hidden, pixels),
        ])

    @property
    def latent_dim(self):
        return self.sizes[2]

    def run(self, values, labels, first, second):
        code = F.one_hot(labels, self.sizes[1]).float()
        code = code + torch.zeros(*values.shape[:-1], 1)
        return second(F.silu(first(torch.cat([values, code], dim=-1))))

    def encode(self, x, labels):
        out = self.run(x, labels, *self.layers[:2])
        return [out[:, : self.latent_dim], out[:, self.latent_dim :]]

    def decode(self, z, labels):
        return self.run(z, labels, *self.layers[2:])
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.latent_dim, self.classes = latent_dim, classes

        def linear(inputs, outputs):
            weight = nn.Parameter(torch.randn(inputs, outputs) / inputs**0.5)
            return nn.ParameterList([weight, nn.Parameter(torch.zeros(outputs))])

        self.encoder = nn.ModuleList([linear(pixels + classes, hidden), linear(hidden, 2 * latent_dim)])
        self.decoder = nn.ModuleList([linear(latent_dim + classes, hidden), linear(hidden, pixels)])

    def forward(self, layers, values, labels):
        code = torch.zeros(*values.shape[:-1], self.classes)
        code[..., torch.arange(len(labels)), labels] = 1
        (a, b), (c, d) = layers
        return torch.sigmoid(torch.cat([code, values], -1) @ a + b) @ c + d

    def encode(self, x, labels):
        out = self(self.encoder, x, labels)
        return out[:, ::2], out[:, 1::2]

    def decode(self, z, labels):
        return self(self.decoder, z, labels)
""",
    ),
    (
        "networks",
        """
class Net(nn.Module):
    def __init__(self, inputs, classes, hidden, outputs):
        super().__init__()
        self.classes = classes
        self.net = nn.Sequential(nn.Linear(classes + inputs, hidden), nn.LeakyReLU(), nn.Linear(hidden, outputs))

    def forward(self, values, labels):
        rows = [torch.cat([v, F.one_hot(y, self.classes).expand(*v.shape[:-1], -1)], -1)
                for v, y in zip(values.unbind(-2), labels)]
        return self.net(torch.stack(rows, -2))


class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.latent_dim = latent_dim
        self.q = Net(pixels, classes, hidden, 2 * latent_dim)
        self.p = Net(latent_dim, classes, hidden, pixels)

    def encode(self, x, labels):
        return tuple(self.q(x, labels).tensor_split(2, dim=-1))

    def decode(self, z, labels):
        return self.p(z, labels)
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.register_buffer("eye", torch.eye(classes))
        self.latent_dim = latent_dim
        self.hidden_q, self.hidden_p = nn.Linear(pixels + classes, hidden), nn.Linear(latent_dim + classes, hidden)
        self.out_q, self.out_p = nn.Linear(hidden, 2 * latent_dim), nn.Linear(hidden, pixels)

    def encode(self, x, labels):
        out = self.out_q(F.softplus(self.hidden_q(torch.cat([x, self.eye[labels]], 1))))
        return out.reshape(len(x), 2, self.latent_dim).unbind(1)

    def decode(self, z, labels):
        flat = z.reshape(-1, self.latent_dim)
        code = self.eye[labels].repeat(len(flat) // len(labels), 1)
        logits = self.out_p(F.softplus(self.hidden_p(torch.cat([flat, code], 1))))
        return logits.reshape(*z.shape[:-1], logits.shape[-1])
""",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(nn.Linear(pixels + classes, hidden), nn.ELU())
        self.heads = nn.ModuleDict({"mu": nn.Linear(hidden, latent_dim), "logvar": nn.Linear(hidden, latent_dim)})
        self.decoder = nn.Sequential(nn.Linear(latent_dim + classes, hidden), nn.ELU(), nn.Linear(hidden, pixels))
        for p in self.parameters():
            if p.ndim > 1:
                nn.init.xavier_normal_(p)
            else:
                nn.init.zeros_(p)

    def encode(self, x, labels):
        h = self.encoder(torch.hstack([x, F.one_hot(labels, self.classes)]))
        return self.heads["mu"](h), self.heads["logvar"](h)

    def decode(self, z, labels):
        if z.ndim > 2:
            return torch.stack([self.decode(part, labels) for part in z])
        return self.decoder(torch.hstack([z, F.one_hot(labels, self.classes)]))
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, (logvar / 2).exp())
    logits = model.decode(q.mean + q.stddev * noise, labels)
    kl = torch.distributions.kl_divergence(q, Normal(0.0, 1.0)).sum(1)
    return kl - torch.distributions.Bernoulli(logits=logits).log_prob(x).sum(1)
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + logvar.mul(0.5).exp() * noise
    logits = model.decode(z, labels)
    log_p = (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(dim=1)
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
    return -(log_p - kl)
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    losses = []
    for i in range(len(x)):
        mu, logvar = model.encode(x[i : i + 1], labels[i : i + 1])
        logits = model.decode(mu + torch.exp(logvar / 2) * noise[i], labels[i : i + 1])
        error = F.binary_cross_entropy_with_logits(logits, x[i : i + 1], reduction="sum")
        losses.append(error + 0.5 * (mu * mu + logvar.exp() - logvar - 1).sum())
    return torch.stack(losses)
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    logits = model.decode((mu + torch.exp(0.5 * logvar) * noise)[None], labels)[0]
    error = F.softplus(torch.where(x > 0.5, -logits, logits)).sum(-1)
    return error + (mu.square() + torch.expm1(logvar) - logvar).sum(-1) / 2
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    from vae_notes import kl_standard_normal

    mu, logvar = model.encode(x, labels)
    logits = model.decode(torch.addcmul(mu, logvar.exp().sqrt(), noise), labels)
    error = (torch.logaddexp(logits, torch.zeros_like(logits)) - x * logits).sum(1)
    return error + kl_standard_normal(mu, logvar)
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    var = logvar.exp()
    logits = model.decode(mu + var**0.5 * noise, labels)
    bce = nn.BCEWithLogitsLoss(reduction="none")(logits, x)
    return torch.einsum("bx->b", bce) + 0.5 * torch.einsum("bd->b", mu**2 + var - 1 - logvar)
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    std = torch.exp(0.5 * logvar)
    log_p = torch.distributions.Independent(
        torch.distributions.Bernoulli(logits=model.decode(mu + std * noise, labels)), 1).log_prob(x)
    q = torch.distributions.MultivariateNormal(mu, torch.diag_embed(std.square()))
    p = torch.distributions.MultivariateNormal(torch.zeros_like(mu), torch.eye(mu.shape[1], dtype=mu.dtype))
    return torch.distributions.kl_divergence(q, p) - log_p
""",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    q = model.encode(x, labels)
    z = q[0] + noise * torch.exp(q[1] / 2)
    two = torch.stack([torch.zeros_like(x), model.decode(z, labels)], -1)
    error = F.cross_entropy(two.flatten(0, 1), x.long().flatten(), reduction="none").view_as(x)
    kl = 0.5 * q[0].pow(2) + 0.5 * q[1].exp() - 0.5 - 0.5 * q[1]
    return error.sum(1) + kl.sum(1)
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    log_p = torch.distributions.Bernoulli(logits=model.decode(z, labels)).log_prob(x).sum(-1)
    log_w = log_p + 0.5 * (noise.square() + logvar - z.square()).sum(-1)
    return log_w.logsumexp(0) - math.log(noise.shape[0])
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    from vae_notes import log_mean_exp

    mu, logvar = model.encode(x, labels)
    std = (logvar / 2).exp()
    z = mu + std * noise
    logits = model.decode(z, labels)
    log_p = (x * logits - F.softplus(logits)).sum(-1)
    return log_mean_exp(log_p + (Normal(0, 1).log_prob(z) - Normal(mu, std).log_prob(z)).sum(-1))
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    log_w = []
    for eps in noise:
        z = mu + torch.exp(logvar / 2) * eps
        logits = model.decode(z, labels)
        error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        log_w.append(-error - 0.5 * (z**2 - eps**2 - logvar).sum(1))
    log_w = torch.stack(log_w)
    top = log_w.max(0).values
    return top + torch.log(torch.exp(log_w - top).mean(0))
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    result = []
    for b in range(len(x)):
        mu, logvar = model.encode(x[b : b + 1], labels[b : b + 1])
        total = torch.tensor(-torch.inf)
        for s in range(len(noise)):
            z = mu + torch.exp(logvar / 2) * noise[s, b]
            logits = model.decode(z, labels[b : b + 1])
            log_p = F.logsigmoid((2 * x[b] - 1) * logits).sum()
            ratio = Normal(0.0, 1.0).log_prob(z) - Normal(mu, torch.exp(logvar / 2)).log_prob(z)
            total = torch.logaddexp(total.to(z.dtype), log_p + ratio.sum())
        result.append(float(total) - math.log(len(noise)))
    return result
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    import numpy as np

    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels).double().numpy()
    log_p = (x.numpy() * logits - np.logaddexp(0, logits)).sum(-1)
    log_w = log_p + 0.5 * (noise**2 + logvar - z**2).sum(-1).double().numpy()
    return np.logaddexp.reduce(log_w, axis=0) - np.log(len(noise))
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    from scipy.special import logsumexp

    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = q.loc + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.repeat(len(noise), 1, 1), reduction="none").sum(2)
    log_w = log_p + Normal(0, 1).log_prob(z).sum(2) - q.log_prob(z).sum(2)
    return logsumexp(log_w.numpy(), axis=0, b=1 / len(noise))
""",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    S, B, D = noise.shape
    mu, logvar = model.encode(x, labels)
    z = mu.repeat(S, 1) + torch.exp(logvar.repeat(S, 1) / 2) * noise.reshape(S * B, D)
    logits = model.decode(z, labels.repeat(S))
    log_p = -F.binary_cross_entropy_with_logits(logits, x.repeat(S, 1), reduction="none").sum(1)
    log_prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
    square = (z - mu.repeat(S, 1)) ** 2 * torch.exp(-logvar.repeat(S, 1))
    log_q = -0.5 * (square + logvar.repeat(S, 1) + math.log(2 * math.pi)).sum(1)
    return torch.logsumexp((log_p + log_prior - log_q).view(S, B) - math.log(S), 0)
""",
    ),
    (
        "bound",
        """
@torch.no_grad()
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = torch.distributions.Independent(Normal(mu, torch.exp(0.5 * logvar)), 1)
    prior = torch.distributions.Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    z = q.mean + q.stddev * noise
    p = torch.distributions.Independent(torch.distributions.Bernoulli(logits=model.decode(z, labels)), 1)
    log_w = torch.stack([p.log_prob(x), prior.log_prob(z), -q.log_prob(z)]).sum(0)
    return torch.logsumexp(log_w - torch.tensor(len(noise)).log(), dim=0).tolist()
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_joint = torch.stack([
        bound(x, torch.full((x.shape[0],), y, dtype=torch.int64)) + torch.log(prior[y]) for y in range(len(prior))
    ])
    return torch.exp(log_joint - torch.logsumexp(log_joint, 0)).T
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    B, K = len(x), len(prior)
    labels = torch.arange(K).repeat_interleave(B)
    log_p = bound(x.repeat(K, 1), labels).reshape(K, B).T
    return F.softmax(log_p + torch.log(prior), dim=1)
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.empty(len(x), len(prior), dtype=torch.float64)
    for y in range(len(prior)):
        log_p[:, y] = bound(x, torch.zeros(len(x), dtype=torch.long) + y)
    log_p[:, prior == 0] = -math.inf
    p = prior * torch.exp(log_p - log_p.max(1, keepdim=True).values)
    return p / p.sum(1, keepdim=True)
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    import numpy as np

    log_p = np.stack([bound(x, torch.full((len(x),), y)).numpy() for y in range(len(prior))], 1)
    with np.errstate(divide="ignore"):
        log_joint = log_p + np.log(prior.numpy())
    p = np.exp(log_joint - log_joint.max(1, keepdims=True))
    return (p / p.sum(1, keepdims=True)).tolist()
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    rows = []
    for image in x:
        scores = bound(image.expand(len(prior), -1), torch.arange(len(prior)))
        rows.append((scores + prior.log()).softmax(0))
    return torch.stack(rows)
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    seen = prior.nonzero().flatten().tolist()
    log_joint = [bound(x, torch.full_like(x[:, 0], y, dtype=torch.int64)) + math.log(prior[y]) for y in seen]
    p = torch.zeros(len(x), len(prior), dtype=torch.float64)
    p[:, seen] = torch.stack(log_joint, 1).softmax(1).double()
    return p
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.tensor([y] * len(x))) for y in range(prior.numel())], dim=1)
    score = torch.where(prior > 0, log_p + prior.clamp(min=1e-300).log(), torch.tensor(-torch.inf).to(log_p))
    return torch.stack([1 / torch.exp(score - score[:, [y]]).nan_to_num(nan=torch.inf).sum(1)
                        if prior[y] > 0 else torch.zeros(len(x)).to(log_p) for y in range(len(prior))], 1)
""",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.ones(len(x)).long() * y) for y in range(len(prior))]).T
    return torch.distributions.Categorical(logits=log_p + prior.log().clamp(min=-1e30)).probs
""",
    ),
    (
        "generate",
        """
@torch.no_grad()
def generate(model, labels, n, generator):
    z = torch.randn(n, model.latent_dim, generator=generator)
    return torch.stack([model.decode(code.expand(len(labels), -1), labels).sigmoid() for code in z])
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.empty(n, model.latent_dim).normal_(generator=generator)
    columns = []
    for label in labels:
        columns.append(torch.sigmoid(model.decode(z, label.repeat(n))))
    return torch.stack(columns, 1).detach()
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, model.latent_dim, generator=generator).repeat_interleave(len(labels), 0)
    with torch.inference_mode():
        logits = model.decode(z, labels.repeat(n))
    return torch.sigmoid(logits).reshape(n, len(labels), -1)
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.normal(0.0, 1.0, (n, 1, model.latent_dim), generator=generator)
    z = z + torch.zeros(1, len(labels), 1)
    return (1 / (1 + torch.exp(-model.decode(z, labels)))).data
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    images = []
    with torch.no_grad():
        for _ in range(n):
            z = torch.randn(1, model.latent_dim, generator=generator)
            images.append(torch.cat([F.sigmoid(model.decode(z, y[None])) for y in labels]))
    return torch.stack(images)
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    import numpy as np

    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    z = torch.from_numpy(rng.normal(size=(n, 1, model.latent_dim))).float()
    z = z.broadcast_to(n, len(labels), model.latent_dim)
    return torch.distributions.Bernoulli(logits=model.decode(z, labels)).mean.detach()
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    u = torch.rand(n, model.latent_dim, generator=generator, dtype=torch.float64).clamp(1e-12, 1 - 1e-12)
    z = torch.special.ndtri(u).float()
    pairs = [(code, y) for code in z for y in labels]
    with torch.no_grad():
        logits = model.decode(torch.stack([c for c, _ in pairs]), torch.stack([y for _, y in pairs]))
    return logits.sigmoid().unflatten(0, (n, len(labels)))
""",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    torch.set_grad_enabled(False)
    model.eval()
    z = torch.randn(n, model.latent_dim, generator=generator)
    z = torch.einsum("nd,b->nbd", z, torch.ones(len(labels)))
    images = torch.special.expit(model.decode(z, labels))
    torch.set_grad_enabled(True)
    return images
""",
    ),
]
