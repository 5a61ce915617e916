"""What readers yield, and what they could not use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class Batch:
    """Some rows: one Arrow array per column, as text (CSV, captures) or typed (Parquet)."""

    rows: int
    columns: Mapping[str, pa.Array | pa.ChunkedArray]


@dataclass
class Skips:
    """Rows or records that could not be used, counted by reason, with one example each."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    #: Things that were used although they were not quite right, by what was assumed.
    notes: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, where: str, count: int = 1) -> None:
        """Count some; `where` (file and line) is kept for the first of its reason."""
        self.counts[reason] = self.counts.get(reason, 0) + count
        self.examples.setdefault(reason, where)

    def note(self, assumption: str, count: int = 1) -> None:
        """Count something that was used under an assumption."""
        self.notes[assumption] = self.notes.get(assumption, 0) + count

    @property
    def total(self) -> int:
        """All that was skipped."""
        return sum(self.counts.values())
