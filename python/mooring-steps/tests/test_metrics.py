"""Quality metrics, against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from mooring_steps.metrics import BINARY, REGRESSION, auc, confusion, margin, report
from sklearn import metrics as reference

RANDOM = np.random.default_rng(5)
LABELS = (RANDOM.random(500) < 0.3).astype(float)
SCORES = (LABELS * 0.2 + RANDOM.random(500)).round(2)
ANSWERS = (SCORES > 0.6).astype(float)


class TestBinaryMetrics:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("accuracy", reference.accuracy_score(LABELS, ANSWERS)),
            ("precision", reference.precision_score(LABELS, ANSWERS)),
            ("recall", reference.recall_score(LABELS, ANSWERS)),
            ("f0_5", reference.fbeta_score(LABELS, ANSWERS, beta=0.5)),
            ("f1", reference.f1_score(LABELS, ANSWERS)),
            ("f2", reference.fbeta_score(LABELS, ANSWERS, beta=2)),
            ("auc", reference.roc_auc_score(LABELS, SCORES)),
            ("true_negative_rate", reference.recall_score(1 - LABELS, 1 - ANSWERS)),
            ("false_positive_rate", 1 - reference.recall_score(1 - LABELS, 1 - ANSWERS)),
            ("true_positive_rate", reference.recall_score(LABELS, ANSWERS)),
            ("false_negative_rate", 1 - reference.recall_score(LABELS, ANSWERS)),
        ],
    )
    def test_equal_the_reference(self, name: str, expected: float) -> None:
        assert BINARY[name](LABELS, ANSWERS, SCORES) == pytest.approx(expected, rel=1e-12)

    def test_are_zero_where_there_is_nothing_to_divide_by(self) -> None:
        nothing = np.zeros(3)
        assert BINARY["precision"](nothing, nothing, nothing) == 0
        assert BINARY["f1"](nothing, nothing, nothing) == 0
        assert auc(nothing, nothing) == 0.5

    def test_confusion_counts_by_actual_then_predicted_label(self) -> None:
        labels, answers = np.array([0, 0, 0, 1, 1.0]), np.array([0, 1, 1, 1, 0.0])
        assert confusion(labels, answers) == {"0": {"0": 1, "1": 2}, "1": {"0": 1, "1": 1}}


class TestRegressionMetrics:
    ACTUAL = RANDOM.normal(10, 3, 300)
    ANSWERED = ACTUAL + RANDOM.normal(0, 1, 300)

    @pytest.mark.parametrize("answered", [[20.0], [13.0]])
    def test_r2_of_labels_without_variance_is_the_reference_too(self, answered: list[float]) -> None:
        labels, answers = np.repeat(13.0, 2), np.repeat(answered, 2)
        assert REGRESSION["r2"](labels, answers, answers) == reference.r2_score(labels, answers)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("mae", reference.mean_absolute_error(ACTUAL, ANSWERED)),
            ("mse", reference.mean_squared_error(ACTUAL, ANSWERED)),
            ("rmse", reference.root_mean_squared_error(ACTUAL, ANSWERED)),
            ("r2", reference.r2_score(ACTUAL, ANSWERED)),
            ("mape", reference.mean_absolute_percentage_error(ACTUAL, ANSWERED)),
            ("max_error", reference.max_error(ACTUAL, ANSWERED)),
        ],
    )
    def test_equal_the_reference(self, name: str, expected: float) -> None:
        assert REGRESSION[name](self.ACTUAL, self.ANSWERED, self.ANSWERED) == pytest.approx(expected, rel=1e-12)

    def test_mape_leaves_out_rows_whose_label_is_zero(self) -> None:
        assert REGRESSION["mape"](np.array([0.0, 2.0]), np.array([5.0, 3.0]), np.empty(0)) == 0.5


class TestAReport:
    def test_has_a_spread_from_200_rows_on_and_is_seeded(self) -> None:
        many = report(BINARY, LABELS, ANSWERS, SCORES, 1)
        assert many == report(BINARY, LABELS, ANSWERS, SCORES, 1)
        assert all(each["standard_deviation"] is not None for each in many.values())
        few = report(BINARY, LABELS[:199], ANSWERS[:199], SCORES[:199], 1)
        assert all(each["standard_deviation"] is None for each in few.values())


def test_a_margin_is_positive_where_the_value_is_better() -> None:
    assert margin("rmse", 2.0, 3.0) == 1.0
    assert margin("auc", 0.75, 0.5) == 0.25
