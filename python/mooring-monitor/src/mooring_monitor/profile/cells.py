"""One batch of a column, sorted into what its values are: integral, fractional, text, missing."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from mooring_values.cells import MISSING, cell, decode, text_of

#: Texts that mean "no value" in a column of which nothing is known, as in Model Monitor. A use case's columns have the
#: spellings that every part of the product shares (mooring_values).
MISSING_TEXTS: Final = ("", "nan", "NaN", "NAN", "null", "NULL")

#: Values looked at before a whole batch is tried as numbers.
_GLANCE: Final = 4
_INTEGRAL: Final = r"^[+-]?[0-9]+$"
_NUMBER: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^[+-]?(inf|Inf|INF|infinity|Infinity)$"


@dataclass(frozen=True)
class Distinct:
    """The different texts of a batch, in order of appearance: how often each occurs, and whether it is a number."""

    values: list[str]
    counts: npt.NDArray[np.int64]
    numeric: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Values of one column in one batch, in row order."""

    rows: int
    missing: int
    #: Present values by kind; booleans count as text, as in Model Monitor.
    integral: int
    fractional: int
    text: int
    #: Present numeric values that are infinite; they count as fractional and stay out of every moment.
    non_finite: int
    #: Finite numeric values in row order.
    numbers: npt.NDArray[np.float64]
    #: All present values, text or its bytes, when the source was text; None when it was typed numbers.
    raw: pa.Array | None
    #: The different texts, where the batch was sorted by them.
    counted: Distinct | None = None

    @property
    def texts(self) -> pa.Array | None:
        """All present values as text; None when the source was typed numbers."""
        return None if self.raw is None else _decoded(self.raw)

    def distinct(self) -> Distinct | None:
        """The different texts; None when the source was typed numbers."""
        if self.counted is not None or self.raw is None:
            return self.counted
        return _sorted(self.raw).distinct


def cells_of(
    array: pa.Array | pa.ChunkedArray, declared: str | None = None, missing: Collection[str] | None = None
) -> Cells:
    """Sort the values of an Arrow array of any type.

    `declared` is the type the use case gives the column, `missing` its spellings of "no value"; without them texts are
    taken as they are.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    kind = array.type
    if pa.types.is_dictionary(kind):
        return cells_of(array.cast(kind.value_type), declared, missing)
    spellings = MISSING if missing is None and declared is not None else missing
    if declared == "category":
        return _categories(array, spellings or MISSING)
    if pa.types.is_integer(kind):
        return _typed(array, integral=True)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _typed(array, integral=False)
    if pa.types.is_null(kind):
        return Cells(len(array), len(array), 0, 0, 0, 0, np.empty(0), None)
    if pa.types.is_large_binary(kind):
        array = array.cast(pa.binary())
    if pa.types.is_string(kind) or pa.types.is_binary(array.type):
        return _from_text(array, spellings)
    return _all_text(array.cast(pa.string()))


def _categories(array: pa.Array, missing: Collection[str]) -> Cells:
    """Values of a category by their canonical texts, whatever the array's type."""
    encoded = array.dictionary_encode()
    present = encoded.indices.drop_null().to_numpy()
    texts = [text_of(each, missing) for each in encoded.dictionary.to_pylist()]
    counts = np.bincount(present, minlength=len(texts))
    known: dict[str, int] = {}
    for text, count in zip(texts, counts.tolist(), strict=True):
        if text != "" and count:
            known[text] = known.get(text, 0) + count
    values = pa.array([text or None for text in texts], type=pa.string())
    raw = values.take(pa.array(present)).drop_null()
    counted = Distinct(list(known), np.array([*known.values()], dtype=np.int64), np.zeros(len(known), dtype=np.bool_))
    return Cells(len(array), len(array) - len(raw), 0, 0, len(raw), 0, np.empty(0), raw, counted)


