"""Sketches: what they promise for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mooring_monitor.sketches.distinct import DistinctCounter, hash_numbers
from mooring_monitor.sketches.kll import KllSketch

finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
numbers = st.lists(st.one_of(finite, st.integers(-5, 5).map(float)), min_size=1, max_size=400)


def sketch_of(values: object, k: int = 64) -> KllSketch:
    sketch = KllSketch(k)
    sketch.update(np.asarray(values, dtype=np.float64))
    return sketch


class TestKllSketch:
    @given(numbers, st.integers(1, 50))
    def test_adding_in_portions_is_adding_one_by_one(self, values: list[float], portion: int) -> None:
        at_once, one_by_one, portions = sketch_of(values, 4), KllSketch(4), KllSketch(4)
        for value in values:
            one_by_one.update(np.array([value]))
        for start in range(0, len(values), portion):
            portions.update(np.array(values[start : start + portion]))
        levels = [each.tolist() for each in at_once.levels]
        assert [each.tolist() for each in one_by_one.levels] == levels
        assert [each.tolist() for each in portions.levels] == levels

    @given(numbers, numbers)
    def test_no_row_is_lost_by_adding_or_merging(self, first: list[float], second: list[float]) -> None:
        sketch = sketch_of(first, 4)
        sketch.merge(sketch_of(second, 4))
        assert sketch.count == len(first) + len(second)

    @given(numbers)
    def test_small_data_is_held_exactly(self, values: list[float]) -> None:
        kept, weights = sketch_of(values, 2_048).weighted()
        distinct, counts = np.unique(np.array(values), return_counts=True)
        assert kept.tolist() == distinct.tolist()
        assert weights.tolist() == counts.tolist()

    @given(numbers)
    def test_buckets_hold_every_row(self, values: list[float]) -> None:
        low, high = min(values), max(values)
        buckets = sketch_of(values, 2_048).buckets(low, high)
        assert buckets[0][0] == low
        if high > low:
            assert sum(count for _, _, count in buckets) == len(values)

    @pytest.mark.parametrize("parts", [1, 7])
    def test_ranks_of_a_merged_sketch_are_within_half_a_percent(self, parts: int) -> None:
        values = np.random.default_rng(3).lognormal(size=200_000)
        sketch = KllSketch()
        for part in np.array_split(values, parts):
            sketch.merge(sketch_of(part, 2_048))
        kept, weights = sketch.weighted()
        true = np.searchsorted(np.sort(values), kept, side="right")
        assert np.max(np.abs(np.cumsum(weights) - true)) / values.size < 0.005

    @given(numbers)
    def test_goes_on_from_its_state_as_if_never_stopped(self, values: list[float]) -> None:
        whole, first = sketch_of(values + values, 4), sketch_of(values, 4)
        resumed = KllSketch.from_state(first.state())
        resumed.update(np.array(values))
        assert [each.tolist() for each in resumed.levels] == [each.tolist() for each in whole.levels]

    def test_sketches_of_other_parameters_are_not_merged(self) -> None:
        with pytest.raises(ValueError, match=r"k=64, c=0\.64 and k=4, c=0\.64 cannot be merged"):
            sketch_of([1.0]).merge(sketch_of([1.0], 4))


class TestDistinctCounter:
    @given(numbers)
    def test_few_values_are_counted_exactly(self, values: list[float]) -> None:
        counter = DistinctCounter()
        counter.update(hash_numbers(np.array(values)))
        assert counter.estimate() == len({each + 0.0 for each in values})

    @pytest.mark.parametrize("count", [5_000, 20_000, 1_000_000])
    def test_many_values_are_estimated_within_five_percent(self, count: int) -> None:
        counter = DistinctCounter()
        for part in np.array_split(np.arange(count, dtype=np.float64), 9):
            counter.update(hash_numbers(part))
            counter.update(hash_numbers(part))
        assert counter.estimate() == pytest.approx(count, rel=0.05)

    @settings(max_examples=20)
    @given(st.integers(1, 30_000), st.integers(1, 30_000))
    def test_merging_parts_is_counting_the_whole(self, first: int, second: int) -> None:
        whole, one, two = DistinctCounter(), DistinctCounter(), DistinctCounter()
        low, high = np.arange(first, dtype=np.float64), np.arange(first // 2, second, dtype=np.float64)
        one.update(hash_numbers(low))
        two.update(hash_numbers(high))
        whole.update(hash_numbers(low))
        whole.update(hash_numbers(high))
        one.merge(DistinctCounter.from_state(two.state()))
        assert one.estimate() == whole.estimate()
