"""The model to explain: what is needed of it, and the attributions of raw features that follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase
from numpy.typing import NDArray

from mooring_monitor.errors import InputError
from mooring_monitor.explain.attributions import Attributions
from mooring_monitor.explain.kernel import kernel_shap

Texts = NDArray[np.object_]
Floats = NDArray[np.float64]


class TrainedModel(Protocol):
    """Trees of XGBoost behind a preparation of raw features, by whatever code made them."""

    @property
    def features(self) -> Sequence[str]:
        """Raw features, in the order in which rows hold them."""

    @property
    def owners(self) -> Sequence[str]:
        """For every column of the matrix the raw feature that it was made from."""

    @property
    def binary(self) -> bool:
        """Whether the model decides between two classes by a score."""

    def texts(self, column: pd.Series[Any]) -> Texts:
        """Values of a raw feature as the model's requests spell them."""

    def contributions(self, rows: Texts) -> Floats:
        """SHAP values of the trees: rows x columns of the matrix + 1 (the expected value), or rows x classes x that."""

    def predict(self, rows: Texts) -> tuple[Floats, Floats | None]:
        """Labels (or numbers), and scores of binary models. Raises InputError for values that do not fit."""


#: Reads a model.tar.gz, a folder with one, or the folder of its files; raises InputError when it is none.
ReadModel = Callable[[Path, UseCase], TrainedModel]


@dataclass(frozen=True)
class ExplainedModel:
    """A model asked for attributions of raw features, not of the matrix columns they became."""

    model: TrainedModel

    @property
    def features(self) -> Sequence[str]:
        """Raw features, in the order of the YAML."""
        return self.model.features

    def tree_shap(self, frame: pd.DataFrame) -> list[Attributions]:
        """Exact SHAP values of the trees, one entry per output of the model.

        XGBoost computes them itself (path-dependent TreeSHAP, Lundberg et al. 2020, the training cover standing for
        absent features), in the unit of the margin: log-odds for binary tasks. The matrix columns that one raw feature
        became are added up, which SHAP's additivity allows.
        """
        contributions = self.model.contributions(self._texts(frame))
        if contributions.ndim == 2:
            contributions = contributions[:, None, :]
        owners = self.model.owners
        gather = np.zeros((len(owners), len(self.features)))
        gather[np.arange(len(owners)), [list(self.features).index(each) for each in owners]] = 1.0
        unit = "margin" if contributions.shape[1] > 1 else ("log-odds" if self.model.binary else "value")
        return [
            Attributions(
                "tree_shap", self.features, part[:, :-1] @ gather, float(part[0, -1]) if len(part) else 0.0, unit
            )
            for part in np.moveaxis(contributions, 1, 0)
        ]

    def kernel_shap(
        self, frame: pd.DataFrame, background: pd.DataFrame, budget: int = 2048, seed: int = 0
    ) -> list[Attributions]:
        """Attributions of the score (binary) or the number the model answers, by asking it alone."""
        rows, base = self._texts(frame), self._texts(background)
        values, expected = kernel_shap(self.scores, rows, base, budget, seed)
        unit = "score" if self.model.binary else "value"
        return [Attributions("kernel_shap", self.features, values, expected, unit)]

    def scores(self, texts: Texts) -> Floats:
        """The model's output for rows of canonical texts."""
        labels, scores = self.model.predict(texts)
        return labels if scores is None else scores

    def predictions(self, frame: pd.DataFrame) -> tuple[Floats, Floats | None]:
        """Labels (or numbers) and scores of rows of raw features. Raises InputError for values that do not fit."""
        return self.model.predict(self._texts(frame))

    def _texts(self, frame: pd.DataFrame) -> Texts:
        missing = [name for name in self.features if name not in frame.columns]
        if missing:
            raise InputError(f"the model needs columns that the data lacks: {', '.join(missing)}")
        return np.column_stack([self.model.texts(frame[name]) for name in self.features])
