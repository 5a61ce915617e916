"""Detectors: against published cases, against scipy, and what must hold for any data."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mooring_monitor.drift.detectors import DETECTORS, detector_named
from mooring_monitor.drift.detectors.bins import binned, frozen_edges
from mooring_monitor.drift.detectors.chi2_distance import chi_squared, regrouped
from mooring_monitor.drift.detectors.classifier import separability
from mooring_monitor.drift.detectors.robust import robust_distance
from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.errors import InputError, NotComparableError
from mooring_monitor.profile.distribution import CategoryCounts, NumberSample
from mooring_monitor.profile.statistics import FeatureStatistics
from scipy import stats
from scipy.spatial.distance import jensenshannon

values = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=80)
counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 60), min_size=1)


def numeric(data: object) -> FeatureStatistics:
    array = np.asarray(data, dtype=np.float64)
    return FeatureStatistics("x", "Fractional", array.size, array.size, NumberSample.of_values(array), None)


def category(data: dict[str, int]) -> FeatureStatistics:
    rows = sum(data.values())
    return FeatureStatistics("x", "String", rows, rows, None, CategoryCounts(data))


def value(name: str, reference: FeatureStatistics, current: FeatureStatistics) -> float:
    return DETECTORS[name].measure(reference, current).value


class TestPublishedCases:
    """The cases of the open-source reference's own tests."""

    def test_simple_and_robust_numeric_distance(self) -> None:
        first, second = numeric([1, 2, 3, 4]), numeric([2, 3, 4, 5])
        assert value("simple", first, second) == 0.25
        assert value("robust", first, second) == 0

    @pytest.mark.parametrize(
        ("other", "distance"),
        [
            ({"a": 11, "b": 20, "c": 25, "d": 10, "e": 10}, 0.06015037593984962),
            ({"f": 11, "a": 20, "c": 25, "d": 10, "e": 10}, 0.2857142857142857),
        ],
    )
    def test_categorical_distance(self, other: dict[str, int], distance: float) -> None:
        assert value("linf_simple", category({"a": 10, "b": 20, "c": 25, "d": 10, "e": 5}), category(other)) == distance

    def test_categories_get_the_correction_for_small_samples(self) -> None:
        # Deequ's formula on T1's own experiment: 978 rows beside a large baseline, a plain gap of 0.663.
        baseline, window = category({"N": 66_300, "Y": 33_700}), category({"Y": 978})
        correction = 1.8 * math.sqrt((100_000 + 978) / (100_000 * 978))
        assert value("linf_simple", baseline, window) == pytest.approx(0.663)
        assert value("linf", baseline, window) == pytest.approx(0.663 - correction)
        assert value("linf", baseline, window) == pytest.approx(0.605, abs=5e-4)

    def test_robust_distance_gives_sampling_its_share(self) -> None:
        assert robust_distance(0.5, 100, 10_000) == pytest.approx(0.5 - 1.8 * math.sqrt(10_100 / 1_000_000))

    def test_repeated_values_count_as_often_as_they_occur(self) -> None:
        # The open-source reference keeps one occurrence per value and would see no difference here.
        assert value("simple", numeric([0] * 90 + [1] * 10), numeric([0] * 10 + [1] * 90)) == pytest.approx(0.8)

    def test_small_categories_are_regrouped_before_the_chi_squared_test(self) -> None:
        sample, expected = regrouped({"a": 50.0, "b": 3.0, "c": 1.0}, {"a": 50.0, "b": 2.0, "c": 1.0})
        # c joins b; then two categories remain, of which b has less than ten: all become one.
        assert (sample, expected) == ({"a": 54.0}, {"a": 53.0})
        with pytest.raises(NotComparableError, match="fewer than two categories"):
            chi_squared({"a": 50, "b": 3, "c": 1}, {"a": 50, "b": 2, "c": 1})


