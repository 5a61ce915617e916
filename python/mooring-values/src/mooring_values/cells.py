"""The canonical text of a cell: what a file, a request, a captured row and a data frame have in common.

A cell has no blanks around it. A spelling of "no value" is the empty text, `True` is `true`, and a decimal number is
written without superfluous zeros: `1`, `1.0` and `1.00` are one category, `010` and `10` are two.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Final

import numpy as np

#: Characters that do not count at the ends of a cell: Unicode's white space, control separators, the byte-order mark.
BLANKS: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
BYTE_ORDER_MARK: Final = "\ufeff"

#: Spellings of "no value". The words None and unknown are not among them: they are categories of real data sets.
MISSING: Final = frozenset({"", "NA", "N/A", "NaN", "nan", "NAN", "null", "NULL", "<NA>", "NaT"})

_TRUTH: Final = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}
#: A decimal fraction; a leading zero before other digits makes it a code.
_FRACTION: Final = re.compile(r"([+-]?)(0|[1-9][0-9]*)?\.([0-9]+)", re.ASCII)
#: What programs print for very large and small numbers. `1e3`, without a sign, is a code.
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9](\.[0-9]+)?e[+-][0-9]{1,3}", re.ASCII)
_LAST_OF_NUMBER: Final = frozenset("0123456789")


def cell(text: str, missing: Collection[str] = MISSING) -> str:
    """Canonical text of a cell that was read as text; empty when it is missing."""
    stripped = text.strip(BLANKS)
    if stripped in missing or stripped == "":
        return ""
    if stripped[-1] in _LAST_OF_NUMBER and not stripped.isdigit():
        return _decimal(stripped)
    return _TRUTH.get(stripped, stripped)


def text_of(value: object, missing: Collection[str] = MISSING) -> str:
    """Canonical text of a value from JSON, YAML, Parquet or a data frame.

    Raises TypeError for lists and objects, which are no single value.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return cell(value, missing)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    if isinstance(value, bytes):
        return cell(decode(value), missing)
    if isinstance(value, Decimal):
        return "" if value.is_nan() else cell(format(value, "f"), missing)
    if isinstance(value, list | tuple | dict | set):
        raise TypeError(f"{type(value).__name__} is not a single value")
    # pandas' own marks of a missing value, without an import of pandas.
    if type(value).__name__ in ("NAType", "NaTType"):
        return ""
    return cell(str(value), missing)


def number_text(value: float) -> str:
    """A number as a category: the shortest digits that give it back, without exponent; empty for NaN."""
    if value != value:
        return ""
    if value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    text = repr(value)
    return _positional(text) if "e" in text else text


def decode(raw: bytes) -> str:
    """UTF-8, or Latin-1 when it is not: mixed encodings cost single cells, never the batch."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def without_mark(text: str) -> str:
    """A file's or request's text without the byte-order mark that some programs write first."""
    return text.removeprefix(BYTE_ORDER_MARK)


def _decimal(text: str) -> str:
    """A decimal number without superfluous zeros; any other text as it is."""
    if "e" in text:
        return _positional(text) if _SCIENTIFIC.fullmatch(text) else text
    if "." not in text:
        return "0" if text == "-0" else text
    match = _FRACTION.fullmatch(text)
    if match is None:
        return text
    sign, whole, fraction = match[1], match[2] or "0", match[3].rstrip("0")
    if fraction:
        return f"{'-' if sign == '-' else ''}{whole}.{fraction}"
    return "0" if whole == "0" else f"{'-' if sign == '-' else ''}{whole}"


def _positional(text: str) -> str:
    plain = format(Decimal(text), "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "0", "") else plain
