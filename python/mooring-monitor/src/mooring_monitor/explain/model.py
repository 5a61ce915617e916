"""The model to explain: the artefact the pipeline trained, read by the pipeline's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mooring_monitor.errors import InputError
from mooring_monitor.explain.attributions import Attributions
from mooring_monitor.explain.kernel import kernel_shap

if TYPE_CHECKING:
    from mooring_steps.artefact import Artefact


@dataclass(frozen=True)
class ExplainedModel:
    """An artefact asked for attributions of raw features, not of the matrix columns they became."""

    artefact: Artefact

    @classmethod
    def load(cls, path: str | Path) -> ExplainedModel:
        """Read a model.tar.gz, a folder with one, or the folder of its files.

        Raises InputError when it is none, or when the code that reads artefacts is not beside this package.
        """
        try:
            from mooring_steps.artefact import read_artefact
            from mooring_steps.errors import InputError as StepError
        except ImportError as error:
            raise InputError(
                f"explaining a model needs the pipeline's code and XGBoost beside the monitor ({error}); "
                "run it from the code bundle in the training image"
            ) from None
        try:
            return cls(read_artefact(Path(path)))
        except StepError as error:
            raise InputError(str(error)) from None

    @property
    def features(self) -> Sequence[str]:
        """Raw features, in the order of the YAML."""
        return self.artefact.transform.names

    def tree_shap(self, frame: pd.DataFrame) -> list[Attributions]:
        """Exact SHAP values of the trees, one entry per output of the model.

        XGBoost computes them itself (path-dependent TreeSHAP, Lundberg et al. 2020, the training cover standing for
        absent features), in the unit of the margin: log-odds for binary tasks. The matrix columns that one raw feature
        became are added up, which SHAP's additivity allows.
        """
        import xgboost

        matrix = self.artefact.transform.apply(self._table(frame))
        raw = self.artefact.booster.predict(xgboost.DMatrix(matrix), pred_contribs=True, validate_features=False)
        contributions = np.asarray(raw, dtype=np.float64)
        if contributions.ndim == 2:
            contributions = contributions[:, None, :]
        owners = [column for _, column in self.artefact.transform.outputs]
        gather = np.zeros((len(owners), len(self.features)))
        gather[np.arange(len(owners)), [self.features.index(each) for each in owners]] = 1.0
        unit = "margin" if contributions.shape[1] > 1 else ("log-odds" if self._binary else "value")
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
        return [Attributions("kernel_shap", self.features, values, expected, "score" if self._binary else "value")]

    def scores(self, texts: NDArray[Any]) -> NDArray[np.float64]:
        """The model's output for rows of canonical texts."""
        labels, scores = self._predict({name: texts[:, index] for index, name in enumerate(self.features)})
        return labels if scores is None else scores

    def predictions(self, frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Labels (or numbers) and scores of rows of raw features. Raises InputError for values that do not fit."""
        return self._predict(self._table(frame))

    @property
    def _binary(self) -> bool:
        return self.artefact.threshold is not None

    def _predict(self, table: dict[str, NDArray[np.object_]]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        from mooring_steps.errors import InputError as StepError

        try:
            answers = self.artefact.predict(table)
        except StepError as error:
            raise InputError(str(error)) from None
        return answers.labels, answers.scores

    def _table(self, frame: pd.DataFrame) -> dict[str, NDArray[np.object_]]:
        from mooring_steps.texts import texts_of

        missing = [name for name in self.features if name not in frame.columns]
        if missing:
            raise InputError(f"the model needs columns that the data lacks: {', '.join(missing)}")
        return {name: texts_of(frame[name]) for name in self.features}

    def _texts(self, frame: pd.DataFrame) -> NDArray[Any]:
        return np.column_stack(list(self._table(frame).values()))
