"""Wrong answers to the exercises on autoencoders: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).square().flatten(1).mean(1)
""",
        "mean over pixels: 784 times too small",
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
        "squared-error",
        """
def squared_error(x, x_hat):
    return nn.functional.mse_loss(x_hat, x)
""",
        "mean over pixels and batch",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).square().sum() / len(x)
""",
        "that is the batch mean",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return 0.5 * (x - x_hat).square().sum((1, 2, 3))
""",
        "has no half",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).abs().sum((1, 2, 3))
""",
        "that is the absolute error",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).flatten(1).norm(dim=1)
""",
        "that is the root of the squared error",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).flatten(1).sum(1).square()
""",
        "that is the square of the sum",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat).square().sum((2, 3))
""",
        "has shape (5, 1), expected (5,)",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return (x - x_hat.detach()).square().sum((1, 2, 3))
""",
        "no gradient reaches x_hat",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return [float(((a - b) ** 2).sum()) for a, b in zip(x, x_hat)]
""",
        "no gradient reaches x_hat",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    d = x - x_hat
    return (d * d.detach()).sum((1, 2, 3))
""",
        "the gradient for x_hat",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    d = (x - x_hat).squeeze()
    return d.square().sum((-1, -2))
""",
        "the error of a single image",
    ),
    (
        "squared-error",
        """
from vae_notes.training.loop import squared_error as theirs


def squared_error(x, x_hat):
    return theirs(lambda image: x_hat, x)
""",
        "write it yourself",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    (x - x_hat).square().sum((1, 2, 3))
""",
        "is the `return` missing?",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return nn.functional.binary_cross_entropy(x_hat, x, reduction="none").sum((1, 2, 3))
""",
        "the error at",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code), nn.ReLU())
    pixels = nn.Sequential(nn.Linear(256, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))
    return encoder, nn.Sequential(nn.Linear(code, 256), nn.ReLU(), pixels)
""",
        "is there a ReLU or a sigmoid on the code?",
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
    *(
        (
            "network",
            f"""
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), {encoder_hidden}, nn.Linear(256, code){on_the_code})
    decoder = nn.Sequential(nn.Linear(code, 256), {decoder_hidden}, nn.Linear(256, 784), {last},
                            nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder
""",
            hint,
        )
        for encoder_hidden, on_the_code, decoder_hidden, last, hint in [
            ("nn.ReLU()", ", nn.Tanh()", "nn.ReLU()", "nn.Sigmoid()", "there is an activation on the code"),
            ("nn.ReLU()", ", nn.LeakyReLU()", "nn.ReLU()", "nn.Sigmoid()", "there is an activation on the code"),
            ("nn.ReLU()", ", nn.Dropout()", "nn.ReLU()", "nn.Sigmoid()", "another code the second time"),
            ("nn.Identity()", "", "nn.ReLU()", "nn.Sigmoid()", "layer of the encoder has no ReLU"),
            ("nn.LeakyReLU()", "", "nn.ReLU()", "nn.Sigmoid()", "layer of the encoder has no ReLU"),
            ("nn.ReLU()", "", "nn.Identity()", "nn.Sigmoid()", "layer of the decoder has no ReLU"),
            ("nn.ReLU()", "", "nn.GELU()", "nn.Sigmoid()", "layer of the decoder has no ReLU"),
            ("nn.ReLU6()", "", "nn.ReLU()", "nn.Sigmoid()", "a ReLU does not end"),
            ("nn.Hardtanh(0, 20)", "", "nn.ReLU()", "nn.Sigmoid()", "a ReLU does not end"),
            ("nn.ReLU()", "", "nn.ReLU()", "nn.Hardtanh(0, 1)", "something else than a sigmoid"),
            ("nn.ReLU()", "", "nn.ReLU()", "nn.Hardsigmoid()", "something else than a sigmoid"),
            ("nn.ReLU()", "", "nn.ReLU()", "nn.Softmax(1)", "something else than a sigmoid"),
            ("nn.ReLU()", "", "nn.ReLU()", "nn.Tanh()", "needs a sigmoid"),
            ("nn.BatchNorm1d(256)", "", "nn.ReLU()", "nn.Sigmoid()", "parameters of the encoder"),
            ("nn.ReLU()", "", "nn.ReLU(), nn.Linear(256, 256), nn.ReLU()", "nn.Sigmoid()", "parameters of the decoder"),
        ]
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256, bias=False), nn.ReLU(), nn.Linear(256, code, bias=False))
    decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(),
                            nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder
""",
        "the number of parameters of the encoder",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code))
    decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid())
    return encoder, decoder
