"""The Evaluate step."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mooring_steps.artefact import read_artefact
from mooring_steps.baselines import baselines
from mooring_steps.cli import main
from mooring_steps.errors import InputError
from mooring_steps.evaluate import check_measurable, quality_gate
from mooring_steps.tables import read_csv
from mooring_steps.texts import texts_of
from mooring_steps.use_case import UseCase

Loans = Callable[..., UseCase]


def evaluate(trained: Any, output: Path, *more: object, case: Path | None = None) -> int:
    folders = [item for name in ("train", "test") for item in (f"--{name}", str(trained.output / name))]
    arguments = ["--use-case", str(case or trained.case), "--model", str(trained.model), *folders]
    return main(["evaluate", *arguments, "--output", str(output), *map(str, more)])


def read(output: Path, name: str) -> Any:
    return json.loads((output / "evaluation" / f"{name}.json").read_text())


class TestAnEvaluation:
    @pytest.fixture
    def output(self, trained: Any, tmp_path: Path) -> Path:
        assert evaluate(trained, tmp_path) == 0
        return tmp_path

    def test_has_metrics_confusion_baselines_threshold_and_rows(self, output: Path, trained: Any) -> None:
        document = read(output, "evaluation")
        assert document["binary_classification_metrics"]["auc"]["value"] > 0.9
        assert document["rows"] == 200 == sum(sum(each.values()) for each in document["confusion_matrix"].values())
        assert document["threshold"] == read_artefact(trained.model).threshold
        labels = pd.read_csv(trained.output / "test" / "test.csv")["paid"]
        assert document["baselines"]["majority"]["accuracy"] == labels.mean()

    def test_has_a_gate_with_margins(self, output: Path) -> None:
        gate = read(output, "gate")
        assert (gate["metric"], gate["bound"], gate["passed"]) == ("auc", 0.7, True)
        assert gate["beats"]["majority"] == {"value": 0.5, "margin": gate["value"] - 0.5}

    def test_has_predictions_of_the_test_rows_in_their_order(self, output: Path, trained: Any) -> None:
        written = pd.read_csv(output / "predictions" / "predictions.csv")
        test = pd.read_csv(trained.output / "test" / "test.csv")
        assert written[test.columns].equals(test)
        assert (written["prediction"] == (written["score"] > read_artefact(trained.model).threshold)).all()
        accuracy = read(output, "evaluation")["binary_classification_metrics"]["accuracy"]["value"]
        assert (written["prediction"] == written["paid"]).mean() == accuracy

    def test_that_misses_its_bound_is_a_result_and_no_error(
        self, trained: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert evaluate(trained, tmp_path, "--bound", "0.999") == 0
        assert read(tmp_path, "gate")["passed"] is False
        assert capsys.readouterr().out.startswith("Quality gate failed: auc 0.9")

    @pytest.mark.parametrize("name", ["train", "test"])
    def test_needs_its_files(self, trained: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
        assert evaluate(trained, tmp_path, f"--{name}", tmp_path) == 2
        assert f"{name}.csv' does not exist; the Preprocess step writes it" in capsys.readouterr().err


class TestTheChampion:
    def test_is_judged_on_the_same_rows_and_must_be_beaten(
        self, trained: Any, tmp_path: Path, case_file: Callable[..., Path]
    ) -> None:
        case = case_file(gates={"champion": True})
        assert evaluate(trained, tmp_path, "--champion", trained.model, case=case) == 0
        gate = read(tmp_path, "gate")
        assert gate["beats"]["champion"] == {"value": gate["value"], "margin": 0.0}
        assert gate["passed"] is False
        assert gate["message"].endswith(f"champion has {gate['value']:.4f}, which it does not beat")

    def test_may_be_absent(self, trained: Any, tmp_path: Path, case_file: Callable[..., Path]) -> None:
        (tmp_path / "none").mkdir()
        case = case_file(gates={"champion": True})
        assert evaluate(trained, tmp_path, "--champion", tmp_path / "none", case=case) == 0
        assert read(tmp_path, "evaluation")["champion"] is None
        assert read(tmp_path, "gate")["passed"] is True

    def test_that_needs_other_columns_is_reported(
        self, trained: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        champion = shutil.copytree(trained.model, tmp_path / "champion")
        transform = json.loads((champion / "transform.json").read_text())
        transform["features"][0]["name"] = "gender"
        (champion / "transform.json").write_text(json.dumps(transform))
        assert evaluate(trained, tmp_path, "--champion", champion) == 2
        assert "the live model needs columns that the test rows lack: gender" in capsys.readouterr().err


class TestTheQualityGate:
    @pytest.mark.parametrize(
        ("metric", "value", "rival", "passed"),
        [
            ("auc", 0.8, 0.7, True),
            ("auc", 0.75, 0.7, True),
            ("auc", 0.74, 0.7, False),
            ("auc", 0.8, 0.8, False),
            ("rmse", 0.7, 0.9, True),
            ("rmse", 0.75, 0.9, True),
            ("rmse", 0.76, 0.9, False),
            ("rmse", 0.7, 0.6, False),
        ],
    )
    def test_asks_for_the_bound_and_for_more_than_every_rival(
        self, loans: Loans, metric: str, value: float, rival: float, passed: bool
    ) -> None:
        case = loans(gates={"quality": {"metric": metric, "bound": 0.75}})
        assert quality_gate(case, {metric: value}, {"naive": {metric: rival}}, None)["passed"] is passed

    def test_refuses_a_metric_of_another_task(self, loans: Loans) -> None:
        with pytest.raises(InputError, match=r"'auc' does not exist for task 'binary'; there are: f1"):
            quality_gate(loans(), {"f1": 1.0}, {}, None)


def test_an_error_relative_to_nothing_is_refused_as_a_gate(loans: Loans) -> None:
    case = loans(task="regression", gates={"quality": {"metric": "mape", "bound": 0.1}})
    check_measurable(case, np.array([0, 1.0]))
    with pytest.raises(InputError, match="the labels of all 3 test rows are 0"):
        check_measurable(case, np.zeros(3))


class TestNaiveBaselines:
    def test_persistence_is_the_column_with_the_last_known_value(self, loans: Loans) -> None:
        columns = [*loans().document["dataset"]["columns"], {"name": "before", "type": "category"}]
        case = loans(dataset={"columns": columns, "persistence": "before"}, gates={"beat": ["persistence"]})
        table = {"before": texts_of(["yes", "no", "no", None])}
        found = baselines(case, table, np.array([1.0, 0, 1, 0]), np.ones(3))
        assert found["persistence"]["accuracy"] == 0.75
        assert found["majority"]["accuracy"] == 0.5

    def test_of_numbers_are_mean_and_last_value(self, loans: Loans) -> None:
        case = loans(task="regression", dataset={"persistence": "amount"}, gates={"beat": ["mean", "persistence"]})
        found = baselines(case, {"amount": texts_of([1, None, 5])}, np.array([1.0, 3, 4]), np.array([2.0, 4]))
        assert found["mean"]["mae"] == pytest.approx((2 + 0 + 1) / 3)
        assert found["persistence"]["mae"] == pytest.approx(1 / 3)

    def test_that_cannot_be_computed_are_refused(self, loans: Loans) -> None:
        with pytest.raises(InputError) as error:
            baselines(loans(gates={"beat": ["mean", "persistence"]}), {}, np.ones(1), np.ones(1))
        assert len(error.value.problems) == 2
        assert "'persistence' cannot be computed for task 'binary': it needs dataset.persistence" in str(error.value)


def test_predicting_the_test_rows_twice_gives_the_same_scores(trained: Any) -> None:
    table = read_csv(trained.output / "test" / "test.csv", ["sex", "amount", "children"])
    model = read_artefact(trained.model)
    assert np.array_equal(model.predict(table).scores, model.predict(table).scores)
