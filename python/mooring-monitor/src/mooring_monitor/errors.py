"""What the monitor tells a user who gave it something it cannot work with."""

from __future__ import annotations


class InputError(Exception):
    """Bad input or usage: what is wrong, where, and what to do. Ends the process with exit code 2."""


class NotComparableError(Exception):
    """A single feature cannot be judged; becomes a `skipped` or `error` verdict and never stops a run."""
