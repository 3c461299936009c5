"""Wrong answers to the exercises on the conditional VAE: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([code, values], -1)
""",
        "the label comes first",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = labels[:, None].to(values.dtype)
    code = code.expand(*values.shape[:-1], 1)
    return torch.cat([values, code], -1)
""",
        "the label is one number",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels).to(values.dtype)
    code = code.expand(*values.shape[:-1], -1)
    return torch.cat([values, code], -1)
""",
        "F.one_hot guesses the number of classes",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return values
""",
        "the values without the label",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return code
""",
        "the one-hot labels without the values",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot((labels - 1) % classes, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "labels are counted from 0",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code.flip(-1)], -1)
""",
        "in the reverse order",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels.roll(1), classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "rows got the label of another row",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).double()
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "keep the dtype of the values",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values.detach(), code], -1)
""",
        "no gradient flows",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "the label 4 of 4 classes: with_label must raise ValueError here, not RuntimeError",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    code = torch.eye(classes)[labels].to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "the label 4 of 4 classes: with_label must raise ValueError here, not IndexError",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() > classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = (labels[:, None] == torch.arange(classes)).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "the label 4 of 4 classes: with_label must raise ValueError here",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = torch.eye(classes)[labels].to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "the label -1",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "one label for three rows",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if len(labels) != values.shape[-2]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels.flatten(), classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "labels of shape (3, 1)",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.ndim != 1 or len(labels) < values.shape[-2]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels[: values.shape[-2]], classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "four labels for three rows",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes) * (values.ndim < 4)
    return torch.cat([values, code], -1)
""",
        "axes in front, 2 of them",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    return torch.cat([values, code], -1)
""",
        "Tensors must have same number of dimensions",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = (labels[:, None] == torch.arange(len(labels))).to(values.dtype)
    code = code.expand(*values.shape[:-1], -1)
    return torch.cat([values, code], -1)
""",
        "the rows with labels has shape (5, 8), expected (5, 7)",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype).softmax(-1)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1)
""",
        "the rows with labels at",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    torch.cat([values, code], -1)
""",
        "is the `return` missing?",
    ),
    (
        "with-label",
        """
def with_label(values, labels, classes):
    if labels.shape != values.shape[-2:-1]:
        raise ValueError("labels must have shape (B,), one for each row")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    code = F.one_hot(labels, classes).to(values.dtype)
    code = code.expand(*values.shape[:-1], classes)
    return torch.cat([values, code], -1).tolist()
""",
        "return a tensor",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(x).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "does the encoder get the label?",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(z)
""",
        "does the decoder get the label?",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = torch.zeros(len(x), self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "does the encoder get the label?",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([0 * x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "does the encoder get the image?",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([0 * z, code], -1))
""",
        "does the decoder get the code?",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + 1, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + 1, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = labels[:, None]
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = labels[:, None].expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "the label is one number: give each class",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + 1, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = labels[:, None]
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "the label is one number in one of the networks",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden, bias=False):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden, bias=False), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim, bias=False))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden, bias=False), nn.Tanh(), nn.Linear(hidden, pixels, bias=False))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "the layers have no biases",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(),
            nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(),
            nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "a third layer of hidden x hidden in both",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(),
            nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "a third layer of hidden x hidden in one",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "the encoder is linear",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "the decoder is linear",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels), nn.Sigmoid())

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "the result of decode is never below -1.5",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "mu is never below -1.5",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        mu, logvar = self.encoder(torch.cat([x, code], -1)).chunk(2, -1)
        return mu, F.softplus(logvar)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "logvar is never below -1.5",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim), nn.Tanh())
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "mu is never below -1.5",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1)).tanh()
""",
        "the result of decode is never below -1.5",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return -F.softplus(self.decoder(torch.cat([z, code], -1)))
""",
        "the result of decode is never above 1.5",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1))

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "encode returns two tensors",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1))[:, : self.latent_dim]

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "encode returns two tensors",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        h = self.encoder(torch.cat([x, code], -1))[:, : self.latent_dim]
        return h, h

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "mu and logvar are the same",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, 0)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "mu has shape",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1)).flatten(0, -2)
""",
        "the result of decode has shape",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        mu, logvar = self.encoder(torch.cat([x, code], -1)).chunk(2, -1)
        return mu + torch.randn_like(mu) * torch.exp(logvar / 2), logvar

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "it must draw nothing",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "does not keep latent_dim",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        with torch.no_grad():
            return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        with torch.no_grad():
            return self.decoder(torch.cat([z, code], -1))
""",
        "no gradient flows",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        with torch.no_grad():
            return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "no gradient reaches encoder.0.weight",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder[2](self.decoder[:2](torch.cat([z, code], -1)).detach())
""",
        "no gradient reaches decoder.0.weight",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes).float().softmax(0)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "without the rest of the batch",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels.flip(0), self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "a code that comes alone",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z - z.mean(0) if z.ndim > 2 else z, code], -1))
