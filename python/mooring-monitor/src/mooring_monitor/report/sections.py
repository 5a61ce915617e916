"""What the templates show, section by section: numbers turned into words and plots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mooring_monitor import metrics
from mooring_monitor.bias.registry import BUILT_IN, STAGES
from mooring_monitor.errors import InputError
from mooring_monitor.explain.documents import global_values
from mooring_monitor.quality.measures import better
from mooring_monitor.report import charts
from mooring_monitor.report.history import Point
from mooring_monitor.report.run_files import Document, RunFiles, quality_section
from mooring_monitor.report.words import bias_meaning, metric_title

View = dict[str, Any]

MOST_FEATURES = 200
MOST_SLICES = 10
MOST_BARS = 15
MOST_LINES = 12
#: Metrics first in the table, and fit for a line over time.
HEADLINE = ("auc", "f1", "accuracy", "precision", "recall", "rmse", "mae", "r2", "mape", "weighted_f1")
STAGE_TITLES = {"pre_training": "Before training", "post_training": "After training"}


def drift_view(report: Document | None) -> View | None:
    """Features from the worst verdict to the best, each with its plot."""
    if report is None:
        return None
    order = ("breach", "error", "warn", "skipped", "ok")
    broken: dict[str, list[str]] = {}
    for each in report.get("violations", []):
        check = str(each.get("constraint_check_type", ""))
        if check != "baseline_drift_check":
            broken.setdefault(str(each.get("feature_name")), []).append(check.replace("_check", "").replace("_", " "))
    results = (*report.get("predictions", []), *report["features"])
    features = [{**_feature(each), "broken": broken.get(str(each["name"]), [])} for each in results]
    features.sort(
        key=lambda each: (order.index(each["verdict"]) if each["verdict"] in order else len(order), not each["broken"])
    )
    dataset = report.get("dataset", {})
    return {
        "features": features[:MOST_FEATURES],
        "hidden": max(0, len(features) - MOST_FEATURES),
        "rows": dataset.get("rows"),
        "reference_rows": dataset.get("reference_rows"),
        "skipped": dataset.get("skipped", {}),
        "notes": dataset.get("notes", {}),
    }


def quality_view(run: RunFiles, baseline: RunFiles) -> View | None:
    """Metrics with their spread beside the baseline's, slices and curve."""
    name, section = quality_section(run.quality)
    if not section or run.quality is None:
        return None
    _, before = quality_section(baseline.quality)
    rows = [
        _quality_row(metric, entry, before.get(metric))
        for metric, entry in section.items()
        if isinstance(entry, dict) and "value" in entry and "best_constant" not in metric
    ]
    rows.sort(key=lambda row: HEADLINE.index(row["name"]) if row["name"] in HEADLINE else len(HEADLINE))
    roc = section.get("receiver_operating_characteristic_curve")
    dataset = run.quality.get("dataset", {})
    expected = run.quality.get("expected_from_scores", {})
    slices = run.slices or {}
    metric = str(slices.get("metric", rows[0]["name"] if rows else ""))
    return {
        "task": name.replace("_metrics", "").replace("_", " "),
        "compared": bool(before),
        "rows": rows,
        "matrix": _matrix(section.get("confusion_matrix") or run.quality.get("confusion_matrix")),
        "roc": charts.curve(roc["false_positive_rates"], roc["true_positive_rates"], "ROC curve") if roc else "",
        "dataset": dataset,
        "coverage": dataset.get("label_coverage"),
        "lag": dataset.get("label_lag_seconds", {}),
        "expected": [(each, charts.short(value), _metric_text(section, each)) for each, value in expected.items()],
        "metric": metric,
        "overall": charts.short(_number(slices.get("overall"))),
        "slices": [_slice(each, metric) for each in slices.get("slices", [])[:MOST_SLICES]],
    }


