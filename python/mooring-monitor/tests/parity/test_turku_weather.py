"""B1's weather file: in its last 3,470 rows the condition 0, snow until then, means clear sky. Only labels tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xgboost
from mooring_monitor.drift.detectors import DETECTORS
from mooring_monitor.drift.judge import Plan
from mooring_monitor.drift.judge import judge as judge_drift
from mooring_monitor.json_file import read_json, write_documents, write_json
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import Statistics, statistics_of
from mooring_monitor.quality.analysis import Predicted, analyse_quality
from mooring_monitor.quality.monitor import MONITOR
from mooring_monitor.readers.batch import Batch
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import Window
from mooring_monitor.records import WatchOutcome
from mooring_monitor.watch.monitor import judge_rows
from mooring_monitor.watch.rows import JoinedRows
from mooring_monitor.watch.run import Run
from mooring_use_case.use_case import UseCase, parse_use_case

WEATHER = Path(__file__).parents[5] / "shared/data/turku-weather.csv"
FEATURES = ["Temperature_C", "Humidity", "Wind_speed_kmph", "Wind_bearing_degrees", "Visibility_km"]
#: Rows: training, undrifted production, production after the change.
TRAIN, CHANGE, END = 12_000, 15_819, 19_289

pytestmark = [
    pytest.mark.parity,
    pytest.mark.skipif(not WEATHER.is_file(), reason="the weather data (../shared/data) are not here"),
]


@pytest.fixture(scope="module")
def predicted() -> pd.DataFrame:
    """All rows with the label four rows ahead and the answers of a model that was trained on the first ones."""
    frame = pd.read_csv(WEATHER)
    frame["rain"] = frame["Current_weather_condition"].shift(-4)
    head = frame.iloc[: TRAIN - 4]
    data = xgboost.DMatrix(head[FEATURES], label=head["rain"])
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 4, "nthread": 1}, data, 40)
    frame["score"] = booster.predict(xgboost.DMatrix(frame[FEATURES])).astype(float)
    frame["prediction"] = (frame["score"] > 0.5).astype(float)
    return frame


@pytest.fixture(scope="module")
def weather() -> UseCase:
    columns = [{"name": name, "type": "number"} for name in [*FEATURES, "rain"]]
    return parse_use_case(
        {
            "name": "rain",
            "task": "binary",
            "dataset": {"columns": columns, "label": "rain", "positive": 1},
            "monitoring": {"quality": {"metric": "accuracy", "bound": 0.9}},
        }
    )


def judge(folder: Path, weather: UseCase, rows: pd.DataFrame) -> WatchOutcome:
    run = Run(
        use_case=weather,
        window=Window.ending("2026-01-02T00:00:00Z", "1d"),
        watched=Watched("nowhere"),
        endpoint="rain-endpoint",
        variant="AllTraffic",
        schedule="rain-quality-monitor",
        baseline=folder / "live",
    )
    joined = JoinedRows(
        features=rows[FEATURES].reset_index(drop=True),
        predictions=rows["prediction"].reset_index(drop=True),
        scores=rows["score"].reset_index(drop=True),
        labels=rows["rain"].reset_index(drop=True),
        label_lag=pd.Series(4 * 3600.0, index=range(len(rows))),
    )
    outcome, documents = judge_rows(MONITOR, run, joined)
    write_documents(folder / "output", documents)
    return outcome


def test_quality_finds_the_change_while_the_data_alone_let_expect_nothing(
    predicted: pd.DataFrame, weather: UseCase, tmp_path: Path
) -> None:
    before, after = predicted[TRAIN : CHANGE - 4], predicted[CHANGE : END - 4]
    reference = analyse_quality(
        Predicted(before[FEATURES], before["rain"], before["prediction"], before["score"]), weather
    )
    write_json(tmp_path / "live/evaluation.json", reference.statistics())

    undrifted = judge(tmp_path, weather, before[::2])
    assert undrifted.verdict == "ok", undrifted.summary

    changed = judge(tmp_path, weather, after)
    assert changed.verdict == "breach"
    assert "below the lowest allowed value 0.9" in changed.summary
    assert "not only the data, their meaning has changed" in changed.summary
    found = read_json(tmp_path / "output/statistics.json", "statistics")
    assert found["binary_classification_metrics"]["accuracy"]["value"] < 0.1
    # Temperatures of the last rows are summery, so single features drift; what that does to quality is next to nothing.
    expected = found["expected_from_scores"]["accuracy"]
    before_expected = reference.statistics()["expected_from_scores"]["accuracy"]
    assert abs(expected - before_expected) < 0.02
    # Nor do the answers drift: the L-infinity distance of the predicted labels stays far below its threshold of 0.1.
    assert abs(after["prediction"].mean() - before["prediction"].mean()) < 0.02


def test_data_drift_is_seen_in_the_features_but_neither_in_the_answers_nor_in_what_they_promise(
    predicted: pd.DataFrame,
) -> None:
    """The last rows are clear days of other years: a data monitor rings, and cannot tell that labels turned round."""

    def statistics(rows: pd.DataFrame) -> Statistics:
        profile = DatasetProfile(dict.fromkeys([*FEATURES, "score"], "number") | {"prediction": "category"})
        answers = rows["prediction"].astype(int).astype(str).tolist()
        columns = {name: pa.array(rows[name]) for name in [*FEATURES, "score"]}
        profile.add(Batch(len(rows), {**columns, "prediction": pa.array(answers)}))
        return statistics_of(profile)

    before, after = statistics(predicted[TRAIN : CHANGE - 4]), statistics(predicted[CHANGE : END - 4])
    wanted = [Plan(name, DETECTORS["robust"], None, False) for name in [*FEATURES, "score"]]
    wanted.append(Plan("prediction", DETECTORS["linf"], None, False))
    found = {each.name: each for each in judge_drift(before, after, wanted, 50)}
    assert found["Temperature_C"].verdict == "breach"
    assert found["prediction"].verdict != "breach"
    assert found["prediction"].value == pytest.approx(0, abs=0.02)


def test_every_window_after_the_change_is_a_breach_and_none_before(
    predicted: pd.DataFrame, weather: UseCase, tmp_path: Path
) -> None:
    starts = np.arange(TRAIN, END - 500, 500)
    verdicts = [judge(tmp_path, weather, predicted[start : start + 500]).verdict for start in starts]
    inside = [verdict for start, verdict in zip(starts, verdicts, strict=True) if start >= CHANGE]
    outside = [verdict for start, verdict in zip(starts, verdicts, strict=True) if start + 500 <= CHANGE]
    assert set(inside) == {"breach"}
    assert set(outside) == {"ok"}
