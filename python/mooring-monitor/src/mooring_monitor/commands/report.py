"""`report`: one HTML file of a run, for people."""

from __future__ import annotations

import argparse
from pathlib import Path

from mooring_monitor.report.page import write_report

NAME = "report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--input", required=True, type=Path, metavar="DIR", help="folder with the files of a run")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="the page, one HTML file")
    parser.add_argument(
        "--baseline", type=Path, metavar="DIR", help="folder of the run (or live model) to compare with"
    )
    parser.add_argument(
        "--history", type=Path, metavar="DIR", help="folder of earlier runs, one sub-folder each: quality over time"
    )


def run(args: argparse.Namespace) -> int:
    """Write the page."""
    write_report(args.input, args.output, args.baseline, args.history)
    print(f"report written to {args.output}")
    return 0
