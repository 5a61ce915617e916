"""Compiled modules of zipped code, kept between jobs.

Python keeps what it compiled from files beside them, but nothing of what it imported from a zip: every job of a code
bundle would compile the same hundred modules again, which takes longer than many a job.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import zipimport
from collections.abc import Callable
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any


def keep_compiled(folder: Path) -> None:
    """From now on, modules imported from a zip are compiled once for all processes that name the same folder.

    Entries are named by the interpreter's version, the module's path and its source: changed code is compiled anew.
    """
    # The hook is private to zipimport; an interpreter that has none compiles each time, as it would without us.
    compiled: Any = getattr(zipimport, "_compile_source", None)
    if compiled is not None:
        zipimport._compile_source = kept(compiled, folder)  # type: ignore[attr-defined]


def kept(compiled: Callable[[str, bytes], CodeType], folder: Path) -> Callable[[str, bytes], CodeType]:
    """The same function with a memory in files."""

    def lookup(path: str, source: bytes) -> CodeType:
        entry = folder / hashlib.sha256(b"\0".join((MAGIC_NUMBER, path.encode(), source))).hexdigest()
        try:
            # Written by this account into its own folder, as Python writes its __pycache__.
            found = marshal.loads(entry.read_bytes())  # noqa: S302
        except (OSError, EOFError, ValueError, TypeError):
            code = compiled(path, source)
            _write(entry, marshal.dumps(code))
            return code
        return found if isinstance(found, CodeType) else compiled(path, source)

    return lookup


def _write(entry: Path, content: bytes) -> None:
    """Whole or not at all, since other jobs read at the same time; a full disk costs only time."""
    fresh = entry.with_name(f"{entry.name}.{os.getpid()}")
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        fresh.replace(entry)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
