"""What every processing job leaves behind: files, and a message that the service shows as ExitMessage."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json

VIOLATIONS = "constraint_violations.json"
COMPLETED = "Completed: Job completed successfully with no violations."

Entries = Sequence[Mapping[str, Any]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one option of both jobs; everything else comes from the environment, as in the closed images."""
    parser.add_argument("--root", type=Path, default=Path("/opt/ml"), help="the container's folder (default /opt/ml)")


def write_violations(output: Path, entries: Entries, extra: Mapping[str, Any] | None = None) -> str:
    """Write the violation report; returns the job's message, in Model Monitor's words."""
    write_json(output / VIOLATIONS, {**(extra or {}), "violations": list(entries)})
    if not entries:
        return COMPLETED
    return f"CompletedWithViolations: Job completed successfully with {len(entries)} violations."


def guarded(root: Path, work: Callable[[], str]) -> int:
    """Do the work and leave what it returns, or why it failed, as the message of the job.

    Returns the exit code: 0, or 1 when the input is at fault. Any other error leaves its message and is raised.
    """
    try:
        message, code = work(), 0
    except InputError as error:
        message, code = f"Error: {error}", 1
    except Exception as error:
        _leave(root, f"Error: {type(error).__name__}: {error}")
        raise
    _leave(root, message)
    print(message)
    return code


def _leave(root: Path, message: str) -> None:
    target = root / "output" / "message"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(message, encoding="utf-8")
