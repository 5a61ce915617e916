"""credit-risk: the published figures, the traffic and what a model makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mooring_steps.artefact import Artefact, read_artefact
from mooring_steps.cli import main
from mooring_steps.metrics import auc
from mooring_steps.texts import texts_of
from mooring_steps.training import main as train


@pytest.fixture(scope="module")
def module(generator: Callable[[str], ModuleType]) -> ModuleType:
    return generator("credit-risk")


@pytest.fixture(scope="module")
def data(module: ModuleType) -> pd.DataFrame:
    return pd.DataFrame(module.data())


class TestTheData:
    def test_has_the_published_shares_and_means(self, data: pd.DataFrame) -> None:
        assert len(data) == 30_000
        assert f"{(data['CODE_GENDER'] == 'M').mean():.3f}" == "0.342"
        repaid = data.groupby("CODE_GENDER")["TARGET"].mean()
        assert f"{repaid['M']:.3f} {repaid['F']:.3f}" == "0.899 0.930"
        assert data["AMT_ANNUITY"].mean() == pytest.approx(27_715, abs=50)

    def test_has_exact_shares_whatever_the_seed(self, module: ModuleType, data: pd.DataFrame) -> None:
        other = pd.DataFrame(module.data(seed=5))
        assert not other.equals(data)
        counts = [each.groupby("CODE_GENDER")["TARGET"].agg(["size", "sum"]) for each in (data, other)]
        assert counts[0].equals(counts[1])

    def test_is_the_same_for_the_same_seed_and_has_the_columns_of_the_use_case(
        self, module: ModuleType, data: pd.DataFrame, bundles: Path, tmp_path: Path
    ) -> None:
        case = json.loads((bundles / "credit-risk" / "use-case.json").read_text())
        assert list(data) == [each["name"] for each in case["dataset"]["columns"]]
        paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
        for path in paths:
            assert module.main(["data", "--rows", "2000", "--output", str(path)]) == 0
        assert paths[0].read_bytes() == paths[1].read_bytes()

    def test_is_refused_without_rows(self, module: ModuleType, tmp_path: Path) -> None:
        with pytest.raises(SystemExit):
            module.main(["data", "--rows", "0", "--output", str(tmp_path / "x.csv")])


class TestTheBiasReport:
    def test_equals_the_published_figures_to_their_digits(
        self, module: ModuleType, bundles: Path, tmp_path: Path
    ) -> None:
        cli = pytest.importorskip("mooring_monitor.cli")
        case = str(bundles / "credit-risk" / "use-case.json")
        module.write(module.data(), tmp_path / "raw" / "rows.csv")
        arguments = ["--raw", str(tmp_path / "raw"), "--output", str(tmp_path / "out")]
        assert main(["preprocess", "--use-case", case, *arguments]) == 0
        parts = [
            item for name in ("train", "validation", "test") for item in (f"--{name}", str(tmp_path / "out" / name))
        ]
        output = ["--output", str(tmp_path / "out")]
        assert cli.main(["bias", "--stage", "pre", "--use-case", case, *parts, *output]) == 0
        report = json.loads((tmp_path / "out" / "report" / "analysis.json").read_text())
        (group,) = report["pre_training_bias_metrics"]["facets"]["CODE_GENDER"]
        values = {each["name"]: each["value"] for each in group["metrics"]}
        digits = {"CI": 2, "DPL": 3, "JS": 4, "KL": 3, "KS": 3, "LP": 3, "TVD": 3}
        assert {name: round(values[name], places) for name, places in digits.items()} == {
            "CI": 0.32,
            "DPL": 0.031,
            "JS": 0.0016,
            "KL": 0.006,
            "KS": 0.031,
            "LP": 0.044,
            "TVD": 0.031,
        }


class TestTraffic:
    def test_resembles_the_training_data(self, module: ModuleType, data: pd.DataFrame) -> None:
        traffic = pd.DataFrame(module.traffic(5000, 3))
        assert traffic["AMT_ANNUITY"].mean() == pytest.approx(data["AMT_ANNUITY"].mean(), rel=0.03)
        for column in ("FLAG_OWN_CAR", "CODE_GENDER", "NAME_INCOME_TYPE", "TARGET"):
            shares = [each[column].value_counts(normalize=True) for each in (traffic, data)]
            assert (shares[0] - shares[1]).abs().max() < 0.03

    def test_with_drift_moves_two_columns_and_nothing_else(self, module: ModuleType) -> None:
        plain, drifted = pd.DataFrame(module.traffic(100, 3)), pd.DataFrame(module.traffic(100, 3, drift=True))
        assert set(drifted["FLAG_OWN_CAR"]) == {"Y"}
        assert np.allclose(drifted["AMT_ANNUITY"] - plain["AMT_ANNUITY"], 120_000)
        rest = [name for name in plain if name not in ("FLAG_OWN_CAR", "AMT_ANNUITY")]
        assert drifted[rest].equals(plain[rest])

    def test_with_a_shift_of_concept_moves_labels_and_nothing_else(self, module: ModuleType) -> None:
        plain, shifted = pd.DataFrame(module.traffic(500, 3)), pd.DataFrame(module.traffic(500, 3, concept_shift=True))
        assert shifted.drop(columns="TARGET").equals(plain.drop(columns="TARGET"))
        assert (shifted["TARGET"] != plain["TARGET"]).mean() > 0.05


class TestAModel:
    @pytest.fixture(scope="class")
    def model(self, module: ModuleType, bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Artefact:
        folder = tmp_path_factory.mktemp("credit-risk")
        case = ["--use-case", str(bundles / "credit-risk" / "use-case.json")]
        module.write(module.data(), folder / "raw" / "rows.csv")
        assert main(["preprocess", *case, "--raw", str(folder / "raw"), "--output", str(folder)]) == 0
        channels = [item for name in ("train", "validation", "transform") for item in (f"--{name}", str(folder / name))]
        assert train([*case, *channels, "--model-dir", str(folder / "model")], {}) == 0
        arguments = ["--model", str(folder / "model"), "--test", str(folder / "test"), "--output", str(folder)]
        assert main(["evaluate", *case, *arguments]) == 0
        gate = json.loads((folder / "evaluation" / "gate.json").read_text())
        assert gate["passed"]
        assert gate["value"] == pytest.approx(0.75, abs=0.02)
        return read_artefact(folder / "model")

    def judge(self, model: Artefact, columns: dict[str, Any]) -> float:
        table = {name: texts_of(columns[name].tolist()) for name in model.transform.names}
        scores = model.predict(table).scores
        assert scores is not None
        return auc(columns["TARGET"].astype(float), scores)

    def test_holds_on_ordinary_traffic(self, module: ModuleType, model: Artefact) -> None:
        assert self.judge(model, module.traffic(4000, 8)) > 0.7

    def test_breaks_when_the_concept_shifts(self, module: ModuleType, model: Artefact) -> None:
        assert self.judge(model, module.traffic(4000, 8, concept_shift=True)) < 0.5
