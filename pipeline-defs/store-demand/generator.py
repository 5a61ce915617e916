"""Seeded daily sales of a chain of six stores, in the shape of thesis T2: 98 series over two years with missing days.

    generator.py data    [--days 730] [--seed 11] --output FILE
    generator.py traffic --rows 500 [--seed 1] [--drift] --output FILE

`data` writes raw days, `traffic` rows of the four weeks after them with the features that steps/prepare.py derives and
the true sales. `--drift`: prices rise by half, and demand falls with them.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

FIRST_DAY: Final = pd.Timestamp("2023-01-01")
DAYS: Final = 730
SEED: Final = 11
HORIZON: Final = 28
STORES: Final = ("airport", "centre", "harbour", "mall", "station", "suburb")
#: Item, category and price.
ITEMS: Final = (
    ("americano", "coffee", 2.4),
    ("cappuccino", "coffee", 2.9),
    ("espresso", "coffee", 1.9),
    ("latte", "coffee", 3.2),
    ("black tea", "tea", 2.1),
    ("green tea", "tea", 2.2),
    ("lemonade", "cold drink", 2.8),
    ("orange juice", "cold drink", 3.4),
    ("water", "cold drink", 1.6),
    ("bagel", "bakery", 3.1),
    ("croissant", "bakery", 1.8),
    ("muffin", "bakery", 2.3),
    ("cheesecake", "cake", 4.2),
    ("carrot cake", "cake", 4.0),
    ("caesar salad", "food", 6.9),
    ("club sandwich", "food", 6.2),
    ("tomato soup", "food", 5.1),
)
#: Combinations that are not sold: 6 x 17 - 4 = 98 series.
NOT_SOLD: Final = frozenset(
    {("airport", "tomato soup"), ("harbour", "cheesecake"), ("station", "caesar salad"), ("suburb", "bagel")}
)
MISSING_DAYS: Final = 0.015
ELASTICITY: Final = -1.1
PRICE_RISE: Final = 1.5


def days(count: int, seed: int, prices_rise_on: int | None = None) -> pd.DataFrame:
    """Raw days of all series; from day `prices_rise_on` prices are half as high again.

    Every store and series has a random stream of its own, and always over the whole span: the first days are the same
    however many are asked for and whatever happens later.
    """
    span = max(count, DAYS + HORIZON)
    position = np.arange(span)
    dates = FIRST_DAY + pd.to_timedelta(position, unit="D")
    holiday = np.random.default_rng(seed).random(span) < 0.035
    weekend, season = dates.dayofweek.to_numpy() >= 5, 2 * np.pi * dates.dayofyear.to_numpy() / 365.25
    frames = []
    for number, store in enumerate(STORES):
        chance = np.random.default_rng([seed, number])
        size = chance.lognormal(0, 0.35)
        nearby = {name: int(chance.integers(0, 12)) for name in ("schools", "offices", "restaurants")}
        at_weekends = chance.normal(0.25 if store in ("mall", "harbour") else -0.3, 0.08)
        for index, (item, category, price) in enumerate(ITEMS):
            if (store, item) in NOT_SOLD:
                continue
            chance = np.random.default_rng([seed, number, index])
            level = 26 * size * chance.lognormal(0, 0.4) * (1 + 0.02 * nearby["offices"])
            summer = 0.35 if category == "cold drink" else -0.18 if category in ("coffee", "tea", "food") else 0.0
            walk = np.cumsum(chance.normal(0, 0.004, span))
            offer = 1.0 + np.where(position % 90 < 45, 0.0, 0.06 * np.sign(chance.normal()))
            rise = 1.0 if prices_rise_on is None else np.where(position >= prices_rise_on, PRICE_RISE, 1.0)
            kept = (chance.random(span) >= MISSING_DAYS) & (position < count)
            calm = at_weekends * weekend - summer * np.cos(season) + walk - 0.45 * holiday
            mean = level * np.exp(calm + ELASTICITY * np.log(offer * rise))
            columns = {
                "date": dates.strftime("%Y-%m-%d"),
                "store": store,
                "item": item,
                "category": category,
                "price": (price * offer * rise).round(2),
                "holiday": np.where(holiday, "yes", "no"),
                **{f"{name}_nearby": value for name, value in nearby.items()},
                "sales": chance.negative_binomial(14, 14 / (14 + mean)),
            }
            frames.append(pd.DataFrame(columns)[kept])
    return pd.concat(frames, ignore_index=True)


def traffic(rows: int, seed: int, drift: bool = False) -> pd.DataFrame:
    """Rows of the four weeks after the training data, prepared as the model needs them, with the true sales."""
    everything = days(DAYS + HORIZON, SEED, prices_rise_on=DAYS if drift else None)
    prepared = _prepare()(everything)
    later = prepared[prepared["date"] >= FIRST_DAY + pd.Timedelta(days=DAYS)].reset_index(drop=True)
    chosen = np.random.default_rng(seed).integers(0, len(later), rows)
    return later.iloc[chosen].assign(date=lambda each: each["date"].dt.strftime("%Y-%m-%d"))


def _prepare() -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The preparation of the use case, from the file beside this one."""
    path = Path(__file__).parent / "steps" / "prepare.py"
    spec = importlib.util.spec_from_file_location("prepare", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    prepare: Callable[[pd.DataFrame], pd.DataFrame] = module.prepare
    return prepare


def main(argv: Sequence[str]) -> int:
    """Write a file of training data or of later traffic."""
    parser = argparse.ArgumentParser(prog="generator.py", description=str(__doc__).splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    data = commands.add_parser("data", help="raw days of all series")
    data.add_argument("--days", type=_natural, default=DAYS, help="default: %(default)s")
    data.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    later = commands.add_parser("traffic", help="prepared rows of the following four weeks with their true sales")
    later.add_argument("--rows", type=_natural, default=500, help="default: %(default)s")
    later.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    later.add_argument("--drift", action="store_true", help="prices rise by half")
    for command in (data, later):
        command.add_argument("--output", type=Path, required=True, metavar="FILE", help="CSV file to write")
    arguments = parser.parse_args(argv)
    if arguments.command == "data":
        frame = days(arguments.days, arguments.seed)
    else:
        frame = traffic(arguments.rows, arguments.seed, arguments.drift)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(arguments.output, index=False, lineterminator="\n")
    return 0


def _natural(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is too few; at least 1 is needed")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
