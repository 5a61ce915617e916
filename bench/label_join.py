"""Time and memory of the join: captured rows with late labels, of which one in a hundred comes twice.

    label_join.py [--rows 1000000] [--labels 900000] [--output FILE]

Each size runs in a process of its own, so that its peak memory is its own. Flat means: four times the rows, the same
peak.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from mooring_monitor.labels.join import Joining, join
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.window import Window
from mooring_use_case.use_case import parse_use_case

END: Final = datetime(2026, 3, 1, tzinfo=timezone.utc)
DAYS: Final = 30
FEATURES: Final = 10
#: One label in so many is sent again, the next day.
DUPLICATE: Final = 100


def use_case() -> dict[str, Any]:
    """Ten numbers and a label."""
    columns = [{"name": f"x{index}", "type": "number"} for index in range(FEATURES)]
    dataset = {"columns": [*columns, {"name": "y", "type": "integer", "min": 0, "max": 1}], "label": "y", "positive": 1}
    return {"name": "bench", "task": "binary", "dataset": dataset}


def write(folder: Path, rows: int, labels: int) -> int:
    """Capture of thirty days, labels one to five days later; returns how many labels came twice."""
    numbers = random.Random(1)
    hours = DAYS * 24
    start = END - timedelta(days=DAYS)
    capture = [open_hour(folder / "capture", start + timedelta(hours=index)) for index in range(hours)]
    truth = [open_hour(folder / "truth", start + timedelta(hours=index)) for index in range(hours)]
    # Rows of the last five days have no labels yet: so many must be labelled among the others.
    ripe = (hours - 144) * rows // hours
    twice = 0
    for row in range(rows):
        hour = row * hours // rows
        data = ",".join(f"{numbers.random():.6f}" for _ in range(FEATURES))
        body = {"observedContentType": "text/csv", "mode": "INPUT", "data": data, "encoding": "CSV"}
        at = (start + timedelta(hours=hour, seconds=row % 3_600)).strftime("%Y-%m-%dT%H:%M:%SZ")
        meta = {"eventId": f"event-{row}", "inferenceId": f"id-{row}", "inferenceTime": at}
        answer = {"observedContentType": "text/csv", "mode": "OUTPUT", "data": "1,0.7", "encoding": "CSV"}
        record = {"captureData": {"endpointInput": body, "endpointOutput": answer}, "eventMetadata": meta}
        capture[hour].write(json.dumps({**record, "eventVersion": "0"}) + "\n")
        if row >= labels:
            continue
        later = min(hours - 1, hour + numbers.randrange(24, 120)) if row < ripe else hours - 1
        label = {
            "groundTruthData": {"data": str(row % 2), "encoding": "CSV"},
            "eventMetadata": {"eventId": f"id-{row}"},
        }
        line = json.dumps({**label, "eventVersion": "0"}) + "\n"
        truth[later].write(line)
        if row % DUPLICATE == 0:
            truth[min(hours - 1, later + 24)].write(line)
            twice += 1
    for file in (*capture, *truth):
        file.close()
    return twice


def open_hour(root: Path, hour: datetime) -> Any:
    """The file of an hour."""
    path = root / hour.strftime("%Y/%m/%d/%H/00-00-000.jsonl")
    path.parent.mkdir(parents=True)
    return path.open("w", encoding="utf-8")


def measure(folder: Path) -> dict[str, Any]:
    """Join what lies in a folder."""
    window = Window.ending(END.isoformat(), f"{DAYS}d")
    places = str(folder / "capture"), str(folder / "truth")
    joining = Joining(parse_use_case(use_case()), window, *places, timedelta(days=1))
    began, used = time.perf_counter(), time.process_time()
    counts, digest = join(joining, folder / "tmp", folder / "out.csv", Skips())
    return {
        "rows": dict(counts.rows),
        "labels": dict(counts.labels),
        "seconds": round(time.perf_counter() - began, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "sha256": digest,
    }


def main(argv: Sequence[str]) -> int:
    """Measure a quarter of the size and the whole; fail when the counts are wrong or the memory grows."""
    parser = argparse.ArgumentParser(prog="label_join.py", description=str(__doc__).splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--labels", type=int, default=900_000)
    parser.add_argument("--output", type=Path, help="JSON file for the results")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.measure is not None:
        print(json.dumps(measure(arguments.measure)))
        return 0
    results: list[dict[str, Any]] = []
    problems: list[str] = []
    for rows, labels in ((arguments.rows // 4, arguments.labels // 4), (arguments.rows, arguments.labels)):
        with tempfile.TemporaryDirectory() as folder:
            twice = write(Path(folder), rows, labels)
            command = [sys.executable, __file__, "--measure", folder]
            result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        expected = {"labelled": labels, "captured": rows, "used": labels, "duplicate": twice, "read": labels + twice}
        found = {**result["rows"], **result["labels"]}
        problems += [
            f"{name}: {found[name]} instead of {value}" for name, value in expected.items() if found[name] != value
        ]
        print(f"{rows:,} rows, {labels:,} labels: {result['seconds']} s, peak {result['peak_mib']} MiB")
        results.append(result)
    if results[1]["peak_mib"] > 1.5 * results[0]["peak_mib"]:
        problems.append("memory grows with the rows")
    if arguments.output is not None:
        arguments.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print("\n".join(problems) or "counts are right, memory is flat")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
