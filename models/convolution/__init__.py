"""Convolution: kernels, the verb for photos, arithmetic on small grids, a layer in stages."""
