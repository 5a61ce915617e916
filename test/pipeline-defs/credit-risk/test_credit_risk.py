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
from mooring_monitor.cli import main as monitor
from mooring_steps.artefact import Artefact, read_artefact
from mooring_steps.cli import main
from mooring_steps.metrics import auc
from mooring_steps.texts import texts_of


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


@pytest.fixture(scope="module")
def case(bundles: Path) -> list[str]:
    return ["--use-case", str(bundles / "credit-risk" / "use-case.json")]


@pytest.fixture(scope="module")
def prepared(module: ModuleType, case: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the outputs of Preprocess."""
    folder = tmp_path_factory.mktemp("credit-risk")
    module.write(module.data(), folder / "raw" / "rows.csv")
    assert main(["preprocess", *case, "--raw", str(folder / "raw"), "--output", str(folder)]) == 0
    return folder


def folders(prepared: Path, *names: str) -> list[str]:
    return [item for name in names for item in (f"--{name}", str(prepared / name))]


class TestTheMonitor:
    def test_finds_the_published_bias_figures_to_their_digits(self, prepared: Path, case: list[str]) -> None:
        parts = folders(prepared, "train", "validation", "test")
        assert monitor(["bias", "--stage", "pre", *case, *parts, "--output", str(prepared)]) == 0
        report = json.loads((prepared / "report" / "analysis.json").read_text())
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

    @pytest.mark.parametrize(
        ("rows", "drift", "drifted"), [(500, False, []), (100, True, ["AMT_ANNUITY", "FLAG_OWN_CAR"])]
    )
    def test_finds_drift_in_exactly_the_columns_that_drift(
        self, module: ModuleType, prepared: Path, case: list[str], tmp_path: Path, rows: int, drift: bool, drifted: Any
    ) -> None:
        assert monitor(["profile", *case, *folders(prepared, "train"), "--output", str(tmp_path)]) == 0
        module.write(module.traffic(rows, 3, drift), tmp_path / "traffic.csv")
        data = ["--data", str(tmp_path / "traffic.csv"), "--baseline", str(tmp_path / "baseline")]
        assert monitor(["compare", *case, *data, "--output", str(tmp_path / "found")]) == 0
        report = json.loads((tmp_path / "found" / "drift_report.json").read_text())
        assert sorted(each["name"] for each in report["features"] if each["verdict"] == "breach") == drifted


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
    def model(self, prepared: Path, case: list[str]) -> Artefact:
        model = ["--output", str(prepared / "model")]
        assert main(["train", *case, *folders(prepared, "train", "validation", "transform"), *model]) == 0
        return read_artefact(prepared / "model")

    def test_passes_its_gate_with_an_auc_of_about_three_quarters(
        self, prepared: Path, case: list[str], model: Artefact
    ) -> None:
        assert model.threshold is not None
        arguments = [*folders(prepared, "model", "train", "test"), "--output", str(prepared)]
        assert main(["evaluate", *case, *arguments]) == 0
        gate = json.loads((prepared / "evaluation" / "gate.json").read_text())
        assert gate["passed"]
        assert gate["value"] == pytest.approx(0.75, abs=0.02)

    def judge(self, model: Artefact, columns: dict[str, Any]) -> float:
        table = {name: texts_of(columns[name].tolist()) for name in model.transform.names}
        scores = model.predict(table).scores
        assert scores is not None
        return auc(columns["TARGET"].astype(float), scores)

    def test_holds_on_ordinary_traffic(self, module: ModuleType, model: Artefact) -> None:
        assert self.judge(model, module.traffic(4000, 8)) > 0.7

    def test_breaks_when_the_concept_shifts(self, module: ModuleType, model: Artefact) -> None:
        assert self.judge(model, module.traffic(4000, 8, concept_shift=True)) < 0.5
