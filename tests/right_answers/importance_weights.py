"""Right answers, in other styles than ours, to the exercises on importance weights: (task, answer)."""

ANSWERS = []
