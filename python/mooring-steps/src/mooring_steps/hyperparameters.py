"""Hyperparameters of the XGBoost training: names, kinds and defaults in one table; unknown ones are refused."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mooring_steps.errors import InputError

Value = int | float | str


@dataclass(frozen=True)
class Hyperparameter:
    """Kind, smallest and largest value, and the default (None: XGBoost's own)."""

    kind: type[int] | type[float] | type[str]
    default: Value | None = None
    low: float = float("-inf")
    high: float = float("inf")
    choices: tuple[str, ...] = ()


TABLE: Final[Mapping[str, Hyperparameter]] = {
    "num_round": Hyperparameter(int, 150, 1, 100_000),
    "early_stopping_rounds": Hyperparameter(int, 15, 1, 100_000),
    "eta": Hyperparameter(float, 0.1, 0, 1),
    "max_depth": Hyperparameter(int, 4, 0, 64),
    "min_child_weight": Hyperparameter(float, 1.0, 0),
    "subsample": Hyperparameter(float, 1.0, 0, 1),
    "colsample_bytree": Hyperparameter(float, 1.0, 0, 1),
    "colsample_bynode": Hyperparameter(float, 1.0, 0, 1),
    # Trees per round: with num_round 1, subsample and colsample_bynode below 1 and eta 1 it is a random forest.
    "num_parallel_tree": Hyperparameter(int, 1, 1, 10_000),
    "gamma": Hyperparameter(float, 0.0, 0),
    "alpha": Hyperparameter(float, 0.0, 0),
    "lambda": Hyperparameter(float, 1.0, 0),
    "max_delta_step": Hyperparameter(float, None, 0),
    "max_bin": Hyperparameter(int, 256, 2, 65_536),
    "scale_pos_weight": Hyperparameter(float, None, 0),
    "objective": Hyperparameter(
        str,
        choices=("binary:logistic", "reg:squarederror", "reg:absoluteerror", "reg:tweedie", "count:poisson"),
    ),
    "seed": Hyperparameter(int, None, 0),
    # One thread: the same model on every machine, and safe in a forked child, where OpenMP's threads are lost.
    "nthread": Hyperparameter(int, 1, 1, 1024),
}


def resolve(given: Mapping[str, Any]) -> dict[str, Value]:
    """Defaults overlaid with given values, which may be texts. Raises InputError listing every unusable one."""
    problems: list[str] = []
    values: dict[str, Value] = {
        name: each.default for name, each in TABLE.items() if each.default is not None and name not in given
    }
    for name, value in given.items():
        if name not in TABLE:
            close = difflib.get_close_matches(name, TABLE, n=1)
            hint = f"did you mean '{close[0]}'? " if close else ""
            problems.append(f"hyperparameter '{name}' is unknown; {hint}there are: {', '.join(TABLE)}")
            continue
        try:
            values[name] = _convert(name, TABLE[name], value)
        except ValueError as error:
            problems.append(f"hyperparameter '{name}': {error}")
    if problems:
        raise InputError(problems)
    return values


def _convert(name: str, known: Hyperparameter, value: Any) -> Value:
    if known.kind is str:
        if value not in known.choices:
            raise ValueError(f"'{value}' is not one of {', '.join(known.choices)}")
        return str(value)
    noun = "a whole number" if known.kind is int else "a number"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"'{value}' is not {noun}") from None
    if known.kind is int and not number.is_integer():
        raise ValueError(f"'{value}' is not {noun}")
    if not known.low <= number <= known.high:
        raise ValueError(f"{value} is not between {known.low:g} and {known.high:g}")
    return int(number) if known.kind is int else number
