"""The monitor's steps, run from the zipped code bundle with the arguments of docs/architecture.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Run = Callable[..., Any]


@dataclass(frozen=True)
class Job:
    """A folder in which the steps before the monitor's have run, and a way to run the monitor there."""

    work: Path
    step: Callable[..., str]

    def monitor(self, *arguments: str) -> str:
        """Run a command of the monitor; @ in an argument is the folder. Returns what it printed."""
        return self.step("monitor", *(each.replace("@", f"{self.work}/") for each in arguments))

    def read(self, path: str) -> Any:
        """A JSON file below the folder."""
        return json.loads((self.work / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def job(bundles: Path, python: Run, generator: Callable[[str], ModuleType], tmp_path_factory: Any) -> Job:
    """credit-risk on 3,000 rows, prepared, trained and evaluated."""
    work: Path = tmp_path_factory.mktemp("work")
    module = generator("credit-risk")
    module.write(module.data(3000), work / "raw/rows.csv")

    def step(*arguments: str) -> str:
        done = python(bundles / "credit-risk/code.zip", *arguments, cwd=work)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    step("preprocess", "--raw", f"{work}/raw", "--output", f"{work}/prepared")
    channels = ("train", "validation", "transform")
    folders = [part for name in channels for part in (f"--{name}", f"{work}/prepared/{name}")]
    step("train", *folders, "--set", "num_round=30", "--output", f"{work}/model")
    step("evaluate", "--model", f"{work}/model", "--test", f"{work}/prepared/test", "--output", f"{work}/evaluated")
    return Job(work, step)


def test_data_bias_reads_all_splits_and_writes_its_gate(job: Job) -> None:
    splits = [part for name in ("train", "validation", "test") for part in (f"--{name}", f"@prepared/{name}")]
    said = job.monitor("bias", "--stage", "pre", *splits, "--output", "@data-bias")
    assert said.startswith("3000 rows")
    gate = job.read("data-bias/report/gate.json")
    assert (gate["metric"], gate["facet"]) == ("DPL", "CODE_GENDER")
    assert gate["absolute"] == pytest.approx(0.0313, abs=5e-4)


def test_model_quality_agrees_with_the_evaluation(job: Job) -> None:
    job.monitor("quality", "--stage", "baseline", "--predictions", "@evaluated/predictions", "--output", "@quality")
    mine = job.read("quality/baseline/statistics.json")["binary_classification_metrics"]
    theirs = job.read("evaluated/evaluation/evaluation.json")["binary_classification_metrics"]
    for name, entry in theirs.items():
        assert mine[name]["value"] == pytest.approx(entry["value"], abs=1e-9), name


def test_model_bias_has_every_metric(job: Job) -> None:
    job.monitor("bias", "--stage", "post", "--predictions", "@evaluated/predictions", "--output", "@model-bias")
    facets = job.read("model-bias/baseline/analysis.json")["post_training_bias_metrics"]["facets"]
    metrics = {each["name"]: each for each in facets["CODE_GENDER"][0]["metrics"]}
    assert len(metrics) == 13
    assert isinstance(metrics["FT"]["value"], float)


def test_explain_ranks_the_columns_of_the_yaml(job: Job) -> None:
    inputs = ["--model", "@model", "--train", "@prepared/train", "--test", "@prepared/test"]
    job.monitor("explain", *inputs, "--output", "@explained")
    label = job.read("explained/baseline/analysis.json")["explanations"]["tree_shap"]["label0"]
    ranked = sorted(label["global_shap_values"], key=lambda name: -label["global_shap_values"][name])
    assert {"EXT_SOURCE_2", "EXT_SOURCE_3"} & set(ranked[:3])
    assert "SK_ID_CURR" not in ranked


def test_report_is_rendered_from_inside_the_zip(job: Job) -> None:
    job.monitor("bias", "--stage", "post", "--predictions", "@evaluated/predictions", "--output", "@again")
    job.monitor("report", "--input", "@again/baseline", "--output", "@page.html")
    page = (job.work / "page.html").read_text(encoding="utf-8")
    assert "After training: CODE_GENDER = M" in page
