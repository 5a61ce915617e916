"""Quality as documents: statistics, constraints, violations, merged files and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from loan_samples import loan_document, loan_rows, loans
from mooring_monitor.cli import main
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.quality.analysis import Predicted, analyse_quality
from mooring_monitor.quality.documents import as_model_monitor


def predicted(frame: pd.DataFrame) -> Predicted:
    features = frame.drop(columns=["good", "prediction", "score"])
    return Predicted(features, frame["good"], frame["prediction"], frame["score"])


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_statistics_have_model_monitors_names_and_shape() -> None:
    document = analyse_quality(predicted(loan_rows()), loans()).statistics()
    section = document["binary_classification_metrics"]
    assert document["version"] == 0.0
    assert document["dataset"]["item_count"] == 600
    assert set(section["recall"]) == {"value", "standard_deviation"}
    assert set(section["confusion_matrix"]["0"]) == {"0", "1"}
    assert set(section["receiver_operating_characteristic_curve"]) == {"false_positive_rates", "true_positive_rates"}
    assert set(section["precision_recall_curve"]) == {"precisions", "recalls"}


def test_constraints_hold_the_values_with_their_direction() -> None:
    quality = analyse_quality(predicted(loan_rows()), loans())
    found = quality.constraints()["binary_classification_constraints"]
    assert found["auc"] == {"threshold": quality.estimates["auc"].value, "comparison_operator": "LessThanThreshold"}
    assert found["false_positive_rate"]["comparison_operator"] == "GreaterThanThreshold"
    assert "au_prc" not in found


class TestWrongGroundTruthOfAHundredRows:
    """T2's third test: 100 rows get the wrong ground truth; the monitor must find it and name the metrics."""

    def test_is_found_and_worded_as_model_monitor_does(self) -> None:
        baseline = analyse_quality(predicted(loan_rows()), loans())
        frame = loan_rows()
        frame.loc[:99, "good"] = 1 - frame.loc[:99, "good"]
        later = analyse_quality(predicted(frame), loans())
        found = [as_model_monitor(each) for each in later.violations(baseline.constraints())]
        auc = next(each for each in found if each["metric_name"] == "auc")
        now, before = later.estimates["auc"], baseline.estimates["auc"]
        value = f"{now.value} +/- {now.standard_deviation}"
        assert auc == {
            "constraint_check_type": "LessThanThreshold",
            "description": f"Metric auc with {value} was LessThanThreshold '{before.value}'",
            "metric_name": "auc",
        }
        assert {"accuracy", "precision", "recall", "f1"} <= {each["metric_name"] for each in found}

    def test_the_same_rows_violate_nothing(self) -> None:
        baseline = analyse_quality(predicted(loan_rows()), loans())
        assert baseline.violations(baseline.constraints()) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "use-case.json").write_text(json.dumps(loan_document()), encoding="utf-8")
    (tmp_path / "predictions").mkdir()
    loan_rows().to_csv(tmp_path / "predictions/predictions.csv", index=False)
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    return main(["quality", "--use-case", str(folder / "use-case.json"), *arguments])


