"""What was predicted and what was true, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mooring_monitor.errors import InputError


class UndefinedMetric(ValueError):  # noqa: N818 - it is no failure, the rows just do not determine a value
    """A metric has no value on these rows; the message says why."""


@dataclass(frozen=True)
class Outcomes:
    """Rows with ground truth. Binary labels are 0/1, classes are texts, everything else are numbers."""

    actual: NDArray[Any]
    predicted: NDArray[Any]
    #: Score of the positive class, binary tasks only.
    scores: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.actual)

    def take(self, rows: NDArray[Any]) -> Outcomes:
        """The rows at these positions or under this mask."""
        return Outcomes(self.actual[rows], self.predicted[rows], None if self.scores is None else self.scores[rows])


@dataclass(frozen=True)
class Joined:
    """Outcomes with their position among all predictions, and what could not be judged."""

    outcomes: Outcomes
    #: Mask over all predictions: the rows of `outcomes`.
    judged: NDArray[np.bool_]
    #: Predictions whose ground truth is not known (yet).
    unlabelled: int
    #: Rows with ground truth whose prediction is missing or unreadable.
    unpredicted: int

    @property
    def coverage(self) -> float:
        """Share of the predictions that have ground truth; 0 without predictions."""
        return 1 - self.unlabelled / len(self.judged) if len(self.judged) else 0.0


def join(
    task: str,
    labels: pd.Series[Any],
    predictions: pd.Series[Any],
    scores: pd.Series[Any] | None = None,
    threshold: float | None = None,
) -> Joined:
    """Line up labels and predictions of the same rows.

    ``threshold`` decides anew from the scores (positive when strictly above it); without it the predictions are taken
    as the deployed model made them. Raises InputError when a threshold is given without scores, or labels of a binary
    task are not 0 and 1.
    """
    if len(labels) != len(predictions):
        raise InputError(f"{len(labels)} labels and {len(predictions)} predictions are not the same rows")
    numeric = task != "multiclass"
    actual = _numbers(labels) if numeric else _texts(labels)
    predicted = _numbers(predictions) if numeric else _texts(predictions)
    marks = None if scores is None else _numbers(scores)
    if threshold is not None and task == "binary":
        if marks is None:
            raise InputError("a decision threshold needs scores; there is no column 'score'")
        predicted = np.where(np.isnan(marks), np.nan, (marks > threshold).astype(np.float64))
    labelled, answered = ~_missing(actual), ~_missing(predicted)
    judged = labelled & answered
    if task == "binary":
        _require_binary(actual[judged], "label")
        _require_binary(predicted[judged], "prediction")
    outcomes = Outcomes(actual[judged], predicted[judged], None if marks is None else marks[judged])
    if task == "binary":
        kept = outcomes.scores
        outcomes = Outcomes(
            outcomes.actual.astype(np.int64),
            outcomes.predicted.astype(np.int64),
            None if kept is None or np.isnan(kept).any() else kept,
        )
    return Joined(outcomes, judged, int((~labelled).sum()), int((labelled & ~answered).sum()))


def _numbers(values: pd.Series[Any]) -> NDArray[np.float64]:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _texts(values: pd.Series[Any]) -> NDArray[Any]:
    present = values.notna()
    texts = [_class_name(value) if here else None for value, here in zip(values, present, strict=True)]
    return np.array(texts, dtype=object)


def _class_name(value: Any) -> str:
    """Text of a class; 2.0 (a class code that passed through a column with gaps) is 2."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(pd.isna(values), dtype=np.bool_)


def _require_binary(values: NDArray[Any], what: str) -> None:
    others = sorted({float(value) for value in values} - {0.0, 1.0})
    if others:
        raise InputError(f"{what}s of a binary task are 0 or 1; there are also: {', '.join(map(str, others[:5]))}")
