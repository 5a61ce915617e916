"""Domain classifier: how well a model tells rows of the window from rows of the reference, all features together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from mooring_values.numbers import number_of

from mooring_monitor.drift.detectors.detector import Detector, Measurement
from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.errors import NotComparableError
from mooring_monitor.profile.statistics import FeatureStatistics

Floats = npt.NDArray[np.float64]

_FOLDS: Final = 3
_SEED: Final = 7


def separability(
    reference: RowSample, current: RowSample, numeric: Sequence[str], categories: Sequence[str]
) -> Measurement:
    """2 AUC - 1 of a cross-validated classifier: 0 when it cannot tell the two apart, 1 when it always can.

    The p-value is that of the rank sum of its held-out scores. Raises NotComparableError when a side has too few rows.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    n, m = len(reference), len(current)
    if min(n, m) < 2 * _FOLDS:
        raise NotComparableError(f"{min(n, m)} sampled rows; a classifier needs at least {2 * _FOLDS} of each side")
    rows = np.column_stack(
        [_numbers(reference, current, name) for name in numeric]
        + [_codes(reference, current, name) for name in categories]
    )
    truth = np.concatenate([np.zeros(n), np.ones(m)])
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=8, learning_rate=0.1, random_state=_SEED)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    scores = cross_val_predict(model, rows, truth, cv=folds, method="predict_proba")[:, 1]
    auc = float(roc_auc_score(truth, scores))
    deviations = (auc - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
    return Measurement(max(0.0, 2 * auc - 1), 0.5 * math.erfc(deviations / math.sqrt(2)))


def _numbers(reference: RowSample, current: RowSample, name: str) -> Floats:
    return np.array([_number(each) for each in [*reference.values(name), *current.values(name)]])


def _number(text: str | None) -> float:
    value = None if text is None else number_of(text)
    return math.nan if value is None else value


def _codes(reference: RowSample, current: RowSample, name: str) -> Floats:
    values = [*reference.values(name), *current.values(name)]
    codes = {value: float(code) for code, value in enumerate(sorted({each for each in values if each is not None}))}
    return np.array([math.nan if each is None else codes[each] for each in values])


def _measure(reference: FeatureStatistics, current: FeatureStatistics) -> Measurement:
    raise NotComparableError("the classifier judges features together; single statistics are not enough")


DETECTOR: Final = Detector(
    name="classifier",
    feature_types=("numeric", "category"),
    direction="above",
    default_threshold=0.1,
    formula="2 AUC - 1 of gradient boosting, three-fold cross-validated, reference against window",
    source="Lopez-Paz, Oquab, Revisiting classifier two-sample tests (2017)",
    measure=_measure,
)
