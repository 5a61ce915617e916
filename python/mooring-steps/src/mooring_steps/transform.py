"""The transformation from raw feature columns to the model's matrix: fitted on training rows, shipped with the model.

Training, evaluation and serving share this one class and its JSON, so there is nothing that could differ between them.

Numbers become one float32 column, missing ones the median of the training rows; where the training rows had missing
values, a second column says so. A category becomes one 0/1 column per value of its vocabulary and one for any other
value. A missing category is a value of its own when the training rows had one, and any other value otherwise. A time
becomes hour, day of the week and month.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from mooring_values.cells import text_of
from mooring_values.moments import ISO, MomentError, proven_format, reader_of

from mooring_steps.errors import InputError, shorten
from mooring_steps.texts import Table, moments, numbers, row_count
from mooring_steps.use_case import Column

VERSION: Final = 1
#: Values of a category that get a column of their own, the most frequent first; rarer ones share the column for others.
MAX_CATEGORIES: Final = 64
#: Bad values listed per column; a mistyped column of a million rows is not a million lines.
MOST_VALUES: Final = 5
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Feature:
    """What was learnt about one raw column."""

    name: str
    type: str
    nullable: bool = True
    #: Replaces a missing number; 0 when the training rows had no number at all.
    median: float | None = None
    #: Whether a second column tells missing numbers.
    indicator: bool = False
    #: Values of a category with a column of their own; the empty text is a missing value.
    vocabulary: tuple[str, ...] | None = None
    #: Format of a time where it is another than ISO 8601, which is always understood.
    format: str | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the matrix columns of this feature."""
        if self.vocabulary is not None:
            return (*(f"{self.name}={value}" for value in self.vocabulary), f"{self.name}=?")
        if self.type == "timestamp":
            return tuple(f"{self.name}.{part}" for part in ("hour", "weekday", "month"))
        return (self.name, f"{self.name}.missing") if self.indicator else (self.name,)

    def problems(self, texts: npt.NDArray[np.object_]) -> list[str]:
        """What is wrong with values of this column: each message has the column, the value and what is allowed."""
        found = []
        if not self.nullable and (texts == "").any():
            found.append(f"column '{self.name}': a value is missing, and the column is not nullable")
        if self.vocabulary is not None:
            return found
        if self.type == "timestamp":
            return found + self._complaints(moments(texts, self.format or ISO)[1], texts)
        values, bad = numbers(texts)
        if self.type == "integer":
            broken = np.isfinite(values) & (values != np.floor(values))
            bad += dict.fromkeys(texts[broken])
        return found + self._complaints(bad, texts)

    def columns(self, texts: npt.NDArray[np.object_]) -> Matrix:
        """The matrix columns of these values; values with problems count as missing."""
        if self.vocabulary is not None:
            return self._one_hot(texts, self.vocabulary)
        if self.type == "timestamp":
            return _calendar(moments(texts, self.format or ISO)[0])
        values = numbers(texts)[0]
        missing = np.isnan(values)
        filled = np.where(missing, self.median or 0.0, values)
        return _stack([filled, missing] if self.indicator else [filled])

    def _one_hot(self, texts: npt.NDArray[np.object_], vocabulary: Sequence[str]) -> Matrix:
        position = {value: index for index, value in enumerate(vocabulary)}
        codes = np.fromiter((position.get(each, len(vocabulary)) for each in texts), dtype=np.int64, count=len(texts))
        matrix = np.zeros((len(texts), len(vocabulary) + 1), dtype=np.float32)
        matrix[np.arange(len(texts)), codes] = 1
        return matrix

    def _complaints(self, bad: Sequence[str], texts: npt.NDArray[np.object_]) -> list[str]:
        values = list(dict.fromkeys(bad))
        shown = []
        for each in values[:MOST_VALUES]:
            rows = int((texts == each).sum())
            where = f", in {rows} rows" if rows > 1 else ""
            shown.append(f"column '{self.name}': '{each}' is not {_ALLOWED[self.type]}{where}")
        rest = len(values) - len(shown)
        return shown + ([f"column '{self.name}': {rest} more such values"] if rest else [])


_ALLOWED: Final[Mapping[str, str]] = {
    "integer": "a whole number (or empty)",
    "timestamp": "a time such as 2024-05-01 13:00:00 (or empty)",
    "number": "a finite number within ±3.4e38 (or empty)",
}


