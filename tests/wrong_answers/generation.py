"""Wrong answers to the exercises on sampling and generation: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode_logits(torch.randn(n, model.latent_dim, generator=generator))
""",
        "these are pixel logits",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(torch.rand(n, model.latent_dim, generator=generator))
""",
        "torch.rand is uniform",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(2 * torch.rand(n, model.latent_dim, generator=generator) - 1)
""",
        "the variance of each unit of the codes",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(3**0.5 * (2 * torch.rand(n, model.latent_dim, generator=generator) - 1))
""",
        "the fourth moment",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    coins = torch.randint(2, (n, model.latent_dim), generator=generator)
    with torch.no_grad():
        return model.decode(2.0 * coins - 1)
""",
        "the fourth moment",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(torch.randn(n, model.latent_dim))
""",
        "is generator used?",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        return model.decode(torch.randn(n, model.latent_dim, generator=generator))
""",
        "is generator used?",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    return model.decode(torch.randn(n, model.latent_dim, generator=generator))
""",
        "carry a gradient",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(torch.randn(n, 20, generator=generator))
""",
        "z must have 5 numbers",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    from vae_notes import sample

    return sample(model, n, generator)
""",
        "write it yourself",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(torch.randn(n, 1, generator=generator).expand(n, model.latent_dim))
""",
        "the correlation between units",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    z = torch.randn((n + 1) // 2, model.latent_dim, generator=generator).repeat_interleave(2, 0)[:n]
    with torch.no_grad():
        return model.decode(z)
""",
        "the correlation between images",
    ),
    (
        "generate",
        """
def generate(model, n, generator):
    with torch.no_grad():
        return model.decode(torch.randn(n, model.latent_dim, generator=generator)).flatten(1)
""",
        "expected",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return (mean > 0.5).float()
""",
        "pixels were rounded",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return (torch.rand(mean.shape, generator=generator) > mean).float()
""",
        "which way round",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return mean
""",
        "neither 0 nor 1",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return (mean + 0.1 * torch.randn(mean.shape, generator=generator)).clamp(0, 1)
""",
        "neither 0 nor 1",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.rand(mean.shape, generator=generator) < mean
""",
        "return a float tensor",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.randint(2, mean.shape, generator=generator).float()
""",
        "every pixel is a fair coin",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.bernoulli(mean)
""",
        "is generator used?",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return (torch.rand(mean.shape[1:], generator=generator) < mean).float()
""",
        "the share of white in each pixel",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    noise = torch.rand(len(mean), *[1] * (mean.ndim - 1), generator=generator)
    return (noise < mean).float()
""",
        "pixels of an image",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    noise = torch.rand((len(mean) + 1) // 2, *mean.shape[1:], generator=generator)
    return (noise.repeat_interleave(2, 0)[: len(mean)] < mean).float()
""",
        "the covariance of neighbouring images",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.bernoulli(mean.clamp(0.02, 0.98), generator=generator)
""",
        "the draw of certain pixels",
    ),
    (
        "pixels",
        """
def draw_pixels(mean, generator):
    return torch.bernoulli(mean, generator=torch.Generator().manual_seed(1))
""",
        "is generator used?",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    t = torch.linspace(0, 1, steps).view(-1, 1, 1, 1)
    return a + t * (b - a)
""",
        "pixel by pixel",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    first, last = model.decode(model.encode(torch.stack([a, b]))[0])
    return torch.lerp(first, last, torch.linspace(0, 1, steps).view(-1, 1, 1, 1))
""",
        "mixes the two decoded images",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    end, start = model.encode(torch.stack([a, b]))[0]
    return model.decode(torch.lerp(start, end, torch.linspace(0, 1, steps).unsqueeze(-1)))
""",
        "from b to a",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    start, end = model.encode(torch.stack([a, b]))[0]
    return model.decode(torch.lerp(start, end, torch.arange(steps).unsqueeze(-1) / steps))
""",
        "the end is missing",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    start, end = model.encode(torch.stack([a, b]))[1]
    return model.decode(torch.lerp(start, end, torch.linspace(0, 1, steps).unsqueeze(-1)))
""",
        "these are the log-variances",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    start, end = model.encode(torch.stack([a, b]))[0]
    return model.decode_logits(torch.lerp(start, end, torch.linspace(0, 1, steps).unsqueeze(-1)))
""",
        "these are pixel logits",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    mu, logvar = model.encode(torch.stack([a, b]))
    start, end = mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape)
    return model.decode(torch.lerp(start, end, torch.linspace(0, 1, steps).unsqueeze(-1)))
""",
        "the walk at",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    from vae_notes import interpolate

    return interpolate(model, a[None], b[None], steps).squeeze(1)
""",
        "write it yourself",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    start, end = model.encode(torch.stack([a, b]))[0]
    return model.decode(torch.lerp(start, end, torch.linspace(0, 1, 6).unsqueeze(-1)))
""",
        "expected",
    ),
    (
        "interpolate",
        """
def walk(model, a, b, steps):
    start, end = model.encode(torch.stack([a, b]))[0]
    t = torch.linspace(0, 1, steps).unsqueeze(-1)
    angle = torch.arccos((start @ end) / (start.norm() * end.norm()))
    return model.decode((torch.sin((1 - t) * angle) * start + torch.sin(t * angle) * end) / torch.sin(angle))
""",
        "the walk at",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = (samples[:, None] - train).square().flatten(2).sum(2).min(1)
    return index, distance
""",
        "the root is missing",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = (samples[:, None] - train).square().flatten(2).mean(2).sqrt().min(1)
    return index, distance
""",
        "root of the mean over pixels",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = (samples[:, None] - train).square().flatten(2).mean(2).min(1)
    return index, distance
""",
        "mean squared difference",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = torch.cdist(samples.flatten(1), train.flatten(1)).max(1)
    return index, distance
""",
        "farthest",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = torch.cdist(samples.flatten(1), train.flatten(1)).min(0)
    return index, distance
""",
        "nearest to each sample",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = torch.cdist(samples.flatten(1), train.flatten(1), p=1).min(1)
    return index, distance
""",
        "sums absolute differences",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance, index = torch.cdist(samples.flatten(1), train.flatten(1)).min(1)
    return distance, index
""",
        "indices first",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    return torch.cdist(samples.flatten(1), train.flatten(1)).argmin(1)
""",
        "return two tensors",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    distance = torch.cdist(samples.flatten(1), train.flatten(1)).min(1).values
    return torch.arange(len(samples)), distance
""",
        "the indices",
    ),
    (
        "nearest",
        """
def nearest(samples, train):
    far = torch.cdist(samples.flatten(1), train.flatten(1))
    far[far < 0.5] = float("inf")
    distance, index = far.min(1)
    return index, distance
""",
        "the distances",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    seen = torch.cdist(samples.flatten(1), train.flatten(1)).min(1).values
    unseen = torch.cdist(samples.flatten(1), held_out.flatten(1)).min(1).values
    return (seen < unseen).float().mean()
""",
        "the larger set has nearer neighbours",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    seen = torch.cdist(samples.flatten(1), train.flatten(1)).min(1).values
    unseen = torch.cdist(samples.flatten(1), held_out[: len(train)].flatten(1)).min(1).values
    return (seen < unseen).float().mean()
""",
        "the larger set has nearer neighbours",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    seen = torch.cdist(samples.flatten(1), train[:m].flatten(1)).min(1).values
    unseen = torch.cdist(samples.flatten(1), held_out[:m].flatten(1)).min(1).values
    return (seen > unseen).float().mean()
""",
        "nearer to a held-out image",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    seen = torch.cdist(samples.flatten(1), train[:m].flatten(1)).min(1).values
    unseen = torch.cdist(samples.flatten(1), held_out[:m].flatten(1)).min(1).values
    return (seen < unseen).sum()
""",
        "return their share",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    seen = torch.cdist(samples.flatten(1), train[:m].flatten(1)).mean(1)
    unseen = torch.cdist(samples.flatten(1), held_out[:m].flatten(1)).mean(1)
    return (seen < unseen).float().mean()
""",
        "the mean distance to each set",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    seen = torch.cdist(samples.flatten(1), train[:m].flatten(1)).min(0).values
    unseen = torch.cdist(samples.flatten(1), held_out[:m].flatten(1)).min(0).values
    return (seen < unseen).float().mean()
""",
        "taken from the training images",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    return 0.5
""",
        "the share",
    ),
    (
        "copies",
        """
def share_nearer_to_train(samples, train, held_out):
    m = min(len(train), len(held_out))
    seen = torch.cdist(samples.flatten(1), train[:m].flatten(1)).min(1).values
    unseen = torch.cdist(samples.flatten(1), held_out[:m].flatten(1)).min(1).values
    return f"{(seen < unseen).float().mean():.2f}"
""",
        "must be a tensor or a number",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    return (kind[torch.cdist(images.double(), images.double()).argmin(1)] == kind).float().mean()
""",
        "the nearest image to each was itself",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(float("inf"))
    return (kind[far.argmin(1)] != kind).float().mean()
""",
        "a neighbour of the other kind",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(float("inf"))
    return (kind[far.argmin(1)] == kind)[: len(real)].float().mean()
""",
        "real images alone",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(float("inf"))
    return (kind[far.argmin(1)] == kind)[len(real) :].float().mean()
""",
        "fake images alone",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(float("inf"))
    return (kind[far.argmin(1)] == kind).sum()
""",
        "return their share",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(float("inf"))
    return (kind[far.argmin(1)] == kind).sum() / len(real)
""",
        "there are 2n images",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(0.0)
    return (kind[far.argmax(1)] == kind).float().mean()
""",
        "the share for",
    ),
    (
        "told-apart",
        """
def told_apart(real, fake):
    real, fake = real[:60], fake[:60]
    images = torch.cat([real, fake]).flatten(1)
    kind = torch.arange(len(images)) >= len(real)
    far = torch.cdist(images, images).fill_diagonal_(float("inf"))
    return (kind[far.argmin(1)] == kind).float().mean()
""",
        "for digits in a mirror",
    ),
]
