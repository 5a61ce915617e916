"""Serves the model: the four functions that the scikit-learn container calls."""

import json
from pathlib import Path


def model_fn(model_dir: str) -> float:
    return float(json.loads((Path(model_dir) / "model.json").read_text())["threshold"])


def input_fn(body: str | bytes, content_type: str) -> list[list[float]]:
    if not content_type.startswith("text/csv"):
        raise ValueError(f"content type {content_type} is not text/csv")
    text = body.decode() if isinstance(body, bytes) else body
    return [[float(cell) for cell in line.split(",")] for line in text.splitlines() if line.strip()]


def predict_fn(rows: list[list[float]], bound: float) -> list[int]:
    return [int(row[0] > bound) for row in rows]


def output_fn(predictions: list[int], accept: str) -> tuple[str, str]:
    return "\n".join(str(value) for value in predictions) + "\n", "text/csv"
