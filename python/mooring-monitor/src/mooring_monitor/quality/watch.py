"""The scheduled quality monitor: one window of captured predictions that got their labels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mooring_monitor import metrics as names
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.quality.analysis import Predicted, Quality, analyse_quality, canonical_metric
from mooring_monitor.quality.documents import as_model_monitor, constraints
from mooring_monitor.quality.expected import expected_quality
from mooring_monitor.quality.lag import label_lag
from mooring_monitor.quality.measures import TASKS, Estimate, better
from mooring_monitor.records import INVALID_LABEL, Metric, Verdict, WatchOutcome, WatchWindow

#: Evaluation of the live model (contracts/names.ts liveFiles), Model Monitor's own file as second choice.
BASELINES = ("evaluation.json", "quality-statistics.json")

#: A fall is worth a warning when it exceeds this many standard errors. A subsample of 80 % spreads half as much as the
#: estimate itself, hence the factor two on every recorded deviation.
SIGNIFICANT = 3.0
ERROR_PER_DEVIATION = 2.0


def watch(window: WatchWindow) -> WatchOutcome:
    """Judge a window: breach when the use case's bound is broken, warn when it is significantly worse than at training.

    Writes statistics.json, slices.json and constraint_violations.json to the window's output. Too few labelled rows
    give a skipped verdict, with coverage and lag published all the same.
    """
    labelled = int((window.labels.notna() & window.predictions.notna()).sum())
    coverage = float(window.labels.notna().mean()) if len(window.labels) else 0.0
    lag = label_lag(window.label_lag)
    metrics = [Metric(names.LABEL_COVERAGE, coverage)]
    metrics += [Metric(names.LABEL_LAG, lag["p50"], "Seconds")] if lag else []
    if labelled < window.use_case.min_sample:
        summary = (
            f"Quality not judged: {labelled} of {len(window.labels)} predictions have a label, "
            f"at least {window.use_case.min_sample} are needed{_invalid_text(window)}"
        )
        return WatchOutcome("skipped", summary, metrics)
    data = Predicted(window.features, window.labels, window.predictions, window.scores, window.label_lag)
    quality = analyse_quality(data, window.use_case)
    baseline = _baseline(window.baseline, quality.task)
    violations = quality.violations(constraints(quality.task, baseline)) if baseline else []
    write_json(window.output / "statistics.json", quality.statistics())
    write_json(window.output / "slices.json", quality.slices_document())
    write_json(
        window.output / "constraint_violations.json", {"violations": [as_model_monitor(each) for each in violations]}
    )
    metrics += [Metric(name, each.value) for name, each in quality.estimates.items() if each.error is None]
    metrics += _alias(quality, window.use_case.monitoring.get("quality"))
    verdict, summary = _verdict(quality, baseline, window.use_case.monitoring.get("quality"))
    concept = _concept_text(quality) if verdict in ("warn", "breach") else ""
    return WatchOutcome(
        verdict, f"{summary}{concept}{_coverage_text(coverage)}{_invalid_text(window)}", metrics, violations
    )


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


def _invalid_text(window: WatchWindow) -> str:
    invalid = window.skipped.get(INVALID_LABEL, 0)
    return f"; {invalid:,} labels are invalid and were not judged" if invalid else ""


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
