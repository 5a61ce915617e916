"""The wheel in an empty virtual environment: every command on files, with no path into this checkout."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from installed import Installed
from mooring_monitor.cli import COMMANDS

DOCUMENT: dict[str, Any] = {
    "name": "loans",
    "task": "binary",
    "dataset": {
        "columns": [
            {"name": "income", "type": "number"},
            {"name": "age", "type": "integer"},
            {"name": "repaid", "type": "integer"},
        ],
        "label": "repaid",
        "positive": 1,
    },
    "fairness": {"facets": [{"name": "age", "threshold": 50}]},
    "gates": {"quality": {"metric": "auc", "bound": 0.6}},
}
Captured = Callable[..., None]


@pytest.fixture(scope="module")
def data(installed: Installed) -> Path:
    """Rows with answers, a plain model, and the use case."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"income": random.normal(3000, 800, 600).round(2), "age": random.integers(18, 80, 600)})
    frame["repaid"] = (frame["income"] + random.normal(0, 400, 600) > 3000).astype(int)
    matrix = xgboost.DMatrix(frame[["income", "age"]].to_numpy(), label=frame["repaid"])
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "nthread": 1}, matrix, 10)
    booster.save_model(installed.work / "model.json")
    frame["score"] = booster.predict(matrix)
    frame["prediction"] = (frame["score"] > 0.5).astype(int)
    frame.to_csv(installed.work / "predicted.csv", index=False)
    frame[["income", "age", "repaid"]].to_csv(installed.work / "train.csv", index=False)
    (installed.work / "use-case.json").write_text(json.dumps(DOCUMENT))
    return installed.work


CASE = ("--use-case", "use-case.json")


def test_holds_the_templates_of_the_report_and_no_tests(installed: Installed) -> None:
    (wheel,) = (installed.work.parent / "wheels").glob("mooring_monitor-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "mooring_monitor/report/templates/page.html" in names
    assert not [each for each in names if Path(each).name.startswith(("test_", "conftest"))]


def test_lists_its_commands(installed: Installed) -> None:
    text = installed.run("mooring-monitor", "--help").stdout
    assert all(f"  {name} " in text for name in COMMANDS)


def test_profiles_compares_and_reports(installed: Installed, data: Path) -> None:
    installed.run("mooring-monitor", "profile", *CASE, "--data", "train.csv", "--output", "base")
    compare = ("--baseline", "base", "--data", "train.csv", "--output", "now")
    assert installed.run("mooring-monitor", "compare", *CASE, *compare).stdout.startswith("ok: 600 rows")
    installed.run("mooring-monitor", "report", "--input", "now", "--output", "now/page.html")
    assert "<html" in (data / "now/page.html").read_text()


def test_measures_quality_and_bias(installed: Installed, data: Path) -> None:
    installed.run("mooring-monitor", "quality", *CASE, "--data", "predicted.csv", "--output", "quality")
    found = json.loads((data / "quality/statistics.json").read_text())
    assert found["binary_classification_metrics"]["auc"]["value"] > 0.8
    post = ("--stage", "post", "--data", "predicted.csv", "--predictions", "predicted.csv", "--resamples", "0")
    installed.run("mooring-monitor", "bias", *CASE, *post, "--output", "bias")
    assert "post_training_bias_metrics" in json.loads((data / "bias/analysis.json").read_text())


def test_explains_a_plain_model(installed: Installed, data: Path) -> None:
    model = ("--model", ".", "--data", "train.csv", "--output", "explained")
    text = installed.run("mooring-monitor", "explain", *CASE, *model).stdout
    assert text.startswith("600 rows explained in log-odds: income")
    values = json.loads((data / "explained/analysis.json").read_text())["explanations"]["tree_shap"]["label0"]
    assert values["global_shap_values"]["income"] > values["global_shap_values"]["age"]


def test_watches_a_window(installed: Installed, data: Path, captured: Captured) -> None:
    installed.run("mooring-monitor", "profile", *CASE, "--data", "train.csv", "--output", "live")
    captured(data / "capture", pd.read_csv(data / "train.csv")[["income", "age"]])
    window = ("--window-end", "2026-01-31T12:00:00Z", "--endpoint", "loans-endpoint", "--schedule", "hourly")
    places = ("--capture", "capture", "--baseline", "live", "--output", "found", "--no-publish")
    installed.run("mooring-monitor", "watch", "--kind", "data", *CASE, *window, *places)
    found = json.loads((data / "found/metrics.json").read_text())
    assert {each["name"]: each["value"] for each in found["metrics"]}["captured_rows"] == 600


def test_does_the_job_of_the_analyzer(installed: Installed, data: Path, tmp_path: Path) -> None:
    environment = {
        "dataset_source": str(data / "train.csv"),
        "dataset_format": '{"csv": {"header": true}}',
        "output_path": str(tmp_path / "out"),
    }
    installed.run("mooring-monitor", "analyzer", "--root", tmp_path, environment=environment)
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["constraints.json", "statistics.json"]
