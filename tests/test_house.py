"""The house itself: tools, layout, imports, and the README that people copy from."""

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import demos
import models

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    ".ci", ".gitignore", "LICENSE", "README.md", "app.py", "assets", "demos", "models",
    "pyproject.toml", "requirements.txt", "tests",
}  # fmt: skip
LARGEST_FILE = 15 * 2**20  # bytes: what one weight file may take
WEIGHTS_IN_ALL = 90 * 2**20
TEXT = {".py", ".js", ".css", ".md", ".toml", ".txt", ".svg", ".html", ".json", ".yml", ""}
COMMANDS = (
    "pip install -r requirements.txt && python app.py",
    "pip install -r requirements.txt -r tests/requirements.txt && python -m pytest",
)
# Folders of one person's machine, and addresses of package mirrors: neither travels.
OURS_ALONE = re.compile(
    r"(?<![\w./])/(?:home|root|Users|work|opt|mnt)/\w|//[\w.-]+\.(?:internal|local|lan)\b|"
    r"--(?:extra-)?index-url (?!https://download\.pytorch\.org/)|--find-links"
)
SLOW = ("cv2", "diffusers", "transformers", "torchvision")
# What a package is called on PyPI where that differs from its name in Python.
PACKAGES = {"PIL": "pillow", "cv2": "opencv-python-headless", "gradio_client": "gradio"}
PACKAGES |= {"importlinter": "import-linter", "pi_heif": "pi-heif", "zxingcpp": "zxing-cpp"}
PACKAGES |= {"websocket": "websocket-client"}
# What Gradio itself stands on, and brings.
PACKAGES |= dict.fromkeys(("brotli", "httpx", "starlette"), "gradio")


@cache
def tracked() -> list[Path]:
    """Every file that travels in the repository, as it is in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def modules(package) -> list[str]:
    """The names of all modules of a package."""
    return [name for _, name, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]


SCENES = [
    name
    for name in modules(demos)
    if name.count(".") == 2
    and not name.startswith("demos.kit")
    and "INFO" in dir(importlib.import_module(name))
]


@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check .", "lint-imports"])
def test_tools_find_nothing(command):
    tool, *arguments = command.split()
    beside = Path(sys.executable).with_name(tool)  # the environment's own, on the PATH or not
    result = subprocess.run(
        [beside if beside.exists() else tool, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_top_level_holds_only_what_the_design_names():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


def test_no_file_is_too_large():
    sizes = {path: path.stat().st_size for path in tracked()}
    assert [path for path, size in sizes.items() if size > LARGEST_FILE] == []
    weights = [size for path, size in sizes.items() if path.suffix == ".safetensors"]
    assert sum(weights) <= WEIGHTS_IN_ALL
    models = [size for path, size in sizes.items() if path.is_relative_to(ROOT / "models")]
    assert sum(models) <= WEIGHTS_IN_ALL  # what lies beside the weights counts with them


def test_nothing_of_one_machine_travels():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__)
        for match in OURS_ALONE.finditer(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_a_name_presets_and_a_build(name):
    scene = importlib.import_module(name)
    assert callable(scene.build)
    slugs = [preset.slug for preset in scene.INFO.presets]
    assert len(slugs) == len(set(slugs))
    assert {step.preset for step in scene.INFO.walk} - {""} <= set(slugs)


def test_every_tab_lists_all_its_scenes():
    for name in modules(demos):
        if name.count(".") != 1 or name == "demos.kit":
            continue
        listed = {scene.__name__ for scene in importlib.import_module(name).SCENES}
        assert listed == {scene for scene in SCENES if scene.startswith(f"{name}.")}


IMPORTING = """
import importlib, importlib.abc, json, sys
written, weights = [], []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path, mode = arguments[0], arguments[1] or ""
        # Gradio writes an interface file (.pyi) beside a component class; /dev/null is no file.
        if set(mode) & set("wax+") and not path.endswith(".pyi") and path != "/dev/null":
            written.append(path)
        if path.endswith((".safetensors", ".pt", ".ckpt")):
            weights.append(path)
