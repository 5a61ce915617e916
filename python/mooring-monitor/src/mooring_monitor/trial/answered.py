"""What one variant answered during a trial, and what turned out to be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.answers import label_of, prediction_of, series
from mooring_monitor.quality.outcomes import Outcomes, join
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.capture_record import GroundTruth, parse_ground_truth
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.source import Source, list_objects, s3_client, split_uri
from mooring_monitor.readers.window import Window, hour_of

#: A row of a request: the request's id and the row's place in it.
RowId = tuple[str, int]


@dataclass
class Answered:
    """Predictions of a variant with their scores and, where known, labels, by row."""

    predictions: dict[RowId, str] = field(default_factory=dict)
    scores: dict[RowId, float] = field(default_factory=dict)
    truths: dict[RowId, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.predictions)

    def outcomes(self, task: str, rows: list[RowId] | None = None) -> Outcomes:
        """The rows (all by default) that have a label."""
        chosen = [each for each in (self.predictions if rows is None else rows) if each in self.truths]
        scores = pd.Series([self.scores[each] for each in chosen], dtype="float64")
        return join(
            task,
            series([self.truths[each] for each in chosen], task),
            series([self.predictions[each] for each in chosen], task),
            scores if task == "binary" else None,
        ).outcomes


def read_labels_by_day(location: str | None, window: Window, skips: Skips, s3: Any = None) -> dict[str, GroundTruth]:
    """Ground truth by id that arrived in the window; of several for one id the last one counts."""
    found: dict[str, GroundTruth] = {}
    for source in [] if location is None else _by_day(location, window, s3):
        with source.open() as stream:
            for number, line in read_lines(stream, source.name, skips):
                label = parse_ground_truth(line, f"{source.name}:{number}", skips)
                if label is not None:
                    found[label.event_id] = label
    return found


def read_answers(
    capture: str, window: Window, labels: dict[str, GroundTruth], use_case: UseCase, skips: Skips, s3: Any = None
) -> Answered:
    """Captured answers of a variant (``capture`` ends with its name) with the labels that belong to them.

    A row whose answer cannot be read is left out and counted. A request that came again counts once.
    """
    answered = Answered()
    names = [each.name for each in use_case.features]
    seen: set[str] = set()
    for source in _by_day(capture, window, s3):
        for rows in read_capture(source, names, skips, seen):
            for index in range(len(rows)):
                if not window.holds(rows.times[index], source):
                    continue
                label, score = prediction_of(rows.answers[index], use_case.task)
                if label is None:
                    skips.add("unreadable answer", source.name)
                    continue
                row = (rows.ids[index], rows.positions[index])
                answered.predictions[row] = label
                answered.scores[row] = score
                truth = labels.get(rows.ids[index]) or labels.get(rows.event_ids[index])
                if truth is not None and row[1] < len(truth.values):
                    value = label_of(truth.values[row[1]], use_case)
                    if value is not None:
                        answered.truths[row] = value
    return answered


def _by_day(location: str, window: Window, s3: Any) -> Iterator[Source]:
    """Objects of the window's hours, listed a day at a time: a trial of a month takes 31 requests, not 745."""
    wanted = set(window.hours)
    client = (s3 or s3_client()) if location.startswith("s3://") else None
    for day in sorted({each[:10] for each in wanted}):
        if client is None:
            paths = sorted(Path(location, day).rglob("*.jsonl"))
            listed: Iterator[Source] = (Source(str(each), lambda each=each: each.open("rb")) for each in paths)  # type: ignore[misc]
        else:
            bucket, prefix = split_uri(location)
            listed = list_objects(client, bucket, f"{prefix}/{day}/")
        for source in listed:
            hour = hour_of(source)
            if hour is not None and hour.strftime("%Y/%m/%d/%H") in wanted:
                yield source
