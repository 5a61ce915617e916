"""Writes down what it was started with; steps that only have to run use it."""

import json
import os
import sys
from pathlib import Path

OUTPUT = Path("/opt/ml/processing/output/note")
OURS = ("SIZE", "FLAG", "EXECUTION", "ARN", "PIPELINE", "JOINED", "FREE", "OUTCOME", "GREETING", "DOUBLED", "ANSWER")


def main(argv: list[str], target: Path = OUTPUT) -> int:
    environment = {key.lower(): value for key, value in os.environ.items() if key in OURS}
    environment["color"] = "red"
    target.mkdir(parents=True, exist_ok=True)
    (target / "note.json").write_text(json.dumps({"arguments": argv, "environment": environment}))
    print(f"noted {len(argv)} arguments")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
