"""The use case as the steps need it: use-case.json, the validated document of packages/use-case/src/use-case.ts.

The document was validated, and its defaults filled in, when it was synthesized. Here only what the steps read is
checked again, so that a hand-made file fails with a message and not with a KeyError.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from mooring_values.columns import ColumnMeaning, meanings
from mooring_values.labels import LabelRule

from mooring_steps.errors import InputError

FILE_NAME: Final = "use-case.json"
TASKS: Final = ("binary", "regression", "forecast")
FEATURE_TYPES: Final = ("integer", "number", "category", "timestamp")

Scalar = str | int | float | bool


@dataclass(frozen=True)
class Column:
    """A column of the data set and what is known about it beforehand."""

    name: str
    type: str
    #: Known values of a category; learnt from the training rows when absent.
    categories: tuple[Scalar, ...] | None = None
    min: float | None = None
    max: float | None = None
    nullable: bool = True
    #: Format of a timestamp's values; proven by them when absent.
    format: str | None = None


@dataclass(frozen=True)
class UseCase:
    """What the steps read of a use case; `document` is the whole of it."""

    name: str
    task: str
    columns: tuple[Column, ...]
    label: str
    document: Mapping[str, Any]

    @property
    def binary(self) -> bool:
        """Whether the label is 0 or 1; otherwise it is a number."""
        return self.task == "binary"

    @property
    def positive(self) -> Scalar | None:
        """Value of the label that counts as 1."""
        value: Scalar | None = self.document["dataset"].get("positive")
        return value

    @property
    def label_rule(self) -> LabelRule:
        """What a label of this use case is."""
        return LabelRule.of(self.task, self.document["dataset"])

    @cached_property
    def meanings(self) -> Mapping[str, ColumnMeaning]:
        """How cells of each column are understood."""
        return meanings(self.document["dataset"])

    @property
    def time(self) -> str | None:
        """Column with the time of a row; not a feature."""
        return self._column_name("time")

    @property
    def key(self) -> str | None:
        """Column that identifies a row; not a feature."""
        return self._column_name("key")

    @property
    def features(self) -> tuple[Column, ...]:
        """Columns a model may learn from: all but label, time and key, in the order of the YAML."""
        return tuple(each for each in self.columns if each.name not in (self.label, self.time, self.key))

    def section(self, name: str) -> Mapping[str, Any]:
        """A top-level section as written; empty when absent."""
        found: Mapping[str, Any] = self.document.get(name) or {}
        return found

    def _column_name(self, role: str) -> str | None:
        value = self.document["dataset"].get(role)
        return None if value is None else str(value)


def find_use_case(path: str | None) -> UseCase:
    """The use case at `path`, or else the use-case.json that lies in the code bundle, zipped or unpacked.

    Raises InputError when there is none or it is not usable.
    """
    if path is not None:
        return read_use_case(Path(path))
    root = Path(__file__).parent.parent
    if root.is_file():
        with zipfile.ZipFile(root) as bundle:
            if FILE_NAME in bundle.namelist():
                return parse_use_case(_decode(bundle.read(FILE_NAME), f"{root}/{FILE_NAME}"))
    elif (root / FILE_NAME).is_file():
        return read_use_case(root / FILE_NAME)
    raise InputError(f"no {FILE_NAME} in the code bundle {root}; name the file with --use-case PATH")


def read_use_case(path: Path) -> UseCase:
    """Read a use-case.json file. Raises InputError when it is absent, not JSON or incomplete."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"use case file '{path}' cannot be read: {error.strerror}") from None
    return parse_use_case(_decode(content, str(path)))


def parse_use_case(document: Any) -> UseCase:
    """Turn the decoded document into a UseCase. Raises InputError listing all that is missing or not supported."""
    try:
        dataset = document["dataset"]
        columns = tuple(_column(each) for each in dataset["columns"])
        use_case = UseCase(str(document["name"]), str(document["task"]), columns, str(dataset["label"]), document)
    except (KeyError, TypeError) as error:
        raise InputError(f"use case: incomplete document ({type(error).__name__}: {error})") from None
    problems = _problems(use_case)
    if problems:
        raise InputError(problems, f"use case '{use_case.name}'")
    return use_case


def _problems(use_case: UseCase) -> list[str]:
    names = [each.name for each in use_case.columns]
    found = []
    if use_case.task not in TASKS:
        found.append(f"task '{use_case.task}' is not supported by the standard steps; there are: {', '.join(TASKS)}")
    found += [
        f"dataset.{role}: no column '{name}'; there are: {', '.join(names)}"
        for role, name in (("label", use_case.label), ("time", use_case.time), ("key", use_case.key))
        if name is not None and name not in names
    ]
    found += [
        f"column '{each.name}' has type '{each.type}', which a model cannot learn from; "
        f"change it to one of {', '.join(FEATURE_TYPES)} or remove the column"
        for each in use_case.features
        if each.type not in FEATURE_TYPES
    ]
    if use_case.binary and use_case.positive is None:
        found.append("dataset.positive: a binary task needs the label value that counts as 1")
    return found


def _column(entry: Mapping[str, Any]) -> Column:
    categories = entry.get("categories")
    return Column(
        name=str(entry["name"]),
        type=str(entry["type"]),
        categories=None if categories is None else tuple(categories),
        min=entry.get("min"),
        max=entry.get("max"),
        nullable=bool(entry.get("nullable", True)),
        format=entry.get("format"),
    )


def _decode(content: bytes, where: str) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise InputError(f"use case file '{where}' is not JSON: {error}") from None
