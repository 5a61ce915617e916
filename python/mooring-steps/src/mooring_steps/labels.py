"""The label as the model learns it: 0 or 1 for binary tasks, a number otherwise; the rule is `mooring_values`'s."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from mooring_values.labels import Invalid, LabelError, LabelRule, counted

from mooring_steps.errors import InputError
from mooring_steps.texts import map_unique


@dataclass(frozen=True)
class CodedLabels:
    """Labels of some rows; NaN where the label is missing or invalid."""

    values: npt.NDArray[np.float64]
    missing: int
    #: Rows per value that cannot be a label.
    invalid: Counter[str] = field(default_factory=Counter)
    #: The negative value of a training set of two, where neither the use case nor convention says that it is one.
    undeclared: str | None = None

    @property
    def warnings(self) -> list[str]:
        """Rows that cannot be learnt from, with counts."""
        found = []
        if self.missing:
            found.append(f"{self.missing:,} of {len(self.values):,} rows have no label and are left out")
        if self.invalid:
            found.append(f"{self.invalid.total():,} labels are invalid and left out: {counted(self.invalid)}")
        return found


def code_labels(rule: LabelRule, texts: npt.NDArray[np.object_]) -> tuple[CodedLabels, LabelRule]:
    """Code the labels of a training set, and say what it teaches about the negative value.

    Raises InputError when a value cannot be a label, when the positive value or any other value does not occur, or when
    all numbers are equal: nothing can be learnt from such a label.
    """
    try:
        rule.check(texts.tolist())
    except LabelError as error:
        raise InputError(str(error)) from None
    learnt = rule.learnt(set(texts.tolist()))
    coded = code_like(learnt, texts)
    if rule.unconventional(learnt.negative or ()) is not None:
        coded = replace(coded, undeclared=min(learnt.negative or ()))
    if rule.task != "binary" and len(np.unique(coded.values[~np.isnan(coded.values)])) < 2:
        raise InputError(f"label '{rule.name}' is constant, so there is nothing to learn")
    return coded, learnt


def code_like(rule: LabelRule, texts: npt.NDArray[np.object_]) -> CodedLabels:
    """Code labels of rows that came back as ground truth: what is no label is counted, and not learnt from."""
    invalid: Counter[str] = Counter()

    def convert(text: str) -> float:
        value = rule.value_of_text(text)
        if isinstance(value, Invalid):
            invalid[text] = 0
            return np.nan
        return np.nan if value is None else float(value)

    values = map_unique(convert, texts).astype(np.float64)
    for text in invalid:
        invalid[text] = int((texts == text).sum())
    return CodedLabels(values, int((texts == "").sum()), invalid)
