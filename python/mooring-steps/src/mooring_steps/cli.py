"""Command line of the code bundle: one module per command, loaded only when it is asked for.

Exit codes: 0 the step finished; 2 bad usage or input (the message says what to change); 1 anything else.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from mooring_steps.errors import InputError

#: Command -> module with NAME, add_arguments(parser) and run(arguments) -> exit code.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "preprocess": ("mooring_steps.preprocess", "read raw rows, split them, fit the transformation"),
    "train": ("mooring_steps.training", "train the use case's model"),
    "evaluate": ("mooring_steps.evaluate", "judge a model on the test rows"),
    "fairness-gate": ("mooring_steps.fairness_gate", "pick the gate's metric out of a bias report"),
}
MONITOR: Final = "monitor"
EXIT_BAD_INPUT: Final = 2


def main(argv: Sequence[str]) -> int:
    """Run one command and return the exit code of the process."""
    if argv and argv[0] == MONITOR:
        monitor = importlib.import_module("mooring_monitor.cli")
        return int(monitor.main(argv[1:], read_model=_read_model))
    parser = _parser(argv[0] if argv else None)
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_BAD_INPUT
    try:
        return int(importlib.import_module(COMMANDS[arguments.command][0]).run(arguments))
    except InputError as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT


def _read_model(path: Path, use_case: object) -> Any:
    """How the monitor reads the models that these steps train; loaded only when it explains one."""
    return importlib.import_module("mooring_steps.explained").read_trained(path, use_case)


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of all commands; only the chosen one's arguments are loaded, as imports take time."""
    parser = argparse.ArgumentParser(prog="code", description="Steps of the standard pipeline.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        command.add_argument("--use-case", metavar="FILE", help="use-case.json (default: the one in the code bundle)")
        if name == chosen:
            importlib.import_module(module).add_arguments(command)
    commands.add_parser(MONITOR, help="the open monitor: profile, compare, bias, watch ...; see monitor --help")
    return parser
