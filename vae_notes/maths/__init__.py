"""The mathematics without networks: divergences, integrals, linear models. Knows nothing of images or files."""
