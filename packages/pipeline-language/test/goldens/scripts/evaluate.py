"""Scores the test set with the model and writes evaluation.json, as Model Monitor's quality reports are laid out."""

import json
import sys
import tarfile
import tempfile
from pathlib import Path

INPUT = Path("/opt/ml/processing/input")
OUTPUT = Path("/opt/ml/processing/output")


def rows(folder: Path) -> list[tuple[int, float]]:
    lines = [line for file in sorted(folder.rglob("*.csv")) for line in file.read_text().splitlines() if line]
    return [(int(float(label)), float(first)) for label, first, *_ in (line.split(",") for line in lines)]


def bound(folder: Path) -> float:
    with tempfile.TemporaryDirectory() as place, tarfile.open(folder / "model.tar.gz") as archive:
        archive.extract("model.json", place, filter="data")
        return float(json.loads((Path(place) / "model.json").read_text())["threshold"])


def main(source: Path = INPUT, target: Path = OUTPUT) -> int:
    limit = bound(source / "model")
    pairs = [(label, int(first > limit)) for label, first in rows(source / "test")]
    hits = sum(label == 1 and guess == 1 for label, guess in pairs)
    wrong = sum(label != guess for label, guess in pairs)
    f1 = 2 * hits / (2 * hits + wrong) if hits else 0.0
    metrics = {"f1": {"value": f1}, "accuracy": {"value": 1 - wrong / len(pairs)}}
    (target / "evaluation").mkdir(parents=True, exist_ok=True)
    report = {"binary_classification_metrics": metrics}
    (target / "evaluation" / "evaluation.json").write_text(json.dumps(report))
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
