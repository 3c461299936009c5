"""Wrong answers to the exercises on the reparameterisation trick: (task, answer, part of the hint)."""

SHIFT = "def shift_and_scale(mu, logvar, eps):"
DRAW = "def draw(mu, logvar, samples, generator):"
PATHWISE = "def pathwise_gradient(f, mu, logvar, samples, generator):"
SCORE = "def score_gradient(f, mu, logvar, samples, generator):"


def fit(
    steps="range(300)",
    eps="torch.randn(64, 1, generator=generator)",
    z="mu + torch.exp(0.5 * logvar) * eps",
    log_likelihood="Normal(z, s).log_prob(torch.tensor(x)).mean()",
    loss="kl_standard_normal(mu, logvar) - log_likelihood",
    before="pass",
    learned="[mu, logvar]",
    returned="return mu.item(), logvar.item()",
):
    """A right fit_posterior, but for what is given."""
    return f"""
def fit_posterior(x, s, generator):
    mu, logvar = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam({learned}, lr=0.03)
    {before}
    for _ in {steps}:
        eps = {eps}
        z = {z}
        log_likelihood = {log_likelihood}
        loss = {loss}
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    {returned}
"""


SHIFTS = [
    ("mu + torch.exp(logvar) * eps", "multiplied by the variance"),
    ("mu", "z = mu: the noise is not used"),
    ("mu + logvar * eps", "multiplied by logvar itself"),
    ("mu + 0.5 * logvar * eps", "the exponential is missing"),
    ("mu + eps * torch.exp(-0.5 * logvar)", "divided by the standard deviation"),
    ("torch.exp(0.5 * logvar) * eps", "mu is missing"),
    ("mu + eps", "the noise is not scaled"),
    ("(mu + eps) * torch.exp(0.5 * logvar)", "mu is scaled too"),
    ("(mu + torch.exp(0.5 * logvar) * eps).detach()", "no gradient reaches mu and logvar"),
    ("mu.detach() + torch.exp(0.5 * logvar) * eps", "no gradient reaches mu"),
    ("mu + torch.exp(0.5 * logvar).detach() * eps", "no gradient reaches logvar"),
    ("mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)", "z at ["),
    ("Normal(mu, torch.exp(0.5 * logvar)).rsample()", "z at ["),
    ("vae_notes.reparameterize(mu, logvar)", "does what this task asks you to write"),
    ("mu + torch.exp(0.5 * logvar.clamp(-2, 2.5)) * eps", "z for another batch"),  # hidden: logvar is clamped
]

DRAWS = [
    ("mu + logvar.exp() * torch.randn(samples, *mu.shape, generator=generator)", "sampled with the variance"),
    ("mu + logvar.exp() ** 0 * torch.randn(samples, *mu.shape, generator=generator)", "the variance of z is 1"),
    ("mu + torch.exp(logvar / 2) * torch.randn(samples, 1, mu.shape[1], generator=generator)", "over the batch"),
    ("mu + torch.exp(logvar / 2) * torch.randn(samples, mu.shape[0], 1, generator=generator)", "over the dimensions"),
    (
        "(mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=generator)).expand(samples, *mu.shape)",
        "every sample has the same noise",
    ),
    ("mu + torch.exp(logvar / 2) * torch.randn(mu.shape, generator=generator)", "z must have shape (20000, 3, 2)"),
    ("(mu + torch.exp(logvar / 2) * torch.randn(samples, *mu.shape, generator=generator)).detach()", "no gradient"),
    ("mu.detach() + torch.exp(logvar / 2) * torch.randn(samples, *mu.shape, generator=generator)", "reaches mu:"),
    ("mu + torch.exp(logvar / 2).detach() * torch.randn(samples, *mu.shape, generator=generator)", "reaches logvar:"),
    ("mu + torch.exp(logvar / 2) * torch.randn(samples, *mu.shape)", "without the generator"),
    ("Normal(mu, torch.exp(logvar / 2)).rsample((samples,))", "without the generator"),
    (
        "mu + torch.exp(logvar / 2) * torch.randn(samples, *mu.shape, generator=torch.Generator().manual_seed(0))",
        "is there a seed inside?",
    ),
    (
        "mu + torch.exp(logvar / 2) * torch.randn(samples, *mu.shape, generator=generator.manual_seed(0))",
        "is there a seed inside?",
    ),
    (
        "mu + torch.exp(logvar / 2) * 12**0.5 * (torch.rand(samples, *mu.shape, generator=generator) - 0.5)",
        "not Gaussian",
    ),
    (
        "mu + torch.exp(logvar / 2) * torch.randint(2, (samples, *mu.shape), generator=generator).mul(2).sub(1)",
        "the noise repeats",
    ),
    ("mu + torch.exp(logvar / 2) * torch.rand(samples, *mu.shape, generator=generator)", "the variance of z"),
    ("mu + torch.exp(logvar / 2) * (0.1 + torch.randn(samples, *mu.shape, generator=generator))", "mean of z is not"),
    (
        "torch.normal(mu.expand(samples, -1, -1), torch.exp(logvar / 2).expand(samples, -1, -1), generator=generator)",
        "torch.normal passes none",
    ),
    (
        "torch.stack([vae_notes.reparameterize(mu, logvar, generator) for _ in range(samples)])",
        "does what this task asks you to write",
    ),
    (  # hidden: two columns of noise, the others repeat them
        "mu + torch.exp(logvar / 2) * torch.randn(samples, len(mu), 2, generator=generator)"
        ".repeat(1, 1, 2)[..., : mu.shape[1]]",
        "in four dimensions the noise is shared",
    ),
    (  # hidden: the generator is copied, so it never moves on
        "mu + torch.exp(logvar / 2) * torch.randn(samples, *mu.shape, generator=generator.clone_state())",
        "repeats the noise",
    ),
]

