"""What the steps say to a user who gave them something they cannot work with."""

from __future__ import annotations

from collections.abc import Sequence

from mooring_use_case.errors import InputError

__all__ = ["InputError", "shorten"]


def shorten(names: Sequence[str], limit: int = 8) -> str:
    """`a, b, c and 12 more`, so that a message stays readable."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