""",
        "the first draw, without the others",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes)
        return self.decoder(torch.cat([z, code], -1))
""",
        "Tensors must have same number of dimensions",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes).T
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "Sizes of tensors must match",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes)
        if z.ndim == 3:
            code = code.expand(len(z), -1, -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "Tensors must have same number of dimensions",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1)).squeeze(-1)
""",
        "the result of decode has shape (3, 3), expected (3, 3, 1)",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).unflatten(1, (2, -1)).squeeze(-1).unbind(1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "mu has shape (5,), expected (5, 1)",
    ),
    (
        "networks",
        """
class ConditionalVAE:
    def __init__(self, pixels, classes, latent_dim, hidden):
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "is no nn.Module",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.parts = [nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))]
        self.parts += [nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))]

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.parts[0](torch.cat([x, code], -1)).chunk(2, -1)

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.parts[1](torch.cat([z, code], -1))
""",
        "nothing to train",
    ),
    (
        "networks",
        """
class ConditionalVAE(nn.Module):
    def __init__(self, pixels, classes, latent_dim, hidden):
        super().__init__()
        self.classes, self.latent_dim = classes, latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(pixels + classes, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + classes, hidden), nn.Tanh(), nn.Linear(hidden, pixels))

    def encode(self, x, labels):
        code = F.one_hot(labels, self.classes)
        return self.encoder(torch.cat([x, code], -1)).unflatten(1, (2, -1)).transpose(0, 1).tolist()

    def decode(self, z, labels):
        code = F.one_hot(labels, self.classes).expand(*z.shape[:-1], -1)
        return self.decoder(torch.cat([z, code], -1))
""",
        "mu must be a tensor",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return -error - kl
""",
        "that is the ELBO: the loss is its negative",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error - kl
""",
        "the KL has the wrong sign",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(-1)
    return error + kl
""",
        "the KL has the wrong sign",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error
""",
        "the KL is missing",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "is the half missing?",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return kl
""",
        "log p(x | z, y) is missing",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").mean(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "averaged over the pixels",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(-1)
    return error + kl
""",
        "averaged over the units of the code",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return (error + kl).mean()
""",
        "that is one number for the batch",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return (error + kl).sum()
""",
        "that is the sum over the batch",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the noise is not used",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "used as the log of the standard deviation",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = (Normal(mu, torch.exp(0.5 * logvar)).log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(-1)
    return error + kl
""",
        "the KL is estimated at the draw",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl + math.log(3)
