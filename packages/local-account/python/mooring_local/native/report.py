"""What both stand-ins leave behind: a violation report, and the message of the job."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json

VIOLATIONS = "constraint_violations.json"
COMPLETED = "Completed"

Entries = Sequence[Mapping[str, Any]]


def write_violations(output: Path, entries: Entries, extra: Mapping[str, Any] | None = None) -> str:
    """The violation report; returns the job's message, in Model Monitor's words."""
    write_json(output / VIOLATIONS, {**(extra or {}), "violations": list(entries)})
    return f"CompletedWithViolations: Job completed with {len(entries)} violations." if entries else COMPLETED


def guarded(argv: Sequence[str], work: Callable[[Path], str]) -> int:
    """Runs the work on the container's root (the only argument, /opt/ml) and leaves what it returns as exit message.

    Returns the exit code: 0, or 1 when the input is at fault.
    """
    parser = argparse.ArgumentParser(description="A job of a closed image, done by the open monitor.")
    parser.add_argument("root", type=Path, help="the container's /opt/ml")
    root: Path = parser.parse_args(argv).root
    try:
        message, code = work(root), 0
    except InputError as error:
        message, code = f"Error: {error}", 1
    target = root / "output" / "message"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(message, encoding="utf-8")
    print(message)
    return code
