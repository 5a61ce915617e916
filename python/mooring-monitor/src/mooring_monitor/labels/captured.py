"""Captured requests as the join wants them: features and time, without the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from mooring_values.cells import BYTE_ORDER_MARK

from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows, regrouped
from mooring_monitor.readers.capture_record import CaptureRecord, parse_record
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.payload import Cell, is_plain
from mooring_monitor.readers.window import Window, hour_of, window_sources

#: Inference id (or event id), seconds since 1970 or None, and the cells of each row; None for a row that does not fit.
Request = tuple[str, float | None, list[list[Cell] | None]]
ID: Final = 0
ASKED: Final = 1
ROWS: Final = 2

_decode: Final = json.JSONDecoder().raw_decode
_SPACE: Final = re.compile(r"[^\S\n]").search


def requests(location: str, window: Window, names: Sequence[str], skips: Skips, s3: Any = None) -> Iterator[Request]:
    """Requests of a window in the order of their files; what cannot be used is counted."""
    for source in window_sources(location, window.hours, s3):
        hour = hour_of(source)
        with source.open() as stream:
            for number, line in read_lines(stream, source.name, skips):
                usual = usual_request(line, len(names))
                if usual is not None:
                    identity, time, rows = usual
                    if window.start <= time < window.end:
                        yield identity, time.timestamp(), rows
                    continue
                where = f"{source.name}:{number}"
                record = parse_record(line, where, skips, answers=False)
                if record is None or not window.holds(record.time, source):
                    continue
                moment = record.time or hour
                cells = _cells(record, names)
                yield (
                    record.inference_id or record.event_id,
                    None if moment is None else moment.timestamp(),
                    _unusual(line, names, where, skips) if cells is None else cells,
                )


def usual_request(line: bytes, width: int) -> tuple[str, datetime, list[list[Cell] | None]] | None:
    """What the service writes for most requests, read in a third of the time; None when anything is out of the common.

    Usual are CSV rows of the right width without quotes, an inference id, a time in UTC, no custom attributes.
    """
    try:
        text = line.decode()
        record, end = _decode(text)
        meta = record["eventMetadata"]
        body = record["captureData"]["endpointInput"]
        if text[end:].strip():
            return None
        identity, time, text = meta["inferenceId"], meta["inferenceTime"], body["data"]
        usual = body["encoding"] == "CSV" and "customAttributes" not in meta and isinstance(identity, str)
        if (
            not usual
            or not identity
            or time[-1] != "Z"
            or text[:1] == BYTE_ORDER_MARK
            or "\x00" in text
            or not is_plain(text)
        ):
            return None
        spaced = _SPACE(text) is not None
        rows: list[list[Cell] | None] = []
        for row in text.split("\n"):
            if not row:
                continue
            cells = row.split(",")
            if len(cells) != width:
                return None
            rows.append([cell.strip() for cell in cells] if spaced else [*cells])
        return (identity, datetime.fromisoformat(time[:-1] + "+00:00"), rows) if rows else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _cells(record: CaptureRecord, names: Sequence[str]) -> list[list[Cell] | None] | None:
    """Rows whose values are the features one by one, or by name; None when any row is something else."""
    rows: list[list[Cell] | None] = []
    for row in regrouped(record.inputs, len(names)):
        if not isinstance(row, list):
            rows.append([row.get(name) for name in names])
        elif len(row) == len(names):
            rows.append(row)
        else:
            return None
    return rows


def _unusual(line: bytes, names: Sequence[str], where: str, skips: Skips) -> list[list[Cell] | None]:
    """Rows of a record that takes a look at its answers, or holds rows that fit no feature."""
    rows = CaptureRows(names)
    record = parse_record(line, where, Skips())
    if record is None:
        return []
    rows.add(record, where, skips)
    columns = [rows.cells.get(name) for name in names]
    found: list[list[Cell] | None] = [None] * (max(rows.positions) + 1 if len(rows) else 0)
    for index, position in enumerate(rows.positions):
        found[position] = [None if column is None else column[index] for column in columns]
    return found
