"""Drawn faces with known factors: the renderer, what is read off a picture, and the networks for faces."""
