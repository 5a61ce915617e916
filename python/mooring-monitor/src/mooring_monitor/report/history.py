"""What earlier runs of a schedule found, carried from run to run in a file of bounded length.

A run reads the file of the run before it, adds itself and files the result with its findings, so that a report can show
quality over time after two requests, however old the schedule is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mooring_use_case.use_case import UseCase

from mooring_monitor import metrics
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.readers.live_baseline import MANIFEST
from mooring_monitor.readers.source import list_folders, read_object, s3_client
from mooring_monitor.readers.window import Window
from mooring_monitor.records import Kind, WatchOutcome, iso

FILE: Final = "history.json"
#: Runs that are kept, the newest last.
LENGTH: Final = 60
#: Folders of earlier runs that are searched for a history: a run that failed left none.
_TRIES: Final = 3


@dataclass(frozen=True)
class Point:
    """Metrics of one run."""

    when: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    #: Version of the model that was live then; None when not known.
    version: int | None = None


@dataclass(frozen=True)
class History:
    """Runs from the oldest to the newest, and the bounds that hold for their metrics now."""

    points: Sequence[Point] = ()
    bounds: Mapping[str, Sequence[float]] = field(default_factory=dict)


def earlier_runs(location: str, window: Window, s3: Any = None) -> list[Point]:
    """Runs before this window, from the newest run folder below `location` (a folder or s3://) that has a history.

    Looks back over sixty windows. A file that cannot be read is as good as none: a report does without the past.
    """
    end = iso(window.end) or ""
    since = iso(window.end - LENGTH * (window.end - window.start)) or ""
    remote = location.startswith("s3://")
    store = (s3 or s3_client()) if remote else None
    names = list_folders(store, location, since) if remote else _folders(Path(location), since)
    for name in sorted((each for each in names if each < end), reverse=True)[:_TRIES]:
        found = _parsed(read_object(store, f"{location}/{name}/{FILE}") if remote else Path(location, name, FILE))
        if found is not None:
            return list(found.points)
    return []


def write_history(
    output: Path,
    earlier: Sequence[Point],
    outcome: WatchOutcome,
    kind: Kind,
    use_case: UseCase,
    window: Window,
    baseline: Path | None,
) -> None:
    """Add this run to the earlier ones and file them with its findings."""
    kept = _kept(kind, use_case)
    values = {
        each.name: each.value for each in outcome.metrics if not each.dimensions and (not kept or each.name in kept)
    }
    points = [*earlier, Point(iso(window.end) or "", values, _version(baseline))][-LENGTH:]
    document = {
        "schema_version": "1.0",
        "kind": kind,
        "bounds": _bounds(kind, use_case),
        "runs": [{"when": each.when, "version": each.version, "metrics": dict(each.metrics)} for each in points],
    }
    write_json(output / FILE, document)


def read_history_file(path: Path) -> History:
    """The history beside the findings of a run; empty when there is none."""
    return _parsed(path) or History()


def _parsed(source: Path | bytes | None) -> History | None:
    if source is None or (isinstance(source, Path) and not source.is_file()):
        return None
    try:
        document = read_json(source, "history")
        points = [
            Point(
                str(each["when"]),
                {name: _number(value) for name, value in each["metrics"].items()},
                each.get("version"),
            )
            for each in document["runs"]
        ]
        return History(points, document.get("bounds", {}))
    except (InputError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _folders(folder: Path, since: str) -> list[str]:
    return [each.name for each in folder.iterdir() if each.is_dir() and each.name > since] if folder.is_dir() else []


def _version(baseline: Path | None) -> int | None:
    if baseline is None or not (baseline / MANIFEST).is_file():
        return None
    version = read_json(baseline / MANIFEST, "live manifest").get("version")
    return version if isinstance(version, int) else None


def _kept(kind: Kind, use_case: UseCase) -> frozenset[str]:
    """Names of the metrics worth a line over time; empty for all of them. Wide data sets have thousands."""
    if kind == "explanations":
        return frozenset((metrics.NDCG, metrics.ROWS))
    if kind != "data":
        return frozenset()
    names = (*(each.name for each in use_case.monitored), "prediction", "score")
    return frozenset((metrics.ROWS, *(metrics.drift(each) for each in names)))


def _bounds(kind: Kind, use_case: UseCase) -> dict[str, list[float]]:
    """Thresholds of the use case's alarms, by metric."""
    if kind == "data":
        found = {metrics.drift(each.name): each.threshold for each in use_case.monitored}
        return {name: [float(value)] for name, value in found.items() if value is not None}
    setting = use_case.monitoring.get(kind)
    if not setting:
        return {}
    if kind == "quality":
        return {str(setting["metric"]): [float(setting["bound"])]}
    if kind == "bias":
        ideal = 1.0 if setting["metric"] == "DI" else 0.0
        name = metrics.bias(str(setting["metric"]))
        return {name: [ideal - float(setting["max"]), ideal + float(setting["max"])]}
    return {metrics.NDCG: [float(setting.get("min_ndcg", 0.9))]}
