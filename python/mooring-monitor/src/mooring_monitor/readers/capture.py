"""Capture and merged files as batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa

from mooring_monitor.readers.batch import Batch, Skips
from mooring_monitor.readers.capture_record import CaptureRecord, parse_record
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.payload import Cell, Row
from mooring_monitor.readers.source import Source

_ROWS: Final = 20_000
#: Unknown names that are kept to be reported; a client that invents names per row must not fill the memory.
_UNKNOWN_COLUMNS: Final = 1_000

_PER_ROW: Final = ("ids", "event_ids", "positions", "times", "answers", "labels")


@dataclass
class CaptureRows:
    """Rows of captured requests, column by column, with who asked when and what was answered."""

    names: Sequence[str]
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    #: Inference id where the request had one, event id otherwise; the event id; the row's place in its request.
    ids: list[str] = field(default_factory=list)
    event_ids: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    times: list[datetime | None] = field(default_factory=list)
    answers: list[Row | None] = field(default_factory=list)
    labels: list[Row | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, record: CaptureRecord, where: str, skips: Skips) -> None:
        """Take in all rows of a record; rows that do not fit the columns are counted."""
        inputs = regrouped(record.inputs, len(self.names))
        for index, row in enumerate(inputs):
            output = record.outputs[index] if len(record.outputs) == len(inputs) else None
            if not self._add_row(row, output):
                skips.add("wrong number of values", f"{where}: {len(row)} instead of {len(self.names)}")
                continue
            self.ids.append(record.inference_id or record.event_id)
            self.event_ids.append(record.event_id)
            self.positions.append(index)
            self.times.append(record.time)
            self.answers.append(output)
            self.labels.append(record.labels[index] if len(record.labels) == len(inputs) else None)

    def batch(self) -> Batch:
        """The features as text columns."""
        return Batch(len(self), {name: _texts(values) for name, values in self.cells.items()})

    def within(self, holds: Callable[[datetime | None], bool]) -> CaptureRows:
        """The rows whose time satisfies a condition."""
        kept = [index for index, time in enumerate(self.times) if holds(time)]
        if len(kept) == len(self):
            return self
        chosen = CaptureRows(self.names)
        chosen.cells = {name: [values[index] for index in kept] for name, values in self.cells.items()}
        for name in _PER_ROW:
            values = getattr(self, name)
            setattr(chosen, name, [values[index] for index in kept])
        return chosen

    def extend(self, other: CaptureRows) -> None:
        """Append the rows of another part."""
        for name in {**self.cells, **other.cells}:
            mine = self.cells.setdefault(name, [None] * len(self))
            mine.extend(other.cells.get(name, [None] * len(other)))
        for name in _PER_ROW:
            getattr(self, name).extend(getattr(other, name))

    def _add_row(self, row: Row, output: Row | None) -> bool:
        if isinstance(row, list):
            if len(row) != len(self.names):
                if not isinstance(output, list) or len(row) + len(output) != len(self.names):
                    return False
                # Model Monitor's output_columns_position START: a baseline that holds the answer before the features.
                row = [*output, *row]
            row = dict(zip(self.names, row, strict=True))
        for name in row:
            if name not in self.cells and len(self.cells) < len(self.names) + _UNKNOWN_COLUMNS:
                self.cells[name] = [None] * len(self)
        for name, values in self.cells.items():
            values.append(row.get(name))
        return True


def _texts(values: list[Cell]) -> pa.Array:
    try:
        return pa.array(values, type=pa.string())
    except UnicodeEncodeError:
        # JSON can spell half a surrogate pair, which no encoding can write.
        clean = [None if each is None else each.encode("utf-8", "replace").decode() for each in values]
        return pa.array(clean, type=pa.string())


def read_capture(source: Source, names: Sequence[str], skips: Skips, seen: set[str]) -> Iterator[CaptureRows]:
    """Rows of one capture file, some thousands at a time.

    `names` are the features in the order of CSV payloads. Records whose event id is in `seen` are repetitions (delivery
    is at least once) and are counted; new ids are added to it.
    """
    rows = CaptureRows(names)
    with source.open() as stream:
        for number, line in read_lines(stream, source.name, skips):
            where = f"{source.name}:{number}"
            record = parse_record(line, where, skips)
            if record is None:
                continue
            if record.event_id:
                if record.event_id in seen:
                    skips.add("repeated record", where)
                    continue
                seen.add(record.event_id)
            rows.add(record, where, skips)
            if len(rows) >= _ROWS:
                yield rows
                rows = CaptureRows(names)
    if len(rows):
        yield rows


def regrouped(rows: list[Row], width: int) -> list[Row]:
    """One flat JSON list of as many values as there are features is one row."""
    single = len(rows) == width > 1 and all(isinstance(each, list) and len(each) == 1 for each in rows)
    return [[each[0] for each in rows if isinstance(each, list)]] if single else rows
