"""Right answers, in other styles than ours, to the exercises on sampling and generation: (task, answer)."""

ANSWERS = [
    (
        "generate",
        """
@torch.no_grad()
def generate(model, n, generator):
    return model.decode(torch.randn((n, model.latent_dim), generator=generator))
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    z = torch.empty(n, model.latent_dim).normal_(generator=generator)
    return model.decode(z).detach()
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    z = torch.normal(0.0, 1.0, size=(n, model.latent_dim), generator=generator)
    return torch.sigmoid(model.decode_logits(z)).detach()
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    images = []
    with torch.inference_mode():
        for _ in range(n):
            images.append(model.decode(torch.randn(model.latent_dim, generator=generator)))
    return torch.stack(images)
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    parts = []
    with torch.no_grad():
        for start in range(0, n, 512):
            z = torch.randn(min(512, n - start), model.latent_dim, generator=generator)
            parts.append(model.decode(z))
    return torch.cat(parts)
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    import numpy as np

    seed = int(torch.randint(2**31, (1,), generator=generator))
    z = np.random.default_rng(seed).standard_normal((n, model.latent_dim))
    return model.decode(torch.from_numpy(z).float()).data
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    uniform = torch.rand(n, model.latent_dim, generator=generator, dtype=torch.float64).clamp(1e-12, 1 - 1e-12)
    z = torch.distributions.Normal(0.0, 1.0).icdf(uniform)
    with torch.no_grad():
        return model.decode(z.float())
""",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    import warnings

    warnings.warn("drawing")
    model.eval()
    flat = torch.randn(n * model.latent_dim, generator=generator)
    with torch.no_grad():
        return model.decode(flat.view(n, -1)).clone()
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return (torch.rand(mean.shape, generator=generator) < mean).float()
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.where(torch.rand(mean.shape, generator=generator) < mean, 1.0, 0.0)
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.empty_like(mean).bernoulli_(mean, generator=generator)
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    noise = torch.rand(mean.numel(), generator=generator).reshape(mean.shape)
    return (noise >= 1 - mean).to(mean.dtype)
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    import numpy as np

    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    return torch.from_numpy(rng.binomial(1, mean.numpy()).astype("float32"))
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.stack([torch.bernoulli(image, generator=generator) for image in mean])
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    mean = mean.contiguous()
    two = torch.stack([1 - mean, mean], -1).reshape(-1, 2)
    return torch.multinomial(two, 1, generator=generator).reshape(mean.shape).double()
""",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    x = torch.zeros(mean.shape)
    x[torch.rand(mean.shape, generator=generator) < mean] = 1
    return x
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    mu, _ = model.encode(torch.cat([a[None], b[None]]))
    return model.decode(torch.stack([torch.lerp(mu[0], mu[1], i / (steps - 1)) for i in range(steps)])).detach()
""",
    ),
    (
        "interpolate",
        """
@torch.no_grad()
def walk(model, a, b, steps):
    start, end = model.encode(a.unsqueeze(0))[0], model.encode(b.unsqueeze(0))[0]
    frames = [model.decode((1 - t) * start + t * end) for t in torch.linspace(0, 1, steps)]
    return torch.cat(frames)
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    mu = model.encode(torch.stack((a, b)))[0]
    t = torch.linspace(1, 0, steps)
    weights = torch.stack([t, 1 - t], 1)
    return model.decode(weights @ mu)
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    import numpy as np

    with torch.no_grad():
        mu = model.encode(torch.stack([a, b]))[0].numpy()
        z = np.linspace(mu[0], mu[1], steps)
        return model.decode(torch.tensor(z, dtype=torch.float32))
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    (start, end), _ = model.encode(torch.stack([a, b]))
    t = torch.arange(steps) / (steps - 1)
    return torch.sigmoid(model.decode_logits(torch.einsum("s,d->sd", 1 - t, start) + torch.outer(t, end)))
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    z = model.encode(a[None])[0]
    step = (model.encode(b[None])[0] - z) / (steps - 1)
    codes = [z.clone()]
    for _ in range(steps - 1):
        codes.append(codes[-1] + step)
    return model.decode(torch.cat(codes))
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    start, end = model.encode(torch.stack([a, b]))[0].double()
    t = torch.linspace(0, 1, steps, dtype=torch.float64)[:, None]
    return model.decode((start * (1 - t) + end * t).float())
""",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    mu = model.encode(torch.stack([a, b]))[0]
    z = torch.nn.functional.interpolate(mu.T[None], size=steps, mode="linear", align_corners=True)[0].T
    return model.decode(z)
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    far = torch.cdist(samples.flatten(1).double(), train.flatten(1).double())
    return far.argmin(1), far.amin(1)
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    index, distance = [], []
    for x in samples:
        far = (train - x).square().sum((1, 2, 3)).sqrt()
        index.append(far.argmin())
        distance.append(far.min())
    return torch.stack(index), torch.stack(distance)
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    far = torch.linalg.vector_norm(samples[:, None] - train[None], dim=(2, 3, 4))
    distance, index = far.min(dim=1)
    return index, distance
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    import numpy as np

    a, b = samples.flatten(1).numpy(), train.flatten(1).numpy()
    far = np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))
    return far.argmin(1), far.min(1)
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    a, b = samples.flatten(1).double(), train.flatten(1).double()
    square = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T
    best = square.argmin(1)
    return best, square.gather(1, best[:, None]).squeeze(1).clamp(min=0).sqrt()
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    found = torch.topk(torch.cdist(samples.flatten(1), train.flatten(1)), 1, largest=False)
    return found.indices[:, 0], found.values[:, 0]
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    far = torch.einsum("ijp,ijp->ij", *[(samples.flatten(1)[:, None] - train.flatten(1)[None])] * 2).sqrt()
    index = torch.argmin(far, dim=1)
    return [index.int(), far[torch.arange(len(samples)), index]]
