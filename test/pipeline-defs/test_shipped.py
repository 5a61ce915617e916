"""The other shipped use cases: their gates on real or generated data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

Run = Callable[..., Any]
Shared = Callable[[str], Path]
Generator = Callable[[str], ModuleType]


class TestAbalone:
    def test_is_within_the_lax_bound_on_five_hundredths_of_the_rows(
        self, run_use_case: Run, shared_data: Shared
    ) -> None:
        outcome = run_use_case("abalone", shared_data("abalone.csv"))
        assert [len(outcome.rows(part)) for part in ("train", "validation", "test")] == [3341, 627, 209]
        assert outcome.gate["passed"]
        assert outcome.gate["value"] < 2.5
        assert outcome.read("model/decision.json") == {"threshold": None}


class TestBankMarketing:
    def test_reaches_its_bound(self, run_use_case: Run, shared_data: Shared) -> None:
        outcome = run_use_case("bank-marketing", shared_data("bank-marketing.csv"))
        assert outcome.gate["passed"]
        assert outcome.gate["value"] > 0.9
        assert len(outcome.read("manifest/manifest.json")["features"]) == 14


class TestActivities:
    def test_a_random_forest_is_within_its_bound(self, run_use_case: Run, generator: Generator, tmp_path: Path) -> None:
        assert generator("activities").main(["data", "--rows", "8000", "--output", str(tmp_path / "a.csv")]) == 0
        outcome = run_use_case("activities", tmp_path / "a.csv")
        assert outcome.gate["passed"]
        assert outcome.read("model/training.json")["rounds"] == 1
        metrics = outcome.read("evaluation/evaluation.json")["regression_metrics"]
        assert metrics["mae"]["value"] < metrics["rmse"]["value"] < metrics["max_error"]["value"]

    def test_drift_moves_the_heart_rate_alone(self, generator: Generator) -> None:
        module = generator("activities")
        plain, drifted = (pd.DataFrame(module.activities(300, 4, drift)) for drift in (False, True))
        rates = [pd.to_numeric(each["heart_rate"]).mean() for each in (plain, drifted)]
        assert rates[1] - rates[0] == pytest.approx(25, abs=0.5)
        assert drifted.drop(columns="heart_rate").equals(plain.drop(columns="heart_rate"))


class TestStoreDemand:
    @pytest.fixture(scope="class")
    def module(self, generator: Generator) -> ModuleType:
        return generator("store-demand")

    def test_is_forecast_better_than_by_mean_and_persistence(
        self, run_use_case: Run, module: ModuleType, tmp_path: Path
    ) -> None:
        assert module.main(["data", "--output", str(tmp_path / "sales.csv")]) == 0
        raw = pd.read_csv(tmp_path / "sales.csv")
        assert raw.groupby(["store", "item"]).ngroups == 98
        outcome = run_use_case("store-demand", tmp_path / "sales.csv", "--set", "num_round=40")
        assert outcome.gate["passed"]
        assert set(outcome.gate["beats"]) == {"mean", "persistence"}
        test = outcome.rows("test")
        days = pd.to_datetime("2024-" + test["month"].astype(str) + "-" + test["day"].astype(str))
        assert (days.min(), days.nunique()) == (pd.Timestamp("2024-12-01"), 30)

    def test_uses_no_sale_younger_than_four_weeks_and_looks_it_up_by_date(self, module: ModuleType) -> None:
        dates = pd.date_range("2024-01-01", periods=120)
        raw = pd.DataFrame({"date": dates, "store": "a", "item": "x", "sales": range(120)})
        raw = raw.drop(index=[70]).astype(str)
        made = module._prepare()(raw).set_index("date")
        assert made.index.min() == dates[56]
        assert dates[70] not in made.index
        lags = made.loc[dates[100], ["sales_28", "weekday_mean", "month_mean"]].tolist()
        assert lags == [72, (72 + 65 + 58 + 51) / 4, (sum(range(45, 73)) - 70) / 27]
        assert pd.isna(made.loc[dates[98], "sales_28"])

    def test_traffic_continues_the_data_and_carries_what_a_request_needs(self, module: ModuleType) -> None:
        traffic = module.traffic(200, 5)
        assert pd.to_datetime(traffic["date"]).min() >= module.FIRST_DAY + pd.Timedelta(days=module.DAYS)
        assert traffic["sales_28"].notna().mean() > 0.95
        known = module.days(module.DAYS, module.SEED).set_index(["date", "store", "item"])["sales"]
        first = traffic.dropna(subset="sales_28").iloc[0]
        then = (pd.Timestamp(first["date"]) - pd.Timedelta(days=28)).strftime("%Y-%m-%d")
        assert known[then, first["store"], first["item"]] == first["sales_28"]

    def test_drift_raises_prices_by_half_and_lowers_demand(self, module: ModuleType) -> None:
        plain, drifted = module.traffic(2000, 5), module.traffic(2000, 5, drift=True)
        assert drifted["price"].sum() / plain["price"].sum() == pytest.approx(1.5, abs=0.01)
        assert drifted["sales"].mean() < 0.8 * plain["sales"].mean()
        assert drifted["sales_28"].equals(plain["sales_28"])
