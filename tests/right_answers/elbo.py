"""Right answers, in other styles than ours, to the exercises on the evidence lower bound: (task, answer)."""

ANSWERS = []
