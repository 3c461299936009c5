"""Right answers, in other styles than ours, to the exercises on directions in latent space: (task, answer)."""

ANSWERS = [
    *(
        ("direction", f"\ndef direction(z, has):\n    {body}\n")
        for body in [
            "return F.normalize(z[has].mean(0) - z[~has].mean(0), dim=0)",
            "w = has.float()\n"
            "    step = (w @ z) / w.sum() - ((1 - w) @ z) / (1 - w).sum()\n"
            "    return step / torch.sqrt(torch.sum(step**2))",
            "import numpy as np\n"
            "    a, b = z.numpy()[has.numpy()].mean(axis=0), z.numpy()[~has.numpy()].mean(axis=0)\n"
            "    return torch.from_numpy((a - b) / np.linalg.norm(a - b))",
            "with_it = torch.stack([code for code, h in zip(z, has) if h]).mean(dim=0)\n"
            "    without = torch.stack([code for code, h in zip(z, has) if not h]).mean(dim=0)\n"
            "    return (with_it - without) / torch.dist(with_it, without)",
            "# towards the mean of all codes is the same direction\n"
            "    step = z[has == True].mean(0) - z.mean(0)\n"
            "    return step / torch.linalg.vector_norm(step)",
            "step = torch.index_select(z, 0, has.nonzero().squeeze(1)).mean(0).double()\n"
            "    step -= torch.index_select(z, 0, (~has).nonzero().squeeze(1)).mean(0)\n"
            "    step /= torch.einsum('d,d->', step, step).sqrt()\n"
            "    return step",
            "inside = torch.where(has.unsqueeze(1), z, torch.nan).nanmean(0)\n"
            "    outside = torch.where(has.unsqueeze(1), torch.nan, z).nanmean(0)\n"
            "    step = torch.sub(inside, outside)\n"
            "    return torch.div(step, step.norm(p=2))",
            "means = torch.zeros(2, z.shape[1]).index_reduce(0, has.long(), z, 'mean', include_self=False)\n"
            "    return F.normalize(means[1] - means[0], dim=-1, eps=1e-12)",
        ]
    ),
    *(
        ("remove", f"\ndef remove(z, d):\n    {body}\n")
        for body in [
            "u = d / d.norm()\n    return z - (z @ u)[:, None] * u",
            "P = torch.eye(len(d)) - torch.outer(d, d) / torch.dot(d, d)\n    return z @ P",
            "out = []\n    for code in z:\n        out.append(code - torch.dot(code, d) / torch.dot(d, d) * d)\n"
            "    return torch.stack(out)",
            "share = torch.einsum('bi,i->b', z, d) / torch.einsum('i,i->', d, d)\n"
            "    return z - torch.einsum('b,i->bi', share, d)",
            "unit = F.normalize(d.double(), dim=0)\n"
            "    z = z.double()\n    z -= torch.outer(z.mv(unit), unit)\n    return z",
            "solution = torch.linalg.lstsq(d.reshape(-1, 1), z.T).solution\n"
            "    return z - (d.reshape(-1, 1) @ solution).T",
            "import numpy as np\n    a, b = z.numpy(), d.numpy()\n"
            "    return torch.tensor(a - np.outer(a @ b, b) / (b**2).sum())",
            "return torch.func.vmap(lambda code: code - (code * d).sum() / (d * d).sum() * d)(z)",
            "basis = torch.linalg.svd(d[None]).Vh[1:]  # all that is orthogonal to d\n    return z @ basis.T @ basis",
        ]
    ),
    *(
        ("walk", f"\ndef walk(start, end, steps):\n    {body}\n")
        for body in [
            "return torch.stack([start + (end - start) * i / (steps - 1) for i in range(steps)])",
            "return torch.lerp(start, end, torch.linspace(0, 1, steps)[:, None])",
            "t = torch.arange(steps, dtype=torch.float32).unsqueeze(1) / (steps - 1)\n"
            "    return (1 - t) * start + t * end",
            "import numpy as np\n    return torch.from_numpy(np.linspace(start.numpy(), end.numpy(), steps))",
            "t = torch.linspace(0, 1, steps)\n    return torch.outer(1 - t, start) + torch.outer(t, end)",
            "out = torch.empty(steps, len(start))\n    for i, t in enumerate(torch.linspace(0, 1, steps)):\n"
            "        out[i] = start + t * (end - start)\n    return out",
            "return torch.stack([torch.linspace(a.item(), b.item(), steps) for a, b in zip(start, end)], dim=1)",
            "t = torch.linspace(0, 1, steps, dtype=torch.float64)\n"
            "    return start.double() + torch.einsum('s,d->sd', t, (end - start).double())",
            "step = (end - start) / (steps - 1)\n"
            "    return start + step * torch.arange(steps).reshape(-1, 1)",
        ]
    ),
    *(
        ("slerp", f"\ndef slerp(a, b, t):\n    {body}\n")
        for body in [
            "cos = F.cosine_similarity(a, b, dim=0)\n    w = torch.acos(cos)\n"
            "    return torch.sin((1 - t) * w) / torch.sin(w) * a + torch.sin(t * w) / torch.sin(w) * b",
            "import math\n"
            "    w = math.acos(float(a @ b) / float(a.norm() * b.norm()))\n"
            "    return math.sin((1 - t) * w) / math.sin(w) * a + math.sin(t * w) / math.sin(w) * b",
            "import numpy as np\n    x, y = a.numpy().astype(float), b.numpy().astype(float)\n"
            "    w = np.arccos(np.dot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y)))\n"
            "    return torch.from_numpy((np.sin((1 - t) * w) * x + np.sin(t * w) * y) / np.sin(w))",
            "omega = torch.arccos((a @ b / a.norm() ** 2).clamp(-1, 1))\n"
            "    return (torch.sin((1 - t) * omega) * a + torch.sin(t * omega) * b) / torch.sin(omega)",
            "# rotate a towards b in their plane\n    u = a / a.norm()\n    v = F.normalize(b - (b @ u) * u, dim=0)\n"
            "    w = torch.atan2(b @ v, b @ u) * t\n    return a.norm() * (w.cos() * u + w.sin() * v)",
            "t = torch.as_tensor(t, dtype=a.dtype)\n"
            "    ua, ub = F.normalize(a, dim=-1), F.normalize(b, dim=-1)\n"
            "    omega = 2 * torch.asin((ua - ub).norm() / 2)\n"
            "    weights = torch.stack([torch.sin((1 - t) * omega), torch.sin(t * omega)]) / torch.sin(omega)\n"
            "    return weights @ torch.stack([a, b])",
            "a, b = a.double(), b.double()\n"
            "    omega = torch.acos(torch.dot(a, b) / (a.square().sum() * b.square().sum()).sqrt())\n"
            "    a *= torch.sin((1 - t) * omega)\n    b *= torch.sin(t * omega)\n"
            "    return a.add_(b).div_(omega.sin())",
            "if t == 0:\n        return a\n    if t == 1:\n        return b\n"
            "    omega = torch.arccos(torch.einsum('i,i->', a, b) / (a.norm() * b.norm()))\n"
            "    return (torch.sin(omega - t * omega) * a + torch.sin(t * omega) * b) / torch.sin(omega)",
        ]
    ),
    *(
        ("readout", f"\ndef readout(z_fit, y_fit, z_new, y_new):\n    {body}\n")
        for body in [
            "A = torch.cat([z_fit, torch.ones(len(z_fit), 1)], dim=1)\n"
            "    w = torch.linalg.lstsq(A, y_fit[:, None]).solution[:, 0]\n"
            "    guess = z_new @ w[:-1] + w[-1]\n"
            "    return (1 - ((y_new - guess) ** 2).sum() / ((y_new - y_new.mean()) ** 2).sum()).item()",
            "import numpy as np\n"
            "    A = np.c_[np.ones(len(z_fit)), z_fit.numpy()]\n"
            "    w, *_ = np.linalg.lstsq(A, y_fit.numpy(), rcond=None)\n"
            "    guess = np.c_[np.ones(len(z_new)), z_new.numpy()] @ w\n    y = y_new.numpy()\n"
            "    return 1 - ((y - guess) ** 2).sum() / ((y - y.mean()) ** 2).sum()",
            "from sklearn.linear_model import LinearRegression\n"
            "    return LinearRegression().fit(z_fit.numpy(), y_fit.numpy()).score(z_new.numpy(), y_new.numpy())",
            "from sklearn.metrics import r2_score\n"
            "    m, c = z_fit.mean(0), y_fit.mean()\n"
            "    w = torch.linalg.lstsq(z_fit - m, (y_fit - c).unsqueeze(1)).solution\n"
            "    return r2_score(y_new, ((z_new - m) @ w).squeeze(1) + c)",
            "A = F.pad(z_fit, (1, 0), value=1.0)\n    w = torch.linalg.pinv(A) @ y_fit\n"
            "    residual = y_new - F.pad(z_new, (1, 0), value=1.0) @ w\n"
            "    return 1 - residual.square().mean() / y_new.var(correction=0)",
            "A = torch.cat([torch.ones_like(z_fit[:, :1]), z_fit], 1).double()\n"
            "    w = torch.linalg.solve(A.T @ A, A.T @ y_fit.double())\n"
            "    B = torch.cat([torch.ones_like(z_new[:, :1]), z_new], 1).double()\n"
            "    return 1 - F.mse_loss(B @ w, y_new.double()) / torch.var(y_new.double(), unbiased=False)",
            "Q, R = torch.linalg.qr(torch.column_stack([z_fit, torch.ones(len(z_fit))]))\n"
            "    w = torch.linalg.solve_triangular(R, (Q.T @ y_fit)[:, None], upper=True)\n"
            "    guess = (torch.column_stack([z_new, torch.ones(len(z_new))]) @ w).ravel()\n"
            "    y_new -= y_new.mean() * 0\n    total = sum((y - y_new.mean()) ** 2 for y in y_new)\n"
            "    return float(1 - sum((y - g) ** 2 for y, g in zip(y_new, guess)) / total)",
            "mean, std = z_fit.mean(0), z_fit.std(0)\n"
            "    A = F.pad((z_fit - mean) / std, (0, 1), value=1.0)\n"
            "    w = torch.linalg.lstsq(A, y_fit.unsqueeze(-1), driver='gelsd').solution\n"
            "    B = F.pad((z_new - mean) / std, (0, 1), value=1.0)\n"
            "    ss_res = torch.dot(y_new - (B @ w)[:, 0], y_new - (B @ w)[:, 0])\n"
            "    return torch.as_tensor(1.0) - ss_res / torch.sum((y_new - torch.mean(y_new)).pow(2))",
        ]
    ),
    *(
        ("probe", answer)
        for answer in [
            """
def train_probe(z, labels):
    layer = torch.nn.Linear(20, 10)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
    for step in range(200):
        optimizer.zero_grad()
        F.cross_entropy(layer(z), labels).backward()
        optimizer.step()
    return layer.weight.T.detach(), layer.bias.detach()
""",
            """
def train_probe(z, labels):
    weight = torch.nn.Parameter(0.01 * torch.randn(20, 10))
    bias = torch.nn.Parameter(torch.zeros(10))
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    for step in range(200):
        logits = z @ weight + bias
        loss = (torch.logsumexp(logits, 1) - logits[torch.arange(len(z)), labels]).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return weight.data, bias.data
""",
            """
def train_probe(z, labels):
    w, b = torch.zeros(20, 10), torch.zeros(10)
    one_hot = F.one_hot(labels, 10).float()
    state = [[torch.zeros_like(p), torch.zeros_like(p)] for p in (w, b)]
    for step in range(1, 201):
        error = (torch.softmax(z @ w + b, 1) - one_hot) / len(z)
        for p, grad, (m, v) in zip((w, b), (z.T @ error, error.sum(0)), state):
            m.mul_(0.9).add_(0.1 * grad)
            v.mul_(0.999).add_(0.001 * grad**2)
            p -= 0.05 * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
    return w, b
""",
            """
def train_probe(z, labels):
    weight, bias = torch.zeros(20, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(200):
        loss = F.nll_loss(F.log_softmax(z @ weight + bias, dim=-1), labels)
        weight.grad, bias.grad = torch.autograd.grad(loss, [weight, bias])
        optimizer.step()
    return weight.detach().clone(), bias.detach().clone()
""",
            """
from tqdm import trange


def train_probe(z, labels):
    probe = torch.nn.Sequential(torch.nn.Linear(20, 10))
    torch.nn.init.zeros_(probe[0].weight)
    torch.nn.init.zeros_(probe[0].bias)
    optimizer, loss_function = torch.optim.Adam(probe.parameters(), lr=5e-2), torch.nn.CrossEntropyLoss()
    probe.train()
    for _ in trange(200):
        optimizer.zero_grad()
        loss = loss_function(probe(z), labels)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return probe[0].weight.t().contiguous(), probe[0].bias.clone()
""",
            """
def train_probe(z, labels):
    z = F.pad(z.double(), (0, 1), value=1.0)
    both = torch.zeros(21, 10, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([both], lr=0.05)
    for _ in range(200):
        loss = torch.nn.functional.cross_entropy(z @ both, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    both = both.detach()
    return [both[:20], both[20]]
""",
            """
def train_probe(z, labels):
    weight, bias = torch.zeros(20, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    optimizer = torch.optim.AdamW([{"params": [weight]}, {"params": [bias]}], lr=0.05, weight_decay=0.0)
    for _ in range(200):
        scores = torch.distributions.Categorical(logits=torch.addmm(bias, z, weight))
        loss = -scores.log_prob(labels).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    weight.requires_grad_(False)
    bias.requires_grad_(False)
    return weight, bias
""",
            """
class Probe(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(20, 10) * 0.1)
        self.bias = torch.nn.Parameter(torch.zeros(10))

    def forward(self, z):
        return torch.einsum("bd,dc->bc", z, self.weight) + self.bias


def train_probe(z, labels):
    probe = Probe()
    optimizer = torch.optim.Adam(probe.parameters(), 0.05)
    for _ in range(200):
        # one-hot targets, the cross-entropy written out
        p = torch.log_softmax(probe(z), -1)
        loss = -(F.one_hot(labels, 10) * p).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return tuple(p.detach() for p in probe.parameters())
""",
        ]
    ),
]
