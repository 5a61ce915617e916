"""The inference-script contract of SageMaker's framework containers.

A script may define model_fn, input_fn, predict_fn, output_fn and transform_fn; what it leaves out, the framework's own
defaults do.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

TEXT_TYPES = frozenset({"text/csv", "application/json", "application/jsonlines", "text/plain", "text/libsvm"})


class UserError(Exception):
    """The request is wrong: answered with a 4xx and this message."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def base_type(content_type: str) -> str:
    """Content type without parameters, in lower case."""
    return content_type.split(";")[0].strip().lower()


def status_of(error: BaseException) -> int:
    """HTTP status of an error: 500 for whatever a script raises, as the toolkit of the containers has it."""
    return error.status if isinstance(error, UserError) else 500


def run_application(answer: Callable[..., Any]) -> tuple[int, str, bytes]:
    """Status, content type and body of an answer that is a WSGI application, as Flask runs it."""
    found: dict[str, Any] = {}

    def start_response(status: str, headers: Sequence[tuple[str, str]], *_: object) -> None:
        found["status"] = int(status.split(" ", 1)[0])
        found["type"] = next((value for name, value in headers if name.lower() == "content-type"), "text/plain")

    body = b"".join(answer({"REQUEST_METHOD": "POST"}, start_response))
    return found["status"], found["type"], body


def load_script(folder: Path, program: str) -> ModuleType:
    """Imports the inference script with its folder on the path, as the containers do."""
    script = folder / program
    if not script.is_file():
        raise FileNotFoundError(f"inference script '{program}' is not in {folder}")
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(script.stem, script)
    if spec is None or spec.loader is None:
        raise ImportError(f"{script} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[script.stem] = module
    spec.loader.exec_module(module)
    return module


def submit_directory(model_dir: str) -> Path:
    """Where the inference script lies."""
    return Path(os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or f"{model_dir}/code")


def code_folder(model_dir: str) -> Path | None:
    """The folder that the toolkit would install, if the container is given a script at all."""
    folder = submit_directory(model_dir)
    return folder if os.environ.get("SAGEMAKER_PROGRAM") and folder.is_dir() else None


class XGBoostDefaults:
    """What the XGBoost container does without a script: the booster's predictions for CSV or libsvm rows."""

    @staticmethod
    def model_fn(model_dir: str) -> Any:
        import xgboost

        candidates = [
            each
            for each in sorted(Path(model_dir).iterdir())
            if each.is_file() and (each.name == "xgboost-model" or each.suffix in {".ubj", ".json", ".bin"})
        ]
        if not candidates:
            raise FileNotFoundError("the artefact holds no XGBoost model (xgboost-model, *.json, *.ubj)")
        booster = xgboost.Booster()
        booster.load_model(str(candidates[0]))
        return booster

    @staticmethod
    def input_fn(body: Any, content_type: str) -> Any:
        import numpy as np
        import xgboost

        text = body if isinstance(body, str) else body.decode()
        if base_type(content_type) == "text/csv":
            try:
                lines = [line.split(",") for line in text.splitlines() if line.strip()]
                rows = [[float(cell) if cell.strip() else float("nan") for cell in line] for line in lines]
                return xgboost.DMatrix(np.array(rows, dtype=float))
            except ValueError as error:
                raise UserError(f"the rows are not numeric CSV of one width: {error}", 415) from error
        raise UserError(f"content type {content_type} is not supported; send text/csv", 415)

    @staticmethod
    def predict_fn(data: Any, model: Any) -> Any:
        try:
            return model.predict(data, validate_features=False)
        except ValueError as error:
            raise UserError(str(error)) from error

    @staticmethod
    def output_fn(prediction: Any, accept: str) -> tuple[str, str]:
        values = prediction.tolist()
        if base_type(accept) == "application/json":
            return json.dumps({"predictions": [{"score": each} for each in values]}), "application/json"
        rows = [",".join(map(str, each)) if isinstance(each, list) else str(each) for each in values]
        return "\n".join(rows), "text/csv"


class ScikitLearnDefaults:
    """What the scikit-learn container does for functions a script leaves out. There is no default model_fn."""

    @staticmethod
    def input_fn(body: Any, content_type: str) -> Any:
        import numpy as np

        kind = base_type(content_type)
        if kind == "application/json":
            return np.array(json.loads(body))
        if kind == "text/csv":
            return np.genfromtxt(io.StringIO(body if isinstance(body, str) else body.decode()), delimiter=",", ndmin=2)
        if kind == "application/x-npy":
            return np.load(io.BytesIO(body), allow_pickle=False)
        allowed = "text/csv, application/json or application/x-npy"
        raise UserError(f"content type {content_type} is not supported; send {allowed}", 415)

    @staticmethod
    def predict_fn(data: Any, model: Any) -> Any:
        return model.predict(data)

    @staticmethod
    def output_fn(prediction: Any, accept: str) -> tuple[Any, str]:
        import numpy as np

        kind = base_type(accept)
        values = np.asarray(prediction)
        if kind == "application/json":
            return json.dumps(values.tolist()), "application/json"
        if kind == "application/x-npy":
            buffer = io.BytesIO()
            np.save(buffer, values, allow_pickle=False)
            return buffer.getvalue(), "application/x-npy"
        return "\n".join(",".join(map(str, np.atleast_1d(row))) for row in values), "text/csv"


class Handler:
    """A loaded model and how to ask it."""

    def __init__(self, model_dir: str, framework: str) -> None:
        defaults: type = XGBoostDefaults if framework == "xgboost" else ScikitLearnDefaults
        program = os.environ.get("SAGEMAKER_PROGRAM", "")
        folder = submit_directory(model_dir)
        if not program and (folder / "inference.py").is_file():
            program = "inference.py"
        script = load_script(folder, program) if program else None

        def find(name: str) -> Callable[..., Any] | None:
            return getattr(script, name, None) or getattr(defaults, name, None)

        model_fn = find("model_fn")
        if model_fn is None:
            raise NotImplementedError("the scikit-learn container has no default model_fn; define one in the script")
        self._transform = getattr(script, "transform_fn", None)
        # Both frameworks have a default for each of the three.
        self._input: Callable[..., Any] = find("input_fn")  # type: ignore[assignment]
        self._predict: Callable[..., Any] = find("predict_fn")  # type: ignore[assignment]
        self._output: Callable[..., Any] = find("output_fn")  # type: ignore[assignment]
        self._model = model_fn(model_dir)

    def __call__(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Answer and its content type."""
        try:
            data: Any = body.decode() if base_type(content_type) in TEXT_TYPES else body
        except UnicodeDecodeError as error:
            raise UserError(f"the body is not UTF-8 text: {error}") from error
        if self._transform is not None:
            result = self._transform(self._model, data, content_type, accept)
        else:
            result = self._output(self._predict(self._input(data, content_type), self._model), accept)
        payload, kind = result if isinstance(result, tuple) else (result, accept)
        if callable(payload):
            status, kind, answer = run_application(payload)
            if status >= 400:
                raise UserError(answer.decode(errors="replace"), status)
            return answer, kind
        if hasattr(payload, "get_data"):
            payload = payload.get_data()
        return (payload.encode() if isinstance(payload, str) else bytes(payload)), kind
