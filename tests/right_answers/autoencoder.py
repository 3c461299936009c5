"""Right answers, in other styles than ours, to the exercises on autoencoders: (task, answer)."""

ANSWERS = []
