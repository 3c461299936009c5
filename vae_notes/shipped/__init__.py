"""What ships trained: how each model is made and measured, its weights, its card."""
