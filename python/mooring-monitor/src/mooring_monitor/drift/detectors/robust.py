"""Robust Kolmogorov-Smirnov distance, Model Monitor's default for numbers."""

from __future__ import annotations

import math
from typing import Final

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import both_numbers, gap_p_value, largest_gap
from mooring_monitor.profile.statistics import FeatureStatistics

#: Two-sample Kolmogorov-Smirnov factor at a level of 0.003 (Knuth, The Art of Computer Programming 2, 3.3.1, eq. 15).
C_ALPHA: Final = 1.8


def robust_distance(gap: float, first: float, second: float) -> float:
    """What is left of a distance between samples of these sizes once sampling is given its share."""
    return max(0.0, gap - C_ALPHA * math.sqrt((first + second) / (first * second)))


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    first, second = both_numbers(reference, current)
    gap = largest_gap(first, second)
    return Measurement(robust_distance(gap, first.count, second.count), gap_p_value(gap, first, second))


DETECTOR: Final = Detector(
    name="robust",
    feature_types=("numeric",),
    direction="above",
    default_threshold=0.1,
    formula="max(0, sup |F - G| - 1.8 sqrt((n + m) / (n m)))",
    source="SageMaker Model Monitor, comparison_method Robust; Deequ, Distance.numericalDistance",
    measure=_measure,
)
