"""rain: the label looks forward, the split is by time, naive forecasts must be beaten."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

PREPARE = Path(__file__).parents[3] / "pipeline-defs" / "rain" / "steps" / "prepare.py"


@pytest.fixture(scope="module")
def prepare() -> Callable[[pd.DataFrame], pd.DataFrame]:
    spec = importlib.util.spec_from_file_location("prepare_rain", PREPARE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.prepare


def observations(*hours: tuple[int, str]) -> pd.DataFrame:
    """Observations of one day as (hour, condition)."""
    day = [{"Timestamp": f"2016-01-01 {hour:02}:00:00", "Current_weather_condition": rain} for hour, rain in hours]
    columns = ["Temperature_C", "Humidity", "Wind_speed_kmph", "Wind_bearing_degrees", "Visibility_km"]
    return pd.DataFrame(day).assign(**dict.fromkeys(columns, "1"), Pressure_millibars="0", Future_weather_condition="9")


class TestThePreparation:
    def test_labels_an_hour_with_the_weather_four_hours_later(self, prepare: Callable[..., pd.DataFrame]) -> None:
        made = prepare(observations((4, "1"), (0, "0"), (8, "0"), (1, "1"), (5, "1")))
        assert made["time"].dt.hour.tolist() == [0, 1, 4]
        assert made["raining"].tolist() == ["0", "1", "1"]
        assert made["rains_later"].tolist() == ["1", "1", "0"]

    def test_leaves_out_hours_without_a_later_one_and_double_observations(
        self, prepare: Callable[..., pd.DataFrame]
    ) -> None:
        made = prepare(observations((0, "0"), (0, "1"), (4, "1"), (5, "1")))
        assert made[["raining", "rains_later"]].values.tolist() == [["0", "1"]]

    def test_takes_a_pressure_of_zero_for_missing(self, prepare: Callable[..., pd.DataFrame]) -> None:
        assert prepare(observations((0, "0"), (4, "1")))["pressure"].tolist() == [""]


class TestTheRealWeather:
    @pytest.fixture(scope="class")
    def weather(self, shared_data: Callable[[str], Path]) -> Path:
        return shared_data("turku-weather.csv")

    def test_is_forecast_better_than_by_majority_and_persistence(
        self, run_use_case: Callable[..., Any], weather: Path
    ) -> None:
        outcome = run_use_case("rain", weather)
        assert outcome.gate["passed"]
        assert outcome.gate["beats"]["majority"]["value"] == pytest.approx(0.908, abs=0.001)
        assert outcome.gate["beats"]["persistence"]["value"] == pytest.approx(0.897, abs=0.001)
        times = {part: pd.to_datetime(outcome.rows(part)["observed_at"]) for part in ("train", "validation", "test")}
        assert times["train"].max() < times["validation"].min()
        assert times["validation"].max() < times["test"].min()

    def test_is_not_registered_when_the_threshold_saw_a_summer_only(
        self, run_use_case: Callable[..., Any], weather: Path
    ) -> None:
        outcome = run_use_case("rain", weather, training={"validation_size": 0.1})
        assert not outcome.gate["passed"]
        assert "majority has 0.9078, which it does not beat" in outcome.gate["message"]