def bias_view(run: RunFiles, baseline: RunFiles) -> View | None:
    """Per stage and facet a table of metrics with interval, meaning and baseline."""
    if run.bias is None:
        return None
    tables: list[View] = []
    for stage in STAGES:
        section = run.bias.get(f"{stage}_bias_metrics")
        if not section:
            continue
        before = _bias_values(baseline.bias, f"{stage}_bias_metrics")
        for facet, reports in section["facets"].items():
            for report in reports:
                group = str(report["value_or_threshold"])
                tables.append(
                    {
                        "stage": STAGE_TITLES[stage],
                        "facet": facet,
                        "group": group,
                        "label": section.get("label"),
                        "positive": section.get("label_value_or_threshold"),
                        "left_out": report.get("rows_left_out", 0),
                        "rows": [
                            _bias_row(each, facet, group, before.get((facet, each["name"])))
                            for each in report["metrics"]
                        ],
                        "compared": bool(before),
                    }
                )
    return {"tables": tables}


def explanations_view(run: RunFiles, baseline: RunFiles) -> View | None:
    """Importance of features beside the baseline's, the drift of their ranking, and reason codes."""
    if run.explanations is None:
        return None
    try:
        method, values = global_values(run.explanations)
    except InputError:
        return None
    before: Mapping[str, Mapping[str, float]] = {}
    if run.attribution_drift is not None and "baseline" in run.attribution_drift:
        before = run.attribution_drift["baseline"]
    elif baseline.explanations is not None and global_values(baseline.explanations)[0] == method:
        before = global_values(baseline.explanations)[1]
    outputs = []
    for label, features in values.items():
        old = before.get(label, {})
        strongest = sorted(features, key=lambda name: (-abs(features[name]), name))[:MOST_BARS]
        pairs = [(name, float(features[name]), old.get(name)) for name in strongest]
        outputs.append({"label": label, "plot": charts.bars(pairs, f"Mean attribution of features, {label}")})
    drift = (run.attribution_drift or {}).get("ndcg", {})
    return {
        "method": {"tree_shap": "TreeSHAP", "kernel_shap": "Kernel SHAP"}[method],
        "unit": run.explanations.get("settings", {}).get("unit", ""),
        "rows": run.explanations.get("settings", {}).get("rows"),
        "several": len(outputs) > 1,
        "outputs": outputs,
        "compared": bool(before),
        "ndcg": [(label, charts.short(_number(score))) for label, score in drift.items()],
        "reasons": _reasons(run.reasons),
    }


def history_view(run: RunFiles, earlier: Sequence[Point]) -> View | None:
    """What is watched over time: metrics with bounds, the metric of the slices, rows and labels."""
    points = earlier or run.history.points
    bounds = run.history.bounds
    watched = str((run.slices or {}).get("metric", ""))
    first = next((each for each in HEADLINE if any(each in point.metrics for point in points)), "")
    wanted = [*list(bounds)[:MOST_LINES], watched or first, metrics.LABEL_COVERAGE, metrics.ROWS]
    lines: list[View] = []
    for metric in dict.fromkeys(wanted):
        known = [each for each in points if metric in each.metrics]
        versions = [each.version for each in known]
        changes = [(at, f"v{now}") for at, now in enumerate(versions) if now is not None and now not in versions[:at]]
        series = [(each.when, each.metrics[metric]) for each in known]
        plot = charts.timeline(series, bounds.get(metric, ()), f"{metric} over {len(series)} runs", changes)
        if plot:
            lines.append({"metric": metric_title(metric), "plot": plot})
    return {"lines": lines, "runs": len(points)} if lines else None


def _feature(each: Document) -> View:
    value = _number(each.get("value"))
    current, reference = each.get("current") or {}, each.get("reference") or {}
    sign = "≤" if each.get("direction") == "above" else "≥"
    return {
        "name": each["name"],
        "verdict": each["verdict"],
        "monitored": each.get("monitored", False),
        "detector": each.get("detector"),
        "value": charts.short(value),
        "threshold": f"{sign} {charts.short(_number(each.get('threshold')))}",
        "reason": each.get("reason"),
        "completeness": _share(current.get("completeness")),
        "mean": charts.short(_number(current.get("mean"))) if current.get("mean") is not None else "",
        "reference_mean": charts.short(_number(reference.get("mean"))) if reference.get("mean") is not None else "",
        "plot": charts.distribution(each.get("distribution"), str(each["name"])),
    }


