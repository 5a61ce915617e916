"""The goldens by name, each a pipeline built with the SageMaker Python SDK (packages/pipeline-language/test/twins)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from parts import SESSION
from sagemaker.mlops.workflow.pipeline import Pipeline

SCRIPTS = Path(__file__).resolve().parents[2] / "packages/pipeline-language/test/goldens/scripts"
GOLDENS: dict[str, Callable[[str], Pipeline]] = {}


def golden(build: Callable[[str], Pipeline]) -> Callable[[str], Pipeline]:
    GOLDENS[build.__name__.replace("_", "-")] = build
    return build


def pipeline(name: str, steps: list[Any], parameters: list[Any] | None = None, **more: Any) -> Pipeline:
    return Pipeline(name=name, parameters=parameters or [], steps=steps, sagemaker_session=SESSION, **more)
