"""Kolmogorov-Smirnov distance, Model Monitor's method Simple."""

from __future__ import annotations

from typing import Final

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import both_numbers, gap_p_value, largest_gap
from mooring_monitor.profile.statistics import FeatureStatistics


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    first, second = both_numbers(reference, current)
    gap = largest_gap(first, second)
    return Measurement(gap, gap_p_value(gap, first, second))


DETECTOR: Final = Detector(
    name="simple",
    feature_types=("numeric",),
    direction="above",
    default_threshold=0.1,
    formula="sup |F - G|",
    source="SageMaker Model Monitor, comparison_method Simple; Deequ, Distance.numericalDistance",
    measure=_measure,
)
