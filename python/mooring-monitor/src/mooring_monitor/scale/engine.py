"""One process or Spark: by a switch, or by the size of the input."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from typing import Final, Literal

from mooring_monitor.errors import InputError
from mooring_monitor.readers.source import Source, sources

Engine = Literal["auto", "process", "spark"]
ENGINES: Final = ("auto", "process", "spark")

#: `auto` takes Spark from here on, where there is one: some ten minutes of a single process.
SPARK_FROM_GIB: Final = 20.0


def chosen_engine(
    engine: Engine, paths: Sequence[str], data_format: str, spark_from_gib: float = SPARK_FROM_GIB
) -> Literal["process", "spark"]:
    """The engine to use. `auto` is Spark for inputs of at least `spark_from_gib` in an image that holds pyspark."""
    if engine != "auto":
        return engine
    if importlib.util.find_spec("pyspark") is None:
        return "process"
    return "spark" if total_size(sources(paths, data_format)) >= spark_from_gib * (1 << 30) else "process"


def total_size(found: Sequence[Source]) -> int:
    """Bytes of all objects.

    Raises InputError when a size is not known.
    """
    sizes = [each.size for each in found]
    if any(size is None for size in sizes):
        raise InputError("the size of the input is not known; choose --engine process or --engine spark")
    return sum(size or 0 for size in sizes)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