sys.addaudithook(watch)
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in missing:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
missing, shown, others = map(json.loads, sys.argv[1:])
sys.meta_path.insert(0, Missing())
for name in shown:
    importlib.import_module(name)
reached = [name for name in sys.modules if name.startswith("models.")]
sys.meta_path.pop(0)
for name in others:
    importlib.import_module(name)
import torch
from models.core import device
print(json.dumps({
    "reached": reached,
    "written": written,
    "weights": weights,
    "device": device.current.cache_info().currsize + torch.cuda.is_initialized(),
    "loaded": [name for name in %r if name in sys.modules],
}))
"""


@pytest.fixture(scope="module")
def imports(tmp_path_factory) -> dict:
    """What happens in a fresh process that imports the app and every scene, then all models.

    Both requirements are installed where tests run; until the models' turn, the packages that only
    training requires are missing.
    """
    training = set(requirements("models/requirements.txt")) - set(requirements("requirements.txt"))
    missing = training - {"filelock", "tqdm"}  # torch and Gradio bring these; a contract forbids
    assert {"accelerate", "sacrebleu", "torchmetrics"} <= missing
    shown = ["app", *modules(demos)]
    others = [name for name in modules(models) if not name.endswith(("train", "evaluate"))]
    folder = tmp_path_factory.mktemp("elsewhere")
    result = subprocess.run(
        [
            sys.executable,
            "-B",
            "-c",
            IMPORTING % (SLOW,),
            *map(json.dumps, (list(missing), shown, others)),
        ],
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_importing_writes_nothing_decides_nothing_and_loads_nothing(imports):
    seen = {name: imports[name] for name in ("written", "weights", "device", "loaded")}
    assert seen == {"written": [], "weights": [], "device": 0, "loaded": []}


def test_the_app_and_every_scene_do_without_training(imports):
    apart = re.compile(r"models\.(training|plan|ship|train|evaluate|\w+\.(train\w*|evaluate))\b")
    assert "models.core.device" in imports["reached"]
    assert [name for name in imports["reached"] if apart.match(name)] == []


def test_models_make_no_page_values():
    """Tensors in, dataclasses of tensors out; pictures become data URIs where the page is."""
    owners = {ROOT / "models/core/images.py", ROOT / "models/core/history.py"}  # a file's strips
    models_ = [path for path in tracked() if path.is_relative_to(ROOT / "models")]
    makers = [
        str(path.relative_to(ROOT))
        for path in models_
        if path.suffix == ".py" and path not in owners
        if re.search(r"to_data_uri|data:image|base64", path.read_text("utf-8"))
    ]
    assert makers == []


def requirements(name: str) -> dict[str, str]:
    """A requirements file: what each package has to be, by its name."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("-r "):
            found |= requirements(str((ROOT / name).parent.joinpath(line[3:]).relative_to(ROOT)))
        elif line:
            package = re.match(r"[\w.-]+", line)[0]
            found[package.lower()] = line[len(package) :]
    return found