class TestAgainstScipy:
    @given(values, values)
    def test_simple_is_the_two_sample_statistic(self, first: list[float], second: list[float]) -> None:
        expected = stats.ks_2samp(first, second, method="asymp").statistic
        assert value("simple", numeric(first), numeric(second)) == pytest.approx(expected, abs=1e-12)

    @given(values, values)
    def test_wasserstein_is_scipys_in_standard_deviations(self, first: list[float], second: list[float]) -> None:
        scale = float(np.std(first))
        if scale < 1e-6:
            return
        expected = stats.wasserstein_distance(first, second) / scale
        assert value("wasserstein", numeric(first), numeric(second)) == pytest.approx(expected, rel=1e-6, abs=1e-9)

    @given(counts, counts)
    def test_js_is_scipys_distance(self, first: dict[str, int], second: dict[str, int]) -> None:
        names = sorted({*first, *second})
        p, q = ([each.get(name, 0) for name in names] for each in (first, second))
        expected = jensenshannon(p, q, base=2)
        # scipy takes the root of what may be a tiny negative number: near 0 both are rounding.
        assert value("js", category(first), category(second)) == pytest.approx(np.nan_to_num(expected), abs=1e-7)

    @given(st.lists(st.integers(20, 500), min_size=2, max_size=8), st.integers(0, 2**32 - 1))
    def test_chi2_is_the_contingency_test(self, first: list[int], seed: int) -> None:
        second = np.random.default_rng(seed).integers(20, 500, len(first)).tolist()
        names = [str(index) for index in range(len(first))]
        ours = value(
            "chi2", category(dict(zip(names, first, strict=True))), category(dict(zip(names, second, strict=True)))
        )
        assert ours == pytest.approx(stats.chi2_contingency([first, second], correction=False).pvalue, abs=1e-9)

    @given(st.lists(st.integers(20, 500), min_size=2, max_size=8), st.integers(0, 2**32 - 1))
    def test_chi2_distance_is_the_goodness_of_fit_test(self, first: list[int], seed: int) -> None:
        second = np.random.default_rng(seed).integers(20, 500, len(first))
        names = [str(index) for index in range(len(first))]
        expected = np.array(first) / sum(first) * second.sum()
        if (expected < 10).any():
            return
        _, ours = chi_squared(dict(zip(names, second.tolist(), strict=True)), dict(zip(names, first, strict=True)))
        assert ours == pytest.approx(stats.chisquare(second, expected).pvalue, abs=1e-9)

    def test_ks_is_the_asymptotic_p_value(self) -> None:
        random = np.random.default_rng(5)
        first, second = random.normal(size=400), random.normal(0.15, 1, 300)
        n = 400 * 300 / 700
        expected = stats.kstwobign.sf(math.sqrt(n) * stats.ks_2samp(first, second).statistic)
        assert value("ks", numeric(first), numeric(second)) == pytest.approx(expected)


