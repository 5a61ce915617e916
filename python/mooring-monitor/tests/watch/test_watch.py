"""The scheduled run on captured windows."""

from __future__ import annotations

import io
import json
import math
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.response import StreamingBody
from mooring_monitor.cli import main
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import Window, window_sources
from mooring_monitor.records import Metric
from mooring_monitor.watch.publish import publish
from mooring_monitor.watch.rows import joined_rows
from mooring_monitor.watch.run import Run
from mooring_use_case.use_case import UseCase

Rows = Callable[..., pd.DataFrame]
Captured = Callable[..., None]

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


@pytest.fixture
def baseline(tmp_path: Path, rows: Rows, use_case_file: str) -> Path:
    rows(5_000).to_csv(tmp_path / "train.csv", index=False)
    folder = tmp_path / "baseline"
    assert (
        main(["profile", "--use-case", use_case_file, "--data", str(tmp_path / "train.csv"), "--output", str(folder)])
        == 0
    )
    return folder


@pytest.fixture
def watch(tmp_path: Path, baseline: Path, use_case_file: str) -> Callable[[], dict[str, Any]]:
    """Runs `watch --kind data` for the hour before noon and returns its report and metrics."""

    def run(*more: str) -> dict[str, Any]:
        output = tmp_path / "found"
        arguments = [
            *("watch", "--use-case", use_case_file, "--kind", "data", "--baseline", str(baseline)),
            *(
                "--capture",
                str(tmp_path / "capture"),
                "--endpoint",
                "loans-endpoint",
                "--schedule",
                "loans-data-monitor",
            ),
            *("--window-end", "2026-01-31T12:00:00Z", "--output", str(output), "--no-publish", *more),
        ]
        assert main(arguments) == 0
        found: dict[str, Any] = json.loads((output / "drift_report.json").read_text())
        written = json.loads((output / "metrics.json").read_text())["metrics"]
        return {**found, "metrics": {each["name"]: each["value"] for each in written}}

    return run


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["verdict"] for each in report["features"]}


class TestWindowLikeTheBaseline:
    @pytest.fixture
    def report(self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any]) -> Any:
        captured(tmp_path / "capture", rows(300, seed=1))
        return watch()

    def test_is_fine(self, report: Any) -> None:
        assert report["verdict"] == "ok"
        assert set(verdicts(report).values()) == {"ok"}
        assert report["violations"] == []

    def test_says_what_was_looked_at(self, report: Any) -> None:
        assert report["window"] == {"start": "2026-01-31T11:00:00Z", "end": "2026-01-31T12:00:00Z"}
        assert (report["endpoint"], report["dataset"]["rows"]) == ("loans-endpoint", 300)

    def test_publishes_rows_completeness_and_drift_of_every_feature(self, report: Any) -> None:
        metrics = report["metrics"]
        assert (metrics["captured_rows"], metrics["monitor_runs"]) == (300, 1)
        for feature in ("income", "age", "car", "region"):
            assert metrics[f"feature_non_null_{feature}"] == 1
            assert metrics[f"feature_baseline_drift_{feature}"] <= 0.1


class TestDriftedWindow:
    def test_names_the_feature_and_publishes_its_value(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any]
    ) -> None:
        captured(tmp_path / "capture", rows(300, seed=2, shift=1.5))
        report = watch()
        assert report["verdict"] == "breach"
        assert verdicts(report) == {"income": "breach", "age": "ok", "car": "ok", "region": "ok"}
        assert report["metrics"]["feature_baseline_drift_income"] > 0.3
        assert [each["constraint_check_type"] for each in report["violations"]] == ["baseline_drift_check"]


