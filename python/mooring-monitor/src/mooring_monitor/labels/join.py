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
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from mooring_use_case.use_case import UseCase

from mooring_monitor.labels import arrived, captured
from mooring_monitor.labels.partitions import Partitions
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.payload import Cell
from mooring_monitor.readers.window import Window
from mooring_monitor.sketches.kll import KllSketch

#: When the row was captured (ISO, UTC): not a feature, kept so that rows can be weighted by age.
CAPTURED_AT: Final = "mooring_captured_at"

#: When a row was asked about, and its features.
_Row = tuple[float | None, list[Cell]]


@dataclass
class JoinCounts:
    """Counts of rows and labels. Every row is labelled or not; every label is used or counted by the reason why not."""

    rows: Counter[str] = field(
        default_factory=lambda: Counter({"captured": 0, "labelled": 0, "unlabelled": 0, "expected": 0, "late": 0})
    )
    labels: Counter[str] = field(
        default_factory=lambda: Counter(
            {
                "read": 0,
                "used": 0,
                "duplicate": 0,
                "conflicting": 0,
                "unmatched": 0,
                "missing": 0,
                "invalid": 0,
                "wrong_count": 0,
            }
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
    use_case, window = joining.use_case, joining.window
    names = [each.name for each in use_case.features]
    with Partitions(folder / "rows") as rows, Partitions(folder / "labels") as labels:
        for request in captured.requests(joining.capture, window, names, skips, s3):
            rows.add(request[captured.ID], request, len(request[captured.ROWS]))
        for truth in arrived.truths(joining.ground_truth, window, use_case, skips, s3):
            counts.labels["read"] += 1
            labels.add(truth[arrived.ID], truth, len(truth[arrived.VALUES]))
        rows.flush()
        labels.flush()
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("wb") as file:
            time = [] if use_case.time is None else [use_case.time]
            _write([[*names, *time, use_case.label, CAPTURED_AT]], file, digest)
            for index in range(len(rows)):
                _write(_joined(joining, rows.read(index), labels.read(index), counts), file, digest)
    return counts, digest.hexdigest()


def _write(rows: Iterable[Sequence[str | None]], file: IO[bytes], digest: Any) -> None:
    """Rows as CSV, hashed while they are written."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    content = text.getvalue().encode()
    digest.update(content)
    file.write(content)


def _joined(
    joining: Joining, requests: Iterator[captured.Request], truths: Iterator[arrived.Truth], counts: JoinCounts
) -> list[list[str | None]]:
    """Training rows of one partition, by time and id."""
    grouped = _grouped(requests, counts)
    labels = _chosen(truths, grouped, counts)
    due = (joining.window.end - joining.expected_within).timestamp()
    with_time = joining.use_case.time is not None
    found: list[tuple[float, str, int, list[str | None]]] = []
    lags: list[float] = []
    found_rows = expected = late = 0
    for identity, request in grouped.items():
        truth = labels.get(identity)
        if truth is not None and len(truth[arrived.VALUES]) != len(request):
            counts.labels["wrong_count"] += 1
            truth = None
        if truth is not None:
            counts.labels["used"] += 1
        for position, (time, cells) in sorted(request.items()) if len(request) > 1 else request.items():
            # A row of a request whose label is empty has none yet.
            label = (truth[arrived.VALUES][position] or None) if truth is not None else None
            found_rows += 1
            if time is not None and time <= due:
                expected += 1
                late += label is None
            if truth is None or label is None:
                continue
            counts.arrivals[_hour(truth[arrived.ARRIVED])] += 1
            known = truth[arrived.KNOWN]
            if time is not None and known is not None:
                lags.append(max(0.0, known - time))
            moment = "" if time is None else _iso(time)
            row = [*cells, moment, label, moment] if with_time else [*cells, label, moment]
            found.append((time or 0.0, identity, position, row))
    labelled = {"labelled": len(found), "unlabelled": found_rows - len(found)}
    counts.rows.update({"captured": found_rows, "expected": expected, "late": late, **labelled})
    counts.lag.update(np.sort(np.asarray(lags, dtype=np.float64)))
    found.sort(key=itemgetter(0, 1, 2))
    return [each[3] for each in found]


def _grouped(requests: Iterator[captured.Request], counts: JoinCounts) -> dict[str, dict[int, _Row]]:
    """Rows by id and position; a record that was delivered again, or an id that was used again, counts as repeated."""
    found: dict[str, dict[int, _Row]] = {}
    for identity, time, rows in requests:
        request = found.setdefault(identity, {})
        for position, cells in enumerate(rows):
            if cells is None:
                continue
            if position in request:
                counts.rows["repeated"] += 1
            else:
                request[position] = (time, cells)
    return found


def _chosen(truths: Iterator[arrived.Truth], requests: dict[str, Any], counts: JoinCounts) -> dict[str, arrived.Truth]:
    """The label of each request: of several the one that arrived last (of those at once, the one read last)."""
    chosen: dict[str, arrived.Truth] = {}
    for truth in truths:
        identity, arrival, _, values = truth
        if identity not in requests:
            counts.labels["unmatched"] += 1
        elif None in values:
            counts.labels["invalid"] += 1
        elif not any(values):
            counts.labels["missing"] += 1
        elif identity not in chosen:
            chosen[identity] = truth
        else:
            before = chosen[identity]
            counts.labels["duplicate" if before[arrived.VALUES] == values else "conflicting"] += 1
            # An equal label that comes again is no news: the row was known since the first one.
            if before[arrived.VALUES] != values and arrival >= before[arrived.ARRIVED]:
                chosen[identity] = truth
    return chosen


def _iso(seconds: float) -> str:
    """Like strftime, which takes as long as everything else that is done to a row."""
    day, second = divmod(int(seconds // 1), 86_400)
    return f"{_day(day)}T{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


@lru_cache(maxsize=1_024)
def _day(days: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%d")


@lru_cache(maxsize=4_096)
def _hour(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:00:00Z")
