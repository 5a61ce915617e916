"""Spark and one process tell the same. Runs where pyspark is: `.venvs/bench/bin/python -m pytest -m spark`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mooring_monitor.cli import main
from mooring_monitor.errors import InputError
from mooring_monitor.readers.source import Source
from mooring_monitor.scale.engine import chosen_engine, total_size

Rows = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is in .venvs/bench only")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.files.maxPartitionBytes", "64k")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.spark
class TestSameRows:
    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_give_the_same_report(self, kind: str, spark: Any, rows: Rows, tmp_path: Path, use_case_file: str) -> None:
        rows(5_000).to_csv(tmp_path / "train.csv", index=False)
        common = ["--use-case", use_case_file]
        main(["profile", *common, "--data", str(tmp_path / "train.csv"), "--output", str(tmp_path / "base")])
        window = rows(20_000, seed=5, shift=0.6)
        window.loc[::50, "income"] = None
        path = tmp_path / f"window.{kind}"
        window.to_csv(path, index=False) if kind == "csv" else window.to_parquet(path)
        reports = {}
        for engine in ("process", "spark"):
            arguments = [
                "--baseline",
                str(tmp_path / "base"),
                "--data",
                str(path),
                "--format",
                kind,
                "--engine",
                engine,
            ]
            assert main(["compare", *common, *arguments, "--output", str(tmp_path / engine)]) == 0
            reports[engine] = json.loads((tmp_path / engine / "drift_report.json").read_text())
        one, many = reports["process"], reports["spark"]
        assert spark.read.csv(str(tmp_path / "train.csv")).rdd.getNumPartitions() > 1
        assert (one["verdict"], one["dataset"]) == (many["verdict"], many["dataset"])
        for first, second in zip(one["features"], many["features"], strict=True):
            assert (first["name"], first["verdict"]) == (second["name"], second["verdict"])
            assert first["value"] == pytest.approx(second["value"], abs=0.004)
            assert first["current"]["present"] == second["current"]["present"]
            if first["current"]["mean"] is not None:
                assert first["current"]["mean"] == pytest.approx(second["current"]["mean"], rel=1e-9)
                assert first["current"]["std_dev"] == pytest.approx(second["current"]["std_dev"], rel=1e-9)
            if first["feature_type"] == "category":
                assert first["value"] == second["value"]


class TestEngine:
    def test_is_one_process_for_small_inputs(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("a\n1\n")
        assert chosen_engine("auto", [str(tmp_path)], "csv") == "process"
        assert chosen_engine("spark", [str(tmp_path)], "csv") == "spark"

    def test_sizes_of_all_objects_count(self) -> None:
        def opened() -> Any:
            raise AssertionError

        assert total_size([Source("a", opened, size=2 << 30), Source("b", opened, size=1)]) == (2 << 30) + 1
        with pytest.raises(InputError, match="choose --engine"):
            total_size([Source("a", opened)])

    @pytest.mark.skipif("pyspark" in sys.modules, reason="pyspark is here")
    def test_spark_without_pyspark_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        pytest.importorskip("xgboost", reason="an environment without pyspark is needed")
        (tmp_path / "a.csv").write_text("a\n1\n")
        arguments = ["--data", str(tmp_path / "a.csv"), "--engine", "spark", "--output", str(tmp_path)]
        assert main(["profile", *arguments]) == 2
        assert "--engine spark needs pyspark" in capsys.readouterr().err
