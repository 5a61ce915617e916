"""`trial`: two variants of an endpoint compared on what they answered since a trial began."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from mooring_use_case.bundle import find_use_case

from mooring_monitor.cli import EXIT_FINE
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.window import Window
from mooring_monitor.records import iso
from mooring_monitor.trial.answered import Answered, read_answers, read_labels_by_day
from mooring_monitor.trial.decision import Rules, decide, decide_paired
from mooring_monitor.trial.measures import MEASURES
from mooring_monitor.trial.shadow import agreement, paired_rows

NAME = "trial"

REPORT: Final = "trial.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--use-case", help="use-case.json; default: the one in the code bundle")
    parser.add_argument("--type", required=True, choices=("ab", "shadow"))
    parser.add_argument("--capture", required=True, help="folder or s3:// prefix, above <endpoint>/<variant>")
    parser.add_argument("--ground-truth", help="folder or s3:// prefix of labels by inference id")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--champion", default="AllTraffic", help="variant that served before")
    parser.add_argument("--challenger", default="Challenger", help="variant on trial")
    parser.add_argument("--start", required=True, help="ISO-8601 time at which the trial began")
    parser.add_argument("--end", required=True, help="ISO-8601 time up to which answers and labels count")
    parser.add_argument("--metric", choices=sorted(MEASURES), help="what variants are compared by")
    parser.add_argument("--min-sample", type=int, default=500, help="labelled predictions that each variant must have")
    parser.add_argument("--smallest-difference", type=float, default=0.02, help="differences of this size matter")
    parser.add_argument("--confidence", type=float, default=0.95)
    parser.add_argument("--output", required=True, type=Path, help=f"folder for {REPORT}")


def run(args: argparse.Namespace) -> int:
    """Read both variants, decide, write the report."""
    use_case = find_use_case(args.use_case)
    window = Window(Window.ending(args.start, "1s").end, Window.ending(args.end, "1s").end)
    if window.start >= window.end:
        raise InputError(f"the trial begins at {args.start} and ends at {args.end}; the end must be later")
    rules = _rules(args)
    skips = Skips()
    labels = read_labels_by_day(args.ground_truth and args.ground_truth.rstrip("/"), window, skips)
    root = f"{args.capture.rstrip('/')}/{args.endpoint}"
    champion, challenger = (
        read_answers(f"{root}/{each}", window, labels, use_case, skips) for each in (args.champion, args.challenger)
    )
    document: dict[str, Any] = {
        "type": args.type,
        "use_case": use_case.name,
        "endpoint": args.endpoint,
        "window": {"start": iso(window.start), "end": iso(window.end)},
        "answers": {"champion": len(champion), "challenger": len(challenger)},
        **_compared(args.type, champion, challenger, use_case.task, rules),
        "skipped": dict(skips.counts),
    }
    write_json(args.output / REPORT, document)
    return EXIT_FINE


def _rules(args: argparse.Namespace) -> Rules | None:
    if not 0 < args.confidence < 1:
        raise InputError(f"--confidence {args.confidence} is not between 0 and 1")
    if args.smallest_difference <= 0:
        raise InputError(f"--smallest-difference {args.smallest_difference} is not above 0")
    if args.min_sample < 2:
        raise InputError(f"--min-sample {args.min_sample} is too small; at least 2 are needed")
    if args.metric is None:
        if args.type == "ab":
            raise InputError(f"an A/B test needs --metric, one of {', '.join(sorted(MEASURES))}")
        return None
    return Rules(MEASURES[args.metric], args.min_sample, args.smallest_difference, 1 - args.confidence)


def _compared(kind: str, champion: Answered, challenger: Answered, task: str, rules: Rules | None) -> dict[str, Any]:
    if kind == "ab":
        assert rules is not None
        return {"decision": decide(champion.outcomes(task), challenger.outcomes(task), rules).document(rules)}
    rows = paired_rows(champion, challenger)
    compared: dict[str, Any] = {"comparison": agreement(champion, challenger, rows, task)}
    if rules is not None:
        decision = decide_paired(champion.outcomes(task, rows), challenger.outcomes(task, rows), rules)
        compared["decision"] = decision.document(rules)
    return compared
