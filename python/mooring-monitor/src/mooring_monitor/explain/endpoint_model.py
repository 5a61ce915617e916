"""Any model behind an endpoint, explained by asking it: the kernel method for what is no XGBoost artefact."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase
from mooring_values.cells import text_of
from numpy.typing import NDArray

from mooring_monitor.answers import number, prediction_of
from mooring_monitor.aws import client
from mooring_monitor.errors import InputError
from mooring_monitor.explain.attributions import Attributions
from mooring_monitor.explain.kernel import kernel_shap

#: Rows per request; far below the 6 MB that an endpoint accepts.
ROWS_PER_REQUEST = 500


@dataclass(frozen=True)
class EndpointModel:
    """An endpoint that answers rows of raw features as CSV with ``label,score`` or one number each.

    Requests count as traffic and are captured: ask a staging endpoint, or one without capture.
    """

    endpoint: str
    use_case: UseCase
    runtime: Any

    @classmethod
    def open(cls, endpoint: str, use_case: UseCase) -> EndpointModel:
        """The endpoint of that name in the account and region of the environment."""
        return cls(endpoint, use_case, client("sagemaker-runtime"))

    @property
    def features(self) -> Sequence[str]:
        """Raw features, in the order of the YAML."""
        return [each.name for each in self.use_case.features]

    def kernel_shap(
        self, frame: pd.DataFrame, background: pd.DataFrame, budget: int = 2048, seed: int = 0
    ) -> list[Attributions]:
        """Attributions of the score (binary) or the number the endpoint answers."""
        rows, base = self._texts(frame), self._texts(background)
        values, expected = kernel_shap(self.scores, rows, base, budget, seed)
        unit = "score" if self.use_case.task == "binary" else "value"
        return [Attributions("kernel_shap", self.features, values, expected, unit)]

    def scores(self, texts: NDArray[Any]) -> NDArray[np.float64]:
        """The endpoint's scores (or numbers) for rows of texts."""
        return np.array([self._score(label, score) for label, score in self._ask(texts)])

    def predictions(self, frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Labels (or numbers) and scores of rows of raw features."""
        answers = self._ask(self._texts(frame))
        labels = np.array([number(label) for label, _ in answers])
        return labels, np.array([score for _, score in answers]) if self.use_case.task == "binary" else None

    def _ask(self, texts: NDArray[Any]) -> list[tuple[str | None, float]]:
        if self.use_case.task == "multiclass":
            raise InputError("an endpoint's classes have no single score to explain; give the artefact with --model")
        answers: list[tuple[str | None, float]] = []
        for start in range(0, len(texts), ROWS_PER_REQUEST):
            part = texts[start : start + ROWS_PER_REQUEST]
            body = io.StringIO()
            csv.writer(body, lineterminator="\n").writerows(part)
            answer = self.runtime.invoke_endpoint(
                EndpointName=self.endpoint, ContentType="text/csv", Accept="text/csv", Body=body.getvalue().encode()
            )
            lines = list(csv.reader(io.StringIO(answer["Body"].read().decode())))
            rows = [row for row in lines if row]
            if len(rows) != len(part):
                raise InputError(f"endpoint '{self.endpoint}' answered {len(rows)} rows to {len(part)}")
            answers.extend(prediction_of([*row], self.use_case.task) for row in rows)
        return answers

    def _score(self, label: str | None, score: float) -> float:
        value = score if self.use_case.task == "binary" else number(label)
        if np.isnan(value):
            raise InputError(f"endpoint '{self.endpoint}' answers without a score; it cannot be explained")
        return value

    def _texts(self, frame: pd.DataFrame) -> NDArray[Any]:
        missing = [name for name in self.features if name not in frame.columns]
        if missing:
            raise InputError(f"the endpoint needs columns that the data lacks: {', '.join(missing)}")
        columns = [_texts_of(frame[name]) for name in self.features]
        return np.column_stack(columns)


def _texts_of(column: pd.Series[Any]) -> NDArray[np.object_]:
    """Cells as CSV text: missing is empty, 2.0 is 2."""
    texts = ["" if pd.isna(value) else text_of(value, frozenset()) for value in column]
    return np.array(texts, dtype=object)
