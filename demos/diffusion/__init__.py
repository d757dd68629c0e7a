"""The diffusion tab: faces out of noise, every step in view."""
