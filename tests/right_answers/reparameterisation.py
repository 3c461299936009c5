"""Right answers, in other styles than ours, to the exercises on the reparameterisation trick: (task, answer)."""

ANSWERS = []
