"""Ray's workers for `models.diffusion.ray_engine`: found on a cluster, or started."""

import importlib.util
import logging
import os
import time
from typing import Any

from models.core import device
from models.core.errors import InputError
from models.core.shipped import REPOSITORY
from models.diffusion.ray_replica import FOLLOWED, Replica
from models.diffusion.replicas import Replicas

MISSING = 'The engine "ray" needs Ray: pip install "ray[serve]>=2.60". Or leave --engine ray out.'
ADDRESS = "RAY_ADDRESS"
"""Ray's own variable; where it is not set, there is a cluster of this machine alone, that ends with
this process."""
APP, DEPLOYMENT = "glassbox", "faces"
COMES_UP = 180.0
"""Seconds that the first worker may take: PyTorch is read from the disk."""
ENDS = 60.0
"""Seconds that a worker which is needed no more has for its runs."""
RUNS_A_WORKER = 4
"""Where more are under way, another worker is started, if there may be one more."""
SHARED_MEMORY = 512 * 2**20
"""Bytes, on this machine, for what is on its way: each message is there for a moment."""
NOT_SENT = ["/assets", "/tests", "/demos", ".git", "/runs", ".data", ".venv", "*.npz", "*.webp"]


def workers() -> Any:
    """The `DeploymentHandle` of the workers, who are started where they are not there yet.

    Raises:
        InputError: Ray is not installed, the number of workers is none, there is no cluster at
            the address, or no worker comes up.
    """
    if importlib.util.find_spec("ray") is None:
        raise InputError(MISSING)
    wanted = Replicas.asked()
    _connect(wanted)
    from ray import serve

    # The log of each call would be written on the page's machine and on the worker's.
    log = {"log_level": "WARNING", "enable_access_log": False}
    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    serve.start(proxy_location="Disabled", logging_config=log)
    found = serve.status().applications.get(APP)
    if found is None or found.status not in ("RUNNING", "DEPLOYING", "UNHEALTHY"):
        _deploy(wanted)
    _wait_for_one()
    return serve.get_deployment_handle(DEPLOYMENT, APP)


def is_a_loss(error: Exception) -> bool:
    """Whether an error says that the worker is gone, and nothing of the run itself."""
    from ray.exceptions import RayError, RayTaskError
    from ray.serve.exceptions import RayServeException

    return isinstance(error, RayError | RayServeException) and not isinstance(error, RayTaskError)


def _connect(wanted: Replicas) -> None:
    """Join the cluster, or begin one.

    Raises:
        InputError: there is none at the address.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing of us is told to anybody
    os.environ.setdefault("RAY_worker_niceness", "0")  # as the local engine: Ray's own is 15
    import ray

    common = {"logging_level": "warning", "log_to_driver": False, "ignore_reinit_error": True}
    if address := os.environ.get(ADDRESS):
        code = {"working_dir": str(REPOSITORY), "excludes": NOT_SENT}
        try:
            ray.init(address, runtime_env=code, **common)
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(f"There is no Ray at {address} ({ADDRESS}): {error}") from error
        return
    paths = (str(REPOSITORY), os.environ.get("PYTHONPATH"))
    ray.init(
        "local",
        # A worker has a core; where more are asked for than there are cores, they share them.
        num_cpus=max(os.cpu_count() or 1, wanted.most),
        include_dashboard=False,
        object_store_memory=SHARED_MEMORY,
        runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join(filter(None, paths))}},
        **common,
    )


def _deploy(wanted: Replicas) -> None:
    """Ask for workers: each with a GPU where the cluster has some, with a core where not."""
    import ray
    from ray import serve

    where = os.environ.get(device.ENVIRONMENT_VARIABLE, "auto")
    gpu = where in ("auto", "cuda") and ray.cluster_resources().get("GPU", 0) > 0
    job = dict(ray.get_runtime_context().runtime_env)  # which workers do not inherit
    job["env_vars"] = {**job.get("env_vars", {}), device.ENVIRONMENT_VARIABLE: where}
    deployment = serve.deployment(
        Replica,
        name=DEPLOYMENT,
        max_ongoing_requests=FOLLOWED,
        graceful_shutdown_timeout_s=ENDS,
        ray_actor_options={"num_cpus": 1, "num_gpus": int(gpu), "runtime_env": job},
        **wanted.options(RUNS_A_WORKER),
    )
    target = serve.RunTarget(target=deployment.bind(), name=APP, route_prefix=None)
    serve.run_many([target], wait_for_applications_running=False)


def _wait_for_one() -> None:
    """Until a worker is there; the others may still come up.

    Raises:
        InputError: none is, in time or at all.
    """
    from ray import serve

    until, why = time.monotonic() + COMES_UP, ""
    while time.monotonic() < until:
        if (application := serve.status().applications.get(APP)) is not None:
            found = application.deployments.get(DEPLOYMENT)
            if found is not None and found.replica_states.get("RUNNING"):
                return
            why = found.message if found is not None else application.message
            if application.status == "DEPLOY_FAILED":
                break
        time.sleep(0.2)
    raise InputError(f"No worker of Ray came up. {why}".strip())
