"""The bias analysis: every metric of every facet, in the format of Clarify's analysis.json."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.bias.bootstrap import Bootstrap, metric_interval
from mooring_monitor.bias.registry import BiasMetric, BiasRegistry, BiasStage
from mooring_monitor.bias.selection import FacetRows, Outcome, select_facet
from mooring_monitor.bias.tally import BiasRows, Tally
from mooring_monitor.errors import InputError

VERSION = "1.0"


@dataclass(frozen=True)
class BiasData:
    """A table with its label column, and the predicted labels of its rows (post-training metrics need them)."""

    frame: pd.DataFrame
    outcome: Outcome
    predicted: pd.Series[Any] | None = None


def analyse(
    data: BiasData,
    use_case: UseCase,
    stages: Iterable[BiasStage],
    registry: BiasRegistry | None = None,
    bootstrap: Bootstrap | None = None,
) -> dict[str, Any]:
    """Bias metrics of all facets of a use case as Clarify's analysis.json (version 1.0).

    A metric that fails carries ``"value": null`` and its error; infinities are the texts Infinity and -Infinity.
    With ``bootstrap`` every metric has a ``confidence_interval``, which Clarify's file lacks.

    Raises InputError without facets, without rows, or when a stage needs predictions that are not there.
    """
    if not use_case.facets:
        raise InputError(f"use case '{use_case.name}' names no facet; add fairness.facets to its use-case.yaml")
    if data.frame.empty:
        raise InputError("the data has no rows; bias metrics need at least one")
    metrics = registry or BiasRegistry()
    document: dict[str, Any] = {"version": VERSION}
    for stage in stages:
        if stage == "post_training" and data.predicted is None:
            raise InputError("post-training bias metrics need predictions; give --predictions FILE")
        predicted = data.predicted if stage == "post_training" else None
        facets: dict[str, list[dict[str, Any]]] = {}
        for facet in use_case.facets:
            selected = select_facet(data.frame, use_case, facet, data.outcome, predicted)
            facets.setdefault(facet.name, []).append(_facet_report(selected, stage, metrics, bootstrap))
        document[f"{stage}_bias_metrics"] = {
            "label": use_case.label,
            "facets": facets,
            "label_value_or_threshold": data.outcome.text(data.frame[use_case.label]),
        }
    return document


def number(value: Any) -> float | None:
    """The value of a metric in analysis.json as a number; None when it failed."""
    return None if value is None else float(str(value).replace("Infinity", "inf"))


def metric_values(document: Mapping[str, Any], stage: BiasStage) -> dict[tuple[str, str, str], float]:
    """Values of an analysis.json by (facet, value_or_threshold, metric name), failed metrics left out."""
    found: dict[tuple[str, str, str], float] = {}
    facets = document.get(f"{stage}_bias_metrics", {}).get("facets", {})
    for facet, reports in facets.items():
        for report in reports:
            for metric in report["metrics"]:
                value = number(metric.get("value"))
                if value is not None:
                    found[facet, str(report["value_or_threshold"]), metric["name"]] = value
    return found


def json_number(value: float) -> float | str:
    """A number as Clarify writes it: infinities as text."""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _facet_report(
    selected: FacetRows, stage: BiasStage, registry: BiasRegistry, bootstrap: Bootstrap | None
) -> dict[str, Any]:
    tally = Tally.of(selected.rows)
    report: dict[str, Any] = {
        "value_or_threshold": selected.value_or_threshold,
        "metrics": [_metric(each, selected.rows, tally, bootstrap) for each in registry.of(stage)],
    }
    if selected.left_out:
        report["rows_left_out"] = selected.left_out
    return report


def _metric(metric: BiasMetric, rows: BiasRows, tally: Tally, bootstrap: Bootstrap | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": metric.name, "description": metric.description, "value": None}
    try:
        value = float(metric.value(rows, tally))
    except Exception as error:  # a metric of a user may fail in any way, and must not take the others with it
        entry["error"] = str(error) or type(error).__name__
        return entry
    if math.isnan(value):
        entry["error"] = "the metric is not a number on these rows"
        return entry
    entry["value"] = json_number(value)
    interval = None if bootstrap is None else metric_interval(metric, rows, tally, bootstrap)
    if interval is not None:
        entry["confidence_interval"] = {
            "lower": json_number(interval.lower),
            "upper": json_number(interval.upper),
            "level": interval.level,
        }
    return entry
