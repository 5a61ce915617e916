"""Profiles on Apache Spark: every partition makes the state one process would make of its rows, the driver merges them.

There is one code for counting and one for merging; Spark only brings rows to it. What is exact in one process (counts,
sums, extremes, categories) is exact here, sketches agree within their error. Needs pyspark 3.3 or newer: SageMaker's
Spark processing image and EMR Serverless hold it, the scikit-learn image does not.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import mooring_use_case
import mooring_values
import pyarrow as pa

import mooring_monitor
from mooring_monitor.errors import InputError
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.readers.batch import Batch, Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.csv_file import Header
from mooring_monitor.readers.source import sources
from mooring_monitor.scale.cluster import job_hosts, led_cluster

#: Column in which Spark leaves lines whose number of values is wrong.
_CORRUPT: Final = "_mooring_corrupt"
_STATE: Final = "state string"


@contextmanager
def spark_session() -> Iterator[Any]:
    """The running Spark session, or a new one: on the instances of the job, else with the cluster's own settings.

    Raises InputError when there is no pyspark.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(
            "--engine spark needs pyspark; run the job in a Spark image, or use --engine process"
        ) from None
    # Workers take `python3` from the path otherwise, which need not be the one that has our libraries.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("mooring-monitor")
    hosts = job_hosts()
    if hosts is None:
        yield builder.getOrCreate()
        return
    if not hosts.leads:
        raise InputError(f"only the first instance, {hosts.first}, drives Spark; of the commands, profile knows how")
    with led_cluster(hosts) as master:
        session = builder.master(master).config("spark.driver.host", hosts.current).getOrCreate()
        try:
            yield session
        finally:
            session.stop()


def profile_with_spark(
    spark: Any,
    paths: Sequence[str],
    data_format: str,
    empty: DatasetProfile,
    names: Sequence[str],
    skips: Skips,
    header: Header = "auto",
) -> DatasetProfile:
    """The profile of all rows; `empty` is a profile without rows that knows the column types.

    CSV files need a header here (`header` must not be `no`); captures are spread file by file, other formats as Spark
    splits them.
    """
    _ship(spark)
    start = empty.state()
    if data_format in ("capture", "merged"):
        states = _capture_states(spark, paths, data_format, start, names)
    else:
        states = _table_states(spark, _table(spark, paths, data_format, header), start)
    profile = DatasetProfile.from_state(start)
    for state in states:
        profile.merge(DatasetProfile.from_state(state["profile"]))
        for reason, count in state["skipped"].items():
            skips.add(reason, state["examples"].get(reason, ""), count)
        for note, count in state["notes"].items():
            skips.notes[note] = skips.notes.get(note, 0) + count
    return profile


def _table(spark: Any, paths: Sequence[str], data_format: str, header: Header) -> Any:
    if data_format == "parquet":
        return spark.read.parquet(*paths)
    if header == "no":
        raise InputError("--engine spark reads CSV files with a header only; write Parquet, or use --engine process")
    plain = spark.read.option("header", True).option("multiLine", False)
    columns = plain.csv(list(paths)).schema
    return (
        plain.schema(columns.add(_CORRUPT, "string"))
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", _CORRUPT)
        .csv(list(paths))
    )


def _table_states(spark: Any, frame: Any, start: dict[str, Any]) -> list[dict[str, Any]]:
    def profiled(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        profile, skips = DatasetProfile.from_state(start), Skips()
        for batch in batches:
            table = pa.Table.from_batches([batch])
            if _CORRUPT in table.column_names:
                bad = table.column(_CORRUPT)
                if bad.null_count < len(bad):
                    skips.add("wrong number of values", "", len(bad) - bad.null_count)
                    table = table.filter(bad.is_null())
                table = table.drop_columns([_CORRUPT])
            profile.add(Batch(table.num_rows, dict(zip(table.column_names, table.columns, strict=True))))
        yield pa.RecordBatch.from_pydict({"state": [_packed(profile, skips)]})

    return [json.loads(each.state) for each in frame.mapInArrow(profiled, _STATE).collect()]


def _capture_states(
    spark: Any, paths: Sequence[str], data_format: str, start: dict[str, Any], names: Sequence[str]
) -> list[dict[str, Any]]:
    files = [each.name for each in sources(paths, data_format)]

    def profiled(part: Iterator[str]) -> Iterator[str]:
        profile, skips, seen = DatasetProfile.from_state(start), Skips(), set[str]()
        for path in part:
            for source in sources([path], data_format):
                for rows in read_capture(source, names, skips, seen):
                    profile.add(rows.batch())
        yield _packed(profile, skips)

    spread = spark.sparkContext.parallelize(files, max(1, min(len(files), 1_000)))
    return [json.loads(each) for each in spread.mapPartitions(profiled).collect()]


def _packed(profile: DatasetProfile, skips: Skips) -> str:
    state = {"profile": profile.state(), "skipped": skips.counts, "examples": skips.examples, "notes": skips.notes}
    return json.dumps(state)


def _ship(spark: Any) -> None:
    """Send the code to the executors: the code bundle it runs from, or a zip made of the packages' folders."""
    root = Path(__file__).parents[2]
    if root.is_file():
        spark.sparkContext.addPyFile(str(root))
        return
    from tempfile import mkdtemp

    bundle = Path(mkdtemp()) / "mooring_monitor.zip"
    packages = [Path(str(each.__file__)).parent for each in (mooring_monitor, mooring_use_case, mooring_values)]
    with zipfile.ZipFile(bundle, "w") as archive:
        for package in packages:
            for path in sorted(package.rglob("*.py")):
                archive.write(path, path.relative_to(package.parent))
    spark.sparkContext.addPyFile(str(bundle))
