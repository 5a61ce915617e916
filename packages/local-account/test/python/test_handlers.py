"""The inference-script contract as the model server applies it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xgboost
from mooring_local.handlers import Handler, UserError, base_type, status_of

SCRIPT = """
def model_fn(model_dir):
    return "model"
def input_fn(body, content_type):
    return [type(body).__name__, body, content_type]
def predict_fn(data, model):
    return [*data, model]
def output_fn(prediction, accept):
    return ",".join(map(str, prediction)), accept
"""


@pytest.fixture
def model_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "code").mkdir()
    return tmp_path


def script(model_dir: Path, text: str) -> Handler:
    (model_dir / "code" / "inference.py").write_text(text)
    return Handler(str(model_dir), "scikit-learn")


def test_calls_the_four_functions_in_order_and_gives_text_as_text(model_dir: Path) -> None:
    handler = script(model_dir, SCRIPT)
    assert handler(b"1,2", "text/csv; charset=utf-8", "text/csv") == (
        b"str,1,2,text/csv; charset=utf-8,model",
        "text/csv",
    )


def test_gives_other_content_as_bytes(model_dir: Path) -> None:
    payload, _ = script(model_dir, SCRIPT)(b"\x93NUMPY", "application/x-npy", "text/csv")
    assert payload.startswith(b"bytes,")


def test_prefers_transform_fn(model_dir: Path) -> None:
    text = (
        "def model_fn(d):\n    return 1\n"
        "def transform_fn(model, body, content_type, accept):\n    return body.upper(), 'text/plain'\n"
    )
    assert script(model_dir, text)(b"abc", "text/csv", "text/csv") == (b"ABC", "text/plain")


def test_says_what_the_script_lacks(model_dir: Path) -> None:
    with pytest.raises(NotImplementedError, match="no default model_fn"):
        script(model_dir, "x = 1\n")


def test_text_that_is_not_utf8_is_the_callers_fault(model_dir: Path) -> None:
    with pytest.raises(UserError, match="not UTF-8"):
        script(model_dir, SCRIPT)(b"\xff\xfe", "text/csv", "text/csv")


def test_scikit_learn_defaults_read_and_write_every_type(model_dir: Path) -> None:
    text = (
        "class Model:\n    def predict(self, rows):\n        return rows.sum(axis=1)\n"
        "def model_fn(d):\n    return Model()\n"
    )
    handler = script(model_dir, text)
    assert handler(b"1,2\n3,4\n", "text/csv", "text/csv") == (b"3.0\n7.0", "text/csv")
    assert handler(b"[[1, 2]]", "application/json", "application/json") == (b"[3]", "application/json")
    with pytest.raises(UserError, match="application/zip is not supported"):
        handler(b"", "application/zip", "text/csv")


def test_xgboost_serves_without_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGEMAKER_PROGRAM", raising=False)
    monkeypatch.delenv("SAGEMAKER_SUBMIT_DIRECTORY", raising=False)
    rows = np.array([[0.0], [1.0]] * 20)
    booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, label=rows[:, 0]), 5)
    booster.save_model(tmp_path / "model.json")
    handler = Handler(str(tmp_path), "xgboost")
    low, high = (float(each) for each in handler(b"0\n1\n", "text/csv", "text/csv")[0].split())
    assert low < 0.5 < high
    with pytest.raises(UserError, match="not numeric CSV"):
        handler(b"a,b\n", "text/csv", "text/csv")


def test_an_error_is_a_500_whatever_it_says_as_the_containers_toolkit_has_it() -> None:
    error = RuntimeError("x")
    error.status_code = 400  # type: ignore[attr-defined]
    assert status_of(error) == 500
    assert status_of(UserError("x", 415)) == 415


def test_an_answer_that_is_an_application_says_its_own_status(model_dir: Path) -> None:
    text = (
        "class Answer:\n"
        "    def __init__(self, status):\n        self.status = status\n"
        "    def __call__(self, environ, start):\n"
        "        start(self.status, [('Content-Type', 'text/x')])\n        return [b'as it is']\n"
        "def model_fn(d):\n    return 1\n"
        "def transform_fn(model, data, kind, accept):\n    return Answer(data)\n"
    )
    handler = script(model_dir, text)
    assert handler(b"200 OK", "text/csv", "text/csv") == (b"as it is", "text/x")
    with pytest.raises(UserError, match="as it is") as error:
        handler(b"422 Unprocessable", "text/csv", "text/csv")
    assert error.value.status == 422


def test_content_types_are_compared_without_parameters() -> None:
    assert base_type("Text/CSV; header=present") == "text/csv"
