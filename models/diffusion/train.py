"""Train the face networks: `python -m models.diffusion.train [run ...]`."""

from models.core.options import main
from models.diffusion.train_classifier import CharacterTraining
from models.diffusion.train_denoiser import DenoiserTraining
from models.diffusion.train_next_state import NextStateTraining

RUNS = {
    "denoiser": DenoiserTraining,
    "next_state": NextStateTraining,
    "character_classifier": CharacterTraining,
}

if __name__ == "__main__":
    main(__doc__, RUNS)
