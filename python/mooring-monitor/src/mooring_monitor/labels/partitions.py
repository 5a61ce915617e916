"""Items spread over files by their id, so that a join of any size holds one file's worth of rows in memory."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final

#: 64 files hold 1,000,000 rows in parts of about 16,000.
PARTITIONS: Final = 64
#: Rows of a file that wait in memory to be written together.
_BLOCK: Final = 128
#: Bytes of the number before each block that tells its length.
_SIZE: Final = 8


class Partitions:
    """Files of items below a folder; equal ids come into the same file, in the order they were added.

    Items are made of lists, texts, numbers and None. The files are read by the process that wrote them and by no other,
    hence the interpreter's own format, which costs a fifth of JSON.
    """

    def __init__(self, folder: Path, count: int = PARTITIONS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._paths = [folder / f"{index:03d}.blocks" for index in range(count)]
        self._stack = ExitStack()
        self._files = [self._stack.enter_context(path.open("wb")) for path in self._paths]
        self._waiting: list[list[Any]] = [[] for _ in range(count)]
        self._rows = [0] * count

    def __enter__(self) -> Partitions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, identity: str, item: Any, rows: int = 1) -> None:
        """Append an item, which holds some rows, to the file of its id."""
        # JSON may spell half a surrogate pair, which has no UTF-8.
        place = zlib.crc32(identity.encode("utf-8", "replace")) % len(self._files)
        self._waiting[place].append(item)
        self._rows[place] += rows
        if self._rows[place] >= _BLOCK:
            self._write(place)

    def flush(self) -> None:
        """Make everything added readable."""
        for place, file in enumerate(self._files):
            self._write(place)
            file.flush()

    def read(self, index: int) -> Iterator[Any]:
        """Items of one file."""
        with self._paths[index].open("rb") as file:
            while size := file.read(_SIZE):
                # Our own temporary file, written below.
                yield from marshal.loads(file.read(int.from_bytes(size, "big")))  # noqa: S302

    def __len__(self) -> int:
        return len(self._paths)

    def _write(self, place: int) -> None:
        if self._waiting[place]:
            block = marshal.dumps(self._waiting[place])
            self._files[place].write(len(block).to_bytes(_SIZE, "big") + block)
        self._waiting[place] = []
        self._rows[place] = 0
