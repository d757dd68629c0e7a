"""Scene: how the shipped autoencoders were trained, and what a VAE draws from its prior."""

import base64

import gradio as gr

from demos.kit import Preset, Scene, SceneInfo, Sheets, Slider, Step
from demos.kit.controls import Dropdown
from demos.kit.pictures import sheet
from demos.kit.training import Plot, Shelf
from demos.kit.view import ASSETS
from demos.vae.squares import square
from models.core.errors import InputError
from models.vae import points, sample, shipped
from models.vae.shipped import WEIGHTS

MOST_DRAWS, DRAWS, MOST_SEED = 64, 25, 999
NATS = "nats a picture"
FACES_BY_DIFFUSION = ASSETS / "faces.webp"

SHELF = Shelf(
    WEIGHTS,
    {**shipped.DIGITS, shipped.DENOISING: "Denoising autoencoder", shipped.FACES: "VAE, faces"},
    (
        Plot("Reconstruction", ("reconstruction", "loss"), ("reconstruction",), NATS),
        Plot("KL divergence from the prior", ("kl",), ("kl",), NATS),
    ),
    parts={"": ("picture", "decoded"), shipped.DENOISING: ("under noise", "denoised")},
    first="digits_2d",
)

INFO = SceneInfo(
    slug="training",
    title="Training",
    lead="What the shipped networks learned, step by step, and what they draw from "
    r"$z \sim \mathcal{N}(0, 1)$. A VAE's samples are **blurred**: many pictures share a place in "
    "latent space, and the decoder, asked for the least error on all of them, answers with their "
    "mean. A diffusion model decides in many small steps.",
    presets=(
        Preset("slides-22", "β = 1: both terms", {"model": "digits_2d"}, slide="22"),
        Preset("slides-22-four", "β = 4: more KL", {"model": "digits_2d_beta_four"}, slide="22"),
        Preset("slides-20", "Autoencoder", {"model": "digits_2d_autoencoder"}, slide="20"),
        Preset("sixteen", "16 dimensions", {"model": "digits_16d"}),
        Preset("slides-24", "Denoising", {"model": shipped.DENOISING}, slide="24"),
        Preset("slides-25", "Blurred faces", {"model": shipped.FACES, "count": 9}, slide="25"),
    ),
    walk=(
        Step(
            "Two terms: the reconstruction falls while the KL divergence rises. What z says of "
            "the picture has to be paid for.",
            "slides-22",
        ),
        Step("With β = 4 saying is dearer: less KL, worse pictures.", "slides-22-four"),
        Step(
            "A plain autoencoder pays nothing, and has no prior: what is drawn from N(0, 1) may "
            "fall into its gaps.",
            "slides-20",
        ),
        Step(
            "Sixteen dimensions say more: the KL divergence is larger, and the reconstruction far "
            "better.",
            "sixteen",
        ),
        Step(
            "Faces from N(0, 1), and nine that a diffusion model drew: blurred, not blurred.",
            "slides-25",
        ),
    ),
)


def draw_from_prior(model: str = "digits_2d", count: int = DRAWS, seed: int = 0) -> dict:
    """Draw points from N(0, 1) and decode them: what a network imagines without being shown any.

    Args:
        model: a shipped autoencoder: digits_2d_autoencoder, digits_2d_beta_tenth, digits_2d,
            digits_2d_beta_four, digits_16d, digits_denoising or faces.
        count: how many, 1 to 64.
        seed: a whole number from 0; the same seed gives the same pictures.

    Returns:
        `pictures`: each with `title`, `src` (one picture with all of them in a square, row after
        row, as lossless WebP) and `note`.
    """
    if isinstance(count, bool) or not isinstance(count, int | float) or not _is_count(count):
        raise InputError(f"1 to {MOST_DRAWS} pictures can be drawn, got {str(count)[:40]}.")
    generator = points.seeded(seed)
    network = shipped.autoencoder(model)
    made = sample.draw(network, int(count), generator)
    note = (
        "The prior that its KL term was there to fill."
        if network.config.variational
        else "It has no prior and was never asked to fill N(0, 1): some points land in gaps."
    )
    pictures = [sheet(f"{SHELF.names[model]}: drawn from N(0, 1)", square(made), note)]
    if model == shipped.FACES:
        pictures += _by_diffusion()
    return {"pictures": pictures}


def _by_diffusion() -> list[dict[str, str]]:
    """The faces that the diffusion tab has at hand, to hold beside; none where they are missing."""
    try:
        content = base64.b64encode(FACES_BY_DIFFUSION.read_bytes()).decode()
    except OSError:
        return []
    note = "From the same training faces, in many small steps: every one is decided."
    return [sheet("Drawn by diffusion", f"data:image/webp;base64,{content}", note)]


def _is_count(count: float) -> bool:
    return 1 <= count <= MOST_DRAWS and count == int(count)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    view = Sheets(None, label="Draws from the prior", render=False)

    def controls(model: Dropdown) -> None:
        count = Slider(1, MOST_DRAWS, DRAWS, step=1, label="How many are drawn")
        seed = Slider(0, MOST_SEED, 0, step=1, label="Seed")
        another = gr.Button("Draw others", size="sm")
        scene.control("count", count)
        scene.control("seed", seed)
        another.click(None, seed, seed, js=f"(seed) => (seed + 1) % {MOST_SEED + 1}")
        scene.wire(draw_from_prior, [model, count, seed], [view], api_name="draw_from_prior")

    SHELF.lay_out(scene, api_name="vae_training", aside=view, controls=controls)
