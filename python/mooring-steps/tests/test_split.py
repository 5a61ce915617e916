"""Dividing rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mooring_steps.errors import InputError
from mooring_steps.split import join, random_split, time_split
from sklearn.model_selection import train_test_split


class TestARandomSplit:
    def test_has_the_test_rows_of_scikit_learn(self) -> None:
        rest, test = train_test_split(np.arange(1000), test_size=0.2, random_state=42)
        split = random_split(1000, 0.2, 0.1, 42)
        assert split.test.tolist() == test.tolist()
        assert sorted([*split.train, *split.validation]) == sorted(rest)
        assert len(split.validation) == 80

    @given(st.integers(20, 90), st.sampled_from([0.05, 0.2, 0.5, 0.9]), st.sampled_from([0.1, 0.5]))
    def test_puts_every_row_into_one_part(self, rows: int, test: float, validation: float) -> None:
        split = random_split(rows, test, validation, 1)
        parts = [split.train, split.validation, split.test]
        assert all(len(part) > 0 for part in parts)
        assert sorted(np.concatenate(parts)) == list(range(rows))

    @given(st.sampled_from([0.01, 0.2, 0.5, 0.9]), st.sampled_from([0.1, 0.5, 0.9]))
    def test_of_too_few_rows_says_how_many_are_needed(self, test: float, validation: float) -> None:
        with pytest.raises(InputError, match="too few") as error:
            random_split(2, test, validation, 1)
        least = int(str(error.value).split()[-1])
        assert len(random_split(least, test, validation, 1).train) > 0
        with pytest.raises(InputError):
            random_split(least - 1, test, validation, 1)


class TestASplitByTime:
    def test_takes_the_latest_rows_for_the_test_and_the_ones_before_for_validation(self) -> None:
        times = np.array(["2024-01-01"], dtype="datetime64[D]") + np.random.default_rng(1).permutation(100)
        split = time_split(times, 0.2, 0.1)
        assert times[split.train].max() < times[split.validation].min()
        assert times[split.validation].max() < times[split.test].min()
        assert [len(each) for each in (split.train, split.validation, split.test)] == [72, 8, 20]

    def test_never_divides_a_moment(self) -> None:
        times = np.repeat(np.arange(10).astype("datetime64[D]"), 7)
        split = time_split(times, 0.25, 0.2)
        moments = [set(times[each].tolist()) for each in (split.train, split.validation, split.test)]
        assert not moments[0] & moments[1]
        assert not moments[1] & moments[2]

    def test_of_rows_at_one_moment_is_refused(self) -> None:
        with pytest.raises(InputError, match="too many rows share one moment"):
            time_split(np.zeros(50, dtype="datetime64[D]"), 0.2, 0.1)


class TestTwoSplitsJoined:
    def test_keep_the_first_one_as_it_was(self) -> None:
        base, more = random_split(100, 0.2, 0.1, 42), random_split(30, 0.2, 0.1, 42)
        both = join(base, more, 100)
        assert both.test[: len(base.test)].tolist() == base.test.tolist()
        assert sorted(np.concatenate([both.train, both.validation, both.test])) == list(range(130))
