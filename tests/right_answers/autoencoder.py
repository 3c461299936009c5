"""Right answers, in other styles than ours, to the exercises on autoencoders: (task, answer)."""

ANSWERS = [
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).sum(dim=(1, 2, 3))
""",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return nn.functional.mse_loss(x_hat, x, reduction="none").view(len(x), -1).sum(dim=1)
""",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    errors = []
    for image, answer in zip(x, x_hat):
        errors.append(nn.MSELoss(reduction="sum")(answer, image))
    return torch.stack(errors)
""",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    d = (x_hat - x).reshape(x.shape[0], -1)
    return torch.einsum("bi,bi->b", d, d)
""",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    return torch.linalg.vector_norm(x.double() - x_hat.double(), dim=(1, 2, 3)).pow(2)
""",
    ),
    (
        "squared-error",
        """
def squared_error(x, x_hat):
    x -= x_hat
    return x.pow(2).sum((-1, -2)).squeeze(1)
""",
    ),
    (
        "squared-error",
        """
import logging
import warnings


def squared_error(x: torch.Tensor, x_hat: torch.Tensor) -> torch.Tensor:
    logging.warning("shapes %s %s", x.shape, x_hat.shape)
    warnings.warn("this is slow", stacklevel=2)
    return 784 * torch.square(x - x_hat).mean(dim=[1, 2, 3])
""",
    ),
    (
        "squared-error",
        """
squared_error = lambda x, x_hat: torch.func.vmap(lambda a, b: torch.dot((a - b).flatten(), (a - b).flatten()))(x, x_hat)
""",
    ),
    (
        "network",
        """
class Encoder(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.hidden = nn.Linear(28 * 28, 256)
        self.out = nn.Linear(256, code)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x.view(x.size(0), -1))))