def imported(path: Path) -> set[str]:
    """The packages of others that a file imports anywhere in it, as PyPI calls them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    own = {"app", "demos", "models", "tests"}
    return {PACKAGES.get(name, name) for name in names - sys.stdlib_module_names - own}


def test_every_import_is_required_and_the_app_requires_nothing_else():
    used = {path.relative_to(ROOT): imported(path) for path in tracked() if path.suffix == ".py"}
    app = set(requirements("requirements.txt"))
    every = app | set(requirements("tests/requirements.txt"))
    missing = {str(path): names - every for path, names in used.items() if names - every}
    assert missing == {}
    ours = set().union(*(names for path, names in used.items() if path.parts[0] != "tests"))
    assert app - ours == set()


def test_the_readme_opens_a_space_and_gives_the_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    _, matter, body = text.split("---\n", 2)
    fields = dict(re.fullmatch(r"(\w+): (.+)", line).groups() for line in matter.splitlines())
    assert fields["sdk"] == "gradio"
    assert fields["license"] == "apache-2.0"
    assert (ROOT / fields["app_file"]).is_file()
    assert {fields["colorFrom"], fields["colorTo"]} <= {
        "red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray",
    }  # fmt: skip
    version = tuple(map(int, fields["sdk_version"].split(".")))
    low, high = re.fullmatch(
        r">=([\d.]+),<(\d+)", requirements("requirements.txt")["gradio"]
    ).groups()
    assert tuple(map(int, low.split("."))) <= version < (int(high),)
    for command in COMMANDS:
        assert body.splitlines().count(command) == 1


def test_the_readmes_pictures_and_files_are_there():
    text = (ROOT / "README.md").read_text("utf-8")
    linked = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", text)
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_the_readmes_click_can_be_followed():
    """Each line of it names a file that is there and a function, method or class that is in it."""
    text = (ROOT / "README.md").read_text("utf-8")
    steps = re.findall(r"^\d+\. (.*)$", text.split("**Follow one click**")[1], re.MULTILINE)
    assert len(steps) == 15
    places = [
        place for step in steps for place in re.findall(r"`(\w+/[\w./]+)`(?:, `(\w+)`)?", step)
    ]
    assert len(places) >= 14
    for file, name in places:
        source = (ROOT / file).read_text("utf-8")
        assert not name or re.search(rf"\b(def|class) {name}\b", source), (file, name)


@pytest.mark.parametrize(
    ("topic", "row", "name", "columns"),
    [
        ("diffusion", "denoiser", "denoiser",
         "{kid:.3f} | {frechet_distance:.1f} | {memorised_share:.3f} | {asked_share:.2f}"),
        *(
            ("diffusion", row, name,
             "{kid:.3f} | {frechet_distance:.1f} | {memorised_share:.3f} | ")
            for row, name in (
                ("denoiser, two steps of DDIM", "denoiser_2_steps"),
                ("consistency, two steps", "consistency_2_steps"),
                ("consistency, one step", "consistency_1_step"),
                ("displacement, 16 steps", "deblending"),
                ("next state", "next_state"),
                ("face VAE", "face_vae"),
            )
        ),
        ("diffusion", "one half of real faces, to the other", "real_half",
         "{kid:.3f} | {frechet_distance:.1f} |  | "),
        *(
            ("colorizer", row, name, "{ab_mae:.2f} | {colourfulness:.1f} | {frechet_distance:.1f}")
            for row, name in (
                ("grey", "grey (cifar10)"),
                ("one mean colour", "mean_colour (cifar10)"),
                ("L1 alone", "cifar_l1"),
                ("L1 and the discriminator", "cifar_gan"),
                ("the true colours", "truth (cifar10)"),
                ("grey", "grey (flickr8k)"),
                ("one mean colour", "mean_colour (flickr8k)"),
                ("the network", "photo"),
                ("the network, told eight squares of the true colours", "photo_8_hints"),
                ("the true colours", "truth (flickr8k)"),
            )
        ),
        *(
            ("captioning", name, name,
             "{bleu1:.1f} | {bleu4:.1f} | {cider_d:.2f} | {distinct_share:.0%} | {words_used:.0f} "
             "| {mean_words:.1f} | {repeated_trigrams:.1%}")
            for name in ("lstm", "transformer", "both")
        ),
    ],
)  # fmt: skip
def test_the_readmes_tables_are_what_was_measured(topic, row, name, columns):
    measured = json.loads((ROOT / f"models/{topic}/weights/evaluation.json").read_text("utf-8"))
    numbers = columns.format(**measured[name]).replace("%", " %").replace("-0.000", "0.000")
    assert f"| {row} | {numbers} |" in (ROOT / "README.md").read_text("utf-8").splitlines()
