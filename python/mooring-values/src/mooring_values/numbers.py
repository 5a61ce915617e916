"""What a number is: ASCII digits, a point, an exponent, finite, and small enough for the model's 32-bit matrix."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

#: Largest magnitude of a number: that of the 32-bit matrix.
LARGEST: Final = float(np.finfo(np.float32).max)
#: Largest whole number that JSON readers agree on; larger ones are the nearest double.
LARGEST_INTEGER: Final = 2**53 - 1
#: Python's own reading also knows underscores, other scripts' digits, infinities and the word nan.
NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def number_of(text: str) -> float | None:
    """The number a canonical text stands for, NaN for a missing one, None for any other text."""
    if text == "":
        return float("nan")
    if NUMBER.fullmatch(text) is None:
        return None
    value = float(text)
    return value if abs(value) <= LARGEST else None


def is_whole(value: float) -> bool:
    """Whether a number has no fraction, whatever its spelling."""
    return value.is_integer()