class Decoder(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.hidden = nn.Linear(code, 256)
        self.out = nn.Linear(256, 28 * 28)

    def forward(self, z):
        return torch.sigmoid(self.out(torch.relu(self.hidden(z)))).view(-1, 1, 28, 28)


def make_autoencoder(code):
    return Encoder(code), Decoder(code)
""",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Flatten(), nn.LazyLinear(256), nn.ReLU(inplace=True), nn.LazyLinear(code))
    decoder = nn.Sequential(nn.LazyLinear(256), nn.ReLU(inplace=True), nn.LazyLinear(784), nn.Sigmoid(),
                            nn.Unflatten(-1, (1, 28, 28)))
    return [encoder, decoder]
""",
    ),
    (
        "network",
        """
from collections import OrderedDict


def make_autoencoder(code):
    encoder = nn.Sequential(OrderedDict(flat=nn.Flatten(), hidden=nn.Linear(784, 256), relu=nn.ReLU(),
                                        code=nn.Linear(256, code)))
    decoder = nn.Sequential(OrderedDict(hidden=nn.Linear(code, 256), relu=nn.ReLU(), pixels=nn.Linear(256, 784),
                                        sigmoid=nn.Sigmoid(), image=nn.Unflatten(1, (1, 28, 28))))
    for layer in (encoder.hidden, encoder.code, decoder.hidden, decoder.pixels):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return encoder, decoder
""",
    ),
    (
        "network",
        """
class Layer(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.w = nn.Parameter(torch.randn(before, after) / before**0.5)
        self.b = nn.Parameter(torch.zeros(after))

    def forward(self, x):
        return x @ self.w + self.b


class Encoder(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.layers = nn.ModuleList([Layer(784, 256), Layer(256, code)])

    def forward(self, x):
        first, second = self.layers
        return second(first(x.flatten(1)).clamp(min=0))


class Decoder(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.layers = nn.ModuleList([Layer(code, 256), Layer(256, 784)])

    def forward(self, z):
        first, second = self.layers
        return second(first(z).clamp(min=0)).sigmoid().unflatten(1, (1, 28, 28))


def make_autoencoder(code):
    return Encoder(code), Decoder(code)
""",
    ),
    (
        "network",
        """
def make_autoencoder(code):
    encoder = nn.Sequential(nn.Conv2d(1, 256, 28), nn.ReLU(), nn.Conv2d(256, code, 1), nn.Flatten())
    decoder = nn.Sequential(nn.Unflatten(1, (code, 1, 1)), nn.Conv2d(code, 256, 1), nn.ReLU(),
                            nn.Conv2d(256, 784, 1), nn.Sigmoid(), nn.PixelShuffle(28))
    return encoder, decoder
""",
    ),
    (
        "network",
        """
def mlp(sizes):
    layers = []
    for before, after in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]


def make_autoencoder(code):
    sizes = [784, 256, code]
    return (nn.Sequential(nn.Flatten(1), *mlp(sizes)),
            nn.Sequential(*mlp(sizes[::-1]), nn.Sigmoid(), nn.Unflatten(1, torch.Size([1, 28, 28]))))
""",
    ),
    (
        "network",
        """
class Both(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, code))
        self.decoder = nn.Sequential(nn.Linear(code, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid(),
                                     nn.Unflatten(1, (1, 28, 28)))


def make_autoencoder(code):
    both = Both(code)
    return both.encoder, both.decoder
""",
    ),
    (
        "network",
        """
class Decoder(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(code, 256), nn.Linear(256, 784)

    def forward(self, z):
        logits = self.fc2(nn.functional.relu(self.fc1(z)))
        return (0.5 * (1 + torch.tanh(0.5 * logits))).reshape(len(z), 1, 28, 28)


class Encoder(nn.Module):
    def __init__(self, code):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(784, 256), nn.Linear(256, code)

    def forward(self, x):
        h = self.fc1(x.reshape(len(x), 784))
        return self.fc2(torch.where(h > 0, h, torch.zeros_like(h)))


def make_autoencoder(code):
    print(f"a network with a code of {code}")
    return Encoder(code), Decoder(code)
""",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    X = train_images.reshape(len(train_images), -1)
    mean = X.mean(dim=0, keepdim=True)
    cov = torch.cov((X - mean).T)
    values, vectors = torch.linalg.eigh(cov)
    W = vectors[:, -k:]
    out = (new_images.reshape(len(new_images), -1) - mean) @ W @ W.T + mean
    return out.view(new_images.shape)
""",
    ),
    (
        "pca",
        """
import numpy as np


def pca_reconstruct(train_images, new_images, k):
    train = train_images.numpy().reshape(-1, 784).astype(np.float64)
    new = new_images.numpy().reshape(-1, 784).astype(np.float64)
    mean = train.mean(axis=0)
    _, _, vt = np.linalg.svd(train - mean, full_matrices=False)
    codes = (new - mean) @ vt[:k].T
    return torch.from_numpy(codes @ vt[:k] + mean).float().reshape(new_images.shape)
""",
    ),
    (
        "pca",
        """
from sklearn.decomposition import PCA


def pca_reconstruct(train_images, new_images, k):
    pca = PCA(n_components=k, svd_solver="full").fit(train_images.flatten(1).numpy())
    out = pca.inverse_transform(pca.transform(new_images.flatten(1).numpy()))
    return torch.tensor(out).reshape(new_images.shape)
""",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat = train_images.flatten(1).double()
    mean = flat.mean(0)
    U, S, Vh = torch.linalg.svd(flat - mean, full_matrices=False)
    result = []
    for image in new_images:
        centred = image.flatten().double() - mean
        answer = mean.clone()
        for direction in Vh[:k]:
            answer += (centred @ direction) * direction
        result.append(answer.reshape(1, 28, 28))
    return torch.stack(result)
""",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    mean = train_images.mean(0)
    train_images -= mean
    new_images -= mean
    V = torch.svd(train_images.view(-1, 784))[2][:, :k]
    return torch.einsum("bi,ik,jk->bj", new_images.view(-1, 784), V, V).view_as(new_images) + mean
""",
    ),
    (
        "pca",
        """
def pca_reconstruct(train_images, new_images, k):
    flat = train_images.flatten(1)
    mean = flat.mean(0)
    centred = (flat - mean).double()
    values, left = torch.linalg.eigh(centred @ centred.T)
    components = (left[:, -k:].T @ centred) / values[-k:].sqrt()[:, None]
    codes = nn.functional.linear((new_images.flatten(1) - mean).double(), components)
    return (codes @ components + mean).unflatten(1, (1, 28, 28))
""",
    ),
    (
        "pca",
        """
class PCA:
    def __init__(self, k):
        self.k = k

    def fit(self, X):
        self.mean = X.mean(0)
        self.basis = torch.linalg.svd(X - self.mean, full_matrices=False).Vh[: self.k]
        return self

    def project(self, X):
        # least squares on the components is the projection
        centred = (X - self.mean).T
        solution = torch.linalg.lstsq(self.basis.T, centred).solution
        return (self.basis.T @ solution).T + self.mean


def pca_reconstruct(train_images, new_images, k):
    return PCA(k).fit(train_images.flatten(1)).project(new_images.flatten(1)).reshape(new_images.shape)
""",
    ),
    (
        "pca",
        """
import scipy.linalg


def pca_reconstruct(train_images, new_images, k):
    A = train_images.flatten(1).numpy()
    mean = A.mean(0, keepdims=True)
    _, _, Vt = scipy.linalg.svd(A - mean, full_matrices=False)
    P = Vt[:k].T @ Vt[:k]
    out = mean + (new_images.flatten(1).numpy() - mean) @ P
    return torch.as_tensor(out).reshape(new_images.shape)
""",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    return torch.normal(x, sd, generator=generator)
""",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    noise = torch.empty_like(x)
    noise.normal_(mean=0.0, std=sd, generator=generator)
    return noise.add_(x)
""",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    noisy = x.clone()
    for i in range(len(x)):
        noisy[i] += sd * torch.randn(1, 28, 28, generator=generator)
    return noisy
""",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    return x.double() + torch.randn(*x.size(), generator=generator, dtype=torch.float64) * sd
""",
    ),
    (
        "noise",
        """
import math


def add_noise(x, sd, generator):
    # Box and Muller
    u = 1 - torch.rand(x.shape, generator=generator)
    v = torch.rand(x.shape, generator=generator)
    return x + sd * torch.sqrt(-2 * torch.log(u)) * torch.cos(2 * math.pi * v)
""",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    eps = torch.randn(x.numel(), generator=generator).view_as(x)
    return torch.add(x, eps, alpha=sd)
""",
    ),
    (
        "noise",
        """
import numpy as np


def add_noise(x, sd, generator):
    rng = np.random.default_rng(torch.randint(2**60, (1,), generator=generator).item())
    return torch.from_numpy((x.numpy() + rng.normal(0, sd, size=tuple(x.shape))).astype(np.float32))
""",
    ),
    (
        "noise",
        """
def add_noise(x, sd, generator):
    std = torch.full_like(x, sd)
    z = torch.normal(torch.zeros_like(x), std, generator=generator)
    return torch.stack([image + e for image, e in zip(x, z)])
""",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator):
    return squared_error(x, model(add_noise(x, 0.5, generator)))
