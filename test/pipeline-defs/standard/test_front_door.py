"""What the front door relies on: answers that name their version, monitors that leave its own requests out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture_record import parse_record
from mooring_steps.artefact import Predictions
from mooring_steps.serving import output_fn


def captured(**meta: object) -> bytes:
    data = {"observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", "encoding": "CSV"}
    return json.dumps({"captureData": {"endpointInput": data}, "eventMetadata": {"eventId": "e", **meta}}).encode()


@pytest.mark.parametrize("attributes", [["mooring-explanation"], ["mooring-smoke-test"], "mooring-smoke-test"])
def test_requests_of_the_project_itself_are_left_out_and_noted(attributes: object) -> None:
    skips = Skips()
    assert parse_record(captured(customAttributes=attributes), "file:1", skips) is None
    assert skips.total == 0
    assert skips.notes == {"request of Mooring itself, left out": 1}


@pytest.mark.parametrize("meta", [{}, {"customAttributes": ["trace=mooring-1"]}, {"customAttributes": None}])
def test_requests_of_customers_are_kept(meta: dict[str, object]) -> None:
    record = parse_record(captured(**meta), "file:1", Skips())
    assert record is not None
    assert record.inputs == [["1", "2"]]


@pytest.mark.parametrize(("version", "expected"), [("3", {"model_version": 3}), ("", {}), ("x", {})])
def test_an_answer_in_json_names_the_version_that_the_deployment_gave(
    version: str, expected: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORING_MODEL_VERSION", version)
    predictions = Predictions(labels=np.array([1]), scores=np.array([0.75]))
    body, _ = output_fn(predictions, "application/json")
    assert json.loads(body) == {"predictions": [{"label": 1, "score": 0.75}], **expected}
    assert output_fn(predictions, "text/csv") == ("1,0.75\n", "text/csv")
