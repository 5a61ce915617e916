"""One batch of a column, sorted into what its values are: integral, fractional, text, missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Texts that mean "no value". Other spellings (NA, None, ?) may be categories and are left alone.
MISSING_TEXTS: Final = ("", "nan", "NaN", "NAN", "null", "NULL")

#: Values looked at before a whole batch is tried as numbers.
_GLANCE: Final = 32
_INTEGRAL: Final = r"^[+-]?[0-9]+$"
_NUMBER: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^[+-]?(inf|Inf|INF|infinity|Infinity)$"


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
    #: All present values as text, when the source was text; None when it was typed numbers.
    texts: pa.Array | None


def cells_of(array: pa.Array | pa.ChunkedArray) -> Cells:
    """Sort the values of an Arrow array of any type."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    kind = array.type
    if pa.types.is_dictionary(kind):
        return cells_of(array.cast(kind.value_type))
    if pa.types.is_integer(kind):
        return _typed(array, integral=True)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _typed(array, integral=False)
    if pa.types.is_null(kind):
        return Cells(len(array), len(array), 0, 0, 0, 0, np.empty(0), None)
    if pa.types.is_string(kind):
        return _from_text(array)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _from_text(_decoded(array))
    return _all_text(array.cast(pa.string()))


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
        texts=None,
    )


def _all_text(array: pa.Array) -> Cells:
    texts = array.drop_null()
    return Cells(len(array), len(array) - len(texts), 0, 0, len(texts), 0, np.empty(0), texts)


def _from_text(array: pa.Array) -> Cells:
    present = array
    if array.null_count:
        present = array.drop_null()
    fast = _fast(present)
    if fast is None:
        missing = pc.is_in(present, value_set=pa.array(MISSING_TEXTS))
        if pc.any(missing).as_py():
            present = present.filter(pc.invert(missing))
            fast = _fast(present)
    numbers, integral, fractional = _slow(present) if fast is None else fast
    finite = np.isfinite(numbers)
    infinite = int(numbers.size - np.count_nonzero(finite))
    return Cells(
        rows=len(array),
        missing=len(array) - len(present),
        integral=integral,
        fractional=fractional,
        text=len(present) - integral - fractional,
        non_finite=infinite,
        numbers=numbers if infinite == 0 else numbers[finite],
        texts=present,
    )


def _fast(present: pa.Array) -> tuple[npt.NDArray[np.float64], int, int] | None:
    """Numbers, integral and fractional count when every value is a plain number; otherwise None."""
    # A failing cast is costly, and a column of text shows itself in its first values.
    if not all(is_number(each) for each in present[:_GLANCE].to_pylist()):
        return None
    try:
        numbers = present.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    if np.isnan(numbers).any():
        return None
    integral = len(present) if _all_integral(present) else _count(present, _INTEGRAL)
    return numbers, integral, len(present) - integral


def _all_integral(present: pa.Array) -> bool:
    if pc.any(pc.match_substring(present, ".")).as_py():
        return False
    try:
        present.cast(pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


def _slow(present: pa.Array) -> tuple[npt.NDArray[np.float64], int, int]:
    """The same for values of which some are text; patterns run over the distinct ones only."""
    encoded = present.dictionary_encode()
    distinct = pc.utf8_trim_whitespace(encoded.dictionary)
    counts = np.bincount(encoded.indices.to_numpy(), minlength=len(distinct))
    numeric = pc.match_substring_regex(distinct, _NUMBER).to_numpy(zero_copy_only=False)
    if not numeric.any():
        return np.empty(0), 0, 0
    integral = pc.match_substring_regex(distinct, _INTEGRAL).to_numpy(zero_copy_only=False)
    plain = pc.replace_substring_regex(distinct.filter(pa.array(numeric)), r"^\+", "")
    values = np.full(len(distinct), np.nan)
    values[numeric] = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    numbers = values[encoded.indices.to_numpy()]
    whole = int(counts[integral].sum())
    return numbers[~np.isnan(numbers)], whole, int(counts[numeric].sum()) - whole


def _count(values: pa.Array, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0)


def _decoded(array: Any) -> pa.Array:
    """Bytes as text: UTF-8 where it is, Latin-1 cell by cell where it is not."""
    try:
        return array.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if each is None else decode(each) for each in array.to_pylist()], type=pa.string())


def is_number(text: str) -> bool:
    """Whether a text is a number, infinities included, by the rules of this module."""
    return re.match(_NUMBER, text.strip()) is not None


def decode(raw: bytes) -> str:
    """UTF-8, or Latin-1 when it is not: mixed encodings cost single cells, never the batch."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
