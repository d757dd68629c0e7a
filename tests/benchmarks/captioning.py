"""The captioning tab's speed, as JSON: `python -m tests.benchmarks.captioning [--only NAME]`.

Each section is a function that returns a dictionary; to add one, add it to `SECTIONS`.
"""

import os
import shutil
import statistics
import time
from collections.abc import Callable

from tests.benchmarks.page import served
from tests.benchmarks.sections import Section, main

THREADS = 2
ROUNDS = 15
CLICKS = 15
TOKENS = 20

# Presses the scene's button and waits until a word of another run is there; two frames on it is
# painted.
CLICK = """async () => {
  const view = [...document.querySelectorAll(".gb-captioning-words")].find(glassbox.visible);
  const button = [...view.closest(".gb-scene").querySelectorAll(".gb-draw")][0];
  const before = view.dataset.run, start = performance.now();
  const there = new Promise((done) => {
    const watcher = new MutationObserver(() => {
      if (view.dataset.run === before) return;
      watcher.disconnect();
      done();
    });
    watcher.observe(view, { attributes: true });
  });
  button.click();
  await there;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""


def caption() -> dict[str, object]:
    """A photo's caption from the photo on, with all that is told of its words, on 2 threads."""
    import torch

    from demos.captioning.photos import FIRST, CaptionPhoto
    from models.captioning import shipped
    from models.captioning.caption import annotate
    from models.captioning.write import METHODS, Settings, write
    from models.core import images

    torch.set_num_threads(THREADS)
    photo = images.to_tensor(images.open_image(CaptionPhoto.examples[FIRST]))
    network = shipped.captioner().network

    def written(name: str, method: str) -> Callable[[], object]:
        settings, writer = Settings(method), network.writer(name)
        return lambda: list(write(writer, annotate(network, photo), settings))

    jobs = {
        f"{name}, {method}": written(name, method)
        for name in ("lstm", "transformer", "both")
        for method in METHODS
    }
    return {
        "what": f"milliseconds from the photo to its caption, median of {ROUNDS}",
        "threads": THREADS,
        "torch": torch.__version__,
        **{name: round(1000 * statistics.median(times([job])[0]), 1) for name, job in jobs.items()},
        "target_ms": 400,
    }


def hub() -> dict[str, object]:
    """A token of BLIP base and of ViT-GPT2 by our steps, over `generate()`'s, taking turns.

    Networks of the full size with random weights: no network is asked for them. Ours tells the
    alternatives and the maps of every word, `generate()` only the words.
    """
    import torch
    from transformers import (
        BlipConfig,
        BlipForConditionalGeneration,
        GPT2Config,
        GPT2LMHeadModel,
        VisionEncoderDecoderModel,
        ViTConfig,
        ViTModel,
    )
    from transformers import __version__ as version

    from models.captioning.caption import greedy
    from models.captioning.hub_writer import HubWriter
    from models.captioning.search import beam_search

    torch.set_num_threads(THREADS)
    found: dict[str, object] = {}

    class Tokenizer:
        """Names for tokens, that cost nothing."""

        def convert_ids_to_tokens(self, token: int) -> str:
            return str(token)

        def get_vocab(self) -> dict[str, int]:
            return {}

    def blip():
        torch.manual_seed(0)
        config = BlipConfig(vision_config={"image_size": 384})
        return BlipForConditionalGeneration(config), 384

    def vit_gpt2():
        torch.manual_seed(0)
        text = GPT2Config(add_cross_attention=True, is_decoder=True)
        eyes = ViTModel(ViTConfig())
        network = VisionEncoderDecoderModel(encoder=eyes, decoder=GPT2LMHeadModel(text))
        for said in (network.config, network.generation_config):
            said.decoder_start_token_id = said.pad_token_id = said.eos_token_id = 50256
        return network, 224

    for name, made in {"BLIP base": blip, "ViT-GPT2": vit_gpt2}.items():
        network, side = made()
        network.set_attn_implementation("eager")
        network.eval()
        pixels = torch.rand(1, 3, side, side)
        writer = HubWriter(network, lambda images, return_tensors, p=pixels: {"pixel_values": p},
                           Tokenizer())  # fmt: skip
        writer.config = type(writer.config)(writer.config.words, writer.config.grid, TOKENS)
        picture = torch.rand(1, 3, side, side)
        asked = {"max_new_tokens": TOKENS, "min_new_tokens": TOKENS, "do_sample": False}

        def ours(writer=writer, picture=picture):
            return len(list(greedy(writer, writer.annotate(picture), 0)))

        def theirs(network=network, pixels=pixels, asked=asked):
            with torch.no_grad():
                return network.generate(pixel_values=pixels, **asked).shape[1]

        def our_beam(writer=writer, picture=picture):
            *_, last = beam_search(writer, writer.annotate(picture), 3, 1.0, 0)
            return last

        def their_beam(network=network, pixels=pixels, asked=asked):
            with torch.no_grad():
                return network.generate(
                    pixel_values=pixels, num_beams=3, early_stopping="never", **asked
                )

        for what, pair in {"greedy": (ours, theirs), "beam of 3": (our_beam, their_beam)}.items():
            mine, others = times(pair, 5)
            ratio = statistics.median(a / b for a, b in zip(mine, others, strict=True))
            found[f"{name}, {what}"] = {
                "ms_a_token": round(1000 * statistics.median(mine) / TOKENS, 1),
                "generate_ms_a_token": round(1000 * statistics.median(others) / TOKENS, 1),
                "ratio": round(ratio, 3),
            }
    return {
        "what": f"{TOKENS} tokens, the photo's encoding included, median of 5 pairs",
        "threads": THREADS,
        "transformers": version,
        **found,
        "target_ratio": 1.1,
    }


def browser() -> dict[str, object]:
    """From a press of *Caption* to the first word painted in Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, NAMES

    path = next(filter(None, map(shutil.which, NAMES)), None)
    with served() as (url, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}?tab=captioning&scene=words")
        page.wait_for_selector(".gb-captioning-words[data-run]")
        page.wait_for_timeout(4000)
        clicked = []
        for _ in range(CLICKS):
            clicked.append(page.evaluate(CLICK))
            page.wait_for_selector(".gb-captioning-words:not(.running)")
            page.wait_for_timeout(300)
        version = chromium.version
        chromium.close()
    return {
        "what": f"milliseconds from a press to the first word painted, {CLICKS} presses",
        "chromium": version,
        "cpus": os.cpu_count(),
        "first_ms": round(clicked[0], 1),
        "median_ms": round(statistics.median(clicked), 1),
        "target_median_ms": 500,
    }


SECTIONS: dict[str, Section] = {"caption": caption, "hub": hub, "browser": browser}


def times(jobs, rounds: int = ROUNDS) -> list[list[float]]:
    """Seconds of each job, taking turns, after one round that does not count."""
    found: list[list[float]] = [[] for _ in jobs]
    for number in range(rounds + 1):
        for job, seconds in zip(jobs, found, strict=True):
            start = time.perf_counter()
            job()
            if number:
                seconds.append(time.perf_counter() - start)
    return found


if __name__ == "__main__":
    main(__doc__, SECTIONS)