class Transform:
    """A fitted transformation. Immutable; `to_json` and `from_json` are exact inverses."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features: Final = tuple(features)

    @classmethod
    def fit(cls, columns: Sequence[Column], table: Table) -> Transform:
        """Learn medians and vocabularies from training rows.

        Raises InputError listing every value that does not fit its column's type.
        """
        fitted = cls([_fit(column, table[column.name]) for column in columns])
        fitted.check(table)
        return fitted

    @property
    def names(self) -> tuple[str, ...]:
        """Raw feature columns, in the order of the YAML."""
        return tuple(each.name for each in self.features)

    @property
    def outputs(self) -> tuple[tuple[str, str], ...]:
        """Matrix columns in order, each with the raw column it comes from."""
        return tuple((output, each.name) for each in self.features for output in each.outputs)

    def problems(self, table: Table) -> list[str]:
        """Everything that is wrong with the values of a table; empty when it can be applied."""
        return [problem for each in self.features for problem in each.problems(table[each.name])]

    def check(self, table: Table) -> None:
        """Raise InputError listing all problems, if there are any."""
        problems = self.problems(table)
        if problems:
            raise InputError(problems)

    def apply(self, table: Table) -> Matrix:
        """The matrix of a table's rows, one float32 column per entry of `outputs`."""
        rows = row_count(table)
        parts = [each.columns(table[each.name]) for each in self.features]
        return np.ascontiguousarray(np.hstack(parts)) if parts else np.zeros((rows, 0), dtype=np.float32)

    def to_json(self) -> dict[str, Any]:
        """The document transform.json."""
        features = [{key: value for key, value in asdict(each).items() if value is not None} for each in self.features]
        return {
            "version": VERSION,
            "features": features,
            "matrix": [{"name": name, "column": column} for name, column in self.outputs],
        }

    @classmethod
    def from_json(cls, document: Any) -> Transform:
        """Read transform.json. Raises InputError when it is of another version or incomplete."""
        version: object = document.get("version") if isinstance(document, dict) else None
        if version != VERSION:
            raise InputError(f"transform.json has version {version!r}; this code reads version {VERSION}")
        try:
            return cls([_feature(each) for each in document["features"]])
        except (KeyError, TypeError) as error:
            raise InputError(f"transform.json is incomplete ({type(error).__name__}: {error})") from None

    @classmethod
    def loads(cls, content: str | bytes) -> Transform:
        """Read transform.json from its text."""
        try:
            return cls.from_json(json.loads(content))
        except ValueError as error:
            raise InputError(f"transform.json is not JSON: {error}") from None


def _fit(column: Column, texts: npt.NDArray[np.object_]) -> Feature:
    if column.type == "category":
        return Feature(column.name, column.type, column.nullable, vocabulary=_vocabulary(column, texts))
    if column.type == "timestamp":
        time_format = column.format or time_format_of(column, texts)
        return Feature(column.name, column.type, column.nullable, format=None if time_format == ISO else time_format)
    values = numbers(texts)[0]
    present = values[~np.isnan(values)]
    median = float(np.median(present)) if len(present) else 0.0
    return Feature(column.name, column.type, column.nullable, median=median, indicator=len(present) < len(values))


def time_format_of(column: Column, texts: npt.NDArray[np.object_]) -> str:
    """The format of a column's times: the declared one, or the one that all values prove.

    Raises InputError when there is none, or more than one fits.
    """
    try:
        if column.format is None:
            return proven_format(texts.tolist(), column.name)
        reader_of(column.format)
        return column.format
    except MomentError as error:
        raise InputError(str(error)) from None


def _vocabulary(column: Column, texts: npt.NDArray[np.object_]) -> tuple[str, ...]:
    """Declared categories in their order, or else the most frequent values in alphabetical order."""
    values, counts = np.unique(texts.astype(str), return_counts=True)
    if column.categories is not None:
        declared = list(dict.fromkeys(text_of(each, frozenset()) for each in column.categories))
        return tuple([*declared, ""] if "" in values and "" not in declared else declared)
    frequent = np.lexsort((values, -counts))[:MAX_CATEGORIES]
    return tuple(sorted(str(each) for each in values[frequent]))


def _feature(entry: Mapping[str, Any]) -> Feature:
    vocabulary = entry.get("vocabulary")
    unknown = set(entry) - set(Feature.__dataclass_fields__)
    if unknown:
        raise InputError(f"transform.json: unknown keys {shorten(sorted(unknown))}")
    return Feature(
        name=str(entry["name"]),
        type=str(entry["type"]),
        nullable=bool(entry["nullable"]),
        median=entry.get("median"),
        indicator=bool(entry["indicator"]),
        vocabulary=None if vocabulary is None else tuple(str(each) for each in vocabulary),
        format=entry.get("format"),
    )


def _calendar(times: npt.NDArray[np.datetime64]) -> Matrix:
    """Hour 0-23, weekday 0-6 (Monday 0) and month 1-12; -1 where the time is missing."""
    missing = np.isnat(times)
    hours = times.astype("datetime64[h]").astype(np.int64)
    months = times.astype("datetime64[M]").astype(np.int64)
    # 1970-01-01 was a Thursday, weekday 3.
    parts = [hours % 24, (hours // 24 + 3) % 7, months % 12 + 1]
    return _stack([np.where(missing, -1, part) for part in parts])


def _stack(columns: Sequence[npt.NDArray[Any]]) -> Matrix:
    return np.column_stack([each.astype(np.float32) for each in columns])
