"""What a comparison found, its verdict, and the verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mooring_monitor.drift.judge import DriftResult
from mooring_monitor.profile.statistics import Statistics
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.window import BEFORE_LIVE
from mooring_monitor.records import Occasion, Verdict, Violation, worst

#: What a violation means for the data set: an unknown category or column is worth a look, the others are a breach.
_VIOLATION_VERDICTS: Final[Mapping[str, Verdict]] = {
    "missing_column_check": "breach",
    "data_type_check": "breach",
    "completeness_check": "breach",
    "baseline_drift_check": "breach",
    "categorical_values_check": "warn",
    "extra_column_check": "warn",
}


@dataclass(frozen=True)
class Findings:
    """All that a comparison found."""

    occasion: Occasion
    baseline: Statistics
    current: Statistics
    features: Sequence[DriftResult]
    violations: Sequence[Violation]
    skips: Skips
    #: Share of the rows that lack a feature beyond what the baseline lets expect, by name; 0 when chance explains it.
    missing: Mapping[str, float] = field(default_factory=dict)
    #: Drift of the model's answers, when the baseline knows what they were.
    predictions: Sequence[DriftResult] = ()
    prediction_statistics: tuple[Statistics, Statistics] | None = field(default=None, repr=False)

    @property
    def verdict(self) -> Verdict:
        """The worst of all; `skipped` for a window without rows."""
        if self.current.rows == 0:
            return "skipped"
        verdicts = [each.verdict for each in (*self.features, *self.predictions)]
        verdicts.extend(_VIOLATION_VERDICTS.get(each.constraint_check_type, "warn") for each in self.violations)
        # With more rows unreadable than read, whatever the rest looks like is no judgement on the traffic.
        if self.skips.total > self.current.rows:
            verdicts.append("error")
        return worst(verdicts)

    @property
    def drifted(self) -> list[DriftResult]:
        """Features and predictions whose distribution is in breach."""
        results = (*self.features, *self.predictions)
        return [each for each in results if each.verdict == "breach" and each.value is not None]

    @property
    def emptied(self) -> list[DriftResult]:
        """Features that are in breach because they are too empty to be judged."""
        return [each for each in self.features if each.verdict == "breach" and each.value is None]


def summary(findings: Findings) -> str:
    """The verdict in a sentence."""
    rows = findings.current.rows
    if rows == 0:
        lost = f" ({counted(findings.skips.total, 'record')} could not be read)" if findings.skips.total else ""
        early = findings.skips.notes.get(BEFORE_LIVE, 0)
        return f"No rows to judge{lost}{f'; {early:,} rows {BEFORE_LIVE}' if early else ''}."
    results = [*findings.features, *findings.predictions]
    judged = [each for each in findings.features if each.value is not None]
    parts = []
    if findings.drifted:
        parts.append(f"{len(findings.drifted)} drifted: {_measured(findings.drifted)}")
    elif judged:
        parts.append(f"none of {counted(len(judged), 'judged feature')} drifted")
    else:
        reasons = sorted({each.reason or "" for each in findings.features})
        parts.append(f"no feature could be judged: {reasons[0]}" if reasons else "no feature to judge")
    if findings.emptied:
        parts.append(f"too empty to judge: {_listed([f'{each.name} ({each.reason})' for each in findings.emptied])}")
    watched = [each for each in results if each.verdict == "warn"]
    if watched:
        parts.append(f"worth a look: {_measured(watched)}")
    failed = [each for each in results if each.verdict == "error"]
    if failed:
        parts.append(f"could not be judged: {_listed([each.name for each in failed])}")
    parts.extend(_broken(findings.violations))
    if findings.skips.total:
        parts.append(f"{counted(findings.skips.total, 'record')} could not be read")
    if findings.skips.notes.get(BEFORE_LIVE):
        parts.append(f"{findings.skips.notes[BEFORE_LIVE]:,} rows {BEFORE_LIVE}")
    return f"{counted(rows, 'row')}: {'; '.join(parts)}."


def counted(number: int, what: str) -> str:
    """A number with its noun: 1 row, 2,000 rows."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _broken(violations: Sequence[Violation]) -> list[str]:
    """Checks that failed and where; the verdicts name drift already."""
    found: dict[str, list[str]] = {}
    for each in violations:
        if each.constraint_check_type != "baseline_drift_check":
            found.setdefault(each.constraint_check_type, []).append(each.feature_name)
    return [f"{check} of {_listed(names)}" for check, names in sorted(found.items())]


def _measured(results: Sequence[DriftResult]) -> str:
    return _listed([f"{each.name} ({each.detector} {_short(each.value)})" for each in results])


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _short(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3g}"
