"""Wrong answers to the exercises on autoencoders: (task, answer, part of the hint)."""

ANSWERS = [
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
