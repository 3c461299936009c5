"""The three parts of MNIST, and what happens when files are absent, cut or damaged."""

import gzip
import hashlib
import http.server
import os
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST

from vae_notes import mnist
from vae_notes.arguments import check_images
from vae_notes.mnist import load_mnist

REAL_MNIST = os.environ.get(mnist.DATA_VARIABLE)


def test_bundled_digits():
    images, labels = load_mnist("bundled")
    assert images.shape == (5000, 1, 28, 28)
    assert images.dtype == torch.float32
    assert labels.dtype == torch.int64
    assert images.min() == 0
    assert images.max() == 1
    assert torch.equal(labels.bincount(), torch.full((10,), 500))
    assert images.mean().item() == pytest.approx(0.1306, abs=2e-3)  # MNIST's well-known mean grey level


def test_an_unknown_split_names_the_nearest():
    with pytest.raises(ValueError, match=r"'tets'.*did you mean 'test'"):
        load_mnist("tets")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.zeros(0, 1, 28, 28), "empty"),
        (torch.zeros(2, 28, 28), "shape"),
        (torch.zeros(2, 1, 28, 28, dtype=torch.uint8), "floating-point"),
        (torch.full((2, 1, 28, 28), 255.0), "0 to 255"),
        (torch.full((2, 1, 28, 28), -0.1), r"\[0, 1\]"),
        (torch.full((2, 1, 28, 28), torch.nan), "NaN"),
    ],
)
def test_images_that_are_none_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        check_images(images)


def test_a_bad_image_is_named_by_its_index():
    images = torch.zeros(5, 1, 28, 28)
    images[3, 0, 7, 7] = torch.nan
    with pytest.raises(ValueError, match="image 3 has NaN"):
        check_images(images)


# A stand-in for the download site: small files of MNIST's format, served from this machine.


def _idx(array):
    header = np.array([0x0800 + array.ndim, *array.shape], dtype=">i4").tobytes()
    return header + array.tobytes()


@pytest.fixture
def site(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    served = tmp_path / "site"
    served.mkdir()
    raw, resources = {}, []
    for part, count in (("train", 620), ("t10k", 40)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        pixels = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        raw[f"{part}-images-idx3-ubyte"], raw[f"{part}-labels-idx1-ubyte"] = _idx(pixels), _idx(labels)
    for name, content in raw.items():
        packed = gzip.compress(content, mtime=0)
        (served / f"{name}.gz").write_bytes(packed)
        resources.append((f"{name}.gz", hashlib.md5(packed).hexdigest()))
    handler = type("Quiet", (_Site,), {"folder": served, "cut": False})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(MNIST, "resources", resources)
    monkeypatch.setattr(mnist, "RAW_SHA256", {name: hashlib.sha256(raw[name]).hexdigest() for name in raw})
    monkeypatch.setattr(mnist, "BUNDLED_PER_CLASS", 12)
    yield handler
    server.shutdown()
    server.server_close()


class _Site(http.server.BaseHTTPRequestHandler):
    folder, cut = None, False

    def do_GET(self):
        path = Path(self.folder) / Path(self.path).name
        if not path.exists():
            return self.send_error(403)
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.cut else body)
        return None

    def log_message(self, *_):
        pass


def test_absent_files_are_downloaded_and_split(site, tmp_path):
    root = tmp_path / "cache"
    train, test = load_mnist("train", root), load_mnist("test", root)
    assert train.images.shape == (500, 1, 28, 28)  # 620 less the first 12 of each of 10 classes
    assert test.images.shape == (40, 1, 28, 28)
    assert torch.equal(train.labels.bincount(), torch.full((10,), 50))
    assert [path.name for path in root.iterdir()] == ["MNIST"]


def test_train_leaves_out_the_first_of_each_class(site, tmp_path):
    root = tmp_path / "cache"
    train = load_mnist("train", root)
    everything = MNIST(root, train=True).data[120:].float().div(255)  # labels cycle 0..9, so the first 120 are bundled
    assert torch.equal(train.images[:, 0], everything)


@pytest.mark.parametrize("trouble", ["cut", "refused"])
def test_a_failed_download_says_what_to_do_and_leaves_nothing(site, tmp_path, trouble):
    root = tmp_path / "cache"
    if trouble == "cut":
        site.cut = True
    else:
        for path in site.folder.iterdir():
            path.unlink()
    with pytest.raises(RuntimeError, match=r"could not be downloaded(.|\n)*bundled"):
        load_mnist("train", root)
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_after_a_failed_download_the_next_one_works(site, tmp_path):
    site.cut = True
    with pytest.raises(RuntimeError):
        load_mnist("test", tmp_path)
    site.cut = False
    assert len(load_mnist("test", tmp_path).images) == 40


def test_a_damaged_file_is_named(site, tmp_path):
    load_mnist("test", tmp_path)
    path = tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match="t10k-images-idx3-ubyte is damaged"):
        load_mnist("test", tmp_path)


def test_packed_files_alone_are_unpacked_and_nothing_is_asked_for(site, tmp_path):
    raw = tmp_path / "root" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in site.folder.iterdir():
        path.rename(raw / path.name)  # the site has nothing left
    assert len(load_mnist("test", tmp_path / "root").images) == 40
    assert {path.name for path in raw.iterdir()} == {f"{n}{s}" for n in mnist.RAW_SHA256 for s in ("", ".gz")}
    packed = raw / "t10k-images-idx3-ubyte.gz"
    packed.write_bytes(packed.read_bytes()[:-50])
    packed.with_suffix("").unlink()
    with pytest.raises(RuntimeError, match="t10k-images-idx3-ubyte.gz is damaged.*delete it"):
        load_mnist("test", tmp_path / "root")


@pytest.mark.skipif(not REAL_MNIST, reason=f"{mnist.DATA_VARIABLE} names no folder with the real MNIST files")
def test_the_real_files_hold_what_the_design_says():
    bundled, train, test = (load_mnist(split) for split in mnist.SPLITS)
    assert (len(train.images), len(test.images)) == (55_000, 10_000)
    flat = {row.tobytes() for row in (train.images * 255).round().byte().flatten(1).numpy()}
    shared = sum(row.tobytes() in flat for row in (bundled.images * 255).round().byte().flatten(1).numpy())
    assert shared == 0  # no bundled digit is among the training images
