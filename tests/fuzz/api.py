"""What the app can be asked, read from its own description."""

import json
import re
from dataclasses import dataclass
from typing import Any

API = "/gradio_api"


@dataclass(frozen=True)
class Parameter:
    """One parameter of an endpoint: a value that it takes, and whether it is a file."""

    value: Any
    file: bool = False


@dataclass(frozen=True)
class Api:
    """What the app can be asked, as it describes itself.

    Attributes:
        endpoints: by name, their parameters.
        events: of the page itself: number and name, and how many values it is sent.
        servers: functions of views: the component's number, the function's name, its keywords.
        controls: their names in links.
        places: tabs and scenes, by their names in links.
    """

    endpoints: dict[str, tuple[Parameter, ...]]
    events: tuple[tuple[int, str, int], ...]
    servers: tuple[tuple[int, str, tuple[str, ...]], ...]
    controls: tuple[str, ...]
    places: tuple[str, ...]


def read(info: dict, config: dict) -> Api:
    """The API from its description (`/gradio_api/info`) and the page's (`/config`)."""
    endpoints = {
        name.strip("/"): tuple(
            Parameter(
                one["parameter_default"] if one["parameter_has_default"] else one["example_input"],
                "path" in one["type"].get("properties", {}) or one["parameter_name"] == "photos",
            )
            for one in about["parameters"]
        )
        for name, about in info["named_endpoints"].items()
    }
    events = tuple(
        (one["id"], one["api_name"], len(one["inputs"]))
        for one in config["dependencies"]
        if one["backend_fn"] and one["api_visibility"] != "public"
    )
    servers = tuple(
        (one["id"], name, ())
        for one in config["components"]
        for name in one["props"].get("server_fns") or ()
    )
    text = json.dumps([one["props"].get("elem_classes") for one in config["components"]])
    controls = tuple(sorted(set(re.findall(r'"gb-control-([^"]+)"', text))))
    tabs = [one["props"] for one in config["components"] if one["type"] == "tabitem"]
    return Api(endpoints, events, servers, controls, tuple(str(one["id"]) for one in tabs))
