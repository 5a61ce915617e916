"""Quality metrics: Model Monitor's documented example, agreement with scikit-learn on random rows, spread, slices."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loan_samples import loan_rows, loans
from mooring_monitor.errors import InputError
from mooring_monitor.quality import binary, multiclass, numeric
from mooring_monitor.quality.measures import TASKS, better, estimates
from mooring_monitor.quality.outcomes import Outcomes, UndefinedMetric, join
from mooring_monitor.quality.slices import slices
from sklearn import metrics as sk

SEEDS = st.integers(0, 2**31)


def binary_rows(seed: int, ties: bool = True) -> Outcomes:
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 100))  # below the number of points a curve is thinned to
    actual = (random.random(size) < random.random()).astype(np.int64)
    actual[:2] = [0, 1]
    scores = random.random(size).round(1 if ties else 12)
    return Outcomes(actual, (scores > 0.5).astype(np.int64), scores)


def test_documented_example_of_model_monitor() -> None:
    outcomes = Outcomes(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]))
    found = {name: each.value for name, each in estimates("binary", outcomes).items()}
    assert binary.confusion_matrix(outcomes) == {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}}
    assert found["recall"] == 1.0
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["accuracy"] == 0.5
    assert found["true_negative_rate"] == pytest.approx(1 / 3)
    assert found["false_positive_rate"] == pytest.approx(2 / 3)
    assert found["recall_best_constant_classifier"] == 1.0
    assert found["precision_best_constant_classifier"] == 0.25
    assert found["accuracy_best_constant_classifier"] == 0.25
    assert estimates("binary", outcomes)["recall"].as_json() == {"value": 1.0, "standard_deviation": "NaN"}


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.booleans())
def test_binary_metrics_agree_with_scikit_learn(seed: int, ties: bool) -> None:
    rows = binary_rows(seed, ties)
    assert rows.scores is not None
    values = {name: each.value for name, each in estimates("binary", rows).items()}
    pair = (rows.actual, rows.predicted)
    expected = {
        "accuracy": sk.accuracy_score(*pair),
        "precision": sk.precision_score(*pair, zero_division=0),
        "recall": sk.recall_score(*pair, zero_division=0),
        "f0_5": sk.fbeta_score(*pair, beta=0.5, zero_division=0),
        "f1": sk.f1_score(*pair, zero_division=0),
        "f2": sk.fbeta_score(*pair, beta=2, zero_division=0),
        "auc": sk.roc_auc_score(rows.actual, rows.scores),
        "au_prc": sk.average_precision_score(rows.actual, rows.scores),
    }
    assert {name: values[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    curve = binary.roc_curve(rows)
    false, true, _ = sk.roc_curve(rows.actual, rows.scores, drop_intermediate=False)
    assert curve["false_positive_rates"] == pytest.approx(false)
    assert curve["true_positive_rates"] == pytest.approx(true)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_multiclass_metrics_agree_with_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 100))
    classes = np.array(["a", "b", "c", "d"], dtype=object)
    rows = Outcomes(random.choice(classes, size), random.choice(classes[: random.integers(1, 5)], size))
    values = {name: each.value for name, each in estimates("multiclass", rows).items()}
    pair = (rows.actual.astype(str), rows.predicted.astype(str))
    options = {"average": "weighted", "zero_division": 0}
    expected = {
        "accuracy": sk.accuracy_score(*pair),
        "weighted_precision": sk.precision_score(*pair, **options),
        "weighted_recall": sk.recall_score(*pair, **options),
        "weighted_f1": sk.f1_score(*pair, **options),
        "weighted_f0_5": sk.fbeta_score(*pair, beta=0.5, **options),
        "weighted_f2": sk.fbeta_score(*pair, beta=2, **options),
    }
    assert {name: values[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    table = multiclass.confusion_matrix(rows)
    names = sorted(set(pair[0]) | set(pair[1]))
    assert [[table[a][p] for p in names] for a in names] == sk.confusion_matrix(*pair, labels=names).tolist()


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_regression_metrics_agree_with_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 100))
    actual = random.normal(5, 10, size)
    rows = Outcomes(actual, actual + random.normal(0, 3, size))
    values = {name: each.value for name, each in estimates("forecast", rows).items()}
    pair = (rows.actual, rows.predicted)
    expected = {
        "mae": sk.mean_absolute_error(*pair),
        "mse": sk.mean_squared_error(*pair),
        "rmse": sk.root_mean_squared_error(*pair),
        "r2": sk.r2_score(*pair),
        "mape": sk.mean_absolute_percentage_error(*pair),
        "max_error": sk.max_error(*pair),
    }
    assert {name: values[name] for name in expected} == pytest.approx(expected, rel=1e-10)


class TestWithoutAValue:
    def test_auc_of_one_kind_of_label_is_an_error_beside_the_other_metrics(self) -> None:
        found = estimates("binary", Outcomes(np.ones(3, int), np.ones(3, int), np.array([0.1, 0.2, 0.3])))
        assert found["auc"].as_json()["value"] == "NaN"
        assert found["auc"].error == "all rows have the same label, so that nothing can be ranked"
        assert found["accuracy"].value == 1.0

    def test_auc_without_scores_says_so(self) -> None:
        assert estimates("binary", Outcomes(np.array([0, 1]), np.array([0, 1])))["auc"].error is not None

    @pytest.mark.parametrize("metric", [numeric.r2, numeric.mape, numeric.wape])
    def test_relative_errors_of_constant_zero(self, metric: object) -> None:
        with pytest.raises(UndefinedMetric):
            metric(Outcomes(np.zeros(3), np.ones(3)))  # type: ignore[operator]

    def test_nothing_to_judge_is_bad_input(self) -> None:
        with pytest.raises(InputError, match="no row has both"):
            estimates("binary", Outcomes(np.array([], int), np.array([], int)))


class TestSpread:
    def test_needs_two_hundred_rows(self) -> None:
        few, many = (
            Outcomes(np.tile([0.0, 1.0, 2.0, 4.0], size), np.tile([0.0, 2.0, 2.0, 2.0], size)) for size in (49, 50)
        )
        assert math.isnan(estimates("regression", few)["mae"].standard_deviation)
        assert estimates("regression", many)["mae"].standard_deviation > 0

    def test_is_about_half_a_standard_error(self) -> None:
        # Means of 80 % of the rows, drawn without replacement, spread by sqrt(1/0.8 - 1) = 0.5 standard errors.
        random = np.random.default_rng(0)
        ratios = []
        for seed in range(40):
            error = random.exponential(1, 1000)
            found = estimates("regression", Outcomes(np.zeros(1000), error), seed)["mae"]
            ratios.append(found.standard_deviation / (error.std() / math.sqrt(1000)))
        assert np.sqrt(np.mean(np.square(ratios))) == pytest.approx(0.5 * math.sqrt(0.8), abs=0.08)


class TestJoin:
    def test_rows_without_label_or_prediction_are_counted_not_judged(self) -> None:
        joined = join(
            "binary", pd.Series([1, None, 0, 1]), pd.Series([1, 1, None, 0]), pd.Series([0.9, 0.8, None, 0.2])
        )
        assert (len(joined.outcomes), joined.unlabelled, joined.unpredicted) == (2, 1, 1)
        assert joined.coverage == 0.75
        assert joined.judged.tolist() == [True, False, False, True]

    def test_deployed_threshold_decides_anew_and_strictly(self) -> None:
        joined = join("binary", pd.Series([1, 1]), pd.Series([1, 1]), pd.Series([0.463, 0.464]), threshold=0.463)
        assert joined.outcomes.predicted.tolist() == [0, 1]

    def test_threshold_without_scores_is_refused(self) -> None:
        with pytest.raises(InputError, match="needs scores"):
            join("binary", pd.Series([1]), pd.Series([1]), None, threshold=0.5)

    def test_other_labels_of_a_binary_task_are_named(self) -> None:
        with pytest.raises(InputError, match=r"labels of a binary task are 0 or 1; there are also: 2\.0"):
            join("binary", pd.Series([1, 2]), pd.Series([1, 1]))

    def test_classes_match_whether_read_as_text_or_number(self) -> None:
        joined = join("multiclass", pd.Series(["1", "2"], dtype="string"), pd.Series([1.0, 3.0]))
        assert multiclass.accuracy(joined.outcomes) == 0.5


class TestSlices:
    def test_worst_is_where_the_model_fails(self) -> None:
        frame = loan_rows(2000)
        west = frame["region"] == "west"
        frame.loc[west, "score"] = 1 - frame.loc[west, "score"]
        outcomes = join("binary", frame["good"], frame["prediction"], frame["score"]).outcomes
        found = slices(frame, loans().features, outcomes, "auc", binary.auc)
        assert (found[0].feature, found[0].value, found[0].rows) == ("region", "west", int(west.sum()))
        assert found[0].quality < 0.3 < 0.7 < found[-1].quality

    def test_of_an_error_the_highest_is_worst(self) -> None:
        frame = pd.DataFrame({"region": ["north"] * 100 + ["south"] * 100})
        rows = Outcomes(np.zeros(200), np.concatenate([np.ones(100), np.full(100, 2.0)]))
        found = slices(frame, loans().features, rows, "mae", numeric.mae)
        assert [each.value for each in found] == ["south", "north"]

    def test_small_slices_and_undefined_ones_are_left_out(self) -> None:
        frame = pd.DataFrame({"region": ["north"] * 10 + ["south"] * 100 + ["west"] * 90})
        rows = Outcomes(np.array([0, 1] * 55 + [1] * 90), np.ones(200, int), np.linspace(0, 1, 200))
        assert [each.value for each in slices(frame, loans().features, rows, "auc", binary.auc)] == ["south"]


def test_every_constrained_metric_exists_and_has_a_direction() -> None:
    for task in TASKS.values():
        assert set(task.constrained) <= set(task.metrics)
    assert better("auc", 0.9, 0.8)
    assert better("rmse", 1.0, 2.0)
