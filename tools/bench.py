"""Timings as ratios, each pair measured in this one run: `make bench`. Nothing here is asserted in a test."""

import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from vae_notes.faces.factors import render_faces, sample_face_factors
from vae_notes.maths.kl import kl_standard_normal
from vae_notes.mnist import load_mnist
from vae_notes.models import VariationalAutoencoder
from vae_notes.training.devices import pick_device
from vae_notes.training.loop import fit

BATCH = 128
REPEATS = 5


def median_seconds(work, repeats=REPEATS):
    """Median over `repeats` calls, after one call to warm up."""
    times = []
    for _ in range(repeats + 1):
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return sorted(times[1:])[repeats // 2]


def conventional_epoch(images, device):
    """The loop of pytorch/examples' VAE script, in our words; same network and batches.

    torchvision's dataset, ToTensor on every image, DataLoader with one worker process where there is a GPU, binary
    cross-entropy on probabilities, Adam.
    """
    dataset = MNIST.__new__(MNIST)  # torchvision's own __getitem__ on the bundled digits, so that nothing is downloaded
    dataset.data = (images[:, 0] * 255).round().byte()
    dataset.targets = torch.zeros(len(images), dtype=torch.int64)
    dataset.transform, dataset.target_transform = ToTensor(), None
    workers = {"num_workers": 1, "pin_memory": True} if device.type == "cuda" else {}
    loader = DataLoader(dataset, batch_size=BATCH, shuffle=True, **workers)
    model = VariationalAutoencoder().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def epoch():
        for x, _ in loader:
            x = x.to(device)
            x_hat, mu, logvar = model(x)
            bce = F.binary_cross_entropy(x_hat.flatten(1), x.flatten(1), reduction="sum")
            loss = bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()

    return epoch


def matrix_products(steps, device):
    """Only the matrix products of a training step: forward, and backward for weights and inputs of each layer."""
    model = VariationalAutoencoder().to(device)
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    tensors = []
    for index, layer in enumerate(layers):
        x = torch.randn(BATCH, layer.in_features, device=device)
        grad = torch.randn(BATCH, layer.out_features, device=device)
        tensors.append((x, grad, layer.weight.detach(), index > 0))  # nobody needs the gradient of the pixels

    def work():
        for _ in range(steps):
            for x, grad, weight, needs_input_gradient in tensors:
                x @ weight.T
                grad.T @ x
                if needs_input_gradient:
                    grad @ weight

    return work


def bench_training():
    device = pick_device()
    images = load_mnist("bundled").images[: 39 * BATCH]  # full batches, so that all three do the same products
    epochs, steps = 5, 39

    def ours(**options):
        """Seconds of the epochs alone: neither loop is charged for making its network."""
        runs = [fit(VariationalAutoencoder(), images, epochs=epochs, batch_size=BATCH, device=device, **options)
                for _ in range(REPEATS + 1)]  # fmt: skip
        return sorted(run.seconds for run in runs[1:])[REPEATS // 2]

    usual = median_seconds(conventional_epoch(images, device), repeats=3) / steps
    plain = ours() / (epochs * steps)
    bare = median_seconds(matrix_products(steps, device)) / steps
    print(f"training step, 784-400-20 VAE, batch {BATCH}, {device}, {torch.get_num_threads()} threads")
    print(f"  conventional loop / ours                 {usual / plain:7.2f}")
    print(f"  ours / bare matrix products              {plain / bare:7.2f}")
    print(f"  conventional loop / bare matrix products {usual / bare:7.2f}")
    usual_epoch, our_epoch = (seconds * 60_000 / BATCH for seconds in (usual, plain))
    print(f"  an epoch of 60,000 images: conventional {usual_epoch:.1f} s, ours {our_epoch:.1f} s")
    if device.type == "cuda":
        graphs = ours(compiled=True) / (epochs * steps)
        print(f"  conventional loop / ours, compiled       {usual / graphs:7.2f}")


def bench_kl():
    mu = torch.randn(8192, 20, requires_grad=True)
    logvar = torch.randn(8192, 20, requires_grad=True)

    def textbook(mu, logvar):
        return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)

    def run(kl):
        def work():
            for _ in range(20):
                torch.autograd.grad(kl(mu, logvar).sum(), (mu, logvar))

        return work

    ratio = median_seconds(run(kl_standard_normal), 15) / median_seconds(run(textbook), 15)
    print(f"KL to the standard normal, (8192, 20), forward and backward\n  ours / textbook expression {ratio:21.2f}")


def bench_import():
    def seconds(code):
        return median_seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True), 3)

    torch_alone, with_ours = seconds("import torch"), seconds("import torch, vae_notes")
    print(f"import\n  torch and vae_notes / torch alone {with_ours / torch_alone:14.2f}", end="")
    print(f"   ({with_ours - torch_alone:+.2f} s)")


def bench_faces():
    """A face of 256 x 256 against one of 64 x 64: 16 times the pixels, so 16 at most."""
    factors = sample_face_factors(100, generator=torch.Generator().manual_seed(0))
    small, large = (median_seconds(lambda size=size: render_faces(factors, size), 3) for size in (64, 256))
    print(f"faces\n  256 x 256 / 64 x 64, of 16 times the pixels {large / small:4.2f}   ({large / 100:.4f} s a face)")


if __name__ == "__main__":
    bench_training()
    bench_faces()
    bench_kl()
    bench_import()
