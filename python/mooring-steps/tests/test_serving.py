"""Serving: the four functions of the inference script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fresh_python import SOURCES
from mooring_steps.artefact import Predictions, read_artefact
from mooring_steps.request_error import RequestError
from mooring_steps.serving import input_fn, model_fn, output_fn, predict_fn
from mooring_steps.tables import read_csv

FEATURES = ["sex", "amount", "children"]
CSV, JSON = "text/csv", "application/json"
STEPS = Path(__file__).parents[1] / "src"
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def serve(trained: Any) -> Serve:
    model = model_fn(str(trained.model))

    def serve(body: object, content_type: str = CSV, accept: str = CSV) -> str:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        answer, kind = output_fn(predict_fn(input_fn(text, content_type), model), accept)
        assert kind == accept.split(";")[0]
        return answer

    return serve


class TestAByteOrderMark:
    def test_changes_no_score(self, serve: Serve) -> None:
        assert serve("\ufefff,5000,1") == serve("f,5000,1")
        assert serve("\ufefff,5000,1".encode()) == serve('\ufeff"f",5000,1') == serve("f,5000,1")
        row = json.dumps({"instances": [{"sex": "f", "amount": 5000, "children": 1}]})
        assert serve(f"\ufeff{row}", JSON) == serve("f,5000,1")


class TestARowOfTheTrainingSet:
    def test_is_served_with_the_very_score_it_has_in_the_batch(self, trained: Any, serve: Serve) -> None:
        path = trained.output / "train" / "train.csv"
        batch = read_artefact(trained.model).predict(read_csv(path, FEATURES)).scores
        assert batch is not None
        lines = [line.rsplit(",", 1)[0] for line in path.read_text().splitlines()[1:]]
        together = [float(line.split(",")[1]) for line in serve("\n".join(lines)).splitlines()]
        assert together == batch.tolist()
        for index in range(0, len(lines), 37):
            assert float(serve(lines[index]).split(",")[1]) == batch[index]

    def test_has_the_same_score_as_csv_and_as_json_in_any_spelling(self, trained: Any, serve: Serve) -> None:
        row = pd.read_csv(trained.output / "train" / "train.csv").iloc[0]
        record = {"sex": row["sex"], "amount": float(row["amount"]), "children": int(row["children"])}
        spelled = {"children": f"{row['children']}.0", "amount": repr(float(row["amount"])), "sex": f" {row['sex']} "}
        line = serve(",".join(str(record[name]) for name in FEATURES))
        for each in (record, spelled):
            answer = json.loads(serve({"instances": [each]}, JSON, JSON))["predictions"]
            assert answer == [{"label": int(line.split(",")[0]), "score": float(line.split(",")[1])}]


class TestRequests:
    def test_with_different_rows_get_different_scores(self, serve: Serve) -> None:
        low, high = serve("f,500,0\nf,20000,0\n").splitlines()
        assert low.startswith("1,")
        assert high.startswith("0,")

    def test_may_lack_values_and_have_unseen_categories(self, serve: Serve) -> None:
        assert len(serve("divers,,\n,NaN,null\n").splitlines()) == 2
        assert "score" in serve({"instances": [{"sex": None, "amount": None, "children": None}]}, JSON, JSON)

    def test_may_be_bytes_with_parameters_in_the_content_type(self, serve: Serve) -> None:
        assert serve(b"f,500,0", "Text/CSV; charset=utf-8") == serve("f,500,0")


class TestBadRequests:
    @pytest.mark.parametrize(
        ("body", "kind", "status", "messages"),
        [
            ("f,500,0", "application/xml", 415, ["content type 'application/xml' is not supported"]),
            ("", CSV, 400, ["the request has no rows"]),
            (b"\xff", CSV, 400, ["not UTF-8"]),
            ("f,500", CSV, 400, ["row 1 has 2 values; 3 are needed: sex, amount, children"]),
            ("sex,amount,children\nf,1,1", CSV, 400, ["row 1 is a header"]),
            (
                "f,much,0\nf,1,1.5",
                CSV,
                400,
                ["column 'amount': 'much' is not a finite number", "column 'children': '1.5' is not a whole number"],
            ),
            ("f,inf,0", CSV, 400, ["column 'amount': 'inf'"]),
            ("{", JSON, 400, ["the request is not JSON"]),
            ([1], JSON, 400, ['must be {"instances": [']),
            ({"instances": [1]}, JSON, 400, ['must be {"instances": [']),
            ({"instances": []}, JSON, 400, ["no rows"]),
            (
                {"instances": [{"sex": "f", "amount": [1], "childs": 1}]},
                JSON,
                400,
                ["row 1: missing columns children", "row 1: unknown columns childs; there are: sex, amount, children",
                 "row 1, column 'amount': list is not a single value"],
            ),
            ({"instances": [{"sex": "f", "amount": True, "children": 1}]}, JSON, 400, ["'amount': 'true' is not"]),
        ],
    )  # fmt: skip
    def test_list_everything_that_is_wrong(
        self, serve: Serve, body: object, kind: str, status: int, messages: list[str]
    ) -> None:
        with pytest.raises(RequestError) as error:
            serve(body, kind)
        assert error.value.status_code == status
        for message in messages:
            assert message in str(error.value)

    def test_of_many_bad_rows_get_a_short_answer(self, serve: Serve) -> None:
        with pytest.raises(RequestError, match="and 80 more"):
            serve("f\n" * 100)


class TestAnswers:
    BINARY = Predictions(np.array([1.0, 0.0]), np.array([0.75, 0.25]))
    NUMBERS = Predictions(np.array([1.5, 2.0]), None)

    @pytest.mark.parametrize(
        ("predictions", "accept", "body", "kind"),
        [
            (BINARY, "text/csv", "1,0.75\n0,0.25\n", CSV),
            (BINARY, "text/html, text/csv;q=0.9", "1,0.75\n0,0.25\n", CSV),
            (BINARY, "*/*", '{"predictions": [{"label": 1, "score": 0.75}, {"label": 0, "score": 0.25}]}', JSON),
            (NUMBERS, "text/csv", "1.5\n2\n", CSV),
            (NUMBERS, "", '{"predictions": [{"label": 1.5}, {"label": 2.0}]}', JSON),
        ],
    )
    def test_come_in_the_accepted_format(self, predictions: Predictions, accept: str, body: str, kind: str) -> None:
        assert output_fn(predictions, accept) == (body, kind)

    def test_in_other_formats_are_refused(self) -> None:
        with pytest.raises(RequestError) as error:
            output_fn(self.BINARY, "application/x-npy")
        assert error.value.status_code == 406


ASK = """
import sys
sys.path.insert(0, sys.argv[1])
import inference
answer = inference.output_fn(inference.predict_fn(inference.input_fn("x", "text/plain"), None), "text/csv")
print(*answer({}, lambda *given: print(*given)), isinstance(answer, Exception))
"""


def test_the_script_returns_what_the_toolkit_would_turn_into_a_500(python: Callable[..., Any]) -> None:
    done = python("-c", ASK, STEPS, env={"PYTHONPATH": SOURCES})
    status, body = done.stdout.splitlines()
    assert status.startswith("415 Unsupported Media Type [('Content-Type', 'text/plain; charset=utf-8'), ")
    assert body == "b\"content type 'text/plain' is not supported; use text/csv or application/json\" True"
