"""A use case: columns, label, facets and what is monitored, out of use-case.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mooring_values.columns import ColumnMeaning, meanings
from mooring_values.labels import LabelRule

from mooring_use_case.errors import InputError

Scalar = str | int | float | bool

TASKS = ("binary", "multiclass", "regression", "forecast")
#: Columns of the model's answers; no column of a data set may have these names, and an alarm may watch them.
ANSWERS = ("prediction", "score")
COLUMN_TYPES = ("integer", "number", "category", "text", "timestamp")


@dataclass(frozen=True)
class Column:
    """A column of the data set and what is known about it beforehand."""

    name: str
    type: str
    categories: tuple[Scalar, ...] | None = None
    min: float | None = None
    max: float | None = None
    nullable: bool = True
    #: Format of a timestamp's values; proven by them when absent.
    format: str | None = None

    @property
    def numeric(self) -> bool:
        """Whether values are quantities (integer or number)."""
        return self.type in ("integer", "number")


@dataclass(frozen=True)
class Facet:
    """A protected attribute: the disadvantaged value, or the threshold above which rows are the disadvantaged group."""

    name: str
    disadvantaged: Scalar | None = None
    threshold: float | None = None


@dataclass(frozen=True)
class MonitoredFeature:
    """A feature with an alarm of its own."""

    name: str
    threshold: float | None = None
    detector: str | None = None


@dataclass(frozen=True)
class UseCase:
    """What Python reads of a use case; `document` is the whole of it."""

    name: str
    task: str
    columns: tuple[Column, ...]
    label: str
    positive: Scalar | None
    time: str | None
    key: str | None
    facets: tuple[Facet, ...]
    group_variable: str | None
    monitored: tuple[MonitoredFeature, ...]
    min_sample: int
    document: Mapping[str, Any]

    @cached_property
    def label_rule(self) -> LabelRule:
        """What a label of this use case is."""
        return LabelRule.of(self.task, self.document["dataset"])

    @cached_property
    def meanings(self) -> Mapping[str, ColumnMeaning]:
        """How cells of each column are understood."""
        return meanings(self.document["dataset"])

    @property
    def features(self) -> tuple[Column, ...]:
        """Columns a model may learn from: all but label, time and key, in the order of the YAML."""
        return tuple(each for each in self.columns if each.name not in (self.label, self.time, self.key))

    @property
    def binary(self) -> bool:
        """Whether the label is one of two values; 1 stands for the positive one."""
        return self.task == "binary"

    def section(self, name: str) -> Mapping[str, Any]:
        """A top-level section as written; empty when absent."""
        found: Mapping[str, Any] = self.document.get(name) or {}
        return found

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises InputError naming the known ones.
        """
        for each in self.columns:
            if each.name == name:
                return each
        raise InputError(
            f"no column '{name}' in the use case; there are: {', '.join(each.name for each in self.columns)}"
        )

    @property
    def monitoring(self) -> Mapping[str, Any]:
        """The `monitoring` section as written."""
        return self.section("monitoring")


#: What a reader demands beyond that: problems as messages, none when all is well.
Demands = Callable[[UseCase], Sequence[str]]


def no_demands(use_case: UseCase) -> Sequence[str]:
    """Whatever can be read is fine."""
    return ()


