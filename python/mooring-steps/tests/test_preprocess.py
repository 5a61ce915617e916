"""The Preprocess step, run as its command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mooring_steps.cli import main
from mooring_steps.transform import Transform

Rows = Callable[..., pd.DataFrame]
CaseFile = Callable[..., Path]


def preprocess(case: Path, raw: Path, output: Path, *more: object) -> int:
    return main(["preprocess", "--use-case", str(case), "--raw", str(raw), "--output", str(output), *map(str, more)])


def save(frame: pd.DataFrame, folder: Path, name: str = "rows.csv") -> Path:
    folder.mkdir(exist_ok=True)
    frame.to_csv(folder / name, index=False)
    return folder


def read(output: Path, part: str) -> pd.DataFrame:
    return pd.read_csv(output / part / f"{part}.csv")


def manifest(output: Path) -> dict[str, Any]:
    return json.loads((output / "manifest" / "manifest.json").read_text())


@pytest.fixture
def failure(tmp_path: Path, case_file: CaseFile, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the step on bad data and return what it says; nothing may have been written."""

    def run(frame: pd.DataFrame, *more: object, **changes: Any) -> str:
        code = preprocess(case_file(**changes), save(frame, tmp_path / "raw"), tmp_path / "out", *more)
        assert code == 2
        assert not (tmp_path / "out").exists()
        return capsys.readouterr().err

    return run


class TestGoodRows:
    @pytest.fixture
    def output(self, tmp_path: Path, case_file: CaseFile, rows: Rows) -> Path:
        assert preprocess(case_file(), save(rows(500), tmp_path / "raw"), tmp_path / "out") == 0
        return tmp_path / "out"

    def test_are_split_into_three_files_with_raw_features_and_the_label_last(self, output: Path, rows: Rows) -> None:
        parts = {part: read(output, part) for part in ("train", "validation", "test")}
        assert [len(each) for each in parts.values()] == [360, 40, 100]
        assert all(list(each.columns) == ["sex", "amount", "children", "paid"] for each in parts.values())
        together = pd.concat(parts.values())
        assert together["paid"].sum() == (rows(500)["paid"] == "yes").sum()
        assert together["amount"].sum() == pytest.approx(rows(500)["amount"].sum(), rel=1e-12)

    def test_fit_the_transformation_on_training_rows_alone(self, output: Path) -> None:
        transform = Transform.loads((output / "transform" / "transform.json").read_bytes())
        fitted = next(each for each in transform.features if each.name == "amount")
        assert fitted.median == read(output, "train")["amount"].median()

    def test_are_described_by_the_manifest(self, output: Path) -> None:
        document = manifest(output)
        assert document["rows"] == {
            "raw": 500,
            "labelled": 0,
            "without_label": 0,
            "train": 360,
            "validation": 40,
            "test": 100,
        }
        assert document["positive_rate"] == read(output, "train")["paid"].mean()
        assert document["data_hash"].startswith("sha256:")
        assert document["features"] == ["sex", "amount", "children"]
        assert document["warnings"] == []

    def test_in_several_files_and_another_format_have_the_same_hash(
        self, tmp_path: Path, output: Path, case_file: CaseFile, rows: Rows
    ) -> None:
        folder = tmp_path / "parquet"
        folder.mkdir()
        rows(500)[:200].to_parquet(folder / "b.parquet")
        rows(500)[200:].to_parquet(folder / "a.parquet")
        assert preprocess(case_file(dataset={"format": "parquet"}), folder, tmp_path / "out2") == 0
        assert manifest(tmp_path / "out2")["data_hash"] == manifest(output)["data_hash"]

    def test_are_split_by_time_when_asked_to(self, tmp_path: Path, case_file: CaseFile, rows: Rows) -> None:
        frame = rows(500)
        frame["children"] = range(500)
        shuffled = save(frame.sample(frac=1, random_state=3), tmp_path / "raw")
        assert preprocess(case_file(split={"method": "time"}), shuffled, tmp_path / "out") == 0
        assert sorted(read(tmp_path / "out", "test")["children"]) == list(range(400, 500))
        assert sorted(read(tmp_path / "out", "validation")["children"]) == list(range(360, 400))


class TestRowsWithFlaws:
    def test_constant_features_and_values_out_of_range_are_warnings(
        self, tmp_path: Path, case_file: CaseFile, rows: Rows
    ) -> None:
        frame = rows(500).assign(sex="f")
        frame.loc[frame.index[:300], "amount"] = -1
        assert preprocess(case_file(), save(frame, tmp_path / "raw"), tmp_path / "out") == 0
        first, second = manifest(tmp_path / "out")["warnings"]
        assert first == "feature 'sex' is constant (f): it cannot be learnt from"
        assert second == "feature 'amount': 300 training rows below min 0: '-1' (300 rows)"

    def test_without_a_label_are_left_out_counted_and_shown(
        self, tmp_path: Path, case_file: CaseFile, rows: Rows, capsys: pytest.CaptureFixture[str]
    ) -> None:
        frame = rows(500)
        frame.loc[:99, "paid"] = None
        assert preprocess(case_file(), save(frame, tmp_path / "raw"), tmp_path / "out") == 0
        found = manifest(tmp_path / "out")
        assert (found["rows"]["raw"], found["rows"]["without_label"]) == (500, 100)
        assert found["warnings"] == ["100 of 500 rows have no label and are left out"]
        assert "warning: 100 of 500 rows have no label" in capsys.readouterr().out


