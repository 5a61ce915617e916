"""Bias metrics: worked examples, edge cases and independent recomputation on random rows."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mooring_monitor.bias import distances, errors_by_facet, proportions
from mooring_monitor.bias.errors import MetricError
from mooring_monitor.bias.flip_test import flip_test
from mooring_monitor.bias.registry import BUILT_IN
from mooring_monitor.bias.tally import BiasRows, Tally
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy
from sklearn.metrics import accuracy_score, precision_score, recall_score


def rows(facet: str, label: str, predicted: str | None = None, group: str | None = None) -> BiasRows:
    """Rows written as one character each: facet d or a, label and prediction 1 or 0."""
    return BiasRows(
        disadvantaged=np.array([each == "d" for each in facet]),
        label=np.array([each == "1" for each in label]),
        predicted=None if predicted is None else np.array([each == "1" for each in predicted]),
        group=None if group is None else np.array(list(group), dtype=object),
        features=pd.DataFrame({"x": np.arange(len(facet), dtype=float)}),
    )


def tally(facet: str, label: str, predicted: str | None = None, group: str | None = None) -> Tally:
    return Tally.of(rows(facet, label, predicted, group))


class TestWorkedExamples:
    def test_class_imbalance_is_positive_when_the_disadvantaged_are_few(self) -> None:
        assert proportions.class_imbalance(tally("daaa", "1010")) == pytest.approx(0.5)

    def test_label_proportions_compare_the_shares_of_positives(self) -> None:
        assert proportions.label_proportions(tally("ddaa", "1011")) == pytest.approx(0.5)

    def test_disparate_impact_is_the_ratio_of_acceptance(self) -> None:
        assert proportions.disparate_impact(tally("ddddaa", "000000", "100010")) == pytest.approx(0.5)

    def test_disparate_impact_without_accepted_advantaged_is_infinite(self) -> None:
        assert proportions.disparate_impact(tally("da", "00", "10")) == math.inf

    def test_conditional_disparity_can_explain_a_difference_away(self) -> None:
        # Within each group both facets are treated alike; only their mix over the groups differs (Simpson's paradox).
        facet, group = "ddddddaa" + "dddaaaaaa", "x" * 8 + "y" * 9
        label = "11100010" + "110111100"
        assert proportions.label_proportions(tally(facet, label)) == pytest.approx(5 / 8 - 5 / 9)
        assert proportions.conditional_label_disparity(tally(facet, label, group=group)) == pytest.approx(0.0)

    def test_only_label_values_of_both_facets_enter_the_divergence(self) -> None:
        # Worked by hand: Pa = (2/3, 1/3), Pd = (0, 1); the common value has Pa ln(Pa/Pd) = 1/3 ln(1/3).
        assert distances.kullback_leibler(tally("aaad", "0011")) == pytest.approx(math.log(1 / 3) / 3)

    def test_treatment_equality_of_two_infinite_ratios_is_zero(self) -> None:
        assert errors_by_facet.treatment_equality(tally("dada", "1111", "0000")) == 0.0

    def test_generalized_entropy_of_a_perfect_model_is_zero(self) -> None:
        assert errors_by_facet.generalized_entropy(tally("dada", "1010", "1010")) == 0.0

    def test_flip_test_counts_disadvantaged_rows_treated_unlike_their_neighbours(self) -> None:
        # The disadvantaged row at 2 is rejected among accepted neighbours, the one at 9 accepted among rejected ones.
        features = pd.DataFrame({"x": [1.0, 1.5, 3.0, 8.0, 9.5, 10.0, 2.0, 2.1, 9.0]})
        data = BiasRows(
            disadvantaged=np.array([False] * 6 + [True] * 3),
            label=np.ones(9, dtype=bool),
            predicted=np.array([True, True, True, False, False, False, False, False, True]),
            group=None,
            features=features,
        )
        assert flip_test(data).value() == pytest.approx((1 - 2) / 3)

    def test_flip_test_finds_neighbours_by_categories_too(self) -> None:
        data = BiasRows(
            disadvantaged=np.array([False, False, True, True]),
            label=np.ones(4, dtype=bool),
            predicted=np.array([True, False, True, True]),
            group=None,
            features=pd.DataFrame({"color": pd.Series(["red", "blue", "red", "blue"], dtype="string")}),
        )
        assert flip_test(data).outcomes.tolist() == [0, 1]


class TestWithoutAValue:
    @pytest.mark.parametrize("facet", ["dddd", "aaaa"])
    @pytest.mark.parametrize(
        "metric", [each for each in BUILT_IN if each.name not in ("GE", "CDDL", "CDDPL")], ids=lambda each: each.name
    )
    def test_one_facet_alone_has_no_metric(self, metric: object, facet: str) -> None:
        data = rows(facet, "1010", "1100", "xyxy")
        with pytest.raises(MetricError):
            metric.value(data, Tally.of(data))  # type: ignore[attr-defined]

    def test_conditional_metrics_need_a_group_variable(self) -> None:
        with pytest.raises(MetricError, match="Group variable is empty or not provided"):
            proportions.conditional_label_disparity(tally("da", "10"))

    @pytest.mark.parametrize(("label", "text"), [("11", "No negative"), ("00", "No positive")])
    def test_conditional_metrics_need_both_outcomes(self, label: str, text: str) -> None:
        with pytest.raises(MetricError, match=text):
            proportions.conditional_label_disparity(tally("da", label, group="xx"))

    def test_generalized_entropy_of_false_negatives_alone(self) -> None:
        with pytest.raises(MetricError, match="false negative"):
            errors_by_facet.generalized_entropy(tally("da", "11", "00"))


@st.composite
def random_rows(draw: st.DrawFn) -> BiasRows:
    size = draw(st.integers(4, 60))
    seed = draw(st.integers(0, 2**31))
    random = np.random.default_rng(seed)
    data = BiasRows(
        disadvantaged=random.random(size) < random.random(),
        label=random.random(size) < random.random(),
        predicted=random.random(size) < random.random(),
        group=random.choice(np.array(["x", "y", "z"], dtype=object), size),
        features=pd.DataFrame({"x": random.normal(size=size)}),
    )
    data.disadvantaged[:2] = [True, False]
    return data


def by_facet(data: BiasRows, score: Callable[..., float]) -> tuple[float, float]:
    assert data.predicted is not None
    a, d = ~data.disadvantaged, data.disadvantaged
    return tuple(  # type: ignore[return-value]
        score(data.label[mask], data.predicted[mask], zero_division=0) for mask in (a, d)
    )


@settings(max_examples=60, deadline=None)
@given(random_rows())
def test_metrics_agree_with_scikit_learn_on_random_rows(data: BiasRows) -> None:
    counted = Tally.of(data)
    assert data.predicted is not None
    recalls = by_facet(data, recall_score)
    precisions = by_facet(data, precision_score)
    assert errors_by_facet.recall_difference(counted) == pytest.approx(recalls[0] - recalls[1])
    assert errors_by_facet.acceptance_rates(counted) == pytest.approx(precisions[0] - precisions[1])
    a, d = (
        accuracy_score(data.label[mask], data.predicted[mask]) for mask in (~data.disadvantaged, data.disadvantaged)
    )
    assert errors_by_facet.accuracy_difference(counted) == pytest.approx(a - d)
    inverted = BiasRows(data.disadvantaged, ~data.label, ~data.predicted, data.group, data.features)
    specificities = by_facet(inverted, recall_score)
    assert errors_by_facet.specificity_difference(counted) == pytest.approx(specificities[1] - specificities[0])


@settings(max_examples=60, deadline=None)
@given(random_rows())
def test_distances_agree_with_scipy_where_both_labels_occur(data: BiasRows) -> None:
    counted = Tally.of(data)
    a, d = data.label[~data.disadvantaged].mean(), data.label[data.disadvantaged].mean()
    if 0 in (a, d) or 1 in (a, d):
        return
    left, right = np.array([1 - a, a]), np.array([1 - d, d])
    assert distances.kullback_leibler(counted) == pytest.approx(float(entropy(left, right)), abs=1e-12)
    assert distances.jensen_shannon(counted) == pytest.approx(float(jensenshannon(left, right)) ** 2, abs=1e-12)
    assert distances.total_variation(counted) == pytest.approx(abs(a - d), abs=1e-12)
    assert distances.kolmogorov_smirnov(counted) == pytest.approx(abs(a - d), abs=1e-12)
    assert distances.euclidean(counted) == pytest.approx(math.sqrt(2) * abs(a - d), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(random_rows())
def test_conditional_disparity_agrees_with_a_group_by(data: BiasRows) -> None:
    if data.label.all() or not data.label.any():
        return
    frame = pd.DataFrame({"d": data.disadvantaged, "label": data.label, "group": data.group})
    total = 0.0
    for _, part in frame.groupby("group"):
        rejected, accepted = part.loc[~part["label"], "d"], part.loc[part["label"], "d"]
        share = (rejected.mean() if len(rejected) else 0) - (accepted.mean() if len(accepted) else 0)
        total += len(part) * share
    assert proportions.conditional_label_disparity(Tally.of(data)) == pytest.approx(total / len(frame), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(random_rows(), st.integers(0, 1000))
def test_metrics_do_not_depend_on_the_order_of_rows(data: BiasRows, seed: int) -> None:
    shuffled = data.take(np.random.default_rng(seed).permutation(len(data.label)))
    assert (Tally.of(shuffled).counts == Tally.of(data).counts).all()
