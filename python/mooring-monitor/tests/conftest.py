"""A small use case, and files of its data as endpoints and people write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from installed import installed
from mooring_use_case.use_case import UseCase, parse_use_case

__all__ = ["installed"]

# How long an example takes is the machine's affair, not the code's.
settings.register_profile("mooring", deadline=None)
settings.load_profile("mooring")

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


@pytest.fixture
def document() -> dict[str, Any]:
    """A use case as JSON: two numbers, a whole number, two categories."""
    return {
        "name": "loans",
        "task": "binary",
        "dataset": {
            "columns": [
                {"name": "id", "type": "integer"},
                {"name": "income", "type": "number"},
                {"name": "age", "type": "integer"},
                {"name": "car", "type": "category"},
                {"name": "region", "type": "category", "categories": [1, 2, 3]},
                {"name": "repaid", "type": "category"},
            ],
            "label": "repaid",
            "key": "id",
            "positive": "yes",
        },
        "monitoring": {"min_sample": 50, "features": [{"name": "income", "threshold": 0.1}]},
    }


@pytest.fixture
def use_case(document: dict[str, Any]) -> UseCase:
    """The same, parsed."""
    return parse_use_case(document)


@pytest.fixture
def use_case_file(document: dict[str, Any], tmp_path: Path) -> str:
    """The same, as a file."""
    path = tmp_path / "use-case.json"
    path.write_text(json.dumps(document))
    return str(path)


@pytest.fixture
def rows() -> Callable[..., pd.DataFrame]:
    """Rows of the use case from one distribution; `shift` moves income by so many standard deviations."""

    def made(count: int, seed: int = 0, shift: float = 0.0) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        return pd.DataFrame(
            {
                "income": np.round(random.normal(3_000 + 800 * shift, 800, count), 2),
                "age": random.integers(18, 80, count),
                "car": random.choice(["Y", "N"], count, p=[0.4, 0.6]),
                "region": random.integers(1, 4, count),
            }
        )

    return made


@pytest.fixture
def record() -> Callable[..., dict[str, Any]]:
    """A capture record."""

    def made(
        data: str, answer: str | None = "1,0.9", event: str = "e", encoding: str = "CSV", **meta: Any
    ) -> dict[str, Any]:
        capture: dict[str, Any] = {
            "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": data, "encoding": encoding}
        }
        if answer is not None:
            capture["endpointOutput"] = {
                "observedContentType": "text/csv",
                "mode": "OUTPUT",
                "data": answer,
                "encoding": "CSV",
            }
        return {"captureData": capture, "eventMetadata": {"eventId": event, **meta}, "eventVersion": "0"}

    return made


@pytest.fixture
def captured(record: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Writes rows as capture files of an endpoint, one record per row, spread over the hour that ends at `end`."""

    def write(
        folder: Path, frame: pd.DataFrame, end: datetime = NOON, inference_ids: Sequence[str] | None = None
    ) -> None:
        step = timedelta(hours=1) / max(1, len(frame))
        by_hour: dict[Path, list[str]] = {}
        for index, row in enumerate(frame.itertuples(index=False)):
            time = end - timedelta(hours=1) + step * index
            meta: dict[str, Any] = {"inferenceTime": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
            if inference_ids is not None:
                meta["inferenceId"] = inference_ids[index]
            data = ",".join("" if pd.isna(each) else str(each) for each in row)
            line = json.dumps(record(data, event=f"e{index}", **meta))
            by_hour.setdefault(folder / time.strftime("loans-endpoint/AllTraffic/%Y/%m/%d/%H"), []).append(line)
        for hour, lines in by_hour.items():
            hour.mkdir(parents=True)
            (hour / "00-00-000-a.jsonl").write_text("\n".join(lines) + "\n")

    return write
