"""How often the monitor is wrong, and how much it sees: false alarms and detections, side by side with Evidently.

    .venvs/bench/bin/python bench/monitor_soundness.py [--windows 1000] [--evidently-windows 60] [--output FILE]

Windows are drawn from the very distribution of the reference (20,000 rows, 20 columns: 12 numbers of several shapes, 8
categories of 2 to 12 values): whatever is flagged in them is a false alarm. Then the mean of one normal column is moved
by a part of its standard deviation: what is flagged in that column is a detection. Both tools see the same windows.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

sys.path.extend(str(each) for each in (Path(__file__).parents[1] / "python").glob("*/src"))

from mooring_monitor.drift.comparison import Baseline, compare
from mooring_monitor.drift.detectors import DETECTORS
from mooring_monitor.drift.judge import plans
from mooring_monitor.profile.constraints import Constraints, constraints_document, parse_constraints
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import statistics_of
from mooring_monitor.readers.batch import Batch, Skips
from mooring_monitor.records import Occasion

REFERENCE_ROWS: Final = 20_000
SIZES: Final = (200, 1_000, 10_000)
SHIFTS: Final = (0.1, 0.25, 0.5)
SHIFTED: Final = "normal_0"
#: Seeds of windows start here; the reference has seed 0.
FIRST_SEED: Final = 1_000


def rows_of(count: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    """Rows of the one distribution; `shift` moves the mean of one column by so many standard deviations."""
    random = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"normal_{index}": random.normal(0, 1, count) for index in range(4)}
    columns |= {f"lognormal_{index}": random.lognormal(0, 1, count) for index in range(3)}
    columns |= {f"count_{index}": random.poisson(2 + 3 * index, count).astype(float) for index in range(3)}
    columns |= {
        "uniform": random.random(count),
        "mostly_zero": random.exponential(1, count) * (random.random(count) < 0.2),
    }
    for index, values in enumerate((2, 2, 3, 4, 5, 6, 8, 12)):
        weights = 1.0 / np.arange(1, values + 1)
        columns[f"category_{index}"] = random.choice(
            [f"v{each}" for each in range(values)], count, p=weights / weights.sum()
        )
    columns[SHIFTED] = columns[SHIFTED] + shift
    return pd.DataFrame(columns)


def profile_of(frame: pd.DataFrame) -> DatasetProfile:
    """The monitor's profile of rows in memory."""
    declared = {name: "category" if name.startswith("category") else "number" for name in frame.columns}
    profile = DatasetProfile(declared)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    profile.add(Batch(len(frame), dict(zip(table.column_names, table.columns, strict=True))))
    return profile


#: Verdict per column of a window; a second argument asks for one column only.
Tool = Callable[..., dict[str, str]]


def ours(reference: pd.DataFrame, detector: str | None = None) -> Tool:
    """The monitor with its defaults, or with another detector for numbers."""
    profile = profile_of(reference)
    constraints: Constraints = parse_constraints(constraints_document(profile))
    statistics = statistics_of(profile)
    planned = plans(statistics, constraints, None)
    if detector is not None:
        other = DETECTORS[detector]
        planned = [
            replace(each, detector=other, threshold=None)
            if statistics.features[each.name].numbers is not None
            else each
            for each in planned
        ]
    baseline = Baseline(statistics, constraints, planned, None)

    def judged(frame: pd.DataFrame, column: str | None = None) -> dict[str, str]:
        findings = compare(baseline, profile_of(frame), Skips(), None, Occasion())
        return {each.name: each.verdict for each in findings.features}

    return judged