""",
        "decoder gives (40, 784) for inputs (40, 16), expected (40, 1, 28, 28)",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code))
    decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(),
                            nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder
""",
        "does the encoder flatten?",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code))
    decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(),
                            nn.Unflatten(1, (1, 28, 28)))
    return decoder, encoder
""",
        "Is the order encoder, decoder",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code), nn.Linear(code, 256),
                         nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28)))
""",
        "return a pair, encoder and decoder",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 16))
    decoder = nn.Sequential(nn.Linear(16, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(),
                            nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder
""",
        "encoder gives (3, 16) for inputs (3, 1, 28, 28), expected (3, 7)",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code))
    pixels = nn.Sequential(nn.Linear(256, 784), nn.Sigmoid())
    return encoder, nn.Sequential(nn.Linear(code, 256), nn.ReLU(), pixels, nn.Unflatten(0, (code // 16 * 40, 1)),
                                  nn.Unflatten(2, (28, 28)))
""",
        "decoder fails on inputs (5, 7)",
    ),
    (
        "network",
        """
hidden = nn.Linear(784, 256)


def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(256, code))
    decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(),
                            nn.Unflatten(1, (1, 28, 28)))
    return encoder, decoder
""",
        "two encoders share a layer",
    ),
    (
        "network",
        """
from vae_notes import Autoencoder


def make_autoencoder(code):
    model = Autoencoder(code, 256)
    return (nn.Sequential(nn.Flatten(), model.encoder),
            nn.Sequential(model.decoder, nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))))
""",
        "does what this task asks you to write",
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
    *(
        (
            "pca",
            f"""
def pca_reconstruct(train_images, new_images, k):
    flat, new = train_images.flatten(1), new_images.flatten(1)
    mean = flat.mean(0)
    directions = torch.linalg.svd({fitted}, full_matrices=False)[2][{rows}]
    coordinates = ({centred}) @ directions.mT
    return ({result}).reshape(new_images.shape)
""",
            hint,
        )
        for fitted, rows, centred, result, hint in [
            ("flat - mean", ":k", "new - mean", "coordinates @ directions", "the mean is not added back"),
            ("new - new.mean(0)", ":k", "new - new.mean(0)", "new.mean(0) + coordinates @ directions",
             "fitted to the new images"),
            ("flat - mean", ":k", "new - new.mean(0)", "new.mean(0) + coordinates @ directions",
             "centred by their own mean"),
            ("flat - mean", ":k + 1", "new - mean", "mean + coordinates @ directions", "one component too many"),
            ("flat - mean", ": k - 1", "new - mean", "mean + coordinates @ directions", "one component is missing"),
            ("flat - mean", "1 : k", "new - mean", "mean + coordinates @ directions", "the reconstruction"),
            ("flat - mean", "-k:", "new - mean", "mean + coordinates @ directions", "the reconstruction"),
            ("flat - mean", ":5", "new - mean", "mean + coordinates @ directions", "the reconstruction of one image"),
            ("flat - mean", ":k", "new - mean", "(mean + coordinates @ directions).clip(0, 1)", "are clipped"),
            ("flat - mean", ":k", "new - mean", "mean + (coordinates @ directions)[0:1].expand_as(new)",
             "the reconstruction"),
            ("flat - mean", ":k", "new - mean", "new", "the reconstruction"),
            ("flat - mean", ":k", "new", "mean + coordinates @ directions", "the reconstruction"),
        ]
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat, new = train_images.flatten(1), new_images.flatten(1)
    mean, std = flat.mean(0), flat.std(0) + 1e-9
    directions = torch.linalg.svd((flat - mean) / std, full_matrices=False)[2][:k]
    return (mean + std * (((new - mean) / std) @ directions.mT @ directions)).reshape(new_images.shape)
""",
        "the pixels are rescaled",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat, new = train_images.flatten(1), new_images.flatten(1)
    mean = flat.mean(0)
    directions = torch.linalg.svd(flat - mean, full_matrices=False)[2][:k]
    return mean + (new - mean) @ directions.mT @ directions
""",
        "the reconstruction has shape (50, 784), expected (50, 1, 28, 28)",
    ),
    (
        "pca",
        """
from vae_notes import principal_components


def pca_reconstruct(train_images, new_images, k):
    mean, directions = principal_components(train_images, k)
    return (mean + (new_images.flatten(1) - mean) @ directions @ directions.mT).reshape(new_images.shape)
""",
        "principal_components does what this task asks you to write",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat, new = train_images.flatten(1), new_images.flatten(1)
    mean = flat.mean(0)
    directions = torch.pca_lowrank(flat, q=k, center=True)[2]
    return (mean + (new - mean) @ directions @ directions.mT).reshape(new_images.shape)
""",
        "pca_lowrank does what this task asks you to write",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat = torch.cat([train_images, new_images]).flatten(1)
    mean = flat.mean(0)
    directions = torch.linalg.svd(flat - mean, full_matrices=False)[2][:k]
    return (mean + (new_images.flatten(1) - mean) @ directions.mT @ directions).reshape(new_images.shape)
""",
        "the reconstruction",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat, new = train_images.flatten(1), new_images.flatten(1).squeeze()
    mean = flat.mean(0)
    directions = torch.linalg.svd(flat - mean, full_matrices=False)[2][:k]
    new = new - mean if len(new) > 1 else new
    return (mean + new.reshape(-1, 784).roll(int(len(new_images) == 1), 1) @ directions.mT @ directions).reshape(
        new_images.shape)
""",
        "the reconstruction of one image",
    ),
    *(
        ("noise", f"\ndef add_noise(x, sd, generator):\n    {body}\n", hint)
        for body, hint in [
            ("return x + sd**2 * torch.randn(x.shape, generator=generator)", "multiplied by the variance"),
            ("return x + sd**0.5 * torch.randn(x.shape, generator=generator)", "multiplied by the root of sd"),
            ("return x + sd * torch.randn(x.shape[1:], generator=generator)", "shared over the batch"),
            ("return x + sd * torch.rand(x.shape, generator=generator)", "the noise is uniform"),
            ("return x + sd * 12**0.5 * (torch.rand(x.shape, generator=generator) - 0.5)", "not Gaussian"),
            ("return x + sd * (2.0 * torch.randint(2, x.shape, generator=generator) - 1)", "the noise repeats"),
            ("return (x + sd * torch.randn(x.shape, generator=generator)).clip(0, 1)", "are clipped"),
            ("return x + sd * torch.randn_like(x)", "drawn without the generator"),
            ("return x + sd * torch.randn(x.shape)", "drawn without the generator"),
            ("import numpy as np\n    return x + sd * torch.tensor(np.random.randn(*x.shape))",
             "the same seed gives other"),
            ("return x + sd * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))", "another seed gives"),
            ("e = torch.randn(x.shape, generator=generator)\n    return x + sd * (0.8 * e + 0.6 * e.roll(1, 0))",
             "depends on that of another"),
            ("return x + sd * torch.randn(x.shape, generator=torch.Generator())", "another seed gives"),
            ("return x + sd * torch.randn(x.shape, generator=generator.manual_seed(1))", "another seed gives"),
            ("return x + sd * torch.randn(x.shape, generator=generator.manual_seed(generator.initial_seed()))",
             "a second call with the generator repeats the noise"),
            ("return x + 0.5 * torch.randn(x.shape, generator=generator)", "for sd = 0.2"),
            ("return x.add_(sd * torch.randn(x.shape, generator=generator))", "x itself was changed"),
            ("return x + sd * torch.randn(len(x), 1, 1, 28, generator=generator)", "the noise repeats"),
            ("return x + sd * torch.randn(len(x), 1, 28, 1, generator=generator)", "the noise repeats"),
            ("return x + sd * torch.randn(len(x), 1, 1, 1, generator=generator)", "the noise repeats"),
            ("return sd * torch.randn(x.shape, generator=generator)", "the standard deviation of the noise"),
            ("return x * (1 + sd * torch.randn(x.shape, generator=generator))", "the noise repeats"),
            ("return x + sd + sd * torch.randn(x.shape, generator=generator)", "the mean of the noise"),
            ("return x + sd * torch.randn(x.shape, generator=generator).abs()", "the standard deviation of the noise"),
            ("return (1 - sd) * x + sd * torch.randn(x.shape, generator=generator)",
             "the standard deviation of the noise"),
            ("return (x + sd * torch.randn(x.shape, generator=generator)).flatten(1)", "the shape of the images"),
            ("x + sd * torch.randn(x.shape, generator=generator)", "must be a tensor"),
            ("return x + sd * torch.randn(x.shape, generator=generator).exponential_(generator=generator).sub(1)",
             "not Gaussian"),
            ("e = torch.randn(len(x) // 2, 1, 28, 28, generator=generator)\n    return x + sd * torch.cat([e, -e])",
             "the noise repeats"),
        ]
    ),
    *(
        ("denoiser", f"\ndef denoising_loss(model, x, generator):\n    {body}\n", hint)
        for body, hint in [
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - noisy).square().flatten(1).sum(1)", "the target must be the clean image"),
            ("noisy = x + 0.25 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "multiplied by the variance"),
            ("return (model(x) - x).square().flatten(1).sum(1)", "the model sees the clean image"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(x) - noisy).square().flatten(1).sum(1)", "the model sees the clean image"),
            ("noisy = (x + 0.5 * torch.randn(x.shape, generator=generator)).clip(0, 1)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "the noisy images are clipped"),
            ("noisy = x + 0.5 * torch.randn(x.shape)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "drawn without the generator"),
            ("import numpy as np\n"
             "    noisy = x + 0.5 * torch.tensor(np.random.randn(*x.shape)).float()\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "the same seed gives other noise"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "another seed gives the same noise"),
            ("generator.manual_seed(generator.initial_seed())\n"
             "    noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "a second call with the generator repeats"),
            ("noisy = x + 0.5 * torch.randn(x.shape[1:], generator=generator)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "the noise repeats"),
            ("noisy = x + 0.75**0.5 * (2 * torch.rand(x.shape, generator=generator) - 1)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1)", "the noise is not Gaussian"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).square().flatten(1).mean(1)", "that is the mean over pixels"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).square().flatten(1).sum(1).mean()", "one number for the whole batch"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return nn.functional.mse_loss(model(noisy), x, reduction='sum')", "the sum over the batch"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return 0.5 * (model(noisy) - x).square().flatten(1).sum(1)", "has no half"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).abs().flatten(1).sum(1)", "that is the absolute error"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).flatten(1).norm(dim=1)", "that is the root"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    with torch.no_grad():\n"
             "        return (model(noisy) - x).square().flatten(1).sum(1)", "no gradient reaches the model"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy).detach() - x).square().flatten(1).sum(1)", "no gradient reaches the model"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    error = model(noisy) - x\n"
             "    return (error * error.detach()).flatten(1).sum(1)", "the gradient for a parameter"),
            ("x += 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(x) - x).square().flatten(1).sum(1)", "x itself was changed"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy) - x).squeeze().square().sum((-1, -2))", "the loss of a single image"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (model(noisy.flatten(1)) - x.flatten(1)).square().sum(1)", "the model must see images"),
            ("noisy = x + 0.5 * torch.randn(x.shape, generator=generator)\n"
             "    return (noisy - x).square().flatten(1).sum(1)", "the model was not called"),
            ("return 0.5 * torch.randn(x.shape, generator=generator).square().flatten(1).sum(1)",
             "the model was not called"),
        ]
    ),
]
