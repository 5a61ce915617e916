"""Lines of a stream in bounded memory: a line of any length costs no more than the limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

from mooring_monitor.readers.batch import Skips

#: Longest line that is parsed. Real-time payloads end at 6 MB (25 MB asynchronous, base64 a third more).
MAX_LINE: Final = 64 << 20
_PIECE: Final = 1 << 20


def read_lines(stream: IO[bytes], where: str, skips: Skips, limit: int = MAX_LINE) -> Iterator[tuple[int, bytes]]:
    """Line number and content of every line that is not blank; lines beyond the limit are counted and passed over."""
    number = 0
    while True:
        line = stream.readline(limit + 1)
        if not line:
            return
        number += 1
        if len(line) > limit and not line.endswith(b"\n"):
            skips.add("line too long", f"{where}:{number}")
            while line and not line.endswith(b"\n"):
                line = stream.readline(_PIECE)
            continue
        if line.strip():
            yield number, line
