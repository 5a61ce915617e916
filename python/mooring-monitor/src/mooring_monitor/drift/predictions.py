"""Drift of the model's answers, against what it answered on the test set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from mooring_use_case.use_case import ANSWERS, UseCase

from mooring_monitor.drift.detectors import DETECTORS, detector_named
from mooring_monitor.drift.findings import Findings
from mooring_monitor.drift.judge import Plan, judge
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.distribution import CategoryCounts
from mooring_monitor.profile.statistics import FeatureStatistics, Statistics, read_statistics, statistics_of
from mooring_monitor.readers.batch import Batch

#: Statistics of the columns `prediction` and `score` on the test set; the ModelQuality step writes it.
FILE: Final = "prediction_statistics.json"
#: Without it the confusion matrix of the evaluation says how often each class was predicted.
EVALUATION: Final = "evaluation.json"


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


def answers_profile(use_case: UseCase) -> DatasetProfile:
    """An empty profile of a model's answers: what it predicted, and the score of binary tasks."""
    numeric = use_case.task in ("regression", "forecast")
    columns = {"prediction": "number" if numeric else "category"}
    return DatasetProfile(columns if numeric else {**columns, "score": "number"})


def add_answers(profile: DatasetProfile, labels: Sequence[str | None], scores: Sequence[float]) -> None:
    """Take in answers row by row; a score that is NaN counts as missing."""
    columns: dict[str, pa.Array] = {"prediction": pa.array(labels, type=pa.string())}
    if "score" in profile.declared:
        columns["score"] = pa.array([None if math.isnan(each) else each for each in scores], type=pa.float64())
    profile.add(Batch(len(labels), columns))


def prediction_drift(
    findings: Findings, answers: DatasetProfile, baseline: PredictionBaseline | None, use_case: UseCase
) -> Findings:
    """The findings with verdicts on the answers; unchanged when nothing is known about earlier answers."""
    if baseline is None or findings.current.rows == 0:
        return findings
    current = statistics_of(answers)
    wanted = [_plan(feature, use_case) for name, feature in baseline.statistics.features.items() if name in ANSWERS]
    results = judge(baseline.statistics, current, wanted, use_case.min_sample)
    return replace(findings, predictions=results, prediction_statistics=(baseline.statistics, current))


def _plan(feature: FeatureStatistics, use_case: UseCase) -> Plan:
    """What the use case asks for, else Model Monitor's detector for the kind of answer."""
    kind = "numeric" if feature.numbers is not None else "category"
    asked = next((each for each in use_case.monitored if each.name == feature.name), None)
    detector = DETECTORS["robust" if kind == "numeric" else "linf"]
    if asked is not None and asked.detector is not None:
        detector = detector_named(asked.detector)
        if kind not in detector.feature_types:
            raise InputError(f"monitored answer '{feature.name}' is {kind}; detector '{detector.name}' is not for it")
    threshold = None if asked is None else asked.threshold
    return Plan(feature.name, detector, threshold, asked is not None)


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
