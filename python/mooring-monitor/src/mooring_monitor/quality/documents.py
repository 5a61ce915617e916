"""statistics.json, constraints.json and constraint violations of model quality, as Model Monitor writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mooring_monitor.quality import binary, multiclass
from mooring_monitor.quality.expected import expected_quality
from mooring_monitor.quality.measures import ERRORS, TASKS, Estimate
from mooring_monitor.quality.outcomes import Joined
from mooring_monitor.records import Violation

LESS = "LessThanThreshold"
GREATER = "GreaterThanThreshold"


def statistics(task: str, joined: Joined, found: Mapping[str, Estimate], lag: Mapping[str, float]) -> dict[str, Any]:
    """statistics.json: all metrics and curves, and in ``dataset`` how much ground truth there was.

    ``lag`` are seconds from prediction to label (mean, p50, p95, max); empty when unknown.
    """
    outcomes = joined.outcomes
    section: dict[str, Any] = {}
    if task == "binary":
        section["confusion_matrix"] = binary.confusion_matrix(outcomes)
    if task == "multiclass":
        section["confusion_matrix"] = multiclass.confusion_matrix(outcomes)
    section |= {name: each.as_json() for name, each in found.items()}
    if task == "binary" and outcomes.scores is not None:
        section["receiver_operating_characteristic_curve"] = binary.roc_curve(outcomes)
        section["precision_recall_curve"] = binary.precision_recall_curve(outcomes)
    expected = expected_quality(outcomes) if task == "binary" else {}
    return {
        "version": 0.0,
        "dataset": {
            "item_count": len(outcomes),
            "prediction_count": len(joined.judged),
            "missing_label_count": joined.unlabelled,
            "missing_prediction_count": joined.unpredicted,
            "label_coverage": joined.coverage,
            **({"label_lag_seconds": dict(lag)} if lag else {}),
        },
        TASKS[task].section: section,
        **({"expected_from_scores": expected} if expected else {}),
    }


def constraints(task: str, found: Mapping[str, Estimate]) -> dict[str, Any]:
    """constraints.json: every constrained metric must not be worse than it is here."""
    entries = {
        name: {"threshold": found[name].value, "comparison_operator": GREATER if name in ERRORS else LESS}
        for name in TASKS[task].constrained
        if name in found and found[name].error is None
    }
    return {"version": 0.0, TASKS[task].constraints: entries}


def violations(task: str, found: Mapping[str, Estimate], baseline: Mapping[str, Any]) -> list[Violation]:
    """Constraints that the metrics break. The comparison is strict, as Model Monitor's; the text carries the spread.

    A metric that could not be computed is no violation. Ordered as in the constraints.
    """
    broken: list[Violation] = []
    for name, constraint in baseline.get(TASKS[task].constraints, {}).items():
        each = found.get(name)
        operator, threshold = str(constraint["comparison_operator"]), float(constraint["threshold"])
        if each is None or each.error is not None:
            continue
        if each.value < threshold if operator.startswith("Less") else each.value > threshold:
            text = f"Metric {name} with {each.value} +/- {each.standard_deviation} was {operator} '{threshold}'"
            broken.append(Violation("", operator, text, extra={"metric_name": name}))
    return broken


def as_model_monitor(violation: Violation) -> dict[str, Any]:
    """The entry as Model Monitor writes it: a quality violation names a metric and no feature."""
    entry = violation.as_json()
    entry.pop("feature_name")
    return entry
