"""From a table and a use case to the rows that bias metrics look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import Facet, Scalar, UseCase
from mooring_values.cells import text_of
from numpy.typing import NDArray

from mooring_monitor.bias.tally import BiasRows
from mooring_monitor.errors import InputError

PREDICTION = "prediction"
SCORE = "score"


@dataclass(frozen=True)
class Outcome:
    """What counts as the positive outcome of a label column: a value, or everything above a threshold."""

    value: Scalar | None = None
    threshold: float | None = None

    def marks(self, column: pd.Series[Any]) -> NDArray[np.bool_]:
        """Which entries are positive; absent ones are not."""
        if self.threshold is not None:
            return above(column, self.threshold)
        return equals(column, self.value)

    def text(self, column: pd.Series[Any]) -> str:
        """Clarify's ``label_value_or_threshold``."""
        return str(self.value) if self.threshold is None else interval(column, self.threshold)


def outcome_of(use_case: UseCase, encoded: bool) -> Outcome:
    """The positive outcome of a use case; ``encoded`` says that the label column was already mapped to 0/1.

    For regression and forecasts a numeric ``dataset.positive`` is the threshold above which an outcome is positive.
    """
    if use_case.task == "binary":
        return Outcome(value=1) if encoded else Outcome(value=use_case.positive)
    if use_case.positive is None:
        raise InputError(
            f"bias of a {use_case.task} task needs dataset.positive in the use case: the class that counts as the "
            "positive outcome, or for numbers the threshold above which an outcome is positive"
        )
    if use_case.task == "multiclass":
        return Outcome(value=use_case.positive)
    try:
        return Outcome(threshold=float(use_case.positive))
    except ValueError:
        raise InputError(f"dataset.positive '{use_case.positive}' of a {use_case.task} task is not a number") from None


@dataclass(frozen=True)
class FacetRows:
    """The rows of one facet, how Clarify names its disadvantaged side, and how many rows had no value for it."""

    facet: Facet
    value_or_threshold: str
    rows: BiasRows
    left_out: int


def select_facet(
    frame: pd.DataFrame, use_case: UseCase, facet: Facet, outcome: Outcome, predicted: pd.Series[Any] | None
) -> FacetRows:
    """Reduce a table to the rows that have the facet, the label and (when given) a prediction.

    Raises InputError when a needed column is missing.
    """
    wanted = [facet.name, use_case.label, *([use_case.group_variable] if use_case.group_variable else [])]
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise InputError(f"no column {', '.join(missing)} in the data; there are: {', '.join(map(str, frame.columns))}")
    column = frame[facet.name]
    known = column.notna() & frame[use_case.label].notna()
    if predicted is not None:
        known &= predicted.notna()
    mask = known.to_numpy(dtype=bool)
    kept = frame.loc[mask]
    group = use_case.group_variable
    rows = BiasRows(
        disadvantaged=_disadvantaged(kept[facet.name], facet),
        label=outcome.marks(kept[use_case.label]),
        predicted=None if predicted is None else outcome.marks(predicted.loc[mask]),
        group=None if group is None else kept[group].to_numpy(dtype=object),
        features=kept.drop(columns=[facet.name, use_case.label, PREDICTION, SCORE, *_keys(use_case)], errors="ignore"),
    )
    return FacetRows(facet, _facet_text(column, facet), rows, left_out=int((~mask).sum()))


def equals(column: pd.Series[Any], value: Scalar | None) -> NDArray[np.bool_]:
    """Entries that mean a value, whether read as text or as number (``"1"``, ``1`` and ``1.0`` are the same)."""
    wanted = text_of(value, frozenset())
    # A category as its column is declared may be spelled like a missing value.
    texts = {each: text_of(each, frozenset()) for each in column.unique() if not pd.isna(each)}
    return column.map(lambda each: texts.get(each) == wanted, na_action="ignore").fillna(False).to_numpy(dtype=np.bool_)


def above(column: pd.Series[Any], threshold: float) -> NDArray[np.bool_]:
    """Entries strictly above a threshold."""
    numeric = pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.asarray(numeric > threshold, dtype=np.bool_)


def interval(column: pd.Series[Any], threshold: float) -> str:
    """Clarify's text of a threshold: the half-open interval from it to the largest value."""
    largest = pd.to_numeric(column, errors="coerce").max()
    return f"({threshold}, {largest}]"


def _disadvantaged(column: pd.Series[Any], facet: Facet) -> NDArray[np.bool_]:
    if facet.threshold is not None:
        return above(column, facet.threshold)
    if facet.disadvantaged is None:
        raise InputError(f"facet '{facet.name}' has neither a disadvantaged value nor a threshold")
    return equals(column, facet.disadvantaged)


def _facet_text(column: pd.Series[Any], facet: Facet) -> str:
    return str(facet.disadvantaged) if facet.threshold is None else interval(column, facet.threshold)


def _keys(use_case: UseCase) -> list[str]:
    return [name for name in (use_case.time, use_case.key) if name is not None]
