"""Quality by slices of the data: where is the model worst?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import Column
from numpy.typing import NDArray

from mooring_monitor.quality.measures import Measure, better
from mooring_monitor.quality.outcomes import Outcomes, UndefinedMetric

#: A slice smaller than this says more about chance than about the model.
LEAST_ROWS = 50
LEAST_SHARE = 0.02
MOST_VALUES = 20
QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Slice:
    """Rows that share a value (or a range) of one feature, and the model's quality on them."""

    feature: str
    value: str
    rows: int
    metric: str
    quality: float

    def as_json(self) -> dict[str, Any]:
        """The entry of slices.json."""
        return {"feature": self.feature, "value": self.value, "rows": self.rows, self.metric: self.quality}


def slices(
    frame: pd.DataFrame, columns: tuple[Column, ...], outcomes: Outcomes, metric: str, measure: Measure
) -> list[Slice]:
    """Slices from worst to best: each value of a category, each quarter of a number.

    Left out are slices below 50 rows or 2 % of the rows, and those on which the metric is undefined (the AUC of a slice
    with one kind of label). ``frame`` holds the rows of ``outcomes``, in their order.
    """
    least = max(LEAST_ROWS, int(LEAST_SHARE * len(outcomes)))
    found: list[Slice] = []
    for column in columns:
        if column.name not in frame.columns or column.type in ("text", "timestamp"):
            continue
        for value, mask in _parts(frame[column.name], column.numeric):
            rows = int(mask.sum())
            if rows < least or rows == len(outcomes):
                continue
            try:
                quality = measure(outcomes.take(mask))
            except UndefinedMetric:
                continue
            found.append(Slice(column.name, value, rows, metric, quality))
    rising = better(metric, 1, 0)
    return sorted(found, key=lambda each: (each.quality if rising else -each.quality, each.feature, each.value))


def _parts(values: pd.Series[Any], numeric: bool) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    if not numeric:
        texts = values.astype("string").fillna("(missing)")
        for value in sorted(texts.value_counts().index[:MOST_VALUES]):
            yield str(value), (texts == value).to_numpy(dtype=bool)
        return
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    present = ~np.isnan(numbers)
    if not present.any():
        return
    edges = np.unique(np.quantile(numbers[present], QUANTILES))
    if len(edges) == 1:
        return
    for index, (low, high) in enumerate(itertools.pairwise(edges)):
        above = numbers >= low if index == 0 else numbers > low
        yield f"{'[' if index == 0 else '('}{low:.6g}, {high:.6g}]", above & (numbers <= high)
    if not present.all():
        yield "(missing)", ~present
