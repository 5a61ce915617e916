"""Metrics of binary classifiers under Model Monitor's names. All are shares in [0, 1]; 0/0 counts as 0.

Source: "Model Quality Metrics and CloudWatch" in the SageMaker developer guide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mooring_monitor.quality.outcomes import Outcomes, UndefinedMetric

#: Points a curve is thinned to; more than a chart can show and few enough for a report file.
CURVE_POINTS = 101


def share(part: float, whole: float) -> float:
    """``part / whole``; 0 of 0 is 0."""
    return float(part) / float(whole) if whole else 0.0


def counts(outcomes: Outcomes) -> tuple[int, int, int, int]:
    """True negatives, false positives, false negatives, true positives."""
    cells = np.bincount(outcomes.actual * 2 + outcomes.predicted, minlength=4)
    return int(cells[0]), int(cells[1]), int(cells[2]), int(cells[3])


def confusion_matrix(outcomes: Outcomes) -> dict[str, dict[str, int]]:
    """Counts by actual label, then by predicted label."""
    tn, fp, fn, tp = counts(outcomes)
    return {"0": {"0": tn, "1": fp}, "1": {"0": fn, "1": tp}}


def accuracy(outcomes: Outcomes) -> float:
    """(TP + TN) / n."""
    tn, _, _, tp = counts(outcomes)
    return share(tn + tp, len(outcomes))


def precision(outcomes: Outcomes) -> float:
    """TP / (TP + FP)."""
    _, fp, _, tp = counts(outcomes)
    return share(tp, tp + fp)


def recall(outcomes: Outcomes) -> float:
    """TP / (TP + FN); also the true positive rate."""
    _, _, fn, tp = counts(outcomes)
    return share(tp, tp + fn)


def true_negative_rate(outcomes: Outcomes) -> float:
    """TN / (TN + FP)."""
    tn, fp, _, _ = counts(outcomes)
    return share(tn, tn + fp)


def false_positive_rate(outcomes: Outcomes) -> float:
    """FP / (TN + FP)."""
    tn, fp, _, _ = counts(outcomes)
    return share(fp, tn + fp)


def false_negative_rate(outcomes: Outcomes) -> float:
    """FN / (TP + FN)."""
    _, _, fn, tp = counts(outcomes)
    return share(fn, tp + fn)


def f_beta(beta: float) -> Callable[[Outcomes], float]:
    """F = (1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP)."""
    weight = beta * beta

    def value(outcomes: Outcomes) -> float:
        _, fp, fn, tp = counts(outcomes)
        return share((1 + weight) * tp, (1 + weight) * tp + weight * fn + fp)

    return value


def auc(outcomes: Outcomes) -> float:
    """Area under the ROC curve: how often a positive row scores above a negative one, ties counting half."""
    scores = _scores(outcomes)
    positive = outcomes.actual == 1
    positives = int(positive.sum())
    negatives = len(outcomes) - positives
    if positives == 0 or negatives == 0:
        raise UndefinedMetric("all rows have the same label, so that nothing can be ranked")
    _, position, repeated = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(repeated) - (repeated - 1) / 2)[position]
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def au_prc(outcomes: Outcomes) -> float:
    """Area under the precision-recall curve as average precision: sum of precision times the gain in recall."""
    hits, answered = _ranked(outcomes)
    if hits[-1] == 0:
        raise UndefinedMetric("no row has a positive label")
    gains = np.diff(np.concatenate([[0.0], hits / hits[-1]]))
    return float(np.sum(hits / answered * gains))


def roc_curve(outcomes: Outcomes) -> dict[str, list[float]]:
    """Points of the ROC curve, thinned to at most a hundred and one."""
    hits, answered = _ranked(outcomes)
    false = answered - hits
    rates = (np.concatenate([[0.0], false / max(false[-1], 1)]), np.concatenate([[0.0], hits / max(hits[-1], 1)]))
    kept = _thinned(len(rates[0]))
    return {"false_positive_rates": rates[0][kept].tolist(), "true_positive_rates": rates[1][kept].tolist()}


def precision_recall_curve(outcomes: Outcomes) -> dict[str, list[float]]:
    """Points of the precision-recall curve, thinned to at most a hundred and one."""
    hits, answered = _ranked(outcomes)
    precisions = np.concatenate([[1.0], hits / answered])
    recalls = np.concatenate([[0.0], hits / max(hits[-1], 1)])
    kept = _thinned(len(precisions))
    return {"precisions": precisions[kept].tolist(), "recalls": recalls[kept].tolist()}


def constant(metric: Callable[[Outcomes], float]) -> Callable[[Outcomes], float]:
    """The metric of a classifier that always answers 1, which is Model Monitor's "best constant classifier"."""

    def value(outcomes: Outcomes) -> float:
        return metric(Outcomes(outcomes.actual, np.ones_like(outcomes.actual)))

    return value


_DECISIONS: Mapping[str, Callable[[Outcomes], float]] = {
    "recall": recall,
    "precision": precision,
    "accuracy": accuracy,
    "f0_5": f_beta(0.5),
    "f1": f_beta(1),
    "f2": f_beta(2),
}

METRICS: Mapping[str, Callable[[Outcomes], float]] = {
    **_DECISIONS,
    "true_positive_rate": recall,
    "true_negative_rate": true_negative_rate,
    "false_positive_rate": false_positive_rate,
    "false_negative_rate": false_negative_rate,
    "auc": auc,
    "au_prc": au_prc,
    **{f"{name}_best_constant_classifier": constant(metric) for name, metric in _DECISIONS.items()},
}


def _scores(outcomes: Outcomes) -> NDArray[np.float64]:
    if outcomes.scores is None:
        raise UndefinedMetric("the predictions carry no scores")
    return outcomes.scores


def _ranked(outcomes: Outcomes) -> tuple[NDArray[Any], NDArray[Any]]:
    """True positives and positive answers when the threshold falls below each distinct score, highest first."""
    scores = _scores(outcomes)
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return np.cumsum(outcomes.actual[order])[last].astype(np.float64), (last + 1).astype(np.float64)


def _thinned(size: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, size - 1, min(size, CURVE_POINTS)).round().astype(np.intp))
