"""drift_report.json: what a comparison found, for programs (schema: contracts/records/drift-report.schema.json)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np

from mooring_monitor import __version__
from mooring_monitor.drift import DriftResult
from mooring_monitor.profile.statistics import FeatureStatistics, Statistics
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.window import BEFORE_LIVE
from mooring_monitor.records import Verdict, Violation, gravest

SCHEMA_VERSION: Final = "1.0"

#: Bars of a small plot.
_BARS: Final = 20

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
class Occasion:
    """Where and when a comparison was made; all empty for files at a terminal."""

    use_case: str | None = None
    endpoint: str | None = None
    variant: str | None = None
    schedule: str | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Findings:
    """All that a comparison found."""

    occasion: Occasion
    baseline: Statistics
    current: Statistics
    features: Sequence[DriftResult]
    violations: Sequence[Violation]
    skips: Skips
    #: Drift of the model's answers, when the baseline knows what they were.
    predictions: Sequence[DriftResult] = ()
    prediction_statistics: tuple[Statistics, Statistics] | None = field(default=None, repr=False)

    @property
    def verdict(self) -> Verdict:
        """The gravest of all; `skipped` for a window without rows."""
        if self.current.rows == 0:
            return "skipped"
        verdicts = [each.verdict for each in (*self.features, *self.predictions)]
        verdicts.extend(_VIOLATION_VERDICTS.get(each.constraint_check_type, "warn") for each in self.violations)
        # With more rows unreadable than read, whatever the rest looks like is no judgement on the traffic.
        if self.skips.total > self.current.rows:
            verdicts.append("error")
        return gravest(verdicts)

    @property
    def drifted(self) -> list[DriftResult]:
        """Features and predictions in breach."""
        return [each for each in (*self.features, *self.predictions) if each.verdict == "breach"]


def summary(findings: Findings) -> str:
    """The verdict in a sentence."""
    rows = findings.current.rows
    if rows == 0:
        lost = f" ({counted(findings.skips.total, 'record')} could not be read)" if findings.skips.total else ""
        early = findings.skips.notes.get(BEFORE_LIVE, 0)
        return f"No rows to judge{lost}{f'; {early:,} rows {BEFORE_LIVE}' if early else ''}."
    results = [*findings.features, *findings.predictions]
    judged = [each for each in findings.features if each.verdict not in ("skipped", "error")]
    parts = []
    if findings.drifted:
        parts.append(f"{len(findings.drifted)} drifted: {_measured(findings.drifted)}")
    elif judged:
        parts.append(f"none of {counted(len(judged), 'judged feature')} drifted")
    else:
        reasons = sorted({each.reason or "" for each in findings.features})
        parts.append(f"no feature could be judged: {reasons[0]}" if reasons else "no feature to judge")
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
    """Checks that failed and where; drift is told by the verdicts already."""
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


def report_document(findings: Findings) -> dict[str, Any]:
    """The document of drift_report.json."""
    occasion = findings.occasion
    counts: dict[str, int] = {}
    for each in findings.features:
        counts[each.verdict] = counts.get(each.verdict, 0) + 1
    judged = sum(count for verdict, count in counts.items() if verdict in ("ok", "warn", "breach"))
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "data",
        "generator": f"mooring_monitor {__version__}",
        "use_case": occasion.use_case,
        "endpoint": occasion.endpoint,
        "variant": occasion.variant,
        "schedule": occasion.schedule,
        "window": {"start": iso(occasion.start), "end": iso(occasion.end)} if occasion.end else None,
        "verdict": findings.verdict,
        "summary": summary(findings),
        "dataset": {
            "rows": findings.current.rows,
            "reference_rows": findings.baseline.rows,
            "skipped": dict(sorted(findings.skips.counts.items())),
            "skipped_examples": dict(sorted(findings.skips.examples.items())),
            "notes": dict(sorted(findings.skips.notes.items())),
            "drifted_share": counts.get("breach", 0) / judged if judged else 0.0,
            "verdicts": counts,
        },
        "features": [_feature(each, findings.baseline, findings.current) for each in findings.features],
        "predictions": [_feature(each, *findings.prediction_statistics) for each in findings.predictions]
        if findings.prediction_statistics
        else [],
        "violations": [each.as_json() for each in findings.violations],
    }


def _feature(result: DriftResult, baseline: Statistics, current: Statistics) -> dict[str, Any]:
    before, now = baseline.features.get(result.name), current.features.get(result.name)
    return {
        "name": result.name,
        "feature_type": result.feature_type,
        "detector": result.detector,
        "direction": result.direction,
        "threshold": result.threshold,
        "value": result.value,
        "published": result.published,
        "p_value": result.p_value,
        "q_value": result.q_value,
        "verdict": result.verdict,
        "reason": result.reason,
        "monitored": result.monitored,
        "reference": _side(before),
        "current": _side(now),
        "distribution": _distribution(before, now),
    }


def _side(feature: FeatureStatistics | None) -> dict[str, Any] | None:
    if feature is None:
        return None
    numbers = feature.numbers
    return {
        "inferred_type": feature.inferred_type,
        "rows": feature.rows,
        "present": feature.present,
        "completeness": feature.completeness,
        "mean": numbers.mean if numbers else None,
        "std_dev": numbers.std if numbers else None,
    }


def _distribution(before: FeatureStatistics | None, now: FeatureStatistics | None) -> dict[str, Any] | None:
    """Shares of both sides for a small plot: equal bars over the reference's middle 98 %, or the largest categories."""
    if before is not None and before.numbers is not None:
        low, high = before.numbers.quantiles(np.array([0.01, 0.99]))
        edges = np.linspace(low, high, _BARS + 1)[1:-1] if high > low else np.array([low])
        reference = np.diff(np.concatenate([[0.0], before.numbers.cdf(edges), [1.0]]))
        current = None
        if now is not None and now.numbers is not None:
            current = np.diff(np.concatenate([[0.0], now.numbers.cdf(edges), [1.0]])).tolist()
        return {"edges": edges.tolist(), "reference": reference.tolist(), "current": current}
    if before is not None and before.categories is not None:
        seen = now.categories if now is not None else None
        names = {**before.categories.counts, **(seen.counts if seen else {})}
        first = sorted(names, key=lambda name: (-before.categories.share(name), name))[:_BARS]  # type: ignore[union-attr]
        return {
            "categories": first,
            "reference": [before.categories.share(name) for name in first],
            "current": [seen.share(name) for name in first] if seen else None,
        }
    return None


def iso(time: datetime | None) -> str | None:
    """A time as ISO 8601 with Z for UTC."""
    return time.isoformat().replace("+00:00", "Z") if time else None


def _short(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3g}"
