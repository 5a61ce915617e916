"""The bias monitor: post-training metrics of a window's predictions that got their labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mooring_use_case.use_case import UseCase
from scipy.stats import norm

from mooring_monitor import metrics as names
from mooring_monitor.bias.analysis import BiasData, analyse, metric_values, number
from mooring_monitor.bias.bootstrap import Bootstrap
from mooring_monitor.bias.registry import BiasMetric, BiasRegistry, BiasStage
from mooring_monitor.bias.selection import outcome_of
from mooring_monitor.bias.violations import as_clarify, bias_drift
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import Document, read_json
from mooring_monitor.readers.batch import Skips
from mooring_monitor.records import Metric, Verdict, Violation
from mooring_monitor.watch.monitor import Judgement, TooFew
from mooring_monitor.watch.rows import JoinedRows, joined_rows
from mooring_monitor.watch.run import Run

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


@dataclass(frozen=True)
class WindowBias:
    """Bias of a window: Clarify's document, and what is farther from fairness than at training."""

    rows: JoinedRows
    document: Mapping[str, Any]
    registry: BiasRegistry


class BiasMonitor:
    """Judges as Clarify's schedules do: what the confidence interval allows to be chance is no breach.

    Breach when the watched metric's whole interval lies beyond the bound; warn when its value does, or when any
    metric's whole interval (widened, since many are compared) is farther from fairness than the baseline.
    """

    def rows(self, run: Run, skips: Skips) -> JoinedRows:
        """The window's rows with the labels that have arrived."""
        return joined_rows(run, skips)

    def analysis(self, run: Run, rows: JoinedRows) -> WindowBias | TooFew:
        """All metrics after training, with intervals; too few labelled rows are not judged."""
        use_case = run.use_case
        if not use_case.facets:
            raise InputError(
                f"use case '{use_case.name}' names no facet; add fairness.facets or remove monitoring.bias"
            )
        if rows.labelled < use_case.min_sample:
            summary = f"Bias not judged: {rows.labelled} rows have a label, at least {use_case.min_sample} are needed"
            return TooFew(summary, [Metric(names.LABEL_COVERAGE, rows.coverage)])
        frame = rows.features.assign(**{use_case.label: rows.labels.to_numpy()})
        data = BiasData(frame, outcome_of(use_case, encoded=True), rows.predictions)
        registry = BiasRegistry()
        return WindowBias(rows, analyse(data, use_case, [STAGE], registry, Bootstrap()), registry)

    def judgement(self, run: Run, analysis: WindowBias) -> Judgement:
        """The watched metric against its bound, all metrics against the baseline."""
        violations = _significant(analysis.document, run.baseline / BASELINE, analysis.registry)
        verdict, summary = _verdict(analysis.document, violations, run.use_case, analysis.registry)
        return Judgement(verdict, f"{summary} ({analysis.rows.labelled:,} labelled rows)", violations)

    def metrics(self, run: Run, analysis: WindowBias) -> Sequence[Metric]:
        """Every metric of every facet."""
        coverage = Metric(names.LABEL_COVERAGE, analysis.rows.coverage)
        return [coverage, *_metrics(analysis.document, run.use_case)]

    def documents(self, run: Run, analysis: WindowBias, judgement: Judgement) -> Mapping[str, Document]:
        """Clarify's analysis and violations."""
        violations = [as_clarify(each) for each in judgement.violations]
        return {
            "analysis.json": Document(analysis.document),
            "constraint_violations.json": Document({"version": "1.0", "violations": violations}),
        }


MONITOR: Final = BiasMonitor()


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
