"""The table of examples that Python and TypeScript share (packages/use-case/src/values.json)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from mooring_values import cells, labels, moments, numbers

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "packages/use-case/src/values.json").read_text(encoding="utf-8")
)


def test_constants_are_the_contracts() -> None:
    assert TABLE["blanks"] == cells.BLANKS
    assert sorted(cells.MISSING) == TABLE["missing"]
    assert TABLE["largest_number"] == numbers.LARGEST
    assert TABLE["largest_integer"] == numbers.LARGEST_INTEGER
    assert [{"one": one, "others": list(others)} for one, others in labels.PAIRS] == TABLE["negative_by_convention"]


@pytest.mark.parametrize(("raw", "text"), TABLE["cells"])
def test_cell(raw: str, text: str) -> None:
    assert cells.cell(raw) == text
    assert cells.cell(text) == text


@pytest.mark.parametrize(("value", "text"), TABLE["values"])
def test_value(value: object, text: str) -> None:
    assert cells.text_of(value) == text


@pytest.mark.parametrize(("text", "number"), TABLE["numbers"])
def test_number(text: str, number: float | None) -> None:
    assert numbers.number_of(text) == number


def test_no_number_is_missing() -> None:
    missing = numbers.number_of("")
    assert missing is not None
    assert math.isnan(missing)


@pytest.mark.parametrize(("time_format", "text", "iso"), TABLE["moments"])
def test_moment(time_format: str, text: str, iso: str | None) -> None:
    found = moments.reader_of(time_format)(text)
    assert (None if found is None else found.iso) == iso


LABELS = [(each["label"], raw, meaning) for each in TABLE["labels"] for raw, meaning in each["values"]]


@pytest.mark.parametrize(("declared", "raw", "meaning"), LABELS)
def test_label(declared: dict[str, Any], raw: object, meaning: object) -> None:
    found = rule_of(declared).value(raw)
    assert ("invalid" if isinstance(found, labels.Invalid) else found) == meaning


def rule_of(declared: dict[str, Any]) -> labels.LabelRule:
    """The rule of a table's declaration."""
    column = {key: declared[key] for key in ("type", "min", "max", "categories") if key in declared}
    dataset = {
        "label": "y",
        "columns": [{"name": "y", **column}],
        **{key: declared[key] for key in ("positive", "negative") if key in declared},
    }
    return labels.LabelRule.of(declared["task"], dataset)
