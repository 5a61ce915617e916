"""What a column's declaration says about its cells: which spellings are missing, and which values it knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mooring_values.cells import MISSING, cell, text_of
from mooring_values.numbers import number_of

#: With a larger share of a training column's values outside its declared categories, the declaration must be wrong.
WRONG_DECLARATION: Final = 0.05
#: Values listed in a message.
_MOST: Final = 8


@dataclass(frozen=True)
class ColumnMeaning:
    """How cells of one column are understood."""

    name: str
    type: str
    #: Spellings of "no value"; a declared category is a value even if it is spelled like one of them.
    missing: frozenset[str] = MISSING
    #: Declared categories as canonical texts, in their order.
    categories: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    #: Declared format of times.
    format: str | None = None

    @classmethod
    def of(cls, entry: Mapping[str, Any], read: Mapping[str, Any] | None = None) -> ColumnMeaning:
        """The meaning of a column as the use case declares it; `read` is the section `dataset.read`."""
        listed = entry.get("categories")
        categories = None if listed is None else tuple(dict.fromkeys(text_of(each, frozenset()) for each in listed))
        missing = missing_of(read, entry) - set(categories or ())
        return cls(
            str(entry["name"]),
            str(entry["type"]),
            missing | {""},
            categories,
            entry.get("min"),
            entry.get("max"),
            entry.get("format"),
        )

    def cell(self, text: str) -> str:
        """Canonical text of a cell that was read as text."""
        return cell(text, self.missing)

    def text_of(self, value: object) -> str:
        """Canonical text of any value. Raises TypeError for lists and objects."""
        return text_of(value, self.missing)


def meanings(dataset: Mapping[str, Any]) -> dict[str, ColumnMeaning]:
    """The columns of a use case's `dataset` section by name."""
    read = dataset.get("read")
    return {str(each["name"]): ColumnMeaning.of(each, read) for each in dataset["columns"]}


def missing_of(read: Mapping[str, Any] | None, entry: Mapping[str, Any]) -> frozenset[str]:
    """Spellings of "no value" of a column: its own, else those of `dataset.read`, else the usual ones."""
    for section in (entry, read or {}):
        listed = section.get("missing")
        if listed is not None:
            return frozenset(str(each).strip() for each in listed) | {""}
    return MISSING


@dataclass(frozen=True)
class Domain:
    """Values of a training column that its declaration does not know."""

    #: One sentence with values and counts; empty when all fit.
    message: str
    #: Whether so many are outside that the declaration must be wrong.
    wrong: bool


def outside_domain(column: ColumnMeaning, texts: Iterable[str]) -> Domain:
    """Check a training column's canonical texts against its declared categories, minimum and maximum."""
    counts = Counter(text for text in texts if text != "")
    rows = sum(counts.values())
    if column.categories is not None:
        known = set(column.categories)
        unknown = Counter({text: count for text, count in counts.items() if text not in known})
        if unknown:
            message = (
                f"column '{column.name}': {sum(unknown.values()):,} of {rows:,} values are none of its categories "
                f"({_listed(column.categories)}): {_counted(unknown)}"
            )
            return Domain(message, sum(unknown.values()) > WRONG_DECLARATION * rows)
    messages = []
    for bound, word, side, beyond in ((column.low, "min", "below", -1), (column.high, "max", "above", 1)):
        found = Counter({text: count for text, count in counts.items() if _beyond(text, bound, beyond)})
        if found:
            messages.append(
                f"feature '{column.name}': {sum(found.values()):,} training rows {side} {word} {bound:g}: "
                + _counted(found)
            )
    return Domain("; ".join(messages), False)


def _beyond(text: str, bound: float | None, side: int) -> bool:
    number = number_of(text)
    return bound is not None and number is not None and side * (number - bound) > 0


def _counted(values: Counter[str]) -> str:
    ordered = sorted(values.items(), key=lambda each: (-each[1], each[0]))
    shown = ", ".join(f"'{text[:40]}' ({count:,} {'row' if count == 1 else 'rows'})" for text, count in ordered[:_MOST])
    return shown if len(ordered) <= _MOST else f"{shown} and {len(ordered) - _MOST} more"


def _listed(values: Iterable[str]) -> str:
    names = list(values)
    return ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
