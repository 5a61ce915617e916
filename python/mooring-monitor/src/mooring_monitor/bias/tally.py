"""Counts from which every group-fairness metric is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mooring_monitor.bias.errors import MetricError

ADVANTAGED = 0
DISADVANTAGED = 1


@dataclass(frozen=True)
class BiasRows:
    """Rows reduced to what bias metrics look at, one entry per row in every field.

    ``disadvantaged`` marks Clarify's sensitive group *d*, the rest is the advantaged group *a*. ``label`` and
    ``predicted`` mark positive outcomes. ``features`` are the columns without facet, label and prediction (flip test).
    """

    disadvantaged: NDArray[np.bool_]
    label: NDArray[np.bool_]
    predicted: NDArray[np.bool_] | None
    group: NDArray[Any] | None
    features: pd.DataFrame

    def take(self, rows: NDArray[np.intp]) -> BiasRows:
        """The rows with the given positions, in that order, repetitions allowed."""
        return BiasRows(
            disadvantaged=self.disadvantaged[rows],
            label=self.label[rows],
            predicted=None if self.predicted is None else self.predicted[rows],
            group=None if self.group is None else self.group[rows],
            features=self.features.iloc[rows],
        )


@dataclass(frozen=True)
class Tally:
    """Row counts by (group value, facet, label, prediction); the last three axes have two positions each."""

    counts: NDArray[np.int64]
    grouped: bool
    predicted: bool

    @classmethod
    def of(cls, rows: BiasRows) -> Tally:
        """Counts of ``rows``; without predictions all rows count as predicted negative."""
        size = len(rows.label)
        codes = (
            np.zeros(size, dtype=np.int64)
            if rows.group is None
            else pd.factorize(rows.group, sort=True)[0].astype(np.int64)
        )
        predicted = np.zeros(size, dtype=np.int64) if rows.predicted is None else rows.predicted.astype(np.int64)
        known = codes >= 0
        groups = int(codes.max(initial=0)) + 1
        # Rows without a group value count for everything but the conditional metrics: they get a slot of their own.
        codes = np.where(known, codes, groups)
        cell = ((codes * 2 + rows.disadvantaged) * 2 + rows.label) * 2 + predicted
        counts = np.bincount(cell, minlength=(groups + 1) * 8).reshape(groups + 1, 2, 2, 2)
        return cls(counts=counts.astype(np.int64), grouped=rows.group is not None, predicted=rows.predicted is not None)

    def size(self, facet: int) -> int:
        """Rows of a facet (``ADVANTAGED`` or ``DISADVANTAGED``)."""
        return int(self.counts[:, facet].sum())

    def labelled(self, facet: int, label: int) -> int:
        """Rows of a facet with an observed label."""
        return int(self.counts[:, facet, label].sum())

    def answered(self, facet: int, predicted: int) -> int:
        """Rows of a facet with a predicted label."""
        return int(self.counts[:, facet, :, predicted].sum())

    def cell(self, facet: int, label: int, predicted: int) -> int:
        """Rows of a facet with an observed and a predicted label."""
        return int(self.counts[:, facet, label, predicted].sum())

    def require_facets(self) -> None:
        """Raise :class:`MetricError` unless both facets have rows."""
        if self.size(DISADVANTAGED) == 0:
            raise MetricError("Facet set is empty")
        if self.size(ADVANTAGED) == 0:
            raise MetricError("Negated Facet set is empty")


def ratio(numerator: float, denominator: float) -> float:
    """Quotient as Clarify takes it: 0/0 is 0, anything else over 0 is an infinity."""
    if denominator == 0:
        return 0.0 if numerator == 0 else float(np.copysign(np.inf, numerator))
    return numerator / denominator


def difference(left: float, right: float) -> float:
    """``left - right``; two equal infinities differ by 0."""
    return 0.0 if left == right else left - right
