"""Items spread over files by their id, so that a join of any size holds one file's worth of rows in memory."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final

#: 64 files hold 1,000,000 rows in parts of about 16,000.
PARTITIONS: Final = 64


class Partitions:
    """Files of JSON lines below a folder; equal ids come into the same file, in the order they were added."""

    def __init__(self, folder: Path, count: int = PARTITIONS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._paths = [folder / f"{index:03d}.jsonl" for index in range(count)]
        self._stack = ExitStack()
        self._files = [self._stack.enter_context(path.open("w", encoding="utf-8")) for path in self._paths]

    def __enter__(self) -> Partitions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, identity: str, item: Any) -> None:
        """Append an item to the file of its id."""
        # Half a surrogate pair is valid JSON but no UTF-8; ensure_ascii keeps it readable.
        place = zlib.crc32(identity.encode("utf-8", "replace")) % len(self._files)
        self._files[place].write(json.dumps(item, separators=(",", ":")) + "\n")

    def flush(self) -> None:
        """Make everything added readable."""
        for file in self._files:
            file.flush()

    def read(self, index: int) -> Iterator[Any]:
        """Items of one file."""
        with self._paths[index].open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def __len__(self) -> int:
        return len(self._paths)
