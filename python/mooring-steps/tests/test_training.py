"""Training, as the job and as people at a terminal start it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fresh_python import SOURCES
from mooring_steps.artefact import read_artefact
from mooring_steps.cli import main
from mooring_steps.metrics import auc
from mooring_steps.tables import read_csv

FORK = """
import os, sys
import xgboost
from mooring_steps.cli import main
child = os.fork()
if child == 0:
    os._exit(main(sys.argv[1:]))
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
STEPS = Path(__file__).parents[1] / "src"


def settings(*given: str) -> list[str]:
    """Arguments that set hyperparameters, each `name=value`."""
    return [part for each in given for part in ("--set", each)]


class TestATrainedModel:
    def test_folder_has_everything_that_serving_needs(self, trained: Any) -> None:
        assert sorted(each.name for each in trained.model.iterdir()) == [
            "code", "decision.json", "model.json", "training.json", "transform.json", "use-case.json",
        ]  # fmt: skip
        assert (trained.model / "code" / "inference.py").is_file()
        assert (trained.model / "code" / "mooring_steps" / "serving.py").is_file()
        assert not list(trained.model.rglob("*.pyc"))

    def test_has_a_threshold_from_the_validation_rows(self, trained: Any) -> None:
        decision = json.loads((trained.model / "decision.json").read_text())
        assert decision["objective"] == "balanced_accuracy"
        assert 0 < decision["threshold"] < 1

    def test_is_the_same_when_trained_again(self, trained: Any, tmp_path: Path) -> None:
        assert main(trained.arguments(tmp_path)) == 0
        for name in ("model.json", "decision.json", "transform.json"):
            assert (tmp_path / name).read_bytes() == (trained.model / name).read_bytes()

    def test_is_the_same_when_trained_in_a_fork_of_an_interpreter_that_has_xgboost_loaded(
        self, trained: Any, tmp_path: Path, python: Callable[..., Any]
    ) -> None:
        done = python("-c", FORK, *trained.arguments(tmp_path), env={"PYTHONPATH": SOURCES})
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "model.json").read_bytes() == (trained.model / "model.json").read_bytes()

    def test_keeps_only_the_rounds_up_to_the_best_one(self, trained: Any, tmp_path: Path) -> None:
        hyperparameters = settings("num_round=200", "eta=0.5", "early_stopping_rounds=5")
        assert main([*trained.arguments(tmp_path), *hyperparameters]) == 0
        written = json.loads((tmp_path / "training.json").read_text())
        model = read_artefact(tmp_path)
        assert model.booster.num_boosted_rounds() == written["rounds"] < 190
        rows = read_csv(trained.output / "validation" / "validation.csv", [*model.transform.names, "paid"])
        scores = model.predict(rows).scores
        assert scores is not None
        assert auc(rows["paid"].astype(float), scores) == pytest.approx(written["validation"]["auc"], abs=1e-9)

    def test_can_be_a_random_forest(self, trained: Any, tmp_path: Path) -> None:
        forest = settings("num_round=1", "num_parallel_tree=30", "eta=1", "subsample=0.6")
        assert main([*trained.arguments(tmp_path), *forest]) == 0
        assert len(read_artefact(tmp_path).booster.get_dump()) == 30


class TestTheTrainingJob:
    def test_takes_hyperparameters_from_the_file_of_the_job(self, trained: Any, tmp_path: Path) -> None:
        file = tmp_path / "hyperparameters.json"
        # The service keeps texts; the SageMaker SDK writes each value as JSON.
        file.write_text(json.dumps({"max_depth": "2", "objective": '"binary:logistic"', "eta": "0.3"}))
        assert main([*trained.arguments(tmp_path / "model"), "--hyperparameters", str(file), *settings("eta=0.2")]) == 0
        written = json.loads((tmp_path / "model" / "training.json").read_text())["hyperparameters"]
        assert (written["max_depth"], written["objective"], written["eta"]) == (2, "binary:logistic", 0.2)
        assert written["num_round"] == 20

    def test_leaves_the_reason_of_a_failure_where_the_service_looks_for_it(
        self, trained: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        failure = tmp_path / "failure"
        wrong = ["--failure", str(failure), *settings("max_dept=2")]
        assert main([*trained.arguments(tmp_path / "model"), *wrong]) == 2
        reason = "hyperparameter 'max_dept' is unknown; "
        assert capsys.readouterr().err.startswith(f"train: {reason}")
        assert failure.read_text().startswith(reason)
        assert not (tmp_path / "model").exists()

    def test_leaves_the_reason_of_a_defect_as_well(self, trained: Any, tmp_path: Path) -> None:
        failure = tmp_path / "failure"
        (tmp_path / "model").write_text("a file where the folder should be")
        with pytest.raises(FileExistsError):
            main([*trained.arguments(tmp_path / "model"), "--failure", str(failure)])
        assert failure.read_text().startswith("FileExistsError: ")


class TestBadInput:
    @pytest.mark.parametrize(
        ("more", "message"),
        [
            (["--set", "max_depth"], "--set takes NAME=VALUE, not: max_depth"),
            (["--set", "objective=reg:squarederror"], "does not suit task 'binary'"),
            (["--hyperparameters", "/nowhere"], "file '/nowhere' cannot be read"),
            (["--train", "/nowhere"], "'/nowhere/train.csv' does not exist; the Preprocess step writes it"),
            (["--transform", "/nowhere"], "'/nowhere/transform.json' cannot be read"),
        ],
    )
    def test_is_reported(
        self, trained: Any, tmp_path: Path, more: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*trained.arguments(tmp_path), *more]) == 2
        assert message in capsys.readouterr().err

    def test_another_framework_is_refused_by_name(
        self, trained: Any, tmp_path: Path, case_file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        case = case_file(training={"framework": "scikit-learn"})
        assert main([*trained.arguments(tmp_path), "--use-case", str(case)]) == 2
        assert "framework 'scikit-learn' is not supported" in capsys.readouterr().err