def evidently(reference: pd.DataFrame) -> Tool:
    """Evidently's data-drift preset with its defaults."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift
    from evidently.presets import DataDriftPreset

    numbers = [name for name in reference.columns if not name.startswith("category")]
    definition = DataDefinition(
        numerical_columns=numbers, categorical_columns=[name for name in reference.columns if name not in numbers]
    )
    known = Dataset.from_pandas(reference, data_definition=definition)

    def judged(frame: pd.DataFrame, column: str | None = None) -> dict[str, str]:
        report = Report([DataDriftPreset()] if column is None else [ValueDrift(column=column)])
        found = report.run(Dataset.from_pandas(frame, data_definition=definition), known).dict()
        return dict(filter(None, (_verdict(each) for each in found["metrics"])))

    return judged


def _verdict(metric: Mapping[str, Any]) -> tuple[str, str] | None:
    config = metric.get("config", {})
    if "ValueDrift" not in str(config.get("type", metric.get("metric_name", ""))):
        return None
    method, threshold, value = str(config["method"]), float(config["threshold"]), float(metric["value"])
    drifted = value < threshold if re.search("p_value", method) else value >= threshold
    return str(config["column"]), "breach" if drifted else "ok"


def measure(tool: Tool, windows: int, size: int) -> dict[str, Any]:
    """False alarms per window and detections per shift."""
    started = time.perf_counter()
    alarmed, warned = 0, 0
    for index in range(windows):
        verdicts = set(tool(rows_of(size, FIRST_SEED + index)).values())
        alarmed += "breach" in verdicts
        warned += bool(verdicts & {"breach", "warn"})
    detected: dict[str, Any] = {}
    trials = max(20, windows // 5)
    for shift in SHIFTS:
        seen = [tool(rows_of(size, FIRST_SEED + index, shift), SHIFTED)[SHIFTED] for index in range(trials)]
        detected[str(shift)] = {
            "breach": sum(each == "breach" for each in seen) / trials,
            "breach_or_warn": sum(each in ("breach", "warn") for each in seen) / trials,
        }
    return {
        "rows": size,
        "windows": windows,
        "trials_per_shift": trials,
        "false_alarm_rate": alarmed / windows,
        "false_alarm_upper_95": _upper(alarmed, windows),
        "warn_or_alarm_rate": warned / windows,
        "detection": detected,
        "seconds": round(time.perf_counter() - started, 1),
    }


def _upper(hits: int, trials: int) -> float:
    """Upper end of the one-sided 95 % Clopper-Pearson interval."""
    from scipy import special

    return 1.0 if hits == trials else float(special.betaincinv(hits + 1, trials - hits, 0.95))


def main(argv: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1_000)
    parser.add_argument("--evidently-windows", type=int, default=60, help="Evidently takes some seconds per window")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="rows of a window")
    parser.add_argument("--output", type=Path)
    args = parser.parse_args(argv)
    reference = rows_of(REFERENCE_ROWS, 0)
    makers: dict[str, tuple[Callable[[], Tool], int]] = {
        "mooring_monitor": (lambda: ours(reference), args.windows),
        "  wasserstein": (lambda: ours(reference, "wasserstein"), args.windows // 4),
        "  ks": (lambda: ours(reference, "ks"), args.windows // 4),
        "  psi": (lambda: ours(reference, "psi"), args.windows // 4),
        "evidently": (lambda: evidently(reference), args.evidently_windows),
    }
    results: dict[str, list[dict[str, Any]]] = {name.strip(): [] for name in makers}
    for name, (made, windows) in makers.items():
        if windows == 0:
            continue
        tool = made()
        for size in args.sizes:
            results[name.strip()].append(measure(tool, windows, size))
            print(_line(name, results[name.strip()][-1]), flush=True)
    if args.output:
        args.output.write_text(json.dumps(results, indent=2) + "\n")
    worst = max((each["false_alarm_rate"] for each in results["mooring_monitor"]), default=0.0)
    print(f"worst false-alarm rate of the monitor: {worst:.2%} (bound 1 %)")
    return int(worst >= 0.01)


def _line(name: str, result: Mapping[str, Any]) -> str:
    seen = ", ".join(
        f"{shift} sd {rates['breach']:.0%} ({rates['breach_or_warn']:.0%})"
        for shift, rates in result["detection"].items()
    )
    alarms = f"{result['false_alarm_rate']:.2%} (with warnings {result['warn_or_alarm_rate']:.2%})"
    return (
        f"{name:<16} {result['rows']:>6} rows, {result['windows']} windows: false alarms in {alarms}; "
        f"found (with warnings): {seen}; {result['seconds']} s"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
