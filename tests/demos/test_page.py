"""What the page as a whole offers to programs, and what its command line refuses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import app
from models.core import device
from models.core.errors import InputError
from models.diffusion import shipped

ROOT = Path(__file__).resolve().parents[2]


def test_a_preset_by_name_runs(client: Client):
    state = client.predict("convolution/filter", "sharpen", api_name="/preset")
    assert state["kernel"]["weights"] == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    picture, _ = client.predict(
        kernel=state["kernel"], negatives=state["negatives"], api_name="/convolve"
    )
    assert picture["shape"][1:] == [512, 512]


def test_an_unknown_preset_is_named(client: Client):
    with pytest.raises(AppError, match="no preset 'soft' in a scene 'convolution/filter'"):
        client.predict("convolution/filter", "soft", api_name="/preset")


def test_every_endpoint_is_named_and_described(client: Client):
    api = client.view_api(return_format="dict", print_info=False)
    assert api["unnamed_endpoints"] == {}
    for endpoint in api["named_endpoints"].values():
        names = [parameter["parameter_name"] for parameter in endpoint["parameters"]]
        assert all(f"{name}: " in endpoint["description"] for name in names if len(names) > 3)
        assert endpoint["description"]


def test_the_api_page_names_what_it_returns_and_no_other_host(client: Client):
    api = client.view_api(return_format="dict", print_info=False)
    for name, endpoint in api["named_endpoints"].items():
        labels = [value["label"] for value in endpoint["returns"]]
        assert not any(re.fullmatch(r"value_\d+", label) for label in labels), name
        for parameter in endpoint["parameters"]:
            shown = [parameter["example_input"], parameter.get("parameter_default")]
            assert "http" not in json.dumps(shown), (name, parameter["parameter_name"])


def test_who_sends_nothing_gets_what_the_scene_opens_with(client: Client):
    state = client.predict("convolution/filter", "sobel-x", api_name="/preset")
    named = {name: state[name] for name in ("kernel", "negatives")}
    assert (
        client.predict(api_name="/convolve")[0] == client.predict(**named, api_name="/convolve")[0]
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--device", "tpu"], "invalid choice: 'tpu'"),
        (["--port", "many"], "invalid int value"),
        (["--help"], "--lecture"),
    ],
)
def test_the_command_line_says_what_is_wrong(options, words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["app.py", *options])
    with pytest.raises(SystemExit):
        app.options()
    said = capsys.readouterr()
    assert words in said.err + said.out


@pytest.mark.skipif(device.available("cuda"), reason="this machine has the device")
def test_a_device_that_is_not_there_is_said():
    result = subprocess.run(
        [sys.executable, "app.py", "--device", "cuda"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode != 0
    assert "This machine has no cuda device; try --device auto." in result.stderr
    assert "Traceback" not in result.stderr


def test_what_a_first_run_waits_for_can_be_loaded_before(monkeypatch):
    warmed = []
    monkeypatch.setattr(app.diffusion, "warm_up", lambda: warmed.append("diffusion"))
    app.warm_up()
    assert warmed == ["diffusion"]


def test_warming_up_leaves_a_missing_file_to_whoever_draws(monkeypatch, tmp_path):
    shipped.denoiser.cache_clear()
    monkeypatch.setattr(shipped, "WEIGHTS", tmp_path)
    app.diffusion.warm_up()
    with pytest.raises(InputError, match=r"denoiser\.safetensors"):
        shipped.denoiser()
