"""The transformation that training, evaluation and serving share."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mooring_steps.errors import InputError
from mooring_steps.texts import Table, take, texts_of
from mooring_steps.transform import MAX_CATEGORIES, Transform
from mooring_steps.use_case import Column

COLUMNS = (
    Column("sex", "category"),
    Column("amount", "number"),
    Column("children", "integer"),
    Column("when", "timestamp"),
)


def table(sex: Sequence[object], amount: Sequence[object], children: Sequence[object], when: Sequence[object]) -> Table:
    return {
        name: texts_of(values)
        for name, values in {"sex": sex, "amount": amount, "children": children, "when": when}.items()
    }


TRAIN = table(["f", "m", "f"], [1.5, None, 4], [0, 1, 2], ["2024-01-01 05:00", "2024-02-03 23:00", "2024-12-31"])
cells = st.one_of(st.none(), st.text(max_size=5), st.integers(-9, 9), st.floats(width=32), st.booleans())
rows = st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=30)


class TestAFittedTransform:
    def test_makes_one_hot_columns_medians_indicators_and_calendar_parts(self) -> None:
        transform = Transform.fit(COLUMNS, TRAIN)
        names = "sex=f sex=m sex=? amount amount.missing children when.hour when.weekday when.month"
        assert " ".join(name for name, _ in transform.outputs) == names
        matrix = transform.apply(TRAIN)
        assert matrix.dtype == np.float32
        assert matrix.tolist() == [
            [1, 0, 0, 1.5, 0, 0, 5, 0, 1],
            [0, 1, 0, 2.75, 1, 1, 23, 5, 2],
            [1, 0, 0, 4, 0, 2, 0, 1, 12],
        ]

    def test_puts_unseen_and_missing_categories_into_the_column_for_others(self) -> None:
        transform = Transform.fit(COLUMNS, TRAIN)
        matrix = transform.apply(table(["x", None], [None, 1], [None, 1], [None, "2024-01-01"]))
        assert matrix[:, :3].tolist() == [[0, 0, 1], [0, 0, 1]]
        assert matrix[0, 3:].tolist() == [2.75, 1, 1, -1, -1, -1]

    def test_gives_missing_categories_a_column_when_training_had_some(self) -> None:
        transform = Transform.fit([Column("sex", "category")], {"sex": texts_of(["f", None])})
        assert [name for name, _ in transform.outputs] == ["sex=", "sex=f", "sex=?"]

    def test_takes_declared_categories_in_their_order(self) -> None:
        column = Column("sex", "category", categories=(2, 1, 3))
        transform = Transform.fit([column], {"sex": texts_of(["1", "2.0", "9"])})
        assert transform.features[0].vocabulary == ("2", "1", "3")

    def test_keeps_the_most_frequent_of_many_categories(self) -> None:
        values = [f"c{index:03}" for index in range(MAX_CATEGORIES + 20)]
        transform = Transform.fit([Column("c", "category")], {"c": texts_of(values + values[20:])})
        assert transform.features[0].vocabulary == tuple(values[20:])

    def test_learns_nothing_from_rows_it_was_not_fitted_on(self) -> None:
        first = Transform.fit(COLUMNS, TRAIN).to_json()
        Transform.fit(COLUMNS, TRAIN).apply(table(["q"], [1e9], [7], ["2030-01-01"]))
        assert Transform.fit(COLUMNS, TRAIN).to_json() == first

    def test_without_any_number_in_training_fills_zero(self) -> None:
        transform = Transform.fit([Column("a", "number")], {"a": texts_of([None, None])})
        assert transform.apply({"a": texts_of([None])}).tolist() == [[0, 1]]


class TestAnyRows:
    @given(rows)
    def test_become_a_finite_matrix_of_fixed_width(self, values: list[tuple[object, ...]]) -> None:
        transform = Transform.fit(COLUMNS, TRAIN)
        given_rows = table(*zip(*values, strict=True))
        matrix = transform.apply(given_rows)
        assert matrix.shape == (len(values), len(transform.outputs))
        assert np.isfinite(matrix).all()

    @given(rows)
    def test_are_transformed_alike_alone_and_together(self, values: list[tuple[object, ...]]) -> None:
        transform = Transform.fit(COLUMNS, TRAIN)
        given_rows = table(*zip(*values, strict=True))
        together = transform.apply(given_rows)
        alone = [transform.apply(take(given_rows, np.array([index]))) for index in range(len(values))]
        assert np.array_equal(together, np.vstack(alone))

    @given(rows)
    def test_fit_survives_json_exactly(self, values: list[tuple[object, ...]]) -> None:
        given_rows = table(*zip(*values, strict=True))
        try:
            transform = Transform.fit(COLUMNS, given_rows)
        except InputError:
            return
        restored = Transform.loads(json.dumps(transform.to_json()))
        assert restored.features == transform.features
        assert np.array_equal(restored.apply(given_rows), transform.apply(given_rows))


class TestBadValues:
    def test_are_all_listed_with_column_value_and_what_is_allowed(self) -> None:
        transform = Transform.fit(COLUMNS, TRAIN)
        bad = table(["f", "m"], ["much", "inf"], ["1.5", True], ["soon", "2024-01-01"])
        assert transform.problems(bad) == [
            "column 'amount': 'much' is not a finite number within ±3.4e38 (or empty)",
            "column 'amount': 'inf' is not a finite number within ±3.4e38 (or empty)",
            "column 'children': 'true' is not a whole number (or empty)",
            "column 'children': '1.5' is not a whole number (or empty)",
            "column 'when': 'soon' is not a time such as 2024-05-01 13:00:00 (or empty)",
        ]

    def test_say_how_many_rows_have_them(self) -> None:
        with pytest.raises(InputError) as error:
            Transform.fit([Column("a", "number")], {"a": texts_of(["1", "n/a", "2", "n/a", "none"])})
        assert list(error.value.problems) == [
            "column 'a': 'n/a' is not a finite number within ±3.4e38 (or empty), in 2 rows",
            "column 'a': 'none' is not a finite number within ±3.4e38 (or empty)",
        ]

    def test_are_listed_up_to_five_per_column(self) -> None:
        with pytest.raises(InputError) as error:
            Transform.fit([Column("a", "number")], {"a": texts_of([f"x{index}" for index in range(1000)])})
        assert len(error.value.problems) == 6
        assert error.value.problems[-1] == "column 'a': 995 more such values"

    def test_a_missing_value_is_refused_where_the_column_is_not_nullable(self) -> None:
        column = Column("sex", "category", nullable=False)
        transform = Transform.fit([column], {"sex": texts_of(["f", "m"])})
        assert transform.problems({"sex": texts_of([None])}) == [
            "column 'sex': a value is missing, and the column is not nullable"
        ]


class TestATransformFile:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("{", "not JSON"),
            ("[]", "version None"),
            ('{"version": 2}', "version 2; this code reads version 1"),
            ('{"version": 1}', "incomplete"),
            ('{"version": 1, "features": [{"name": "a", "script": "x"}]}', "unknown keys script"),
        ],
    )
    def test_that_cannot_be_used_is_refused(self, content: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            Transform.loads(content)
