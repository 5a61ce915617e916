"""`analyzer`: the job of the image sagemaker-model-monitor-analyzer, baselines and checks of data and model quality.

Reads the environment that Model Monitor's container reads (`dataset_source`, `dataset_format`, `output_path`,
`baseline_statistics`, `baseline_constraints`, `analysis_type` and the attributes of model quality) and writes the files
it writes: statistics.json, constraints.json and, with a baseline, constraint_violations.json.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from mooring_monitor.dropin.data_quality import data_quality
from mooring_monitor.dropin.environment import Settings
from mooring_monitor.dropin.job import add_arguments, guarded
from mooring_monitor.dropin.model_quality import model_quality
from mooring_monitor.errors import InputError

__all__ = ["NAME", "add_arguments", "run"]

NAME = "analyzer"

_ANALYSES = {"DATA_QUALITY": data_quality, "MODEL_QUALITY": model_quality}


def run(args: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> int:
    """Do what the environment asks for; 1 when the input is at fault."""

    def work() -> str:
        kind = environment.get("analysis_type", "DATA_QUALITY")
        if kind not in _ANALYSES:
            raise InputError(f"analysis_type '{kind}' is not one of {', '.join(_ANALYSES)}")
        return _ANALYSES[kind](Settings.read(environment, args.root))

    return guarded(args.root, work)
