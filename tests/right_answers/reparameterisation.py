"""Right answers, in other styles than ours, to the exercises on the reparameterisation trick: (task, answer)."""

ANSWERS = [
    *(
        ("shift-and-scale", f"\ndef shift_and_scale(mu, logvar, eps):\n    {body}\n")
        for body in [
            "return mu + logvar.exp().sqrt() * eps",
            "return torch.addcmul(mu, torch.exp(logvar / 2), eps)",
            "return torch.distributions.AffineTransform(mu, (0.5 * logvar).exp())(eps)",
            "return mu.double() + logvar.double().div(2).exp() * eps",
        ]
    ),
    *(
        ("draw", f"\ndef draw(mu, logvar, samples, generator):\n    {body}\n")
        for body in [
            "return mu + (logvar / 2).exp() * torch.empty(samples, *mu.shape).normal_(generator=generator)",
            "return torch.stack([mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator)\n"
            "                        for _ in range(samples)])",
        ]
    ),
    *(
        ("score-gradient", f"\ndef score_gradient(f, mu, logvar, samples, generator):\n    {body}\n")
        for body in [
            "e = torch.randn(samples, len(mu), generator=generator)\n    std = (logvar / 2).exp()\n"
            "    return torch.einsum('s,sd->d', f(mu + std * e), e / std) / samples",
            "mu = mu.requires_grad_()\n    std = (logvar / 2).exp()\n"
            "    z = (mu + std * torch.randn(samples, len(mu), generator=generator)).detach()\n"
            "    (f(z) * Normal(mu, std).log_prob(z).sum(-1)).mean().backward()\n    return mu.grad",
        ]
    ),
]
