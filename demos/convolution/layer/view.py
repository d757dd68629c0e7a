"""What the layer scene shows: a forward pass as the page and the API hold it."""

from dataclasses import asdict
from typing import Any

from demos.convolution.kernel_grid import rows
from demos.kit import View
from models.convolution import display
from models.convolution.activations import FORMULAS
from models.convolution.forward import Forward, Station
from models.core import images

SMALL = 12  # a map of at most 12 x 12 is shown as numbers


class Pipeline(View):
    """The stages of a layer, as tiles from left to right."""

    script = "convolution/layer"
    schema = {  # noqa: RUF012
        "type": "object",
        "description": "stages: name, shape, minimum, maximum, limit (of its colours), window "
        "(which cells of the stage before a cell sees) and maps (label, and values or a data URI)",
        "properties": {"stages": {"type": "array", "items": {"type": "object"}}},
    }


class Facts(View):
    """The activation's curve over this feature map, and the parameter counts."""

    script = "convolution/layer-facts"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {"activation": {"type": "object"}, "counts": {"type": "object"}},
    }


def pipeline_value(run: Forward, source: str) -> dict[str, Any]:
    """The stages in order and the filters; from `numbers`, every map as its numbers."""
    names = [each.name for each in run.filters]
    return {
        "stages": [_station(each, names, source == "numbers") for each in run.stations],
        "pooling": run.settings.pooling,
        "activation": run.settings.activation,
        "source": source,
        "second": run.settings.kernels_per_filter == 2,
        "padding_mode": run.settings.padding_mode,
        "filters": [
            {"name": each.name, "weights": rows(each.kernel.scaled), "bias": each.kernel.bias}
            for each in run.filters
        ],
    }


def facts_value(run: Forward) -> dict[str, Any]:
    """The activation's curve, and the layer's cost beside the fully connected one's."""
    name = run.settings.activation
    return {
        "activation": {"name": name, "formula": FORMULAS[name], **asdict(run.response)},
        "counts": {
            **asdict(run.cost),
            "ratio": run.cost.ratio,
            "kernels_per_filter": run.settings.kernels_per_filter,
        },
    }


def _station(station: Station, names: list[str], numbers: bool) -> dict[str, Any]:
    stage = station.stage
    maps = _maps(station, numbers)
    if station.limit is not None:
        maps = [{**each, "label": name} for each, name in zip(maps, names, strict=True)]
    return {
        "name": stage.name,
        "shape": list(stage.shape),
        "minimum": stage.minimum,
        "maximum": stage.maximum,
        "limit": station.limit,
        "window": asdict(station.window),
        "size": stage.axes[1].substituted if stage.axes else "",
        "dropped": [list(each.dropped) for each in stage.axes] if stage.axes else [[], []],
        "maps": maps,
    }


def _maps(station: Station, numbers: bool) -> list[dict[str, Any]]:
    """A stage's channels: small ones as numbers, others in colours; a picture as it is."""
    tensor, limit = station.stage.tensor, station.limit
    if numbers or (limit is not None and max(tensor.shape[-2:]) <= SMALL):
        return [{"values": values} for values in tensor[0].tolist()]
    if limit is None:
        return [{"image": images.to_data_uri(tensor.clamp(0, 1), lossless=True)}]
    coloured = [display.diverging(each[None, None], limit) for each in tensor[0]]
    return [{"image": images.to_data_uri(each, lossless=True)} for each in coloured]
