"""Holds definitions against the published schema: `python published.py SCHEMA PATCHES FILE` (FILE: {name: definition}).

Each patch is {reason, seen, at, set | append}; `at` is a JSON pointer in which a `*` stands for any text. Prints the
errors that are left with all patches, and the patches that could be left out without one.
"""

from __future__ import annotations

import copy
import fnmatch
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
from referencing.exceptions import Unresolvable

SLOW = 60_000


def places(node: Any, keys: list[str]) -> list[tuple[Any, str]]:
    """The containers and last keys that a pointer leads to."""
    first, rest = keys[0], keys[1:]
    if not rest:
        return [(node, first)] if isinstance(node, dict) else []
    known = list(node) if isinstance(node, dict) else []
    return [place for key in known if fnmatch.fnmatchcase(key, first) for place in places(node[key], rest)]


def patched(schema: dict[str, Any], patches: list[dict[str, Any]]) -> dict[str, Any]:
    schema = copy.deepcopy(schema)
    for patch in patches:
        found = places(schema, patch["at"].split("/")[1:])
        if not found:
            raise SystemExit(f"patch leads nowhere: {patch['at']}")
        for holder, key in found:
            if "append" in patch:
                holder[key].append(patch["append"])
            else:
                holder[key] = patch["set"]
    return schema


def errors(schema: dict[str, Any], definition: Any) -> list[str]:
    validator = jsonschema.Draft7Validator(schema)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(definition)]


def needed(schema: dict[str, Any], patches: list[dict[str, Any]], definitions: dict[str, Any]) -> list[str]:
    """Reasons of patches without which everything is accepted as well."""
    small = [value for value in definitions.values() if len(json.dumps(value)) < SLOW]
    idle = []
    for index, patch in enumerate(patches):
        other = patched(schema, patches[:index] + patches[index + 1 :])
        try:
            if all(jsonschema.Draft7Validator(other).is_valid(value) for value in small):
                idle.append(patch["reason"])
        except Unresolvable:
            # Another patch refers to what this one defines.
            continue
    return idle


def main(argv: list[str]) -> int:
    schema, patches, definitions = (json.loads(Path(path).read_text(encoding="utf-8")) for path in argv[1:4])
    whole = patched(schema, patches)
    left = [f"{name} {line}" for name, value in definitions.items() for line in errors(whole, value)]
    print(json.dumps({"errors": left, "idle": needed(schema, patches, definitions)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