class TestBadData:
    def test_missing_columns_are_all_named(self, failure: Callable[..., str], rows: Rows) -> None:
        message = failure(rows(50).drop(columns=["sex", "paid"]))
        assert "column 'sex' is missing" in message
        assert "column 'paid' is missing" in message

    def test_a_file_without_rows_is_named(self, failure: Callable[..., str], rows: Rows) -> None:
        assert "rows.csv: there is a header, but no row" in failure(rows(0))

    def test_a_positive_value_that_does_not_occur_is_reported_with_those_that_do(
        self, failure: Callable[..., str], rows: Rows
    ) -> None:
        message = failure(rows(50), dataset={"positive": 1})
        assert "label 'paid': the positive value '1' does not occur; values that do: "
        assert "no (" in message in message

    def test_a_constant_label_is_refused(self, failure: Callable[..., str], rows: Rows) -> None:
        assert "label 'paid' is constant" in failure(rows(50).assign(paid="yes"))

    def test_a_part_with_one_kind_of_label_is_refused(self, failure: Callable[..., str], rows: Rows) -> None:
        frame = rows(50).assign(paid=["yes"] * 49 + ["no"])
        assert "only positive labels" in failure(frame)

    def test_values_of_a_wrong_type_are_listed(self, failure: Callable[..., str], rows: Rows) -> None:
        frame = rows(50).astype({"amount": object, "children": object})
        frame.loc[:, "amount"] = "a lot"
        frame.loc[:, "children"] = 0.5
        message = failure(frame)
        assert "column 'amount': 'a lot' is not a finite number" in message
        assert "column 'children': '0.5' is not a whole number" in message

    def test_too_few_rows_are_refused(self, failure: Callable[..., str], rows: Rows) -> None:
        assert "2 rows are too few" in failure(rows(2).assign(paid=["yes", "no"]))

    def test_times_that_are_none_are_refused_in_a_split_by_time(self, failure: Callable[..., str], rows: Rows) -> None:
        frame = rows(50).assign(when="whenever")
        assert "column 'when': 'whenever' is not a time" in failure(frame, split={"method": "time"})

    def test_a_number_as_label_must_vary_and_be_one(self, failure: Callable[..., str], rows: Rows) -> None:
        assert "values that cannot be one: yes (" in failure(rows(50), task="regression")
        assert "label 'paid' is constant" in failure(rows(50).assign(paid=3), task="regression")


class TestLabelledRows:
    @pytest.fixture
    def run(self, tmp_path: Path, case_file: CaseFile, rows: Rows) -> Callable[..., tuple[int, Path]]:
        raw = save(rows(500), tmp_path / "raw")

        def run(labelled: pd.DataFrame, policy: str) -> tuple[int, Path]:
            folder = save(labelled, tmp_path / "labelled")
            output = tmp_path / f"out-{policy}"
            return preprocess(case_file(), raw, output, "--labelled", folder, "--policy", policy), output

        return run

    def test_are_appended_and_base_rows_keep_their_parts(
        self, run: Callable[..., tuple[int, Path]], rows: Rows
    ) -> None:
        labelled = rows(100, seed=9).drop(columns=["id", "when"]).assign(children=99)
        code, both = run(labelled, "base+window")
        base = run(labelled, "base")[1]
        assert code == 0
        assert manifest(both)["rows"] == {
            **{"raw": 500, "labelled": 100, "without_label": 0},
            **{"train": 432, "validation": 48, "test": 120},
        }
        for part in ("train", "validation", "test"):
            kept = read(both, part)
            assert kept[kept["children"] != 99].reset_index(drop=True).equals(read(base, part))

    def test_alone_are_the_window_policy(self, run: Callable[..., tuple[int, Path]], rows: Rows) -> None:
        output = run(rows(100, seed=9), "window")[1]
        assert manifest(output)["rows"] == {
            **{"raw": 0, "labelled": 100, "without_label": 0},
            **{"train": 72, "validation": 8, "test": 20},
        }

    def test_may_be_a_header_without_rows(self, run: Callable[..., tuple[int, Path]], rows: Rows) -> None:
        code, output = run(rows(0), "base+window")
        assert (code, manifest(output)["rows"]["labelled"]) == (0, 0)

    def test_may_carry_labels_that_are_coded_already(self, run: Callable[..., tuple[int, Path]], rows: Rows) -> None:
        labelled = rows(100, seed=9)
        labelled["paid"] = (labelled["paid"] == "yes").astype(int)
        coded = manifest(run(labelled, "window")[1])
        raw = manifest(run(rows(100, seed=9), "window")[1])
        assert coded["label"] == raw["label"]
        assert coded["data_hash"] == raw["data_hash"]

    def test_first_model_learns_from_the_base_under_the_window_policy_too(
        self, run: Callable[..., tuple[int, Path]], rows: Rows
    ) -> None:
        output = run(rows(0), "window")[1]
        assert manifest(output)["rows"]["raw"] == 500
        assert manifest(output)["fresh_test_rows"] == 0


class TestTheUseCase:
    def test_that_is_absent_is_asked_for(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["preprocess", "--raw", str(tmp_path), "--output", str(tmp_path)]) == 2
        assert "name the file with --use-case" in capsys.readouterr().err

    def test_problems_are_all_listed(
        self, tmp_path: Path, case_file: CaseFile, capsys: pytest.CaptureFixture[str]
    ) -> None:
        columns = [{"name": "a", "type": "text"}, {"name": "b", "type": "category"}]
        case = case_file(task="multiclass", dataset={"columns": columns, "label": "y"})
        assert preprocess(case, tmp_path, tmp_path) == 2
        message = capsys.readouterr().err
        for problem in (
            "task 'multiclass' is not supported",
            "dataset.label: no column 'y'",
            "dataset.key: no column 'id'",
            "column 'a' has type 'text', which a model cannot learn from",
        ):
            assert problem in message
