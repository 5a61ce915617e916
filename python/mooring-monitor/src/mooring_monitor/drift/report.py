"""drift_report.json: what a comparison found, for programs (schema: contracts/records/drift-report.schema.json)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from mooring_monitor import __version__
from mooring_monitor.drift.findings import Findings, summary
from mooring_monitor.drift.judge import DriftResult
from mooring_monitor.profile.statistics import FeatureStatistics, Statistics
from mooring_monitor.records import iso

SCHEMA_VERSION: Final = "1.0"

#: Bars of a small plot.
_BARS: Final = 20


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