# What both gradients can do wrong in drawing: (draws, hint).
NOISES = [
    ("mu + torch.exp(logvar / 2) * torch.randn(samples, len(mu))", "without the generator"),
    ("Normal(mu, torch.exp(logvar / 2)).rsample((samples,))", "without the generator"),
    (
        "mu + torch.exp(logvar / 2) * torch.randn(samples, len(mu), generator=generator.manual_seed(0))",
        "is there a seed inside?",
    ),
    ("mu + logvar.exp() * torch.randn(samples, len(mu), generator=generator)", "sampled with the variance"),
    ("mu + torch.exp(logvar / 2) * torch.randn(1, len(mu), generator=generator).expand(samples, -1)", "repeats"),
    ("mu + torch.exp(logvar / 2) * torch.randn(samples, 1, generator=generator)", "the noise repeats"),
    (
        "mu + torch.exp(logvar / 2) * torch.randn(samples // 2, len(mu), generator=generator)"
        ".mul(torch.tensor([[[1.0]], [[-1.0]]])).flatten(0, 1)",
        "the noise repeats",
    ),
    (
        "mu + torch.exp(logvar / 2) * 12**0.5 * (torch.rand(samples, len(mu), generator=generator) - 0.5)",
        "not Gaussian",
    ),
    ("mu + torch.exp(logvar / 2) * (0.2 + torch.randn(samples, len(mu), generator=generator))", "mean of z is not mu"),
    ("mu + torch.exp(logvar / 2) * torch.randn(1, len(mu), generator=generator)", "f must see 4000 draws"),
]
RIGHT = "mu + torch.exp(logvar / 2) * torch.randn(samples, len(mu), generator=generator)"
FROZEN = (
    "mu + torch.exp(logvar / 2) * torch.randn(samples, len(mu), "
    "generator=torch.Generator().manual_seed(generator.initial_seed()))"
)

PATHS = [  # draws, and what becomes of them
    *((z, "return torch.autograd.grad(f(z).mean(), mu)[0]", hint) for z, hint in NOISES),
    (RIGHT, "return torch.autograd.grad(f(z).sum(), mu)[0]", "an expectation is a mean"),
    (RIGHT, "return torch.autograd.grad(f(z).mean() / len(mu), mu)[0]", "averaged over the dimensions too"),
    (RIGHT, "return torch.autograd.grad(-f(z).mean(), mu)[0]", "the sign is wrong"),
    (RIGHT, "return torch.autograd.grad(f(z).mean(), logvar)[0]", "for logvar, not for mu"),
    (RIGHT, "return (f(z)[:, None] * (z - mu) / logvar.exp()).mean(0)", "the score function of the next task"),
    (RIGHT, "return torch.autograd.grad(f(z).sum(), z)[0]", "one gradient for each draw"),
    (RIGHT, "return f(z.detach()).mean().backward()", "does not require grad"),
    (RIGHT, "f(z).mean().backward()", "the gradient is None: is the `return` missing?"),
    ("(0 * torch.exp(logvar / 2) + mu).repeat(samples, 1)", "return f(z).mean()", "z = mu, without noise"),
    # hidden: the answer to the visible f, whatever f is
    (RIGHT, "return f(z).mean() * 0 + 3 * z.square().mean(0)", "the product of two numbers"),
    (FROZEN, "return torch.autograd.grad(f(z).mean(), mu)[0]", "a second call with the generator repeats"),  # hidden
]