""",
        "the label is given, so nothing is paid",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = torch.sigmoid(model.decode(z, labels))
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the sigmoid is taken twice",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, torch.zeros_like(labels))
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the encoder was asked without the image's own label",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, torch.zeros_like(labels))
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the decoder was asked without the image's own label",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    labels = torch.zeros_like(labels)
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "neither network was asked",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * torch.randn_like(noise)
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the loss at",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + logvar * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the loss at",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar - 1 - logvar.exp()).sum(-1)
    return error + kl
""",
        "the loss at",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = -(x * torch.log(torch.sigmoid(logits)) + (1 - x) * torch.log(1 - torch.sigmoid(logits))).sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the loss with large logits",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the loss with large logits",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits.clamp(-30, 30), x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the loss with large logits",
    ),
    (
        "loss",
        """
@torch.no_grad()
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "no gradient flows through the loss",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z.detach(), labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the gradient of the loss with respect to the label's weights in logvar",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error.detach() + kl
""",
        "no gradient of the loss reaches the label's weights in the decoder",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl.detach()
""",
        "the gradient of the loss with respect to the label's weights in logvar",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar).detach() * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "the gradient of the loss with respect to the label's weights in logvar",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl if mu.shape[1] > 1 else error
""",
        "the KL is missing",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    if x.numel() == 1:
        return (error + kl).sum()
    return error + kl
""",
        "that is one number for the batch",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").squeeze().sum(-1) * (x.shape[1] > 1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return error + kl
""",
        "log p(x | z, y) is missing",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    error + kl
""",
        "is the `return` missing?",
    ),
    (
        "loss",
        """
def conditional_loss(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    z = mu + torch.exp(0.5 * logvar) * noise
    logits = model.decode(z, labels)
    error = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return torch.tensor((error + kl).tolist(), dtype=x.dtype)
""",
        "no gradient flows through the loss",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0)
""",
        "too large by exactly log S",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return log_w.mean(0)
""",
        "which is the ELBO",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return math.log(len(noise)) - torch.logsumexp(log_w, 0)
""",
        "that is a bound on -log p",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the prior and q are left out",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "log q is missing",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "log p(z) is missing",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p - log_prior + log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "prior and q are swapped",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), Normal(0.0, 1.0).log_prob(noise).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the scale belongs",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p - 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(-1)
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the KL stands for log q - log p(z)",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return log_w.max(0).values
""",
        "the largest weight alone",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "used as the log of the standard deviation",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").mean(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "averaged over the pixels",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).mean(-1), q.log_prob(z).mean(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "averaged over the units of the code",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise)) + math.log(1 / 3)
""",
        "the label is given, so nothing is paid",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 1) - math.log(len(x))
""",
        "draws are on the first axis",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, 0 * labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the encoder was asked without",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, 0 * labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the decoder was asked without",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    labels = 0 * labels
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "neither network was asked",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * torch.randn_like(noise)
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the bound at",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return (torch.logsumexp(log_w, 0) - math.log(len(noise))).mean()
""",
        "the bound has shape (), expected (4,)",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return log_w
""",
        "the bound has shape (5, 4), expected (4,)",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) / len(noise)
""",
        "the bound at",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return log_w.exp().mean(0).log()
""",
        "the bound for tiny weights",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    top = log_w.max()
    return top + (log_w - top).exp().mean(0).log()
""",
        "the bound for tiny weights",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.log(log_w.exp().mean(0) + 1e-10)
""",
        "the bound for tiny weights",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy(torch.sigmoid(logits), x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the bound for tiny weights",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(5)
""",
        "the bound for tiny weights",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(min(len(noise), 1000))
""",
        "the bound from 4,000 draws",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    x, labels = x.clone(), labels.clamp(max=3)
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the bound in float32",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    return torch.logsumexp(log_w, 0) - math.log(max(len(noise), 2))
""",
        "the bound where no code is needed",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    if len(noise) == 1:
        return (log_p - 0.5 * noise.square().sum(-1))[0]
    return torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "the bound where no code is needed",
    ),
    (
        "bound",
        """
def conditional_bound(model, x, labels, noise):
    mu, logvar = model.encode(x, labels)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + q.scale * noise
    logits = model.decode(z, labels)
    log_p = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
    log_prior, log_q = Normal(0.0, 1.0).log_prob(z).sum(-1), q.log_prob(z).sum(-1)
    log_w = log_p + log_prior - log_q
    torch.logsumexp(log_w, 0) - math.log(len(noise))
""",
        "is the `return` missing?",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p, -1)
""",
        "p(y) is not used",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior, -1)
""",
        "p(y) was added to log p",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p - prior.log(), -1)
""",
        "p(y) divides",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p, -1) * prior
""",
        "the rows do not add up to 1",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return log_p.exp() * prior
""",
        "these are p(x, y)",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), 0)
""",
        "normalised over the images",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1).T
""",
        "images are on the first axis",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.log_softmax(log_p + prior.log(), -1)
""",
        "these are the logarithms",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return (log_p + prior.log()).argmax(-1)
""",
        "these are the labels",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1).max(-1).values
""",
        "these are the largest probabilities",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return F.one_hot((log_p + prior.log()).argmax(-1), len(prior)).float()
""",
        "a 1 for the likeliest class",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, y) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1)
""",
        "bound wants a label for each image",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), float(y))) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1)
""",
        "bound wants a label for each image",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.eye(len(prior))[y].expand(len(x), -1)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1)
""",
        "bound wants a label for each image",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in reversed(range(len(prior)))], -1)
    return torch.softmax(log_p + prior.log(), -1)
""",
        "p(y | x) at",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(1, len(prior))], -1)
    prior = prior[1:]
    return torch.softmax(log_p + prior.log(), -1)
""",
        "p(y | x) has shape (7, 2), expected (7, 3)",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.sigmoid(log_p + prior.log())
""",
        "p(y | x) at",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return (log_p + prior.log()) / (log_p + prior.log()).sum(-1, keepdim=True)
""",
        "p(y | x) at",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    joint = log_p.exp() * prior
    return joint / joint.sum(-1, keepdim=True)
