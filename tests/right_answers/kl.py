"""Right answers, in other styles than ours, to the exercises on the KL divergence: (task, answer)."""

ANSWERS = []
