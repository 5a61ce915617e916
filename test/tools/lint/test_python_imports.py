"""The import rules of the Python packages: kept as they are, and each broken once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = ("python", "packages/local-account/python")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Python of the repository, free to be broken."""
    for source in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "tests", "*.html", "*.css")
        shutil.copytree(ROOT / source, tmp_path / source, ignore=ignored)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def check(root: Path) -> tuple[int, str]:
    script = ROOT / "tools/lint/python_imports.py"
    done = subprocess.run([sys.executable, str(script), str(root)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_rule_is_kept() -> None:
    code, text = check(ROOT)
    assert code == 0, text


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        (
            "mooring-monitor/src/mooring_monitor/answers.py",
            "from mooring_steps import texts",
            "the monitor and the steps do not know each other BROKEN",
        ),
        (
            "mooring-steps/src/mooring_steps/texts.py",
            "from mooring_monitor import answers",
            "the monitor and the steps do not know each other BROKEN",
        ),
        (
            "mooring-use-case/src/mooring_use_case/errors.py",
            "from mooring_steps import texts",
            "what both share imports neither BROKEN",
        ),
        (
            "mooring-steps/src/mooring_steps/texts.py",
            "import mooring_local",
            "no package knows who runs it BROKEN",
        ),
        (
            "mooring-monitor/src/mooring_monitor/readers/batch.py",
            "from mooring_monitor.drift import judge",
            "the monitor's folders import downwards BROKEN",
        ),
        (
            "mooring-monitor/src/mooring_monitor/new_place.py",
            "",
            "must be declared as a layer",
        ),
        (
            "mooring-steps/src/mooring_steps/errors.py",
            "from mooring_steps import transform",
            "no cycles between files or folders BROKEN",
        ),
        (
            "mooring-use-case/src/mooring_use_case/bundle.py",
            "import numpy",
            "mooring-use-case/pyproject.toml does not name 'numpy'",
        ),
    ],
)
def test_a_wrong_import_is_found(checkout: Path, file: str, line: str, rule: str) -> None:
    path = checkout / "python" / file
    before = path.read_text() if path.exists() else '"""A place that no rule names."""\n'
    path.write_text(f"{before}\n{line}\n")
    code, text = check(checkout)
    assert code == 1
    assert rule in text
