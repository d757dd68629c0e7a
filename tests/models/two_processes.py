"""What each of two training processes runs in a test; takes the folder to write to."""

import sys
from pathlib import Path

import torch

from models.core.loop import make_accelerator, train
from tests.models.core.toy import ToyTraining

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    engine = make_accelerator(torch.device("cpu"))
    assert engine.num_processes == 2
    experiment = ToyTraining()
    for _ in train(experiment, folder / "run", engine):
        pass
    weights = {key: value.clone() for key, value in experiment.networks["toy"].named_parameters()}
    torch.save(weights, folder / f"{engine.process_index}.pt")
    engine.end_training()
