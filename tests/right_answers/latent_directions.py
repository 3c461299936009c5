"""Right answers, in other styles than ours, to the exercises on directions in the latent space: (task, answer)."""

ANSWERS = []
