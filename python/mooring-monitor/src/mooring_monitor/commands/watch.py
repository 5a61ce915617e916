"""`watch`: the scheduled run. Has a window of captured or batch-scored rows judged, files and publishes findings."""

from __future__ import annotations

import argparse
import importlib
import tempfile
from pathlib import Path
from typing import Any, Final

from mooring_use_case.bundle import find_use_case
from mooring_use_case.use_case import UseCase

from mooring_monitor.cli import EXIT_FINE
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_documents, write_json
from mooring_monitor.readers.live_baseline import fetch_baseline
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import Window
from mooring_monitor.records import Kind, WatchOutcome, iso
from mooring_monitor.report.history import earlier_runs, write_history
from mooring_monitor.report.page import REPORT, write_report
from mooring_monitor.watch.monitor import Monitor, no_live_model, watch
from mooring_monitor.watch.publish import publish
from mooring_monitor.watch.run import Run

NAME = "watch"

#: Kind -> module with its MONITOR; loaded only when asked for.
_MONITORS: Final[dict[Kind, str]] = {
    "data": "mooring_monitor.drift.monitor",
    "quality": "mooring_monitor.quality.monitor",
    "bias": "mooring_monitor.bias.monitor",
    "explanations": "mooring_monitor.explain.monitor",
}
_NEED_LABELS: Final[tuple[Kind, ...]] = ("quality", "bias")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--use-case", help="use-case.json; default: the one in the code bundle")
    parser.add_argument("--kind", required=True, choices=tuple(_MONITORS))
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
    use_case = find_use_case(args.use_case)
    window = Window.ending(args.window_end, args.window)
    if args.kind in _NEED_LABELS and not args.ground_truth:
        raise InputError(f"kind {args.kind} needs --ground-truth, the prefix where labels arrive")
    with tempfile.TemporaryDirectory() as folder:
        baseline = fetch_baseline(args.baseline, Path(folder))
        outcome = no_live_model(args.baseline) if baseline is None else _judged(args, use_case, window, baseline)
        _write(args, outcome, use_case, window)
        earlier = earlier_runs(args.history.rstrip("/"), window) if args.history else []
        write_history(args.output, earlier, outcome, args.kind, use_case, window, baseline)
        write_report(args.output, args.output / REPORT, baseline)
    if not args.no_publish:
        publish(outcome.metrics, args.kind, args.endpoint, args.schedule)
    print(f"{outcome.verdict}: {outcome.summary}")
    return EXIT_FINE


def _judged(args: argparse.Namespace, use_case: UseCase, window: Window, baseline: Path) -> WatchOutcome:
    """Let the monitor of the kind judge the window, and write its documents."""
    run = Run(
        use_case=use_case,
        window=window,
        watched=_watched(args),
        endpoint=args.endpoint,
        variant=args.variant,
        schedule=args.schedule,
        baseline=baseline,
        ground_truth=args.ground_truth,
        read_model=args.read_model,
    )
    monitor: Monitor[Any, Any] = importlib.import_module(_MONITORS[args.kind]).MONITOR
    outcome, documents = watch(monitor, run)
    write_documents(args.output, documents)
    return outcome


def _watched(args: argparse.Namespace) -> Watched:
    if args.batch_output is not None:
        return Watched.of_batch(args.batch_output)
    return Watched.of_endpoint(args.capture, args.endpoint, args.variant)


def _write(args: argparse.Namespace, outcome: WatchOutcome, use_case: UseCase, window: Window) -> None:
    """Metrics as JSON beside the findings, with the occasion, and the exit message in Model Monitor's words."""
    metrics = [
        {"name": each.name, "value": each.value, "unit": each.unit, **each.dimensions} for each in outcome.metrics
    ]
    write_json(
        args.output / "metrics.json",
        {
            "verdict": outcome.verdict,
            "summary": outcome.summary,
            "use_case": use_case.name,
            "endpoint": args.endpoint,
            "schedule": args.schedule,
            "window": {"start": iso(window.start), "end": iso(window.end)},
            "metrics": metrics,
        },
    )
    if args.message is not None:
        count = len(outcome.violations)
        found = f"CompletedWithViolations: Job completed successfully with {count} violations."
        clean = "Completed: Job completed successfully with no violations."
        args.message.parent.mkdir(parents=True, exist_ok=True)
        args.message.write_text(found if count else clean, encoding="utf-8")
