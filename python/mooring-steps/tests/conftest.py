"""A small use case and small data for the tests of the steps."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fresh_python import python
from hypothesis import settings
from mooring_steps.cli import main
from mooring_steps.use_case import UseCase, parse_use_case

__all__ = ["python"]

# Busy machines are slow, and a failure must come back when the test is run again.
settings.register_profile("steps", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("steps")

LOANS: dict[str, Any] = {
    "name": "loans",
    "version": "1.0",
    "task": "binary",
    "dataset": {
        "format": "csv",
        "columns": [
            {"name": "id", "type": "integer"},
            {"name": "when", "type": "timestamp"},
            {"name": "sex", "type": "category"},
            {"name": "amount", "type": "number", "min": 0},
            {"name": "children", "type": "integer"},
            {"name": "paid", "type": "category"},
        ],
        "key": "id",
        "time": "when",
        "label": "paid",
        "positive": "yes",
    },
    "split": {"method": "random", "test_size": 0.2, "seed": 42},
    "fairness": {
        "facets": [{"name": "sex", "disadvantaged": "f"}],
        "before_training": {"metric": "DPL", "max": 0.1},
    },
    "gates": {"quality": {"metric": "auc", "bound": 0.7}, "beat": ["majority"], "champion": False},
    "training": {"framework": "xgboost", "validation_size": 0.1, "hyperparameters": {"num_round": 20}},
    "retraining": {"data": "base+window"},
}


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with nested changes."""
    result = copy.deepcopy(dict(base))
    for key, value in changes.items():
        result[key] = merged(result[key], value) if isinstance(value, Mapping) and key in result else value
    return result


@pytest.fixture
def loans() -> Callable[..., UseCase]:
    """The use case `loans`, with changes given as nested keyword arguments."""
    return lambda **changes: parse_use_case(merged(LOANS, changes))


@pytest.fixture
def case_file(tmp_path: Path) -> Callable[..., Path]:
    """use-case.json of `loans` with changes."""

    def write(**changes: Any) -> Path:
        path = tmp_path / "use-case.json"
        path.write_text(json.dumps(merged(LOANS, changes)))
        return path

    return write


def loan_rows(rows: int, seed: int = 1) -> pd.DataFrame:
    """Loans of which the large ones are seldom paid back."""
    generator = np.random.default_rng(seed)
    amount = generator.lognormal(8, 0.5, rows).round(2)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "when": pd.date_range("2024-01-01", periods=rows, freq="h").astype(str),
            "sex": generator.choice(["f", "m"], rows),
            "amount": np.where(generator.random(rows) < 0.05, np.nan, amount),
            "children": generator.integers(0, 4, rows),
            "paid": np.where(amount + generator.normal(0, 800, rows) < 3500, "yes", "no"),
        }
    )


@pytest.fixture
def rows() -> Callable[..., pd.DataFrame]:
    """Makes rows of the use case `loans`."""
    return loan_rows


@dataclass(frozen=True)
class Trained:
    """What a run of Preprocess and Train has written."""

    case: Path
    output: Path
    model: Path

    def arguments(self, model: Path) -> list[str]:
        """Arguments of the step that train on these rows again."""
        channels = [item for name in CHANNELS for item in (f"--{name}", str(self.output / name))]
        return ["train", "--use-case", str(self.case), *channels, "--output", str(model)]


CHANNELS = ("train", "validation", "transform")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A model of `loans`, trained once for all tests."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "raw").mkdir()
    loan_rows(1000).to_csv(folder / "raw" / "rows.csv", index=False)
    case = folder / "use-case.json"
    case.write_text(json.dumps(LOANS))
    arguments = ["preprocess", "--use-case", str(case), "--raw", str(folder / "raw"), "--output", str(folder / "out")]
    assert main(arguments) == 0
    made = Trained(case, folder / "out", folder / "model")
    assert main(made.arguments(made.model)) == 0
    return made
