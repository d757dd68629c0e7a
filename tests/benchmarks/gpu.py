"""All five tabs' computing on a GPU, beside the CPU's: `python -m tests.benchmarks.gpu`, as JSON.

At most four minutes. `--dry-run` goes through all of it in small, on the CPU where there is no GPU.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import nn

STEPS = 20
FACES = 16
VISITORS = 60
Result = dict[str, Any]


class Bench:
    """Where it runs, and how often and how large everything is."""

    def __init__(self, dry: bool):
        self.dry = dry
        self.cuda = torch.cuda.is_available()
        self.device = torch.device("cuda" if self.cuda else "cpu")

    def size(self, full: int, dry: int) -> int:
        """One of two sizes."""
        return dry if self.dry else full

    def milliseconds(self, job: Callable[[], object], rounds: int = 15) -> float:
        """The median time of a job, the device's work included; after two that do not count."""
        times = []
        for _ in range(self.size(rounds, 1) + 2):
            self.wait()
            began = time.perf_counter()
            job()
            self.wait()
            times.append(time.perf_counter() - began)
        return round(1000 * statistics.median(times[2:]), 3)

    def wait(self) -> None:
        """Until the device has done what it was asked."""
        if self.cuda:
            torch.cuda.synchronize()


def farthest(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    """The largest difference of two results."""
    return float(f"{(ours.float().cpu() - theirs.float().cpu()).abs().max().item():.3g}")


@cache
def denoisers() -> dict[str, nn.Module]:
    """The shipped denoiser on each device."""
    from models.core import shipped
    from models.diffusion.network import FaceDenoiser
    from models.diffusion.shipped import WEIGHTS

    kinds = ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)
    path = WEIGHTS / "denoiser.safetensors"
    return {kind: shipped.network_on(FaceDenoiser, path, torch.device(kind)) for kind in kinds}


def start(network: nn.Module, count: int, device: torch.device) -> Any:
    """`count` faces of nobody in particular, from equal noise on every device."""
    from models.diffusion.sample import initial_noise
    from models.diffusion.trajectory import Start

    seeds = tuple(range(count))
    labels = torch.full((count,), network.nobody, device=device)
    return Start(initial_noise(network, seeds).to(device), labels, seeds)


def ceilings(bench: Bench) -> Result:
    """What the card can do at most: bytes moved by a copy, and a large product in bf16."""
    length, side = bench.size(2**30, 2**16), bench.size(8192, 64)
    source = torch.ones(length, dtype=torch.uint8, device=bench.device)
    target = torch.empty_like(source)
    copying = bench.milliseconds(lambda: target.copy_(source))
    a = torch.randn(side, side, device=bench.device, dtype=torch.bfloat16)
    product = bench.milliseconds(lambda: a @ a)
    return {
        "device": torch.cuda.get_device_name() if bench.cuda else "CPU",
        "torch": torch.__version__,
        "copy_TB_per_s": round(2 * length / copying / 1e9, 2),
        "bf16_TFLOP_per_s": round(2 * side**3 / product / 1e9, 1),
    }


def same(bench: Bench) -> Result:
    """Faces from equal seeds on both devices, and in half precision and channels last: the largest
    difference of a pixel in [0, 255].
    """
    from models.diffusion.sample import sample
    from models.diffusion.samplers import Settings

    steps = Settings("ddim", bench.size(STEPS, 2))
    faces, networks = {}, denoisers()
    for kind, network in networks.items():
        *_, last = sample(network, steps, start(network, 4, torch.device(kind)))
        faces[kind] = last.x.cpu()
    network = networks[bench.device.type]
    begin = start(network, 4, bench.device)
    with torch.autocast(bench.device.type, torch.bfloat16):
        *_, half = sample(network, steps, begin)
    last_channels = network.to(memory_format=torch.channels_last)
    *_, last = sample(last_channels, steps, begin)
    network.to(memory_format=torch.contiguous_format)
    reference = faces[bench.device.type]
    found = {
        "bf16_against_float32": farthest(half.x, reference) * 127.5,
        "channels_last": farthest(last.x, reference) * 127.5,
    }
    if bench.cuda:
        found["gpu_against_cpu"] = farthest(faces["cuda"], faces["cpu"]) * 127.5
        found["allow_tf32"] = [
            torch.backends.cudnn.allow_tf32,
            torch.backends.cuda.matmul.allow_tf32,
        ]
    return found


