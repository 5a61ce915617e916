"""Cell values as canonical text."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mooring_steps.texts import moments, numbers, texts_of
from mooring_values.cells import cell as canonical
from mooring_values.cells import text_of


class TestOneValueInSeveralSpellings:
    @pytest.mark.parametrize(
        ("values", "text"),
        [
            ([2, 2.0, "2", "2.0", " 2.00 ", np.int64(2), np.float32(2)], "2"),
            ([True, "True", "TRUE", "true", np.bool_(True)], "true"),
            ([None, math.nan, "", "NaN", "NA", "null", pd.NaT, pd.NA], ""),
            (["0.0", 0, "0"], "0"),
            (["-1.0", -1], "-1"),
        ],
    )
    def test_becomes_one_text(self, values: list[object], text: str) -> None:
        assert {text_of(each) for each in values} == {text}

    @pytest.mark.parametrize("text", ["None", "unknown", "01", "v1.0", "10", "1e3", "."])
    def test_leaves_other_texts_alone(self, text: str) -> None:
        assert canonical(text) == text

    @given(st.text())
    def test_is_idempotent(self, text: str) -> None:
        assert canonical(canonical(text)) == canonical(text)

    def test_refuses_lists_and_objects(self) -> None:
        with pytest.raises(TypeError, match="list is not a single value"):
            text_of([1])


class TestNumbers:
    @given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=150))
    def test_survive_the_way_through_text_exactly(self, values: list[float]) -> None:
        found, bad = numbers(texts_of(values))
        assert bad == []
        assert found.tolist() == values

    @pytest.mark.parametrize("filler", [0, 300])
    def test_names_texts_that_are_no_finite_numbers(self, filler: int) -> None:
        texts = np.array(["1"] * filler + ["abc", "inf", "1_000", "1e40", "NAN", "１２", "", "2.5"], dtype=object)
        found, bad = numbers(texts)
        assert bad == ["abc", "inf", "1_000", "1e40", "NAN", "１２"]
        assert found[-1] == 2.5
        assert np.isnan(found[filler:-1]).all()

    def test_a_missing_number_is_nan_and_not_bad(self) -> None:
        found, bad = numbers(np.array(["", "1"] * 200, dtype=object))
        assert bad == []
        assert np.isnan(found[0])


class TestTimes:
    def test_are_utc_and_zones_are_applied(self) -> None:
        found, bad = moments(np.array(["2024-05-01 13:00:00", "2024-05-01T15:00:00+02:00", ""], dtype=object))
        assert bad == []
        assert found[0] == found[1]
        assert np.isnat(found[2])

    def test_names_texts_that_are_no_times(self) -> None:
        assert moments(np.array(["yesterday-ish"], dtype=object))[1] == ["yesterday-ish"]
