"""Bias drift: which metrics are worse than in the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from mooring_monitor.bias.analysis import json_number, metric_values
from mooring_monitor.bias.registry import STAGES, BiasMetric, BiasRegistry
from mooring_monitor.records import Violation

CHECK = "bias_drift_check"

#: How a value is judged worse than its baseline. `clarify`: by its absolute value, whatever the metric, as its recorded
#: run shows; a disparate impact that falls further below 1 is then no violation. `ideal`: by its distance from fairness
#: which is 1 for DI (docs/decisions/0036-bias-drift-rule.md).
Rule = Literal["clarify", "ideal"]


def bias_drift(
    current: Mapping[str, Any],
    baseline: Mapping[str, Any],
    registry: BiasRegistry | None = None,
    rule: Rule = "clarify",
) -> list[Violation]:
    """Metrics that are strictly worse than in the baseline, without tolerance, as Clarify's bias monitor words them.

    Metrics without a value on either side are no violation. Ordered by stage, facet and metric name.
    """
    metrics = registry or BiasRegistry()
    found: list[Violation] = []
    for stage in STAGES:
        bounds = {_comparable(key): value for key, value in metric_values(baseline, stage).items()}
        for (facet, facet_value, name), value in sorted(metric_values(current, stage).items()):
            key = _comparable((facet, facet_value, name))
            metric = metrics.find(name)
            if metric is None or key not in bounds or not _worse(metric, value, bounds[key], rule):
                continue
            found.append(
                Violation(
                    feature_name=facet,
                    constraint_check_type=CHECK,
                    description=(
                        f"Metric value {json_number(value)} doesn't meet the baseline constraint requirement "
                        f"{json_number(bounds[key])}"
                    ),
                    extra={"facet": facet, "facet_value": facet_value, "metric_name": name},
                )
            )
    return found


def _worse(metric: BiasMetric, value: float, bound: float, rule: Rule) -> bool:
    if rule == "clarify":
        return abs(value) > abs(bound)
    return metric.distance(value) > metric.distance(bound)


def _comparable(key: tuple[str, str, str]) -> tuple[str, str, str]:
    # The upper end of a continuous facet's interval is the largest value seen, which differs from window to window.
    facet, facet_value, name = key
    return facet, facet_value.partition(",")[0] if facet_value.startswith("(") else facet_value, name


def as_clarify(violation: Violation) -> dict[str, Any]:
    """The entry as Clarify writes it: a bias violation names a facet and no feature."""
    entry = violation.as_json()
    entry.pop("feature_name")
    return entry