class TestMissingValues:
    def test_of_a_feature_are_published_beyond_what_its_baseline_lets_expect(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any]
    ) -> None:
        captured(tmp_path / "capture", rows(300, seed=2).assign(income=None))
        report = watch()
        assert report["verdict"] == "breach"
        assert verdicts(report)["income"] == "breach"
        assert "too empty to judge: income" in report["summary"]
        published = {name: value for name, value in report["metrics"].items() if name.startswith("feature_missing_")}
        # What the report calls a breach is above the alarm's bound of 0, and nothing else is.
        assert published == {
            "feature_missing_income": 1,
            **dict.fromkeys(("feature_missing_age", "feature_missing_car", "feature_missing_region"), 0),
        }


class TestWindowThatCannotBeJudged:
    def test_without_rows_is_skipped_and_says_so_in_metrics(self, watch: Callable[..., Any]) -> None:
        report = watch()
        assert report["verdict"] == "skipped"
        assert report["metrics"] == {"captured_rows": 0, "monitor_runs": 1}

    def test_with_few_rows_skips_every_feature(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any]
    ) -> None:
        captured(tmp_path / "capture", rows(30, seed=1, shift=3))
        report = watch()
        assert report["verdict"] == "skipped"
        assert {each["reason"] for each in report["features"]} == {"30 values in the window, at least 50 are needed"}
        assert not [name for name in report["metrics"] if "drift" in name]

    def test_with_mostly_unreadable_records_is_an_error(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any]
    ) -> None:
        captured(tmp_path / "capture", rows(100, seed=1))
        broken = tmp_path / "capture/loans-endpoint/AllTraffic/2026/01/31/11/01-00-000-b.jsonl"
        broken.write_text('{"captureData": {\n' * 150)
        report = watch()
        assert report["verdict"] == "error"
        assert report["dataset"]["skipped"] == {"invalid JSON line": 150}


