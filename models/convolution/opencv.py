"""OpenCV's filter over a photo: on a CPU the same sums as PyTorch's convolution, in less time."""

import torch

from models.convolution.geometry import Sliding

BORDERS = {
    "zeros": "BORDER_CONSTANT",
    "reflect": "BORDER_REFLECT_101",  # the outermost pixel is not repeated, as in torch
    "replicate": "BORDER_REPLICATE",
}
"""OpenCV's names of our padding modes. What is circular it does not filter."""


def serves(weights: torch.Tensor, pads: tuple[int, int], sliding: Sliding) -> bool:
    """Whether OpenCV filters so, and in less time: with a step of one pixel, no gaps between
    weights, and no more of a border than brings the kernel's centre onto every pixel."""
    return (
        sliding.stride == sliding.dilation == 1
        and sliding.padding_mode in BORDERS
        and all(
            size % 2 and pad <= size // 2 for size, pad in zip(weights.shape, pads, strict=True)
        )
    )


def filtered(
    image: torch.Tensor, weights: torch.Tensor, bias: float, pads: tuple[int, int], mode: str
) -> torch.Tensor:
    """Every channel of `image` (1 C H W, on the CPU) filtered for itself: 1 C H' W', channels last.

    Args:
        image: the picture, float32 of any range.
        weights: K_h K_w, as they are applied; at most 11 x 11, so that OpenCV adds up the products
            themselves (from about 130 weights on it goes by way of Fourier's transform).
        bias: added to each sum.
        pads: rows added above and below, columns added left and right; see `serves`.
        mode: what those are made of.
    """
    import cv2  # late: the app starts without it

    picture = image[0].permute(1, 2, 0).contiguous().numpy()  # H W C
    border = getattr(cv2, BORDERS[mode])
    made = cv2.filter2D(picture, -1, weights.numpy(), delta=bias, borderType=border)
    height, width = picture.shape[:2]
    top, left = (size // 2 - pad for size, pad in zip(weights.shape, pads, strict=True))
    kept = torch.from_numpy(made[top : height - top, left : width - left]).contiguous()
    return kept.view(1, *kept.shape[:2], -1).permute(0, 3, 1, 2)