class TestCommand:
    def test_step_of_the_pipeline_writes_the_baseline(self, folder: Path) -> None:
        step = ["--stage", "baseline", "--predictions", str(folder / "predictions"), "--output", str(folder)]
        assert run(folder, *step) == 0
        names = sorted(path.name for path in (folder / "baseline").iterdir())
        assert names == ["constraints.json", "prediction_statistics.json", "slices.json", "statistics.json"]

    def test_labels_may_be_spelled_as_in_the_raw_data(self, tmp_path: Path) -> None:
        column = {"name": "x", "type": "number"}, {"name": "y", "type": "category"}
        case = {"name": "a", "task": "binary", "dataset": {"columns": column, "label": "y", "positive": "yes"}}
        write_json(tmp_path / "case.json", case)
        lines = [f"{at},{'yes' if at % 3 else 'no'},{at % 2},0.5" for at in range(60)]
        (tmp_path / "rows.csv").write_text("\n".join(["x,y,prediction,score", *lines]))
        given = ["--use-case", str(tmp_path / "case.json"), "--data", str(tmp_path / "rows.csv")]
        assert main(["quality", *given, "--output", str(tmp_path / "out")]) == 0
        found = read_json(tmp_path / "out/statistics.json", "statistics")["binary_classification_metrics"]
        assert found["confusion_matrix"] == {"0": {"0": 10, "1": 10}, "1": {"0": 20, "1": 20}}

    def test_labels_that_name_no_positive_are_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        column = {"name": "x", "type": "number"}, {"name": "y", "type": "category"}
        case = {"name": "a", "task": "binary", "dataset": {"columns": column, "label": "y", "positive": "ja"}}
        write_json(tmp_path / "case.json", case)
        (tmp_path / "rows.csv").write_text("x,y,prediction\n1,yes,1\n2,no,0\n")
        given = ["--use-case", str(tmp_path / "case.json"), "--data", str(tmp_path / "rows.csv")]
        assert main(["quality", *given, "--output", str(tmp_path / "out")]) == 2
        assert "neither 1 nor the positive value 'ja'; there are: no, yes" in capsys.readouterr().err

    def test_comparison_writes_violations_and_says_them(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(folder, "--predictions", str(folder / "predictions"), "--output", str(folder)) == 0
        frame = loan_rows()
        frame.loc[:99, "good"] = 1 - frame.loc[:99, "good"]
        frame.loc[100:149, "good"] = None
        frame.to_csv(folder / "later.csv", index=False)
        later = ["--data", str(folder / "later.csv"), "--output", str(folder / "after")]
        assert run(folder, *later, "--baseline", str(folder / "baseline")) == 0
        found = read(folder / "after/constraint_violations.json")["violations"]
        assert "auc" in {each["metric_name"] for each in found}
        out = capsys.readouterr().out
        assert "Metric auc with" in out
        assert "on 550 rows, 50 without label" in out
        dataset = read(folder / "after/statistics.json")["dataset"]
        assert (dataset["item_count"], dataset["missing_label_count"]) == (550, 50)
        assert dataset["label_coverage"] == pytest.approx(550 / 600)

    def test_merged_captures_are_read(self, folder: Path) -> None:
        frame = loan_rows(300)
        lines = []
        for index, row in enumerate(frame.to_dict("records")):
            features = f"{row['sex']},{row['age']},{row['income']},{row['region']}"
            record = {
                "captureData": {
                    "endpointInput": {"data": features, "encoding": "CSV"},
                    "endpointOutput": {"data": f"{row['prediction']},{row['score']}", "encoding": "CSV"},
                },
                "eventMetadata": {"eventId": str(index), "inferenceTime": "2026-01-01T00:00:00Z"},
                "eventVersion": "0",
            }
            if index >= 20:
                record["groundTruthData"] = {"data": str(row["good"]), "encoding": "CSV"}
            lines.append(json.dumps(record))
        lines.append('{"captureData": {"endpointInput"')
        (folder / "merged.jsonl").write_text("\n".join(lines), encoding="utf-8")
        arguments = ["--format", "merged", "--data", str(folder / "merged.jsonl"), "--output", str(folder / "m")]
        assert run(folder, *arguments) == 0
        expected = analyse_quality(predicted(frame[20:]), loans())
        section = read(folder / "m/statistics.json")["binary_classification_metrics"]
        assert section["auc"]["value"] == pytest.approx(expected.estimates["auc"].value)
        assert section["f1"]["value"] == pytest.approx(expected.estimates["f1"].value)
        assert read(folder / "m/slices.json")["slices"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "give the data"),
            (["--data", "use-case.json"], "no column good, prediction in the data"),
            (["--predictions", "predictions", "--metric", "rmse"], "'rmse' is not a metric of a binary task"),
            (["--predictions", "predictions", "--baseline", "nowhere"], "does not exist"),
        ],
    )
    def test_bad_usage_is_reported_with_exit_code_2(
        self, folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        there = [str(folder / each) if (folder / each).exists() else each for each in arguments]
        assert run(folder, *there, "--output", str(folder / "o")) == 2
        assert message in capsys.readouterr().err
