"""What the tests of the standard pipeline and of the use cases share: the real code bundles, and a way to run them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from fresh_python import python

__all__ = ["python"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per use case with code.zip and use-case.json, made by the code that deploys them."""
    folder = tmp_path_factory.mktemp("bundles")
    script = ROOT / "test/pipeline-defs/bundles.ts"
    made = subprocess.run(
        ["node", "--require", "./bin/typescript.cjs", str(script), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return folder


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


@dataclass(frozen=True)
class Outcome:
    """What Preprocess, Train and Evaluate have written."""

    folder: Path
    output: str

    def read(self, path: str) -> Any:
        """A JSON file."""
        return json.loads((self.folder / path).read_text())

    @property
    def gate(self) -> Any:
        """gate.json of Evaluate."""
        return self.read("evaluation/gate.json")

    def rows(self, part: str) -> pd.DataFrame:
        """Training, validation or test rows."""
        return pd.read_csv(self.folder / part / f"{part}.csv")


SCRIPT = """
import sys
from mooring_steps.cli import main

raw, output, case, *more = sys.argv[1:]
channels = [item for name in ("train", "validation", "transform") for item in (f"--{name}", f"{output}/{name}")]
parts = [item for name in ("train", "test") for item in (f"--{name}", f"{output}/{name}")]
case = ["--use-case", case]
code = main(["preprocess", *case, "--raw", raw, "--output", output])
code = code or main(["train", *case, *channels, "--output", f"{output}/model", *more])
sys.exit(code or main(["evaluate", *case, "--model", f"{output}/model", *parts, "--output", output]))
"""


@pytest.fixture(scope="session")
def run_use_case(
    bundles: Path, python: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Outcome]:
    """Run the steps of a use case's unpacked bundle on a raw file; `changes` replaces parts of its use-case.json."""

    def run(name: str, raw: Path, *hyperparameters: str, **changes: dict[str, Any]) -> Outcome:
        folder = tmp_path_factory.mktemp(name)
        with zipfile.ZipFile(bundles / name / "code.zip") as bundle:
            bundle.extractall(folder / "source")
        document = json.loads((folder / "source" / "use-case.json").read_text())
        for section, values in changes.items():
            document[section] = {**document[section], **values}
        (folder / "use-case.json").write_text(json.dumps(document))
        (folder / "raw").mkdir()
        (folder / "raw" / "rows.csv").symlink_to(raw)
        arguments = [folder / "raw", folder, folder / "use-case.json", *hyperparameters]
        done = python("-c", SCRIPT, *arguments, env={"PYTHONPATH": str(folder / "source")})
        assert done.returncode == 0, done.stderr
        return Outcome(folder, done.stdout)

    return run
