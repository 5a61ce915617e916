"""Chi-squared goodness of fit with regrouping, Model Monitor's method ChiSquared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy import special

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.detectors.tests_of_equality import homogeneity_p_value
from mooring_monitor.errors import NotComparableError
from mooring_monitor.profile.distribution import unknown_count
from mooring_monitor.profile.statistics import FeatureStatistics

#: Two categories: every expected count at least 10 (Cochran 1952).
_COCHRAN: Final = 10
#: More: at most 20 % of the expected counts below 5 (Yates, Moore, McCabe 1999, p. 734).
_YATES: Final = 5
_YATES_SHARE: Final = 0.2


def regrouped(sample: Mapping[str, float], expected: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Both mappings with the smallest expected category added to the next until the test's conditions hold."""
    sample, expected = dict(sample), dict(expected)
    while len(expected) >= 2:
        two = len(expected) == 2
        small = sum(each < (_COCHRAN if two else _YATES) for each in expected.values())
        if small <= (0 if two else int(_YATES_SHARE * len(expected))):
            break
        least = min(expected, key=expected.__getitem__)
        gone, seen = expected.pop(least), sample.pop(least, 0.0)
        heir = min(expected, key=expected.__getitem__)
        expected[heir] += gone
        sample[heir] = sample.get(heir, 0.0) + seen
    return sample, expected


def chi_squared(sample: Mapping[str, float], expected: Mapping[str, float]) -> tuple[float, float]:
    """Statistic and p-value of observed counts against the expected shares.

    Categories that the reference does not know are left out, as in the open-source reference. Raises
    NotComparableError when fewer than two categories remain.
    """
    total = sum(count for name, count in sample.items() if name in expected)
    if total == 0:
        raise NotComparableError("no value of the window is among the categories of the baseline")
    scale = total / sum(expected.values())
    seen, fitted = regrouped(sample, {name: count * scale for name, count in expected.items()})
    if len(fitted) < 2:
        raise NotComparableError("fewer than two categories with enough rows for a chi-squared test")
    observed = np.array([seen.get(name, 0.0) for name in fitted])
    wanted = np.array(list(fitted.values()))
    statistic = float(np.sum((observed - wanted) ** 2 / wanted))
    return statistic, float(special.chdtrc(len(fitted) - 1, statistic))


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    if reference.categories is None or current.categories is None or not current.categories.count:
        raise NotComparableError("no categories to compare")
    unknown = unknown_count(reference.categories, current.categories)
    if not unknown:
        p_value = chi_squared(current.categories.counts, reference.categories.counts)[1]
        return Measurement(p_value, p_value)
    # The reference has none of them, so their share is compared by a test of its own.
    share = homogeneity_p_value(
        np.array([reference.categories.count, 0.0]), np.array([current.categories.count - unknown, unknown])
    )
    try:
        known = chi_squared(current.categories.counts, reference.categories.counts)[1]
    except NotComparableError:
        return Measurement(share, share)
    p_value = min(1.0, 2 * min(share, known))
    return Measurement(p_value, p_value)


DETECTOR: Final = Detector(
    name="chi2_distance",
    feature_types=("category",),
    direction="below",
    default_threshold=0.05,
    formula="P(chi2_{k-1} >= sum (o_i - e_i)^2 / e_i), small categories regrouped, unknown ones by their share",
    source="SageMaker Model Monitor, categorical_drift_method ChiSquared; Deequ, Distance.categoricalDistance",
    measure=_measure,
)
