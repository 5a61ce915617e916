"""Writes every golden: `python make.py FOLDER`. Needs the SDK of requirements/sdk.txt and no network."""

from __future__ import annotations

import json
import logging
import re
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

# The order is that of the files below packages/pipeline-language/test/twins.
import flow_pipelines  # noqa: E402, F401, I001
import job_pipelines  # noqa: E402, F401
import service_pipelines  # noqa: E402, F401
import checks  # noqa: E402, F401
from registry import GOLDENS  # noqa: E402

# Names that the SDK invents end in a time stamp, which would make every run different.
INVENTED = re.compile(r"-\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}-\d{3}\b|-\d{14}\b")


def settled(value: Any) -> Any:
    """The definition with invented time stamps replaced; nothing else is touched."""
    if isinstance(value, dict):
        return {key: settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [settled(item) for item in value]
    return INVENTED.sub("-TIME", value) if isinstance(value, str) else value


def main(argv: list[str]) -> int:
    folder = Path(argv[1])
    only = argv[2:] or list(GOLDENS)
    folder.mkdir(parents=True, exist_ok=True)
    for name in only:
        definition = json.loads(GOLDENS[name](name).definition())
        text = json.dumps(settled(definition), indent=1) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{len(only)} goldens")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
