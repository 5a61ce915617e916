"""The data monitor's scheduled run: features and answers of a window against the live baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mooring_monitor import metrics
from mooring_monitor.answers import prediction_of
from mooring_monitor.comparison import Baseline, compare, write_findings
from mooring_monitor.drift_report import Findings, Occasion, summary
from mooring_monitor.json_file import write_json
from mooring_monitor.live_baseline import live_since
from mooring_monitor.prediction_drift import FILE as ANSWERS_FILE
from mooring_monitor.prediction_drift import PredictionBaseline, add_answers, answers_profile, prediction_drift
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import statistics_document
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import BEFORE_LIVE, Window
from mooring_monitor.records import Metric, WatchOutcome
from mooring_monitor.row_sample import RowSample
from mooring_monitor.use_case import UseCase


def watch_data(
    use_case: UseCase,
    window: Window,
    watched: Watched,
    baseline_folder: Path,
    occasion: Occasion,
    output: Path,
    s3: Any = None,
) -> WatchOutcome:
    """Compare the window's rows, part by part, and write the findings."""
    skips = Skips()
    baseline = Baseline.read(baseline_folder, use_case)
    profile = DatasetProfile.of_use_case(use_case)
    answers = answers_profile(use_case)
    sample = RowSample(baseline.joint_features, meanings=use_case.meanings) if baseline.joint_features else None
    for rows in watched.rows(use_case, window, skips, s3, live_since(baseline_folder)):
        batch = rows.batch()
        profile.add(batch)
        pairs = [prediction_of(each, use_case.task) for each in rows.answers]
        add_answers(answers, [label for label, _ in pairs], [score for _, score in pairs])
        if sample is not None:
            sample.add(batch)
    findings = compare(baseline, profile, skips, use_case, occasion, sample)
    findings = prediction_drift(findings, answers, PredictionBaseline.read(baseline_folder, use_case), use_case)
    write_findings(findings, profile, output)
    write_json(output / ANSWERS_FILE, statistics_document(answers), indent=None)
    return WatchOutcome(findings.verdict, summary(findings), metrics_of(findings), findings.violations)


def metrics_of(findings: Findings) -> list[Metric]:
    """What is published about a window: rows, completeness, means, and drift of every judged feature."""
    # Rows of an earlier version are no gap in the capture.
    captured = findings.current.rows + findings.skips.notes.get(BEFORE_LIVE, 0)
    published = [Metric(metrics.ROWS, float(captured), "Count"), Metric(metrics.RUNS, 1.0, "Count")]
    if findings.current.rows == 0:
        return published
    for name, feature in findings.current.features.items():
        if name not in findings.baseline.features:
            continue
        published.append(Metric(metrics.non_null(name), feature.completeness))
        if feature.numbers is not None:
            published.append(Metric(metrics.data(name), feature.numbers.mean))
    for result in (*findings.features, *findings.predictions):
        if result.published is not None:
            published.append(Metric(metrics.drift(result.name), result.published))
    return published
