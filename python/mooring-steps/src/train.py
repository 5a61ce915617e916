"""Entry point of script-mode training (`sagemaker_program: train.py`)."""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mooring_steps.errors import InputError
from mooring_steps.training import main as train


def main(argv: Sequence[str]) -> int:
    """Train; bad input is a message and exit code 2."""
    try:
        return train(argv)
    except InputError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
