"""Population stability index."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from mooring_monitor.drift.detectors.bins import binned, shares
from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.profile.statistics import FeatureStatistics


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    first, second = binned(reference, current)
    p, q = shares(first, second)
    value = float(np.sum((q - p) * np.log(q / p)))
    n, m = first.sum(), second.sum()
    p_value = float(special.chdtrc(p.size - 1, value * n * m / (n + m))) if p.size > 1 else 1.0
    return Measurement(value, p_value)


DETECTOR: Final = Detector(
    name="psi",
    feature_types=("numeric", "category"),
    direction="above",
    default_threshold=0.2,
    formula="sum (q_i - p_i) ln(q_i / p_i) over the reference's deciles or categories",
    source="Siddiqi, Credit Risk Scorecards (2006); p-value: Yurdakul, Naranjo, J. of Risk Model Validation 14 (2020)",
    measure=_measure,
)
