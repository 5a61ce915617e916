"""T1's published bias table, computed by the monitor on the generated credit-risk data, to its digits."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mooring_monitor.bias.analysis import metric_values
from mooring_monitor.cli import main

USE_CASE = Path(__file__).parents[3] / "pipeline-defs/credit-risk"
#: As printed in the thesis.
PUBLISHED = {"CI": "0.32", "DPL": "0.031", "JS": "0.0016", "KL": "0.006", "KS": "0.031", "LP": "0.044", "TVD": "0.031"}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    spec = importlib.util.spec_from_file_location("credit_risk_generator", USE_CASE / "generator.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return pd.DataFrame(module.data())


@pytest.mark.parametrize("seedless_order", [False, True], ids=["as generated", "sorted by annuity"])
def test_monitor_prints_the_published_figures(rows: pd.DataFrame, tmp_path: Path, seedless_order: bool) -> None:
    ordered = rows.sort_values("AMT_ANNUITY") if seedless_order else rows
    ordered.to_csv(tmp_path / "train.csv", index=False)
    columns = [{"name": name, "type": "category" if rows[name].dtype == object else "number"} for name in rows.columns]
    document: dict[str, Any] = {
        "name": "credit-risk",
        "task": "binary",
        "dataset": {"columns": columns, "label": "TARGET", "positive": 1},
        "fairness": {
            "facets": [{"name": "CODE_GENDER", "disadvantaged": "M"}],
            "before_training": {"metric": "DPL", "max": 0.1},
        },
    }
    (tmp_path / "use-case.json").write_text(json.dumps(document), encoding="utf-8")
    arguments = ["--use-case", str(tmp_path / "use-case.json"), "--stage", "pre", "--data", str(tmp_path / "train.csv")]
    assert main(["bias", *arguments, "--output", str(tmp_path), "--resamples", "0"]) == 0
    analysis = json.loads((tmp_path / "analysis.json").read_text(encoding="utf-8"))
    found = {name: value for (_, _, name), value in metric_values(analysis, "pre_training").items()}
    printed = {name: f"{found[name]:.{len(text.partition('.')[2])}f}" for name, text in PUBLISHED.items()}
    assert printed == PUBLISHED
    gate = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    assert gate["absolute"] == pytest.approx(0.0313, abs=5e-5)
