"""Attributions of many predictions and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mooring_monitor.errors import InputError

Method = Literal["tree_shap", "kernel_shap"]
Aggregate = Literal["mean_abs", "median", "mean_sq"]
AGGREGATES: tuple[Aggregate, ...] = ("mean_abs", "median", "mean_sq")


@dataclass(frozen=True)
class Attributions:
    """SHAP values of one output of a model: ``expected + values.sum(axis=1)`` is the explained output of every row.

    The output is a log-odds (tree method, binary), a score or a number, as ``unit`` says.
    """

    method: Method
    features: Sequence[str]
    #: One row per prediction, one column per feature.
    values: NDArray[np.float64]
    expected: float
    unit: str

    def global_values(self, aggregate: Aggregate = "mean_abs") -> dict[str, float]:
        """Importance of every feature: mean of |value| (Clarify's default), median of values, or mean of squares."""
        if len(self.values) == 0:
            raise InputError("no row to explain")
        if aggregate == "mean_abs":
            found = np.abs(self.values).mean(axis=0)
        elif aggregate == "median":
            found = np.median(self.values, axis=0)
        else:
            found = np.square(self.values).mean(axis=0)
        return {name: float(value) for name, value in zip(self.features, found, strict=True)}
