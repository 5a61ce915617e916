"""Command line of the monitor: one module per command, loaded only when asked for.

Exit codes: 0 the run finished, whatever it found; 1 the monitor itself failed; 2 bad usage or input (the message says
what to change); 3 something is in breach and `--fail-on-breach` was given. Scheduled jobs never pass that switch: drift
is a finding, not a failed job.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Final

from mooring_monitor.errors import InputError

if TYPE_CHECKING:
    from mooring_monitor.explain.model import ReadModel

EXIT_FINE: Final = 0
EXIT_FAILED: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_BREACH: Final = 3

#: Command -> (module, one line of help). A module has NAME, add_arguments(parser) and run(args) -> exit code.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "profile": ("mooring_monitor.commands.profile", "write statistics.json and constraints.json of a data set"),
    "compare": ("mooring_monitor.commands.compare", "compare a data set with a baseline: violations and drift report"),
    "watch": ("mooring_monitor.commands.watch", "the scheduled run: captured window, comparison, metrics"),
    "bias": ("mooring_monitor.commands.bias", "bias metrics before and after training"),
    "quality": ("mooring_monitor.commands.quality", "model quality against ground truth"),
    "explain": ("mooring_monitor.commands.explain", "attributions and reason codes"),
    "join": ("mooring_monitor.commands.join", "captured rows and their labels become training data"),
    "trial": ("mooring_monitor.commands.trial", "two variants on live traffic: A/B decision, shadow comparison"),
    "analyzer": ("mooring_monitor.dropin.analyzer", "the job of Model Monitor's analyzer image"),
    "clarify": ("mooring_monitor.dropin.clarify", "the job of Clarify's processing image"),
    "report": ("mooring_monitor.commands.report", "one HTML file of a run, for people"),
}


def main(argv: Sequence[str], read_model: ReadModel | None = None) -> int:
    """Run one command and return the exit code of the process.

    `read_model` reads the models that are to be explained; left out, it is looked for among the installed packages.
    """
    if not argv or argv[0] in ("-h", "--help"):
        print(_overview())
        return EXIT_FINE if argv else EXIT_BAD_INPUT
    name, *rest = argv
    if name not in COMMANDS:
        print(f"unknown command '{name}'; there are: {', '.join(COMMANDS)}", file=sys.stderr)
        return EXIT_BAD_INPUT
    module = _load(name)
    parser = argparse.ArgumentParser(prog=f"mooring_monitor {name}", description=COMMANDS[name][1])
    module.add_arguments(parser)
    try:
        arguments = parser.parse_args(rest, argparse.Namespace(read_model=read_model))
        return int(module.run(arguments))
    except InputError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_BAD_INPUT


def _load(name: str) -> ModuleType:
    return importlib.import_module(COMMANDS[name][0])


def _overview() -> str:
    lines = [f"  {name:<9} {text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(["usage: mooring_monitor <command> [options]; <command> --help lists its options", *lines])
