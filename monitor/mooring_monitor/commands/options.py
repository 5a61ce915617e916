"""Options that the commands share, and the profile they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from mooring_monitor.errors import InputError
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.data import FORMATS, column_names, read_batches
from mooring_monitor.row_sample import RowSample
from mooring_monitor.scale.engine import ENGINES, chosen_engine, processors
from mooring_monitor.scale.spark import profile_with_spark, spark_session
from mooring_monitor.use_case import UseCase


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """--use-case, --data, --format, --header."""
    parser.add_argument("--use-case", help="use-case.json; default: the bundle's, else types are inferred")
    parser.add_argument("--data", nargs="+", help="files, folders or s3:// prefixes")
    parser.add_argument("--format", default="csv", choices=FORMATS)
    parser.add_argument(
        "--engine",
        default="auto",
        choices=ENGINES,
        help="auto: Spark from 20 GiB on, where there is one",
    )
    parser.add_argument("--header", default="auto", choices=("auto", "yes", "no"), help="whether CSV files have one")


def data_paths(args: argparse.Namespace) -> list[str]:
    """What to read: --data, or the folder of training rows that a pipeline step mounts.

    Raises InputError when neither was given, or both.
    """
    train: str | None = getattr(args, "train", None)
    if (train is None) == (args.data is None):
        raise InputError("give --data PATH ..." + (", or --train DIR, not both" if hasattr(args, "train") else ""))
    return [train] if train is not None else list(args.data)


def profile_of(
    args: argparse.Namespace,
    use_case: UseCase | None,
    skips: Skips,
    fallback: Sequence[str] = (),
    sample: RowSample | None = None,
) -> DatasetProfile:
    """The profile of the data; `fallback` names columns without a use case, `sample` is offered the rows as well."""
    profile = DatasetProfile.of_use_case(use_case)
    label = use_case.label if use_case else None
    names = column_names(use_case, fallback)
    if chosen_engine(args.engine, data_paths(args), args.format) == "spark":
        if sample is not None:
            raise InputError("detector 'classifier' needs rows in one process; use --engine process")
        return profile_with_spark(
            spark_session(), data_paths(args), args.format, profile, names, skips, header=args.header
        )
    with ThreadPoolExecutor(processors()) as pool:
        for batch in read_batches(data_paths(args), args.format, names, skips, args.header, label):
            profile.add(batch, pool)
            if sample is not None:
                sample.add(batch)
    return profile
