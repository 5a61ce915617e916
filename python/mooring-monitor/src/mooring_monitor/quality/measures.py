"""Every metric of a task with its spread, and which way it is good."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mooring_monitor.errors import InputError
from mooring_monitor.quality import binary, multiclass, numeric
from mooring_monitor.quality.outcomes import Outcomes, UndefinedMetric

Measure = Callable[[Outcomes], float]

#: Model Monitor's rule: the spread over five random subsamples of 80 %, when there are at least 200 rows.
SUBSAMPLES = 5
SUBSAMPLE_SHARE = 0.8
LEAST_ROWS = 200

#: Metrics of which less is better; all others are scores.
ERRORS = frozenset(
    ("mae", "mse", "rmse", "mape", "max_error", "wape", "false_positive_rate", "false_negative_rate"),
)


@dataclass(frozen=True)
class TaskQuality:
    """What a task is judged by: its metrics, their section in statistics.json, and those that get a constraint."""

    section: str
    constraints: str
    metrics: Mapping[str, Measure]
    constrained: tuple[str, ...]


_CLASS_RATES = ("true_positive_rate", "true_negative_rate", "false_positive_rate", "false_negative_rate")
TASKS: Mapping[str, TaskQuality] = {
    "binary": TaskQuality(
        "binary_classification_metrics",
        "binary_classification_constraints",
        binary.METRICS,
        ("recall", "precision", "accuracy", *_CLASS_RATES, "auc", "f0_5", "f1", "f2"),
    ),
    "multiclass": TaskQuality(
        "multiclass_classification_metrics",
        "multiclass_classification_constraints",
        multiclass.METRICS,
        ("accuracy", "weighted_recall", "weighted_precision", "weighted_f0_5", "weighted_f1", "weighted_f2"),
    ),
    "regression": TaskQuality(
        "regression_metrics", "regression_constraints", numeric.METRICS, ("mae", "mse", "rmse", "r2")
    ),
    # Model Monitor has no forecasts; they are regressions with two metrics more.
    "forecast": TaskQuality(
        "regression_metrics", "regression_constraints", numeric.FORECAST_METRICS, ("mae", "mse", "rmse", "r2", "wape")
    ),
}


@dataclass(frozen=True)
class Estimate:
    """A metric's value with the standard deviation over subsamples (NaN below 200 rows), or why it has none."""

    value: float
    standard_deviation: float
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The entry of statistics.json; what is not a number is the text "NaN", as Model Monitor writes it."""
        entry = {"value": _json(self.value), "standard_deviation": _json(self.standard_deviation)}
        return entry if self.error is None else {**entry, "error": self.error}


def metrics_of(task: str, metric: str) -> Measure:
    """The function of a metric.

    Raises InputError naming the metrics of the task.
    """
    known = TASKS[task].metrics
    if metric not in known:
        raise InputError(f"'{metric}' is not a metric of a {task} task; there are: {', '.join(known)}")
    return known[metric]


def better(metric: str, value: float, other: float) -> bool:
    """Whether a value of a metric is strictly better than another one."""
    return value < other if metric in ERRORS else value > other


def estimates(task: str, outcomes: Outcomes, seed: int = 0) -> dict[str, Estimate]:
    """All metrics of a task. Raises InputError when there is no row with prediction and ground truth."""
    if len(outcomes) == 0:
        raise InputError("no row has both a prediction and ground truth; model quality cannot be judged")
    random = np.random.default_rng(seed)
    samples = [
        outcomes.take(np.sort(random.permutation(len(outcomes))[: int(len(outcomes) * SUBSAMPLE_SHARE)]))
        for _ in range(SUBSAMPLES if len(outcomes) >= LEAST_ROWS else 0)
    ]
    return {name: estimate(metric, outcomes, samples) for name, metric in TASKS[task].metrics.items()}


def estimate(metric: Measure, outcomes: Outcomes, samples: list[Outcomes]) -> Estimate:
    """One metric with its spread over the given subsamples."""
    try:
        value = metric(outcomes)
    except UndefinedMetric as error:
        return Estimate(math.nan, math.nan, str(error))
    spread: list[float] = []
    for sample in samples:
        try:
            spread.append(metric(sample))
        except UndefinedMetric:
            continue
    return Estimate(value, float(np.std(spread)) if spread else math.nan)


def _json(value: float) -> float | str:
    return "NaN" if math.isnan(value) else value
