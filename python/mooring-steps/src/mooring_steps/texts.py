"""Cell values as canonical text: the one representation that files, requests and the transformation share.

A training row read from CSV or Parquet and the same row in a CSV or JSON request become the same texts, which is what
makes the served score equal to the batch score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

#: One array of texts per column, all of one length. A missing value is the empty text.
Table = dict[str, npt.NDArray[np.object_]]

#: Spellings of "no value". The words None and unknown are not among them: they are categories of real data sets.
MISSING: Final = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "<NA>", "NaT"})

#: A whole number written as a float, as pandas does for integers beside missing values.
WHOLE_FLOAT: Final = re.compile(r"[+-]?[0-9]+\.0+")
#: Largest magnitude of a number: that of the 32-bit matrix.
LARGEST: Final = float(np.finfo(np.float32).max)
#: Below this many values, looking for repetitions takes longer than it saves.
FEW: Final = 100
TRUTH: Final = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}


def canonical(text: str) -> str:
    """Strip blanks, write missing values as the empty text, 2.0 as 2 and True as true."""
    stripped = text.strip()
    if stripped in MISSING:
        return ""
    if stripped[-1] == "0" and WHOLE_FLOAT.fullmatch(stripped):
        return stripped[: stripped.index(".")]
    return TRUTH.get(stripped, stripped)


def text_of(value: Any) -> str:
    """Canonical text of a value from JSON, YAML or a data frame. Raises TypeError for lists and objects."""
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, str):
        return canonical(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return canonical(repr(float(value)))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, list | tuple | dict | set):
        raise TypeError(f"{type(value).__name__} is not a single value")
    return canonical(str(value))


def texts_of(values: Iterable[Any]) -> npt.NDArray[np.object_]:
    """Canonical texts of a whole column."""
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    return map_unique(text_of, series)


def map_unique(function: Callable[[Any], Any], values: Any) -> npt.NDArray[np.object_]:
    """Apply a function to each value, once per distinct value: columns repeat themselves a lot."""
    if len(values) < FEW:
        few = np.empty(len(values), dtype=object)
        few[:] = [function(each) for each in values]
        return few
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    mapped = np.empty(len(distinct), dtype=object)
    mapped[:] = [function(each) for each in distinct]
    taken: npt.NDArray[np.object_] = mapped[codes]
    return taken


def row_count(table: Table) -> int:
    """Number of rows of a table."""
    return len(next(iter(table.values()))) if table else 0


def take(table: Table, rows: npt.NDArray[Any]) -> Table:
    """The rows at these positions (or under this mask), in that order."""
    return {name: values[rows] for name, values in table.items()}


def numbers(texts: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Texts as numbers, NaN where missing, and the distinct texts that are not finite numbers (NaN in the result)."""
    bad: list[str] = []

    def convert(text: str) -> float:
        value = _finite(text)
        if value is None:
            bad.append(text)
        return np.nan if value is None else value

    if len(texts) < FEW:
        return map_unique(convert, texts).astype(np.float64), bad
    missing = texts == ""
    try:
        values = np.where(missing, "nan", texts).astype(np.float64)
    except ValueError:
        return map_unique(convert, texts).astype(np.float64), bad
    suspicious = ~missing & ~(np.abs(values) <= LARGEST)
    if suspicious.any() or "_" in "".join(texts):
        return map_unique(convert, texts).astype(np.float64), bad
    return values, bad


def _finite(text: str) -> float | None:
    """A number the model's 32-bit matrix can hold, NaN for a missing one, None for any other text."""
    if text == "":
        return np.nan
    try:
        value = float(text)
    except ValueError:
        return None
    # float() accepts underscores and infinity.
    return value if abs(value) <= LARGEST and "_" not in text else None


def moments(texts: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.datetime64], list[str]]:
    """Texts as UTC times, NaT where missing, and the distinct texts that are not times (NaT in the result)."""
    bad: list[str] = []

    def convert(text: str) -> Any:
        if text == "":
            return np.datetime64("NaT", "ns")
        try:
            moment = pd.Timestamp(text)
        except ValueError:
            bad.append(text)
            return np.datetime64("NaT", "ns")
        return (moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)).to_datetime64()

    return map_unique(convert, texts).astype("datetime64[ns]"), bad