def step(bench: Bench) -> Result:
    """A step of our sampler against diffusers' pipeline on the same network: 1, 16, 256 faces.

    Beside both: the network alone, as the engine asks it, and as a CUDA graph whatever its size.
    """
    from diffusers import DDIMPipeline, DDIMScheduler

    from models.diffusion.graphs import record
    from models.diffusion.sample import sample
    from models.diffusion.samplers import Settings
    from models.diffusion.shards import Shards

    network = denoisers()[bench.device.type]
    shards = Shards(network)
    steps = bench.size(STEPS, 2)
    found: Result = {}
    for count in (1, FACES, bench.size(256, 2)):
        begin = start(network, count, bench.device)
        pipeline = DDIMPipeline(
            network.unet, DDIMScheduler(**network.schedule_config(), timestep_spacing="trailing")
        )
        pipeline.unet = _as_called(network, begin.labels)
        pipeline.set_progress_bar_config(disable=True)

        def ours(begin=begin) -> None:
            for _ in sample(network, Settings("ddim", steps), begin):
                pass

        def theirs(count=count, pipeline=pipeline) -> None:
            pipeline(count, torch.Generator(bench.device), num_inference_steps=steps)

        t = torch.full((count,), 500.0, device=bench.device)
        row = {
            "ours_ms_a_step": bench.milliseconds(ours, 5) / steps,
            "diffusers_ms_a_step": bench.milliseconds(theirs, 5) / steps,
            "network_ms": bench.milliseconds(_quiet(network, begin.noise, t, begin.labels)),
        }
        asked = begin.noise, t, begin.labels
        before = shards.evaluate(*asked)  # by the network: a graph of it is yet to be recorded
        shards.wait()
        row["engine_ms"] = bench.milliseconds(lambda asked=asked: shards.evaluate(*asked))
        row["engine_difference"] = farthest(shards.evaluate(*asked), before)
        if bench.cuda:  # also of more rows than the engine records
            graph = record(network, *asked)
            row["graph_ms"] = bench.milliseconds(lambda asked=asked, graph=graph: graph(*asked))
        row["ratio_to_diffusers"] = row["diffusers_ms_a_step"] / row["ours_ms_a_step"]
        row["engines_ratio_to_diffusers"] = row["diffusers_ms_a_step"] / row["engine_ms"]
        found[f"batch_{count}"] = {key: round(value, 3) for key, value in row.items()}
    return found


def _as_called(network: nn.Module, labels: torch.Tensor) -> nn.Module:
    """The network as diffusers' unconditional pipeline calls it."""

    class Unconditional(nn.Module):
        config = network.unet.config
        dtype, device = torch.float32, labels.device

        def forward(self, x: torch.Tensor, t: torch.Tensor) -> Any:
            return type("Output", (), {"sample": network(x, t.to(x.device).expand(len(x)), labels)})

    return Unconditional()


def _quiet(network: nn.Module, *inputs: torch.Tensor) -> Callable[[], torch.Tensor]:
    """The network on these inputs, without gradients, when called."""

    @torch.no_grad()
    def job() -> torch.Tensor:
        return network(*inputs)

    return job


def crowd(bench: Bench) -> Result:
    """60 visitors' 16 faces in 20 steps, all asked together, over one visitor's."""
    from models.diffusion.sample import sample_together
    from models.diffusion.samplers import Settings

    network = denoisers()[bench.device.type]
    settings = Settings("ddim", bench.size(STEPS, 2))
    begin = start(network, bench.size(FACES, 1), bench.device)

    def together(visitors: int) -> Callable[[], None]:
        def job() -> None:
            for _ in sample_together(network, [(settings, begin)] * visitors):
                pass

        return job

    one = bench.milliseconds(together(1), 3)
    all_of_them = bench.milliseconds(together(bench.size(VISITORS, 3)), 2)
    return {
        "one_ms": one,
        "sixty_ms": all_of_them,
        "ratio": round(all_of_them / one, 2),
        "target": 2,
    }


