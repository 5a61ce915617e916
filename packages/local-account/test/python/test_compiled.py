"""Modules imported from a zip are compiled once."""

from __future__ import annotations

from pathlib import Path
from types import CodeType

from mooring_local.compiled import kept


class Compiler:
    """Compiles, and counts how often."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, path: str, source: bytes) -> CodeType:
        self.calls += 1
        return compile(source, path, "exec")


def value(code: CodeType) -> object:
    names: dict[str, object] = {}
    exec(code, names)
    return names["x"]


def test_the_same_module_is_compiled_once_for_all_processes(tmp_path: Path) -> None:
    compiler = Compiler()
    for _ in range(3):
        code = kept(compiler, tmp_path / "kept")("/opt/code.zip/a.py", b"x = 1")
        assert (value(code), code.co_filename) == (1, "/opt/code.zip/a.py")
    assert compiler.calls == 1


def test_changed_code_and_code_elsewhere_is_compiled_anew(tmp_path: Path) -> None:
    compiler = Compiler()
    lookup = kept(compiler, tmp_path)
    lookup("/opt/code.zip/a.py", b"x = 1")
    assert value(lookup("/opt/code.zip/a.py", b"x = 2")) == 2
    assert lookup("/opt/code.zip/b.py", b"x = 1").co_filename == "/opt/code.zip/b.py"
    assert compiler.calls == 3


def test_a_damaged_entry_is_replaced(tmp_path: Path) -> None:
    compiler = Compiler()
    lookup = kept(compiler, tmp_path)
    lookup("a.py", b"x = 1")
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(b"cut sho")
    assert value(lookup("a.py", b"x = 1")) == 1
    assert compiler.calls == 2
    assert value(lookup("a.py", b"x = 1")) == 1
    assert compiler.calls == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert value(kept(Compiler(), tmp_path / "file" / "kept")("a.py", b"x = 1")) == 1