def _quality_row(metric: str, entry: Document, before: Any) -> View:
    value, spread = _number(entry.get("value")), _number(entry.get("standard_deviation"))
    old = _number(before.get("value")) if isinstance(before, dict) else math.nan
    change = (
        ""
        if math.isnan(old) or math.isnan(value)
        else f"{'+' if value >= old else '−'}{charts.short(abs(value - old))}"
    )
    worse = bool(change) and value != old and not better(metric, value, old)
    return {
        "name": metric,
        "value": charts.short(value),
        "spread": "" if math.isnan(spread) else f"± {charts.short(spread)}",
        "before": "" if math.isnan(old) else charts.short(old),
        "change": change,
        "worse": worse,
        "error": entry.get("error"),
    }


def _bias_row(each: Document, facet: str, group: str, before: float | None) -> View:
    value = _number(each.get("value"))
    metric = next((known for known in BUILT_IN if known.name == each["name"]), None)
    ideal = metric.ideal if metric is not None else 0.0
    interval = each.get("confidence_interval")
    plot: Any = ""
    text = ""
    chance = False
    if interval and not math.isnan(value):
        lower, upper = _number(interval["lower"]), _number(interval["upper"])
        text = f"{charts.short(lower)} to {charts.short(upper)}"
        chance = lower <= ideal <= upper
        ends = [each for each in (lower, upper, value, ideal) if math.isfinite(each)]
        reach = max([abs(end - ideal) for end in ends] + [0.05]) * 1.1
        label = f"{each['name']} {charts.short(value)}, {interval.get('level', 0.95):.0%} interval {text}"
        plot = charts.interval(value, lower, upper, ideal, ideal - reach, ideal + reach, label)
    return {
        "name": each["name"],
        "description": str(each.get("description", "")).rpartition(" (")[0] or each.get("description"),
        "value": charts.short(value),
        "interval": text,
        "plot": plot,
        "chance": chance,
        "before": "" if before is None else charts.short(before),
        "meaning": "" if math.isnan(value) else bias_meaning(str(each["name"]), value, facet, group),
        "error": each.get("error"),
    }


def _bias_values(document: Document | None, section: str) -> dict[tuple[str, str], float]:
    facets = (document or {}).get(section, {}).get("facets", {})
    return {
        (facet, each["name"]): _number(each.get("value"))
        for facet, reports in facets.items()
        for report in reports[:1]
        for each in report["metrics"]
        if each.get("value") is not None
    }


def _matrix(matrix: Any) -> View | None:
    if not isinstance(matrix, dict) or not matrix or len(matrix) > 20:
        return None
    return {"classes": list(matrix), "rows": [(actual, list(answers.values())) for actual, answers in matrix.items()]}


def _slice(each: Document, metric: str) -> View:
    return {
        "feature": each.get("feature"),
        "value": each.get("value"),
        "rows": each.get("rows"),
        "quality": charts.short(_number(each.get(metric))),
    }


def _reasons(document: Document | None) -> View | None:
    if document is None:
        return None
    return {
        "prediction": charts.short(_number(document.get("prediction"))),
        "score": charts.short(_number(document.get("score"))) if document.get("score") is not None else "",
        "entries": [
            (each.get("text"), charts.short(_number(each.get("contribution")))) for each in document.get("reasons", [])
        ],
    }


def _metric_text(section: Mapping[str, Any], name: str) -> str:
    entry = section.get(name)
    return charts.short(_number(entry.get("value"))) if isinstance(entry, dict) else ""


def _share(value: Any) -> str:
    return "" if value is None else f"{float(value):.1%}"


def _number(value: Any) -> float:
    """A number of a report file: null and NaN are NaN, infinities may be texts."""
    if value is None or isinstance(value, bool):
        return math.nan
    try:
        return float(str(value).replace("Infinity", "inf"))
    except ValueError:
        return math.nan
