"""How certain a bias metric is: percentile bootstrap, seeded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mooring_monitor.bias.errors import MetricError
from mooring_monitor.bias.flip_test import flip_test
from mooring_monitor.bias.registry import BiasMetric
from mooring_monitor.bias.tally import BiasRows, Tally

#: Too few resamples with a value say nothing about the spread.
LEAST_SHARE = 0.9


@dataclass(frozen=True)
class Bootstrap:
    """Settings of the resampling. ``rows_resamples`` is the count for metrics that need the rows themselves."""

    resamples: int = 500
    rows_resamples: int = 100
    level: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class Interval:
    """Bounds that hold the metric with probability ``level``; infinite bounds are possible for ratios."""

    lower: float
    upper: float
    level: float


def metric_interval(metric: BiasMetric, rows: BiasRows, tally: Tally, settings: Bootstrap) -> Interval | None:
    """Percentile interval of a metric, None when more than a tenth of the resamples have no value.

    Counts are resampled as a multinomial, which is the bootstrap over rows for every metric that sees counts alone.
    The flip test resamples the flips (its neighbours stay as they are); other row metrics resample rows.
    """
    random = np.random.default_rng([settings.seed, *metric.name.encode()])
    if metric.from_tally is not None:
        values = _from_counts(metric, tally, settings.resamples, random)
        return _interval(values, settings.resamples, settings.level)
    if metric.name == "FT":
        flips = flip_test(rows).outcomes.astype(np.int64)
        shares = np.array([(flips == step).sum() for step in (-1, 0, 1)]) / len(flips)
        drawn = random.multinomial(len(flips), shares, size=settings.resamples)
        return _interval(list((drawn[:, 2] - drawn[:, 0]) / len(flips)), settings.resamples, settings.level)
    values = _from_rows(metric, rows, settings.rows_resamples, random)
    return _interval(values, settings.rows_resamples, settings.level)


def _from_counts(metric: BiasMetric, tally: Tally, resamples: int, random: np.random.Generator) -> list[float]:
    flat = tally.counts.ravel()
    size = int(flat.sum())
    if size == 0 or metric.from_tally is None:
        return []
    values: list[float] = []
    for drawn in random.multinomial(size, flat / size, size=resamples):
        resampled = Tally(drawn.reshape(tally.counts.shape), tally.grouped, tally.predicted)
        try:
            values.append(metric.from_tally(resampled))
        except MetricError:
            continue
    return values


def _from_rows(metric: BiasMetric, rows: BiasRows, resamples: int, random: np.random.Generator) -> list[float]:
    if metric.from_rows is None:
        return []
    size = len(rows.label)
    values: list[float] = []
    for _ in range(resamples):
        positions: NDArray[np.intp] = random.integers(0, size, size=size)
        try:
            values.append(float(metric.from_rows(rows.take(positions))))
        except (MetricError, ValueError, ZeroDivisionError):
            continue
    return values


def _interval(values: list[float], resamples: int, level: float) -> Interval | None:
    known = np.sort([value for value in values if not np.isnan(value)])
    if len(known) < LEAST_SHARE * resamples:
        return None
    tail = (1 - level) / 2
    # Order statistics instead of interpolation: infinities stay what they are.
    lower = known[int(np.floor(tail * (len(known) - 1)))]
    upper = known[int(np.ceil((1 - tail) * (len(known) - 1)))]
    return Interval(float(lower), float(upper), level)
