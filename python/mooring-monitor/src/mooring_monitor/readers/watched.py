"""What a scheduled run watches: the captured requests of an endpoint, or the output of batch transforms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from mooring_use_case.use_case import UseCase

from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows
from mooring_monitor.readers.transform_output import read_outputs
from mooring_monitor.readers.window import Window, read_window


@dataclass(frozen=True)
class Watched:
    """Where the rows lie, a folder or an s3:// prefix, and who wrote them."""

    location: str
    source: Literal["endpoint", "batch"] = "endpoint"

    @classmethod
    def of_endpoint(cls, capture: str, endpoint: str, variant: str) -> Watched:
        """Data capture of a variant below a prefix."""
        return cls(f"{capture.rstrip('/')}/{endpoint}/{variant}")

    @classmethod
    def of_batch(cls, output: str) -> Watched:
        """Output of the scheduled transforms, one folder per due time."""
        return cls(output.rstrip("/"), "batch")

    def rows(
        self, use_case: UseCase, window: Window, skips: Skips, s3: Any = None, since: datetime | None = None
    ) -> Iterator[CaptureRows]:
        """Rows of a window, part by part; those from before `since` are left out and noted."""
        if self.source == "batch":
            return read_outputs(self.location, window, use_case, skips, s3, since)
        return read_window(self.location, window, [each.name for each in use_case.features], skips, s3, since)
