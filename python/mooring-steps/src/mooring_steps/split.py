"""Dividing rows into training, validation and test rows: at random with a seed, or by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mooring_steps.errors import InputError

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row positions of the three parts."""

    train: Positions
    validation: Positions
    test: Positions


def random_split(rows: int, test_size: float, validation_size: float, seed: int) -> Split:
    """Test rows as scikit-learn's `train_test_split(test_size, random_state=seed)` picks them, then validation rows.

    It depends on the number and order of rows alone. `validation_size` is a share of the rows that are not test rows.
    """
    from sklearn.model_selection import train_test_split

    _need(rows, test_size, validation_size)
    rest, test = train_test_split(np.arange(rows), test_size=test_size, random_state=seed)
    train, validation = train_test_split(rest, test_size=validation_size, random_state=seed)
    return Split(train, validation, test)


def time_split(times: npt.NDArray[np.datetime64], test_size: float, validation_size: float) -> Split:
    """The latest rows are the test rows, the latest of the others the validation rows.

    Rows of one moment are never divided: they go with the later part's first row.
    """
    _need(len(times), test_size, validation_size)
    order = np.argsort(times, kind="stable")
    first_test = _boundary(times[order], len(times) - max(1, round(len(times) * test_size)))
    first_validation = _boundary(times[order[:first_test]], first_test - max(1, round(first_test * validation_size)))
    if first_validation < 1:
        raise InputError("the split by time leaves no training rows: too many rows share one moment")
    return Split(order[:first_validation], order[first_validation:first_test], order[first_test:])


def join(first: Split, second: Split, offset: int) -> Split:
    """Two splits as one; the second one's rows come after `offset` rows of the first."""
    return Split(
        *(
            np.concatenate([getattr(first, part), getattr(second, part) + offset])
            for part in ("train", "validation", "test")
        )
    )


def _boundary(times: npt.NDArray[np.datetime64], position: int) -> int:
    return int(np.searchsorted(times, times[position], side="left")) if len(times) else 0


def _need(rows: int, test_size: float, validation_size: float) -> None:
    least = next(
        each
        for each in range(3, 10_000_000)
        if np.ceil(each * test_size) >= 1 and (each - np.ceil(each * test_size)) * (1 - validation_size) >= 1.0
    )
    if rows < least:
        raise InputError(f"{rows} rows are too few to split into training, validation and test rows; at least {least}")


def shares(split: Split) -> dict[str, Any]:
    """Number of rows of each part."""
    return {"train": len(split.train), "validation": len(split.validation), "test": len(split.test)}
