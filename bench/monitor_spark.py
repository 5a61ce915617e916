"""Spark local[2] and one process on the same rows: time of both, and every difference between their reports.

.venvs/bench/bin/python bench/monitor_spark.py [--rows 2000000] [--format parquet]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.extend(str(each) for each in (Path(__file__).parents[1] / "python").glob("*/src"))
sys.path.insert(0, str(Path(__file__).parent))

from monitor_speed import write_rows
from mooring_monitor.cli import main as monitor

#: Two sketches of the same rows, cut differently, are each within 0.2 % of the true ranks.
SKETCH_TOLERANCE = 0.004


def main(argv: Sequence[str]) -> int:
    """Measure, compare and print; 1 when the reports differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--format", default="parquet", choices=("csv", "parquet"))
    args = parser.parse_args(argv)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    local = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.driver.memory": "2g"}
    for name, value in local.items():
        builder = builder.config(name, value)
    spark = builder.config("spark.sql.files.maxPartitionBytes", "16m").getOrCreate()
    spark.range(1_000).count()
    with tempfile.TemporaryDirectory() as folder:
        reports = _reports(Path(folder), args.rows, args.format)
    spark.stop()
    differences = list(_differences(reports["process"], reports["spark"]))
    print(json.dumps({"rows": args.rows, "differences": differences}))
    return int(bool(differences))


def _reports(work: Path, rows: int, kind: str) -> dict[str, Any]:
    window, reference = work / f"window.{kind}", work / f"reference.{kind}"
    write_rows(reference, 200_000, 1)
    write_rows(window, rows, 2)
    monitor(["profile", "--data", str(reference), "--format", kind, "--output", str(work / "base")])
    reports: dict[str, Any] = {}
    for engine in ("process", "spark"):
        started = time.perf_counter()
        data = ["--data", str(window), "--format", kind, "--engine", engine]
        assert monitor(["compare", "--baseline", str(work / "base"), *data, "--output", str(work / engine)]) == 0
        print(
            json.dumps({"engine": engine, "rows": rows, "seconds": round(time.perf_counter() - started, 1)}), flush=True
        )
        reports[engine] = json.loads((work / engine / "drift_report.json").read_text())
    return reports


def _differences(one: dict[str, Any], many: dict[str, Any]) -> list[str]:
    found = [name for name in ("verdict", "dataset", "violations") if one[name] != many[name]]
    for first, second in zip(one["features"], many["features"], strict=True):
        exact = ("name", "feature_type", "detector", "threshold", "verdict", "reason")
        found.extend(f"{first['name']}.{key}" for key in exact if first[key] != second[key])
        tolerance = SKETCH_TOLERANCE if first["feature_type"] == "numeric" else 0.0
        if abs(first["value"] - second["value"]) > tolerance:
            found.append(f"{first['name']}.value: {first['value']} and {second['value']}")
        for key, value in first["current"].items():
            other = second["current"][key]
            close = isinstance(value, float) and abs(value - other) <= 1e-9 * max(1.0, abs(value))
            if value != other and not close:
                found.append(f"{first['name']}.current.{key}: {value} and {other}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
