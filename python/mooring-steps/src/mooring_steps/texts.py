"""Columns of canonical texts: the one representation that files, requests and the transformation share.

What a cell means is defined in `mooring_values`. A training row read from CSV or Parquet and the same row in a CSV or
JSON request become the same texts, which is what makes the served score equal to the batch score.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from mooring_values.cells import MISSING, text_of
from mooring_values.moments import ISO, reader_of
from mooring_values.numbers import LARGEST, number_of

#: One array of texts per column, all of one length. A missing value is the empty text.
Table = dict[str, npt.NDArray[np.object_]]

#: Below this many values, looking for repetitions takes longer than it saves.
FEW: Final = 100


def texts_of(values: Iterable[Any], missing: Collection[str] = MISSING) -> npt.NDArray[np.object_]:
    """Canonical texts of a whole column."""
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    return map_unique(lambda each: text_of(each, missing), series)


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
        value = number_of(text)
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
    together = "".join(texts)
    # The quick way also reads underscores, blanks and the digits of other scripts.
    if suspicious.any() or "_" in together or not together.isascii():
        return map_unique(convert, texts).astype(np.float64), bad
    return values, bad


def moments(texts: npt.NDArray[np.object_], time_format: str = ISO) -> tuple[npt.NDArray[np.datetime64], list[str]]:
    """Texts as UTC times, NaT where missing, and the distinct texts that are not times (NaT in the result).

    ISO 8601 is understood whatever the format.
    """
    bad: list[str] = []
    read = reader_of(time_format)
    nothing = np.iinfo(np.int64).min

    def convert(text: str) -> int:
        moment = None if text == "" else read(text)
        if moment is None:
            if text != "":
                bad.append(text)
            return int(nothing)
        return moment.microseconds * 1_000 + moment.nanoseconds

    return map_unique(convert, texts).astype(np.int64).astype("datetime64[ns]"), bad


def iso_texts(texts: npt.NDArray[np.object_], time_format: str) -> npt.NDArray[np.object_]:
    """Times of a format as ISO 8601; what is ISO already, or no time, stays as it is."""
    if time_format == ISO:
        return texts
    read, iso = reader_of(time_format), reader_of(ISO)

    def convert(text: str) -> str:
        moment = None if text == "" or iso(text) is not None else read(text)
        return text if moment is None else moment.iso

    return map_unique(convert, texts)
