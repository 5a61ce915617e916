"""Learns a threshold on the first feature and prints the accuracy that a tuning job looks for."""

import argparse
import json
import os
import sys
from pathlib import Path

import threshold


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--margin", type=float, default=0.0)
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN", "/opt/ml/input/data/train"))
    options, _ = parser.parse_known_args(argv)
    rows = threshold.read(Path(options.train))
    bound = threshold.fit(rows) + options.margin
    right = sum(threshold.predict(bound, features) == label for label, features in rows)
    print(f"validation:accuracy={right / len(rows):.4f}")
    folder = Path(options.model_dir)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps({"threshold": bound}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
