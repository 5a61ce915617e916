"""card-default: a use case that is YAML only, on the real file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from mooring_steps.cli import main
from mooring_steps.training import main as train


def test_reaches_its_bound_on_the_held_out_rows(
    bundles: Path, shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "clients.csv").write_bytes(shared_data("taiwan-credit-default.csv").read_bytes())
    case = ["--use-case", str(bundles / "card-default" / "use-case.json")]
    assert main(["preprocess", *case, "--raw", str(tmp_path / "raw"), "--output", str(tmp_path)]) == 0
    channels = [item for name in ("train", "validation", "transform") for item in (f"--{name}", str(tmp_path / name))]
    assert train([*case, *channels, "--model-dir", str(tmp_path / "model")], {}) == 0
    arguments = ["--model", str(tmp_path / "model"), "--test", str(tmp_path / "test"), "--output", str(tmp_path)]
    assert main(["evaluate", *case, *arguments]) == 0
    gate = json.loads((tmp_path / "evaluation" / "gate.json").read_text())
    assert gate["passed"]
    assert gate["value"] == pytest.approx(0.78, abs=0.015)
