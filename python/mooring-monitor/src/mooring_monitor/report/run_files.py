"""The JSON files of a run (and of its baseline and of earlier runs), as far as they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json
from mooring_monitor.report.history import FILE as HISTORY_FILE
from mooring_monitor.report.history import LENGTH, History, Point, read_history_file

Document = Mapping[str, Any]

#: Sections of statistics.json (or evaluation.json) that make it one of model quality.
QUALITY_SECTIONS = ("binary_classification_metrics", "multiclass_classification_metrics", "regression_metrics")
#: Names that files of one kind have in run folders and beside the live manifest, first found wins.
DRIFT_REPORTS = ("drift_report.json", "report.json")
QUALITY_FILES = ("statistics.json", "evaluation.json", "quality-statistics.json")
ANALYSIS_FILES = ("analysis.json", "explanations.json")


@dataclass(frozen=True)
class RunFiles:
    """What a folder holds; every document is absent (None or empty) when its file is."""

    drift: Document | None = None
    quality: Document | None = None
    slices: Document | None = None
    bias: Document | None = None
    explanations: Document | None = None
    attribution_drift: Document | None = None
    reasons: Document | None = None
    outcome: Document | None = None
    violations: tuple[Document, ...] = ()
    history: History = field(default_factory=History)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to report."""
        parts = (self.drift, self.quality, self.bias, self.explanations, self.outcome)
        return all(each is None for each in parts)


def read_run(folder: Path) -> RunFiles:
    """The files of a run.

    Raises InputError when the folder does not exist or a file in it is no JSON.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder '{folder}' with the files of a run")
    analyses = [_read(folder / name) for name in ANALYSIS_FILES]
    violations = _read(folder / "constraint_violations.json") or {}
    return RunFiles(
        drift=_first(folder, DRIFT_REPORTS, ("features", "verdict")),
        quality=_quality(folder),
        slices=_read(folder / "slices.json"),
        bias=next((each for each in analyses if each and any(key.endswith("_bias_metrics") for key in each)), None),
        explanations=next((each for each in analyses if each and "explanations" in each), None),
        attribution_drift=_read(folder / "attribution_drift.json"),
        reasons=_read(folder / "reasons.json"),
        outcome=_read(folder / "metrics.json"),
        violations=tuple(violations.get("violations", [])),
        history=read_history_file(folder / HISTORY_FILE),
    )


def read_history(folder: Path | None) -> list[Point]:
    """Metrics of earlier runs, oldest first: sub-folders named by time, each with a metrics.json; the last sixty."""
    if folder is None or not folder.is_dir():
        return []
    points: list[Point] = []
    for each in sorted(path for path in folder.iterdir() if path.is_dir())[-LENGTH:]:
        document = _read(each / "metrics.json")
        if document is None:
            continue
        # Values with dimensions of their own (one per facet) have no single line to be on.
        plain = [entry for entry in document.get("metrics", []) if set(entry) <= {"name", "value", "unit"}]
        values = {str(entry["name"]): float(entry["value"]) for entry in plain if _is_number(entry.get("value"))}
        points.append(Point(each.name, values))
    return points


def quality_section(document: Document | None) -> tuple[str, Mapping[str, Any]]:
    """Name and content of the section of quality metrics; empty when there is none."""
    for name in QUALITY_SECTIONS:
        if document is not None and isinstance(document.get(name), dict):
            return name, document[name]
    return "", {}


def _quality(folder: Path) -> Document | None:
    for name in QUALITY_FILES:
        document = _read(folder / name)
        if quality_section(document)[0]:
            return document
    return None


def _first(folder: Path, names: tuple[str, ...], keys: tuple[str, ...]) -> Document | None:
    for name in names:
        document = _read(folder / name)
        if document is not None and all(key in document for key in keys):
            return document
    return None


def _read(path: Path) -> Document | None:
    if not path.is_file():
        return None
    document = read_json(path, "file of the run")
    if not isinstance(document, dict):
        raise InputError(f"'{path}' holds no JSON object")
    return document


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
