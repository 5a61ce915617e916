"""What the model answered and what turned out to be true, as columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.readers.payload import Row

#: Names under which a JSON answer may hold its label and its score.
_LABEL_KEYS = ("label", "predicted_label", "prediction", "value", "class")
_SCORE_KEYS = ("score", "probability")


def prediction_of(row: Row | None, task: str) -> tuple[str | None, float]:
    """Label (or number) and score of one answer: `label,score`, a single value, or an object.

    A single number is the score of a binary task and the value of a regression. Score is NaN where there is none.
    """
    if not row:
        return None, math.nan
    if isinstance(row, dict):
        label = next((row[key] for key in _LABEL_KEYS if key in row), None)
        score = next((row[key] for key in _SCORE_KEYS if key in row), None)
        return label, number(score)
    if len(row) > 1:
        return row[0], number(row[1])
    if task == "binary" and row[0] not in ("0", "1"):
        return None, number(row[0])
    return row[0], math.nan


def number(text: str | None) -> float:
    """A number, or NaN when the text is none."""
    try:
        return math.nan if text is None else float(text)
    except ValueError:
        return math.nan


def label_of(row: Row | None, use_case: UseCase) -> Any:
    """Ground truth in the coding of the training set; None when it is missing.

    Binary tasks: 1 for the positive value, 0 for any other. When the positive value is not a number, 1 and 0 (true and
    false) are understood as well, since that is how the pipeline writes its test rows.
    """
    text = _first(row)
    if text is None or text == "":
        return None
    if use_case.task == "multiclass":
        return text
    if use_case.task != "binary":
        value = number(text)
        return None if math.isnan(value) else value
    positive = _spelled(use_case.positive)
    if _same(text, positive):
        return 1
    if math.isnan(number(positive)) and text.lower() in ("1", "1.0", "true"):
        return 1
    return 0


def series(values: Sequence[Any], task: str) -> pd.Series[Any]:
    """Labels or predictions of a task as a column: text for classes of a multiclass task, numbers otherwise."""
    if task == "multiclass":
        return pd.Series(list(values), dtype=object)
    return pd.Series([math.nan if each is None else number(str(each)) for each in values], dtype=np.float64)


def typed_features(cells: Mapping[str, Sequence[str | None]], use_case: UseCase, rows: int) -> pd.DataFrame:
    """Feature columns of text as the use case types them: numbers (NaN where unreadable) and text."""
    columns: dict[str, Any] = {}
    for column in use_case.features:
        values = cells.get(column.name, [None] * rows)
        if column.numeric:
            columns[column.name] = pd.Series([number(each) for each in values], dtype=np.float64)
        else:
            columns[column.name] = pd.Series([None if each == "" else each for each in values], dtype=object)
    return pd.DataFrame(columns, index=pd.RangeIndex(rows))


def _first(row: Row | None) -> str | None:
    if not row:
        return None
    return row[0] if isinstance(row, list) else next(iter(row.values()))


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(text: str, positive: str) -> bool:
    return text == positive or (not math.isnan(number(text)) and number(text) == number(positive))
