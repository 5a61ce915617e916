"""Runs one job inside a forked child of the warm interpreter, as `python3 ARGS...` or as any other program."""

from __future__ import annotations

import atexit
import os
import random
import runpy
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

# Options of the interpreter that mean nothing to a child which is an interpreter already.
IGNORED_FLAGS = frozenset({"-u", "-B", "-E", "-s", "-S", "-I", "-O", "-OO"})


def reseed() -> None:
    """Forked children would otherwise all draw the random numbers that the warm interpreter was about to draw."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(int.from_bytes(os.urandom(4), "little"))


def _exit_code(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def guarded(body: Callable[[], object]) -> int:
    """Runs a function as a program: exceptions become a traceback and exit code 1; exit hooks run."""
    try:
        body()
        code = 0
    except SystemExit as end:
        code = _exit_code(end)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def _refuse(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(2)


def run_python(arguments: Sequence[str]) -> int:
    """The work of `python3 ARGUMENTS...`: a script, a zip, a folder, `-m module` or `-c code`."""
    rest = list(arguments)
    while rest and (rest[0] in IGNORED_FLAGS or rest[0] in ("-W", "-X")):
        rest = rest[2:] if rest[0] in ("-W", "-X") else rest[1:]
    for folder in reversed(os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        if folder:
            sys.path.insert(0, folder)
    if not rest:
        return guarded(lambda: _refuse("python3 was started without a script; give one"))
    head, *tail = rest
    if head == "-m":
        sys.argv = list(tail)
        sys.path.insert(0, os.getcwd())
        return guarded(lambda: runpy.run_module(tail[0], run_name="__main__", alter_sys=True))
    if head == "-c":
        sys.argv = ["-c", *tail[1:]]
        sys.path.insert(0, "")
        return guarded(lambda: exec(compile(tail[0], "<string>", "exec"), {"__name__": "__main__"}))
    sys.argv = [head, *tail]
    if not Path(head).exists():
        return guarded(lambda: _refuse(f"python3: can't open file '{head}': no such file"))
    if Path(head).is_file() and not head.endswith(".zip"):
        sys.path.insert(0, str(Path(head).resolve().parent))
    return guarded(lambda: runpy.run_path(head, run_name="__main__"))


def execute(arguments: Sequence[str]) -> int:
    """Becomes another program; returns only when there is none of that name."""
    try:
        os.execvp(arguments[0], list(arguments))
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=sys.stderr)
        return 127
