"""Options that the commands share, and the profile they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from mooring_use_case.use_case import UseCase

from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.errors import InputError
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.data import FORMATS, column_names, read_batches
from mooring_monitor.scale.engine import ENGINES, SPARK_FROM_GIB, chosen_engine, processors
from mooring_monitor.scale.spark import profile_with_spark, spark_session


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """--use-case, --data, --format, --header."""
    parser.add_argument("--use-case", help="use-case.json; default: the bundle's, else types are inferred")
    parser.add_argument("--data", nargs="+", help="files, folders or s3:// prefixes")
    parser.add_argument("--format", default="csv", choices=FORMATS)
    parser.add_argument(
        "--engine",
        default="auto",
        choices=ENGINES,
        help="auto: Spark for large inputs (--spark-from-gib), where there is one",
    )
    parser.add_argument(
        "--spark-from-gib",
        type=_size,
        default=SPARK_FROM_GIB,
        metavar="GIB",
        help="size of the input from which on `auto` takes Spark; default 20",
    )
    parser.add_argument("--header", default="auto", choices=("auto", "yes", "no"), help="whether CSV files have one")


def _size(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size; write GiB as a number above 0")
    return value


def engine_of(args: argparse.Namespace) -> Literal["process", "spark"]:
    """Where this run counts: by --engine, or by the size of its data."""
    return chosen_engine(args.engine, data_paths(args), args.format, args.spark_from_gib)


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
    if engine_of(args) == "spark":
        if sample is not None:
            raise InputError("detector 'classifier' needs rows in one process; use --engine process")
        with spark_session() as spark:
            return profile_with_spark(spark, data_paths(args), args.format, profile, names, skips, header=args.header)
    with ThreadPoolExecutor(processors()) as pool:
        for batch in read_batches(data_paths(args), args.format, names, skips, args.header, label):
            profile.add(batch, pool)
            if sample is not None:
                sample.add(batch)
    return profile
