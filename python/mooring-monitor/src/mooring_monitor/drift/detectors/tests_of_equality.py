"""Two-sample tests behind the p-values of detectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from mooring_monitor.errors import NotComparableError
from mooring_monitor.profile.distribution import NumberSample
from mooring_monitor.profile.statistics import FeatureStatistics

Floats = npt.NDArray[np.float64]

#: Classes with a smaller expected count are pooled before a chi-squared test (Yates, Moore, McCabe 1999, p. 734).
_SMALLEST_EXPECTED = 5.0


def both_numbers(reference: FeatureStatistics, current: FeatureStatistics) -> tuple[NumberSample, NumberSample]:
    """The numbers of both sides."""
    if reference.numbers is None or current.numbers is None:
        raise NotComparableError("no numbers to compare" if current.numbers is None else "the baseline has no numbers")
    return reference.numbers, current.numbers


def largest_gap(first: NumberSample, second: NumberSample) -> float:
    """Kolmogorov-Smirnov distance: the largest difference of the two distribution functions, ties counted once."""
    points = np.union1d(first.values, second.values)
    return float(np.max(np.abs(first.cdf(points) - second.cdf(points))))


def gap_p_value(gap: float, first: NumberSample, second: NumberSample) -> float:
    """Two-sample Kolmogorov-Smirnov p-value (asymptotic); what the sketches may be wrong by is given away first."""
    effective = first.count * second.count / (first.count + second.count)
    sure = max(0.0, gap - first.error - second.error)
    return float(special.kolmogorov(np.sqrt(effective) * sure))


def homogeneity_p_value(first: Floats, second: Floats) -> float:
    """Chi-squared test that two rows of counts come from one distribution; small classes are pooled."""
    total = first.sum() + second.sum()
    smaller = min(first.sum(), second.sum())
    if smaller == 0:
        raise NotComparableError("no values to compare")
    expected = (first + second) * smaller / total
    large = expected >= _SMALLEST_EXPECTED
    pairs = np.vstack([first[large], second[large]])
    if not large.all():
        pairs = np.hstack([pairs, [[first[~large].sum()], [second[~large].sum()]]])
    pairs = pairs[:, pairs.sum(axis=0) > 0]
    if pairs.shape[1] < 2:
        return 1.0
    fitted = np.outer(pairs.sum(axis=1), pairs.sum(axis=0)) / total
    statistic = float(np.sum((pairs - fitted) ** 2 / fitted))
    return float(special.chdtrc(pairs.shape[1] - 1, statistic))