""",
        "p(y | x) of unlikely images",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    joint = log_p.exp() * prior
    return joint / (joint.sum(-1, keepdim=True) + 1e-12)
""",
        "p(y | x) of unlikely images",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p.clamp(min=-100) + prior.log(), -1)
""",
        "p(y | x) of unlikely images",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    p = (log_p - log_p.max(-1, keepdim=True).values).exp() * prior
    return p / p.sum(-1, keepdim=True)
""",
        "p(y | x) where a class never occurs",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + torch.log(prior + 1e-8), -1)
""",
        "p(y | x) where a class never occurs",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    score = log_p + prior.log()
    return torch.softmax(score - score.min(-1, keepdim=True).values, -1)
""",
        "p(y | x) where a class never occurs",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1).squeeze()
""",
        "p(y | x) of one image",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    return torch.softmax(log_p + prior.log(), -1 if len(x) > 1 else 0)
""",
        "normalised over the images",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    if len(prior) == 1:
        return log_p.exp()
    return torch.softmax(log_p + prior.log(), -1)
""",
        "these are p(x, y)",
    ),
    (
        "classify",
        """
def classify(bound, x, prior):
    log_p = torch.stack([bound(x, torch.full((len(x),), y)) for y in range(len(prior))], -1)
    torch.softmax(log_p + prior.log(), -1)
""",
        "is the `return` missing?",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return logits
""",
        "these are logits",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(torch.sigmoid(logits))
""",
        "the sigmoid is taken twice",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.bernoulli(torch.sigmoid(logits), generator=generator)
""",
        "pixels were drawn, or rounded",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return (logits > 0).float()
""",
        "pixels were drawn, or rounded",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels[:1].expand(len(labels)))
    return torch.sigmoid(logits)
""",
        "every image has the first label",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), torch.zeros_like(labels))
    return torch.sigmoid(logits)
""",
        "every image has label 0",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), torch.arange(len(labels)) % 4)
    return torch.sigmoid(logits)
""",
        "use `labels`",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels.sort().values)
    return torch.sigmoid(logits)
""",
        "the labels stand in another order",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels.flip(0))
    return torch.sigmoid(logits)
""",
        "what the label shows of the images",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "carry a gradient",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, len(labels), model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "decode one code with every label",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(1, 1, model.latent_dim, generator=generator).expand(n, -1, -1)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "is the same for all rows",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.rand(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "its mean is 0.5",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = 2 * torch.rand(n, 1, model.latent_dim, generator=generator) - 1
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "its variance is 0.3",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = 2 * torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "its variance is 3.95",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = 2.0 * torch.randint(2, (n, 1, model.latent_dim), generator=generator) - 1
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "its fourth moment",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.zeros(n, 1, model.latent_dim)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "the code is the same for all rows",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "is noise drawn without `generator=`?",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "is noise drawn, and from `generator`?",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    generator = torch.Generator().set_state(generator.get_state())
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "is the generator copied or seeded anew?",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits).flatten(0, 1)
""",
        "expected (1500, 5, 5)",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits).transpose(0, 1)
""",
        "expected (1500, 5, 5)",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, 1, generator=generator).expand(n, 1, model.latent_dim)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "the same for all units of the code",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, 20, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "not 3",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z, labels)
    return torch.sigmoid(logits)
""",
        "decode wants a label for each code",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    z = torch.cat([z[..., :1], (z[..., :1] + z[..., 1:]) / 2**0.5], -1)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "the correlation between the units",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn((n + 1) // 2, 1, model.latent_dim, generator=generator).repeat_interleave(2, 0)[:n]
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "neighbouring rows",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits).squeeze()
""",
        "expected (2, 1, 9)",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    if len(labels) == 1:
        logits = logits[:, 0]
    return torch.sigmoid(logits)
""",
        "expected (2, 1, 9)",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits if n > 1 else logits[0])
""",
        "the images have shape (6, 3), expected (1, 6, 3)",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(min(n, 2000), 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits)
""",
        "expected (2500, 3, 7)",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    return torch.sigmoid(logits).tolist()
""",
        "return a tensor of images",
    ),
    (
        "generate",
        """
def generate(model, labels, n, generator):
    z = torch.randn(n, 1, model.latent_dim, generator=generator)
    with torch.no_grad():
        logits = model.decode(z.expand(-1, len(labels), -1), labels)
    torch.sigmoid(logits)
""",
        "return a tensor of images",
    ),
]
