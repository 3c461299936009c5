"""Interactive figures that work in the rendered book without a kernel, and two-way with Python in Jupyter and Colab.

Imported only on demand, because it needs anywidget: `from vae_notes import widgets`.
"""

from vae_notes.widgets.bottleneck import Bottleneck
from vae_notes.widgets.digit_drawing import DigitDrawing
from vae_notes.widgets.digit_training import DigitTraining
from vae_notes.widgets.elbo_gap import ElboGap
from vae_notes.widgets.face_directions import FaceDirections
from vae_notes.widgets.kl_playground import KLPlayground
from vae_notes.widgets.latent_explorer import LatentExplorer
from vae_notes.widgets.playground import VAEPlayground
from vae_notes.widgets.rate_distortion import RateDistortion
from vae_notes.widgets.reparameterisation import Reparameterisation
from vae_notes.widgets.walk import LatentWalk

__all__ = [
    "Bottleneck",
    "DigitDrawing",
    "DigitTraining",
    "ElboGap",
    "FaceDirections",
    "KLPlayground",
    "LatentExplorer",
    "LatentWalk",
    "RateDistortion",
    "Reparameterisation",
    "VAEPlayground",
]
