"""What a label is: positive, negative (or a number, a class), missing, or invalid.

A binary label is positive when it is `dataset.positive`. What is negative the use case declares
(`negative: [no]`, or `negative: rest` for every other value), or the label's categories say, or convention does: the
opposite of `yes` is `no`. Everything else is invalid: it is counted and shown, never judged and never learnt from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mooring_values.cells import text_of
from mooring_values.columns import missing_of
from mooring_values.numbers import number_of

REST: Final = "rest"
#: What is negative by convention where nothing is declared; the other way round as well.
PAIRS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("1", ("0", "-1")),
    ("true", ("false",)),
    ("yes", ("no",)),
    ("Yes", ("No",)),
    ("YES", ("NO",)),
    ("y", ("n",)),
    ("Y", ("N",)),
    ("t", ("f",)),
    ("T", ("F",)),
)
#: How the pipeline writes a coded label; understood where the raw label is words.
_CODED: Final = {"1": True, "true": True, "0": False, "false": False}
#: Values listed in a message.
_MOST: Final = 12


class LabelError(ValueError):
    """Labels of a data set cannot be learnt from; the message says what to write."""


@dataclass(frozen=True)
class Invalid:
    """A value that cannot be a label, and why."""

    reason: str


@dataclass(frozen=True)
class LabelRule:
    """The label of a use case."""

    name: str
    task: str
    #: Type of the label's column.
    kind: str
    positive: str | None
    #: Values that are negative; None: every value that is neither positive nor missing.
    negative: frozenset[str] | None
    #: Whether the use case (or convention) says what is negative. If not, the training data has to have two values.
    declared: bool
    categories: tuple[str, ...] | None
    low: float | None
    high: float | None
    missing: frozenset[str]

    @classmethod
    def of(cls, task: str, dataset: Mapping[str, Any]) -> LabelRule:
        """The rule of a use case's `dataset` section."""
        name = str(dataset["label"])
        column: Mapping[str, Any] = next((each for each in dataset["columns"] if each["name"] == name), {})
        listed = column.get("categories")
        categories = None if listed is None else tuple(text_of(each, frozenset()) for each in listed)
        positive = None if dataset.get("positive") is None else text_of(dataset["positive"], frozenset())
        negative, declared = _negative(dataset.get("negative"), positive, categories)
        kind = str(column.get("type", "category"))
        low, high = column.get("min"), column.get("max")
        # A value that the use case declares is a value, even one that elsewhere means that there is none.
        named = {*(categories or ()), *(negative or ()), *([] if positive is None else [positive])}
        missing = missing_of(dataset.get("read"), column) - named
        return cls(name, task, kind, positive, negative, declared, categories, low, high, missing | {""})

    def value(self, raw: object) -> float | str | Invalid | None:
        """1 or 0 (binary), a class or a number; None for a missing label, Invalid for what cannot be one."""
        try:
            text = text_of(raw, self.missing)
        except TypeError as error:
            return Invalid(str(error))
        return self.value_of_text(text)

    def value_of_text(self, text: str) -> float | str | Invalid | None:
        """The same of a canonical text."""
        if text == "":
            return None
        if self.task == "binary":
            return self._binary(text)
        if self.task == "multiclass":
            return self._outside(text) or text
        number = number_of(text)
        if number is None:
            return Invalid(f"'{text}' is not a number")
        return self._outside(text) or number

    def spelled(self, value: float | str) -> str:
        """A label as training data spells it: binary ones by their raw values, where these are known."""
        if self.task != "binary":
            return value if isinstance(value, str) else text_of(value)
        positive = self.positive or "1"
        if value == 1:
            return positive
        if self.negative and len(self.negative) == 1:
            return next(iter(self.negative))
        if self.categories is not None:
            others = [each for each in self.categories if each != positive and self.value(each) == 0]
            if others:
                return others[0]
        if self.negative:
            return "0" if "0" in self.negative else min(self.negative)
        return "1" if positive == "0" else "0"

    def check(self, texts: Iterable[str]) -> Counter[str]:
        """Count the values of a training set, canonical texts.

        Raises LabelError, which lists values with counts, when any is invalid, when there is nothing to tell apart, and
        when a binary label has more than two values of which the use case says nothing.
        """
        counts = Counter(texts)
        present = Counter({text: count for text, count in counts.items() if text != ""})
        if self.task == "binary":
            self._check_binary(present)
        else:
            self._check_valid(present)
        return counts

    def _check_binary(self, present: Counter[str]) -> None:
        if self.positive not in present:
            raise LabelError(
                f"label '{self.name}': the positive value '{self.positive}' does not occur; values that do: "
                f"{counted(present) or 'none'}. Change dataset.positive or the data"
            )
        others = Counter({text: count for text, count in present.items() if text != self.positive})
        if not others:
            raise LabelError(
                f"label '{self.name}' is constant: every row has the positive value '{self.positive}', "
                "so there is nothing to learn"
            )
        if self.declared:
            invalid = [each for each in others if isinstance(self.value_of_text(each), Invalid)]
            # Two values say what is what, unless the use case said something else.
            if invalid and not (len(others) == 1 and self._by_convention()):
                raise LabelError(self._undeclared(present, invalid))
        elif len(others) > 1:
            raise LabelError(self._undeclared(present, list(others)))
        self._check_valid(Counter({text: count for text, count in present.items() if self._outside(text)}))

    def _check_valid(self, present: Counter[str]) -> None:
        wrong = {text: self._outside(text) or self.value_of_text(text) for text in present}
        reasons = {text: found.reason for text, found in wrong.items() if isinstance(found, Invalid)}
        if reasons:
            shown = counted(Counter({text: present[text] for text in reasons}))
            raise LabelError(
                f"label '{self.name}': {sum(present[text] for text in reasons)} rows have values that cannot be one: "
                f"{shown} ({next(iter(reasons.values()))}). Correct the data or the column in use-case.yaml"
            )

    def _undeclared(self, present: Counter[str], doubtful: list[str]) -> str:
        listed = ", ".join(_quoted(each) for each in sorted(doubtful)[:_MOST])
        return (
            f"label '{self.name}' has the values {counted(present)}; '{self.positive}' is positive, and the use "
            f"case does not say what {listed} {'is' if len(doubtful) == 1 else 'are'}. Write dataset.negative: rest "
            "when every other value is negative, or list the negative values, e.g. negative: "
            f"[{', '.join(_quoted(each) for each in sorted(set(present) - {self.positive})[:3])}]; correct the others"
        )

    def learnt(self, present: Iterable[str]) -> LabelRule:
        """The rule with what a training set of two values says about the negative one."""
        others = sorted({each for each in present if each not in ("", self.positive)})
        if self.task != "binary" or len(others) != 1 or (self.declared and not self._by_convention()):
            return self
        return replace(self, negative=frozenset(others), declared=True)

    def unconventional(self, present: Iterable[str]) -> str | None:
        """The negative value of a training set of two, when labels that come back would not be taken for it."""
        others = sorted({each for each in present if each not in ("", self.positive)})
        if self.task != "binary" or len(others) != 1 or not isinstance(self.value_of_text(others[0]), Invalid):
            return None
        return others[0]

    def _by_convention(self) -> bool:
        return self.declared and self.categories is None and self.negative == _conventional(self.positive)

    def _binary(self, text: str) -> float | Invalid:
        outside = self._outside(text)
        if text == self.positive:
            return outside or 1.0
        if self.negative is not None and text in self.negative:
            return outside or 0.0
        if text in _CODED and self._words():
            return 1.0 if _CODED[text] else 0.0
        if self.negative is None:
            return outside or 0.0
        return outside or Invalid(f"'{text}' is {self.allowed()}")

    def allowed(self) -> str:
        """What a label may be, as the end of a sentence that starts with a value: `neither ... nor ...`."""
        negative = sorted(self.negative or ())
        listed = ", ".join(_quoted(each) for each in negative[:_MOST])
        return f"neither {_quoted(str(self.positive))} (positive) nor {listed or 'another value'} (negative)"

    def _words(self) -> bool:
        """Whether 0 and 1 are no raw values of the label, so that they can be the pipeline's own code."""
        raw = {str(self.positive), *(self.negative or ()), *(self.categories or ())}
        return all(number_of(each) is None for each in raw)

    def _outside(self, text: str) -> Invalid | None:
        """Whether the column's own declaration rules a value out."""
        if self.categories is not None and text not in self.categories:
            if self.task == "binary" and text in _CODED and self._words():
                return None
            return Invalid(f"'{text}' is none of {', '.join(self.categories[:_MOST])}")
        if self.kind not in ("integer", "number"):
            return None
        number = number_of(text)
        if number is None:
            return Invalid(f"'{text}' is not a number")
        if self.kind == "integer" and not number.is_integer():
            return Invalid(f"{text} is not a whole number")
        if self.low is not None and number < self.low:
            return Invalid(f"{text} is below {self.low:g}")
        if self.high is not None and number > self.high:
            return Invalid(f"{text} is above {self.high:g}")
        return None


