"""State of one column: grows with batches, merges with states of other parts, never with the number of rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from mooring_monitor.profile.cells import Cells
from mooring_monitor.sketches.distinct import DistinctCounter, hash_numbers
from mooring_monitor.sketches.kll import KllSketch

InferredType = Literal["Integral", "Fractional", "String", "Unknown"]

#: Columns of text with more distinct values get no counts per value: what Model Monitor's own outputs show.
CATEGORY_BUCKETS: Final = 120
#: Distinct texts of a window that are counted one by one; beyond, a column is no category and the counts are given up.
CATEGORY_LIMIT: Final = 2_000


class ColumnProfile:
    """Counts, moments, sketch and categories of one column.

    `declared` is the type the use case gives the column: `integer` and `number` columns are quantities whatever they
    hold, `category`, `text` and `timestamp` are text. Without it the type is inferred from the values, as Model Monitor
    does.
    """

    def __init__(self, name: str, declared: str | None = None) -> None:
        self.name = name
        self.declared = declared
        self.rows = 0
        self.missing = 0
        self.integral = 0
        self.fractional = 0
        self.text = 0
        self.non_finite = 0
        #: Numbers without a fraction, whatever their spelling (37.0 is whole); counted for `integer` columns.
        self.whole = 0
        self.low = math.inf
        self.high = -math.inf
        self.total = 0.0
        self._mean = 0.0
        self._squares = 0.0
        self.sketch = KllSketch()
        self.distinct = DistinctCounter()
        #: Rows per category; None for quantities, for text and times (which have no domain), and beyond the limit.
        self.categories: dict[str, int] | None = {} if declared in (None, "category") else None

    @property
    def present(self) -> int:
        """Rows with a value."""
        return self.rows - self.missing

    @property
    def numeric(self) -> int:
        """Finite numbers, the base of mean, sum and sketch."""
        return self.integral + self.fractional - self.non_finite

    @property
    def inferred_type(self) -> InferredType:
        """Model Monitor's type of the column."""
        if self.declared in ("category", "text", "timestamp"):
            return "String"
        if self.declared in ("integer", "number"):
            return "Integral" if self.declared == "integer" else "Fractional"
        if self.present == 0:
            return "Unknown"
        if self.text:
            return "String"
        return "Fractional" if self.fractional else "Integral"

    @property
    def mean(self) -> float:
        """Mean of the finite numbers; NaN when there are none."""
        return self._mean if self.numeric else math.nan

    @property
    def std(self) -> float:
        """Population standard deviation of the finite numbers; NaN when there are none."""
        return math.sqrt(max(self._squares, 0.0) / self.numeric) if self.numeric else math.nan

    def add(self, cells: Cells) -> None:
        """Take in a batch of values."""
        before = self.numeric
        self.rows += cells.rows
        self.missing += cells.missing
        self.integral += cells.integral
        self.fractional += cells.fractional
        self.text += cells.text
        self.non_finite += cells.non_finite
        if cells.numbers.size:
            self._add_numbers(cells, before)
        if cells.raw is not None and len(cells.raw):
            self._add_texts(cells)
        elif self.declared is None and cells.numbers.size:
            # A typed number column of an unknown schema is a quantity.
            self.categories = None

    def merge(self, other: ColumnProfile) -> None:
        """Take in the state of another part of the same column; the other is left as it is."""
        before = self.numeric
        self.rows += other.rows
        self.missing += other.missing
        self.integral += other.integral
        self.fractional += other.fractional
        self.text += other.text
        self.non_finite += other.non_finite
        self.whole += other.whole
        self._merge_moments(before, other.numeric, other.total, other._mean, other._squares)
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)
        self.sketch.merge(other.sketch)
        self.distinct.merge(other.distinct)
        if other.categories is None:
            self.categories = None
        else:
            self._count_categories(other.categories.items())

    def state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, as JSON values."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            **plain,
            "sketch": self.sketch.state(),
            "distinct": self.distinct.state(),
            "categories": self.categories,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> ColumnProfile:
        """The column whose `state` was taken."""
        column = cls(state["name"], state["declared"])
        for name in _PLAIN:
            setattr(column, name, state[name])
        column.sketch = KllSketch.from_state(state["sketch"])
        column.distinct = DistinctCounter.from_state(state["distinct"])
        column.categories = None if state["categories"] is None else dict(state["categories"])
        return column

    def _add_numbers(self, cells: Cells, before: int) -> None:
        numbers = cells.numbers
        total = float(numbers.sum())
        mean = total / numbers.size
        deviations = numbers - mean
        # Not np.dot: on short arrays the threads of its library cost more than they give.
        squares = float(np.square(deviations, out=deviations).sum())
        self._merge_moments(before, numbers.size, total, mean, squares)
        self.low = min(self.low, float(numbers.min()))
        self.high = max(self.high, float(numbers.max()))
        if self.declared == "integer":
            all_integral = cells.fractional == cells.non_finite
            self.whole += numbers.size if all_integral else int(np.count_nonzero(numbers == np.rint(numbers)))
        self.sketch.update(numbers)
        if self.distinct.exact:
            numbers = pa.array(numbers).unique().to_numpy()
        self.distinct.update(hash_numbers(numbers))

    def _merge_moments(self, before: int, count: int, total: float, mean: float, squares: float) -> None:
        """Chan, Golub, LeVeque (1979): moments of two parts together."""
        if count == 0:
            return
        delta = mean - self._mean
        self.total += total
        self._mean += delta * count / (before + count)
        self._squares += squares + delta * delta * before * count / (before + count)

    def _add_texts(self, cells: Cells) -> None:
        if self.categories is None and self.text == 0:
            return
        found = cells.distinct()
        if found is None:
            return
        if len(found.values) > self._category_limit:
            self.categories = None
            if self.text == 0:
                return
        if self.text:
            known = self.categories or {}
            words = [
                each
                for each, number in zip(found.values, found.numeric.tolist(), strict=True)
                if not number and each not in known
            ]
            if words:
                self.distinct.update(pd.util.hash_array(np.array(words, dtype=object), categorize=False))
        if self.categories is not None:
            self._count_categories(zip(found.values, found.counts.tolist(), strict=True))

    def _count_categories(self, counts: Iterable[tuple[str, int]]) -> None:
        if self.categories is None:
            return
        for value, count in counts:
            self.categories[value] = self.categories.get(value, 0) + count
        if len(self.categories) > self._category_limit:
            self.categories = None

    @property
    def _category_limit(self) -> int:
        """A column of an unknown schema that held nothing but numbers so far will hardly turn out to be a category."""
        return CATEGORY_BUCKETS if self.declared is None and self.text == 0 else CATEGORY_LIMIT


#: Attributes whose values are JSON values already.
_PLAIN: Final = (
    *("name", "declared", "rows", "missing", "integral", "fractional", "text", "non_finite", "whole"),
    *("low", "high", "total", "_mean", "_squares"),
)