def read_use_case(path: str | Path, demands: Demands = no_demands) -> UseCase:
    """Read use-case.json.

    Raises InputError listing everything that is missing or of the wrong kind.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"use case file '{path}' does not exist") from None
    except OSError as error:
        raise InputError(f"use case file '{path}' cannot be read: {error.strerror}") from None
    return parse_use_case(decoded(content, str(path)), str(path), demands)


def decoded(content: bytes, where: str) -> Any:
    """The document of a file; `where` names it in messages."""
    try:
        return json.loads(content)
    except ValueError as error:
        raise InputError(f"use case file '{where}' is not JSON: {error}") from None


def parse_use_case(document: Any, where: str = "the document", demands: Demands = no_demands) -> UseCase:
    """Turn the decoded document into a UseCase; `where` names it in messages.

    Raises InputError listing everything that is missing, of the wrong kind, or not as demanded.
    """
    problems: list[str] = []
    root = _mapping(document, "(root)", problems)
    dataset = _mapping(root.get("dataset"), "dataset", problems)
    fairness = _mapping(root.get("fairness", {}), "fairness", problems)
    monitoring = _mapping(root.get("monitoring", {}), "monitoring", problems)
    columns = _columns(dataset.get("columns"), problems)
    label = _text(dataset.get("label"), "dataset.label", problems)
    known = [each.name for each in columns]
    problems += [
        f"dataset.{role}: no column '{name}'; there are: {', '.join(known)}"
        for role, name in (("label", label), ("time", dataset.get("time")), ("key", dataset.get("key")))
        if known and name and name not in known
    ]
    task = _text(root.get("task"), "task", problems)
    if task and task not in TASKS:
        problems.append(f"task: '{task}' is not one of {', '.join(TASKS)}")
    case = UseCase(
        name=_text(root.get("name"), "name", problems),
        task=task,
        columns=columns,
        label=label,
        positive=dataset.get("positive"),
        time=dataset.get("time"),
        key=dataset.get("key"),
        facets=_facets(fairness.get("facets", []), problems),
        group_variable=fairness.get("group_variable"),
        monitored=_monitored(monitoring.get("features", []), problems),
        min_sample=_natural(monitoring.get("min_sample", 50), "monitoring.min_sample", problems),
        document=root,
    )
    problems += demands(case)
    if problems:
        raise InputError(problems, f"{where} is not a valid use case")
    return case


def _mapping(value: Any, where: str, problems: list[str]) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    problems.append(f"{where}: an object is needed, not {type(value).__name__}")
    return {}


def _text(value: Any, where: str, problems: list[str]) -> str:
    if isinstance(value, str) and value:
        return value
    problems.append(f"{where}: a non-empty text is needed")
    return ""


def _natural(value: Any, where: str, problems: list[str]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    problems.append(f"{where}: a whole number of at least 1 is needed")
    return 1


def _list(value: Any, where: str, problems: list[str]) -> list[Any]:
    if isinstance(value, list):
        return value
    problems.append(f"{where}: a list is needed")
    return []


def _columns(value: Any, problems: list[str]) -> tuple[Column, ...]:
    found: list[Column] = []
    for index, item in enumerate(_list(value, "dataset.columns", problems)):
        where = f"dataset.columns[{index}]"
        each = _mapping(item, where, problems)
        kind = each.get("type")
        if kind not in COLUMN_TYPES:
            problems.append(f"{where}.type: '{kind}' is not one of {', '.join(COLUMN_TYPES)}")
        categories = each.get("categories")
        found.append(
            Column(
                name=_text(each.get("name"), f"{where}.name", problems),
                type=str(kind),
                categories=None if categories is None else tuple(_list(categories, f"{where}.categories", problems)),
                min=each.get("min"),
                max=each.get("max"),
                nullable=bool(each.get("nullable", True)),
                format=each.get("format"),
            )
        )
    return tuple(found)


def _facets(value: Any, problems: list[str]) -> tuple[Facet, ...]:
    found: list[Facet] = []
    for index, item in enumerate(_list(value, "fairness.facets", problems)):
        each = _mapping(item, f"fairness.facets[{index}]", problems)
        name = _text(each.get("name"), f"fairness.facets[{index}].name", problems)
        found.append(Facet(name, each.get("disadvantaged"), each.get("threshold")))
    return tuple(found)


def _monitored(value: Any, problems: list[str]) -> tuple[MonitoredFeature, ...]:
    found: list[MonitoredFeature] = []
    for index, item in enumerate(_list(value, "monitoring.features", problems)):
        each = _mapping(item, f"monitoring.features[{index}]", problems)
        name = _text(each.get("name"), f"monitoring.features[{index}].name", problems)
        found.append(MonitoredFeature(name, each.get("threshold"), each.get("detector")))
    return tuple(found)
