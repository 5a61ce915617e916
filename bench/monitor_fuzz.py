"""Coverage-guided fuzzing of the capture parser: any bytes must give rows or counted skips, never an exception.

    .venvs/bench/bin/python bench/monitor_fuzz.py CORPUS_DIR [libFuzzer options such as -max_total_time=3600 -jobs=1]

Findings become examples of python/mooring-monitor/tests/readers/test_capture.py; that is where the corpus lives on.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import atheris

sys.path.extend(str(each) for each in (Path(__file__).parents[1] / "python").glob("*/src"))

with atheris.instrument_imports(include=["mooring_monitor"]):
    from mooring_monitor.answers import label_of, prediction_of
    from mooring_monitor.profile.dataset_profile import DatasetProfile
    from mooring_monitor.readers.batch import Skips
    from mooring_monitor.readers.capture import read_capture
    from mooring_monitor.readers.capture_record import parse_ground_truth
    from mooring_monitor.readers.source import Source
    from mooring_use_case.use_case import parse_use_case

NAMES = ("a", "b", "c")
USE_CASE = parse_use_case(
    {
        "name": "fuzz",
        "task": "binary",
        "dataset": {
            "columns": [{"name": name, "type": "number"} for name in NAMES] + [{"name": "y", "type": "category"}],
            "label": "y",
            "positive": "yes",
        },
    }
)
#: Where the fuzzer starts from; written into an empty corpus.
SEEDS = (
    b'{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"1,2.5,x","encoding":"CSV"},'
    b'"endpointOutput":{"data":"1,0.9","encoding":"CSV"}},"eventMetadata":{"eventId":"e","inferenceId":"i",'
    b'"inferenceTime":"2026-01-31T12:00:00Z"},"eventVersion":"0"}\n',
    b'{"captureData":{"endpointInput":{"data":"{\\"instances\\":[{\\"a\\":1,\\"b\\":null,\\"c\\":\\"x\\"}]}",'
    b'"encoding":"JSON"}},"groundTruthData":{"data":"yes","encoding":"CSV"},"eventMetadata":{"eventId":"f"}}\n',
    b'{"captureData":{"endpointInput":{"data":"MSwyLDM=","encoding":"BASE64"}},"eventMetadata":{"eventId":"g"}}\n',
    b'{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"i"},"eventVersion":"0"}\n',
)


def one_input(content: bytes) -> None:
    """Read bytes as a capture file and as a label file; check what must always hold."""
    skips, profile = Skips(), DatasetProfile({"a": "integer", "b": "number", "c": "category"})
    source = Source("f.jsonl", lambda: io.BytesIO(content))
    for rows in read_capture(source, NAMES, skips, set()):
        profile.add(rows.batch())
        assert len(rows.answers) == len(rows.labels) == len(rows.times) == len(rows)
        for answer, label in zip(rows.answers, rows.labels, strict=True):
            prediction_of(answer, "binary")
            label_of(label, USE_CASE)
    for column in profile.columns.values():
        assert column.rows == profile.rows
        assert column.integral + column.fractional + column.text == column.present
    for number, line in enumerate(content.splitlines()):
        parse_ground_truth(line, f"f.jsonl:{number}", skips)


def main() -> None:
    """Fuzz until libFuzzer's options say stop."""
    corpus = next((Path(each) for each in sys.argv[1:] if not each.startswith("-")), None)
    if corpus is not None:
        corpus.mkdir(parents=True, exist_ok=True)
        for index, seed in enumerate(SEEDS):
            (corpus / f"seed-{index}").write_bytes(seed)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
