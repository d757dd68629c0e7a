"""Painters side by side on the page: pictures, what is measured of them, and what that shows."""

from collections.abc import Mapping
from typing import Any

from demos.kit import View
from models.colorizer.compare import GREY, TRUTH, Painting
from models.core.images import to_data_uri

MEASURES = ("ab_error", "ciede2000", "psnr", "ssim", "colourfulness")
GREYISH = 5.0
"""Colourfulness below which nobody sees a colour (15 is "slightly", Hasler and Süsstrunk)."""
L1, GAN = "cifar_l1", "cifar_gan"
ROWS = {
    "grey (cifar10)": GREY,
    "mean_colour (cifar10)": "mean_colour",
    L1: L1,
    GAN: GAN,
    "truth (cifar10)": TRUTH,
}
COLUMNS = {
    "ab_mae": "ab_error",
    "ciede2000": "ciede2000",
    "psnr_mean": "psnr",
    "ssim": "ssim",
    "colourfulness": "colourfulness",
    "frechet_distance": "frechet_distance",
}
"""Of the evaluation, and what they are called here."""


class Versus(View):
    """Grey, two painters and the truth, with their numbers; or the evaluation's, as bars."""

    script = "colorizer/versus"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "pictures": {"type": "object", "description": "data URIs by name"},
            "numbers": {"type": "object", "description": "what is measured of each, by name"},
            "said": {"type": "string"},
        },
    }


def shown(paintings: Mapping[str, Painting]) -> dict[str, Any]:
    """Paintings as the view and the endpoint hold them."""
    uris = {name: to_data_uri(one.image, lossless=True) for name, one in paintings.items()}
    return {
        "pictures": uris,
        "numbers": {
            name: {measure: round(getattr(one, measure), 4) for measure in MEASURES}
            for name, one in paintings.items()
        },
    }


def said(paintings: Mapping[str, Painting]) -> str:
    """What the numbers of one picture show, in sentences that follow from them."""
    grey, l1, gan, truth = (paintings[name] for name in (GREY, L1, GAN, TRUTH))
    if truth.colourfulness < GREYISH:
        return (
            "The true picture has hardly any colours: grey is right, and all that is painted is "
            "an error."
        )
    shares = "Grey has the true lightness, and most of what PSNR and SSIM compare is lightness. "
    beaten = [name for name, one in (("L1 alone", l1), ("L1 + GAN", gan)) if one.psnr < grey.psnr]
    if beaten:
        better = (
            f"So without any colour it scores {grey.psnr:.1f} dB of PSNR, more than "
            f"{' and '.join(beaten)}: a wrong colour can cost more than none."
        )
    else:
        better = (
            f"So it scores {grey.psnr:.1f} dB of PSNR without any colour, not far below L1 alone's "
            f"{l1.psnr:.1f} and L1 + GAN's {gan.psnr:.1f}."
            if max(l1.psnr, gan.psnr) - grey.psnr < 3
            else f"Here that gives it {grey.psnr:.1f} dB of PSNR; the painted ones, L1 alone's "
            f"{l1.psnr:.1f} and L1 + GAN's {gan.psnr:.1f}, are well above."
        )
    return shares + better


def table(evaluation: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """The evaluation's rows of the small pictures, and what they show.

    Raises:
        LookupError: a row or a number is missing.
    """
    numbers = {
        name: {COLUMNS[column]: float(evaluation[row][column]) for column in COLUMNS}
        for row, name in ROWS.items()
    }
    grey, l1, gan = (numbers[name] for name in (GREY, L1, GAN))
    apart = abs(gan["psnr"] - grey["psnr"])
    way = "above" if gan["psnr"] > grey["psnr"] else "below"
    order = "less" if gan["frechet_distance"] < l1["frechet_distance"] else "not less"
    return {
        "numbers": numbers,
        "said": f"In PSNR, L1 + GAN is {apart:.2f} dB {way} grey, which has the true lightness and "
        f"no colour at all. The Fréchet distance compares all pictures of one kind with all true "
        f"ones: {grey['frechet_distance']:.1f} for grey, {l1['frechet_distance']:.1f} for L1 "
        f"alone, and {order} with the discriminator, {gan['frechet_distance']:.1f}.",
    }
