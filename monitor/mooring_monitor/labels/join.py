"""The join of captured rows with their labels: every row, label and disagreement is counted.

Rules. A label belongs to the request with its inference id (to the event id when the caller gave none). Of several
labels of one request the one that arrived last counts: equal ones are duplicates, different ones conflicts. A label has
as many values as its request has rows. What arrived after the window's end is left to the next join, so that joining a
past window again gives the same rows.

Both sides are first spread over files by id, then joined file by file: memory does not grow with the number of rows.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import numpy as np

from mooring_monitor.labels.partitions import Partitions
from mooring_monitor.labels.truth import label_text
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.capture_record import parse_ground_truth
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.window import Window, hour_of, window_sources
from mooring_monitor.sketches.kll import KllSketch
from mooring_monitor.use_case import UseCase

#: When the row was captured (ISO, UTC): not a feature, kept so that rows can be weighted by age.
CAPTURED_AT: Final = "mooring_captured_at"


@dataclass
class JoinCounts:
    """What came of the rows and the labels. Every row is labelled or not; every label is used or told why not."""

    rows: Counter[str] = field(
        default_factory=lambda: Counter({"captured": 0, "labelled": 0, "unlabelled": 0, "expected": 0, "late": 0})
    )
    labels: Counter[str] = field(
        default_factory=lambda: Counter(
            {"read": 0, "used": 0, "duplicate": 0, "conflicting": 0, "unmatched": 0, "invalid": 0, "wrong_count": 0}
        )
    )
    #: Labelled rows by the hour (ISO) in which their label arrived.
    arrivals: Counter[str] = field(default_factory=Counter)
    lag: KllSketch = field(default_factory=KllSketch)

    @property
    def coverage(self) -> float | None:
        """Share of rows with a label among those old enough to have one; None while there are none."""
        expected = self.rows["expected"]
        return None if expected == 0 else (expected - self.rows["late"]) / expected

    def lag_quantiles(self) -> dict[str, float]:
        """Median, 95th percentile and maximum of the seconds between request and label; empty without labels."""
        values, weights = self.lag.weighted() if self.lag.count else (np.empty(0), np.empty(0))
        if len(values) == 0:
            return {}
        order = np.argsort(values)
        values, ranks = values[order], np.cumsum(weights[order])
        places = np.searchsorted(ranks, [0.5 * ranks[-1], 0.95 * ranks[-1], ranks[-1]])
        return dict(zip(("p50", "p95", "max"), values[places].tolist(), strict=True))


@dataclass(frozen=True)
class Joining:
    """What is joined and by which rules."""

    use_case: UseCase
    window: Window
    #: Folder or s3:// prefix of the capture of one variant.
    capture: str
    ground_truth: str
    #: Age at which a row without a label counts as uncovered.
    expected_within: timedelta


def join(joining: Joining, folder: Path, target: Path, skips: Skips, s3: Any = None) -> tuple[JoinCounts, str]:
    """Join into a CSV file; returns the counts and the SHA-256 of the file. `folder` takes the temporary files."""
    counts = JoinCounts()
    names = [each.name for each in joining.use_case.features]
    with Partitions(folder / "rows") as rows, Partitions(folder / "labels") as labels:
        for item in _captured(joining, names, skips, s3):
            rows.add(item[0], item)
        for label in _truths(joining, counts, skips, s3):
            labels.add(label[0], label)
        rows.flush()
        labels.flush()
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(_Hashed(file.write, digest.update), lineterminator="\n")
            time = [] if joining.use_case.time is None else [joining.use_case.time]
            writer.writerow([*names, *time, joining.use_case.label, CAPTURED_AT])
            for index in range(len(rows)):
                writer.writerows(_joined(joining, rows.read(index), labels.read(index), counts))
    return counts, digest.hexdigest()


class _Hashed:
    """A file that is hashed while it is written."""

    def __init__(self, write: Callable[[str], int], update: Callable[[bytes], None]) -> None:
        self._write = write
        self._update = update

    def write(self, text: str) -> int:
        self._update(text.encode())
        return self._write(text)


class _Forgetful(set[str]):
    """Repetitions are found within their partition; remembering all ids would fill the memory."""

    def __contains__(self, item: object) -> bool:
        return False

    def add(self, item: str) -> None:
        pass


def _captured(joining: Joining, names: Sequence[str], skips: Skips, s3: Any) -> Iterator[list[Any]]:
    """[id, event id, position, time, cells] of every captured row of the window."""
    seen = _Forgetful()
    for source in window_sources(joining.capture, joining.window.hours, s3):
        for rows in read_capture(source, names, skips, seen):
            columns = [rows.cells.get(name) for name in names]
            hour = hour_of(source)
            for index in range(len(rows)):
                asked = rows.times[index]
                if not joining.window.holds(asked, source):
                    continue
                moment = asked or hour
                yield [
                    rows.ids[index],
                    rows.event_ids[index],
                    rows.positions[index],
                    None if moment is None else moment.timestamp(),
                    [None if column is None else column[index] for column in columns],
                ]


def _truths(joining: Joining, counts: JoinCounts, skips: Skips, s3: Any) -> Iterator[list[Any]]:
    """[id, arrival, own time, values] of every label that had arrived at the window's end."""
    for source in window_sources(joining.ground_truth, joining.window.hours, s3):
        arrived = source.written or hour_of(source)
        if arrived is not None and arrived >= joining.window.end:
            continue
        with source.open() as stream:
            for number, line in read_lines(stream, source.name, skips):
                truth = parse_ground_truth(line, f"{source.name}:{number}", skips)
                if truth is None:
                    continue
                counts.labels["read"] += 1
                known = truth.time or arrived
                yield [
                    truth.event_id,
                    0.0 if arrived is None else arrived.timestamp(),
                    None if known is None else known.timestamp(),
                    [label_text(each, joining.use_case) for each in truth.values],
                ]


