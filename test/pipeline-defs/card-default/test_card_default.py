"""card-default: a use case that is YAML only, on the real file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_reaches_its_bound_on_the_held_out_rows(
    run_use_case: Callable[..., Any], shared_data: Callable[[str], Path]
) -> None:
    outcome = run_use_case("card-default", shared_data("taiwan-credit-default.csv"))
    assert outcome.gate["passed"]
    assert outcome.gate["value"] == pytest.approx(0.78, abs=0.015)
