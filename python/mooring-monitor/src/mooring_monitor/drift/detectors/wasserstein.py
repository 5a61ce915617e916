"""Wasserstein distance in standard deviations of the reference."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import both_numbers, gap_p_value, largest_gap
from mooring_monitor.profile.statistics import FeatureStatistics


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    first, second = both_numbers(reference, current)
    points = np.union1d(first.values, second.values)
    gaps = np.abs(first.cdf(points[:-1]) - second.cdf(points[:-1]))
    distance = float(np.sum(gaps * np.diff(points)))
    scale = first.std
    value = distance / scale if scale > 0 else (0.0 if distance == 0 else math.inf)
    return Measurement(value, gap_p_value(largest_gap(first, second), first, second))


DETECTOR: Final = Detector(
    name="wasserstein",
    feature_types=("numeric",),
    direction="above",
    default_threshold=0.1,
    formula="integral |F - G| / population standard deviation of the reference",
    source="Vaserstein (1969), first order; normed as is usual in drift monitoring",
    measure=_measure,
)
