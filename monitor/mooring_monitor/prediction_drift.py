"""Drift of the model's answers, against what it answered on the test set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mooring_monitor.detectors import DETECTORS
from mooring_monitor.distribution import CategoryCounts
from mooring_monitor.drift import Plan, judge
from mooring_monitor.drift_report import Findings
from mooring_monitor.json_file import read_json
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import FeatureStatistics, Statistics, read_statistics, statistics_of
from mooring_monitor.use_case import UseCase

#: Statistics of the columns `prediction` and `score` on the test set, made with `profile --name`.
FILE: Final = "prediction_statistics.json"
#: Without it the confusion matrix of the evaluation says how often each class was predicted.
EVALUATION: Final = "evaluation.json"

_THRESHOLD: Final = 0.1


@dataclass(frozen=True)
class PredictionBaseline:
    """What the model answered before it was deployed."""

    statistics: Statistics

    @classmethod
    def read(cls, folder: Path, use_case: UseCase) -> PredictionBaseline | None:
        """The answers a baseline folder knows of; None when it knows none."""
        if (folder / FILE).exists():
            return cls(read_statistics(folder / FILE))
        if use_case.task != "binary" or not (folder / EVALUATION).exists():
            return None
        counts = _predicted_counts(read_json(folder / EVALUATION, "evaluation"))
        if counts is None:
            return None
        rows = sum(counts.values())
        prediction = FeatureStatistics("prediction", "String", rows, rows, None, CategoryCounts(counts))
        return cls(Statistics(rows, {"prediction": prediction}))


def prediction_drift(
    findings: Findings, answers: DatasetProfile, baseline: PredictionBaseline | None, use_case: UseCase
) -> Findings:
    """The findings with verdicts on the answers; unchanged when nothing is known about earlier answers."""
    if baseline is None or findings.current.rows == 0:
        return findings
    current = statistics_of(answers)
    wanted = [
        Plan(name, DETECTORS["robust" if feature.numbers is not None else "linf"], _THRESHOLD, False)
        for name, feature in baseline.statistics.features.items()
        if name in ("prediction", "score")
    ]
    results = judge(baseline.statistics, current, wanted, use_case.min_sample)
    return replace(findings, predictions=results, prediction_statistics=(baseline.statistics, current))


def _predicted_counts(evaluation: Any) -> dict[str, int] | None:
    """Rows predicted as 0 and 1, from {actual: {predicted: rows}} or [[tn, fp], [fn, tp]]."""
    matrix = evaluation.get("confusion_matrix") if isinstance(evaluation, dict) else None
    if isinstance(matrix, dict):
        matrix = [[matrix.get(actual, {}).get(predicted, 0) for predicted in ("0", "1")] for actual in ("0", "1")]
    if not isinstance(matrix, list):
        return None
    try:
        (tn, fp), (fn, tp) = matrix
        return {"0": int(tn) + int(fn), "1": int(fp) + int(tp)}
    except (TypeError, ValueError):
        return None
