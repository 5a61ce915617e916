"""KLL quantile sketch, deterministic, level by level the one Model Monitor writes.

Source: Karnin, Lang, Liberty, "Optimal quantile approximation in streams" (FOCS 2016), in the variant of the library
Deequ: a compactor hands on every other item of its sorted buffer, and the starting offset flips at every second
compaction instead of being drawn at random. So equal rows in equal order give equal sketches.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Model Monitor's parameters. At k = 2048 the rank error is below 0.1 % of the rows in practice.
DEFAULT_K: Final = 2048
DEFAULT_C: Final = 0.64


class _Compactor:
    """One level: a buffer in arrival order, and the state that decides which half survives a compaction."""

    __slots__ = ("chunks", "compactions", "offset", "size")

    def __init__(self) -> None:
        self.chunks: list[Floats] = []
        self.size = 0
        self.compactions = 0
        self.offset = 0

    def extend(self, values: Floats) -> None:
        if values.size:
            self.chunks.append(values)
            self.size += values.size

    def values(self) -> Floats:
        if len(self.chunks) > 1:
            self.chunks = [np.concatenate(self.chunks)]
        return self.chunks[0] if self.chunks else np.empty(0)

    def compact(self) -> Floats:
        """Empty the buffer (an odd last item stays) and return every other of its sorted items."""
        buffer = self.values()
        even = self.size - self.size % 2
        if self.compactions % 2 == 1:
            self.offset = 1 - self.offset
        kept = np.sort(buffer[:even])[self.offset :: 2]
        rest = buffer[even:].copy()
        self.chunks = [rest] if rest.size else []
        self.size = rest.size
        self.compactions += 1
        return kept


class KllSketch:
    """Quantile sketch of numbers; add values in row order, merge with others, ask for ranks."""

    def __init__(self, k: int = DEFAULT_K, c: float = DEFAULT_C) -> None:
        self.k = k
        self.c = c
        self._levels: list[_Compactor] = []
        self._capacities: list[int] = []
        self._total_capacity = 0
        self._size = 0
        self._expand()

    def update(self, values: Floats) -> None:
        """Add finite values in their order; the same result as adding them one by one."""
        start = 0
        while start < values.size:
            room = self._total_capacity - self._size + 1
            chunk = values[start : start + max(room, 1)]
            self._levels[0].extend(chunk)
            self._size += chunk.size
            start += chunk.size
            if self._size > self._total_capacity:
                self._condense()

    def merge(self, other: KllSketch) -> None:
        """Take in another sketch of the same parameters; the other is left as it is."""
        if (self.k, self.c) != (other.k, other.c):
            raise ValueError(f"sketches with k={self.k}, c={self.c} and k={other.k}, c={other.c} cannot be merged")
        while len(self._levels) < len(other._levels):
            self._expand()
        for mine, theirs in zip(self._levels, other._levels, strict=False):
            mine.extend(theirs.values())
        self._size += other._size
        while self._size >= self._total_capacity and self._condense():
            pass

    @property
    def levels(self) -> list[Floats]:
        """Buffers from weight 1 upwards (weight 2^level), in stored order."""
        return [each.values() for each in self._levels]

    @property
    def count(self) -> int:
        """Number of values the sketch stands for."""
        return sum(each.size << level for level, each in enumerate(self._levels))

    def weighted(self) -> tuple[Floats, Floats]:
        """Distinct values in ascending order and the weight of each; duplicates are summed."""
        values = np.concatenate(self.levels)
        weights = np.concatenate([np.full(each.size, float(1 << level)) for level, each in enumerate(self._levels)])
        distinct, inverse = np.unique(values, return_inverse=True)
        return distinct, np.bincount(inverse, weights=weights, minlength=distinct.size).astype(np.float64)

    def buckets(self, low: float, high: float, count: int = 10) -> list[tuple[float, float, float]]:
        """Equal-width buckets (lower, upper, estimated rows) between two bounds; the last includes its upper bound."""
        values, weights = self.weighted()
        ranks = np.concatenate([[0.0], np.cumsum(weights)])
        found: list[tuple[float, float, float]] = []
        for index in range(count):
            lower, last = _between(low, high, index, count), index == count - 1
            upper = high if last else _between(low, high, index + 1, count)
            top = ranks[np.searchsorted(values, upper, side="right" if last else "left")]
            found.append((lower, upper, float(top - ranks[np.searchsorted(values, lower, side="left")])))
        return found

    @classmethod
    def from_levels(cls, levels: Sequence[Sequence[float]], k: int = DEFAULT_K, c: float = DEFAULT_C) -> KllSketch:
        """The sketch that statistics.json describes."""
        sketch = cls(k, c)
        while len(sketch._levels) < len(levels):
            sketch._expand()
        for compactor, values in zip(sketch._levels, levels, strict=False):
            compactor.extend(np.asarray(values, dtype=np.float64))
            sketch._size += len(values)
        return sketch

    def state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, as JSON values."""
        return {
            "k": self.k,
            "c": self.c,
            "levels": [each.values().tolist() for each in self._levels],
            "turns": [[each.compactions, each.offset] for each in self._levels],
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> KllSketch:
        """The sketch whose `state` was taken."""
        sketch = cls.from_levels(state["levels"], state["k"], state["c"])
        for compactor, (compactions, offset) in zip(sketch._levels, state["turns"], strict=True):
            compactor.compactions, compactor.offset = compactions, offset
        return sketch

    def _capacity(self, height: int) -> int:
        return 2 * (math.ceil(self.k * self.c**height / 2) + 1)

    def _expand(self) -> None:
        self._capacities.append(self._capacity(len(self._levels)))
        self._total_capacity += self._capacities[-1]
        self._levels.append(_Compactor())

    def _condense(self) -> bool:
        """Compact the lowest full level; False when none is full."""
        for height, compactor in enumerate(self._levels):
            if compactor.size >= self._capacities[height]:
                if height + 1 == len(self._levels):
                    self._expand()
                before = compactor.size
                kept = compactor.compact()
                self._levels[height + 1].extend(kept)
                self._size += kept.size + compactor.size - before
                return True
        return False


def _between(low: float, high: float, index: int, count: int) -> float:
    width = high - low
    if math.isinf(width):
        return low * (1 - index / count) + high * (index / count)
    return low + width * index / count
