"""The kernel method against brute force, closed forms and the shap library."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mooring_monitor.errors import InputError
from mooring_monitor.explain.kernel import coalitions, kernel_shap
from numpy.typing import NDArray

shap = pytest.importorskip("shap")


def tangled(rows: NDArray[Any]) -> NDArray[np.float64]:
    """A function with interactions and kinks."""
    x = rows.astype(float)
    found: NDArray[np.float64] = (
        np.tanh(x[:, 0] * x[:, 1]) + np.maximum(x[:, 2], x[:, 0]) - 0.3 * x[:, 1] ** 2 + x.sum(axis=1) * 0.1
    )
    return found


def by_definition(
    predict: Callable[[NDArray[Any]], NDArray[np.float64]], row: NDArray[Any], background: NDArray[Any]
) -> list[float]:
    """Shapley values as the average gain over all orders of features."""
    size = len(row)

    def worth(present: tuple[int, ...]) -> float:
        mixed = background.copy()
        mixed[:, list(present)] = row[list(present)]
        return float(predict(mixed).mean())

    values = []
    for feature in range(size):
        others = [each for each in range(size) if each != feature]
        total = 0.0
        for count in range(size):
            weight = math.factorial(count) * math.factorial(size - count - 1) / math.factorial(size)
            for chosen in itertools.combinations(others, count):
                total += weight * (worth((*chosen, feature)) - worth(chosen))
        values.append(total)
    return values


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 7), st.integers(1, 6), st.integers(0, 2**31))
def test_equals_the_definition_when_all_coalitions_fit(features: int, size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, background = random.normal(size=(2, features)), random.normal(size=(size, features))
    values, expected = kernel_shap(tangled, rows, background)
    assert expected == pytest.approx(float(tangled(background).mean()))
    for row, found in zip(rows, values, strict=True):
        assert found == pytest.approx(by_definition(tangled, row, background), abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 9), st.integers(0, 2**31))
def test_agrees_with_the_shap_library(features: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, background = random.normal(size=(3, features)), random.normal(size=(8, features))
    library = shap.KernelExplainer(tangled, background)
    reference = library.shap_values(rows, nsamples=2**features + 10, l1_reg=0, silent=True)
    values, expected = kernel_shap(tangled, rows, background)
    assert values == pytest.approx(reference, abs=1e-8)
    assert expected == pytest.approx(float(library.expected_value))


def test_sampled_coalitions_find_a_linear_function_exactly() -> None:
    random = np.random.default_rng(0)
    weights = random.normal(size=20)
    rows, background = random.normal(size=(4, 20)), random.normal(size=(30, 20))
    assert not coalitions(20, 500).exact
    values, _ = kernel_shap(lambda x: x.astype(float) @ weights, rows, background, budget=500)
    assert values == pytest.approx((rows - background.mean(axis=0)) * weights, abs=1e-8)


def test_sampled_coalitions_come_close_on_a_tangled_function_and_add_up() -> None:
    random = np.random.default_rng(3)
    rows, background = random.normal(size=(3, 13)), random.normal(size=(10, 13))
    exact, expected = kernel_shap(tangled, rows, background, budget=2**13)
    values, _ = kernel_shap(tangled, rows, background, budget=1024)
    assert values == pytest.approx(exact, abs=0.02)
    assert values.sum(axis=1) + expected == pytest.approx(tangled(rows), abs=1e-12)
    again, _ = kernel_shap(tangled, rows, background, budget=1024)
    assert (again == values).all()


def test_irrelevant_features_get_nothing() -> None:
    random = np.random.default_rng(5)
    rows, background = random.normal(size=(2, 6)), random.normal(size=(5, 6))
    values, _ = kernel_shap(lambda x: x[:, 0].astype(float), rows, background)
    assert values[:, 1:] == pytest.approx(0, abs=1e-12)


def test_categories_are_explained_as_they_are() -> None:
    rows = np.array([["red", "1"]], dtype=object)
    background = np.array([["blue", "1"], ["blue", "2"]], dtype=object)
    values, expected = kernel_shap(lambda x: (x[:, 0] == "red") + x[:, 1].astype(float), rows, background)
    assert expected == 1.5
    assert values == pytest.approx(np.array([[1.0, -0.5]]))


def test_a_single_feature_takes_it_all() -> None:
    values, expected = kernel_shap(
        lambda x: np.square(x[:, 0].astype(float)), np.array([[3.0]]), np.array([[1.0], [0.0]])
    )
    assert (values.tolist(), expected) == ([[8.5]], 0.5)


def test_budget_below_two_per_feature_is_refused() -> None:
    with pytest.raises(InputError, match="at least 40 are needed"):
        coalitions(20, 30)


@pytest.mark.parametrize("features", [2, 3, 4, 7, 10])
def test_all_coalitions_but_the_trivial_ones_are_there_once(features: int) -> None:
    problem = coalitions(features)
    assert problem.exact
    assert len(np.unique(problem.masks, axis=0)) == len(problem.masks) == 2**features - 2
