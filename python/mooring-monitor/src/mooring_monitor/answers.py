"""What the model answered and what turned out to be true, as columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase
from mooring_values.labels import Invalid
from mooring_values.numbers import number_of

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
    """Ground truth in the coding of the training set: 1 or 0 (binary), a class or a number; None when there is none.

    What cannot be a label of the use case is none either: it is never judged.
    """
    value = label_value(row, use_case)
    if value is None or isinstance(value, Invalid):
        return None
    return int(value) if use_case.task == "binary" else value


def label_value(row: Row | None, use_case: UseCase) -> float | str | Invalid | None:
    """Ground truth as the rule of the use case has it; None for a missing label."""
    return use_case.label_rule.value(_first(row))


def series(values: Sequence[Any], task: str) -> pd.Series[Any]:
    """Labels or predictions of a task as a column: text for classes of a multiclass task, numbers otherwise."""
    if task == "multiclass":
        return pd.Series(list(values), dtype=object)
    return pd.Series([math.nan if each is None else number(str(each)) for each in values], dtype=np.float64)


def typed_features(cells: Mapping[str, Sequence[str | None]], use_case: UseCase, rows: int) -> pd.DataFrame:
    """Feature columns of text as the use case types them: numbers (NaN where unreadable) and canonical text."""
    columns: dict[str, Any] = {}
    for column in use_case.features:
        meaning = use_case.meanings[column.name]
        texts = ["" if each is None else meaning.cell(each) for each in cells.get(column.name, [None] * rows)]
        if column.numeric:
            numbers = [number_of(each) for each in texts]
            columns[column.name] = pd.Series([math.nan if each is None else each for each in numbers], dtype=np.float64)
        else:
            columns[column.name] = pd.Series([each or None for each in texts], dtype=object)
    return pd.DataFrame(columns, index=pd.RangeIndex(rows))


def _first(row: Row | None) -> str | None:
    if not row:
        return None
    return row[0] if isinstance(row, list) else next(iter(row.values()))
