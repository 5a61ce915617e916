"""Two-sample Kolmogorov-Smirnov test."""

from __future__ import annotations

from typing import Final

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import both_numbers, gap_p_value, largest_gap
from mooring_monitor.profile.statistics import FeatureStatistics


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    first, second = both_numbers(reference, current)
    p_value = gap_p_value(largest_gap(first, second), first, second)
    return Measurement(p_value, p_value)


DETECTOR: Final = Detector(
    name="ks",
    feature_types=("numeric",),
    direction="below",
    default_threshold=0.05,
    formula="P(K > sqrt(n m / (n + m)) sup |F - G|), K Kolmogorov's distribution",
    source="Smirnov (1939); scipy.stats.ks_2samp, method asymp",
    measure=_measure,
)