""",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator):
    corrupted = torch.normal(x, 0.5, generator=generator)
    return nn.functional.mse_loss(model(corrupted), x, reduction="none").sum((1, 2, 3))
""",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator):
    losses = []
    for image in x:
        image = image.unsqueeze(0)
        noisy = image + 0.5 * torch.randn(image.shape, generator=generator)
        losses.append(((model(noisy) - image) ** 2).sum())
    return torch.stack(losses)
""",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator):
    noise = torch.randn(x.shape, generator=generator)
    noise *= 0.5
    noise += x
    d = (model(noise) - x).view(len(x), 784)
    return torch.einsum("bi,bi->b", d, d)
""",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator=None):
    noisy = x + torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device).mul(0.5)
    return torch.linalg.vector_norm((model(noisy) - x).flatten(1), dim=1).square()
""",
    ),
    (
        "denoiser",
        """
def denoising_loss(model, x, generator):
    target = x.detach().clone()
    eps = torch.empty(x.shape).normal_(0, 0.5, generator=generator)
    x_hat = model(target + eps)
    return torch.sum((x_hat - target) * (x_hat - target), dim=(1, 2, 3)).double()
""",
    ),
    (
        "denoiser",
        """
from tqdm import tqdm


def denoising_loss(model, x, generator):
    parts = []
    for part in tqdm(x.split(10)):
        noisy = part + 0.5 * torch.randn(part.shape, generator=generator)
        parts.append(784 * (model(noisy) - part).pow(2).flatten(1).mean(1))
    return torch.cat(parts)
""",
    ),
    (
        "denoiser",
        """
class DenoisingLoss:
    def __init__(self, sd):
        self.sd = sd

    def __call__(self, model, x, generator):
        noise = torch.randn(x.shape, generator=generator) * self.sd
        return (x - model(x + noise)).pow(2).sum(dim=[1, 2, 3])


denoising_loss = DenoisingLoss(0.5)
""",
    ),
]
