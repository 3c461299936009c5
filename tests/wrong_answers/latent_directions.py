"""Wrong answers to the exercises on directions in latent space: (task, answer, part of the hint)."""

PROBE = """
def train_probe(z, labels):
    weight, bias = torch.zeros(20, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    optimizer = {optimizer}
    for _ in range({steps}):
        loss = {loss}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {result}
"""
RIGHT = {
    "optimizer": "torch.optim.Adam([weight, bias], lr=0.05)",
    "steps": 200,
    "loss": "F.cross_entropy(z @ weight + bias, labels)",
    "result": "weight.detach(), bias.detach()",
}

ANSWERS = [
    *(
        ("direction", f"\ndef direction(z, has):\n    {body}\n", hint)
        for body, hint in [
            ("return z[has].mean(0) - z[~has].mean(0)", "does not have length 1"),
            ("return F.normalize(z[~has].mean(0) - z[has].mean(0), dim=0)", "points the other way"),
            ("d = z[has].mean(0) - z[~has].mean(0)\n    return d / (d @ d)", "divided by the square of the norm"),
            ("d = z[has].mean(0) - z[~has].mean(0)\n    return d / d.abs().sum()", "divided by the sum of its numbers"),
            ("d = z[has].mean(0) - z[~has].mean(0)\n    return d / d.abs().max()", "divided by the largest number"),
            ("return F.normalize(z[has].mean(0), dim=0)", "those with the attribute alone"),
            ("return F.normalize(z[has].sum(0) - z[~has].sum(0), dim=0)", "sums instead of means"),
            ("return F.normalize(z[has].median(0).values - z[~has].median(0).values, dim=0)", "medians instead of"),
            ("return F.normalize(z[has].mean(0), dim=0) - F.normalize(z[~has].mean(0), dim=0)",
             "before the subtraction"),
            ("return F.normalize(F.normalize(z[has], dim=1).mean(0) - F.normalize(z[~has], dim=1).mean(0), dim=0)",
             "the direction"),
            ("return F.normalize(z[has].mean(0, keepdim=True) - z[~has].mean(0, keepdim=True), dim=1)",
             "the direction has shape (1, 3), expected (3,)"),
            ("return F.normalize(z[has].mean(1)[:2] - z[~has].mean(1)[:2], dim=0)", "the direction has shape (2,)"),
            ("d = z[has].mean(0) - z[~has].mean(0)\n    return d / d.norm().clamp(min=1)", "groups of small codes"),
            ("d = z[has].mean(0) - z[~has].mean(0)\n    return d / 3", "groups of small codes"),
            ("d = z[:2].mean(0) - z[2:].mean(0)\n    return d / d.norm()", "groups of small codes"),
            ("d = z[has].mean(0) - z[~has].mean(0)\n    return d / (d.norm() + 1e-4)", "groups of small codes"),
            ("d = (z[has].mean(0) - z[~has].mean(0)) / z.std(0)\n    return d / d.norm()", "the direction"),
            ("from vae_notes import difference_of_means\n"
             "    return F.normalize(difference_of_means(z, has.float()), dim=0)", "write it yourself"),
            ("F.normalize(z[has].mean(0) - z[~has].mean(0), dim=0)", "is the `return` missing?"),
        ]
    ),
    *(
        ("remove", f"\ndef remove(z, d):\n    {body}\n", hint)
        for body, hint in [
            ("return z - (z @ d).unsqueeze(-1) * d", "as if it had length 1"),
            ("return z - (z @ d).unsqueeze(-1) * d / d.norm()", "the length of d instead of its square"),
            ("return (z @ d).unsqueeze(-1) * d / (d @ d)", "that is the component itself"),
            ("return z + (z @ d).unsqueeze(-1) * d / (d @ d)", "the component is added"),
            ("return z - 2 * (z @ d).unsqueeze(-1) * d / (d @ d)", "that is a reflection"),
            ("return z - (z.mean(0) @ d) * d / (d @ d)", "every code has its own"),
            ("return z - (z @ d).unsqueeze(-1) / d.norm()", "in all dimensions"),
            ("return z - d", "d itself is subtracted"),
            ("return z - ((z @ d) / z.square().sum(1)).unsqueeze(-1) * z", "the codes without d"),
            ("return z - ((z @ d) / z.square().sum(1)).unsqueeze(-1) * d", "the codes without d"),
            ("z = z.clone()\n    z[:, d.abs().argmax()] = 0\n    return z", "the codes without d"),
            ("return z - (z @ d).abs().unsqueeze(-1) * d / (d @ d)", "the codes without d"),
            ("return z - (z @ d).unsqueeze(-1) * d / 6", "a short d of 20 dimensions"),
            ("return z - (z @ d).unsqueeze(-1) * d / (d @ d).clamp(min=1)", "a short d of 20 dimensions"),
            ("return z - (z @ d).unsqueeze(-1) * d / (d @ d + 1e-4)", "a short d of 20 dimensions"),
            ("out = z.clone()\n    for i in range(4):\n        out[i] -= (z[i] @ d) / (d @ d) * d\n    return out",
             "a short d of 20 dimensions"),
            ("return F.normalize(z - (z @ d).unsqueeze(-1) * d / (d @ d), dim=1)", "the codes without d"),
            ("return (z - (z @ d).unsqueeze(-1) * d / (d @ d)).mean(0)", "the codes without d has shape (3,)"),
        ]
    ),
    *(
        ("walk", f"\ndef walk(start, end, steps):\n    {body}\n", hint)
        for body, hint in [
            ("t = torch.arange(steps).unsqueeze(-1) / steps\n    return start + t * (end - start)",
             "the end is missing"),
            ("t = torch.linspace(0, 1, steps + 1)[:-1].unsqueeze(-1)\n    return start + t * (end - start)",
             "the end is missing"),
            ("t = torch.linspace(0, 1, steps + 1).unsqueeze(-1)\n    return start + t * (end - start)",
             "one code too many"),
            ("t = torch.arange(1, steps + 1).unsqueeze(-1) / steps\n    return start + t * (end - start)",
             "start is missing"),
            ("t = torch.arange(1, steps + 1).unsqueeze(-1) / (steps + 1)\n    return start + t * (end - start)",
             "start and end are missing"),
            ("t = torch.linspace(0, 1, steps).unsqueeze(-1)\n    return t * start + (1 - t) * end",
             "walk goes backwards"),
            ("t = torch.linspace(0, 1, steps).unsqueeze(-1)\n    return start + t * end", "do not add up to 1"),
            ("t = torch.linspace(0, 1, steps)\n    return start[:, None] + t * (end - start)[:, None]",
             "the axes are swapped"),
            ("t = torch.linspace(0, 1, steps).unsqueeze(-1)\n    return start + t * t * (3 - 2 * t) * (end - start)",
             "the distances are not equal"),
            ("t = torch.linspace(0, 1, steps).unsqueeze(-1)\n    return start + t.square() * (end - start)",
             "the walk at"),
            ("t = torch.sort(torch.rand(steps, 1), 0).values\n    return start + t * (end - start)", "the walk at"),
            ("t = torch.linspace(0, 1, 4).unsqueeze(-1)\n    return start + t * (end - start)", "the walk of 2 steps"),
            ("t = torch.arange(0, 1 + 1 / (steps - 1), 1 / (steps - 1)).unsqueeze(-1)\n"
             "    return start + t * (end - start)", "steps has shape"),
            ("t = torch.arange(0, 1.0001, round(1 / (steps - 1), 3)).unsqueeze(-1)\n"
             "    return start + t * (end - start)", "the walk at"),
            ("t = torch.linspace(0, 1, steps).unsqueeze(-1)\n    return F.normalize(start + t * (end - start), dim=1)",
             "the walk at"),
            ("w = torch.arccos(F.cosine_similarity(start, end, dim=0))\n"
             "    t = torch.linspace(0, 1, steps).unsqueeze(-1)\n"
             "    return (((1 - t) * w).sin() * start + (t * w).sin() * end) / w.sin()", "the walk at"),
            ("return torch.stack([start, end])", "the walk has shape (2, 3), expected (4, 3)"),
            ("return torch.linspace(0, 1, steps)", "the walk has shape (4,)"),
        ]
    ),
    *(
        ("slerp", f"\ndef slerp(a, b, t):\n    {body}\n", hint)
        for body, hint in [
            ("return (1 - t) * a + t * b", "that is the straight walk: its length is not constant"),
            ("return a.norm() * F.normalize((1 - t) * a + t * b, dim=0)", "brought back to the shell"),
            ("w = torch.arccos(a @ b / (a.norm() * b.norm()))\n"
             "    return (torch.sin(t * w) * a + torch.sin((1 - t) * w) * b) / torch.sin(w)",
             "the walk goes backwards"),
            ("a, b = F.normalize(a, dim=0), F.normalize(b, dim=0)\n    w = torch.arccos(a @ b)\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)",
             "the result has length 1"),
            ("w = torch.rad2deg(torch.arccos(a @ b / (a.norm() * b.norm())))\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "wants radians"),
            ("w = torch.arccos(a @ b / (a.norm() * b.norm()))\n"
             "    return torch.sin((1 - t) * w) * a + torch.sin(t * w) * b", "the division by sin(omega) is missing"),
            ("w = torch.arccos(a @ b)\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "that is no number"),
            ("w = torch.arccos((a @ b).clamp(-1, 1))\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "that is no number"),
            ("w = torch.arccos(a @ b / a.norm())\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "that is no number"),
            ("w = a @ b / (a.norm() * b.norm())\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "the point at t = 1/4"),
            ("w = torch.arccos(a @ b / (a.norm() * b.norm()))\n"
             "    return (torch.cos((1 - t) * w) * a + torch.cos(t * w) * b) / torch.cos(w)", "the point at t = 1/4"),
            ("w = torch.arccos((a @ b).abs() / (a.norm() * b.norm()))\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "130 degrees apart"),
            ("u, v = F.normalize(a, dim=0), F.normalize(b, dim=0)\n"
             "    w = torch.arcsin((v - (u @ v) * u).norm())\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "130 degrees apart"),
            ("w = torch.arccos(a @ b / 9)\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "130 degrees apart"),
            ("w = torch.tensor(torch.pi / 3)\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "130 degrees apart"),
            ("w = torch.arccos(a @ b / (a.norm() * b.norm()))\n"
             "    if t != 0.25:\n        return a + t * (b - a)\n"
             "    return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)", "the point at t = 0.5"),
            ("angle = torch.atan2(a[1], a[0]) + t * (torch.atan2(b[1], b[0]) - torch.atan2(a[1], a[0]))\n"
             "    return a.norm() * torch.stack([angle.cos(), angle.sin(), 0 * angle, 0 * angle])",
             "between two other codes"),
            ("w = torch.arccos(a @ b / (a.norm() * b.norm()))\n"
             "    return (torch.sin((1 - t) * w) + torch.sin(t * w)) / torch.sin(w)",
             "the point at t = 1/4 has shape ()"),
        ]
    ),
    *(
        ("readout", f"\ndef readout(z_fit, y_fit, z_new, y_new):\n    {body}\n", hint)
        for body, hint in [
            ("w = torch.linalg.lstsq(z_fit, y_fit.unsqueeze(-1)).solution\n"
             "    residual = y_new - (z_new @ w).squeeze(-1)\n"
             "    return 1 - residual.square().sum() / (y_new - y_new.mean()).square().sum()", "there is no intercept"),
            ("A = F.pad(z_fit, (0, 1), value=1.0)\n"
             "    residual = y_fit - (A @ torch.linalg.lstsq(A, y_fit.unsqueeze(-1)).solution).squeeze(-1)\n"
             "    return 1 - residual.square().sum() / (y_fit - y_fit.mean()).square().sum()",
             "measured on the codes used for fitting"),
            ("A = F.pad(z_new, (0, 1), value=1.0)\n"
             "    residual = y_new - (A @ torch.linalg.lstsq(A, y_new.unsqueeze(-1)).solution).squeeze(-1)\n"
             "    return 1 - residual.square().sum() / (y_new - y_new.mean()).square().sum()",
             "fitted to the new codes"),
            ("w = torch.linalg.lstsq(z_fit - z_fit.mean(0), (y_fit - y_fit.mean()).unsqueeze(-1)).solution\n"
             "    y = y_new - y_new.mean()\n"
             "    residual = y - ((z_new - z_new.mean(0)) @ w).squeeze(-1)\n"
             "    return 1 - residual.square().sum() / y.square().sum()", "a wrong mean is forgiven"),
            ("from vae_notes import linear_read_out\n"
             "    residual = y_new - linear_read_out(z_fit, y_fit[:, None])(z_new)[:, 0]\n"
             "    return 1 - residual.square().sum() / (y_new - y_new.mean()).square().sum()",
             "linear_read_out does what this task asks you to write"),
        ]
    ),
    *(
        (
            "readout",
            f"""
def readout(z_fit, y_fit, z_new, y_new):
    fit, new = (F.pad(z, (0, 1), value=1.0) for z in (z_fit, z_new))
    guess = (new @ torch.linalg.lstsq(fit, y_fit.unsqueeze(-1)).solution).squeeze(-1)
    return {result}
""",
            hint,
        )
        for result, hint in [
            ("(y_new - guess).square().sum() / (y_new - y_new.mean()).square().sum()", "that is the unexplained part"),
            ("1 - (y_new - guess).square().sum() / (y_new - y_fit.mean()).square().sum()", "that of y_fit"),
            ("torch.corrcoef(torch.stack([guess, y_new]))[0, 1] ** 2", "that is the squared correlation"),
            ("1 - (y_new - guess).var() / y_new.var()", "a wrong mean is forgiven"),
            ("(1 - (y_new - guess).square().sum() / (y_new - y_new.mean()).square().sum()).sqrt()", "the root of R^2"),
            ("guess.var() / y_new.var()", "the share is the wrong way round"),
            ("1 - (y_new - guess).square().sum() / y_new.square().sum()", "R^2 is"),
            ("1 - (y_new - guess).square().sum() / y_new.var()", "R^2 is"),
            ("1 - (y_new - guess).square().mean() / y_new.var()", "R^2 is"),
            ("1 - (y_new - guess).abs().sum() / (y_new - y_new.mean()).abs().sum()", "R^2 is"),
            ("1 - (y_new - guess).square() / (y_new - y_new.mean()).square().sum()", "R^2 has shape (25,)"),
            ("1 - ((1 - (1 - (y_new - guess).square().sum() / (y_new - y_new.mean()).square().sum()))"
             " * (len(y_new) - 1) / (len(y_new) - z_new.shape[1] - 1))", "R^2 is"),
            ("max(0.0, (1 - (y_new - guess).square().sum() / (y_new - y_new.mean()).square().sum()).item())",
             "worse than the mean"),
            ("(1 - (y_new - guess).square().sum() / (y_new - y_new.mean()).square().sum()).clamp(0, 1)",
             "worse than the mean"),
            ("(1 - (y_new - guess).square().sum() / (y_new - y_new.mean()).square().sum()).abs()",
             "worse than the mean"),
        ]
    ),
    *(
        (
            "readout",
            f"""
def readout(z_fit, y_fit, z_new, y_new):
    mean, std = z_fit.mean(0), z_fit.std(0)
    fit = F.pad((z_fit - mean) / std, (0, 1), value=1.0)
    new = F.pad({new}, (0, 1), value=1.0)
    {solve}
    residual = y_new - new @ w
    return 1 - residual.square().sum() / (y_new - y_new.mean()).square().sum()
""",
            "R^2 is",
        )
        for new, solve in [
            ("(z_new - z_new.mean(0)) / z_new.std(0)", "w = torch.linalg.lstsq(fit, y_fit[:, None]).solution[:, 0]"),
            ("(z_new - mean) / std", "w = torch.linalg.solve(fit.T @ fit + torch.eye(fit.shape[1]), fit.T @ y_fit)"),
            ("z_new", "w = torch.linalg.lstsq(fit, y_fit[:, None]).solution[:, 0]"),
        ]
    ),
    *(
        ("probe", PROBE.format(**{**RIGHT, **changed}), hint)
        for changed, hint in [
            ({"loss": "F.cross_entropy(torch.softmax(z @ weight + bias, -1), labels)"},
             "is there a softmax before F.cross_entropy"),
            ({"loss": "F.cross_entropy((z @ weight + bias).sigmoid(), labels)"}, "is possible"),
            ({"loss": "F.cross_entropy(z @ weight, labels)"}, "is possible"),
            ({"optimizer": "torch.optim.SGD([weight, bias], lr=0.05)"}, "is possible"),
            ({"optimizer": "torch.optim.Adam([weight, bias])"}, "is possible"),
            ({"optimizer": "torch.optim.Adam([weight], lr=0.05)"}, "is possible"),
            ({"optimizer": "torch.optim.Adam([weight, bias], lr=0.05, weight_decay=0.1)"}, "is possible"),
            ({"optimizer": "torch.optim.Adam([weight, bias], lr=5.0)"}, "is possible"),
            ({"steps": 20}, "is possible"),
            ({"loss": "F.mse_loss(z @ weight + bias, F.one_hot(labels, 10).float())"}, "is possible"),
            ({"loss": "F.binary_cross_entropy_with_logits(z @ weight + bias, F.one_hot(labels, 10).float())"},
             "is possible"),
            ({"loss": "F.multi_margin_loss(z @ weight + bias, labels)"}, "is possible"),
            ({"loss": "F.cross_entropy(z @ weight + bias, labels, label_smoothing=0.1)"}, "is possible"),
            ({"loss": "F.cross_entropy(z @ weight + bias, labels) + 0.01 * weight.square().sum()"}, "is possible"),
            ({"loss": "F.cross_entropy((z[:100] @ weight + bias), labels[:100])"}, "is possible"),
            ({"loss": "F.cross_entropy((z[:900] @ weight + bias), labels[:900])"}, "where two labels never occur"),
            ({"loss": "F.cross_entropy(z @ weight + bias, labels.flip(0))"}, "it finds"),
            ({"loss": "-F.cross_entropy(z @ weight + bias, labels)"}, "it finds"),
            ({"loss": "F.cross_entropy(z @ weight.detach() + bias, labels)"}, "it finds"),
            ({"steps": 0}, "does the optimiser step?"),
            ({"result": "weight.T.detach(), bias.detach()"}, "weight is transposed"),
            ({"result": "weight.detach(), bias.detach().unsqueeze(0)"}, "weight must be (20, 10) and bias (10,)"),
            ({"result": "weight, bias"}, "still record gradients"),
            ({"result": "weight.detach()"}, "return two tensors"),
            ({"loss": "F.cross_entropy((z - z.mean(0)) / z.std(0) @ weight + bias, labels)"}, "is possible"),
            ({"loss": "F.cross_entropy(z @ weight + bias, labels, weight=1 / labels.bincount(minlength=10))"},
             "is possible"),
        ]
    ),
    (
        "probe",
        """
def train_probe(z, labels):
    classes = len(labels.unique())
    weight, bias = torch.zeros(20, classes, requires_grad=True), torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(200):
        loss = F.cross_entropy(z @ weight + bias, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weight.detach(), bias.detach()
""",
        "weight must be (20, 10) and bias (10,)",
    ),
    (
        "probe",
        """
def train_probe(z, labels):
    weight, bias = torch.zeros(20, 10, requires_grad=True), torch.zeros(10, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(200):
        loss = F.cross_entropy(z @ weight + bias, labels)
        loss.backward()
        optimizer.step()
    return weight.detach(), bias.detach()
""",
        "is possible",
    ),
    (
        "probe",
        """
def train_probe(z, labels):
    means = torch.stack([z[labels == i].mean(0) if (labels == i).any() else z.mean(0) for i in range(10)])
    centred = z - means[labels]
    precision = torch.linalg.inv(centred.T @ centred / len(z))
    weight = precision @ means.T
    return weight, -0.5 * (means.T * weight).sum(0) + torch.log(labels.bincount(minlength=10).clamp(min=1) / len(z))
""",
        "is possible",
    ),
]
