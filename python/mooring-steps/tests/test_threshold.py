"""The decision threshold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mooring_steps.threshold import choose_threshold, objective_of
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

METRICS = {"accuracy": accuracy_score, "balanced_accuracy": balanced_accuracy_score, "f1": f1_score}
cases = st.lists(st.tuples(st.booleans(), st.integers(1, 19).map(lambda each: each / 20)), min_size=4, max_size=40)


@pytest.mark.parametrize("objective", list(METRICS))
class TestAChosenThreshold:
    @given(rows=cases)
    def test_is_as_good_as_any_other(self, objective: str, rows: list[tuple[bool, float]]) -> None:
        labels = np.array([label for label, _ in rows], dtype=float)
        scores = np.array([score for _, score in rows])
        if len(set(labels)) < 2:
            return
        threshold, value = choose_threshold(labels, scores, objective)
        metric = METRICS[objective]
        assert value == pytest.approx(metric(labels, scores > threshold))
        assert value == pytest.approx(max(metric(labels, scores > each) for each in [*(scores - 0.01), 1.0]))
        assert ((scores > threshold) == (scores >= threshold)).all()


@pytest.mark.parametrize("objective", ["accuracy", "balanced_accuracy"])
def test_among_equals_the_one_closest_to_one_half_is_taken(objective: str) -> None:
    labels, scores = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.05, 0.4, 0.6, 0.9])
    assert choose_threshold(labels, scores, objective) == (pytest.approx(0.75), 0.75)


def test_the_objective_is_the_gates_metric_where_that_does_not_degenerate() -> None:
    assert [objective_of(each) for each in ("accuracy", "f1", "recall", "auc")] == [
        "accuracy",
        "f1",
        "balanced_accuracy",
        "balanced_accuracy",
    ]
