"""What the standard steps demand of a use case, beyond that it can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from mooring_use_case import bundle, use_case

TASKS: Final = ("binary", "regression", "forecast")
FEATURE_TYPES: Final = ("integer", "number", "category", "timestamp")

UseCase = use_case.UseCase
Column = use_case.Column


def find_use_case(path: str | Path | None) -> UseCase:
    """The use case at `path`, or else the use-case.json that lies in the code bundle, zipped or unpacked.

    Raises InputError when there is none or it is not usable.
    """
    return bundle.find_use_case(path, _demands)


def parse_use_case(document: Any) -> UseCase:
    """Turn the decoded document into a UseCase. Raises InputError listing all that is missing or not supported."""
    return use_case.parse_use_case(document, demands=_demands)


def _demands(found: UseCase) -> list[str]:
    problems = []
    if found.task not in TASKS:
        problems.append(f"task '{found.task}' is not supported by the standard steps; there are: {', '.join(TASKS)}")
    problems += [
        f"column '{each.name}' has type '{each.type}', which a model cannot learn from; "
        f"change it to one of {', '.join(FEATURE_TYPES)} or remove the column"
        for each in found.features
        if each.type not in FEATURE_TYPES
    ]
    if found.binary and found.positive is None:
        problems.append("dataset.positive: a binary task needs the label value that counts as 1")
    return problems