def counted(values: Counter[str]) -> str:
    """`no (188), YES (107) and 3 more`, the most frequent first."""
    ordered = sorted(values.items(), key=lambda each: (-each[1], each[0]))
    shown = ", ".join(
        f"{_quoted(text)} ({count:,} {'row' if count == 1 else 'rows'})" for text, count in ordered[:_MOST]
    )
    return shown if len(ordered) <= _MOST else f"{shown} and {len(ordered) - _MOST} more"


def _negative(
    declared: Any, positive: str | None, categories: tuple[str, ...] | None
) -> tuple[frozenset[str] | None, bool]:
    if declared == REST:
        return None, True
    if declared is not None:
        values = declared if isinstance(declared, list | tuple) else [declared]
        return frozenset(text_of(each, frozenset()) for each in values), True
    if categories is not None and positive in categories and len(categories) == 2:
        return frozenset(each for each in categories if each != positive), True
    conventional = _conventional(positive)
    return conventional, conventional is not None


def _conventional(positive: str | None) -> frozenset[str] | None:
    for one, others in PAIRS:
        if positive == one:
            return frozenset(others)
        if positive in others:
            return frozenset({one})
    return None


def _quoted(text: str) -> str:
    return f"'{text[:40]}'" if text != text.strip() or " " in text or len(text) > 40 else text
