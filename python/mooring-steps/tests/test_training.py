"""Training as script mode starts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fresh_python import SOURCES
from mooring_steps.artefact import read_artefact
from mooring_steps.errors import InputError
from mooring_steps.metrics import auc
from mooring_steps.tables import read_csv
from mooring_steps.training import main as train

FORK = """
import os, sys
import xgboost
from mooring_steps.training import main
child = os.fork()
if child == 0:
    os._exit(main(sys.argv[1:], {}))
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
STEPS = Path(__file__).parents[1] / "src"


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
        assert train(trained.arguments(tmp_path), {}) == 0
        for name in ("model.json", "decision.json", "transform.json"):
            assert (tmp_path / name).read_bytes() == (trained.model / name).read_bytes()

    def test_is_the_same_when_trained_in_a_fork_of_an_interpreter_that_has_xgboost_loaded(
        self, trained: Any, tmp_path: Path, python: Callable[..., Any]
    ) -> None:
        done = python("-c", FORK, *trained.arguments(tmp_path), env={"PYTHONPATH": SOURCES})
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "model.json").read_bytes() == (trained.model / "model.json").read_bytes()

    def test_keeps_only_the_rounds_up_to_the_best_one(self, trained: Any, tmp_path: Path) -> None:
        hyperparameters = ["--num_round", "200", "--eta", "0.5", "--early_stopping_rounds", "5"]
        assert train([*trained.arguments(tmp_path), *hyperparameters], {}) == 0
        written = json.loads((tmp_path / "training.json").read_text())
        model = read_artefact(tmp_path)
        assert model.booster.num_boosted_rounds() == written["rounds"] < 190
        rows = read_csv(trained.output / "validation" / "validation.csv", [*model.transform.names, "paid"])
        scores = model.predict(rows).scores
        assert scores is not None
        assert auc(rows["paid"].astype(float), scores) == pytest.approx(written["validation"]["auc"], abs=1e-9)

    def test_can_be_a_random_forest(self, trained: Any, tmp_path: Path) -> None:
        forest = ["--num_round", "1", "--num_parallel_tree", "30", "--eta", "1", "--subsample", "0.6"]
        assert train([*trained.arguments(tmp_path), *forest], {}) == 0
        assert len(read_artefact(tmp_path).booster.get_dump()) == 30


class TestScriptMode:
    def test_takes_folders_from_the_channels_of_the_job(
        self, trained: Any, tmp_path: Path, python: Callable[..., Any]
    ) -> None:
        environment = {
            "SM_CHANNEL_TRAIN": str(trained.output / "train"),
            "SM_CHANNEL_VALIDATION": str(trained.output / "validation"),
            "SM_CHANNEL_TRANSFORM": str(trained.output / "transform"),
            "SM_MODEL_DIR": str(tmp_path / "model"),
            "PYTHONPATH": SOURCES,
        }
        done = python(STEPS / "train.py", "--use-case", trained.case, "--max_depth", "2", env=environment)
        assert done.returncode == 0, done.stderr
        written = json.loads((tmp_path / "model" / "training.json").read_text())
        assert written["hyperparameters"]["max_depth"] == 2
        assert written["hyperparameters"]["num_round"] == 20

    def test_ends_with_a_message_when_input_is_bad(
        self, trained: Any, tmp_path: Path, python: Callable[..., Any]
    ) -> None:
        done = python(
            STEPS / "train.py", *trained.arguments(tmp_path / "model"), "--max_dept", "2", env={"PYTHONPATH": SOURCES}
        )
        assert (done.returncode, done.stderr.splitlines()[0][:45]) == (
            2,
            "train: hyperparameter 'max_dept' is unknown; ",
        )
        assert not (tmp_path / "model").exists()


class TestBadInput:
    @pytest.mark.parametrize(
        ("more", "message"),
        [
            (["max_depth", "2"], "must be '--name value' pairs"),
            (["--max_depth"], "must be '--name value' pairs"),
            (["--objective", "reg:squarederror"], "does not suit task 'binary'"),
            (["--train", "/nowhere"], "'/nowhere/train.csv' does not exist; the Preprocess step writes it"),
            (["--transform", "/nowhere"], "'/nowhere/transform.json' cannot be read"),
        ],
    )
    def test_is_told(self, trained: Any, tmp_path: Path, more: list[str], message: str) -> None:
        with pytest.raises(InputError, match=message):
            train([*trained.arguments(tmp_path), *more], {})

    def test_another_framework_is_refused_by_name(
        self, trained: Any, tmp_path: Path, case_file: Callable[..., Path]
    ) -> None:
        case = case_file(training={"framework": "scikit-learn"})
        with pytest.raises(InputError, match="framework 'scikit-learn' is not supported"):
            train([*trained.arguments(tmp_path), "--use-case", str(case)], {})
