"""`join`: captured rows and their labels become a version of training data."""

from __future__ import annotations

import argparse
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from mooring_use_case.bundle import find_use_case

from mooring_monitor import metrics
from mooring_monitor.cli import EXIT_FINE
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json
from mooring_monitor.labels.join import JoinCounts, Joining, join
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.window import Window
from mooring_monitor.records import Metric, iso
from mooring_monitor.watch.publish import publish

NAME = "join"

#: Layout of a version: the rows alone in a folder, so that a job can mount it, and what is known about them beside it.
ROWS: Final = "rows/labelled.csv"
MANIFEST: Final = "manifest.json"
_UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--use-case", help="use-case.json; default: the one in the code bundle")
    parser.add_argument("--capture", required=True, help="folder or s3:// prefix, above <endpoint>/<variant>")
    parser.add_argument("--ground-truth", required=True, help="folder or s3:// prefix of labels by inference id")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--variant", default="AllTraffic")
    parser.add_argument("--schedule", required=True, help="name of the schedule, a dimension of the metrics")
    parser.add_argument("--window", default="30d", help="how far back captured rows are joined")
    parser.add_argument("--window-end", required=True, help="ISO-8601 time at which the window ends")
    parser.add_argument("--expected-within", default="1d", help="age at which a row should have its label")
    parser.add_argument("--output", required=True, type=Path, help="folder for rows/labelled.csv and manifest.json")
    parser.add_argument("--no-publish", action="store_true", help="publish no metrics")


def run(args: argparse.Namespace) -> int:
    """Join, write the version, publish coverage and lag."""
    use_case = find_use_case(args.use_case)
    window = Window.ending(args.window_end, args.window)
    capture = f"{args.capture.rstrip('/')}/{args.endpoint}/{args.variant}"
    joining = Joining(use_case, window, capture, args.ground_truth.rstrip("/"), _duration(args.expected_within))
    skips = Skips()
    with tempfile.TemporaryDirectory() as folder:
        counts, digest = join(joining, Path(folder), args.output / ROWS, skips)
    write_json(args.output / MANIFEST, _manifest(joining, counts, digest, skips))
    if not args.no_publish:
        publish(_metrics(counts), "quality", args.endpoint, args.schedule)
    print(_sentence(counts))
    return EXIT_FINE


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"([0-9]+)([mhd])", text)
    if match is None:
        raise InputError(f"'{text}' is not a duration; write a number and a unit: 15m, 1h, 2d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _manifest(joining: Joining, counts: JoinCounts, digest: str, skips: Skips) -> dict[str, Any]:
    return {
        "use_case": joining.use_case.name,
        "window": {"start": iso(joining.window.start), "end": iso(joining.window.end)},
        "rows": dict(counts.rows),
        "labels": dict(counts.labels),
        "arrivals": dict(sorted(counts.arrivals.items())),
        "coverage": counts.coverage,
        "lag_seconds": counts.lag_quantiles(),
        "skipped": dict(skips.counts),
        "sha256": digest,
    }


def _metrics(counts: JoinCounts) -> list[Metric]:
    lag = counts.lag_quantiles()
    found = [
        Metric(metrics.RUNS, 1.0, "Count"),
        Metric(metrics.LABELLED_ROWS, float(counts.rows["labelled"]), "Count"),
        Metric(metrics.LABEL_CONFLICTS, float(counts.labels["conflicting"]), "Count"),
    ]
    if counts.coverage is not None:
        found.append(Metric(metrics.LABEL_COVERAGE, counts.coverage))
    if lag:
        found.append(Metric(metrics.LABEL_LAG, lag["p95"], "Seconds"))
    return found


def _sentence(counts: JoinCounts) -> str:
    rows, labels = counts.rows, counts.labels
    unused = ", ".join(f"{value:,} {name}" for name, value in labels.items() if value and name not in ("read", "used"))
    return (
        f"{rows['labelled']:,} of {rows['captured']:,} captured rows have a label; "
        f"{labels['read']:,} labels read{': ' + unused if unused else ''}"
    )
