"""Chi-squared test that reference and window are drawn from one distribution."""

from __future__ import annotations

from typing import Final

from mooring_monitor.drift.detectors.bins import binned
from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import homogeneity_p_value
from mooring_monitor.profile.statistics import FeatureStatistics


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    p_value = homogeneity_p_value(*binned(reference, current))
    return Measurement(p_value, p_value)


DETECTOR: Final = Detector(
    name="chi2",
    feature_types=("numeric", "category"),
    direction="below",
    default_threshold=0.05,
    formula="P(chi2_{k-1} >= sum (o - e)^2 / e) over the 2 x k table of the reference's deciles or categories",
    source="Pearson (1900); classes with an expected count below 5 are pooled",
    measure=_measure,
)
