"""Two densities that are dragged, both directions of the KL divergence as the area under an integrand."""

from typing import Any

import numpy as np
import traitlets

from vae_notes.plotting import PALETTE
from vae_notes.widgets.base import Figure, front_end

HUMP = 2.5  # from the mean of p to each of its humps


class KLPlayground(Figure):
    """q = N(mu_q, var_q) and p = N(mu_p, var_p), to be dragged; both directions of their KL in nats, as areas.

    mu_q, mu_p     means, -4 to 4
    var_q, var_p   variances, 0.05 to 9
    two_humps      p is half N(mu_p - 2.5, var_p), half N(mu_p + 2.5, var_p): no closed form, and a q that cannot fit
    """

    _esm = front_end("gaussian_fit", "kl_playground")
    _picture_size = (6.4, 4.6)

    mu_q = traitlets.Float(0.0, min=-4, max=4).tag(sync=True)
    var_q = traitlets.Float(0.25, min=0.05, max=9).tag(sync=True)
    mu_p = traitlets.Float(1.0, min=-4, max=4).tag(sync=True)
    var_p = traitlets.Float(1.0, min=0.05, max=9).tag(sync=True)
    two_humps = traitlets.Bool(False).tag(sync=True)

    def log_p(self, z: np.ndarray) -> np.ndarray:
        """log p(z) for numbers z of any shape."""
        if not self.two_humps:
            return _log_normal(z, self.mu_p, self.var_p)
        humps = (_log_normal(z, self.mu_p + shift, self.var_p) for shift in (-HUMP, HUMP))
        return np.logaddexp(*humps) - np.log(2)

    def _name_of_p(self) -> str:
        return "p, two humps" if self.two_humps else f"p = N({self.mu_p:.2f}, {self.var_p:.2f})"

    def _draw(self, figure: Any) -> None:
        z = np.linspace(-7, 7, 701)
        log_q, log_p = _log_normal(z, self.mu_q, self.var_q), self.log_p(z)
        top, *below = figure.subplot_mosaic("aa;bc").values()
        top.plot(z, np.exp(log_q), PALETTE["blue"], label=f"q = N({self.mu_q:.2f}, {self.var_q:.2f})")
        top.plot(z, np.exp(log_p), PALETTE["orange"], label=self._name_of_p())
        top.legend()
        for ax, a, b, colour, name in (
            (below[0], log_q, log_p, PALETTE["blue"], "KL(q‖p)"),
            (below[1], log_p, log_q, PALETTE["orange"], "KL(p‖q)"),
        ):
            integrand = np.exp(a) * (a - b)
            ax.plot(z, integrand, color=colour)
            ax.fill_between(z, integrand, color=colour, alpha=0.25)
            ax.set_title(f"{name} = {np.sum(integrand) * (z[1] - z[0]):.3f} nats")


def _log_normal(z: np.ndarray, mean: float, variance: float) -> np.ndarray:
    return -0.5 * ((z - mean) ** 2 / variance + np.log(2 * np.pi * variance))
