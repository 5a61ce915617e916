"""Jobs of Model Monitor's and Clarify's images, done by the open monitor, on files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from mooring_monitor.dropin import analyzer, clarify
from mooring_monitor.dropin.analysis_config import Analysis
from mooring_monitor.errors import InputError

ROWS = "label,prediction,score\n" + "".join(
    f"{i % 2},{0 if i % 10 == 1 else i % 2},{(i % 2) * 0.6 + 0.2}\n" for i in range(60)
)


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "rows.csv").write_text(ROWS)
    return {
        "dataset_source": str(tmp_path / "data"),
        "dataset_format": '{"csv": {"header": true}}',
        "output_path": str(tmp_path / "out"),
        **more,
    }


def message(tmp_path: Path) -> str:
    return (tmp_path / "output" / "message").read_text()


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_data_quality_without_a_baseline_writes_the_two_files(tmp_path: Path) -> None:
    assert analyzer.run(argparse.Namespace(root=tmp_path), environment(tmp_path)) == 0
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["constraints.json", "statistics.json"]
    assert [each["name"] for each in read(tmp_path / "out/statistics.json")["features"]] == [
        "label",
        "prediction",
        "score",
    ]
    assert message(tmp_path) == "Completed: Job completed successfully with no violations."


def test_a_file_without_header_has_model_monitors_column_names(tmp_path: Path) -> None:
    given = environment(tmp_path, dataset_format='{"csv": {"header": false}}')
    (tmp_path / "data" / "rows.csv").write_text("1,2.5\n2,3.5\n")
    assert analyzer.run(argparse.Namespace(root=tmp_path), given) == 0
    assert [each["name"] for each in read(tmp_path / "out/constraints.json")["features"]] == ["_c0", "_c1"]


def test_model_quality_against_constraints_that_are_too_strict(tmp_path: Path) -> None:
    strict = tmp_path / "constraints.json"
    bound = {"threshold": 0.99, "comparison_operator": "LessThanThreshold"}
    strict.write_text(json.dumps({"binary_classification_constraints": {"accuracy": bound}}))
    given = environment(
        tmp_path,
        analysis_type="MODEL_QUALITY",
        problem_type="BinaryClassification",
        ground_truth_attribute="0",
        inference_attribute="prediction",
        baseline_constraints=str(strict),
    )
    assert analyzer.run(argparse.Namespace(root=tmp_path), given) == 0
    violations = read(tmp_path / "out/constraint_violations.json")["violations"]
    assert [(each["metric_name"], each["constraint_check_type"]) for each in violations] == [
        ("accuracy", "LessThanThreshold")
    ]
    assert message(tmp_path) == "CompletedWithViolations: Job completed successfully with 1 violations."


def test_scores_alone_are_decided_at_the_threshold(tmp_path: Path) -> None:
    given = environment(
        tmp_path,
        analysis_type="MODEL_QUALITY",
        problem_type="BinaryClassification",
        ground_truth_attribute="label",
        probability_attribute="score",
        probability_threshold_attribute="0.5",
    )
    assert analyzer.run(argparse.Namespace(root=tmp_path), given) == 0
    metrics = read(tmp_path / "out/statistics.json")["binary_classification_metrics"]
    assert metrics["accuracy"]["value"] == 1.0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"dataset_format": '{"json": {"line": true}}'}, "it is one of csv, parquet, sagemakerCaptureJson"),
        ({"record_preprocessor_script": "/x.py"}, "record_preprocessor_script is not supported"),
        ({"analysis_type": "MODEL_QUALITY", "problem_type": "Ranking"}, "problem_type 'Ranking' is not one of"),
        (
            {"analysis_type": "MODEL_QUALITY", "problem_type": "Regression", "ground_truth_attribute": "price"},
            "ground_truth_attribute 'price' is no column of the data; there are: label, prediction, score",
        ),
    ],
)
def test_what_cannot_be_done_ends_the_job_with_a_reason(tmp_path: Path, more: dict[str, str], said: str) -> None:
    assert analyzer.run(argparse.Namespace(root=tmp_path), environment(tmp_path, **more)) == 1
    assert said in message(tmp_path)


def analysis(tmp_path: Path, **more: Any) -> dict[str, Any]:
    inputs = tmp_path / "processing" / "input"
    (inputs / "config").mkdir(parents=True, exist_ok=True)
    (inputs / "data").mkdir(exist_ok=True)
    (inputs / "data" / "rows.csv").write_text("".join(f"{i % 2},{i % 3},{20 + i}\n" for i in range(80)))
    config = {
        "dataset_type": "text/csv",
        "headers": ["good", "group", "age"],
        "label": "good",
        "label_values_or_threshold": [1],
        "facet": [
            {"name_or_index": "group", "value_or_threshold": [2]},
            {"name_or_index": 2, "value_or_threshold": [40]},
        ],
        "methods": {"pre_training_bias": {"methods": ["DPL"]}},
        **more,
    }
    (inputs / "config" / "analysis_config.json").write_text(json.dumps(config))
    return config


def test_clarify_tells_categories_from_quantities(tmp_path: Path) -> None:
    analysis(tmp_path)
    assert clarify.run(argparse.Namespace(root=tmp_path), {}) == 0
    facets = read(tmp_path / "processing/output/analysis.json")["pre_training_bias_metrics"]["facets"]
    assert [facets["group"][0]["value_or_threshold"], facets["age"][0]["value_or_threshold"]] == ["2", "(40.0, 99]"]
    assert [each["name"] for each in facets["group"][0]["metrics"]] == ["DPL"]


def test_clarify_compares_with_a_baseline(tmp_path: Path) -> None:
    analysis(tmp_path)
    clarify.run(argparse.Namespace(root=tmp_path), {})
    baseline = tmp_path / "baseline.json"
    document = read(tmp_path / "processing/output/analysis.json")
    metric = document["pre_training_bias_metrics"]["facets"]["age"][0]["metrics"][0]
    metric["value"] = metric["value"] / 2
    baseline.write_text(json.dumps(document))
    if metric["value"] == 0:
        pytest.fail("the data has no bias to compare")
    assert clarify.run(argparse.Namespace(root=tmp_path), {"baseline_constraints": str(baseline)}) == 0
    (violation,) = read(tmp_path / "processing/output/constraint_violations.json")["violations"]
    assert (violation["facet"], violation["metric_name"]) == ("age", "DPL")


def test_predictions_may_come_with_the_data(tmp_path: Path) -> None:
    analysis(
        tmp_path,
        predicted_label="group",
        facet=[{"name_or_index": "age", "value_or_threshold": [40]}],
        methods={"post_training_bias": {"methods": "all"}},
    )
    assert clarify.run(argparse.Namespace(root=tmp_path), {}) == 0
    assert "post_training_bias_metrics" in read(tmp_path / "processing/output/analysis.json")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"methods": {"pdp": {}, "pre_training_bias": {}}}, "method pdp is not supported"),
        ({"dataset_type": "image/jpeg"}, "dataset_type image/jpeg is not supported"),
        ({"label": "age", "label_values_or_threshold": [1, 2]}, "label_values_or_threshold has 2 values"),
        ({"headers": ["good", "group"]}, "has 3 columns, headers has 2"),
        ({"methods": {"post_training_bias": {}}}, "neither the predictor nor the step names one"),
        ({"methods": {}}, "names no method"),
    ],
)
def test_clarify_refuses_by_name(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    analysis(tmp_path, **more)
    assert clarify.run(argparse.Namespace(root=tmp_path), {}) == 1
    assert said in message(tmp_path)


def test_several_unsupported_parts_are_reported_at_once(tmp_path: Path) -> None:
    config = analysis(tmp_path, methods={"pdp": {}}, dataset_type="image/png")
    with pytest.raises(InputError, match=r"method pdp .*; dataset_type image/png"):
        Analysis.read(config, tmp_path)


class TestMissingColumns:
    """GIVEN a baseline of eight columns and a window with one of them."""

    @pytest.fixture
    def checked(self, tmp_path: Path) -> dict[str, str]:
        (tmp_path / "train").mkdir()
        header = ",".join(f"c{index}" for index in range(8))
        (tmp_path / "train/rows.csv").write_text(header + "\n" + "1,2,3,4,5,6,7,8\n" * 60)
        base = environment(tmp_path, dataset_source=str(tmp_path / "train"), output_path=str(tmp_path / "base"))
        assert analyzer.run(argparse.Namespace(root=tmp_path), base) == 0
        (tmp_path / "data/rows.csv").write_text("c0\n" + "1\n" * 60)
        return {
            **base,
            "dataset_source": str(tmp_path / "data"),
            "output_path": str(tmp_path / "out"),
            "baseline_statistics": str(tmp_path / "base/statistics.json"),
            "baseline_constraints": str(tmp_path / "base/constraints.json"),
        }

    def test_are_one_violation_as_the_container_recorded_it(self, checked: dict[str, str], tmp_path: Path) -> None:
        assert analyzer.run(argparse.Namespace(root=tmp_path), checked) == 0
        assert read(tmp_path / "out/constraint_violations.json") == {
            "violations": [
                {
                    "feature_name": "Missing columns",
                    "constraint_check_type": "missing_column_check",
                    "description": "There are missing columns in current dataset. Number of columns in current "
                    "dataset: 1, Number of columns in baseline constraints: 8",
                }
            ]
        }
        assert message(tmp_path) == "CompletedWithViolations: Job completed successfully with 1 violations."

    def test_metrics_are_left_for_the_service_of_a_schedule(self, checked: dict[str, str], tmp_path: Path) -> None:
        scheduled = {
            "publish_cloudwatch_metrics": "Enabled",
            "sagemaker_endpoint_name": "loans",
            "sagemaker_monitoring_schedule_name": "hourly",
            "end_time": "2026-01-01T12:00:00Z",
        }
        assert analyzer.run(argparse.Namespace(root=tmp_path), {**checked, **scheduled}) == 0
        lines = [json.loads(each) for each in (tmp_path / "output/metrics/cloudwatch").read_text().splitlines()]
        assert lines[0] == {
            "MetricName": "feature_non_null_c0",
            "Timestamp": "2026-01-01T12:00:00Z",
            "Dimensions": [{"Name": "Endpoint", "Value": "loans"}, {"Name": "MonitoringSchedule", "Value": "hourly"}],
            "Value": 1.0,
        }

    def test_metrics_outside_of_schedules_are_refused_in_the_words_of_the_original(
        self, checked: dict[str, str], tmp_path: Path
    ) -> None:
        given = {**checked, "publish_cloudwatch_metrics": "Enabled"}
        assert analyzer.run(argparse.Namespace(root=tmp_path), given) == 1
        assert "available only for jobs from MonitoringSchedules" in message(tmp_path)


@pytest.mark.parametrize("kind", ["application/json", "application/jsonlines"])
def test_clarify_reads_json_by_its_expressions(tmp_path: Path, kind: str) -> None:
    rows = [{"features": [index % 3, 20 + index], "label": index % 2} for index in range(80)]
    many = kind == "application/json"
    where = "instances[*]." if many else ""
    analysis(
        tmp_path,
        dataset_type=kind,
        headers=["group", "age", "good"],
        features=f"{where}features",
        label=f"{where}label",
        facet=[{"name_or_index": "group", "value_or_threshold": [2]}],
    )
    text = json.dumps({"instances": rows}) if many else "\n".join(json.dumps(each) for each in rows)
    (tmp_path / "processing/input/data/rows.csv").write_text(text)
    assert clarify.run(argparse.Namespace(root=tmp_path), {}) == 0
    document = read(tmp_path / "processing/output/analysis.json")["pre_training_bias_metrics"]
    assert document["label"] == "good"
    assert document["facets"]["group"][0]["metrics"][0]["name"] == "DPL"


def test_an_error_of_the_monitor_itself_leaves_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(settings: object) -> str:
        raise RuntimeError("slip")

    monkeypatch.setitem(analyzer._ANALYSES, "DATA_QUALITY", broken)
    with pytest.raises(RuntimeError, match="slip"):
        analyzer.run(argparse.Namespace(root=tmp_path), environment(tmp_path))
    assert message(tmp_path) == "Error: RuntimeError: slip"