class TestAnyData:
    @pytest.mark.parametrize("name", ["robust", "simple", "wasserstein", "psi", "js"])
    @given(values)
    def test_distance_to_itself_is_zero(self, name: str, data: list[float]) -> None:
        assert value(name, numeric(data), numeric(data)) == pytest.approx(0, abs=1e-9)

    @pytest.mark.parametrize("name", ["robust", "simple"])
    @given(values, values)
    def test_numeric_distances_are_symmetric(self, name: str, first: list[float], second: list[float]) -> None:
        assert value(name, numeric(first), numeric(second)) == value(name, numeric(second), numeric(first))

    @pytest.mark.parametrize("name", ["linf", "linf_simple", "psi", "js"])
    @given(counts, counts)
    def test_categorical_distances_are_symmetric(
        self, name: str, first: dict[str, int], second: dict[str, int]
    ) -> None:
        there, back = value(name, category(first), category(second)), value(name, category(second), category(first))
        assert there == pytest.approx(back, rel=1e-9, abs=1e-12)

    @pytest.mark.parametrize("name", [name for name in DETECTORS if name != "classifier"])
    @given(first=values, second=values, categories=st.tuples(counts, counts))
    def test_values_and_p_values_are_numbers_in_range(
        self, name: str, first: list[float], second: list[float], categories: tuple[dict[str, int], dict[str, int]]
    ) -> None:
        for kind in DETECTORS[name].feature_types:
            pair = (numeric(first), numeric(second)) if kind == "numeric" else (category(each) for each in categories)
            try:
                measured = DETECTORS[name].measure(*pair)
            except NotComparableError:
                continue
            assert measured.value >= 0
            assert measured.p_value is not None
            assert 0 <= measured.p_value <= 1 + 1e-12

    @given(values, values)
    def test_bins_do_not_depend_on_the_window(self, first: list[float], second: list[float]) -> None:
        reference = numeric(first)
        assert reference.numbers is not None
        edges = frozen_edges(reference.numbers)
        held, seen = binned(reference, numeric(second))
        assert held.size == seen.size <= edges.size + 1
        assert (held.sum(), seen.sum()) == (len(first), len(second))
        assert (held + seen).min() > 0

    @pytest.mark.parametrize("name", ["psi", "js", "chi2"])
    @pytest.mark.parametrize(
        ("before", "now"),
        [
            ([7] * 400, [8] * 100),
            ([7] * 400, [6] * 100),
            ([7] * 396 + [1, 2, 3, 9], [8] * 100),
            ([7] * 360 + list(range(100, 140)), [6.5] * 100),
            ([0] * 300 + [1] * 100, [0.5] * 100),
        ],
    )
    def test_a_constant_that_becomes_another_is_seen(self, name: str, before: list[float], now: list[float]) -> None:
        measurement = DETECTORS[name].measure(numeric(before), numeric(now))
        assert DETECTORS[name].passes(measurement.value, DETECTORS[name].default_threshold)
        assert measurement.p_value is not None
        assert measurement.p_value < 1e-6

    @pytest.mark.parametrize("name", ["psi", "js", "chi2"])
    def test_a_constant_that_stays_is_no_drift(self, name: str) -> None:
        measurement = DETECTORS[name].measure(numeric([7] * 400), numeric([7] * 100))
        assert measurement.p_value == 1.0
        assert not DETECTORS[name].passes(measurement.value, DETECTORS[name].default_threshold)

    @pytest.mark.parametrize("name", ["linf", "linf_simple", "psi", "js", "chi2", "chi2_distance"])
    def test_a_category_that_takes_the_place_of_the_only_one_is_seen(self, name: str) -> None:
        measurement = DETECTORS[name].measure(category({"a": 400}), category({"b": 100}))
        assert DETECTORS[name].passes(measurement.value, DETECTORS[name].default_threshold)


class TestClassifier:
    @staticmethod
    def sample(x: object, y: object) -> RowSample:
        sample = RowSample(["x", "y"])
        sample._cells = {"x": [str(each) for each in np.asarray(x)], "y": [str(each) for each in np.asarray(y)]}
        sample._draws = np.zeros(len(sample._cells["x"]))
        return sample

    def test_finds_a_change_that_no_single_feature_shows(self) -> None:
        random = np.random.default_rng(1)
        x = random.normal(size=800)
        reference = self.sample(x, x + random.normal(0, 0.1, 800))
        x = random.normal(size=800)
        current = self.sample(x, random.normal(0, math.sqrt(1.01), 800))
        measured = separability(reference, current, ["x", "y"], [])
        assert measured.value > 0.5
        assert measured.p_value is not None
        assert measured.p_value < 1e-6

    def test_cannot_tell_equals_apart(self) -> None:
        random = np.random.default_rng(2)
        pairs = [self.sample(random.normal(size=500), random.choice(["a", "b"], 500)) for _ in range(2)]
        assert separability(pairs[0], pairs[1], ["x"], ["y"]).value < 0.1


def test_an_unknown_detector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="no detector 'kl'; there are: robust, simple, linf"):
        detector_named("kl")
