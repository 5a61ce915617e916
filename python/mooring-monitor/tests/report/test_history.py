"""What earlier runs found, carried from run to run."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mooring_monitor.cli import main
from mooring_monitor.readers.window import Window
from mooring_monitor.records import Metric, WatchOutcome
from mooring_monitor.report.history import FILE, LENGTH, Point, earlier_runs, read_history_file, write_history
from mooring_use_case.use_case import UseCase

WINDOW = Window.ending("2026-01-31T12:00:00Z", "1h")


def after(hours: int) -> Window:
    return Window(WINDOW.start + timedelta(hours=hours), WINDOW.end + timedelta(hours=hours))


def outcome(value: float) -> WatchOutcome:
    facet = Metric("f1", 0.1, dimensions={"Facet": "x"})
    return WatchOutcome("ok", "fine", [Metric("f1", value), facet, Metric("captured_rows", 9)])


def filed(root: Path, window: Window, value: float, use_case: UseCase, baseline: Path | None = None) -> Path:
    """A run of the quality monitor at the end of a window."""
    folder = root / window.end.strftime("%Y-%m-%dT%H:%M:%SZ")
    write_history(folder, earlier_runs(str(root), window), outcome(value), "quality", use_case, window, baseline)
    return folder


class TestRunsOfASchedule:
    def test_each_finds_those_before_it(self, tmp_path: Path, use_case: UseCase) -> None:
        for hour in range(3):
            last = filed(tmp_path, after(hour), 0.9 - hour / 10, use_case)
        points = read_history_file(last / FILE).points
        assert [(each.when, each.metrics) for each in points] == [
            ("2026-01-31T12:00:00Z", {"f1": 0.9, "captured_rows": 9}),
            ("2026-01-31T13:00:00Z", {"f1": 0.8, "captured_rows": 9}),
            ("2026-01-31T14:00:00Z", {"f1": pytest.approx(0.7), "captured_rows": 9}),
        ]

    def test_that_is_repeated_is_there_once(self, tmp_path: Path, use_case: UseCase) -> None:
        for hour in (0, 1, 1):
            last = filed(tmp_path, after(hour), 0.9, use_case)
        assert len(read_history_file(last / FILE).points) == 2

    def test_keep_a_bounded_number(self, tmp_path: Path, use_case: UseCase) -> None:
        points = [Point(str(index)) for index in range(LENGTH + 20)]
        write_history(tmp_path, points, outcome(0.5), "quality", use_case, WINDOW, None)
        kept = read_history_file(tmp_path / FILE).points
        assert (len(kept), kept[-1].when) == (LENGTH, "2026-01-31T12:00:00Z")

    def test_pass_over_a_run_that_left_nothing_or_nonsense(self, tmp_path: Path, use_case: UseCase) -> None:
        filed(tmp_path, after(0), 0.9, use_case)
        (tmp_path / "2026-01-31T13:00:00Z").mkdir()
        (tmp_path / "2026-01-31T14:00:00Z").mkdir()
        (tmp_path / "2026-01-31T14:00:00Z" / FILE).write_text('{"runs": [{}]}')
        assert [each.metrics["f1"] for each in earlier_runs(str(tmp_path), after(3))] == [0.9]

    def test_know_which_version_was_live_and_where_the_alarm_fires(
        self, tmp_path: Path, document: dict[str, Any], use_case: UseCase
    ) -> None:
        document["monitoring"]["quality"] = {"metric": "f1", "bound": 0.6}
        (tmp_path / "manifest.json").write_text('{"version": 7}')
        history = read_history_file(filed(tmp_path / "runs", WINDOW, 0.9, use_case, tmp_path) / FILE)
        assert (history.points[0].version, history.bounds) == (7, {"f1": [0.6]})

    def test_of_the_data_keep_drift_of_what_has_an_alarm_only(self, tmp_path: Path, use_case: UseCase) -> None:
        found = [Metric(f"feature_baseline_drift_{name}", 0.1) for name in ("income", "age", "prediction")]
        write_history(tmp_path, [], WatchOutcome("ok", "", found), "data", use_case, WINDOW, None)
        (point,) = read_history_file(tmp_path / FILE).points
        assert set(point.metrics) == {"feature_baseline_drift_income", "feature_baseline_drift_prediction"}


class Store:
    """As much of S3 as a look back needs."""

    def __init__(self, objects: dict[str, str]) -> None:
        self.objects = objects
        self.asked: list[str] = []

    def get_paginator(self, name: str) -> Store:
        assert name == "list_objects_v2"
        return self

    def paginate(
        self, Bucket: str, Prefix: str, Delimiter: str | None = None, StartAfter: str = ""
    ) -> Iterator[dict[str, Any]]:
        keys = sorted(key for key in self.objects if key.startswith(Prefix) and key > StartAfter)
        if Delimiter is None:
            self.asked.append(Prefix)
            yield {"Contents": [{"Key": key} for key in keys]}
        else:
            names = sorted({key[len(Prefix) :].partition(Delimiter)[0] for key in keys})
            yield {"CommonPrefixes": [{"Prefix": f"{Prefix}{name}{Delimiter}"} for name in names]}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.objects[Key].encode())}


class TestRunsInS3:
    def test_are_looked_for_in_the_newest_folders_only(self) -> None:
        runs = {"runs": [{"when": "x", "metrics": {"f1": 0.5}}]}
        objects = {f"m/2026-01-{day:02}T12:00:00Z/{FILE}": json.dumps(runs) for day in range(1, 31)}
        objects["m/2026-01-31T11:00:00Z/metrics.json"] = "{}"
        store = Store(objects)
        assert [each.metrics for each in earlier_runs("s3://bucket/m", WINDOW, store)] == [{"f1": 0.5}]
        assert store.asked == ["m/2026-01-31T11:00:00Z/history.json", "m/2026-01-30T12:00:00Z/history.json"]


class TestReportOfARun:
    def test_shows_quality_over_time_with_bound_and_versions(
        self, tmp_path: Path, document: dict[str, Any], use_case: UseCase
    ) -> None:
        document["monitoring"]["quality"] = {"metric": "f1", "bound": 0.6}
        for hour, version in enumerate((1, 1, 2)):
            (tmp_path / "manifest.json").write_text(json.dumps({"version": version}))
            last = filed(tmp_path / "runs", after(hour), 0.9 - hour / 10, use_case, tmp_path)
        (last / "metrics.json").write_text(json.dumps({"verdict": "ok", "summary": "fine", "metrics": []}))
        page = tmp_path / "report.html"
        assert main(["report", "--input", str(last), "--output", str(page)]) == 0
        text = page.read_text()
        assert "Over time" in text
        assert "<title>2026-01-31T13:00:00Z: 0.8</title>" in text
        assert ">bound 0.6<" in text
        assert text.count(">v1<") == text.count(">v2<") > 0
