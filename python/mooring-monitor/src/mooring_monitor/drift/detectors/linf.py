"""L-infinity distance of category shares, Model Monitor's default for categories, and the plain maximum without it."""

from __future__ import annotations

from typing import Final

import numpy as np

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.robust import robust_distance
from mooring_monitor.drift.detectors.tests_of_equality import homogeneity_p_value
from mooring_monitor.errors import NotComparableError
from mooring_monitor.profile.distribution import aligned
from mooring_monitor.profile.statistics import FeatureStatistics


def _plain(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    if reference.categories is None or current.categories is None or not current.categories.count:
        raise NotComparableError("no categories to compare")
    _, first, second = aligned(reference.categories, current.categories)
    gap = float(np.max(np.abs(first / first.sum() - second / second.sum())))
    return Measurement(gap, homogeneity_p_value(first, second))


def _corrected(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    plain = _plain(reference, current)
    if reference.categories is None or current.categories is None:
        return plain
    value = robust_distance(plain.value, reference.categories.count, current.categories.count)
    return Measurement(value, plain.p_value)


DETECTOR: Final = Detector(
    name="linf",
    feature_types=("category",),
    direction="above",
    default_threshold=0.1,
    formula="max(0, max |p_i - q_i| - 1.8 sqrt((n + m) / (n m))) over all categories of both",
    source="SageMaker Model Monitor, categorical_drift_method LInfinity; Deequ, Distance.categoricalDistance",
    measure=_corrected,
)

PLAIN: Final = Detector(
    name="linf_simple",
    feature_types=("category",),
    direction="above",
    default_threshold=0.1,
    formula="max |p_i - q_i| over all categories of both",
    source="Deequ, Distance.categoricalDistance with correctForLowNumberOfSamples",
    measure=_plain,
)
