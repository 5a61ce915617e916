"""Reading folders of CSV and Parquet files into tables of canonical texts, and writing tables as CSV."""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from mooring_values.cells import MISSING, cell
from mooring_values.columns import ColumnMeaning

from mooring_steps.dialect import Dialect, header_hint
from mooring_steps.errors import InputError, shorten
from mooring_steps.texts import Table, map_unique, row_count

SUFFIXES: Final[dict[str, tuple[str, ...]]] = {"csv": (".csv", ".csv.gz"), "parquet": (".parquet",)}


def data_files(folder: Path, formats: Sequence[str]) -> list[Path]:
    """Files of these formats in a folder and below it, in the order of their paths; hidden files are left out.

    Raises InputError when the folder does not exist.
    """
    if not folder.is_dir():
        raise InputError(f"folder '{folder}' does not exist")
    suffixes = tuple(suffix for each in formats for suffix in SUFFIXES[each])
    return sorted(
        each
        for each in folder.rglob("*")
        if each.is_file() and not each.name.startswith((".", "_")) and each.name.lower().endswith(suffixes)
    )


def read_folder(
    folder: Path,
    formats: Sequence[str],
    required: Sequence[str] | None,
    optional: Sequence[str] = (),
    *,
    meanings: Mapping[str, ColumnMeaning] | None = None,
    dialect: Dialect | None = None,
    may_lack_rows: bool = False,
) -> Table:
    """Read all files of a folder, keep the named columns, in that order; without names all columns of the first file.

    Optional columns that a file lacks are missing values. `meanings` says how cells of a column are understood
    (default: as usual), `dialect` how CSV files are written (default: as Mooring does). Raises InputError listing every
    missing column, empty file and unreadable file; a file with a header alone counts as empty unless `may_lack_rows`.
    """
    files = data_files(folder, formats)
    if not files:
        others = [each.name for each in sorted(folder.iterdir())]
        contents = f"it contains: {shorten(others)}" if others else "it is empty"
        raise InputError(f"no {' or '.join(formats)} file in '{folder}'; {contents}")
    problems: list[str] = []
    parts: list[Table] = []
    for path in files:
        try:
            names = list(parts[0]) if required is None and parts else required
            part = _read_file(path, names, optional, meanings or {}, dialect or Dialect())
            if row_count(part) == 0 and not may_lack_rows:
                raise InputError(f"{path.name}: there is a header, but no row")
            parts.append(part)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems, f"data in '{folder}'")
    return concatenate(parts)


def read_csv(path: Path, required: Sequence[str]) -> Table:
    """Read one CSV file with a header. Raises InputError as `read_folder` does."""
    return _read_file(path, required, (), {}, Dialect())


def concatenate(tables: Sequence[Table]) -> Table:
    """Rows of several tables with the same columns, one after the other."""
    return {name: np.concatenate([each[name] for each in tables]) for name in tables[0]}


