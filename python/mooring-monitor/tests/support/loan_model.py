"""A small trained model with a preparation of its own, as code beside the monitor would bring along."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost
from loan_samples import loan_document
from mooring_monitor.explain.booster import model_files
from mooring_use_case.use_case import UseCase, parse_use_case
from numpy.typing import NDArray

CATEGORIES = {"sex": ("F", "M"), "region": ("north", "south", "west")}


@dataclass(frozen=True)
class LoanModel:
    """Trees over numbers and one column per category."""

    features: Sequence[str]
    binary: bool
    booster: xgboost.Booster

    @property
    def owners(self) -> Sequence[str]:
        """A category owns a column per value."""
        return [name for name in self.features for _ in CATEGORIES.get(name, ("",))]

    def texts(self, column: pd.Series[Any]) -> NDArray[np.object_]:
        """Missing values are empty."""
        return np.array(["" if pd.isna(each) else str(each) for each in column], dtype=object)

    def matrix(self, rows: NDArray[np.object_]) -> NDArray[np.float64]:
        """Numbers, a typical income where it is missing, and categories as flags."""
        columns = []
        for index, name in enumerate(self.features):
            texts = rows[:, index]
            known = CATEGORIES.get(name)
            columns += [np.where(texts == "", "23500", texts)] if known is None else [texts == each for each in known]
        return np.column_stack([each.astype(np.float64) for each in columns])

    def contributions(self, rows: NDArray[np.object_]) -> NDArray[np.float64]:
        """XGBoost's own."""
        return np.asarray(self.booster.predict(xgboost.DMatrix(self.matrix(rows)), pred_contribs=True), dtype=float)

    def predict(self, rows: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """A score above one half is a good loan."""
        raw = np.asarray(self.booster.predict(xgboost.DMatrix(self.matrix(rows))), dtype=np.float64)
        return ((raw > 0.5).astype(np.float64), raw) if self.binary else (raw, None)


def read_loan_model(path: Path, use_case: UseCase) -> LoanModel:
    """Read what :func:`write_model` wrote."""
    booster = xgboost.Booster()
    booster.load_model(bytearray(model_files(path, ["model.json"])["model.json"]))
    return LoanModel([each.name for each in use_case.features], use_case.binary, booster)


def write_model(folder: Path, frame: pd.DataFrame, archive: bool = False, **changes: Any) -> Path:
    """Train on the sample loans and write model.json, also as model.tar.gz beside the folder."""
    use_case = parse_use_case(loan_document(**changes))
    bare = LoanModel([each.name for each in use_case.features], use_case.binary, xgboost.Booster())
    matrix = bare.matrix(np.column_stack([bare.texts(frame[name]) for name in bare.features]))
    objective = "binary:logistic" if use_case.binary else "reg:squarederror"
    settings = {"objective": objective, "max_depth": 3, "seed": 1, "nthread": 1}
    booster = xgboost.train(settings, xgboost.DMatrix(matrix, label=frame["good"].to_numpy()), 20)
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    if not archive:
        return folder
    with tarfile.open(folder.parent / "model.tar.gz", "w:gz") as tar:
        tar.add(folder / "model.json", "model.json")
    return folder.parent / "model.tar.gz"
