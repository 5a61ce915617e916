"""What counts as a label of a use case, and how it is written into training data."""

from __future__ import annotations

from mooring_use_case.use_case import UseCase
from mooring_values.labels import Invalid

from mooring_monitor.answers import label_value
from mooring_monitor.readers.payload import Row


def label_text(row: Row | None, use_case: UseCase) -> str | None:
    """The label as training data spells it, empty when it is missing; None when the value cannot be a label."""
    value = label_value(row, use_case)
    if isinstance(value, Invalid):
        return None
    return "" if value is None else use_case.label_rule.spelled(value)
