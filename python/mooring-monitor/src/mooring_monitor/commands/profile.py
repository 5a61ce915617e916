"""`profile`: statistics.json and constraints.json of a data set."""

from __future__ import annotations

import argparse
from pathlib import Path

from mooring_use_case.bundle import optional_use_case

from mooring_monitor.commands.options import add_data_arguments, data_paths, engine_of, profile_of
from mooring_monitor.drift.row_sample import FILE as SAMPLE_FILE
from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json
from mooring_monitor.profile.constraints import constraints_document
from mooring_monitor.profile.statistics import statistics_document
from mooring_monitor.readers.batch import Skips
from mooring_monitor.scale.cluster import job_hosts, work_for

NAME = "profile"

#: Output of the pipeline's DataQuality step.
STEP_OUTPUT = "baseline"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_data_arguments(parser)
    parser.add_argument("--train", metavar="DIR", help="the pipeline's training rows, instead of --data")
    parser.add_argument("--output", required=True, type=Path, help="folder for both files; with --train its baseline/")


def run(args: argparse.Namespace) -> int:
    """Profile the data and write both files."""
    hosts = job_hosts()
    if hosts is not None and not hosts.leads:
        # The first instance counts and reports; in one process it needs no help.
        if engine_of(args) == "spark":
            work_for(hosts)
        return 0
    skips = Skips()
    use_case = optional_use_case(args.use_case)
    output = args.output / STEP_OUTPUT if args.train else args.output
    joint = [each.name for each in use_case.monitored if each.detector == "classifier"] if use_case else []
    sample = RowSample(joint, meanings=use_case.meanings) if joint and use_case else None
    profile = profile_of(args, use_case, skips, (), sample)
    if profile.rows == 0:
        raise InputError(f"no rows in {', '.join(data_paths(args))}; a baseline needs some")
    write_json(output / "statistics.json", statistics_document(profile), indent=None)
    write_json(output / "constraints.json", constraints_document(profile, use_case))
    if sample is not None:
        write_json(output / SAMPLE_FILE, sample.state())
    skipped = f", {skips.total} skipped" if skips.total else ""
    print(f"profiled {profile.rows:,} rows, {len(profile.columns)} columns{skipped}")
    return 0
