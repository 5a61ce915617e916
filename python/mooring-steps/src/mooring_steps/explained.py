"""The artefact as the monitor explains it: how raw features become columns, and what the trees say about them.

`mooring_monitor.explain.model.TrainedModel` describes what the monitor asks for; neither package imports the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xgboost

from mooring_steps.artefact import Artefact, read_artefact
from mooring_steps.texts import Table, texts_of

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class TrainedArtefact:
    """A trained model, asked row by row of raw features."""

    artefact: Artefact

    @property
    def features(self) -> Sequence[str]:
        """Raw features, in the order of the YAML."""
        return self.artefact.transform.names

    @property
    def owners(self) -> Sequence[str]:
        """For every column of the matrix the raw feature that it was made from."""
        return [column for _, column in self.artefact.transform.outputs]

    @property
    def binary(self) -> bool:
        """Whether the model decides between two classes by a score."""
        return self.artefact.threshold is not None

    def texts(self, column: pd.Series[Any]) -> Texts:
        """Canonical texts."""
        return texts_of(column)

    def contributions(self, rows: Texts) -> Floats:
        """XGBoost's own SHAP values of the columns of the matrix."""
        matrix = xgboost.DMatrix(self.artefact.transform.apply(self._table(rows)))
        found = self.artefact.booster.predict(matrix, pred_contribs=True, validate_features=False)
        return np.asarray(found, dtype=np.float64)

    def predict(self, rows: Texts) -> tuple[Floats, Floats | None]:
        """Labels (or numbers) and scores. Raises InputError listing values that do not fit."""
        answers = self.artefact.predict(self._table(rows))
        return answers.labels, answers.scores

    def _table(self, rows: Texts) -> Table:
        return {name: rows[:, index] for index, name in enumerate(self.features)}


def read_trained(path: Path, use_case: object = None) -> TrainedArtefact:
    """Read a model.tar.gz, a folder with one, or the folder of its files, which hold their own use case.

    Raises InputError when it is none.
    """
    return TrainedArtefact(read_artefact(path))
