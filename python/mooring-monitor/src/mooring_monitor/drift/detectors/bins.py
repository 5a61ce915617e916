"""Bins frozen on the reference: the current window never moves them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mooring_monitor.errors import NotComparableError
from mooring_monitor.profile.distribution import NumberSample, aligned
from mooring_monitor.profile.statistics import FeatureStatistics

Floats = npt.NDArray[np.float64]

#: Bins of a numeric feature: deciles of the reference.
BINS = 10


def binned(reference: FeatureStatistics, current: FeatureStatistics) -> tuple[Floats, Floats]:
    """Counts per bin (numbers) or per category of both sides, in the same order."""
    if reference.numbers is not None and current.numbers is not None:
        edges = frozen_edges(reference.numbers)
        return _counts(reference.numbers, edges), _counts(current.numbers, edges)
    if reference.categories is not None and current.categories is not None:
        _, first, second = aligned(reference.categories, current.categories)
        return first, second
    raise NotComparableError("no values to compare")


def frozen_edges(reference: NumberSample) -> Floats:
    """Inner edges of the bins; a bin holds its upper edge. Heavy values span deciles: there may be fewer than ten."""
    if reference.values.size <= BINS:
        few: Floats = reference.values[:-1]
        return few
    inner = np.unique(reference.quantiles(np.arange(1, BINS) / BINS))
    edges: Floats = inner[inner < reference.values[-1]]
    return edges


def shares(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Counts as shares; an empty class counts half a row, so that logarithms stay finite, and the rest gives way."""
    return _shares(first), _shares(second)


def _shares(counts: Floats) -> Floats:
    filled = np.where(counts == 0, 0.5, counts)
    return np.asarray(filled / filled.sum())


def _counts(sample: NumberSample, edges: Floats) -> Floats:
    index = np.searchsorted(edges, sample.values, side="left")
    return np.bincount(index, weights=sample.weights, minlength=edges.size + 1).astype(np.float64)
