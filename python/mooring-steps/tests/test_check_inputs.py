"""What check steps read, as Preprocess writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from mooring_steps.check_inputs import analysis_configs, write_check_inputs
from mooring_steps.use_case import parse_use_case

DOCUMENT: dict[str, Any] = {
    "name": "loans",
    "version": "1",
    "task": "binary",
    "dataset": {
        "columns": [
            {"name": "age", "type": "number"},
            {"name": "sex", "type": "category"},
            {"name": "y", "type": "integer"},
        ],
        "label": "y",
        "positive": "yes",
    },
    "fairness": {"facets": [{"name": "sex", "disadvantaged": "f"}, {"name": "age", "threshold": 40}]},
    "training": {"processing_instance": "ml.m5.large"},
    "monitoring": {"engine": "model-monitor"},
}
TABLE = {"age": np.array(["30", "50"], dtype=object), "sex": np.array(["f", "m"], dtype=object)}


def test_nothing_is_written_for_the_open_engine(tmp_path: Path) -> None:
    write_check_inputs(tmp_path / "checks", parse_use_case({**DOCUMENT, "monitoring": {"engine": "open"}}), TABLE)
    assert not (tmp_path / "checks").exists()


def test_features_come_without_label_and_configurations_under_the_name_that_clarify_looks_for(tmp_path: Path) -> None:
    write_check_inputs(tmp_path, parse_use_case(DOCUMENT), TABLE)
    assert (tmp_path / "features" / "features.csv").read_text() == "age,sex\n30,f\n50,m\n"
    configs = sorted(each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.json"))
    assert configs == [f"{name}/analysis_config.json" for name in ("data-bias", "explanations", "model-bias")]
    bias = json.loads((tmp_path / "data-bias" / "analysis_config.json").read_text())
    assert bias["label_values_or_threshold"] == [1]
    assert bias["facet"] == [
        {"name_or_index": "sex", "value_or_threshold": ["f"]},
        {"name_or_index": "age", "value_or_threshold": [40]},
    ]


def test_a_regression_is_positive_above_its_threshold_and_answers_one_number() -> None:
    case = parse_use_case({**DOCUMENT, "task": "regression", "dataset": {**DOCUMENT["dataset"], "positive": 12.5}})
    configs = analysis_configs(case)
    assert configs["model-bias"]["label_values_or_threshold"] == [12.5]
    assert "probability" not in configs["explanations"]["predictor"]
