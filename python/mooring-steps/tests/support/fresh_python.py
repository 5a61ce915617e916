"""Runs Python in a process of its own, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

#: PYTHONPATH of the packages' sources, for scripts that do not run from a code bundle.
SOURCES = os.pathsep.join(str(each) for each in sorted(Path(__file__).parents[3].glob("*/src")))
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def python() -> Run:
    """Run Python with arguments, away from the checkout; returns the finished process."""

    def run(*arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None):  # type: ignore[no-untyped-def]
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=cwd or Path("/"),
            env={"PATH": os.environ["PATH"], **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
