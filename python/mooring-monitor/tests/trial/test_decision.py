"""A/B decisions on simulated traffic, looked at again and again, as an impatient team would."""

from __future__ import annotations

import numpy as np
import pytest
from mooring_monitor.quality.outcomes import Outcomes
from mooring_monitor.trial.decision import Rules, decide, decide_paired
from mooring_monitor.trial.measures import MEASURES, mean_of
from mooring_monitor.trial.sequential import always_valid_interval, always_valid_p
from scipy import stats

REQUESTS = 6_000


def outcomes(rng: np.random.Generator, size: int, quality: float) -> Outcomes:
    """Labels with scores that tell the classes apart by `quality` standard deviations."""
    actual = rng.integers(0, 2, size)
    logit = rng.normal((actual - 0.5) * quality, 1.0)
    score = 1 / (1 + np.exp(-quality * logit))
    return Outcomes(actual, (score > 0.5).astype(np.int64), score)


def verdict(seed: int, metric: str, better: float, share: float, every: int) -> str:
    """Traffic assigned by share; the trial stops at the first look that decides."""
    rng = np.random.default_rng(seed)
    rules = Rules(MEASURES[metric], min_sample=300, smallest_difference=0.03, alpha=0.05)
    assigned = rng.random(REQUESTS) < share
    arms = (outcomes(rng, REQUESTS, 1.5), outcomes(rng, REQUESTS, better))
    for seen in range(every, REQUESTS + 1, every):
        to_challenger = assigned[:seen]
        champion = arms[0].take(np.flatnonzero(~to_challenger))
        challenger = arms[1].take(np.flatnonzero(to_challenger))
        found = decide(champion, challenger, rules).verdict
        if found != "undecided":
            return found
    return "undecided"


@pytest.mark.parametrize(("metric", "share"), [("accuracy", 0.5), ("accuracy", 0.2), ("auc", 0.5), ("brier", 0.5)])
def test_the_truly_better_model_is_picked_in_at_least_95_of_100_runs(metric: str, share: float) -> None:
    found = [verdict(seed, metric, 2.0, share, 300) for seed in range(100)]
    assert found.count("challenger") >= 95
    assert found.count("champion") == 0


def test_a_worse_challenger_loses() -> None:
    found = [verdict(seed, "accuracy", 1.1, 0.5, 300) for seed in range(100)]
    assert found.count("champion") >= 95
    assert found.count("challenger") == 0


@pytest.mark.parametrize(("metric", "every"), [("accuracy", 100), ("auc", 300), ("brier", 300)])
def test_equal_models_stay_undecided_in_at_least_95_of_100_runs(metric: str, every: int) -> None:
    found = [verdict(seed, metric, 1.5, 0.5, every) for seed in range(100)]
    assert found.count("undecided") >= 95


def test_a_fixed_sample_test_with_as_many_looks_would_be_fooled() -> None:
    """The reason for the sequential interval: the same equal models, judged by a t-test at every look."""
    fooled = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        one, other = np.where(rng.random((2, 4_000)) < 0.8, 1.0, 0.0)
        fooled += any(stats.ttest_ind(one[:n], other[:n]).pvalue < 0.05 for n in range(300, 4_001, 100))
    assert fooled > 15


def test_too_few_labels_are_undecided_however_different_the_variants_look() -> None:
    rules = Rules(MEASURES["accuracy"], min_sample=500, smallest_difference=0.02, alpha=0.05)
    wrong, right = np.zeros(499, dtype=np.int64), np.ones(499, dtype=np.int64)
    found = decide(Outcomes(right, wrong), Outcomes(right, right), rules)
    assert found.verdict == "undecided"
    assert found.reason == (
        "champion has 499 of 500 labelled predictions; challenger has 499 of 500 labelled predictions"
    )


def test_errors_count_the_other_way_round() -> None:
    rng = np.random.default_rng(1)
    actual = rng.normal(0, 1, 2_000)
    rules = Rules(MEASURES["mae"], min_sample=500, smallest_difference=0.1, alpha=0.05)
    found = decide(Outcomes(actual, actual + 1.0), Outcomes(actual, actual + rng.normal(0, 0.1, 2_000)), rules)
    assert found.verdict == "challenger"
    assert found.difference < 0


def test_the_same_requests_need_fewer_rows() -> None:
    """A shadow's answers are paired with the champion's, and what is hard for both does not count."""
    rng = np.random.default_rng(3)
    actual = rng.integers(0, 2, 900)
    champion = np.where(rng.random(900) < 0.25, 1 - actual, actual)
    challenger = np.where(rng.random(900) < 0.2, actual, champion)
    rules = Rules(MEASURES["accuracy"], min_sample=300, smallest_difference=0.03, alpha=0.05)
    one, other = Outcomes(actual, champion), Outcomes(actual, challenger)
    assert decide_paired(one, other, rules).verdict == "challenger"
    assert decide(one, other, rules).verdict == "undecided"


def test_the_interval_excludes_zero_exactly_where_the_p_value_is_below_alpha() -> None:
    for difference in (0.0, 0.01, 0.02, 0.03, 0.05):
        for variance in (1e-5, 5e-5, 1e-4, 1e-3):
            interval = always_valid_interval(difference, variance, 0.03, 0.05)
            assert interval.excludes_zero() == (always_valid_p(difference, variance, 0.03) < 0.05)


def test_the_interval_is_wider_than_the_one_of_a_single_look() -> None:
    variance = 1e-4
    interval = always_valid_interval(0.0, variance, 0.03, 0.05)
    assert interval.high > stats.norm.ppf(0.975) * np.sqrt(variance)
    assert interval.high < 2 * stats.norm.ppf(0.975) * np.sqrt(variance)


def test_auc_and_its_variance_are_those_of_pairs_and_of_resampling() -> None:
    rng = np.random.default_rng(5)
    data = outcomes(rng, 600, 1.5)
    found = MEASURES["auc"].estimate(data)
    assert data.scores is not None
    high, low = data.scores[data.actual == 1], data.scores[data.actual == 0]
    pairs = (high[:, None] > low[None, :]).mean() + 0.5 * (high[:, None] == low[None, :]).mean()
    assert found.value == pytest.approx(pairs)
    drawn = [MEASURES["auc"].estimate(data.take(rng.integers(0, 600, 600))).value for _ in range(400)]
    assert np.sqrt(found.variance) == pytest.approx(np.std(drawn), rel=0.15)


def test_equal_values_are_not_certain() -> None:
    assert mean_of(np.ones(100)).variance == pytest.approx(1e-4)
