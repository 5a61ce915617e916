"""Quality metrics under Model Monitor's names, each with the spread it has over subsamples of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
#: (labels, predictions, scores) -> value.
Metric = Callable[[Values, Values, Values], float]

#: Metrics that are better when lower.
ERRORS: Final = ("mae", "mse", "rmse", "mape", "max_error")
#: Model Monitor's rule: the spread over five random subsamples of 80 %, when there are at least 200 rows.
SUBSAMPLES: Final = 5
SUBSAMPLE_SHARE: Final = 0.8
LEAST_ROWS: Final = 200


def ratio(numerator: float, denominator: float) -> float:
    """Quotient; 0 when there is nothing to divide by, as Model Monitor reports it."""
    return float(numerator / denominator) if denominator else 0.0


def confusion(labels: Values, predictions: Values) -> dict[str, dict[str, int]]:
    """Counts by actual label, then by predicted label."""
    return {
        str(actual): {str(answer): int(((labels == actual) & (predictions == answer)).sum()) for answer in (0, 1)}
        for actual in (0, 1)
    }


def auc(labels: Values, scores: Values) -> float:
    """Area under the ROC curve: the chance that a positive row scores higher than a negative one, ties counting half.

    Range 0 to 1, higher is better, 0.5 is guessing. With labels of one kind only it is 0.5: nothing can be ranked.
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        return 0.5
    _, position, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[position]
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _f(beta: float) -> Metric:
    def value(labels: Values, predictions: Values, _: Values) -> float:
        hits = float((labels * predictions).sum())
        weight = beta * beta
        return ratio((1 + weight) * hits, weight * float(labels.sum()) + float(predictions.sum()))

    return value


def _rate(actual: int, answer: int) -> Metric:
    def value(labels: Values, predictions: Values, _: Values) -> float:
        rows = labels == actual
        return ratio(float((rows & (predictions == answer)).sum()), float(rows.sum()))

    return value


BINARY: Final[Mapping[str, Metric]] = {
    "accuracy": lambda labels, predictions, _: float((labels == predictions).mean()),
    "precision": lambda labels, predictions, _: ratio(float((labels * predictions).sum()), float(predictions.sum())),
    "recall": _rate(1, 1),
    "f0_5": _f(0.5),
    "f1": _f(1.0),
    "f2": _f(2.0),
    "true_positive_rate": _rate(1, 1),
    "true_negative_rate": _rate(0, 0),
    "false_positive_rate": _rate(0, 1),
    "false_negative_rate": _rate(1, 0),
    "auc": lambda labels, _, scores: auc(labels, scores),
}


def _mape(labels: Values, predictions: Values, _: Values) -> float:
    """Mean absolute error relative to the label, as a share; rows whose label is 0 cannot be counted."""
    rows = labels != 0
    return ratio(float(np.abs((predictions[rows] - labels[rows]) / labels[rows]).sum()), float(rows.sum()))


def _r2(labels: Values, predictions: Values, _: Values) -> float:
    """Share of the labels' variance that the predictions explain; 1 is perfect, 0 as good as the mean.

    Labels without variance, e.g. of a single row, explain nothing: 0 unless the predictions are right, as scikit-learn.
    """
    errors = float(((labels - predictions) ** 2).sum())
    variance = float(((labels - labels.mean()) ** 2).sum())
    if variance == 0:
        return float(errors == 0)
    return 1.0 - errors / variance


REGRESSION: Final[Mapping[str, Metric]] = {
    "mae": lambda labels, predictions, _: float(np.abs(labels - predictions).mean()),
    "mse": lambda labels, predictions, _: float(((labels - predictions) ** 2).mean()),
    "rmse": lambda labels, predictions, _: float(np.sqrt(((labels - predictions) ** 2).mean())),
    "r2": _r2,
    "mape": _mape,
    "max_error": lambda labels, predictions, _: float(np.abs(labels - predictions).max()),
}


def margin(metric: str, value: float, other: float) -> float:
    """By how much a value of a metric is better than another one; positive means better, 0 equal."""
    return other - value if metric in ERRORS else value - other


def report(
    metrics: Mapping[str, Metric], labels: Values, predictions: Values, scores: Values, seed: int
) -> dict[str, dict[str, float | None]]:
    """Every metric's value and standard deviation (None below 200 rows)."""
    generator = np.random.default_rng(seed)
    samples = [
        generator.permutation(len(labels))[: int(len(labels) * SUBSAMPLE_SHARE)]
        for _ in range(SUBSAMPLES if len(labels) >= LEAST_ROWS else 0)
    ]
    return {
        name: {
            "value": metric(labels, predictions, scores),
            "standard_deviation": (
                float(np.std([metric(labels[each], predictions[each], scores[each]) for each in samples]))
                if samples
                else None
            ),
        }
        for name, metric in metrics.items()
    }
