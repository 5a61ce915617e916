"""`watch`: the scheduled run. Has a window of captured or batch-scored rows judged, files and publishes findings."""

from __future__ import annotations

import argparse
import importlib
import tempfile
from pathlib import Path
from typing import Final

from mooring_monitor import metrics
from mooring_monitor.cli import EXIT_FINE
from mooring_monitor.drift_report import Occasion, iso
from mooring_monitor.errors import InputError
from mooring_monitor.gather import gather
from mooring_monitor.history import earlier_runs, write_history
from mooring_monitor.json_file import write_json
from mooring_monitor.live_baseline import fetch_baseline
from mooring_monitor.metrics_out import publish
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import BEFORE_LIVE, Window
from mooring_monitor.records import Metric, WatchOutcome, WatchWindow
from mooring_monitor.report.page import REPORT, write_report
from mooring_monitor.step_files import use_case_of
from mooring_monitor.use_case import UseCase
from mooring_monitor.watch_data import watch_data

NAME = "watch"

#: Modules that judge joined rows; each has watch(window: WatchWindow) -> WatchOutcome.
_JUDGES: Final = {
    "quality": "mooring_monitor.commands.quality",
    "bias": "mooring_monitor.commands.bias",
    "explanations": "mooring_monitor.commands.explain",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--use-case", help="use-case.json; default: the one in the code bundle")
    parser.add_argument("--kind", required=True, choices=("data", *_JUDGES))
    parser.add_argument(
        "--baseline", required=True, help="folder or s3:// prefix with the live model's baselines (and manifest.json)"
    )
    watched = parser.add_mutually_exclusive_group(required=True)
    watched.add_argument("--capture", help="s3://bucket/prefix of data capture, above <endpoint>/<variant>")
    watched.add_argument(
        "--batch-output", help="s3://bucket/prefix of what batch transforms wrote, above <due time>; rows with answers"
    )
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--variant", default="AllTraffic")
    parser.add_argument("--schedule", required=True, help="name of the schedule, a dimension of the metrics")
    parser.add_argument("--window", default="1h", help="length of the window: 15m, 1h, 2d")
    parser.add_argument("--window-end", required=True, help="ISO-8601 time at which the window ends")
    parser.add_argument("--ground-truth", help="s3://bucket/prefix of labels by inference id")
    parser.add_argument(
        "--history",
        help="folder or s3:// prefix with the outputs of earlier runs, one folder per time: the report shows them",
    )
    parser.add_argument("--output", required=True, type=Path, help="folder for the findings")
    parser.add_argument("--message", type=Path, help="file for the exit message of a processing job")
    parser.add_argument("--no-publish", action="store_true", help="write metrics.json only")


def run(args: argparse.Namespace) -> int:
    """Judge the window, write what was found, publish its metrics."""
    use_case = use_case_of(args.use_case)
    window = Window.ending(args.window_end, args.window)
    if args.kind in ("quality", "bias") and not args.ground_truth:
        raise InputError(f"kind {args.kind} needs --ground-truth, the prefix where labels arrive")
    with tempfile.TemporaryDirectory() as folder:
        baseline = fetch_baseline(args.baseline, Path(folder))
        outcome = _judge(args, use_case, window, baseline)
        occasion = _occasion(args, use_case, window)
        _write(outcome, occasion, args.output, args.message)
        earlier = earlier_runs(args.history.rstrip("/"), window) if args.history else []
        write_history(args.output, earlier, outcome, args.kind, use_case, window, baseline)
        write_report(args.output, args.output / REPORT, baseline)
    if not args.no_publish:
        publish(outcome.metrics, args.kind, args.endpoint, args.schedule)
    print(f"{outcome.verdict}: {outcome.summary}")
    return EXIT_FINE


def _judge(args: argparse.Namespace, use_case: UseCase, window: Window, baseline: Path | None) -> WatchOutcome:
    if baseline is None:
        summary = f"Nothing judged: no model is live below {args.baseline}"
        return WatchOutcome("skipped", summary, [Metric(metrics.RUNS, 1.0, "Count")])
    if args.kind == "data":
        return _data(args, use_case, window, baseline)
    return _joined(args, use_case, window, baseline)


def _data(args: argparse.Namespace, use_case: UseCase, window: Window, baseline: Path) -> WatchOutcome:
    occasion = _occasion(args, use_case, window)
    return watch_data(use_case, window, _watched(args), baseline, occasion, args.output)


def _watched(args: argparse.Namespace) -> Watched:
    if args.batch_output is not None:
        return Watched.of_batch(args.batch_output)
    return Watched.of_endpoint(args.capture, args.endpoint, args.variant)


def _occasion(args: argparse.Namespace, use_case: UseCase, window: Window) -> Occasion:
    return Occasion(use_case.name, args.endpoint, args.variant, args.schedule, window.start, window.end)


def _joined(args: argparse.Namespace, use_case: UseCase, window: Window, baseline: Path) -> WatchOutcome:
    rows = gather(
        use_case,
        args.kind,
        window,
        _watched(args),
        args.ground_truth,
        args.endpoint,
        args.variant,
        args.schedule,
        baseline,
        args.output,
    )
    return _with_run(importlib.import_module(_JUDGES[args.kind]).watch(rows), rows)


def _with_run(outcome: WatchOutcome, rows: WatchWindow) -> WatchOutcome:
    """Every kind says that it ran and on how many rows, so that silence is an alarm of its own."""
    captured = len(rows.features) + rows.before_live
    common = [Metric(metrics.ROWS, float(captured), "Count"), Metric(metrics.RUNS, 1.0, "Count")]
    names = {each.name for each in outcome.metrics}
    added = [each for each in common if each.name not in names]
    said = f"{outcome.summary}; {rows.before_live:,} rows {BEFORE_LIVE}" if rows.before_live else outcome.summary
    return WatchOutcome(outcome.verdict, said, [*added, *outcome.metrics], outcome.violations)


def _write(outcome: WatchOutcome, occasion: Occasion, output: Path, message: Path | None) -> None:
    """Metrics as JSON beside the findings, with the occasion, and the exit message in Model Monitor's words."""
    document = [
        {"name": each.name, "value": each.value, "unit": each.unit, **each.dimensions} for each in outcome.metrics
    ]
    write_json(
        output / "metrics.json",
        {
            "verdict": outcome.verdict,
            "summary": outcome.summary,
            "use_case": occasion.use_case,
            "endpoint": occasion.endpoint,
            "schedule": occasion.schedule,
            "window": {"start": iso(occasion.start), "end": iso(occasion.end)},
            "metrics": document,
        },
    )
    if message is not None:
        count = len(outcome.violations)
        found = f"CompletedWithViolations: Job completed successfully with {count} violations."
        clean = "Completed: Job completed successfully with no violations."
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(found if count else clean, encoding="utf-8")
