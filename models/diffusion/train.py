"""Train the face networks: `python -m models.diffusion.train [run ...]`."""

from models.diffusion import (
    train_classifier,
    train_consistency,
    train_denoiser,
    train_next_state,
)
from models.training.command_line import Training, main

RUNS = {
    "denoiser": Training(train_denoiser.DenoiserTraining, train_denoiser.CPU, train_denoiser.GPU),
    "consistency": Training(
        train_consistency.ConsistencyTraining, train_consistency.CPU, train_consistency.GPU
    ),
    "next_state": Training(
        train_next_state.NextStateTraining, train_next_state.CPU, train_next_state.GPU
    ),
    "character_classifier": Training(
        train_classifier.CharacterTraining, train_classifier.CPU, train_classifier.GPU
    ),
}

if __name__ == "__main__":
    main(__doc__, RUNS)
