"""A uniform sample of whole rows, for detectors that look at features together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from mooring_values.arrow import arrow_texts
from mooring_values.cells import MISSING
from mooring_values.columns import ColumnMeaning

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json
from mooring_monitor.readers.batch import Batch

#: Enough for a classifier to find a shift of a quarter standard deviation, small enough to train on in a second.
SAMPLE_ROWS: Final = 2_000
#: File of a baseline that holds the sample, written when the use case asks for the classifier.
FILE: Final = "reference_sample.json"


class RowSample:
    """Reservoir of rows: each draws a number and the smallest stay, so that samples of parts merge into one."""

    def __init__(
        self,
        names: Sequence[str],
        seed: int = 7,
        rows: int = SAMPLE_ROWS,
        meanings: Mapping[str, ColumnMeaning] | None = None,
    ) -> None:
        self.names = list(names)
        self._meanings = meanings or {}
        self._rows = rows
        self._random = np.random.default_rng(seed)
        self._draws = np.empty(0)
        self._cells: dict[str, list[str | None]] = {name: [] for name in self.names}

    def __len__(self) -> int:
        return int(self._draws.size)

    def add(self, batch: Batch) -> None:
        """Offer the rows of a batch."""
        draws = self._random.random(batch.rows)
        full = len(self) == self._rows
        chosen = np.flatnonzero(draws < self._draws.max()) if full else np.arange(batch.rows)
        if chosen.size > self._rows:
            chosen = np.sort(chosen[np.argsort(draws[chosen])[: self._rows]])
        index = pa.array(chosen)
        cells = {name: self._texts(name, batch.columns.get(name), index) for name in self.names}
        self._keep(np.concatenate([self._draws, draws[chosen]]), cells)

    def merge(self, other: RowSample) -> None:
        """Take in the sample of another part; the other is left as it is."""
        self._keep(np.concatenate([self._draws, other._draws]), other._cells)

    def values(self, name: str) -> list[str | None]:
        """The sampled values of a column, row by row."""
        return self._cells[name]

    def state(self) -> dict[str, Any]:
        """The sample as JSON values."""
        return {"draws": self._draws.tolist(), "columns": self._cells}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> RowSample:
        """The sample whose `state` was taken."""
        sample = cls(list(state["columns"]))
        sample._draws = np.asarray(state["draws"], dtype=np.float64)
        sample._cells = {name: list(values) for name, values in state["columns"].items()}
        return sample

    def _texts(self, name: str, values: Any, index: pa.Array) -> list[str | None]:
        """Canonical texts of the chosen rows."""
        if values is None:
            return [None] * len(index)
        missing = self._meanings[name].missing if name in self._meanings else MISSING
        return [text or None for text in arrow_texts(values.take(index), missing)]

    def _keep(self, draws: np.typing.NDArray[np.float64], cells: Mapping[str, list[str | None]]) -> None:
        """The rows with the smallest draws, of what is here and what comes, in their order."""
        order = np.sort(np.argsort(draws, kind="stable")[: self._rows])
        for name in self.names:
            together = [*self._cells[name], *cells[name]]
            self._cells[name] = [together[each] for each in order]
        self._draws = draws[order]


def read_sample(folder: Path) -> RowSample | None:
    """The sample of a baseline; None when it has none."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return RowSample.from_state(read_json(path, "reference sample"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"reference sample '{path}' is not in the monitor's format: {error!r}") from None
