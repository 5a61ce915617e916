"""The one way from a window to a verdict: rows, their analysis, a judgement, and what is published and filed about it.

The four kinds of monitor (data, quality, bias, explanations) are classes with the same five methods; everything else of
a scheduled run is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from mooring_monitor import metrics
from mooring_monitor.json_file import Document
from mooring_monitor.readers.batch import Skips
from mooring_monitor.records import Metric, Verdict, Violation, WatchOutcome
from mooring_monitor.watch.run import Run


class Rows(Protocol):
    """What a monitor has read of a window."""

    @property
    def captured(self) -> int:
        """Rows that the window holds, whether or not they are judged."""

    @property
    def remark(self) -> str:
        """What the summary adds about rows that were left out; empty for nothing."""


@dataclass(frozen=True)
class TooFew:
    """There is not enough to analyse; not an error, and the verdict is `skipped`."""

    summary: str
    #: What is known all the same, such as the share of rows with a label.
    metrics: Sequence[Metric] = ()


@dataclass(frozen=True)
class Judgement:
    """What an analysis means."""

    verdict: Verdict
    #: One sentence for people.
    summary: str
    violations: Sequence[Violation] = ()


R = TypeVar("R", bound=Rows)
A = TypeVar("A")


class Monitor(Protocol[R, A]):
    """A kind of monitor. Every method may raise InputError for settings or files that do not fit."""

    def rows(self, run: Run, skips: Skips) -> R:
        """Read the window's rows as this kind needs them; `skips` counts what could not be read."""

    def analysis(self, run: Run, rows: R) -> A | TooFew:
        """Measure the rows."""

    def judgement(self, run: Run, analysis: A) -> Judgement:
        """Compare what was measured with the baseline and with the bounds of the use case."""

    def metrics(self, run: Run, analysis: A) -> Sequence[Metric]:
        """What is published, besides that a run took place and on how many rows."""

    def documents(self, run: Run, analysis: A, judgement: Judgement) -> Mapping[str, Document]:
        """Files of the run by name."""


def watch(monitor: Monitor[Any, Any], run: Run) -> tuple[WatchOutcome, Mapping[str, Document]]:
    """Judge a window: what is published about it, and the files that hold the details."""
    return judge_rows(monitor, run, monitor.rows(run, Skips()))


def judge_rows(monitor: Monitor[R, A], run: Run, rows: R) -> tuple[WatchOutcome, Mapping[str, Document]]:
    """Judge rows that have been read."""
    analysis = monitor.analysis(run, rows)
    if isinstance(analysis, TooFew):
        published = [*_took_place(rows), *analysis.metrics]
        return WatchOutcome("skipped", f"{analysis.summary}{rows.remark}", published), {}
    judgement = monitor.judgement(run, analysis)
    published = [*_took_place(rows), *monitor.metrics(run, analysis)]
    outcome = WatchOutcome(judgement.verdict, f"{judgement.summary}{rows.remark}", published, judgement.violations)
    return outcome, monitor.documents(run, analysis, judgement)


def no_live_model(location: str) -> WatchOutcome:
    """The outcome of a run before the first model is live."""
    return WatchOutcome("skipped", f"Nothing judged: no model is live below {location}", [_ran()])


def _took_place(rows: Rows) -> list[Metric]:
    """Every kind publishes that it ran and on how many rows, so that silence is an alarm of its own."""
    return [Metric(metrics.ROWS, float(rows.captured), "Count"), _ran()]


def _ran() -> Metric:
    return Metric(metrics.RUNS, 1.0, "Count")
