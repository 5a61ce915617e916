"""The quality monitor: predictions of a window that got their labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mooring_monitor import metrics as names
from mooring_monitor.json_file import Document, read_json
from mooring_monitor.quality.analysis import Predicted, Quality, analyse_quality, canonical_metric
from mooring_monitor.quality.documents import as_model_monitor, constraints
from mooring_monitor.quality.expected import expected_quality
from mooring_monitor.quality.lag import label_lag
from mooring_monitor.quality.measures import TASKS, Estimate, better
from mooring_monitor.readers.batch import Skips
from mooring_monitor.records import Metric, Verdict
from mooring_monitor.watch.monitor import Judgement, TooFew
from mooring_monitor.watch.rows import JoinedRows, joined_rows
from mooring_monitor.watch.run import Run

#: Evaluation of the live model (contracts/names.ts liveFiles), Model Monitor's own file as second choice.
BASELINES = ("evaluation.json", "quality-statistics.json")

#: A fall is worth a warning when it exceeds this many standard errors. A subsample of 80 % spreads half as much as the
#: estimate itself, hence the factor two on every recorded deviation.
SIGNIFICANT = 3.0
ERROR_PER_DEVIATION = 2.0


@dataclass(frozen=True)
class WindowQuality:
    """Quality of a window beside that at training."""

    rows: JoinedRows
    quality: Quality
    #: Metrics of the live model at training; empty when no file has them.
    baseline: Mapping[str, Estimate]


class QualityMonitor:
    """Breach when the use case's bound is broken, warn when quality is significantly worse than at training."""

    def rows(self, run: Run, skips: Skips) -> JoinedRows:
        """The window's rows with the labels that have arrived."""
        return joined_rows(run, skips)

    def analysis(self, run: Run, rows: JoinedRows) -> WindowQuality | TooFew:
        """All quality metrics; too few labelled rows are not judged, with coverage and lag published all the same."""
        least = run.use_case.min_sample
        if rows.labelled < least:
            summary = (
                f"Quality not judged: {rows.labelled} of {len(rows.labels)} predictions have a label, "
                f"at least {least} are needed"
            )
            return TooFew(summary, _label_metrics(rows))
        data = Predicted(rows.features, rows.labels, rows.predictions, rows.scores, rows.label_lag)
        quality = analyse_quality(data, run.use_case)
        return WindowQuality(rows, quality, _baseline(run.baseline, quality.task))

    def judgement(self, run: Run, analysis: WindowQuality) -> Judgement:
        """The watched metric against its bound and its value at training."""
        quality, baseline = analysis.quality, analysis.baseline
        verdict, summary = _verdict(quality, baseline, run.use_case.monitoring.get("quality"))
        concept = _concept_text(quality) if verdict in ("warn", "breach") else ""
        violations = quality.violations(constraints(quality.task, baseline)) if baseline else []
        return Judgement(verdict, f"{summary}{concept}{_coverage_text(analysis.rows.coverage)}", violations)

    def metrics(self, run: Run, analysis: WindowQuality) -> Sequence[Metric]:
        """Every metric that has a value, the watched one also under the name its alarm reads."""
        quality = analysis.quality
        estimates = [Metric(name, each.value) for name, each in quality.estimates.items() if each.error is None]
        alias = _alias(quality, run.use_case.monitoring.get("quality"))
        return [*_label_metrics(analysis.rows), *estimates, *alias]

    def documents(self, run: Run, analysis: WindowQuality, judgement: Judgement) -> Mapping[str, Document]:
        """Statistics, slices and violations."""
        violations = [as_model_monitor(each) for each in judgement.violations]
        return {
            "statistics.json": Document(analysis.quality.statistics()),
            "slices.json": Document(analysis.quality.slices_document()),
            "constraint_violations.json": Document({"violations": violations}),
        }


MONITOR: Final = QualityMonitor()


def _label_metrics(rows: JoinedRows) -> list[Metric]:
    lag = label_lag(rows.label_lag)
    arrived = [Metric(names.LABEL_LAG, lag["p50"], "Seconds")] if lag else []
    return [Metric(names.LABEL_COVERAGE, rows.coverage), *arrived]


def _alias(quality: Quality, setting: Mapping[str, Any] | None) -> list[Metric]:
    """The watched metric under the name the use case calls it by, which is the name its alarm reads."""
    name = "" if setting is None else str(setting["metric"])
    found = quality.estimates.get(canonical_metric(quality.task, name))
    if not name or name in quality.estimates or found is None or found.error is not None:
        return []
    return [Metric(name, found.value)]


def _verdict(
    quality: Quality, baseline: Mapping[str, Estimate], setting: Mapping[str, Any] | None
) -> tuple[Verdict, str]:
    name = quality.metric
    if setting is not None:
        name = canonical_metric(quality.task, str(setting["metric"]))
    now = quality.estimates[name]
    if now.error is not None:
        return "error", f"Quality not judged: {name} has no value, {now.error}"
    said = f"{name} is {now.value:.4g} on {len(quality.joined.outcomes):,} labelled rows"
    worst = f"; worst slice {quality.slices[0].feature} = {quality.slices[0].value}" if quality.slices else ""
    if setting is not None and better(name, float(setting["bound"]), now.value):
        side = "above the highest" if better(name, 0, 1) else "below the lowest"
        return "breach", f"{said}, {side} allowed value {float(setting['bound']):g}{worst}"
    before = baseline.get(name)
    if before is not None and before.error is None:
        fall = abs(now.value - before.value)
        if better(name, before.value, now.value) and fall > SIGNIFICANT * _error(now, before):
            return "warn", f"{said}, significantly worse than at training ({before.value:.4g}){worst}"
        return "ok", f"{said}, as at training ({before.value:.4g})"
    return "ok", said


def _error(now: Estimate, before: Estimate) -> float:
    known = [each.standard_deviation for each in (now, before) if not math.isnan(each.standard_deviation)]
    return ERROR_PER_DEVIATION * math.hypot(*known) if known else math.inf


def _concept_text(quality: Quality) -> str:
    """Tell a change of concept from drift of the data: the latter is in the scores, the former is not."""
    expected = expected_quality(quality.joined.outcomes) if quality.task == "binary" else {}
    if not expected:
        return ""
    now = quality.estimates["accuracy"]
    rows = len(quality.joined.outcomes)
    chance = math.sqrt(max(expected["accuracy"] * (1 - expected["accuracy"]), 1 / rows) / rows)
    if expected["accuracy"] - now.value < SIGNIFICANT * chance:
        return ""
    return (
        f"; the scores alone let expect an accuracy of {expected['accuracy']:.4g}, the labels say {now.value:.4g}: "
        "not only the data, their meaning has changed"
    )


def _coverage_text(coverage: float) -> str:
    return "" if coverage >= 1 else f"; {coverage:.0%} of the predictions have a label so far"


def _baseline(folder: Path, task: str) -> dict[str, Estimate]:
    """Metrics of the live model at training; empty when no file has them."""
    path = next((folder / name for name in BASELINES if (folder / name).is_file()), None)
    document = {} if path is None else read_json(path, "quality baseline")
    return {
        name: Estimate(number(entry.get("value")), number(entry.get("standard_deviation")))
        for name, entry in document.get(TASKS[task].section, {}).items()
        if isinstance(entry, dict) and name in TASKS[task].metrics and not math.isnan(number(entry.get("value")))
    }


def number(value: Any) -> float:
    """A number of a statistics file; null and the text NaN are NaN."""
    return math.nan if value is None else float(value)
