"""Metrics of regressions and forecasts; errors are in the unit of the label (mse: squared), shares without unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from mooring_monitor.quality.outcomes import Outcomes, UndefinedMetric


def mae(outcomes: Outcomes) -> float:
    """Mean of |actual - predicted|."""
    return float(np.abs(outcomes.actual - outcomes.predicted).mean())


def mse(outcomes: Outcomes) -> float:
    """Mean of (actual - predicted)^2."""
    return float(((outcomes.actual - outcomes.predicted) ** 2).mean())


def rmse(outcomes: Outcomes) -> float:
    """Square root of the mean squared error."""
    return float(np.sqrt(mse(outcomes)))


def r2(outcomes: Outcomes) -> float:
    """1 - residual over total sum of squares; 1 is perfect, 0 as good as predicting the mean."""
    total = float(((outcomes.actual - outcomes.actual.mean()) ** 2).sum())
    if total == 0:
        raise UndefinedMetric("all labels are equal, so that there is no variance to explain")
    return 1 - float(((outcomes.actual - outcomes.predicted) ** 2).sum()) / total


def max_error(outcomes: Outcomes) -> float:
    """Largest |actual - predicted|."""
    return float(np.abs(outcomes.actual - outcomes.predicted).max())


def mape(outcomes: Outcomes) -> float:
    """Mean of |actual - predicted| / |actual| as a share, over rows whose label is not 0."""
    rows = outcomes.actual != 0
    if not rows.any():
        raise UndefinedMetric("all labels are 0, so that no error is relative to them")
    return float(np.abs((outcomes.actual[rows] - outcomes.predicted[rows]) / outcomes.actual[rows]).mean())


def wape(outcomes: Outcomes) -> float:
    """Sum of |actual - predicted| over sum of |actual|, as a share (also called weighted quantile loss at 0.5)."""
    whole = float(np.abs(outcomes.actual).sum())
    if whole == 0:
        raise UndefinedMetric("all labels are 0, so that no error is relative to them")
    return float(np.abs(outcomes.actual - outcomes.predicted).sum()) / whole


def bias(outcomes: Outcomes) -> float:
    """Mean of predicted - actual; positive when the model says too much."""
    return float((outcomes.predicted - outcomes.actual).mean())


METRICS: Mapping[str, Callable[[Outcomes], float]] = {
    "mae": mae,
    "mse": mse,
    "rmse": rmse,
    "r2": r2,
    "mape": mape,
    "max_error": max_error,
}

FORECAST_METRICS: Mapping[str, Callable[[Outcomes], float]] = {**METRICS, "wape": wape, "mean_error": bias}
