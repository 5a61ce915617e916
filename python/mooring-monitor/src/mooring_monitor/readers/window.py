"""The captured window of an endpoint and the labels that belong to it, from S3 or from a folder of the same layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from mooring_monitor.errors import InputError
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows, read_capture
from mooring_monitor.readers.capture_record import GroundTruth, parse_ground_truth
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.source import Source, list_objects, s3_client, split_uri

_HOUR: Final = timedelta(hours=1)
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
#: Hours of a day from which on the whole day is listed.
_WORTH_A_DAY: Final = 6
_HOUR_IN_KEY: Final = re.compile(r"/(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]*$")


@dataclass(frozen=True)
class Window:
    """A half-open interval of time [start, end), UTC."""

    start: datetime
    end: datetime

    @classmethod
    def ending(cls, end: str, length: str) -> Window:
        """The window of a length such as 1h or 7d that ends at an ISO-8601 time (without zone: UTC).

        Raises InputError naming what cannot be read.
        """
        match = re.fullmatch(r"([1-9][0-9]*)([smhd])", length)
        if match is None:
            raise InputError(f"window '{length}' is not a duration; write a number and a unit: 15m, 1h, 2d")
        try:
            time = datetime.fromisoformat(end.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        except ValueError:
            raise InputError(f"window end '{end}' is not an ISO-8601 time such as 2026-01-31T12:00:00Z") from None
        time = time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time.astimezone(timezone.utc)
        return cls(time - timedelta(seconds=int(match[1]) * _UNITS[match[2]]), time)

    @property
    def hours(self) -> list[str]:
        """Folders yyyy/mm/dd/hh that may hold the window's records; the last one may be flushed in the hour after."""
        hour = self.start.replace(minute=0, second=0, microsecond=0)
        found: list[str] = []
        while hour <= self.end:
            found.append(hour.strftime("%Y/%m/%d/%H"))
            hour += _HOUR
        return found

    def holds(self, time: datetime | None, source: Source) -> bool:
        """Whether a record belongs to the window; without a time of its own its folder's hour decides."""
        if time is not None:
            return self.start <= time < self.end
        hour = hour_of(source)
        return hour is None or self.start - _HOUR < hour < self.end


def hour_of(source: Source) -> datetime | None:
    """The hour in a capture key; None when there is none."""
    match = _HOUR_IN_KEY.search(source.name)
    if match is None:
        return None
    try:
        return datetime(*(int(each) for each in match.groups()), tzinfo=timezone.utc)  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def window_sources(location: str, hours: Sequence[str], s3: Any = None) -> Iterator[Source]:
    """JSON Lines objects of some hours below an S3 prefix or a folder, in the order of their hours.

    Most of a day is listed at once: a month takes 31 requests, not 745.
    """
    if not location.startswith("s3://"):
        for hour in hours:
            for path in sorted(Path(location, hour).glob("*.jsonl")):
                yield Source(str(path), lambda path=path: path.open("rb"))  # type: ignore[misc]
        return
    client = s3 or s3_client()
    bucket, prefix = split_uri(location)
    for day, group in groupby(hours, key=lambda each: each[:10]):
        wanted = list(group)
        if len(wanted) < _WORTH_A_DAY:
            for hour in wanted:
                yield from list_objects(client, bucket, f"{prefix}/{hour}/")
            continue
        for source in list_objects(client, bucket, f"{prefix}/{day}/"):
            found = hour_of(source)
            if found is not None and found.strftime("%Y/%m/%d/%H") in wanted:
                yield source


#: Note about rows that an earlier version answered.
BEFORE_LIVE: Final = "answered before the live version took all traffic, left out"


def read_window(
    location: str, window: Window, names: Sequence[str], skips: Skips, s3: Any = None, since: datetime | None = None
) -> Iterator[CaptureRows]:
    """Captured rows of a window below <capture prefix>/<endpoint>/<variant>.

    Capture records name no model version, and both fleets of a blue/green deployment write to the same place. Rows
    older than `since`, when the live version took all traffic, may be another version's: they are left out and noted.
    """
    seen: set[str] = set()
    for source in window_sources(location, window.hours, s3):
        for rows in read_capture(source, names, skips, seen):
            part = rows.within(lambda time, source=source: window.holds(time, source))  # type: ignore[misc]
            if since is not None:
                live = part.within(lambda time, source=source: (time or hour_of(source) or since) >= since)  # type: ignore[misc]
                if len(live) < len(part):
                    skips.note(BEFORE_LIVE, len(part) - len(live))
                part = live
            yield part


def read_labels(location: str, window: Window, skips: Skips, s3: Any = None) -> dict[str, GroundTruth]:
    """Ground truth by id that had arrived when the window ended; of several for one id the last one counts.

    Labels without a time of their own have that of their object, or of its hour.
    """
    found: dict[str, GroundTruth] = {}
    for source in window_sources(location, window.hours, s3):
        arrived = source.written or hour_of(source)
        with source.open() as stream:
            for number, line in read_lines(stream, source.name, skips):
                label = parse_ground_truth(line, f"{source.name}:{number}", skips)
                if label is not None:
                    found[label.event_id] = GroundTruth(label.event_id, label.values, label.time or arrived)
    return found
