"""Training rows, and the same rows sent as requests, are never a drift: whatever the schema, spelling and format."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schemas import KINDS, Schema, check

SCHEMAS = 1_000


@settings(
    max_examples=SCHEMAS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=5),
    seed=st.integers(0, 2**32 - 1),
)
@example(kinds=["truth", "whole decimals", "words"], seed=1)
def test_the_same_rows_are_no_drift(kinds: list[str], seed: int, tmp_path: Path) -> None:
    check(Schema(kinds, seed), tmp_path)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_column(kind: str, tmp_path: Path) -> None:
    for seed in range(5):
        check(Schema([kind, kind], seed), tmp_path)
