"""CSV files in batches of text columns."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final, Literal

import pyarrow as pa
import pyarrow.csv

from mooring_monitor.errors import InputError
from mooring_monitor.readers.batch import Batch, Skips
from mooring_monitor.readers.source import Source

Header = Literal["auto", "yes", "no"]

#: Bytes parsed at a time, some 15,000 rows of twenty columns. Blocks are read ahead: with 8 MB memory doubles.
_BLOCK: Final = 2 << 20


def read_csv(source: Source, known: Sequence[str], header: Header, skips: Skips) -> Iterator[Batch]:
    """Batches of one CSV file, every column as bytes of text.

    `known` are the column names of the use case (features, then label): they decide whether a first line is a header
    when `header` is `auto`, and name the columns when there is none. Lines with a wrong number of values are counted.
    """
    with source.open() as stream:
        first = stream.readline().removeprefix(codecs.BOM_UTF8)
        if not first.strip():
            return
        cells = _cells(first)
        named = _has_header(cells, known, header)
        names = _distinct_names(cells, source.name) if named else _positional(cells, known, source.name)
        if named and known and not set(names) & set(known):
            raise InputError(
                f"{source.name}: the header has none of the use case's columns; it reads {', '.join(names[:8])}, "
                f"expected are {', '.join(known[:8])}"
            )
        body: IO[bytes] = stream if named else _Chained(first, stream)  # type: ignore[assignment]
        yield from _batches(body, names, source.name, skips)


def _batches(stream: IO[bytes], names: Sequence[str], where: str, skips: Skips) -> Iterator[Batch]:
    def skip(row: Any) -> str:
        skips.add("wrong number of values", f"{where}: {str(row.text)[:80]}")
        return "skip"

    try:
        reader = pa.csv.open_csv(
            stream,
            read_options=pa.csv.ReadOptions(column_names=list(names), block_size=_BLOCK, use_threads=True),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.binary() for name in names},
                check_utf8=False,
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=True,
            ),
        )
        for chunk in reader:
            yield Batch(chunk.num_rows, dict(zip(names, chunk.columns, strict=True)))
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return
        raise InputError(f"{where} cannot be read as CSV: {error}") from None


def _has_header(cells: Sequence[str], known: Sequence[str], header: Header) -> bool:
    if header != "auto":
        return header == "yes"
    return not known or bool(set(cells) & set(known)) or not _looks_like_values(cells)


def _looks_like_values(cells: Sequence[str]) -> bool:
    """Whether the line holds a number: names of columns are none."""
    for each in cells:
        try:
            float(each)
        except ValueError:
            continue
        return True
    return False


def _positional(cells: Sequence[str], known: Sequence[str], where: str) -> list[str]:
    if not known:
        return [f"_c{index}" for index in range(len(cells))]
    if len(cells) > len(known):
        raise InputError(f"{where} has no header and {len(cells)} columns; the use case names only {len(known)}")
    return list(known[: len(cells)])


def _distinct_names(cells: Sequence[str], where: str) -> list[str]:
    twice = sorted({each for each in cells if cells.count(each) > 1}) if len(set(cells)) < len(cells) else []
    if twice:
        raise InputError(f"{where}: the header names columns twice: {', '.join(twice)}")
    return list(cells)


def _cells(line: bytes) -> list[str]:
    text = line.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    return [each.strip() for each in next(csv.reader([text]), [])]


class _Chained(io.RawIOBase):
    """A stream with a line put back in front of it."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        return self._rest.read(-1 if size is None else size)