def write_csv(path: Path, table: Table) -> None:
    """Write a table with a header; missing values are empty cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


def data_hash(table: Table) -> str:
    """`sha256:` of the canonical rows in sorted order.

    The same rows give the same hash whatever the order of rows and files, and whether they came as CSV or Parquet;
    a row more, a row less, a changed cell or a renamed column gives another one.
    """
    lines: npt.NDArray[np.object_] = np.full(row_count(table), "", dtype=object)
    for values in table.values():
        lines = lines + values + "\x1f"
    digest = hashlib.sha256("\x1f".join(table).encode())
    digest.update("\x1e".join(sorted(lines)).encode())
    return f"sha256:{digest.hexdigest()}"


def _read_file(
    path: Path,
    required: Sequence[str] | None,
    optional: Sequence[str],
    meanings: Mapping[str, ColumnMeaning],
    dialect: Dialect,
) -> Table:
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}: the file is empty")
    wanted = None if required is None else [*required, *optional]
    read = _read_parquet if path.name.lower().endswith(SUFFIXES["parquet"]) else _read_csv
    table = read(path, wanted, meanings, dialect)
    if required is None or wanted is None:
        return table
    missing = [name for name in required if name not in table]
    if missing:
        header = list(read(path, None, meanings, dialect))
        found = f"{path.name}: the header has {shorten(header, 40)}"
        absent = [f"{path.name}: column '{name}' is missing" for name in missing]
        raise InputError([*absent, found + header_hint(header)])
    rows = row_count(table)
    return {name: table[name] if name in table else np.full(rows, "", dtype=object) for name in wanted}


def _read_csv(
    path: Path, wanted: Sequence[str] | None, meanings: Mapping[str, ColumnMeaning], dialect: Dialect
) -> Table:
    names: list[str] = []
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding=dialect.encoding, newline="") as file:
            reader = csv.reader(file, strict=True, delimiter=dialect.delimiter)
            names = [each.strip() for each in next(reader)]
            rows = [row for row in reader if row]
            last_line = reader.line_num
    except UnicodeDecodeError as error:
        hint = "write its encoding to use-case.yaml, e.g. dataset.read: { encoding: cp1252 }"
        raise InputError(f"{path.name}: not a readable CSV file ({error}); {hint}") from None
    except (csv.Error, LookupError, OSError, EOFError) as error:
        raise InputError(f"{path.name}: not a readable CSV file ({error}){header_hint(names)}") from None
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(f"{path.name}: columns named twice: {shorten(repeated)}")
    ragged = [index for index, row in enumerate(rows) if len(row) != len(names)]
    if ragged and header_hint(names):
        raise InputError(f"{path.name}: the header has {names[0]}{header_hint(names)}")
    if ragged:
        where = f"row {ragged[0] + 1} of {len(rows)} (the file ends at line {last_line})"
        raise InputError(
            f"{path.name}: {where} has {len(rows[ragged[0]])} values, the header has {len(names)}"
            + (f"; {len(ragged) - 1} more such rows" if len(ragged) > 1 else "")
        )
    return {
        name: _column(rows, names.index(name), missing_in(meanings, name), _number_of(meanings, name, dialect))
        for name in names
        if wanted is None or name in wanted
    }


def missing_in(meanings: Mapping[str, ColumnMeaning], name: str) -> frozenset[str]:
    """Spellings of "no value" of a column."""
    return meanings[name].missing if name in meanings else MISSING


def _number_of(meanings: Mapping[str, ColumnMeaning], name: str, dialect: Dialect) -> Callable[[str], str] | None:
    """How numbers of a column are rewritten; None where they are written as usual, or the column has none."""
    numeric = name in meanings and meanings[name].type in ("integer", "number")
    return dialect.number if numeric and not dialect.usual else None


def _column(
    rows: Sequence[Sequence[str]], index: int, missing: frozenset[str], number: Callable[[str], str] | None
) -> npt.NDArray[np.object_]:
    texts = np.empty(len(rows), dtype=object)
    texts[:] = [row[index] for row in rows]
    if number is not None:
        texts = map_unique(number, texts)
    return map_unique(lambda each: cell(each, missing), texts)


def _read_parquet(path: Path, wanted: Sequence[str] | None, meanings: Mapping[str, ColumnMeaning], _: Dialect) -> Table:
    parquet = importlib.import_module("pyarrow.parquet")
    arrow_texts = importlib.import_module("mooring_values.arrow").arrow_texts
    try:
        names = parquet.read_schema(path).names
        columns = parquet.read_table(path, columns=[name for name in names if wanted is None or name in wanted])
    except (ValueError, OSError) as error:
        raise InputError(f"{path.name}: not a readable Parquet file ({error})") from None
    found: Table = {}
    for name in columns.column_names:
        try:
            found[name] = arrow_texts(columns[name], missing_in(meanings, name))
        except TypeError as error:
            raise InputError(f"{path.name}: column '{name}': {error}") from None
    return found
