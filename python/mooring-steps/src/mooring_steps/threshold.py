"""The decision threshold: where a score becomes a positive answer. Chosen on validation rows, never on test rows."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

#: Metrics a threshold can be chosen for without degenerating (recall alone would answer "positive" to everything).
TUNABLE: Final = ("accuracy", "f1")
DEFAULT: Final = "balanced_accuracy"


def objective_of(gate_metric: str) -> str:
    """What the threshold maximises: the quality gate's metric if it can be tuned for, balanced accuracy otherwise."""
    return gate_metric if gate_metric in TUNABLE else DEFAULT


def choose_threshold(
    labels: npt.NDArray[np.float64], scores: npt.NDArray[np.float64], objective: str
) -> tuple[float, float]:
    """Threshold and the objective's value at it; rows with a higher score are positive.

    Candidates lie halfway between neighbouring scores, so `>` and `>=` decide alike. Among equally good ones the one
    closest to 0.5 is taken.
    """
    order = np.argsort(scores, kind="stable")
    ranked, truth = scores[order], labels[order]
    positives, negatives = truth.sum(), len(truth) - truth.sum()
    last = np.flatnonzero(np.append(np.diff(ranked) > 0, True))
    false_negatives = np.concatenate([[0.0], np.cumsum(truth)[last]])
    below = np.concatenate([[0.0], last + 1.0])
    true_negatives = below - false_negatives
    true_positives, false_positives = positives - false_negatives, negatives - true_negatives
    value = {
        "accuracy": (true_positives + true_negatives) / len(truth),
        "f1": 2 * true_positives / np.maximum(2 * true_positives + false_positives + false_negatives, 1),
        "balanced_accuracy": (true_positives / max(positives, 1) + true_negatives / max(negatives, 1)) / 2,
    }[objective]
    distinct = ranked[last]
    candidates = np.concatenate([[distinct[0] / 2], (distinct[:-1] + distinct[1:]) / 2, [(distinct[-1] + 1) / 2]])
    best = np.flatnonzero(np.isclose(value, value.max(), rtol=0, atol=1e-12))
    chosen = best[np.argmin(np.abs(candidates[best] - 0.5))]
    return float(candidates[chosen]), float(value[chosen])
