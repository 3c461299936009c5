"""What the estimators of the chapter on discrete codes do, by numbers that they did not compute."""

import torch
import torch.nn.functional as F
from chapter_code import chapter_code
from formula_properties import SIGMAS, D, close, generator, z_score

chapter = chapter_code("beyond/discrete_codes.ipynb", "values", "a", "pi", "costs", "exact", "words")
DRAWS = 50_000


def vq_model():
    torch.manual_seed(0)
    model = chapter.VQVAE(words=4, places=3, size=2, width=7).double()
    return model, torch.rand(5, 1, 14, 14, generator=generator(), dtype=D)


def vq_loss_gives_everyone_his_gradient():
    """The encoder: the decoder's gradient at the word, and commitment. The words: the codebook loss alone."""
    model, x = vq_model()
    u = model.encode(x).detach().requires_grad_()
    model.encode = lambda x: u
    loss, z = chapter.vq_loss(model, x, commitment=0.3)
    loss.backward()
    e = model.book.detach()[z].requires_grad_()
    reconstruction = F.binary_cross_entropy_with_logits(model.logits(e), x, reduction="sum")
    (slope,) = torch.autograd.grad(reconstruction, e)
    apart = u.detach() - e.detach()
    close(loss.detach(), (reconstruction.detach() + 1.3 * apart.square().sum()) / 5)
    close(u.grad, (slope + 0.6 * apart) / 5)
    close(model.book.grad, torch.zeros(4, 2, dtype=D).index_add(0, z.flatten(), -2 * apart.flatten(0, 1) / 5))


def perplexity_is_known():
    for z, expected in (([0, 1, 2, 3, 4, 5, 6], 7.0), ([0, 0, 0, 1], 4 / 3**0.75), ([5, 5], 1.0)):
        close(chapter.perplexity(torch.tensor(z)), expected, rtol=1e-5)


def chained_prior_sums_to_one():
    torch.manual_seed(0)
    prior = chapter.Prior(places=3, words=4).double().requires_grad_(False)
    prior.weight.normal_()
    codes = torch.cartesian_prod(*[torch.arange(4)] * 3)
    close(prior.log_prob(codes).exp().sum(), 1.0)
    assert prior.log_prob(codes).std() > 0.1, "the weights are not used"


def border_slope_is_that_of_the_average_loss():
    mu = torch.linspace(-3, 3, 13, dtype=D).requires_grad_()
    at = torch.distributions.Normal(mu[:, None], 0.3)
    share = at.cdf(chapter.words + 0.5) - at.cdf(chapter.words - 0.5)
    (share * chapter.words.cos()).sum(1).sum().backward()
    close(chapter.border_slope(torch.cos, mu.detach(), 0.3), mu.grad, atol=1e-9)


def score_function_has_no_bias():
    draws = chapter.gradients("score function", n=DRAWS)
    assert all(z_score(draws[:, j], chapter.exact[j]) < SIGMAS for j in range(5))


def straight_through_takes_slopes_for_differences():
    """For the squared distance from 2 it is the gradient of the cost of the average choice."""
    logits = chapter.a.clone().requires_grad_()
    (logits.softmax(0) @ chapter.values - 2).square().backward()
    draws = chapter.gradients("straight-through", n=DRAWS)
    assert all(z_score(draws[:, j], logits.grad[j]) < SIGMAS for j in range(5))


def relaxed_gradient_agrees_with_quadrature():
    """Of two choices (0 and 4, the others all but impossible) the blend is a sigmoid of logistic noise."""
    logits = torch.tensor([0.3, -60.0, -60.0, -60.0, -0.4], dtype=D)
    noise = torch.linspace(-40, 40, 80_001, dtype=D)
    density = torch.sigmoid(noise) * torch.sigmoid(-noise)
    for tau in (0.5, 2.0):
        share = torch.sigmoid((logits[4] - logits[0] + noise) / tau)
        slope = 2 * (4 * share - 2) * 4 * share * (1 - share) / tau
        expected = torch.trapezoid(density * slope, noise)
        draws = chapter.gradients("Gumbel-softmax", tau, n=DRAWS, at=logits)
        assert z_score(draws[:, 4], expected) < SIGMAS
