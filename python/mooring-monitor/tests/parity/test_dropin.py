"""The drop-in jobs on the recorded inputs of the real containers: what they recorded, and the same as our commands."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from linear_learner import FEATURES, RECORDED, linear_learner
from mooring_monitor.bias.analysis import metric_values
from mooring_monitor.cli import main
from mooring_monitor.dropin import analyzer, clarify

MONITOR = RECORDED.parents[1] / "model-monitor"
pytestmark = [
    pytest.mark.parity,
    pytest.mark.skipif(not MONITOR.is_dir(), reason="the recorded outputs (../shared/parity) are not here"),
]


def analyze(root: Path, environment: Mapping[str, str]) -> str:
    assert analyzer.run(argparse.Namespace(root=root), environment) == 0
    return (root / "output/message").read_text()


def read(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.mark.parametrize("file", ["cardio/cardio_cleaned.csv", "churn/training-dataset-with-header.csv"])
def test_a_baseline_has_the_files_of_profile(tmp_path: Path, file: str) -> None:
    assert main(["profile", "--data", str(MONITOR / file), "--output", str(tmp_path / "profile")]) == 0
    environment = {
        "dataset_source": str(MONITOR / file),
        "dataset_format": '{"csv": {"header": true}}',
        "output_path": str(tmp_path / "job"),
        "publish_cloudwatch_metrics": "Disabled",
    }
    assert analyze(tmp_path, environment).startswith("Completed:")
    for name in ("statistics.json", "constraints.json"):
        assert (tmp_path / "job" / name).read_bytes() == (tmp_path / "profile" / name).read_bytes()


def test_cardio_against_the_recorded_baseline_has_the_violations_of_compare(tmp_path: Path) -> None:
    data = str(MONITOR / "cardio/cardio_cleaned.csv")
    arguments = ["--baseline", str(MONITOR / "cardio"), "--data", data, "--output", str(tmp_path / "compare")]
    assert main(["compare", *arguments]) == 0
    environment = {
        "dataset_source": data,
        "dataset_format": '{"csv": {"header": true}}',
        "output_path": str(tmp_path / "job"),
        "baseline_statistics": str(MONITOR / "cardio/statistics.json"),
        "baseline_constraints": str(MONITOR / "cardio/constraints.json"),
    }
    assert analyze(tmp_path, environment).startswith("CompletedWithViolations:")
    found = read(tmp_path / "job/constraint_violations.json")
    assert found == read(tmp_path / "compare/constraint_violations.json")
    assert [each["feature_name"] for each in found["violations"]] == ["Missing columns", "Extra columns"]


def test_churns_captures_have_the_violations_of_compare_and_of_the_container(tmp_path: Path) -> None:
    folder = MONITOR / "churn"
    train = folder / "training-dataset-with-header.csv"
    assert main(["profile", "--data", str(train), "--output", str(tmp_path / "base")]) == 0
    lines = (folder / "test-dataset-input-cols.csv").read_text().split()
    sent = [lines[0]] * 7 + [lines[1:][index % (len(lines) - 1)] for index in range(1_970)]
    (tmp_path / "capture").mkdir()
    records = "\n".join(json.dumps(record(index, line)) for index, line in enumerate(sent))
    (tmp_path / "capture/a.jsonl").write_text(records)
    arguments = ["--baseline", str(tmp_path / "base"), "--format", "capture", "--data", str(tmp_path / "capture")]
    assert main(["compare", *arguments, "--output", str(tmp_path / "compare")]) == 0
    environment = {
        "dataset_source": str(tmp_path / "capture"),
        "dataset_format": '{"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}',
        "output_path": str(tmp_path / "job"),
        "baseline_statistics": str(tmp_path / "base/statistics.json"),
        "baseline_constraints": str(tmp_path / "base/constraints.json"),
        "analysis_type": "DATA_QUALITY",
    }
    analyze(tmp_path, environment)
    found = read(tmp_path / "job/constraint_violations.json")
    assert found == read(tmp_path / "compare/constraint_violations.json")
    texts = {each["description"] for each in found["violations"] if each["feature_name"] == "State_NV"}
    assert any("Only 99.64592817400101% of data is Integral" in each for each in texts)


def test_missing_columns_are_the_recorded_violation(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("a,b,c,d,e,f,g,h\n" + "1,2,3,4,5,6,7,8\n" * 60)
    (tmp_path / "now.csv").write_text("a\n" + "1\n" * 60)
    base = {
        "dataset_source": str(tmp_path / "train.csv"),
        "dataset_format": '{"csv": {"header": true}}',
        "output_path": str(tmp_path / "base"),
    }
    analyze(tmp_path, base)
    baseline = {f"baseline_{name}": str(tmp_path / f"base/{name}.json") for name in ("statistics", "constraints")}
    job = {"dataset_source": str(tmp_path / "now.csv"), "output_path": str(tmp_path / "job"), **baseline}
    analyze(tmp_path, {**base, **job})
    recorded = read(MONITOR / "missing-columns/constraint_violations.json")
    assert read(tmp_path / "job/constraint_violations.json") == recorded


def test_a_clarify_job_on_adult_gives_the_recorded_analysis(tmp_path: Path) -> None:
    inputs = tmp_path / "processing/input"
    for name in ("config", "data"):
        (inputs / name).mkdir(parents=True)
    document = read(RECORDED / "validation-dataset.json")
    score, threshold = linear_learner()
    frame = pd.DataFrame([each["features"] for each in document["instances"]], columns=FEATURES)
    for each, value in zip(document["instances"], score(frame), strict=True):
        each["predicted_label"] = int(value > threshold)
    (inputs / "data/validation.json").write_text(json.dumps(document))
    config = {
        "dataset_type": "application/json",
        "headers": [*FEATURES, "Target"],
        "features": "instances[*].features",
        "label": "instances[*].label",
        "predicted_label": "instances[*].predicted_label",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
        "group_variable": "Age",
        "methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": "all"}},
    }
    (inputs / "config/analysis_config.json").write_text(json.dumps(config))
    assert clarify.run(argparse.Namespace(root=tmp_path), {}) == 0
    found = read(tmp_path / "processing/output/analysis.json")
    text = (RECORDED / "cell72_output.txt").read_text()
    recorded = json.loads(text[text.index("{") :])
    for stage in ("pre_training", "post_training"):
        expected = metric_values(recorded, stage)
        assert metric_values(found, stage) == pytest.approx(expected, rel=1e-12, abs=1e-12)
        assert found[f"{stage}_bias_metrics"]["label"] == recorded[f"{stage}_bias_metrics"]["label"]


def record(index: int, line: str) -> dict[str, Any]:
    def part(mode: str, data: str) -> dict[str, str]:
        return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}

    return {
        "captureData": {"endpointInput": part("INPUT", line), "endpointOutput": part("OUTPUT", "0.0141")},
        "eventMetadata": {"eventId": str(index), "inferenceTime": "2019-11-26T00:00:00Z"},
        "eventVersion": "0",
    }
