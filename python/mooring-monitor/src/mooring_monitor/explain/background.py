"""The rows that stand for "feature absent" in the kernel method: the choice of baseline."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.errors import InputError

Choice = Literal["sample", "typical", "kmeans"]
CHOICES: tuple[Choice, ...] = ("sample", "typical", "kmeans")
DEFAULT_SIZE = 50


def background(
    frame: pd.DataFrame, use_case: UseCase, choice: Choice, size: int = DEFAULT_SIZE, seed: int = 0
) -> pd.DataFrame:
    """Background rows out of a table of features.

    ``sample``: seeded random rows (attributions explain the difference from the average prediction). ``typical``: one
    row of medians and most frequent categories (the difference from the typical row). ``kmeans``: the real rows nearest
    to the centres of clusters, which cover rare regions with fewer rows. Raises InputError without rows.
    """
    if frame.empty:
        raise InputError("there are no rows to choose a background from")
    if choice == "typical":
        return _typical(frame, use_case)
    if len(frame) <= size:
        return frame.reset_index(drop=True)
    random = np.random.default_rng(seed)
    if choice == "sample":
        chosen = np.sort(random.choice(len(frame), size=size, replace=False))
        return frame.iloc[chosen].reset_index(drop=True)
    return _centres(frame, use_case, size, seed)


def _typical(frame: pd.DataFrame, use_case: UseCase) -> pd.DataFrame:
    row: dict[str, Any] = {}
    for column in use_case.features:
        values = frame[column.name].dropna()
        if values.empty:
            row[column.name] = None
        elif column.numeric:
            median = float(pd.to_numeric(values, errors="coerce").median())
            row[column.name] = math.floor(median) if column.type == "integer" else median
        else:
            row[column.name] = values.mode().iloc[0]
    return pd.DataFrame([row])


def _centres(frame: pd.DataFrame, use_case: UseCase, size: int, seed: int) -> pd.DataFrame:
    from sklearn.cluster import KMeans

    numbers = [each.name for each in use_case.features if each.numeric]
    others = [each.name for each in use_case.features if not each.numeric]
    scaled = frame[numbers].apply(pd.to_numeric, errors="coerce").astype("float64")
    scaled = (scaled - scaled.mean()) / scaled.std(ddof=0).replace(0, 1)
    encoded = pd.get_dummies(frame[others].astype("string"), dtype="float64")
    matrix = np.hstack([scaled.fillna(0.0).to_numpy(), encoded.to_numpy()])
    # A sample is enough to find clusters and keeps a large table from taking minutes.
    sample = np.random.default_rng(seed).permutation(len(matrix))[:10_000]
    clusters = KMeans(n_clusters=size, n_init=1, random_state=seed).fit(matrix[sample])
    distances = clusters.transform(matrix[sample])
    nearest = sorted(set(sample[distances.argmin(axis=0)].tolist()))
    return frame.iloc[nearest].reset_index(drop=True)
