"""BLIP and ViT-GPT2 from the Hugging Face Hub, on request: fetched once, kept, and loaded once."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.captioning.hub_writer import HubWriter
from models.core import device
from models.core.checks import one_of
from models.core.errors import InputError
from models.core.once import once


@dataclass(frozen=True)
class HubModel:
    """A captioner on the Hub."""

    title: str
    repository: str
    architecture: str
    """Its class in transformers."""
    weights: str
    """The file of its weights, of several that lie there."""
    megabytes: int
    """What is fetched, about."""


MODELS = {
    "blip": HubModel(
        "BLIP base",
        "Salesforce/blip-image-captioning-base",
        "BlipForConditionalGeneration",
        "model.safetensors",
        990,
    ),
    "vit-gpt2": HubModel(
        "ViT-GPT2",
        "nlpconnect/vit-gpt2-image-captioning",
        "VisionEncoderDecoderModel",
        "pytorch_model.bin",
        985,
    ),
}
PATIENCE = 0.5  # seconds between two looks at how much has come
_loading = threading.Lock()


def chosen(name: str) -> HubModel:
    """A model by its name in `MODELS`.

    Raises:
        InputError: there is none of that name.
    """
    one_of("Model", name, MODELS)
    return MODELS[name]


def here(name: str) -> Path | None:
    """The folder of a model that lies on this machine as a whole; None where it has to be fetched.

    Raises:
        InputError: there is no such model.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    model = chosen(name)
    try:
        folder = Path(snapshot_download(model.repository, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
    needed = ("config.json", "preprocessor_config.json", "tokenizer_config.json", model.weights)
    return folder if all((folder / file).is_file() for file in needed) else None


def fetching(name: str) -> Iterator[float]:
    """Fetch a model that is not here; yields how much of it has come, 0 to 1.

    Raises:
        InputError: the Hub can't be reached, or broke off; says how to fetch it beforehand.
    """
    from huggingface_hub import snapshot_download

    model, trouble = chosen(name), []
    patterns = ["*.json", "*.txt", model.weights]

    def fetch() -> None:
        try:
            snapshot_download(model.repository, allow_patterns=patterns)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to who waits
            trouble.append(error)

    worker = threading.Thread(target=fetch, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(PATIENCE)
        yield min(0.99, _came(model) / (model.megabytes * 1e6))
    if trouble or here(name) is None:
        cause = type(trouble[0]).__name__ if trouble else "files are missing"
        raise InputError(
            f"{model.title} could not be fetched from the Hub ({cause}). {advice(model)}"
        )
    yield 1.0


def advice(model: HubModel) -> str:
    """How to fetch a model beforehand."""
    return (
        f"Where there is a network, `hf download {model.repository}` fetches it "
        f"({model.megabytes} MB); then it works without one."
    )


def _came(model: HubModel) -> int:
    """Bytes of a model that lie in the Hub's folder, those of files that are still coming too."""
    from huggingface_hub.constants import HF_HUB_CACHE

    blobs = Path(HF_HUB_CACHE) / f"models--{model.repository.replace('/', '--')}" / "blobs"
    try:
        return sum(file.stat().st_size for file in blobs.iterdir() if file.is_file())
    except OSError:
        return 0


def writer(name: str) -> HubWriter:
    """A model that is here, loaded once, on the app's device.

    Raises:
        InputError: it is not here, damaged, or of another architecture.
    """
    model, folder = chosen(name), here(name)
    if folder is None:
        raise InputError(f"{model.title} is not on this machine. {advice(model)}")
    with _loading:
        return load(folder, model)


@once
def load(folder: Path, model: HubModel) -> HubWriter:
    """A captioner out of a folder, as `from_pretrained` reads it.

    Raises:
        InputError: files are missing or damaged, or the model is of another architecture.
    """
    import transformers

    again = f"Remove the folder {folder} and fetch it again."
    try:
        said = json.loads((folder / "config.json").read_text("utf-8"))
        kinds = said.get("architectures") or [said.get("model_type")]
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(f"{model.title} is here only in part, or damaged. {again}") from error
    if model.architecture not in kinds:
        raise InputError(
            f"What lies in {folder} is a {kinds[0]}, and not {model.title}, "
            f"a {model.architecture}. {again}"
        )
    kind = getattr(transformers, model.architecture)
    try:
        network, report = kind.from_pretrained(
            folder, attn_implementation="eager", local_files_only=True, output_loading_info=True
        )
        processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:
        raise InputError(f"{model.title} is here only in part, or damaged. {again}") from error
    if report.get("missing_keys"):
        raise InputError(f"{model.title} is here without some of its weights. {again}")
    return HubWriter(network.eval().to(device.current().device), processor, tokenizer)
