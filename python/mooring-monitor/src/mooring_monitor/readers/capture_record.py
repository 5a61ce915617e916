"""One line of a capture or merged file: what was asked, what was answered, and what turned out to be true."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from mooring_values.cells import decode

from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.payload import PayloadError, Row, payload_of, rows_of

#: How the custom attributes of the project's own requests start (contracts/front-door.ts).
PROBE_PREFIX: Final = "mooring-"


@dataclass(frozen=True)
class CaptureRecord:
    """A request with all its rows."""

    event_id: str
    inference_id: str | None
    #: When the endpoint answered (UTC); None when the record does not say.
    time: datetime | None
    inputs: list[Row]
    #: Answers row by row; empty when they were not captured or cannot be read.
    outputs: list[Row]
    #: Ground truth row by row (merged files); empty when there is none.
    labels: list[Row]


@dataclass(frozen=True)
class GroundTruth:
    """A label as it arrived: joined by the inference id or, without one, by the event id."""

    event_id: str
    values: list[Row]
    time: datetime | None


def parse_record(line: bytes, where: str, skips: Skips, answers: bool = True) -> CaptureRecord | None:
    """A record, or None when the line holds none; then it is counted. Without `answers` only inputs are read."""
    record = _object(line, where, skips)
    if record is None:
        return None
    capture = record.get("captureData")
    meta = record.get("eventMetadata")
    if not isinstance(capture, dict) or not isinstance(meta, dict):
        skips.add("not a capture record", where)
        return None
    if _is_probe(meta.get("customAttributes")):
        skips.note("request of Mooring itself, left out")
        return None
    try:
        inputs = rows_of(payload_of(capture.get("endpointInput")))
    except PayloadError as error:
        skips.add(f"request: {error}", where)
        return None
    return CaptureRecord(
        event_id=str(meta.get("eventId", "")),
        inference_id=str(meta["inferenceId"]) if meta.get("inferenceId") else None,
        time=parse_time(meta.get("inferenceTime"), where, skips),
        inputs=inputs,
        outputs=_optional(capture.get("endpointOutput"), where, "answer", skips) if answers else [],
        labels=_optional(record.get("groundTruthData"), where, "ground truth", skips) if answers else [],
    )


def _is_probe(attributes: Any) -> bool:
    """Whether a smoke test or an explanation asked: such requests say nothing about customers."""
    texts = attributes if isinstance(attributes, list) else [attributes]
    return any(isinstance(each, str) and each.startswith(PROBE_PREFIX) for each in texts)


def parse_ground_truth(line: bytes, where: str, skips: Skips) -> GroundTruth | None:
    """A ground-truth record, or None when the line holds none; then it is counted."""
    record = _object(line, where, skips)
    if record is None:
        return None
    meta = record.get("eventMetadata")
    if not isinstance(meta, dict) or not meta.get("eventId"):
        skips.add("ground truth without eventId", where)
        return None
    values = _optional(record.get("groundTruthData"), where, "ground truth", skips)
    if not values:
        return None
    return GroundTruth(str(meta["eventId"]), values, parse_time(meta.get("eventTime"), where, skips))


def parse_time(value: Any, where: str, skips: Skips) -> datetime | None:
    """An ISO-8601 time in UTC; a time without zone is taken for UTC and noted, an unreadable one is counted."""
    if value is None or value == "":
        return None
    try:
        time = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00").replace("z", "+00:00"))
        if time.tzinfo is None:
            skips.note("time without zone, taken for UTC")
            return time.replace(tzinfo=timezone.utc)
        return time.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        skips.note("unreadable time, taken for the time of its file")
        return None


def _object(line: bytes, where: str, skips: Skips) -> Mapping[str, Any] | None:
    try:
        record = json.loads(decode(line.removeprefix(b"\xef\xbb\xbf")))
    except (ValueError, RecursionError):
        skips.add("invalid JSON line", where)
        return None
    if not isinstance(record, dict):
        skips.add("not a capture record", where)
        return None
    return record


def _optional(part: Any, where: str, what: str, skips: Skips) -> list[Row]:
    if part is None:
        return []
    try:
        return rows_of(payload_of(part))
    except PayloadError as error:
        skips.note(f"{what}: {error}")
        return []