def _typed(array: pa.Array, integral: bool) -> Cells:
    values = np.asarray(array.drop_null().cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    values = values[~np.isnan(values)]
    finite = np.isfinite(values)
    present = values.size
    infinite = present - int(np.count_nonzero(finite))
    return Cells(
        rows=len(array),
        missing=len(array) - present,
        integral=present if integral else 0,
        fractional=0 if integral else present,
        text=0,
        non_finite=infinite,
        numbers=values if infinite == 0 else values[finite],
        raw=None,
    )


def _all_text(array: pa.Array) -> Cells:
    texts = array.drop_null()
    return Cells(len(array), len(array) - len(texts), 0, 0, len(texts), 0, np.empty(0), texts)


def _from_text(array: pa.Array, spellings: Collection[str] | None) -> Cells:
    present = array.drop_null() if array.null_count else array
    fast = _fast(present)
    counted: Distinct | None = None
    missing = len(array) - len(present)
    if fast is None:
        parts = _sorted(present, spellings)
        missing += parts.missing
        if parts.missing:
            present = present.filter(pa.array(parts.there))
        numbers, integral, fractional, counted = parts.numbers, parts.integral, parts.fractional, parts.distinct
    else:
        numbers, integral, fractional = fast
    finite = np.isfinite(numbers)
    infinite = int(numbers.size - np.count_nonzero(finite))
    return Cells(
        rows=len(array),
        missing=missing,
        integral=integral,
        fractional=fractional,
        text=len(present) - integral - fractional,
        non_finite=infinite,
        numbers=numbers if infinite == 0 else numbers[finite],
        raw=present,
        counted=counted,
    )


def _fast(present: pa.Array) -> tuple[npt.NDArray[np.float64], int, int] | None:
    """Numbers, integral and fractional count when every value is a plain number; otherwise None."""
    # A failing cast is costly, and a column of text shows itself in its first values.
    if not all(is_number(each) for each in _decoded(present[:_GLANCE]).to_pylist()):
        return None
    try:
        numbers = present.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    if np.isnan(numbers).any():
        return None
    fractional = _fractional(present)
    return numbers, len(present) - fractional, fractional


def _fractional(numbers: pa.Array) -> int:
    """How many texts, all of which are numbers, are not whole ones: 2.0 and 1e3 are not.

    Most batches hold signs, digits and points only. There is at most one point in a number, so counting points does.
    """
    _, offsets, content = numbers.buffers()
    if content is None or not len(numbers):
        return 0
    ends = np.frombuffer(offsets, dtype=np.int32)[numbers.offset : numbers.offset + len(numbers) + 1]
    characters = np.frombuffer(content, dtype=np.uint8)[ends[0] : ends[-1]]
    # From "+" (43) to "9" (57); "," and "/" between them are in no number.
    if (characters - np.uint8(43) <= 14).all():
        return int(np.count_nonzero(characters == ord(".")))
    integral = pc.sum(pc.match_substring_regex(_decoded(numbers), _INTEGRAL)).as_py() or 0
    return len(numbers) - int(integral)


@dataclass(frozen=True)
class _Sorted:
    """A batch of which some is text, sorted by its distinct values."""

    #: Rows that hold a value, and how many do not.
    there: npt.NDArray[np.bool_]
    missing: int
    numbers: npt.NDArray[np.float64]
    integral: int
    fractional: int
    distinct: Distinct


def _sorted(present: pa.Array, spellings: Collection[str] | None = None) -> _Sorted:
    """Patterns run over the distinct values only."""
    encoded = present.dictionary_encode()
    index = encoded.indices.to_numpy()
    texts = _decoded(encoded.dictionary)
    counts = np.bincount(index, minlength=len(texts))
    if spellings is None:
        absent = pc.is_in(texts, value_set=pa.array(MISSING_TEXTS)).to_numpy(zero_copy_only=False).astype(bool)
    else:
        texts = pa.array([cell(each, spellings) for each in texts.to_pylist()], type=pa.string())
        absent = pc.equal(texts, "").to_numpy(zero_copy_only=False).astype(bool)
    trimmed = pc.utf8_trim_whitespace(texts)
    numeric = pc.match_substring_regex(trimmed, _NUMBER).to_numpy(zero_copy_only=False).astype(bool)
    values = np.full(len(texts), np.nan)
    whole = 0
    if numeric.any():
        integral = pc.match_substring_regex(trimmed, _INTEGRAL).to_numpy(zero_copy_only=False).astype(bool)
        whole = int(counts[integral].sum())
        plain = pc.replace_substring_regex(trimmed.filter(pa.array(numeric)), r"^\+", "")
        values[numeric] = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    numbers = values[index] if numeric.any() else np.empty(0)
    kept = ~absent
    return _Sorted(
        there=kept[index] if absent.any() else np.ones(len(present), dtype=bool),
        missing=int(counts[absent].sum()),
        numbers=numbers[~np.isnan(numbers)],
        integral=whole,
        fractional=int(counts[numeric].sum()) - whole,
        distinct=Distinct(texts.filter(pa.array(kept)).to_pylist(), counts[kept], numeric[kept]),
    )


def _decoded(array: Any) -> pa.Array:
    """Bytes as text: UTF-8 where it is, Latin-1 cell by cell where it is not."""
    if pa.types.is_string(array.type):
        return array
    try:
        return array.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if each is None else decode(each) for each in array.to_pylist()], type=pa.string())


def is_number(text: str) -> bool:
    """Whether a text is a number, infinities included, by the rules of this module."""
    return re.match(_NUMBER, text.strip()) is not None
