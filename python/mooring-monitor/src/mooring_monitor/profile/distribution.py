"""Distributions that detectors compare: weighted numbers and counted categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from mooring_monitor.sketches.kll import KllSketch

#: Largest rank error seen in 20 sketches of a million normal values each was 0.199 %.
SKETCH_ERROR: Final = 0.002

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NumberSample:
    """Distinct numbers in ascending order and how many rows each stands for."""

    values: Floats
    weights: Floats
    mean: float
    #: Population standard deviation.
    std: float
    #: Largest error of a share read off the sample; 0 when it holds every row.
    error: float = 0.0

    @classmethod
    def of_sketch(cls, sketch: KllSketch, mean: float, std: float) -> NumberSample:
        """What a sketch holds; exact as long as the sketch never had to compact (some 5,000 values)."""
        values, weights = sketch.weighted()
        compacted = any(each.size for each in sketch.levels[1:])
        return cls(values, weights, mean, std, SKETCH_ERROR if compacted else 0.0)

    @classmethod
    def of_values(cls, numbers: Floats) -> NumberSample:
        """All of some finite numbers."""
        values, counts = np.unique(numbers, return_counts=True)
        return cls(values, counts.astype(np.float64), float(numbers.mean()), float(numbers.std()))

    @cached_property
    def count(self) -> float:
        """Rows the sample stands for."""
        return float(self.weights.sum())

    @cached_property
    def cumulative(self) -> Floats:
        """Share of rows at or below each value."""
        return np.cumsum(self.weights) / self.count

    def cdf(self, at: Floats) -> Floats:
        """Share of rows at or below each of some points."""
        padded = np.concatenate([[0.0], self.cumulative])
        found: Floats = padded[np.searchsorted(self.values, at, side="right")]
        return found

    def quantiles(self, shares: Floats) -> Floats:
        """Smallest values with at least these shares of the rows at or below them."""
        index = np.searchsorted(self.cumulative, shares - 1e-12, side="left")
        found: Floats = self.values[np.minimum(index, self.values.size - 1)]
        return found


@dataclass(frozen=True)
class CategoryCounts:
    """Rows per category."""

    counts: Mapping[str, int]

    @cached_property
    def count(self) -> int:
        """Rows with a value."""
        return sum(self.counts.values())

    def share(self, category: str) -> float:
        """Share of a category among the rows with a value."""
        return self.counts.get(category, 0) / self.count if self.count else 0.0


def aligned(first: CategoryCounts, second: CategoryCounts) -> tuple[list[str], Floats, Floats]:
    """All categories of both (the first's order, then what only the second has) and both counts."""
    names = list(dict.fromkeys([*first.counts, *second.counts]))
    return (
        names,
        np.array([first.counts.get(name, 0) for name in names], dtype=np.float64),
        np.array([second.counts.get(name, 0) for name in names], dtype=np.float64),
    )


def unknown_count(first: CategoryCounts, second: CategoryCounts) -> int:
    """Rows of the second whose category the first does not know."""
    return sum(count for name, count in second.counts.items() if name not in first.counts)
