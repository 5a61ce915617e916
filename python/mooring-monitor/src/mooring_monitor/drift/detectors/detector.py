"""What a drift detector is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mooring_monitor.errors import NotComparableError
from mooring_monitor.profile.statistics import FeatureStatistics

#: `above`: drift is a value over the threshold (distances). `below`: a value under it (p-values).
Direction = Literal["above", "below"]
FeatureType = Literal["numeric", "category"]


@dataclass(frozen=True)
class Measurement:
    """A detector's value for a feature, and how likely one as large is without any drift."""

    value: float
    #: None when no test says how much of the value sampling explains.
    p_value: float | None


@dataclass(frozen=True)
class Detector:
    """A named comparison of a feature's current values with its reference values."""

    name: str
    feature_types: tuple[FeatureType, ...]
    direction: Direction
    #: In the detector's own unit.
    default_threshold: float
    formula: str
    source: str
    #: Raises NotComparableError when there is nothing to compare.
    measure: Callable[[FeatureStatistics, FeatureStatistics], Measurement]

    def passes(self, value: float, threshold: float) -> bool:
        """Whether a value lies on the drift side of a threshold."""
        return value > threshold if self.direction == "above" else value < threshold


def feature_type(reference: FeatureStatistics) -> FeatureType:
    """How a feature is compared.

    Raises NotComparableError for text with too many values to count and for columns without values.
    """
    if reference.present == 0:
        raise NotComparableError("the baseline has no values")
    if reference.numbers is not None:
        return "numeric"
    if reference.categories is not None:
        return "category"
    raise NotComparableError("text, or more categories than the baseline lists; only its completeness is checked")