SCORES = [
    *((z, "return (f(z)[:, None] * (z - mu) / logvar.exp()).mean(0)", hint) for z, hint in NOISES),
    (RIGHT, "return (f(z)[:, None] * (z - mu) / (logvar / 2).exp()).mean(0)", "divided by the standard deviation"),
    (RIGHT, "return (f(z)[:, None] * (z - mu)).mean(0)", "is not divided by the variance"),
    (RIGHT, "return (f(z)[:, None] * (mu - z) / logvar.exp()).mean(0)", "the sign is wrong"),
    (RIGHT, "return (f(z)[:, None] * (z - mu) / logvar.exp()).sum(0)", "an expectation is a mean"),
    (RIGHT, "return f(z)[:, None] * (z - mu) / logvar.exp()", "one number for each draw"),
    (RIGHT, "return 0 * f(z).mean() + ((z - mu) / logvar.exp()).mean(0)", "the mean of the score alone"),
    (RIGHT, "return f(z).mean() * ((z - mu) / logvar.exp()).mean(0)", "the means are multiplied"),
    (RIGHT, "v = f(z)\n    return ((v - v.mean())[:, None] * (z - mu) / logvar.exp()).mean(0)", "is subtracted from f"),
    (RIGHT, "return (f(z)[:, None] * ((z - mu) ** 2 / logvar.exp() - 1) / 2).mean(0)", "for logvar, not for mu"),
    (
        RIGHT,
        "log_q = Normal(mu, torch.exp(logvar / 2)).log_prob(z).sum(-1)\n"
        "    return torch.autograd.grad((f(z) * log_q).mean(), mu)[0]",
        "detach z",
    ),
    (RIGHT, "return torch.autograd.grad(f(z).mean(), mu)[0]", "a gradient was taken through f"),
    (RIGHT, "return 0 * z[0]", "f was not called"),
    # hidden: the answer to the visible f, whatever f is
    (RIGHT, "f(z)\n    return (z.square().sum(-1)[:, None] * (z - mu) / logvar.exp()).mean(0)", "gradient of a step"),
    (FROZEN, "return (f(z)[:, None] * (z - mu) / logvar.exp()).mean(0)", "a second call with the generator repeats"),
]

FITS = [
    (fit(z="Normal(mu, torch.exp(0.5 * logvar)).sample((64,))"), "no gradient reaches q through z"),
    (fit(z="(mu + torch.exp(0.5 * logvar) * eps).detach()"), "no gradient reaches q through z"),
    (fit(z="mu"), "is z = mu, without noise?"),
    (fit(z="mu + torch.exp(0.5 * logvar).detach() * eps"), "is z = mu, without noise?"),
    (fit(loss="-log_likelihood"), "is the KL missing,"),
    (fit(loss="2 * kl_standard_normal(mu, logvar) - log_likelihood"), "count twice"),
    (fit(loss="0.5 * kl_standard_normal(mu, logvar) - log_likelihood"), "count half"),
    (fit(log_likelihood="Normal(z, s).log_prob(torch.tensor(x)).sum()"), "or weighed against a sum over samples"),
    (fit(log_likelihood="Normal(z, s**0.5).log_prob(torch.tensor(x)).mean()"), "used as a variance"),
    (fit(log_likelihood="Normal(z, s**2).log_prob(torch.tensor(x)).mean()"), "squared twice"),
    (fit(log_likelihood="-((z - x) ** 2).mean() / 2"), "s is not used"),
    (
        fit(
            z="mu + torch.exp(logvar) * eps",
            loss="kl_standard_normal(mu, 2 * logvar) - log_likelihood",
        ),
        "logvar seems to be the log of the standard deviation",
    ),
    (fit(z="Normal(mu, torch.exp(0.5 * logvar)).rsample((64,))"), "without the generator"),
    (fit(eps="torch.randn(64, 1, generator=generator.manual_seed(0))"), "exactly the same q"),
    (
        "\ndef fit_posterior(x, s, generator):\n    v = torch.tensor(s**2)\n"
        "    return x / (1 + v), (v / (1 + v)).log()\n",
        "exactly the same q",
    ),
    (fit(log_likelihood="-((mu - x) ** 2 + logvar.exp()) / (2 * s**2)"), "exactly the same q"),
    (fit(learned="[mu]"), "the variance is the prior's"),
    (fit(returned="return mu.item()"), "return two numbers"),
    (fit(returned="mu.item(), logvar.item()"), "is the `return` missing?"),
    (fit(returned="return mu.item(), logvar.exp().item()"), "of q at [1]"),
    (fit(returned="return mu.item(), logvar.exp().sqrt().item()"), "of q at [1]"),
    (fit(z="mu + torch.exp(0.5 * logvar) * eps.abs()"), "of q at [0]"),
    (fit(steps="range(40)"), "of q at ["),
    (fit(log_likelihood="Normal(z, 0.6).log_prob(torch.tensor(x)).mean()"), "for another x and s"),  # hidden: s is 0.6
    # hidden: the same noise in every step
    (fit(before="noise = torch.randn(64, 1, generator=generator)", eps="noise"), "fresh ones in every step?"),
    (fit(eps="torch.randn(1, 1, generator=generator)"), "are there 64 samples"),  # hidden: one sample
]

ANSWERS = [
    *(("shift-and-scale", f"\n{SHIFT}\n    return {body}\n", hint) for body, hint in SHIFTS),
    *(("draw", f"\n{DRAW}\n    return {body}\n", hint) for body, hint in DRAWS),
    *(
        (
            "pathwise-gradient",
            f"\n{PATHWISE}\n    mu.requires_grad_()\n    logvar.requires_grad_()\n    z = {z}\n    {rest}\n",
            hint,
        )
        for z, rest, hint in PATHS
    ),
    *(
        ("score-gradient", f"\n{SCORE}\n    mu.requires_grad_()\n    z = {z}\n    {rest}\n", hint)
        for z, rest, hint in SCORES
    ),
    *(("fit-posterior", answer, hint) for answer, hint in FITS),
]