def _joined(
    joining: Joining, rows: Iterator[list[Any]], truths: Iterator[list[Any]], counts: JoinCounts
) -> Iterator[list[Any]]:
    """Training rows of one partition, by time and id."""
    requests = _requests(rows, counts)
    labels = _chosen(truths, requests, counts)
    found: list[tuple[float, str, int, list[Any]]] = []
    lags: list[float] = []
    for identity, request in requests.items():
        truth = labels.get(identity)
        if truth is not None and len(truth[3]) != len(request):
            counts.labels["wrong_count"] += 1
            truth = None
        if truth is not None:
            counts.labels["used"] += 1
        for position, (_, _, _, asked, cells) in sorted(request.items()):
            labelled = truth is not None and truth[3][position] is not None
            _count(joining, counts, asked, labelled)
            if not labelled or truth is None:
                continue
            counts.arrivals[_hour(truth[1])] += 1
            if asked is not None and truth[2] is not None:
                lags.append(max(0.0, truth[2] - asked))
            moment = "" if asked is None else _iso(asked)
            time = [] if joining.use_case.time is None else [moment]
            found.append((asked or 0.0, identity, position, [*cells, *time, truth[3][position], moment]))
    counts.lag.update(np.sort(np.asarray(lags, dtype=np.float64)))
    found.sort(key=lambda each: each[:3])
    return (each[3] for each in found)


def _requests(rows: Iterator[list[Any]], counts: JoinCounts) -> dict[str, dict[int, list[Any]]]:
    """Rows by id and position; a record that was delivered again, or an id that was used again, counts as repeated."""
    found: dict[str, dict[int, list[Any]]] = {}
    for row in rows:
        request = found.setdefault(row[0], {})
        if row[2] in request:
            counts.rows["repeated"] += 1
            continue
        request[row[2]] = row
    return found


def _chosen(truths: Iterator[list[Any]], requests: dict[str, Any], counts: JoinCounts) -> dict[str, list[Any]]:
    """The label of each request: of several the one that arrived last (of those at once, the one read last)."""
    chosen: dict[str, list[Any]] = {}
    for truth in truths:
        identity = truth[0]
        if identity not in requests:
            counts.labels["unmatched"] += 1
        elif any(value is None for value in truth[3]):
            counts.labels["invalid"] += 1
        elif identity not in chosen:
            chosen[identity] = truth
        else:
            before = chosen[identity]
            counts.labels["duplicate" if before[3] == truth[3] else "conflicting"] += 1
            # An equal label that comes again is no news: the row was known since the first one.
            if before[3] != truth[3] and truth[1] >= before[1]:
                chosen[identity] = truth
    return chosen


def _count(joining: Joining, counts: JoinCounts, asked: float | None, labelled: bool) -> None:
    counts.rows["captured"] += 1
    counts.rows["labelled" if labelled else "unlabelled"] += 1
    if asked is not None and asked <= (joining.window.end - joining.expected_within).timestamp():
        counts.rows["expected"] += 1
        counts.rows["late"] += not labelled


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hour(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:00:00Z")
