"""Metrics of classifiers with several classes under Model Monitor's names, weighted by the classes' row counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mooring_monitor.quality.outcomes import Outcomes


def confusion_matrix(outcomes: Outcomes) -> dict[str, dict[str, int]]:
    """Counts by actual class, then by predicted class."""
    table, classes = _table(outcomes)
    return {actual: {answer: int(table[i, j]) for j, answer in enumerate(classes)} for i, actual in enumerate(classes)}


def accuracy(outcomes: Outcomes) -> float:
    """Share of rows whose class was predicted."""
    return float((outcomes.actual == outcomes.predicted).mean())


def weighted_recall(outcomes: Outcomes) -> float:
    """Recall of each class, weighted by its rows (equals the accuracy)."""
    hits, actual, _ = _margins(outcomes)
    return _weighted(_shares(hits, actual), actual)


def weighted_precision(outcomes: Outcomes) -> float:
    """Precision of each class, weighted by its rows; 0 for a class that was never predicted."""
    hits, actual, answered = _margins(outcomes)
    return _weighted(_shares(hits, answered), actual)


def weighted_f(beta: float) -> Callable[[Outcomes], float]:
    """F-score of each class, weighted by its rows."""
    weight = beta * beta

    def value(outcomes: Outcomes) -> float:
        hits, actual, answered = _margins(outcomes)
        return _weighted(_shares((1 + weight) * hits, weight * actual + answered), actual)

    return value


def constant(metric: Callable[[Outcomes], float]) -> Callable[[Outcomes], float]:
    """The metric of a classifier that always answers the most frequent class (the first of them by name)."""

    def value(outcomes: Outcomes) -> float:
        classes, counts = np.unique(outcomes.actual.astype(str), return_counts=True)
        answer = np.full(len(outcomes), str(classes[np.argmax(counts)]), dtype=object)
        return metric(Outcomes(outcomes.actual, answer))

    return value


_DECISIONS: Mapping[str, Callable[[Outcomes], float]] = {
    "accuracy": accuracy,
    "weighted_recall": weighted_recall,
    "weighted_precision": weighted_precision,
    "weighted_f0_5": weighted_f(0.5),
    "weighted_f1": weighted_f(1),
    "weighted_f2": weighted_f(2),
}

METRICS: Mapping[str, Callable[[Outcomes], float]] = {
    **_DECISIONS,
    **{f"{name}_best_constant_classifier": constant(metric) for name, metric in _DECISIONS.items()},
}


def _table(outcomes: Outcomes) -> tuple[NDArray[np.int64], list[str]]:
    classes, codes = np.unique(np.concatenate([outcomes.actual, outcomes.predicted]).astype(str), return_inverse=True)
    size = len(classes)
    actual, predicted = codes[: len(outcomes)], codes[len(outcomes) :]
    table = np.bincount(actual * size + predicted, minlength=size * size).reshape(size, size)
    return table.astype(np.int64), [str(each) for each in classes]


def _margins(outcomes: Outcomes) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    table, _ = _table(outcomes)
    return np.diag(table), table.sum(axis=1), table.sum(axis=0)


def _shares(parts: NDArray[Any], wholes: NDArray[Any]) -> NDArray[np.float64]:
    return np.divide(parts, wholes, out=np.zeros(len(parts)), where=wholes > 0)


def _weighted(values: NDArray[np.float64], weights: NDArray[Any]) -> float:
    return float(np.sum(values * weights) / weights.sum())
