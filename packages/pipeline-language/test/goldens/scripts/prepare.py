"""Splits the raw rows (label, then features; no header) into a training and a test set."""

import argparse
import sys
from pathlib import Path

INPUT = Path("/opt/ml/processing/input/raw")
OUTPUT = Path("/opt/ml/processing/output")


def main(argv: list[str], source: Path = INPUT, target: Path = OUTPUT) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--test-every", type=int, default=4)
    options = parser.parse_args(argv)
    rows = [row for file in sorted(source.glob("*.csv")) for row in file.read_text().splitlines() if row]
    tests = rows[:: options.test_every]
    trains = [row for index, row in enumerate(rows) if index % options.test_every]
    for name, part in (("train", trains), ("test", tests)):
        (target / name).mkdir(parents=True, exist_ok=True)
        (target / name / f"{name}.csv").write_text("\n".join(part) + "\n")
    print(f"{len(trains)} rows to train, {len(tests)} to test")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
