"""The code bundle as it is deployed: all steps of `credit-risk`, each as its own process."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mooring_steps.cli import main

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(bundles: Path, python: Run, generator: Callable[[str], ModuleType], tmp_path_factory: Any) -> Path:
    """A folder in which Preprocess, DataBias, Train and Evaluate have run."""
    folder: Path = tmp_path_factory.mktemp("run")
    module = generator("credit-risk")
    module.write(module.data(3000), folder / "raw" / "rows.csv")
    code, output = bundles / "credit-risk" / "code.zip", folder / "out"

    def step(*arguments: object) -> None:
        done = python(*arguments, cwd=folder)
        assert done.returncode == 0, done.stderr

    step(code, "preprocess", "--raw", folder / "raw", "--output", output)
    splits = [item for name in ("train", "validation", "test") for item in (f"--{name}", output / name)]
    step(code, "monitor", "bias", "--stage", "pre", *splits, "--output", output)
    step(code, "fairness-gate", "--analysis", output / "report", "--output", output / "fairness")
    channels = [item for name in ("train", "validation", "transform") for item in (f"--{name}", output / name)]
    step(code, "train", *channels, "--set", "num_round=30", "--output", folder / "model")
    with tarfile.open(folder / "model.tar.gz", "w:gz") as tar:
        tar.add(folder / "model", arcname=".")
    step(code, "evaluate", "--model", folder, *splits[:2], *splits[4:], "--output", output)
    return folder


class TestTheStepsOfABundle:
    def test_end_in_passed_gates(self, run: Path) -> None:
        fairness = json.loads((run / "out" / "fairness" / "gate" / "gate.json").read_text())
        quality = json.loads((run / "out" / "evaluation" / "gate.json").read_text())
        assert fairness["absolute"] == pytest.approx(0.031, abs=5e-4)
        assert fairness["passed"] is quality["passed"] is True

    def test_make_a_model_that_serves_with_the_code_inside_it(self, run: Path, python: Run) -> None:
        row = (run / "out" / "test" / "test.csv").read_text().splitlines()[1].rsplit(",", 1)[0]
        script = (
            "import sys; sys.path.insert(0, sys.argv[1] + '/code')\n"
            "import mooring_steps\n"
            "from inference import input_fn, model_fn, output_fn, predict_fn\n"
            "assert mooring_steps.__file__.startswith(sys.argv[1])\n"
            "answer = predict_fn(input_fn(sys.argv[2], 'text/csv'), model_fn(sys.argv[1]))\n"
            "print(output_fn(answer, 'text/csv')[0])"
        )
        done = python("-c", script, run / "model", row)
        assert done.returncode == 0, done.stderr
        written = (run / "out" / "predictions" / "predictions.csv").read_text().splitlines()[1].split(",")
        assert done.stdout.strip() == ",".join(written[-2:])


class TestTheCommandLine:
    def test_explains_itself(self, bundles: Path, python: Run, capsys: pytest.CaptureFixture[str]) -> None:
        done = python(bundles / "credit-risk" / "code.zip", "--help")
        assert (done.returncode, done.stdout[:11]) == (0, "usage: code")
        for command in ("preprocess", "train", "evaluate", "fairness-gate"):
            assert command in done.stdout
            assert main([command, "--help"]) == 0
            assert f"usage: code {command}" in capsys.readouterr().out

    def test_refuses_unknown_commands_and_missing_arguments(self, bundles: Path, python: Run) -> None:
        code = bundles / "credit-risk" / "code.zip"
        unknown, incomplete = python(code, "prepare"), python(code, "preprocess")
        assert unknown.returncode == incomplete.returncode == 2
        assert "invalid choice: 'prepare'" in unknown.stderr
        assert "required: --raw, --output" in incomplete.stderr
