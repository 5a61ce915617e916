"""Jensen-Shannon distance."""

from __future__ import annotations

from typing import Final

import numpy as np

from mooring_monitor.drift.detectors.bins import binned
from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import homogeneity_p_value
from mooring_monitor.profile.statistics import FeatureStatistics


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    first, second = binned(reference, current)
    p, q = first / first.sum(), second / second.sum()
    middle = (p + q) / 2
    divergence = (_entropy(p, middle) + _entropy(q, middle)) / 2
    return Measurement(float(np.sqrt(max(divergence, 0.0))), homogeneity_p_value(first, second))


def _entropy(p: np.typing.NDArray[np.float64], middle: np.typing.NDArray[np.float64]) -> float:
    held = p > 0
    return float(np.sum(p[held] * np.log2(p[held] / middle[held])))


DETECTOR: Final = Detector(
    name="js",
    feature_types=("numeric", "category"),
    direction="above",
    default_threshold=0.1,
    formula="sqrt((KL(p | m) + KL(q | m)) / 2), m = (p + q) / 2, base 2, over the reference's deciles or categories",
    source="Lin, Divergence measures based on the Shannon entropy (1991)",
    measure=_measure,
)
