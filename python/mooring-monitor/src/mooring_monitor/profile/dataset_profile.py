"""State of a data set: a column profile each, fed batch by batch, merged part by part."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any, Final

import pyarrow as pa
from mooring_use_case.use_case import UseCase
from mooring_values.cells import MISSING

from mooring_monitor.profile.cells import Cells, cells_of
from mooring_monitor.profile.column_profile import ColumnProfile
from mooring_monitor.readers.batch import Batch

#: Rows of a batch from which on handing columns to threads costs less than it gives.
_WORTH_THREADS: Final = 2_000


class DatasetProfile:
    """Profiles of all columns in the order they were first seen.

    `declared` gives column types (see ColumnProfile), `missing` the spellings of "no value" of declared columns
    (default: the usual ones); columns in `ignored` are passed over.
    """

    def __init__(
        self,
        declared: Mapping[str, str] | None = None,
        ignored: frozenset[str] = frozenset(),
        missing: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.declared = dict(declared or {})
        self.missing = dict(missing or {})
        self.ignored = ignored
        self.rows = 0
        self.columns: dict[str, ColumnProfile] = {}

    @classmethod
    def of_use_case(cls, use_case: UseCase | None) -> DatasetProfile:
        """An empty profile that knows the features' types and passes over label, time and key."""
        if use_case is None:
            return cls()
        others = (use_case.label, use_case.time, use_case.key)
        return cls(
            {each.name: each.type for each in use_case.features},
            frozenset(each for each in others if each),
            {each.name: use_case.meanings[each.name].missing for each in use_case.features},
        )

    def add(self, batch: Batch, pool: Executor | None = None) -> None:
        """Take in a batch of rows; a column it lacks counts as missing in all of them.

        Columns know nothing of each other, so that threads of a pool may share them; the result is the same.
        """
        wanted = [(self._column(name), values) for name, values in batch.columns.items() if name not in self.ignored]
        if pool is None or batch.rows < _WORTH_THREADS:
            for column, values in wanted:
                column.add(self._cells(column, values))
        else:
            for _ in pool.map(lambda each: each[0].add(self._cells(*each)), wanted):
                pass
        self.rows += batch.rows
        for column in self.columns.values():
            if column.rows < self.rows:
                column.add(_nothing(self.rows - column.rows))

    def merge(self, other: DatasetProfile) -> None:
        """Take in the profile of another part of the data; the other is left as it is."""
        for name, theirs in other.columns.items():
            self._column(name).merge(theirs)
        self.rows += other.rows
        for column in self.columns.values():
            if column.rows < self.rows:
                column.add(_nothing(self.rows - column.rows))

    def state(self) -> dict[str, Any]:
        """Everything needed to go on elsewhere, as JSON values."""
        return {
            "declared": self.declared,
            "ignored": sorted(self.ignored),
            "missing": {name: sorted(texts) for name, texts in self.missing.items()},
            "rows": self.rows,
            "columns": [each.state() for each in self.columns.values()],
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> DatasetProfile:
        """The profile whose `state` was taken."""
        missing = {name: frozenset(texts) for name, texts in state["missing"].items()}
        profile = cls(state["declared"], frozenset(state["ignored"]), missing)
        profile.rows = state["rows"]
        profile.columns = {each["name"]: ColumnProfile.from_state(each) for each in state["columns"]}
        return profile

    def _cells(self, column: ColumnProfile, values: Any) -> Cells:
        if column.declared is None:
            return cells_of(values)
        return cells_of(values, column.declared, self.missing.get(column.name, MISSING))

    def _column(self, name: str) -> ColumnProfile:
        column = self.columns.get(name)
        if column is None:
            column = self.columns[name] = ColumnProfile(name, self.declared.get(name))
            if self.rows:
                column.add(_nothing(self.rows))
        return column


def _nothing(rows: int) -> Cells:
    return cells_of(pa.nulls(rows))
