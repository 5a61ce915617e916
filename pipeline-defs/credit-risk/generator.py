"""Seeded applications for consumer loans, in the shape of the data that thesis T1 published its figures on.

    generator.py data    --rows 30000 [--seed 2026] --output FILE
    generator.py traffic --rows 500   [--seed 1] [--drift] [--concept-shift] --output FILE

Both write every column and the true label. The README tells which figures are exact and why.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Values = npt.NDArray[np.float64]

DEFAULT_ROWS: Final = 30_000
DEFAULT_SEED: Final = 2026
#: Published: 34.2 % of the applicants are men.
SHARE_OF_MEN: Final = 0.342
#: Published: 0.899 and 0.930. Only rates this far apart print JS 0.0016 as well (README, "Figures").
REPAID: Final[Mapping[str, float]] = {"M": 0.8988, "F": 0.9301}
#: T1's drift: what is added to every annuity.
ANNUITY_SHIFT: Final = 120_000.0
#: Spread of what decides a loan and no column tells. It sets how well any model can do (AUC about 0.75).
LUCK: Final = 1.0
#: Applicants whose scores place the cut between repaid and not repaid, so that few rows of traffic are labelled alike.
REFERENCE: Final = (20_000, 7)

CATEGORIES: Final[Mapping[str, Mapping[str, float]]] = {
    "FLAG_OWN_REALTY": {"Y": 0.69, "N": 0.31},
    "NAME_INCOME_TYPE": {"Working": 0.52, "Commercial associate": 0.23, "Pensioner": 0.18, "State servant": 0.07},
    "NAME_EDUCATION_TYPE": {
        "Secondary / secondary special": 0.71,
        "Higher education": 0.24,
        "Incomplete higher": 0.035,
        "Lower secondary": 0.015,
    },
    "NAME_FAMILY_STATUS": {
        "Married": 0.64,
        "Single / not married": 0.15,
        "Civil marriage": 0.10,
        "Separated": 0.06,
        "Widow": 0.05,
    },
    "NAME_HOUSING_TYPE": {
        "House / apartment": 0.89,
        "With parents": 0.05,
        "Municipal apartment": 0.035,
        "Rented apartment": 0.025,
    },
}


def applications(rows: int, generator: np.random.Generator, men: npt.NDArray[np.bool_]) -> dict[str, Column]:
    """Feature columns of `rows` applications; `men` tells who is a man."""
    chosen = {
        name: generator.choice(list(shares), size=rows, p=list(shares.values())) for name, shares in CATEGORIES.items()
    }
    pensioner = chosen["NAME_INCOME_TYPE"] == "Pensioner"
    age = np.where(pensioner, generator.normal(60, 5, rows), generator.normal(41, 10, rows)).clip(20.6, 69)
    years_employed = np.minimum(generator.gamma(1.6, 4.2, rows), age - 18)
    income = np.exp(
        generator.normal(11.92, 0.46, rows) + 0.16 * men + 0.2 * (chosen["NAME_EDUCATION_TYPE"] == "Higher education")
    )
    credit = np.exp(generator.normal(13.0, 0.62, rows) + 0.25 * (np.log(income) - 12)).clip(45_000, 4_050_000)
    months = generator.normal(21.5, 5.2, rows).clip(8, 40)
    # Larger loans run longer; 27,715 is the published mean of the annuity.
    annuity = (27_715 * 0.9295 * (credit / 520_000) ** 0.75 * 21.5 / months).clip(1_615, 258_000)
    goods = credit * generator.uniform(0.82, 1.0, rows)
    outlook = generator.normal(0, 1, rows)
    scores = {
        f"EXT_SOURCE_{index}": 1 / (1 + np.exp(-(0.1 + 0.75 * outlook + generator.normal(0, 0.65, rows))))
        for index in (1, 2, 3)
    }
    return {
        "CODE_GENDER": np.where(men, "M", "F"),
        "FLAG_OWN_CAR": np.where(generator.random(rows) < np.where(men, 0.48, 0.267), "Y", "N"),
        "FLAG_OWN_REALTY": chosen["FLAG_OWN_REALTY"],
        "CNT_CHILDREN": np.where(pensioner, 0, generator.poisson(0.5, rows)).clip(0, 5),
        "AMT_INCOME_TOTAL": income.clip(25_650, 4_500_000).round(-2),
        "AMT_CREDIT": (credit / 4.5).round() * 4.5,
        "AMT_ANNUITY": (annuity / 4.5).round() * 4.5,
        "AMT_GOODS_PRICE": (goods / 4_500).round() * 4_500,
        "NAME_INCOME_TYPE": chosen["NAME_INCOME_TYPE"],
        "NAME_EDUCATION_TYPE": chosen["NAME_EDUCATION_TYPE"],
        "NAME_FAMILY_STATUS": chosen["NAME_FAMILY_STATUS"],
        "NAME_HOUSING_TYPE": chosen["NAME_HOUSING_TYPE"],
        "REGION_RATING_CLIENT": generator.choice([1, 2, 3], size=rows, p=[0.11, 0.74, 0.15]),
        "DAYS_BIRTH": -(age * 365.25).round().astype(np.int64),
        # The published data marks "not employed" with 365243 days.
        "DAYS_EMPLOYED": np.where(pensioner, 365_243, -(years_employed * 365.25).round()).astype(np.int64),
        **{name: values.round(6) for name, values in scores.items()},
    }


def soundness(columns: Mapping[str, Column], concept_shift: bool) -> Values:
    """What speaks for repaying, on the scale of LUCK. After a shift of concept two outside scores speak against it."""
    external = (-1.0 if concept_shift else 1.0) * (columns["EXT_SOURCE_2"] + columns["EXT_SOURCE_3"] - 1.0)
    burden = 12 * columns["AMT_ANNUITY"] / columns["AMT_INCOME_TOTAL"] - 2.0
    employed = np.where(columns["DAYS_EMPLOYED"] > 0, 8.0, -columns["DAYS_EMPLOYED"] / 365.25)
    return np.asarray(
        1.15 * external
        + 0.55 * (columns["EXT_SOURCE_1"] - 0.5)
        - 0.16 * np.tanh(burden)
        + 0.13 * np.tanh((employed - 6) / 6)
        + 0.10 * (-columns["DAYS_BIRTH"] / 365.25 - 43) / 12
        + 0.12 * (columns["NAME_EDUCATION_TYPE"] == "Higher education")
        - 0.10 * (columns["REGION_RATING_CLIENT"] - 2)
        + 0.05 * (columns["FLAG_OWN_CAR"] == "Y"),
        dtype=np.float64,
    )


def fate(columns: Mapping[str, Column], generator: np.random.Generator, concept_shift: bool = False) -> Values:
    """Soundness and luck: the higher, the likelier repaid."""
    return soundness(columns, concept_shift) + generator.normal(0, LUCK, len(columns["CODE_GENDER"]))


def exact_labels(gender: Column, fates: Values) -> npt.NDArray[np.int64]:
    """1 (repaid) for exactly the published share of each gender, the best fates first."""
    labels = np.zeros(len(gender), dtype=np.int64)
    for value, rate in REPAID.items():
        rows = np.flatnonzero(gender == value)
        best = np.argsort(-fates[rows], kind="stable")[: round(rate * len(rows))]
        labels[rows[best]] = 1
    return labels


def hide_scores(columns: dict[str, Column], generator: np.random.Generator) -> None:
    """Blank outside scores of applicants whom an agency does not know, as often as in the published data."""
    for name, share in {"EXT_SOURCE_1": 0.56, "EXT_SOURCE_2": 0.002, "EXT_SOURCE_3": 0.20}.items():
        hidden = generator.random(len(columns[name])) < share
        columns[name] = np.where(hidden, "", columns[name].astype(str))


def data(rows: int = DEFAULT_ROWS, seed: int = DEFAULT_SEED) -> dict[str, Column]:
    """Training data: shares of men and of repaid loans are exact, whatever the seed."""
    generator = np.random.default_rng(seed)
    men = generator.permutation(rows) < round(SHARE_OF_MEN * rows)
    columns = applications(rows, generator, men)
    labels = exact_labels(columns["CODE_GENDER"], fate(columns, generator))
    hide_scores(columns, generator)
    return {"SK_ID_CURR": 100_001 + np.arange(rows), **columns, "TARGET": labels}


def traffic(rows: int, seed: int, drift: bool = False, concept_shift: bool = False) -> dict[str, Column]:
    """Later applications with their true labels.

    Drift changes what is reported, not who applies: labels are those of the rows before it, so a model that trusts the
    shifted columns is wrong and one that is retrained on labelled rows can be right again. A shift of concept changes
    labels and leaves the columns alone.
    """
    generator = np.random.default_rng(seed)
    columns = applications(rows, generator, generator.random(rows) < SHARE_OF_MEN)
    fates = fate(columns, generator, concept_shift)
    cuts = _cuts(concept_shift)
    labels = np.where(columns["CODE_GENDER"] == "M", fates > cuts["M"], fates > cuts["F"]).astype(np.int64)
    hide_scores(columns, generator)
    if drift:
        columns["FLAG_OWN_CAR"] = np.full(rows, "Y")
        columns["AMT_ANNUITY"] = columns["AMT_ANNUITY"] + ANNUITY_SHIFT
    return {"SK_ID_CURR": 900_001 + np.arange(rows), **columns, "TARGET": labels}


def _cuts(concept_shift: bool) -> dict[str, float]:
    rows, seed = REFERENCE
    generator = np.random.default_rng(seed)
    columns = applications(rows, generator, generator.random(rows) < SHARE_OF_MEN)
    fates = fate(columns, generator, concept_shift)
    return {
        value: float(np.quantile(fates[columns["CODE_GENDER"] == value], 1 - rate)) for value, rate in REPAID.items()
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
        ("data", "training data with exact shares", DEFAULT_ROWS, DEFAULT_SEED),
        ("traffic", "later applications with true labels", 500, 1),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--rows", type=_natural, default=rows, help="default: %(default)s")
        command.add_argument("--seed", type=int, default=seed, help="default: %(default)s")
        command.add_argument("--output", type=Path, required=True, metavar="FILE", help="CSV file to write")
        if name == "traffic":
            command.add_argument("--drift", action="store_true", help="FLAG_OWN_CAR always Y, AMT_ANNUITY plus 120,000")
            command.add_argument("--concept-shift", action="store_true", help="outside scores change their meaning")
    arguments = parser.parse_args(argv)
    if arguments.command == "data":
        columns = data(arguments.rows, arguments.seed)
    else:
        columns = traffic(arguments.rows, arguments.seed, arguments.drift, arguments.concept_shift)
    write(columns, arguments.output)
    return 0


def _natural(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} rows; at least 1 is needed")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
