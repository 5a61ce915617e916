"""The scheduled bias monitor: post-training metrics of one window of predictions that got their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import norm

from mooring_monitor import metrics as names
from mooring_monitor.bias.analysis import BiasData, analyse, metric_values, number
from mooring_monitor.bias.bootstrap import Bootstrap
from mooring_monitor.bias.registry import BiasMetric, BiasRegistry, BiasStage
from mooring_monitor.bias.selection import outcome_of
from mooring_monitor.bias.violations import as_clarify, bias_drift
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.records import Metric, Verdict, Violation, WatchOutcome, WatchWindow
from mooring_monitor.use_case import UseCase

STAGE: BiasStage = "post_training"
BASELINE = "analysis.json"


@dataclass(frozen=True)
class _Entry:
    """A metric of one facet in a window's analysis, with its confidence interval when there is one."""

    facet: str
    facet_value: str
    name: str
    value: float
    lower: float
    upper: float

    def least_distance(self, metric: BiasMetric, widened: float = 1.0) -> float:
        """How far from fairness it is at least: 0 when the interval, made wider by a factor, holds the ideal value."""
        lower, upper = self.lower, self.upper
        if all(map(math.isfinite, (lower, self.value, upper))):
            lower = self.value - widened * (self.value - lower)
            upper = self.value + widened * (upper - self.value)
        if lower <= metric.ideal <= upper:
            return 0.0
        return min(metric.distance(lower), metric.distance(upper), metric.distance(self.value))


def watch(window: WatchWindow) -> WatchOutcome:
    """Judge a window as Clarify's schedules do: what the confidence interval allows to be chance is no breach.

    Breach when the watched metric's whole interval lies beyond the bound; warn when its value does, or when any
    metric's whole interval (widened, since many are compared) is farther from fairness than the baseline. Too few
    labelled rows give a skipped verdict. Writes analysis.json and constraint_violations.json to the window's output.
    """
    use_case = window.use_case
    if not use_case.facets:
        raise InputError(f"use case '{use_case.name}' names no facet; add fairness.facets or remove monitoring.bias")
    labelled = int((window.labels.notna() & window.predictions.notna()).sum())
    coverage = float(window.labels.notna().mean()) if len(window.labels) else 0.0
    if labelled < use_case.min_sample:
        summary = f"Bias not judged: {labelled} rows have a label, at least {use_case.min_sample} are needed"
        return WatchOutcome("skipped", summary, [Metric(names.LABEL_COVERAGE, coverage)])
    frame = window.features.assign(**{use_case.label: window.labels.to_numpy()})
    data = BiasData(frame, outcome_of(use_case, encoded=True), window.predictions)
    registry = BiasRegistry()
    document = analyse(data, use_case, [STAGE], registry, Bootstrap())
    violations = _significant(document, window.baseline / BASELINE, registry)
    write_json(window.output / "analysis.json", document)
    write_json(
        window.output / "constraint_violations.json",
        {"version": "1.0", "violations": [as_clarify(each) for each in violations]},
    )
    verdict, summary = _verdict(document, violations, use_case, registry)
    published = [Metric(names.LABEL_COVERAGE, coverage), *_metrics(document, use_case)]
    return WatchOutcome(verdict, f"{summary} ({labelled:,} labelled rows)", published, violations)


def _verdict(
    document: Mapping[str, Any], violations: list[Violation], use_case: UseCase, registry: BiasRegistry
) -> tuple[Verdict, str]:
    setting = use_case.monitoring.get("bias")
    if setting is not None:
        metric = registry.find(str(setting["metric"]))
        if metric is None or metric.stage != STAGE:
            raise InputError(f"monitoring.bias.metric '{setting['metric']}' is not a post-training metric")
        watched = [each for each in _entries(document) if each.name == metric.name]
        if not watched:
            return "error", f"Bias not judged: {metric.name} has no value on this window"
        worst = max(watched, key=lambda each: metric.distance(each.value))
        said = f"{metric.name} of {worst.facet} = {worst.facet_value} is {worst.value:.4g}"
        limit = float(setting["max"])
        if worst.least_distance(metric) > limit:
            return "breach", f"{said}, farther from fairness than allowed ({limit:g})"
        if metric.distance(worst.value) > limit:
            return "warn", f"{said}, beyond the bound {limit:g}, which its interval does not exclude to be chance"
    if violations:
        first = ", ".join(sorted({str(each.extra["metric_name"]) for each in violations}))
        return "warn", f"Farther from fairness than at training: {first}"
    return "ok", "No bias metric is significantly farther from fairness than at training"


def _significant(document: Mapping[str, Any], baseline: Path, registry: BiasRegistry) -> list[Violation]:
    """Violations that the confidence interval does not allow to be chance."""
    if not baseline.is_file():
        return []
    before = read_json(baseline, "bias baseline")
    if not metric_values(before, STAGE):
        return []
    bounds = {(facet, name): value for (facet, _, name), value in metric_values(before, STAGE).items()}
    entries = {(each.facet, each.facet_value, each.name): each for each in _entries(document)}
    # Many metrics are compared at once: Bonferroni, in the normal approximation of the intervals.
    tail = (1 - Bootstrap().level) / 2
    widened = float(norm.isf(tail / max(len(entries), 1)) / norm.isf(tail))
    found = []
    for violation in bias_drift(document, before, registry, rule="ideal"):
        extra = violation.extra
        metric = registry.find(str(extra["metric_name"]))
        entry = entries[str(extra["facet"]), str(extra["facet_value"]), str(extra["metric_name"])]
        if metric is not None and entry.least_distance(metric, widened) > metric.distance(
            bounds[entry.facet, entry.name]
        ):
            found.append(violation)
    return found


def _entries(document: Mapping[str, Any]) -> Iterator[_Entry]:
    for facet, reports in document[f"{STAGE}_bias_metrics"]["facets"].items():
        for report in reports:
            for metric in report["metrics"]:
                value = number(metric.get("value"))
                if value is None:
                    continue
                # Without an interval nothing can be excluded.
                interval = metric.get("confidence_interval", {"lower": "-Infinity", "upper": "Infinity"})
                lower, upper = number(interval["lower"]), number(interval["upper"])
                if lower is not None and upper is not None:
                    yield _Entry(facet, str(report["value_or_threshold"]), metric["name"], value, lower, upper)


def _metrics(document: Mapping[str, Any], use_case: UseCase) -> Iterator[Metric]:
    """Every metric with Clarify's dimensions; those of the first facet also without, for alarms."""
    section = document[f"{STAGE}_bias_metrics"]
    first = use_case.facets[0].name
    plain: set[str] = set()
    for each in _entries(document):
        if each.facet == first and each.name not in plain:
            plain.add(each.name)
            yield Metric(names.bias(each.name), each.value)
        yield Metric(
            names.bias(each.name),
            each.value,
            dimensions={
                "BiasStage": "Post-Training",
                "Label": section["label"],
                "LabelValue": section["label_value_or_threshold"],
                "Facet": each.facet,
                "FacetValue": each.facet_value,
            },
        )
