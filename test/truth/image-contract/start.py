"""Starts code as the prebuilt containers do, with their own toolkit: `start.py train` or `start.py serve PORT`.

What is the toolkit's: reading the environment, unpacking, setup.py, `pip install .`, running or importing the module,
the transformer and the worker. What is ours: this file, in the place of the containers' few lines of glue, and gunicorn
on the loopback in the place of gunicorn behind nginx. Not covered: multi-model endpoints, which have another server.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sagemaker_containers.beta.framework import (  # type: ignore[import-not-found]
    env,
    modules,
    trainer,
    training_env,
    transformer,
    worker,
)

app: Callable[..., Any] | None = None


def train() -> None:
    """The XGBoost container's training in script mode; the toolkit's trainer calls it and reports how it ended."""
    job = training_env()
    modules.run_module(job.module_dir, job.to_cmd_args(), job.to_env_vars(), job.module_name)


def serve(port: str) -> int:
    """Installs the model's code, then starts the server that runs it."""
    serving = env.ServingEnv()
    modules.import_module(serving.module_dir, serving.module_name)
    path = ",".join([*sys.path, env.code_dir, str(Path(__file__).parent)])
    gunicorn = [sys.executable, "-m", "gunicorn", "-k", "gevent", "--pythonpath", path, "-w", "1"]
    return subprocess.call([*gunicorn, "-b", f"127.0.0.1:{port}", "start:answer"])


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The container's application: the functions of the model's script, behind /ping and /invocations."""
    global app
    if app is None:
        serving = env.ServingEnv()
        module = importlib.import_module(serving.module_name)
        names = ("model_fn", "input_fn", "predict_fn", "output_fn")
        functions = {name: getattr(module, name) for name in names if hasattr(module, name)}
        model = transformer.Transformer(**functions)
        model.initialize()
        app = worker.Worker(transform_fn=model.transform, module_name=serving.module_name)
    return app(environ, start_response)  # type: ignore[no-any-return]


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        sys.exit(serve(sys.argv[2]))
    os.environ["SAGEMAKER_TRAINING_MODULE"] = "start:train"
    trainer.train()
