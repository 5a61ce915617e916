"""How the raw CSV files are written (dataset.read), and which setting would make a file that does not fit readable."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mooring_values.cells import MISSING
from mooring_values.numbers import number_of


@dataclass(frozen=True)
class Dialect:
    """Separators and encoding of the raw files; everything after them is written as Mooring writes it."""

    delimiter: str = ","
    decimal: str = "."
    thousands: str | None = None
    encoding: str = "utf-8-sig"

    @classmethod
    def of(cls, read: Mapping[str, Any] | None) -> Dialect:
        """The dialect of a use case's section `dataset.read`."""
        settings = read or {}
        delimiter = str(settings.get("delimiter", ","))
        encoding = str(settings.get("encoding", "utf-8-sig"))
        return cls(
            "\t" if delimiter == "tab" else delimiter,
            str(settings.get("decimal", ".")),
            settings.get("thousands"),
            "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding,
        )

    @property
    def usual(self) -> bool:
        """Whether numbers are written with a point and without groups."""
        return self.decimal == "." and self.thousands is None

    def number(self, text: str) -> str:
        """A number as Mooring writes it; any other text as it is."""
        plain = text.strip()
        if self.thousands is not None:
            group = re.escape(self.thousands)
            fraction = rf"({re.escape(self.decimal)}[0-9]*)?"
            if re.fullmatch(rf"[+-]?[0-9]{{1,3}}({group}[0-9]{{3}})+{fraction}", plain, re.ASCII):
                plain = plain.replace(self.thousands, "")
        if self.decimal == ",":
            plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
        return plain if number_of(plain) is not None else text


def header_hint(names: Sequence[str]) -> str:
    """The delimiter that would divide a header which is one name; empty when none would."""
    if len(names) != 1:
        return ""
    counts = {each: names[0].count(each) for each in ";\t|"}
    best = max(counts, key=lambda each: counts[each])
    if not counts[best]:
        return ""
    written = "tab" if best == "\t" else f"'{best}'"
    return f"; values are separated by {written}: write dataset.read: {{ delimiter: {written} }} to use-case.yaml"


def number_hint(bad: Sequence[str]) -> str:
    """The setting that would make texts numbers; empty when none would."""
    tried = [
        ("decimal: ','", Dialect(decimal=",")),
        ("thousands: ','", Dialect(thousands=",")),
        ("decimal: ',', thousands: '.'", Dialect(decimal=",", thousands=".")),
        ("thousands: ' '", Dialect(thousands=" ")),
        ('thousands: "\'"', Dialect(thousands="'")),
    ]
    fitting = [name for name, dialect in tried if all(number_of(dialect.number(each)) is not None for each in bad)]
    grouped = all(re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+", each) for each in bad)
    if grouped and "thousands: ','" in fitting:
        return "write dataset.read: { thousands: ',' } to use-case.yaml (or decimal: ',' if it divides the fraction)"
    if fitting:
        return f"write dataset.read: {{ {fitting[0]} }} to use-case.yaml"
    words = sorted(set(bad))
    if len(words) <= 3 and not any(re.search(r"[0-9]", each) for each in words):
        spellings = ", ".join(f"'{each}'" for each in [*words, *sorted(MISSING - {""})])
        shown = ", ".join(f"'{each}'" for each in words)
        setting = f"dataset.read: {{ missing: [{spellings}] }}"
        return f"if {shown} means that there is no value, write {setting} to use-case.yaml"
    return ""
