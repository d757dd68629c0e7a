"""The app on a made-up Space of ZeroGPU: the real package `spaces`, a scheduler of ours, no GPU.

`python -m tests.zero_gpu` prints as JSON what was seen, on its last line. Processes are forked,
arguments travel and networks are placed as they are there; where they would go from the CPU's
memory to a GPU they stay.
"""

import json
import multiprocessing
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SCHEDULED = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "none", "allowToken": "token"}
RUN = {"count": 2, "character": "homer_simpson", "guidance": 2.0, "steps": 4, "seed": 3}
LANES = [["heun", 40], ["ddim", 4]]


class Scheduler(BaseHTTPRequestHandler):
    """Lends a GPU to all who ask, and remembers what it was asked."""

    asked: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.asked.append(self.path)
        body = json.dumps(SCHEDULED if self.path.startswith("/schedule") else {}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: Any) -> None:
        """Say nothing."""


def durations() -> list[int]:
    """For how many seconds a GPU was asked for, so far."""
    queries = [urlsplit(path) for path in Scheduler.asked]
    return [
        int(parse_qs(query.query)["durationSeconds"][0])
        for query in queries
        if query.path == "/schedule"
    ]


def without_a_gpu() -> None:
    """Leave networks in the CPU's memory where the package would move them to a GPU."""
    from spaces.zero import torch as theirs
    from spaces.zero.torch import patching

    def move(callback: Any = None) -> None:
        for fake, original in patching.cuda_aliases.items():
            if original is not None:
                fake.data = original

    theirs.pack, theirs.init, theirs.move = (lambda: 0), (lambda uuid: None), move


def seen() -> dict[str, Any]:
    """Build and launch the app, and draw faces in it with and without the GPU."""
    without_a_gpu()
    import torch
    from gradio_client import Client

    import app
    from demos.diffusion.lent import steps_of
    from models.core import device
    from models.diffusion import shipped
    from models.diffusion.draw import begin, while_wanted
    from models.diffusion.samplers import Settings

    demo = app.build()
    app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    client = Client(demo.local_url, verbose=False)
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    found = {
        "asks": [
            name
            for name, about in endpoints.items()
            if "gpu" in [one["parameter_name"] for one in about["parameters"]]
        ],
        "says_cuda": torch.cuda.is_available(),
        "device": device.current().device.type,
        "placed": next(shipped.denoiser(torch.device("cuda")).parameters()).device.type,
        "tf32": torch.backends.cudnn.allow_tf32,
        "runs": [],
    }
    for gpu in (False, True):
        value, status = client.predict(**RUN, gpu=gpu, api_name="/generate")
        found["runs"].append({"faces": value["faces"], "status": status, "asked": durations()})
    value, status = client.predict(lanes=LANES, count=1, gpu=True, api_name="/race")
    found["race"] = {"done": value["done"], "status": status, "asked": durations()}
    run = steps_of(Settings("ddim", 100), begin(shipped.denoiser(), 1, "anyone", 0), gpu=True)
    found["stopped"] = len(list(while_wanted(run, iter([True, False]).__next__)))
    del run  # as when a handler ends
    found["kept"] = sum(path.startswith("/schedule") for path in Scheduler.asked) - sum(
        path.startswith("/release") for path in Scheduler.asked
    )
    found["reported"] = "/startup-report" in Scheduler.asked
    return found


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scheduler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["SPACES_ZERO_DEVICE_API_URL"] = f"http://127.0.0.1:{server.server_port}"
    os.environ["SPACES_ZERO_GPU"] = "true"
    print(json.dumps(seen()), flush=True)
    for forked in multiprocessing.active_children():
        forked.kill()
    os._exit(0)  # neither server has an end
