"""What Model Monitor's and Clarify's check steps read: features without label, and Clarify's configurations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mooring_steps.files import write_json
from mooring_steps.tables import write_csv
from mooring_steps.texts import Table
from mooring_steps.use_case import UseCase

ENGINE: Final = "model-monitor"
#: The only name under which Clarify looks for its configuration.
CONFIG: Final = "analysis_config.json"


def write_check_inputs(folder: Path, use_case: UseCase, train: Table) -> None:
    """Writes features/features.csv and one configuration for each Clarify check; nothing for another engine."""
    if use_case.section("monitoring").get("engine") != ENGINE:
        return
    # Model Monitor takes every column of a baseline for one of the captured requests, which carry no label.
    write_csv(folder / "features" / "features.csv", {each.name: train[each.name] for each in use_case.features})
    for name, config in analysis_configs(use_case).items():
        write_json(folder / name / CONFIG, config)


def analysis_configs(use_case: UseCase) -> Mapping[str, Mapping[str, Any]]:
    """Clarify's configurations by check, for data as Preprocess writes it: the label of a binary task is 0 or 1."""
    dataset, fairness = use_case.section("dataset"), use_case.section("fairness")
    common = {"dataset_type": "text/csv", "label": use_case.label}
    group = fairness.get("group_variable")
    bias = {
        **common,
        "label_values_or_threshold": [1 if use_case.binary else dataset.get("positive")],
        "facet": [
            {"name_or_index": each["name"], "value_or_threshold": [each.get("disadvantaged", each.get("threshold"))]}
            for each in fairness.get("facets", [])
        ],
        **({} if group is None else {"group_variable": group}),
    }
    predictor = {
        "instance_type": use_case.section("training").get("processing_instance", "ml.m5.large"),
        "initial_instance_count": 1,
        "content_type": "text/csv",
        "accept_type": "text/csv",
        # The model answers `label,score`, and a single number for regressions.
        **({"label": 0, "probability": 1} if use_case.binary else {}),
    }
    shap = {"num_samples": 100, "agg_method": "mean_abs", "save_local_shap_values": False}
    return {
        "data-bias": {**bias, "methods": {"pre_training_bias": {"methods": "all"}}},
        "model-bias": {**bias, "methods": {"post_training_bias": {"methods": "all"}}, "predictor": predictor},
        "explanations": {**common, "methods": {"shap": shap}, "predictor": predictor},
    }
