"""Files around the pipeline's steps: tables by the types of the use case."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.errors import InputError

SUFFIXES = (".csv", ".parquet")
#: Spellings of an absent number.
NO_NUMBER = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]


def read_tables(paths: Sequence[str | Path], use_case: UseCase) -> pd.DataFrame:
    """Rows of all files, folders taken as the CSV and Parquet files directly in them, in order of name.

    Columns the use case calls category or text stay text. Raises InputError naming the file that is missing, empty or
    of another kind.
    """
    files = [file for path in paths for file in _files(Path(path))]
    text = {each.name: "string" for each in use_case.columns if each.type in ("category", "text", "timestamp")}
    if not files:
        raise InputError("no data files were given")
    frames = [_read(file, text) for file in files]
    columns = list(frames[0].columns)
    for file, frame in zip(files, frames, strict=True):
        if list(frame.columns) != columns:
            raise InputError(f"{file} has other columns than {files[0]}: {', '.join(map(str, frame.columns))}")
    return pd.concat(frames, ignore_index=True)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(each for each in path.iterdir() if each.suffix in SUFFIXES)
        if not found:
            raise InputError(f"no .csv or .parquet file in {path}")
        return found
    if not path.is_file():
        raise InputError(f"data file {path} does not exist")
    return [path]


def _read(file: Path, text: dict[str, str]) -> pd.DataFrame:
    try:
        if file.suffix == ".parquet":
            return pd.read_parquet(file)
        header = pd.read_csv(file, nrows=0, encoding="utf-8")
        known: dict[Hashable, Any] = {name: kind for name, kind in text.items() if name in header.columns}
        return pd.read_csv(
            file, dtype=known, encoding="utf-8", keep_default_na=False, na_values=_absent(header.columns, known)
        )
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text: {error}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read as {file.suffix.lstrip('.') or 'CSV'}: {error}") from None


def _absent(columns: Iterable[str], text: Mapping[Hashable, Any]) -> dict[str, list[str]]:
    # An empty field is absent; in a text column "NA" may be a category (Namibia), among numbers it is not.
    return {str(name): [""] if name in text else NO_NUMBER for name in columns}
