"""The flip test (FT): would the disadvantaged be treated otherwise if they were advantaged?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mooring_monitor.bias.errors import MetricError
from mooring_monitor.bias.tally import BiasRows

NEIGHBOURS = 5
FEW_ROWS = 9
MOST_REFERENCE_ROWS = 20_000
MOST_TESTED_ROWS = 20_000


@dataclass(frozen=True)
class Flips:
    """Every tested disadvantaged row: 1 when the model accepts it against its neighbours, -1 the reverse, 0 neither."""

    outcomes: NDArray[np.int8]

    def value(self) -> float:
        """FT = (FT+ - FT-) / nd."""
        return float(np.sum(self.outcomes, dtype=np.int64)) / len(self.outcomes)


def flip_test(rows: BiasRows, seed: int = 0) -> Flips:
    """Compare each disadvantaged row's prediction with the majority of its five nearest advantaged neighbours.

    FT = (FT+ - FT-) / nd, where FT+ counts disadvantaged rows that the model accepts while their neighbours are
    rejected, and FT- the reverse. Source: Black, Yeom, Fredrikson 2020, in smclarify's tabular approximation (k = 5,
    Euclidean distance on unscaled columns; k = 1 below ten advantaged rows). Two extensions where smclarify gives an
    error or does not scale: categories are one-hot encoded and absent numbers take the column's median, and past
    20,000 rows of a facet a seeded sample of that size stands for it.
    """
    # Half of the import time of every command; only this metric needs it.
    from sklearn.neighbors import KNeighborsClassifier

    if rows.predicted is None:
        raise MetricError("Predicted labels are not provided")
    disadvantaged = np.flatnonzero(rows.disadvantaged)
    advantaged = np.flatnonzero(~rows.disadvantaged)
    if len(disadvantaged) == 0:
        raise MetricError("Facet set is empty")
    if len(advantaged) == 0:
        raise MetricError("Negated Facet set is empty")
    if rows.features.shape[1] == 0:
        raise MetricError("no feature column is left to find neighbours by")
    random = np.random.default_rng(seed)
    advantaged = _sample(advantaged, MOST_REFERENCE_ROWS, random)
    disadvantaged = _sample(disadvantaged, MOST_TESTED_ROWS, random)
    matrix = _numeric(rows.features)
    neighbours = KNeighborsClassifier(n_neighbors=NEIGHBOURS if len(advantaged) > FEW_ROWS else 1)
    neighbours.fit(matrix[advantaged], rows.predicted[advantaged])
    as_advantaged = np.asarray(neighbours.predict(matrix[disadvantaged]), dtype=np.int8)
    return Flips(outcomes=(rows.predicted[disadvantaged].astype(np.int8) - as_advantaged).astype(np.int8))


def _sample(positions: NDArray[np.intp], most: int, random: np.random.Generator) -> NDArray[np.intp]:
    if len(positions) <= most:
        return positions
    return np.sort(random.choice(positions, size=most, replace=False))


def _numeric(features: pd.DataFrame) -> NDArray[np.float64]:
    numbers = features.select_dtypes(["number", "bool"]).astype("float64")
    numbers = numbers.replace([np.inf, -np.inf], np.nan)
    numbers = numbers.fillna(numbers.median()).fillna(0.0)
    others = features.columns.difference(numbers.columns, sort=False)
    if len(others) == 0:
        return numbers.to_numpy()
    encoded = pd.get_dummies(features[others].astype("string"), dtype="float64")
    return np.hstack([numbers.to_numpy(), encoded.to_numpy()])
