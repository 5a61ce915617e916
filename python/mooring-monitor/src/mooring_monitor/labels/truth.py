"""What counts as a label of a use case, and how it is written into training data."""

from __future__ import annotations

import math

from mooring_use_case.use_case import UseCase

from mooring_monitor.answers import label_of, number
from mooring_monitor.readers.payload import Row


def label_text(row: Row | None, use_case: UseCase) -> str | None:
    """The label as training data spells it; None when the value cannot be a label of this use case.

    Binary tasks know two values: the positive one, and anything else. Numbers have to keep the column's bounds.
    """
    value = label_of(row, use_case)
    if value is None or not _allowed(row, use_case):
        return None
    if use_case.task == "binary":
        return _binary(int(value), use_case)
    return repr(value) if isinstance(value, float) else str(value)


def _allowed(row: Row | None, use_case: UseCase) -> bool:
    text = (row[0] if isinstance(row, list) else next(iter(row.values()))) if row else None
    column = use_case.column(use_case.label)
    if text is None:
        return False
    if column.categories is not None:
        return text in {str(each).lower() if isinstance(each, bool) else str(each) for each in column.categories}
    if not column.numeric:
        return True
    value = number(text)
    if math.isnan(value) or math.isinf(value):
        return False
    low, high = column.min, column.max
    return (low is None or value >= low) and (high is None or value <= high)


def _binary(value: int, use_case: UseCase) -> str:
    positive = use_case.positive
    spelled = str(positive).lower() if isinstance(positive, bool) else str(positive)
    if value == 1:
        return spelled
    return "1" if number(spelled) == 0 else "0"
