"""How alike two pictures are."""

from models.core.metrics import psnr

__all__ = ["psnr"]
