"""Files that scheduled batch transforms wrote in a window: scored rows, each beside what it was scored from.

The transform joins (JoinSource Input): a line holds the row's key where the use case names one, the features in the
order of the YAML, and the answer. So nothing depends on what has become of the input files since.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from mooring_use_case.use_case import UseCase
from mooring_values.cells import decode, without_mark

from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows
from mooring_monitor.readers.capture_record import CaptureRecord
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.payload import is_plain
from mooring_monitor.readers.source import Source, list_folders, list_objects, s3_client, split_uri
from mooring_monitor.readers.window import BEFORE_LIVE, Window

#: Folder of a run: when it was due (lambda/batch/handler.ts).
_DUE: Final = "%Y-%m-%dT%H-%M-%S"
_ENDING: Final = ".out"
#: SageMaker stops a transform job that takes longer.
_LONGEST_RUN: Final = timedelta(days=5)
_ROWS: Final = 20_000


def read_outputs(
    location: str, window: Window, use_case: UseCase, skips: Skips, s3: Any = None, since: datetime | None = None
) -> Iterator[CaptureRows]:
    """Scored rows of the files below <location>/<due time>/ that were written in the window.

    The time of writing decides, so that a run which takes long belongs to one window and is never missed; files of a
    local folder have their run's due time. A row's own time is when its run was due. Runs that were due before `since`,
    when the live version took all traffic, may be another version's: their rows are left out and noted.
    """
    names = [each.name for each in use_case.features]
    for due, source in _sources(location, window, s3):
        for rows in _read(source, names, use_case, due, skips):
            if since is not None and due < since:
                skips.note(BEFORE_LIVE, len(rows))
                continue
            yield rows


def _sources(location: str, window: Window, s3: Any) -> Iterator[tuple[datetime, Source]]:
    """Files of the window with their runs' due times, in that order."""
    if not location.startswith("s3://"):
        for path in sorted(Path(location).glob(f"*/**/*{_ENDING}")):
            due = _due(path.relative_to(location).parts[0])
            if due is not None and window.start <= due < window.end:
                yield due, Source(str(path), lambda path=path: path.open("rb"))  # type: ignore[misc]
        return
    client = s3 or s3_client()
    bucket, prefix = split_uri(location)
    for folder in list_folders(client, location, (window.start - _LONGEST_RUN).strftime(_DUE)):
        due = _due(folder)
        if due is None or due >= window.end:
            continue
        for source in list_objects(client, bucket, f"{prefix}/{folder}/"):
            written = source.written or due
            if source.name.endswith(_ENDING) and window.start <= written < window.end:
                yield due, source


def _due(folder: str) -> datetime | None:
    """When a run was due; None for a folder that is none of a run."""
    try:
        return datetime.strptime(folder, _DUE).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _read(
    source: Source, names: Sequence[str], use_case: UseCase, due: datetime, skips: Skips
) -> Iterator[CaptureRows]:
    """Rows of one file, some thousands at a time; lines of another width are counted."""
    lead = 0 if use_case.key is None else 1
    # The model answers `label,score`, or one number (docs/architecture.md, Serving).
    width = lead + len(names) + (1 if use_case.task in ("regression", "forecast") else 2)
    rows = CaptureRows(names)
    with source.open() as stream:
        for number, line in read_lines(stream, source.name, skips):
            where = f"{source.name}:{number}"
            cells = _cells(line)
            if cells is None:
                skips.add("invalid CSV line", where)
                continue
            if len(cells) != width:
                skips.add("wrong number of values", f"{where}: {len(cells)} instead of {width}")
                continue
            key = cells[0] if lead else ""
            answer = lead + len(names)
            rows.add(CaptureRecord(where, key or None, due, [cells[lead:answer]], [cells[answer:]], []), where, skips)
            if len(rows) >= _ROWS:
                yield rows
                rows = CaptureRows(names)
    if len(rows):
        yield rows


def _cells(line: bytes) -> list[str | None] | None:
    """Values of a line; None when it is no CSV."""
    text = without_mark(decode(line)).rstrip("\r\n")
    if "\x00" in text:
        return None
    try:
        cells = text.split(",") if is_plain(text) else next(csv.reader([text]))
    except (csv.Error, StopIteration):
        return None
    return [each.strip() for each in cells]