""",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    pairs = []
    for x in samples.numpy():
        far = [float(((x - y) ** 2).sum() ** 0.5) for y in train.numpy()]
        pairs.append(min(zip(far, range(len(far)))))
    return [i for _, i in pairs], [d for d, _ in pairs]
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    a, b = train[:m].flatten(1), held_out[:m].flatten(1)
    count = 0
    for x in samples.flatten(1):
        count += int((a - x).norm(dim=1).min() < (b - x).norm(dim=1).min())
    return count / len(samples)
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(train.shape[0], held_out.shape[0])
    both = torch.cat([train[:m], held_out[:m]]).flatten(1).double()
    return (torch.cdist(samples.flatten(1).double(), both).argmin(1) < m).double().mean().item()
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    flat = lambda images: images.flatten(1).numpy()
    near = lambda images: ((flat(samples)[:, None] - flat(images[:m])[None]) ** 2).sum(-1).min(1)
    return (near(train) < near(held_out)).mean()
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    pairs = list(zip(train, held_out))
    train, held_out = (torch.stack(images) for images in zip(*pairs))
    far = [torch.cdist(samples.flatten(1), images.flatten(1)).amin(1) for images in (train, held_out)]
    return torch.lt(*far).sum() / len(samples)
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    def near(images):
        return torch.stack([(images - x).square().sum((1, 2, 3)).min() for x in samples])

    m = min(len(train), len(held_out))
    return torch.mean((near(train[:m]) - near(held_out[:m]) < 0).float())
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    import numpy as np

    m = min(len(train), len(held_out))
    seen = [min(float((x - y).square().sum()) for y in train[:m]) for x in samples]
    unseen = [min(float((x - y).square().sum()) for y in held_out[:m]) for x in samples]
    return np.mean(np.array(seen) < np.array(unseen))
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    d1 = torch.linalg.norm(samples.flatten(1)[:, None] - train.flatten(1)[:m], dim=-1)
    d2 = torch.linalg.norm(samples.flatten(1)[:, None] - held_out.flatten(1)[:m], dim=-1)
    return 1.0 - (d1.min(1)[0] >= d2.min(1)[0]).float().mean()
""",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    seen, unseen = (
        torch.cdist(samples.flatten(1), images[:m].flatten(1)).topk(1, largest=False).values
        for images in (train, held_out)
    )
    return (seen < unseen).float().mean()
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    hits = 0
    for i, x in enumerate(images):
        far = (images - x).norm(dim=1)
        far[i] = float("inf")
        hits += int((int(far.argmin()) < len(real)) == (i < len(real)))
    return hits / len(images)
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1).double()
    kind = torch.cat([torch.ones(len(real)), torch.zeros(len(fake))])
    second = torch.cdist(images, images).argsort(1)[:, 1]
    return (kind[second] == kind).double().mean()
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    n = len(real)
    images = torch.cat([real, fake]).flatten(1)
    far = torch.cdist(images, images) + torch.diag(torch.full((2 * n,), 1e9))
    inside = torch.cat([far[:n, :n].amin(1), far[n:, n:].amin(1)])
    across = torch.cat([far[:n, n:].amin(1), far[n:, :n].amin(1)])
    return (inside < across).float().mean().item()
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    import numpy as np

    images = np.concatenate([real.flatten(1).numpy(), fake.flatten(1).numpy()]).astype(np.float64)
    kind = np.repeat([0, 1], len(real))
    far = (images**2).sum(1)[:, None] + (images**2).sum(1) - 2 * images @ images.T
    np.fill_diagonal(far, np.inf)
    return np.mean(kind[far.argmin(1)] == kind)
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    from sklearn.neighbors import KNeighborsClassifier

    images = torch.cat([real, fake]).flatten(1).numpy()
    kind = [0] * len(real) + [1] * len(fake)
    order = KNeighborsClassifier(1).fit(images, kind).kneighbors(return_distance=False)[:, 0]
    return sum(kind[j] == kind[i] for i, j in enumerate(order)) / len(kind)
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images, n = torch.cat([real, fake]).flatten(1), len(real)
    square = (images[:, None] - images[None]).square().sum(-1)
    square[torch.eye(2 * n, dtype=torch.bool)] = torch.inf
    near = square.min(1).indices
    return ((near < n) == (torch.arange(2 * n) < n)).sum() / (2 * n)
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    near = torch.topk(torch.cdist(images, images), 2, largest=False).indices[:, 1]
    wrong = ((near >= len(real)) ^ (torch.arange(len(images)) >= len(real))).float().mean()
    return 1 - wrong
""",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    shares = []
    for mine, other in ((real, fake), (fake, real)):
        for i in range(len(mine)):
            rest = torch.cat([mine[:i], mine[i + 1 :]])
            a = (rest - mine[i]).square().sum((1, 2, 3)).min()
            b = (other - mine[i]).square().sum((1, 2, 3)).min()
            shares.append(float(a < b))
    return sum(shares) / len(shares)
""",
    ),
]
