"""How old rows are, and how much they count for that (retraining.half_life)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from mooring_steps.errors import InputError
from mooring_steps.texts import Table, moments
from mooring_steps.use_case import UseCase

#: Column of labelled rows with the time they were captured (the monitor's labels/join.py); it is no feature.
CAPTURED_AT: Final = "mooring_captured_at"
#: Beside train.csv, in the order of its rows. No CSV: whoever reads the folder's tables must not take it for one.
WEIGHTS: Final = "weights.npy"

_UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400}


def row_weights(use_case: UseCase, table: Table) -> npt.NDArray[np.float64] | None:
    """Weight of each row: 1 for the newest, half of it for every half-life that a row is older.

    None without retraining.half_life, or when no row's time is known. Rows without a time are taken to be as old as
    retraining.window: they are what the model knew before the window began.
    """
    retraining = use_case.section("retraining")
    half_life = retraining.get("half_life")
    if half_life is None:
        return None
    times = np.full(len(next(iter(table.values()))), np.datetime64("NaT", "ns"), dtype="datetime64[ns]")
    for name in (CAPTURED_AT, use_case.time):
        if name is not None and name in table:
            found, bad = moments(table[name])
            if bad:
                raise InputError([f"column '{name}': '{each}' is not a time" for each in bad[:10]])
            times = np.where(np.isnat(times), found, times)
    if np.isnat(times).all():
        return None
    ages = (np.nanmax(times) - times) / np.timedelta64(1, "s")
    ages = np.where(np.isnat(times), float(_seconds(str(retraining.get("window", "30d")))), ages)
    weights: npt.NDArray[np.float64] = np.exp2(-ages / _seconds(str(half_life)))
    return weights


def write_weights(folder: Path, weights: npt.NDArray[np.float64]) -> None:
    """Keep the weights of the rows of a folder's train.csv."""
    np.save(folder / WEIGHTS, weights, allow_pickle=False)


def read_weights(folder: Path, rows: int) -> npt.NDArray[np.float64] | None:
    """Weights beside train.csv; None when there are none, and all rows count the same."""
    path = folder / WEIGHTS
    if not path.is_file():
        return None
    weights: npt.NDArray[np.float64] = np.load(path, allow_pickle=False)
    if weights.shape != (rows,):
        raise InputError(f"{WEIGHTS} has {len(weights)} weights for {rows} rows; the Preprocess step writes both")
    return weights


def _seconds(text: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]*)([mhd])", text)
    if match is None:
        raise InputError(f"'{text}' is not a duration; write a number and a unit: 15m, 1h, 2d")
    return int(match[1]) * _UNITS[match[2]]
