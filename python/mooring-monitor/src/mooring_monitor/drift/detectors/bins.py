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
    """Counts per bin (numbers) or per category of both sides, in the same order; empty classes are left out."""
    if reference.numbers is not None and current.numbers is not None:
        edges = frozen_edges(reference.numbers)
        first, second = _counts(reference.numbers, edges), _counts(current.numbers, edges)
        held = first + second > 0
        return first[held], second[held]
    if reference.categories is not None and current.categories is not None:
        _, first, second = aligned(reference.categories, current.categories)
        return first, second
    raise NotComparableError("no values to compare")


def frozen_edges(reference: NumberSample) -> Floats:
    """Inner edges of the bins; a bin holds its upper edge. Heavy values span deciles: there may be fewer than ten.

    A value with a decile's share of the rows has a bin of its own, so that a constant which becomes another one, or a
    value beside it, is seen.
    """
    heavy = reference.values[reference.weights >= reference.count / BINS]
    own = np.concatenate([heavy, np.nextafter(heavy, -np.inf)])
    if reference.values.size <= BINS:
        inner: Floats = reference.values[:-1]
    else:
        inner = np.unique(reference.quantiles(np.arange(1, BINS) / BINS))
        inner = inner[inner < reference.values[-1]]
    edges: Floats = np.unique(np.concatenate([inner, own]))
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
