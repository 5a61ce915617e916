"""Reason codes: which features moved a single prediction, and which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Direction = Literal["raises", "lowers"]


@dataclass(frozen=True)
class Reason:
    """One reason of a prediction. ``contribution`` is in the unit of the attributions (log-odds, score or number)."""

    rank: int
    feature: str
    value: Any
    contribution: float
    direction: Direction

    def as_json(self) -> dict[str, Any]:
        """The entry of reasons.json."""
        return {
            "rank": self.rank,
            "feature": self.feature,
            "value": self.value,
            "contribution": self.contribution,
            "direction": self.direction,
            "text": f"{self.feature} {_told(self.value)} {self.direction} the prediction",
        }


def reason_codes(
    features: Sequence[str],
    values: Mapping[str, Any],
    contributions: NDArray[np.float64],
    towards: Direction | None = None,
    most: int = 4,
) -> list[Reason]:
    """The strongest reasons of a prediction, strongest first; features that contribute nothing are none.

    ``towards`` keeps only reasons of one direction: those that lowered the score of a rejected applicant are what an
    adverse-action notice lists (four by custom in US credit reporting). Ties are ordered by the features' order.
    """
    order = sorted(range(len(features)), key=lambda index: (-abs(contributions[index]), index))
    found: list[Reason] = []
    for index in order:
        contribution = float(contributions[index])
        direction: Direction = "raises" if contribution > 0 else "lowers"
        if contribution == 0 or (towards is not None and direction != towards):
            continue
        if len(found) == most:
            break
        found.append(Reason(len(found) + 1, features[index], values[features[index]], contribution, direction))
    return found


def _told(value: Any) -> str:
    """A value in a sentence: missing is said so, 5000.0 is 5000."""
    if value is None or value != value:
        return "missing"
    return f"= {int(value)}" if isinstance(value, float) and value.is_integer() else f"= {value}"
