"""The new model against the live one: better by more than noise, on the freshest labelled rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mooring_steps.artefact import Predictions
from mooring_steps.evaluate import _duel, quality_gate
from mooring_steps.metrics import Values


def answers(labels: Values, noise: float, seed: int) -> Predictions:
    """Scores that say the label, blurred."""
    scores = labels + np.random.default_rng(seed).normal(0, noise, len(labels))
    return Predictions((scores > 0.5).astype(float), scores)


@pytest.fixture
def labels() -> Values:
    return np.random.default_rng(0).integers(0, 2, 400).astype(float)


@pytest.fixture
def case(loans: Any) -> Any:
    return loans(gates={"quality": {"metric": "auc", "bound": 0.6}, "champion": True})


class TestTheDuel:
    def test_a_clearly_better_model_wins(self, case: Any, labels: Values) -> None:
        duel = _duel(case, labels, answers(labels, 0.4, 1), answers(labels, 1.2, 2), len(labels))
        assert duel["challenger"] > duel["champion"]
        assert 0 < duel["margin"] < duel["difference"]

    def test_a_model_that_is_better_by_luck_does_not(self, case: Any, labels: Values) -> None:
        won = 0
        for seed in range(20):
            pair = answers(labels, 1.0, 100 + seed), answers(labels, 1.0, 200 + seed)
            won += _duel(case, labels, *pair, len(labels))["margin"] > 0
        assert won <= 3

    def test_only_fresh_rows_count(self, case: Any, labels: Values) -> None:
        old, new = answers(labels, 0.2, 1), answers(labels, 0.2, 2)
        stale = Predictions(old.labels.copy(), np.where(np.arange(400) < 300, old.scores, 1 - old.scores))
        assert _duel(case, labels, new, stale, 100)["champion"] < 0.1
        assert _duel(case, labels, new, stale, 400)["champion"] > 0.5

    def test_without_a_live_model_the_first_one_passes(self, case: Any, labels: Values) -> None:
        duel = _duel(case, labels, answers(labels, 0.4, 1), None, len(labels))
        assert quality_gate(case, {"auc": 0.9}, {}, None, duel)["passed"] is True

    def test_the_gate_fails_when_the_live_model_is_not_beaten(self, case: Any, labels: Values) -> None:
        same = answers(labels, 0.4, 1)
        gate = quality_gate(case, {"auc": 0.9}, {}, None, _duel(case, labels, same, same, len(labels)))
        assert gate["passed"] is False
        assert "champion has" in gate["message"]
