"""Seeded sports activities, as a training watch records them.

    generator.py data    --rows 20000 [--seed 3] --output FILE
    generator.py traffic --rows 500   [--seed 1] [--drift] --output FILE

Rows have every column and the true label, the energy in kilocalories. `--drift`: a new watch that reports heart rates
25 beats too high.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]

#: Beats per minute that the faulty watch adds.
HEART_RATE_SHIFT: Final = 25
GRAVITY: Final = 9.81
JOULES_PER_KILOCALORIE: Final = 4184.0
#: Share of metabolic energy that becomes climbing.
MUSCLE_EFFICIENCY: Final = 0.23


@dataclass(frozen=True)
class Sport:
    """How often it is done, speed (km/h), duration (minutes) and climb (m per km): means; and energy cost."""

    share: float
    speed: float
    minutes: float
    climb: float
    #: Kilocalories per kilogram and kilometre on the flat; 0 where the time counts and not the distance.
    per_kilometre: float
    #: Metabolic equivalent (kilocalories per kilogram and hour) where the time counts.
    per_hour: float


SPORTS: Final[Mapping[str, Sport]] = {
    "running": Sport(0.38, 10.2, 46, 8, 1.00, 0),
    "cycling": Sport(0.27, 24.0, 82, 7, 0.28, 0),
    "hiking": Sport(0.15, 4.2, 140, 45, 0.75, 0),
    "swimming": Sport(0.08, 2.4, 42, 0, 0, 7.5),
    "strength": Sport(0.12, 0, 52, 0, 0, 4.8),
}


def activities(rows: int, seed: int, drift: bool = False) -> dict[str, Column]:
    """Activities with their energy, which is the true one also when the watch reports a wrong heart rate."""
    generator = np.random.default_rng(seed)
    names = list(SPORTS)
    kind = generator.choice(len(names), size=rows, p=[each.share for each in SPORTS.values()])

    def of_sport(attribute: str) -> Column:
        return np.array([getattr(each, attribute) for each in SPORTS.values()])[kind]

    women = generator.random(rows) < 0.46
    age = generator.normal(39, 11, rows).clip(16, 80).round().astype(np.int64)
    weight = generator.normal(np.where(women, 64, 79), 10).clip(42, 130).round(1)
    fitness = generator.normal(0, 1, rows)
    effort = generator.normal(0, 1, rows)
    speed = of_sport("speed") * np.exp(0.12 * fitness + 0.08 * effort)
    minutes = of_sport("minutes") * np.exp(generator.normal(0, 0.38, rows))
    kilometres = speed * minutes / 60
    climb = of_sport("climb") * kilometres * generator.gamma(1.6, 1 / 1.6, rows)
    heart_rate = (
        62 + 0.5 * (208 - 0.7 * age - 62) * (1 + 0.11 * effort - 0.07 * fitness) + 14 * (of_sport("climb") > 20)
    )
    intensity = 1 + 0.16 * effort
    flat = weight * (of_sport("per_kilometre") * kilometres + of_sport("per_hour") * minutes / 60 * intensity)
    lifting = weight * GRAVITY * climb / MUSCLE_EFFICIENCY / JOULES_PER_KILOCALORIE
    energy = (flat + lifting) * np.exp(generator.normal(0, 0.06, rows)) * (1 - 0.03 * women)
    # A watch without a strap loses the heart rate now and then.
    lost = generator.random(rows) < 0.04
    reported = heart_rate + generator.normal(0, 4, rows) + (HEART_RATE_SHIFT if drift else 0)
    return {
        "activity_id": 1 + np.arange(rows),
        "sport": np.array(names)[kind],
        "sex": np.where(women, "f", "m"),
        "age": age,
        "weight": weight,
        "duration": minutes.round(1),
        "distance": kilometres.round(2),
        "elevation_gain": climb.round(),
        "heart_rate": np.where(lost, "", reported.round().astype(np.int64).astype(str)),
        "temperature": generator.normal(14, 8, rows).round(1),
        "energy": energy.round(1),
    }


def write(columns: Mapping[str, Column], path: Path) -> None:
    """Write columns as CSV with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(each.tolist() for each in columns.values()), strict=True))


def main(argv: Sequence[str]) -> int:
    """Write a file of training data or of later traffic."""
    parser = argparse.ArgumentParser(prog="generator.py", description=str(__doc__).splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text, rows, seed in (
        ("data", "training data", 20_000, 3),
        ("traffic", "later activities with their true energy", 500, 1),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--rows", type=_natural, default=rows, help="default: %(default)s")
        command.add_argument("--seed", type=int, default=seed, help="default: %(default)s")
        command.add_argument("--output", type=Path, required=True, metavar="FILE", help="CSV file to write")
        if name == "traffic":
            command.add_argument("--drift", action="store_true", help="heart rates 25 beats too high")
    arguments = parser.parse_args(argv)
    # Traffic is drawn from other seeds than training data, so that equal numbers do not give equal rows.
    seed = arguments.seed if arguments.command == "data" else 1_000_000 + arguments.seed
    write(activities(arguments.rows, seed, getattr(arguments, "drift", False)), arguments.output)
    return 0


def _natural(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} rows; at least 1 is needed")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
