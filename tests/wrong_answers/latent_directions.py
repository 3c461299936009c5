"""Wrong answers to the exercises on directions in the latent space: (task, answer, part of the hint)."""

ANSWERS = [
    (
        "direction",
        """
def direction(z, has):
    return z[has].mean(0) - z[~has].mean(0)
""",
        "does not have length 1",
    ),
    (
        "direction",
        """
def direction(z, has):
    difference = z[~has].mean(0) - z[has].mean(0)
    return difference / difference.norm()
""",
        "points the other way",
    ),
    (
        "remove",
        """
def remove(z, d):
    return z - (z @ d).unsqueeze(-1) * d
""",
        "as if it had length 1",
    ),
    (
        "walk",
        """
def walk(start, end, steps):
    t = torch.arange(steps).unsqueeze(-1) / steps
    return start + t * (end - start)
""",
        "the end is missing",
    ),
    (
        "slerp",
        """
def slerp(a, b, t):
    return (1 - t) * a + t * b
""",
        "that is the straight walk: its length is not constant",
    ),
    (
        "readout",
        """
def readout(z_fit, y_fit, z_new, y_new):
    weights = torch.linalg.lstsq(z_fit, y_fit.unsqueeze(-1)).solution
    residual = y_new - (z_new @ weights).squeeze(-1)
    return 1 - residual.square().sum() / (y_new - y_new.mean()).square().sum()
""",
        "there is no intercept",
    ),
    (
        "readout",
        """
def readout(z_fit, y_fit, z_new, y_new):
    fit = F.pad(z_fit, (0, 1), value=1.0)
    residual = y_fit - (fit @ torch.linalg.lstsq(fit, y_fit.unsqueeze(-1)).solution).squeeze(-1)
    return 1 - residual.square().sum() / (y_fit - y_fit.mean()).square().sum()
""",
        "measured on the codes used for fitting",
    ),
    (
        "probe",
        """
def train_probe(z, labels):
    weight, bias = torch.zeros(20, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(200):
        loss = F.cross_entropy(torch.softmax(z @ weight + bias, -1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weight.detach(), bias.detach()
""",
        "is there a softmax before F.cross_entropy",
    ),
]
