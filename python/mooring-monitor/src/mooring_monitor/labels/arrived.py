"""Labels as the join wants them: spelled like training data, with their arrival."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from mooring_use_case.use_case import UseCase

from mooring_monitor.labels.truth import label_text
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture_record import parse_ground_truth
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.payload import Row
from mooring_monitor.readers.window import Window, hour_of, window_sources

#: Inference id, arrival and the label's own time in seconds since 1970 (None: not known), one text per row of the
#: request (empty: no label yet; None: a value that cannot be a label of this use case).
Truth = tuple[str, float, float | None, list[str | None]]
ID: Final = 0
ARRIVED: Final = 1
KNOWN: Final = 2
VALUES: Final = 3

#: Spellings that are remembered; labels of a regression are all different.
_REMEMBERED: Final = 10_000

_decode: Final = json.JSONDecoder().raw_decode
_SEVERAL: Final = re.compile(r'[",\r\n\x00]').search


class Spelling:
    """The label as training data spells it, looked up once for each value."""

    def __init__(self, use_case: UseCase) -> None:
        self._use_case = use_case
        self._known: dict[str, str | None] = {}

    def of(self, row: Row) -> str | None:
        """Text of a label, empty when it is missing; None when it cannot be one of this use case."""
        if not isinstance(row, list) or len(row) != 1 or row[0] is None:
            return label_text(row, self._use_case)
        return self.of_text(row[0])

    def of_text(self, text: str) -> str | None:
        """The same for a row that is this one value."""
        if text not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = label_text([text], self._use_case)
        return self._known[text]


def usual_truth(line: bytes) -> tuple[str, str] | None:
    """Id and value of a label for a single row, without a time of its own; None when anything is out of the common."""
    try:
        line_text = line.decode()
        record, end = _decode(line_text)
        if line_text[end:].strip():
            return None
        meta, truth = record["eventMetadata"], record["groundTruthData"]
        identity, text = meta["eventId"], truth["data"]
        usual = truth["encoding"] == "CSV" and "eventTime" not in meta and isinstance(identity, str)
        if not usual or not identity or not text or _SEVERAL(text):
            return None
        return identity, text.strip()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def truths(location: str, window: Window, use_case: UseCase, skips: Skips, s3: Any = None) -> Iterator[Truth]:
    """Labels that had arrived at the window's end, in the order of their files."""
    spelling = Spelling(use_case)
    for source in window_sources(location, window.hours, s3):
        arrived = source.written or hour_of(source)
        if arrived is not None and arrived >= window.end:
            continue
        arrival = None if arrived is None else arrived.timestamp()
        with source.open() as stream:
            for number, line in read_lines(stream, source.name, skips):
                usual = usual_truth(line)
                if usual is not None:
                    yield usual[0], arrival or 0.0, arrival, [spelling.of_text(usual[1])]
                    continue
                truth = parse_ground_truth(line, f"{source.name}:{number}", skips)
                if truth is not None:
                    known = arrival if truth.time is None else truth.time.timestamp()
                    yield truth.event_id, arrival or 0.0, known, [spelling.of(each) for each in truth.values]
