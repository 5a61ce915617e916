"""One door to all formats: batches of feature rows from paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mooring_use_case.use_case import UseCase

from mooring_monitor.errors import InputError
from mooring_monitor.readers.batch import Batch, Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.csv_file import Header, read_csv
from mooring_monitor.readers.parquet_file import read_parquet
from mooring_monitor.readers.source import sources

FORMATS: Final = ("csv", "parquet", "capture", "merged")


def column_names(use_case: UseCase | None, fallback: Sequence[str] = ()) -> list[str]:
    """Features in the order of payloads, then the label; without a use case the names of the baseline."""
    if use_case is None:
        return list(fallback)
    return [each.name for each in use_case.features]


def read_batches(
    paths: Sequence[str],
    data_format: str,
    names: Sequence[str],
    skips: Skips,
    header: Header = "auto",
    label: str | None = None,
    s3: Any = None,
) -> Iterator[Batch]:
    """Batches of rows from files, folders or S3 prefixes.

    `names` are the features in payload order (needed for captures and CSV without header); `label` may follow them in
    such a CSV. Raises InputError when a path has nothing to read or a file is not of its format.
    """
    if data_format not in FORMATS:
        raise InputError(f"format '{data_format}' is not one of {', '.join(FORMATS)}")
    if data_format in ("capture", "merged") and not names:
        raise InputError("captured rows have no header; give --use-case or a baseline that names the columns")
    seen: set[str] = set()
    for source in sources(paths, data_format, s3):
        if data_format == "csv":
            yield from read_csv(source, [*names, *([label] if label else [])], header, skips)
        elif data_format == "parquet":
            yield from read_parquet(source)
        else:
            for rows in read_capture(source, names, skips, seen):
                yield rows.batch()
