"""Where the scheduled run finds the baselines of the live model."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from mooring_monitor.readers.live_baseline import fetch_baseline


class FakeS3:
    """Two calls of the S3 client, over a dictionary."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_paginator(self, _operation: str) -> FakeS3:
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:
        assert Bucket == "artifacts"
        return [{"Contents": [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]}]

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        assert Bucket == "artifacts"
        return {"Body": io.BytesIO(self.objects[Key])}


LIVE = "s3://artifacts/loans/live/production"


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert fetch_baseline(str(tmp_path), tmp_path / "unused") == tmp_path


def test_baselines_on_s3_are_fetched_with_their_contents(tmp_path: Path) -> None:
    objects = {
        "loans/live/production/manifest.json": b"{}",
        "loans/live/production/statistics.json": b'{"features": []}',
        "loans/live/staging/statistics.json": b"of another stage",
    }
    folder = fetch_baseline(LIVE, tmp_path / "baseline", FakeS3(objects))
    assert folder == tmp_path / "baseline"
    assert sorted(each.name for each in folder.iterdir()) == ["manifest.json", "statistics.json"]
    assert (folder / "statistics.json").read_bytes() == b'{"features": []}'


def test_nothing_is_live_until_the_manifest_is_written(tmp_path: Path) -> None:
    half = {"loans/live/production/statistics.json": b"{}"}
    assert fetch_baseline(LIVE, tmp_path / "baseline", FakeS3(half)) is None
