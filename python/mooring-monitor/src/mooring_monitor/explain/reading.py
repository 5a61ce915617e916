"""Who reads a model: the package whose code trained it, else the reader of plain trees."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Final

from mooring_monitor.explain.booster import read_plain_model
from mooring_monitor.explain.model import ReadModel

#: Entry points of installed packages: functions like ReadModel. The first by name is taken.
GROUP: Final = "mooring_monitor.models"


def model_reader(given: ReadModel | None = None) -> ReadModel:
    """The reader that the caller gives, else an installed package's, else that of plain XGBoost models."""
    if given is not None:
        return given
    for found in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        reader: ReadModel = found.load()
        return reader
    return read_plain_model
