"""Errors of the monitor: for its user, and for a single feature."""

from __future__ import annotations

from mooring_use_case.errors import InputError

__all__ = ["InputError", "NotComparableError"]


class NotComparableError(Exception):
    """A single feature cannot be judged; becomes a `skipped` or `error` verdict and never stops a run."""