def caption(bench: Bench) -> Result:
    """A caption by each decoder, greedy, and by a beam of 3, from the photo on."""
    from models.captioning.beam import beam
    from models.captioning.caption import annotate, greedy
    from models.captioning.network import Captioner
    from models.captioning.shipped import WEIGHTS
    from models.core import shipped

    path = WEIGHTS / "captioner.safetensors"
    network = shipped.network_on(Captioner, path, bench.device)
    photo = torch.rand(1, 3, 160, 160, generator=torch.Generator().manual_seed(0))
    found: Result = {"target_ms": 50}
    for name, decoder in network.decoders.items():
        for way, write in (("greedy", greedy), ("beam_3", beam)):

            def job(decoder=decoder, write=write) -> None:
                for _ in write(decoder, annotate(network, photo)):
                    pass

            found[f"{name}_{way}_ms"] = bench.milliseconds(job, 5)
    return found


def colorize(bench: Bench) -> Result:
    """A photo of 512 x 512 painted."""
    from models.colorizer.colorize import colorize as paint
    from models.colorizer.network import Colorizer
    from models.colorizer.shipped import WEIGHTS
    from models.core import shipped

    side = bench.size(512, 64)
    photo = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    path, images, found = WEIGHTS / "photo.safetensors", [], {"target_ms": 15}
    for kind in dict.fromkeys(("cpu", bench.device.type)):
        network = shipped.network_on(Colorizer, path, torch.device(kind))
        found[f"{kind}_ms"] = bench.milliseconds(
            lambda network=network: images.append(paint(network, photo).image.cpu()), 5
        )
    found["largest_difference"] = farthest(images[0], images[-1]) * 255
    return found


def sheet(bench: Bench) -> Result:
    """20 x 20 digits decoded from the plane."""
    from models.core import shipped
    from models.vae.decode import decode, lattice
    from models.vae.network import Autoencoder
    from models.vae.shipped import WEIGHTS

    network = shipped.network_on(Autoencoder, WEIGHTS / "digits_2d.safetensors", bench.device)
    points = lattice(20).to(bench.device)
    return {"ms": bench.milliseconds(lambda: decode(network, points)), "target_ms": 5}


def convolution(bench: Bench) -> Result:
    """A 5 x 5 kernel over 1024 x 1024 RGB, and the backbone's maps of it."""
    from torch.nn import functional as F

    from models.backbone.network import Backbone
    from models.backbone.shipped import FILE
    from models.core import shipped

    side = bench.size(1024, 64)
    photo = torch.rand(1, 3, side, side, device=bench.device)
    kernel = torch.randn(3, 1, 5, 5, device=bench.device)
    network = shipped.network_on(Backbone, FILE, bench.device)
    return {
        "filter_ms": bench.milliseconds(lambda: F.conv2d(photo, kernel, padding=2, groups=3)),
        "backbone_ms": bench.milliseconds(_quiet(network, photo), 5),
    }


def floors(bench: Bench) -> Result:
    """What one evaluation of the denoiser must move and multiply at least, counted by hand."""
    from torch.utils.flop_counter import FlopCounterMode

    network = denoisers()[bench.device.type]
    weights = sum(part.numel() for part in network.parameters()) * 4
    found: Result = {"weights_MB": round(weights / 1e6, 1)}
    for count in (1, FACES, bench.size(256, 2)):
        begin = start(network, count, bench.device)
        t = torch.full((count,), 500.0, device=bench.device)
        with FlopCounterMode(display=False) as counter:
            _quiet(network, begin.noise, t, begin.labels)()
        found[f"batch_{count}_GFLOP"] = round(counter.get_total_flops() / 1e9, 2)
    return found


SECTIONS = {
    section.__name__: section
    for section in (
        ceilings, same, step, crowd, caption, colorize, sheet, convolution, floors,
    )
}  # fmt: skip


def main() -> None:
    """Run the sections asked for; one that fails says how, and the others go on."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=SECTIONS, help="may be repeated")
    parser.add_argument("--dry-run", action="store_true", help="small, to see that it runs")
    arguments = parser.parse_args()
    from models.core import device

    device.current()  # which turns TF32 off
    bench, found = Bench(arguments.dry_run), {}
    for name in arguments.only or SECTIONS:
        began = time.perf_counter()
        try:
            result = SECTIONS[name](bench)
        except Exception as error:  # noqa: BLE001  a minute of a lent GPU is not to be lost
            result = {"failed": f"{type(error).__name__}: {error}"}
        result["seconds"] = round(time.perf_counter() - began, 1)
        found[name] = result
        sys.stdout.write(json.dumps({name: result}) + "\n")
        sys.stdout.flush()
    sys.exit(any("failed" in result for result in found.values()))


if __name__ == "__main__":
    main()
