"""One scheduled run: what it watches, when, and against which baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mooring_use_case.use_case import UseCase

from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows
from mooring_monitor.readers.live_baseline import live_since
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import Window
from mooring_monitor.records import Occasion


@dataclass(frozen=True)
class Run:
    """A window of an endpoint's life (or of batch output) that a monitor is asked to judge."""

    use_case: UseCase
    window: Window
    watched: Watched
    endpoint: str
    variant: str
    #: Name of the schedule, a dimension of the metrics.
    schedule: str
    #: Folder with the baselines of the live model.
    baseline: Path
    #: Folder or s3:// prefix where labels arrive; None for monitors that need none.
    ground_truth: str | None = None
    #: Reads the archive of the live model, when another package than this one knows how.
    read_model: Callable[[Path, UseCase], Any] | None = None
    #: Clients of S3 and SageMaker; made from the environment when left out.
    s3: Any = None
    sagemaker: Any = None

    @property
    def occasion(self) -> Occasion:
        """Where and when, for reports."""
        window = self.window
        return Occasion(self.use_case.name, self.endpoint, self.variant, self.schedule, window.start, window.end)

    def parts(self, skips: Skips) -> Iterator[CaptureRows]:
        """The window's rows, part by part; those that an earlier version answered are left out and noted in `skips`."""
        return self.watched.rows(self.use_case, self.window, skips, self.s3, live_since(self.baseline))
