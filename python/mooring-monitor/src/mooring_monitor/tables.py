"""Files around the pipeline's steps: tables by the types of the use case."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from mooring_use_case.use_case import UseCase
from mooring_values.cells import MISSING, text_of

from mooring_monitor.errors import InputError

SUFFIXES = (".csv", ".parquet")


def read_tables(paths: Sequence[str | Path], use_case: UseCase) -> pd.DataFrame:
    """Rows of all files, folders taken as the CSV and Parquet files directly in them, in order of name.

    Columns the use case calls category, text or timestamp hold canonical text. Raises InputError naming the file that
    is missing, empty or of another kind.
    """
    files = [file for path in paths for file in _files(Path(path))]
    if not files:
        raise InputError("no data files were given")
    frames = [_read(file, use_case) for file in files]
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


def _read(file: Path, use_case: UseCase) -> pd.DataFrame:
    text = [each.name for each in use_case.columns if each.type in ("category", "text", "timestamp")]
    try:
        if file.suffix == ".parquet":
            frame = pd.read_parquet(file)
        else:
            header = pd.read_csv(file, nrows=0, encoding="utf-8-sig")
            known: dict[Hashable, Any] = {name: "string" for name in text if name in header.columns}
            absent = {str(name): [] if name in known else sorted(_missing(use_case, str(name))) for name in header}
            frame = pd.read_csv(file, dtype=known, encoding="utf-8-sig", keep_default_na=False, na_values=absent)
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text: {error}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read as {file.suffix.lstrip('.') or 'CSV'}: {error}") from None
    for name in text:
        if name in frame.columns:
            frame[name] = _canonical(frame[name], _missing(use_case, name))
    return frame


def _missing(use_case: UseCase, name: str) -> frozenset[str]:
    if name == use_case.label:
        return use_case.label_rule.missing
    return use_case.meanings[name].missing if name in use_case.meanings else MISSING


def _canonical(column: pd.Series[Any], missing: frozenset[str]) -> pd.Series[Any]:
    texts = {each: text_of(each, missing) or None for each in column.dropna().unique()}
    return column.map(texts, na_action="ignore").astype("string")
