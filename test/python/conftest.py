"""What the tests of the steps and of the use cases share: the real code bundles and a way to run them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per use case with code.zip, sourcedir.tar.gz and use-case.json, made by the code that deploys them."""
    folder = tmp_path_factory.mktemp("bundles")
    script = ROOT / "test/python/bundles.ts"
    made = subprocess.run(
        ["node", "-r", "ts-node/register/transpile-only", str(script), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return folder


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


@pytest.fixture(scope="session")
def generator() -> Callable[[str], ModuleType]:
    """The generator module of a use case."""

    def load(use_case: str) -> ModuleType:
        path = ROOT / "pipeline-defs" / use_case / "generator.py"
        spec = importlib.util.spec_from_file_location(f"generator_{use_case.replace('-', '_')}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        # Dataclasses look their module up by name.
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A real data set beside the checkout; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared/data" / name
        if not path.exists():
            pytest.skip(f"../shared/data/{name} is absent")
        return path

    return find
