"""How fast the monitor is and how much memory it takes, side by side with Deequ on Spark and with Evidently.

    .venvs/bench/bin/python bench/monitor_speed.py [--rows 1000000] [--large 10000000] [--format csv]
        [--tools mooring,evidently,deequ] [--folder DIR] [--output FILE]

Every measurement is a process of its own: wall-clock time from the first row read to the result, the CPU time of the
whole process tree (start included) beside it, and its peak resident memory. The data has 20 mixed columns (12 numbers,
8 categories). The monitor profiles it and compares it with a baseline (statistics, sketches, type, completeness and
domain checks, drift); Evidently runs its data-drift preset against a reference of the same size; Deequ profiles all
columns with KLL sketches on Spark local[2]. Time to start Python or Spark is not counted, for nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PART: Final = 250_000
DEEQU: Final = "com.amazon.deequ:deequ:2.0.7-spark-3.5"


def write_rows(path: Path, rows: int, seed: int) -> None:
    """Rows of 20 mixed columns, in parts, so that any number of them fits."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    random = np.random.default_rng(seed)
    writer: Any = None
    for start in range(0, rows, PART):
        count = min(PART, rows - start)
        columns: dict[str, Any] = {f"float_{each}": np.round(random.normal(50, 10, count), 4) for each in range(4)}
        columns |= {f"skewed_{each}": np.round(random.lognormal(3, 1, count), 2) for each in range(3)}
        columns |= {f"whole_{each}": random.integers(0, 10 ** (each + 1), count) for each in range(4)}
        columns["sparse"] = np.where(random.random(count) < 0.1, np.nan, np.round(random.random(count), 3))
        for each, values in enumerate((2, 2, 3, 5, 8, 12, 40, 100)):
            columns[f"category_{each}"] = random.choice([f"value {index}" for index in range(values)], count)
        table = pa.Table.from_pandas(pd.DataFrame(columns), preserve_index=False)
        if writer is None:
            parquet = path.suffix == ".parquet"
            writer = pa.parquet.ParquetWriter(path, table.schema) if parquet else pa.csv.CSVWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def run_mooring(data: Path, reference: Path, work: Path) -> float:
    """Profile and compare; the baseline was made before."""
    sys.path[:0] = [str(each) for each in (ROOT / "python").glob("*/src")]
    from mooring_monitor.cli import main
    from mooring_monitor.commands import compare  # noqa: F401 (imported before the clock starts)

    kind = data.suffix.lstrip(".")
    base = work / f"baseline-{kind}"
    if not (base / "statistics.json").exists():
        main(["profile", "--data", str(reference), "--format", kind, "--output", str(base)])
        return -1.0
    started = time.perf_counter()
    arguments = ["--baseline", str(base), "--data", str(data), "--format", kind]
    assert main(["compare", *arguments, "--output", str(work / "found")]) == 0
    return time.perf_counter() - started


def run_evidently(data: Path, reference: Path, work: Path) -> float:
    """The data-drift preset; reading both files counts, as reading one counts for the others."""
    import pandas as pd
    from evidently import Dataset, Report
    from evidently.presets import DataDriftPreset

    read = pd.read_parquet if data.suffix == ".parquet" else pd.read_csv
    started = time.perf_counter()
    before, now = (Dataset.from_pandas(read(each)) for each in (reference, data))
    Report([DataDriftPreset()]).run(now, before).dict()
    return time.perf_counter() - started


def run_deequ(data: Path, reference: Path, work: Path) -> float:
    """Profiles of all columns with KLL sketches on Spark local[2]."""
    os.environ["SPARK_VERSION"] = "3.5"
    from pydeequ.profiles import ColumnProfilerRunner
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", DEEQU)
        .config("spark.jars.excludes", "net.sourceforge.f2j:arpack_combined_all")
        .config("spark.driver.memory", "4g")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    spark.range(1_000).count()
    started = time.perf_counter()
    reader = spark.read
    frame = (
        reader.parquet(str(data)) if data.suffix == ".parquet" else reader.csv(str(data), header=True, inferSchema=True)
    )
    ColumnProfilerRunner(spark).onData(frame).withKLLProfiling().run()
    seconds = time.perf_counter() - started
    spark.sparkContext._gateway.shutdown()
    return seconds


RUNNERS: Final = {"mooring": run_mooring, "evidently": run_evidently, "deequ": run_deequ}


def measured(tool: str, data: Path, reference: Path, work: Path) -> dict[str, Any]:
    """Seconds and peak memory of one run in a process of its own."""
    command = [sys.executable, __file__, "--run", tool, str(data), str(reference), str(work)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak, cpu, done = [0], [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            memory, seconds = tree_usage(process.pid)
            peak[0], cpu[0] = max(peak[0], memory), max(cpu[0], seconds)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = process.communicate()
    done.set()
    watcher.join()
    if process.returncode != 0:
        return {"tool": tool, "error": err.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]}
    seconds = round(float(out.strip().splitlines()[-1]), 2)
    return {"tool": tool, "seconds": seconds, "cpu_seconds": round(cpu[0], 2), "peak_mb": peak[0] >> 20}


def tree_usage(pid: int) -> tuple[int, float]:
    """Resident bytes and CPU seconds of a process and its children."""
    total, ticks, pending = 0, 0, [pid]
    while pending:
        each = pending.pop()
        try:
            total += int(Path(f"/proc/{each}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
            for thread in Path(f"/proc/{each}/task").iterdir():
                pending.extend(int(child) for child in (thread / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total, ticks / os.sysconf("SC_CLK_TCK")


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000, help="rows of the memory measurement; 0 leaves it out")
    parser.add_argument("--format", default="csv", choices=("csv", "parquet"))
    parser.add_argument("--tools", default="mooring,evidently,deequ")
    parser.add_argument("--folder", type=Path, help="where the data is made (default: a temporary folder)")
    parser.add_argument("--output", type=Path)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        work = args.folder or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        files = {name: work / f"{name}.{args.format}" for name in ("reference", "window", "large")}
        for name, rows, seed in (("reference", args.rows, 1), ("window", args.rows, 2), ("large", args.large, 3)):
            if rows and not files[name].exists():
                write_rows(files[name], rows, seed)
        measured("mooring", files["window"], files["reference"], work)
        results = []
        for tool in args.tools.split(","):
            results.append({"rows": args.rows, **measured(tool, files["window"], files["reference"], work)})
            print(json.dumps(results[-1]), flush=True)
        if args.large:
            results.append({"rows": args.large, **measured("mooring", files["large"], files["reference"], work)})
            print(json.dumps(results[-1]), flush=True)
    if args.output:
        args.output.write_text(json.dumps(results, indent=2) + "\n")
    return int(any("error" in each for each in results))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        print(RUNNERS[sys.argv[2]](*(Path(each) for each in sys.argv[3:6])))
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
