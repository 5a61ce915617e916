"""What a variant is judged by: one number, and how uncertain it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mooring_monitor.errors import InputError
from mooring_monitor.quality.outcomes import Outcomes

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A metric of one variant with the variance of its estimate."""

    value: float
    variance: float
    sample: int


@dataclass(frozen=True)
class Measure:
    """A metric that variants are compared by."""

    name: str
    higher_is_better: bool
    estimate: Callable[[Outcomes], Estimate]
    #: Value of each row where the metric is their mean; None where it is not.
    per_row: Callable[[Outcomes], _Floats] | None

    @property
    def sign(self) -> int:
        """1 when higher is better, -1 otherwise."""
        return 1 if self.higher_is_better else -1


def _mean(per_row: Callable[[Outcomes], _Floats]) -> Callable[[Outcomes], Estimate]:
    def estimate(outcomes: Outcomes) -> Estimate:
        values = per_row(outcomes)
        return mean_of(values)

    return estimate


def mean_of(values: _Floats) -> Estimate:
    """Mean of independent values. One imagined value away from the mean keeps equal values from looking certain."""
    size = len(values)
    if size < 2:
        return Estimate(float(values.mean()) if size else math.nan, math.inf, size)
    spread = float(values.var(ddof=1))
    scale = max(1.0, float(np.abs(values).max()))
    return Estimate(float(values.mean()), max(spread, scale * scale / size) / size, size)


def _correct(outcomes: Outcomes) -> _Floats:
    return np.asarray(outcomes.actual == outcomes.predicted, dtype=np.float64)


def _error(outcomes: Outcomes) -> _Floats:
    return np.asarray(outcomes.predicted, dtype=np.float64) - np.asarray(outcomes.actual, dtype=np.float64)


def _absolute(outcomes: Outcomes) -> _Floats:
    return np.asarray(np.abs(_error(outcomes)), dtype=np.float64)


def _squared(outcomes: Outcomes) -> _Floats:
    return np.square(_error(outcomes))


def _brier(outcomes: Outcomes) -> _Floats:
    return np.asarray(np.square(_scores(outcomes) - outcomes.actual), dtype=np.float64)


def _scores(outcomes: Outcomes) -> _Floats:
    if outcomes.scores is None:
        raise InputError("the answers hold no scores; auc and brier need them, accuracy does not")
    return outcomes.scores


def _auc(outcomes: Outcomes) -> Estimate:
    """Area under the ROC curve with DeLong's variance (DeLong, DeLong, Clarke-Pearson, Biometrics 44, 1988)."""
    scores = _scores(outcomes)
    positive = np.asarray(outcomes.actual == 1)
    high, low = scores[positive], scores[~positive]
    many, few = len(high), len(low)
    if many < 2 or few < 2:
        return Estimate(math.nan, math.inf, len(scores))
    ranks: NDArray[Any] = stats.rankdata(np.concatenate([high, low]))
    among_high, among_low = stats.rankdata(high), stats.rankdata(low)
    of_high = (ranks[:many] - among_high) / few
    of_low = 1 - (ranks[many:] - among_low) / many
    variance = float(of_high.var(ddof=1)) / many + float(of_low.var(ddof=1)) / few
    return Estimate(float(of_high.mean()), max(variance, 1 / (many * few)), len(scores))


#: By name (packages/use-case/src/sections/serving-variety.ts, trialMetrics).
MEASURES: Final[dict[str, Measure]] = {
    each.name: each
    for each in (
        Measure("accuracy", True, _mean(_correct), _correct),
        Measure("auc", True, _auc, None),
        Measure("brier", False, _mean(_brier), _brier),
        Measure("mae", False, _mean(_absolute), _absolute),
        Measure("mse", False, _mean(_squared), _squared),
    )
}
