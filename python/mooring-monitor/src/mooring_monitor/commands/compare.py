"""`compare`: a data set against a baseline."""

from __future__ import annotations

import argparse
from pathlib import Path

from mooring_use_case.bundle import optional_use_case

from mooring_monitor.cli import EXIT_BREACH, EXIT_FINE
from mooring_monitor.commands.options import add_data_arguments, profile_of
from mooring_monitor.drift.comparison import Baseline, compare, findings_documents
from mooring_monitor.drift.findings import summary
from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.json_file import write_documents
from mooring_monitor.readers.batch import Skips
from mooring_monitor.records import Occasion
from mooring_monitor.report.page import REPORT, write_report

NAME = "compare"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_data_arguments(parser)
    parser.add_argument("--baseline", required=True, type=Path, help="folder with statistics.json and constraints.json")
    parser.add_argument("--output", required=True, type=Path, help="folder for the findings")
    parser.add_argument(
        "--fail-on-breach", action="store_true", help=f"exit with {EXIT_BREACH} when the verdict is breach"
    )


def run(args: argparse.Namespace) -> int:
    """Compare and write statistics, violations and the drift report, as JSON and as a page."""
    use_case = optional_use_case(args.use_case)
    baseline = Baseline.read(args.baseline, use_case)
    skips = Skips()
    meanings = use_case.meanings if use_case else None
    sample = RowSample(baseline.joint_features, meanings=meanings) if baseline.joint_features else None
    profile = profile_of(args, use_case, skips, list(baseline.statistics.features), sample)
    occasion = Occasion(use_case=use_case.name if use_case else None)
    findings = compare(baseline, profile, skips, use_case, occasion, sample)
    write_documents(args.output, findings_documents(findings, profile))
    write_report(args.output, args.output / REPORT)
    print(f"{findings.verdict}: {summary(findings)}")
    return EXIT_BREACH if args.fail_on_breach and findings.verdict == "breach" else EXIT_FINE
