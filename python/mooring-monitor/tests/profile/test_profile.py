"""Profiles: what is counted, inferred and merged."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mooring_monitor.cli import main
from mooring_monitor.profile.cells import cells_of
from mooring_monitor.profile.column_profile import ColumnProfile
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import read_statistics, statistics_document
from mooring_monitor.readers.batch import Batch

texts = st.one_of(
    st.none(),
    st.integers(-1000, 1000).map(str),
    st.floats(-1e9, 1e9).map(repr),
    st.sampled_from(
        ["", "nan", "NaN", "null", "inf", "-inf", "a", "b", " 7 ", "+3", "1e3", "0x1F", "1_000", "true", "١"]
    ),
    st.text(max_size=6),
)


def column_of(values: list[str | None], declared: str | None = None) -> ColumnProfile:
    column = ColumnProfile("x", declared)
    column.add(cells_of(pa.array(values, type=pa.string()), declared))
    return column


class TestCells:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            *[(each, "integral") for each in ("0", "-12", "+3", " 7 ", "007")],
            *[(each, "fractional") for each in ("1.0", ".5", "5.", "-1e-3", "1E5", "inf", "-Infinity")],
            *[(each, "text") for each in ("a", "true", "0x1F", "1_000", "1,5", "٣", "-", "1 2", "NA", "None")],
            *[(each, "missing") for each in ("", "nan", "NaN", "null", None)],
        ],
    )
    def test_kind_of_a_text(self, text: str | None, kind: str) -> None:
        # Alone and beside a text, since columns of plain numbers take a faster way.
        for others in ([], ["word"], ["1"], ["1.5"]):
            alone = cells_of(pa.array([*others], type=pa.string()))
            cells = cells_of(pa.array([*others, text], type=pa.string()))
            assert getattr(cells, kind) == getattr(alone, kind) + 1

    @given(st.lists(texts, max_size=40))
    def test_every_value_is_of_one_kind(self, values: list[str | None]) -> None:
        cells = cells_of(pa.array(values, type=pa.string()))
        assert cells.integral + cells.fractional + cells.text + cells.missing == cells.rows == len(values)
        assert cells.numbers.size == cells.integral + cells.fractional - cells.non_finite
        assert np.isfinite(cells.numbers).all()

    @given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True)), max_size=40))
    def test_typed_numbers_lose_nan_and_infinity(self, values: list[float | None]) -> None:
        cells = cells_of(pa.array(values, type=pa.float64()))
        finite = [each for each in values if each is not None and math.isfinite(each)]
        assert cells.numbers.tolist() == finite
        assert cells.non_finite == sum(each is not None and math.isinf(each) for each in values)

    def test_bytes_of_two_encodings_are_text(self) -> None:
        cells = cells_of(pa.array(["Köln".encode(), "Köln".encode("latin-1")]))
        assert cells.texts is not None
        assert cells.texts.to_pylist() == ["Köln", "Köln"]


class TestInferredType:
    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (["1", "2", None], "Integral"),
            (["1", "2.5"], "Fractional"),
            (["1", "x"], "String"),
            (["", None], "Unknown"),
            (["true", "false"], "String"),
        ],
    )
    def test_follows_the_values_without_a_schema(self, values: list[str | None], kind: str) -> None:
        assert column_of(values).inferred_type == kind

    def test_is_the_declared_one_whatever_the_values_are(self) -> None:
        assert column_of(["1", "2"], "category").inferred_type == "String"
        assert column_of(["1.0", "oops"], "integer").inferred_type == "Integral"

    @pytest.mark.parametrize("declared", ["text", "timestamp"])
    def test_texts_and_times_are_no_categories(self, declared: str) -> None:
        column = column_of(["2026-01-31", "2026-02-01", "2026-02-01"], declared)
        assert (column.inferred_type, column.categories, column.distinct.estimate()) == ("String", None, 2)

    def test_categories_are_spelled_alike_in_all_formats(self) -> None:
        column = column_of(["1", "1.0", " 2", "b"], "category")
        column.add(cells_of(pa.array([1.0, 2.0]), "category"))
        column.add(cells_of(pa.array([1], type=pa.int64()), "category"))
        assert column.categories == {"1": 4, "2": 2, "b": 1}


class TestMoments:
    @given(st.lists(st.lists(st.floats(-1e6, 1e6), max_size=30), min_size=1, max_size=5))
    def test_of_parts_are_those_of_the_whole(self, parts: list[list[float]]) -> None:
        column = ColumnProfile("x", "number")
        for part in parts:
            other = ColumnProfile("x", "number")
            other.add(cells_of(pa.array(part, type=pa.float64())))
            column.merge(ColumnProfile.from_state(json.loads(json.dumps(other.state()))))
        everything = np.array([each for part in parts for each in part])
        if everything.size == 0:
            assert math.isnan(column.mean)
            return
        assert column.mean == pytest.approx(everything.mean(), rel=1e-9, abs=1e-6)
        assert column.std == pytest.approx(everything.std(), rel=1e-6, abs=1e-5)
        assert (column.low, column.high) == (everything.min(), everything.max())


class TestDatasetProfile:
    @given(st.lists(st.tuples(texts, texts), min_size=1, max_size=60), st.integers(0, 60))
    def test_of_two_parts_merged_is_that_of_the_whole(self, rows: list[tuple[Any, Any]], cut: int) -> None:
        def profile(part: list[tuple[Any, Any]]) -> DatasetProfile:
            made = DatasetProfile({"a": "number"})
            columns = {"a": [a for a, _ in part], "b": [b for _, b in part]}
            if part:
                made.add(Batch(len(part), {name: pa.array(each, type=pa.string()) for name, each in columns.items()}))
            return made

        whole, merged = profile(rows), profile(rows[:cut])
        merged.merge(profile(rows[cut:]))
        for name, column in whole.columns.items():
            other = merged.columns[name]
            exact = (
                "rows",
                "missing",
                "integral",
                "fractional",
                "text",
                "non_finite",
                "whole",
                "low",
                "high",
                "categories",
            )
            assert {each: getattr(other, each) for each in exact} == {each: getattr(column, each) for each in exact}
            assert other.inferred_type == column.inferred_type
            assert other.distinct.estimate() == column.distinct.estimate()
            assert sorted(np.concatenate(other.sketch.levels)) == sorted(np.concatenate(column.sketch.levels))

    @given(st.lists(st.integers(-50, 50), min_size=1, max_size=200), st.randoms())
    def test_exact_statistics_do_not_depend_on_the_order_of_rows(self, values: list[int], random: Any) -> None:
        shuffled = list(values)
        random.shuffle(shuffled)
        first, second = (column_of([str(each) for each in order]) for order in (values, shuffled))
        assert (first.total, first.low, first.high) == (second.total, second.low, second.high)
        assert first.std == pytest.approx(second.std, abs=1e-9)

    def test_a_column_that_comes_late_was_missing_before(self) -> None:
        profile = DatasetProfile()
        profile.add(Batch(2, {"a": pa.array(["1", "2"])}))
        profile.add(Batch(1, {"b": pa.array(["x"])}))
        assert {name: (each.rows, each.missing) for name, each in profile.columns.items()} == {"a": (3, 1), "b": (3, 2)}


class TestProfileCommand:
    @pytest.fixture
    def frame(self) -> pd.DataFrame:
        return pd.DataFrame({"n": [1, 2, 2, 4], "x": [0.5, None, -1.5, 2.0], "k": ["a", "b", "a", None]})

    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_writes_model_monitors_statistics(self, kind: str, frame: pd.DataFrame, tmp_path: Path) -> None:
        data = tmp_path / f"d.{kind}"
        frame.to_csv(data, index=False) if kind == "csv" else frame.to_parquet(data)
        assert main(["profile", "--data", str(data), "--format", kind, "--output", str(tmp_path / "out")]) == 0
        document = json.loads((tmp_path / "out/statistics.json").read_text())
        features = {each["name"]: each for each in document["features"]}
        assert features["n"]["inferred_type"] == "Integral"
        numbers = features["x"]["numerical_statistics"]
        assert numbers["common"] == {"num_present": 3, "num_missing": 1}
        assert (numbers["sum"], numbers["min"], numbers["completeness"]) == (1.0, -1.5, 0.75)
        assert numbers["distribution"]["kll"]["sketch"] == {
            "parameters": {"c": 0.64, "k": 2048.0},
            "data": [[0.5, -1.5, 2.0]],
        }
        assert features["k"]["string_statistics"]["distribution"] == {
            "categorical": {"buckets": [{"value": "a", "count": 2}, {"value": "b", "count": 1}]}
        }

    def test_suggests_constraints(self, frame: pd.DataFrame, tmp_path: Path) -> None:
        frame.to_csv(tmp_path / "d.csv", index=False)
        main(["profile", "--data", str(tmp_path / "d.csv"), "--output", str(tmp_path)])
        features = json.loads((tmp_path / "constraints.json").read_text())["features"]
        assert features == [
            {
                "name": "n",
                "inferred_type": "Integral",
                "completeness": 1.0,
                "num_constraints": {"is_non_negative": True},
            },
            {
                "name": "x",
                "inferred_type": "Fractional",
                "completeness": 0.75,
                "num_constraints": {"is_non_negative": False},
            },
            {
                "name": "k",
                "inferred_type": "String",
                "completeness": 0.75,
                "string_constraints": {"domains": ["a", "b"]},
            },
        ]

    def test_of_the_pipelines_training_rows_lies_in_the_steps_output(self, tmp_path: Path, use_case_file: str) -> None:
        train = tmp_path / "train"
        train.mkdir()
        (train / "train.csv").write_text("income,age,car,region,repaid\n" + "1000.5,30,Y,1,1\n" * 60)
        arguments = ["profile", "--use-case", use_case_file, "--train", str(train), "--output", str(tmp_path / "out")]
        assert main(arguments) == 0
        features = json.loads((tmp_path / "out/baseline/constraints.json").read_text())["features"]
        assert [each["name"] for each in features] == ["income", "age", "car", "region"]
        # Categories that the use case lists are allowed before they are seen.
        assert features[3]["string_constraints"] == {"domains": ["1", "2", "3"]}

    def test_writes_a_sample_of_rows_for_the_classifier(self, tmp_path: Path, document: dict[str, Any]) -> None:
        document["monitoring"]["features"] = [
            {"name": "income", "detector": "classifier"},
            {"name": "car", "detector": "classifier"},
        ]
        (tmp_path / "use-case.json").write_text(json.dumps(document))
        lines = [f"{index},30,Y,1,1" for index in range(3_000)]
        (tmp_path / "d.csv").write_text("\n".join(["income,age,car,region,repaid", *lines]))
        main(
            [
                "profile",
                "--use-case",
                str(tmp_path / "use-case.json"),
                "--data",
                str(tmp_path / "d.csv"),
                "--output",
                str(tmp_path),
            ]
        )
        sample = json.loads((tmp_path / "reference_sample.json").read_text())
        assert {name: len(values) for name, values in sample["columns"].items()} == {"income": 2_000, "car": 2_000}
        assert np.mean([float(each) for each in sample["columns"]["income"]]) == pytest.approx(1_500, abs=60)

    def test_reads_back_what_it_wrote(self, frame: pd.DataFrame, tmp_path: Path) -> None:
        profile = DatasetProfile()
        table = pa.Table.from_pandas(frame, preserve_index=False)
        profile.add(Batch(4, dict(zip(table.column_names, table.columns, strict=True))))
        (tmp_path / "s.json").write_text(json.dumps(statistics_document(profile)))
        statistics = read_statistics(tmp_path / "s.json")
        numbers = statistics.features["x"].numbers
        assert numbers is not None
        assert numbers.values.tolist() == [-1.5, 0.5, 2.0]
        assert statistics.features["k"].completeness == 0.75
