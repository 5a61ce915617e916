"""XGBoost's built-in algorithm in a container's folder layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xgboost
from mooring_local.xgboost_algorithm import main, parameters_of, read_channel


def container(root: Path, rows: str, hyperparameters: dict[str, str]) -> Path:
    for folder in ("input/config", "input/data/train", "model"):
        (root / folder).mkdir(parents=True)
    (root / "input/config/hyperparameters.json").write_text(json.dumps(hyperparameters))
    (root / "input/config/inputdataconfig.json").write_text(json.dumps({"train": {"ContentType": "text/csv"}}))
    (root / "input/data/train/rows.csv").write_text(rows)
    return root


def test_trains_on_csv_with_the_label_first(tmp_path: Path) -> None:
    rows = "\n".join(f"{index % 2},{index % 2},{index}" for index in range(60))
    root = container(tmp_path, rows, {"num_round": "3", "objective": "binary:logistic"})
    assert main(["--root", str(root)]) == 0
    booster = xgboost.Booster()
    booster.load_model(root / "model" / "xgboost-model")
    assert booster.num_features() == 2


def test_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(container(tmp_path / "a", "label,x\n1,2\n", {"num_round": "1"}))]) == 1
    assert "there must be no header" in capsys.readouterr().err
    assert main(["--root", str(container(tmp_path / "b", "1,2\n", {}))]) == 1
    assert "'num_round' is missing" in capsys.readouterr().err


def test_reads_libsvm_of_different_widths(tmp_path: Path) -> None:
    (tmp_path / "a.libsvm").write_text("1 0:2 1:3\n")
    (tmp_path / "b.libsvm").write_text("0 3:1\n")
    matrix = read_channel(tmp_path, "text/libsvm")
    assert matrix is not None
    assert (matrix.num_row(), matrix.num_col()) == (2, 4)


def test_an_absent_channel_is_none(tmp_path: Path) -> None:
    assert read_channel(tmp_path / "nothing", "text/csv") is None


def test_keeps_the_containers_own_settings_from_the_booster() -> None:
    assert parameters_of({"num_round": "3", "eta": "0.1"}) == {"eta": "0.1"}
