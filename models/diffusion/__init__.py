"""Faces out of noise, one step at a time."""