class TestWindowOfTwoVersions:
    @pytest.fixture
    def deployed(self, baseline: Path) -> Callable[[str], None]:
        def write(time: str) -> None:
            (baseline / "manifest.json").write_text(json.dumps({"deployed_at": time, "version": 2}))

        return write

    def test_judges_the_live_one_only(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any], deployed: Callable[[str], None]
    ) -> None:
        # What drifted was asked before the new version was live.
        old, new = rows(300, seed=1, shift=3), rows(300, seed=2)
        captured(tmp_path / "capture", pd.concat([old, new]))
        assert watch()["verdict"] == "breach"
        deployed("2026-01-31T11:30:00Z")
        report = watch()
        assert (report["verdict"], report["dataset"]["rows"]) == ("ok", 300)
        assert report["dataset"]["notes"]["answered before the live version took all traffic, left out"] == 300
        assert "300 rows answered before the live version" in report["summary"]
        # Capture works: that no row is the live version's yet is no gap in it.
        assert report["metrics"]["captured_rows"] == 600

    def test_has_nothing_to_judge_before_the_live_one_is_asked(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any], deployed: Callable[[str], None]
    ) -> None:
        captured(tmp_path / "capture", rows(300, seed=1, shift=3))
        deployed("2026-01-31T12:00:00Z")
        report = watch()
        assert report["verdict"] == "skipped"
        assert report["summary"].startswith("No rows to judge; 300 rows answered before")
        assert report["metrics"]["captured_rows"] == 300

    def test_needs_a_readable_time(
        self,
        tmp_path: Path,
        rows: Rows,
        captured: Captured,
        watch: Callable[..., Any],
        deployed: Callable[[str], None],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        captured(tmp_path / "capture", rows(60))
        deployed("yesterday")
        with pytest.raises(AssertionError):
            watch()
        assert "deployed_at 'yesterday' is not an ISO-8601 time" in capsys.readouterr().err


class TestWindowBounds:
    def test_rows_of_the_hour_before_and_after_are_left_out(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any]
    ) -> None:
        for hour, count in ((11, 400), (12, 200), (13, 100)):
            end = datetime.fromisoformat(f"2026-01-31T{hour}:00:00+00:00")
            captured(tmp_path / f"{hour}", rows(count), end)
            (tmp_path / f"{hour}").rename(tmp_path / "capture") if hour == 11 else None
        folder = tmp_path / "capture/loans-endpoint/AllTraffic/2026/01/31"
        for hour in (12, 13):
            source = tmp_path / f"{hour}/loans-endpoint/AllTraffic/2026/01/31"
            for each in source.iterdir():
                each.rename(folder / each.name)
        assert watch()["dataset"]["rows"] == 200

    @pytest.mark.parametrize(("end", "length"), [("yesterday", "1h"), ("2026-01-31T12:00:00Z", "an hour")])
    def test_unreadable_bounds_are_bad_usage(
        self,
        end: str,
        length: str,
        tmp_path: Path,
        baseline: Path,
        use_case_file: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        arguments = [
            *(
                "watch",
                "--use-case",
                use_case_file,
                "--kind",
                "data",
                "--baseline",
                str(baseline),
                "--capture",
                "nowhere",
            ),
            *("--endpoint", "e", "--schedule", "s", "--window-end", end, "--window", length, "--output", str(tmp_path)),
        ]
        assert main(arguments) == 2
        assert "watch: window" in capsys.readouterr().err

    def test_a_time_without_zone_is_utc(self) -> None:
        assert Window.ending("2026-01-31T12:00:00", "2h") == Window.ending("2026-01-31T12:00:00Z", "120m")


class TestPredictions:
    def test_drift_of_answers_is_judged_against_the_confusion_matrix(
        self, tmp_path: Path, rows: Rows, captured: Captured, baseline: Path, watch: Callable[..., Any]
    ) -> None:
        matrix = {"0": {"0": 700, "1": 50}, "1": {"0": 100, "1": 150}}
        (baseline / "evaluation.json").write_text(json.dumps({"confusion_matrix": matrix}))
        captured(tmp_path / "capture", rows(300, seed=1))
        (prediction,) = watch()["predictions"]
        # Every captured answer is 1; on the test set 200 of 1,000 were.
        assert (prediction["name"], prediction["verdict"]) == ("prediction", "breach")
        assert prediction["value"] == pytest.approx(0.8 - 1.8 * math.sqrt(1_300 / 300_000))

    @pytest.fixture
    def answered(self, tmp_path: Path, baseline: Path, use_case_file: str) -> None:
        """A test set on which four of five answers were 0, with low scores."""
        lines = [f"1,1,a,1,0,{int(i % 5 == 0)},{0.1 + 0.8 * (i % 5 == 0)}" for i in range(500)]
        table = tmp_path / "predictions/predictions.csv"
        table.parent.mkdir()
        table.write_text("\n".join(["income,age,car,region,repaid,prediction,score", *lines]))
        step = ["quality", "--stage", "baseline", "--use-case", use_case_file, "--predictions", str(table.parent)]
        assert main([*step, "--output", str(tmp_path / "quality")]) == 0
        shutil.copy(tmp_path / "quality/baseline/prediction_statistics.json", baseline)

    def test_drift_of_answers_and_scores_is_judged_against_those_on_the_test_set(
        self, tmp_path: Path, rows: Rows, captured: Captured, watch: Callable[..., Any], answered: None
    ) -> None:
        captured(tmp_path / "capture", rows(300, seed=1))
        report = watch()
        found = {each["name"]: (each["verdict"], each["value"]) for each in report["predictions"]}
        corrected = 0.8 - 1.8 * math.sqrt(800 / 150_000)
        assert found["prediction"] == ("breach", pytest.approx(corrected))
        assert found["score"][0] == "breach"
        assert report["verdict"] == "breach"
        assert report["metrics"]["feature_baseline_drift_prediction"] == pytest.approx(corrected)

    def test_a_use_case_may_give_the_answers_a_detector_and_a_threshold(
        self,
        tmp_path: Path,
        rows: Rows,
        captured: Captured,
        watch: Callable[..., Any],
        answered: None,
        document: dict[str, Any],
        use_case_file: str,
    ) -> None:
        document["monitoring"]["features"] = [{"name": "prediction", "detector": "psi", "threshold": 9}]
        Path(use_case_file).write_text(json.dumps(document))
        captured(tmp_path / "capture", rows(300, seed=1))
        prediction, score = watch()["predictions"]
        assert (prediction["detector"], prediction["threshold"], prediction["monitored"]) == ("psi", 9, True)
        assert prediction["verdict"] != "breach"
        assert not score["monitored"]


class TestJoinedRows:
    @pytest.fixture
    def gathered(self, tmp_path: Path, rows: Rows, captured: Captured, use_case: UseCase) -> Any:
        captured(tmp_path / "capture", rows(4), inference_ids=["a", "b", "c", "d"])
        truth = tmp_path / "truth/2026/01/31/11"
        truth.mkdir(parents=True)
        labels = [("a", "yes"), ("b", "no"), ("e2", "yes"), ("a", "no"), ("d", "maybe")]
        lines = [
            {
                "groundTruthData": {"data": value, "encoding": "CSV"},
                "eventMetadata": {"eventId": event},
                "eventVersion": "0",
            }
            for event, value in labels
        ]
        (truth / "l.jsonl").write_text("\n".join(json.dumps(each) for each in lines))
        window = Window.ending("2026-01-31T12:00:00Z", "1h")
        names = ("loans-endpoint", "AllTraffic", "loans-quality-monitor")
        watched = Watched.of_endpoint(str(tmp_path / "capture"), *names[:2])
        return joined_rows(Run(use_case, window, watched, *names, tmp_path, str(tmp_path / "truth")), Skips())

    def test_labels_are_joined_by_inference_id_or_event_id_and_the_last_one_counts(self, gathered: Any) -> None:
        assert gathered.labels.tolist()[:3] == [0, 0, 1]
        assert math.isnan(gathered.labels.tolist()[3])

    def test_what_cannot_be_a_label_is_counted_and_never_judged(self, gathered: Any) -> None:
        assert gathered.invalid_labels == 1
        assert gathered.coverage == 0.75
        assert "1 labels are invalid and were not judged" in gathered.remark

    def test_features_and_answers_are_typed(self, gathered: Any) -> None:
        assert gathered.features.dtypes.astype(str).to_dict() == {
            "income": "float64",
            "age": "float64",
            "car": "object",
            "region": "object",
        }
        assert gathered.predictions.tolist() == [1, 1, 1, 1]
        assert gathered.scores.tolist() == [0.9] * 4

    def test_lag_is_the_time_from_answer_to_label(self, gathered: Any) -> None:
        # The label file carries no time of its own: it counts as written at the start of its hour, before any answer.
        assert gathered.label_lag.tolist()[:3] == [0, 0, 0]


class S3:
    """Objects by key, listed two to a page."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        assert Bucket == "data"
        keys = sorted(each for each in self.objects if each.startswith(Prefix))
        yield {}
        for start in range(0, len(keys), 2):
            yield {"Contents": [{"Key": key, "LastModified": NOON, "Size": 1} for key in keys[start : start + 2]]}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        content = self.objects[Key]
        body: Any = StreamingBody
        return {"Body": body(io.BytesIO(content), len(content))}


class TestCaptureInS3:
    def test_is_read_hour_by_hour_and_joined_with_labels_at_their_arrival(
        self, record: Callable[..., dict[str, Any]], use_case: UseCase, tmp_path: Path
    ) -> None:
        def line(index: int, time: str) -> bytes:
            return json.dumps(record(f"{index},30,Y,1", event=f"e{index}", inferenceTime=time)).encode() + b"\n"

        prefix = "loans/capture/loans-endpoint/AllTraffic/2026/01/31"
        label = {"groundTruthData": {"data": "yes", "encoding": "CSV"}, "eventMetadata": {"eventId": "e2"}}
        s3 = S3(
            {
                f"{prefix}/10/a.jsonl": line(0, "2026-01-31T10:59:59Z"),
                f"{prefix}/11/a.jsonl": line(1, "2026-01-31T11:00:00Z") + line(2, "2026-01-31T11:30:00Z"),
                f"{prefix}/11/b.jsonl": line(3, "2026-01-31T11:40:00Z"),
                f"{prefix}/11/c.jsonl": line(3, "2026-01-31T11:40:00Z"),
                f"{prefix}/12/a.jsonl": line(4, "2026-01-31T11:59:59Z") + line(5, "2026-01-31T12:00:00Z"),
                "loans/ground-truth/2026/01/31/11/l.jsonl": json.dumps(label).encode(),
            }
        )
        window = Window.ending("2026-01-31T12:00:00Z", "1h")
        names = ("loans-endpoint", "AllTraffic", "loans-quality-monitor")
        watched = Watched.of_endpoint("s3://data/loans/capture", *names[:2])
        skips = Skips()
        run = Run(use_case, window, watched, *names, tmp_path, "s3://data/loans/ground-truth", s3=s3)
        rows = joined_rows(run, skips)
        assert rows.features["income"].tolist() == [1, 2, 3, 4]
        assert rows.labels.fillna(-1).tolist() == [-1, 1, -1, -1]
        assert rows.label_lag.tolist()[1] == 1_800
        assert skips.counts == {"repeated record": 1}


class TestHoursInS3:
    class Listing(S3):
        """Remembers what was asked for."""

        def __init__(self, objects: dict[str, bytes]) -> None:
            super().__init__(objects)
            self.asked: list[str] = []

        def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
            self.asked.append(Prefix)
            return super().paginate(Bucket, Prefix)

    def test_whole_days_are_listed_at_once_and_the_rest_by_the_hour(self) -> None:
        hours = ["01/30/23", "01/31/00", "01/31/12", "01/31/23", "02/01/00", "02/01/01"]
        s3 = self.Listing({f"c/2026/{each}/a.jsonl": b"" for each in hours})
        found = window_sources("s3://data/c", Window.ending("2026-02-01T00:00:00Z", "1d").hours, s3)
        assert [each.name[17:-8] for each in found] == hours[1:5]
        assert s3.asked == ["c/2026/01/31/", "c/2026/02/01/00/"]


class TestPublish:
    class CloudWatch:
        def __init__(self) -> None:
            self.calls: list[dict[str, Any]] = []

        def put_metric_data(self, **call: Any) -> None:
            self.calls.append(call)

    def test_sends_batches_without_timestamp(self) -> None:
        cloudwatch = self.CloudWatch()
        metrics = [Metric(f"m{index}", index) for index in range(1_200)]
        assert publish(metrics, "data", "loans-endpoint", "loans-data-monitor", cloudwatch) == 1_200
        assert [len(each["MetricData"]) for each in cloudwatch.calls] == [500, 500, 200]
        first = cloudwatch.calls[0]
        assert first["Namespace"] == "aws/sagemaker/Endpoints/data-metrics"
        assert first["MetricData"][1] == {
            "MetricName": "m1",
            "Dimensions": [
                {"Name": "Endpoint", "Value": "loans-endpoint"},
                {"Name": "MonitoringSchedule", "Value": "loans-data-monitor"},
            ],
            "Value": 1.0,
            "Unit": "None",
        }

    def test_maps_infinities_and_leaves_out_what_is_no_number(self) -> None:
        cloudwatch = self.CloudWatch()
        metrics = [Metric("a", math.inf), Metric("b", -math.inf), Metric("c", math.nan)]
        assert publish(metrics, "bias", "e", "s", cloudwatch) == 2
        assert [each["Value"] for each in cloudwatch.calls[0]["MetricData"]] == [2.348543e108, -2.348543e108]
