"""Clarify's analysis_config.json: what is analysed, as the open monitor wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from mooring_use_case.use_case import UseCase, parse_use_case

from mooring_monitor.bias.selection import Outcome
from mooring_monitor.dropin.datasets import DATASET_TYPES, RECORD_TYPES, read_records, read_table
from mooring_monitor.errors import InputError

#: A numeric column with more different values than this share of its rows is a quantity, not a category. Source:
#: `series_datatype` of the open part of Clarify.
UNIQUENESS = 0.05
UNSUPPORTED_METHODS = ("pdp", "asymmetric_shapley_value")


@dataclass(frozen=True)
class Analysis:
    """The data of an analysis and how to look at it."""

    document: Mapping[str, Any]
    frame: pd.DataFrame
    label: str

    @classmethod
    def read(cls, document: Mapping[str, Any], data: Path) -> Analysis:
        """Raises InputError listing what is not supported."""
        methods = document.get("methods", {})
        problems = [f"method {each} is not supported" for each in UNSUPPORTED_METHODS if each in methods]
        kind = document.get("dataset_type", "text/csv")
        if kind not in DATASET_TYPES:
            problems.append(f"dataset_type {kind} is not supported; it reads {', '.join(DATASET_TYPES)}")
        if problems:
            raise InputError("this analysis cannot be done: " + "; ".join(problems))
        if document.get("label") is None:
            raise InputError("the analysis names no label")
        if kind in RECORD_TYPES:
            document, frame = read_records(data, kind, document)
        else:
            frame = read_table(data, kind, document.get("headers"))
        frame = frame.drop(columns=[_name(frame, each) for each in document.get("excluded_columns", [])])
        if document.get("joinsource_name_or_index") is not None:
            frame = frame.drop(columns=[_name(frame, document["joinsource_name_or_index"])])
        return cls(document, frame, _name(frame, document["label"]))

    @property
    def predicted_label(self) -> str | None:
        """The column that holds predictions, when the data brings them along."""
        name = self.document.get("predicted_label")
        return None if name is None else _name(self.frame, name)

    @property
    def features(self) -> list[str]:
        """What a model is asked with: all columns but label and predictions, in their order."""
        return [str(each) for each in self.frame.columns if each not in (self.label, self.predicted_label)]

    @property
    def outcome(self) -> Outcome:
        """Which labels are positive."""
        value = _one(self.document.get("label_values_or_threshold"), "label_values_or_threshold")
        if _is_quantity(self.frame[self.label]):
            return Outcome(threshold=float(value))
        return Outcome(value=value)

    def use_case(self) -> UseCase:
        """The analysis as a use case. Raises InputError when it is none."""
        facets = [self._facet(each) for each in _listed(self.document.get("facet"))]
        group = self.document.get("group_variable")
        return parse_use_case(
            {
                "name": "check",
                "task": "regression" if _is_quantity(self.frame[self.label]) else "binary",
                "dataset": {
                    "columns": [{"name": str(each), "type": _kind(self.frame[each])} for each in self.frame.columns],
                    "label": self.label,
                    "positive": 1,
                },
                "fairness": {
                    "facets": facets,
                    **({} if group is None else {"group_variable": _name(self.frame, group)}),
                },
            },
            "the analysis",
        )

    def _facet(self, facet: Mapping[str, Any]) -> dict[str, Any]:
        name = _name(self.frame, facet["name_or_index"])
        value = _one(facet.get("value_or_threshold"), f"value_or_threshold of facet {name}")
        side = "threshold" if _is_quantity(self.frame[name]) else "disadvantaged"
        return {"name": name, side: float(value) if side == "threshold" else value}


def _name(frame: pd.DataFrame, name_or_index: str | int) -> str:
    if isinstance(name_or_index, int) and 0 <= name_or_index < len(frame.columns):
        return str(frame.columns[name_or_index])
    if name_or_index in frame.columns:
        return str(name_or_index)
    raise InputError(f"no column '{name_or_index}' in the data; there are: {', '.join(map(str, frame.columns))}")


def _one(values: Any, what: str) -> Any:
    listed = _listed(values)
    if len(listed) != 1:
        raise InputError(f"{what} has {len(listed)} values; exactly one is looked at")
    return listed[0]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _is_quantity(column: pd.Series[Any]) -> bool:
    present = column.dropna()
    return bool(
        pd.api.types.is_numeric_dtype(present)
        and len(present) > 0
        and present.nunique() / len(present) >= UNIQUENESS
        # Ten rows of zeros and ones are still a flag.
        and present.nunique() > 2
    )


def _kind(column: pd.Series[Any]) -> str:
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_numeric_dtype(column) else "category"
