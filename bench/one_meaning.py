"""Random schemas with random spellings for a given time: training rows that are sent again must never be a drift.

    .venv/bin/python bench/one_meaning.py [--minutes 60] [--first-seed 0]

The gate tries a thousand (python/mooring-values/tests/test_one_meaning.py); this goes on for longer, with other seeds.
Ends with exit code 1 at the first schema that breaks the property, which it prints.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

PYTHON = Path(__file__).parents[1] / "python"
sys.path.extend(str(each) for each in PYTHON.glob("*/src"))
sys.path.append(str(PYTHON / "mooring-values/tests/support"))

from schemas import KINDS, Schema, check  # noqa: E402 - its folder is only now on the path


def main() -> int:
    """Try schemas until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--first-seed", type=int, default=0)
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.minutes * 60
    seed = arguments.first_seed
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            chance = random.Random(seed)
            kinds = [chance.choice(sorted(KINDS)) for _ in range(chance.randint(2, 8))]
            try:
                check(Schema(kinds, seed, chance.choice([60, 70, 200])), Path(folder))
            except AssertionError as error:
                print(f"seed {seed}, columns {', '.join(kinds)}: {error}")
                return 1
            seed += 1
    print(f"{seed - arguments.first_seed:,} schemas without a drift")
    return 0


if __name__ == "__main__":
    sys.exit(main())
