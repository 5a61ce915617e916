"""Parquet files in batches of typed columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet

from mooring_monitor.errors import InputError
from mooring_monitor.readers.batch import Batch
from mooring_monitor.readers.source import Source

_ROWS: Final = 65_536


def read_parquet(source: Source) -> Iterator[Batch]:
    """Batches of one Parquet file."""
    with source.open() as stream:
        readable = stream if stream.seekable() else pa.BufferReader(stream.read())
        try:
            file = pa.parquet.ParquetFile(readable)
            for chunk in file.iter_batches(batch_size=_ROWS):
                yield Batch(chunk.num_rows, dict(zip(chunk.schema.names, chunk.columns, strict=True)))
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{source.name} cannot be read as Parquet: {error}") from None
