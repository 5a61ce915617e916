"""What a time is: one format per column, given or proven by all of its values.

ISO 8601 is always understood, whatever the column's format: it cannot be misread. Everything else needs a format. Where
more than one fits (01/02/2024), nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

ISO: Final = "iso"
_ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?: ?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?)?",
    re.ASCII,
)
#: Numbers of seconds and milliseconds since 1970 have to be asked for: they look like any other number.
EPOCHS: Final = {"epoch_s": 1.0, "epoch_ms": 1_000.0}
_DATES: Final = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%Y.%m.%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y/%m/%d",
    "%d.%m.%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%y-%m-%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d %Y",
    "%b %d, %Y",
    "%Y",
)
_TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
#: Formats that are tried where none is given.
CANDIDATES: Final = tuple(date + time for date in _DATES for time in (_TIMES if date != "%Y" else ("",)))
#: Years that 64-bit nanoseconds reach.
_FIRST_YEAR: Final = 1678
_LAST_YEAR: Final = 2261
_EPOCH: Final = datetime(1970, 1, 1)
_DIGITS: Final = {"Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}"}
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_PATTERNS: Final = {
    **_DIGITS,
    "H": "[0-9]{1,2}",
    "I": "[0-9]{1,2}",
    "M": "[0-9]{2}",
    "S": "[0-9]{2}",
    "f": "[0-9]{1,9}",
    # English names of months, short or in full.
    "b": "[A-Za-z]{3,9}",
    "B": "[A-Za-z]{3,9}",
    "p": "[AaPp][Mm]",
    "z": "Z|[+-][0-9]{2}:?[0-9]{2}",
}


class MomentError(ValueError):
    """A column's times cannot be understood; the message says why and what to write."""


@dataclass(frozen=True)
class Moment:
    """A time in UTC: microseconds since 1970, and the nanoseconds beyond them."""

    microseconds: int
    nanoseconds: int = 0

    @property
    def iso(self) -> str:
        """The time as ISO 8601 without zone; it is UTC."""
        time = _EPOCH + timedelta(microseconds=self.microseconds)
        return time.isoformat(sep=" ")


def iso_moment(text: str) -> Moment | None:
    """The time an ISO 8601 text stands for; without zone it is UTC. None for any other text."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    nanoseconds = int((fraction or "").ljust(9, "0") or 0)
    try:
        time = datetime(
            int(year),
            int(month),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            nanoseconds // 1000,
        )
        return _moment(time, zone, nanoseconds % 1000)
    except (ValueError, OverflowError):
        return None


def reader_of(time_format: str) -> Callable[[str], Moment | None]:
    """How a text of a format is read; the reader also understands ISO 8601 and gives None for anything else.

    Raises MomentError when the format is none.
    """
    if time_format == ISO:
        return iso_moment
    if time_format in EPOCHS:
        per_second = EPOCHS[time_format]
        return lambda text: _since_epoch(text, per_second) or iso_moment(text)
    pattern, names = _compiled(time_format)

    def read(text: str) -> Moment | None:
        match = pattern.fullmatch(text)
        found = None if match is None else _built(dict(zip(names, match.groups(), strict=True)))
        return iso_moment(text) if found is None else found

    return read


def proven_format(values: Iterable[str], name: str) -> str:
    """The one format that reads all of a column's distinct values; `iso` for a column without values.

    Raises MomentError when several formats fit, or none.
    """
    texts = [each for each in dict.fromkeys(values) if each != ""]
    others = [each for each in texts if iso_moment(each) is None]
    if not others:
        return ISO
    fitting = [each for each in CANDIDATES if _fits(each, others)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise MomentError(
            f"column '{name}': '{others[0]}' can be read as {' and as '.join(fitting[:3])}, and no value decides "
            f'between them; write format: "{fitting[0]}" (or another) to the column in use-case.yaml'
        )
    raise MomentError(_no_format(others, name))


def _no_format(texts: Sequence[str], name: str) -> str:
    best = max(CANDIDATES, key=lambda each: sum(_fits(each, [text]) for text in texts[:1_000]))
    odd = [each for each in texts if not _fits(best, [each])]
    if len(odd) * 2 < len(texts):
        shown = ", ".join(f"'{each}'" for each in odd[:5])
        more = f" and {len(odd) - 5} more" if len(odd) > 5 else ""
        return (
            f"column '{name}': most values are times of the form {best}, these are not: {shown}{more}; correct them, "
            "or write format: to the column in use-case.yaml"
        )
    shown = ", ".join(f"'{each}'" for each in texts[:5])
    return (
        f"column '{name}': {shown} {'is not a time' if len(texts) == 1 else 'are not times'} of a known format; "
        'use ISO 8601 such as 2024-05-01 13:00:00, or write format: such as "%d/%m/%Y" (also epoch_s, epoch_ms) to the '
        "column in use-case.yaml"
    )


def _fits(time_format: str, texts: Iterable[str]) -> bool:
    pattern, names = _compiled(time_format)
    for text in texts:
        match = pattern.fullmatch(text)
        if match is None or _built(dict(zip(names, match.groups(), strict=True))) is None:
            return False
    return True


_COMPILED: Final[dict[str, tuple[re.Pattern[str], tuple[str, ...]]]] = {}


def _compiled(time_format: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    found = _COMPILED.get(time_format)
    if found is None:
        found = _COMPILED[time_format] = _compile(time_format)
    return found


def _compile(time_format: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    names: list[str] = []
    parts: list[str] = []
    # 20240501: parts without anything between them have a fixed width.
    adjacent = re.search(r"%.%", time_format) is not None
    for literal, directive in re.findall(r"([^%]+)|%(.?)", time_format):
        if literal:
            parts.append(re.escape(literal))
        elif directive in _PATTERNS:
            names.append(directive)
            pattern = _PATTERNS[directive]
            parts.append(f"({pattern.replace('{1,2}', '{2}') if adjacent else pattern})")
        else:
            known = " ".join(f"%{each}" for each in _PATTERNS)
            raise MomentError(
                f"format '{time_format}': %{directive} is not known; there are {known}, iso, epoch_s, epoch_ms"
            )
    year = {"Y", "y"} & set(names)
    if not year or len(set(names)) < len(names):
        raise MomentError(f"format '{time_format}': a time needs a year (%Y or %y), and each part once")
    return re.compile("".join(parts), re.ASCII), tuple(names)


def _built(parts: dict[str, str]) -> Moment | None:
    """The time of a format's parts; None when there is no such time, as on the 30th of February."""
    word = (parts.get("b") or parts.get("B") or "").lower()
    month = _MONTHS.get(word) if word else int(parts.get("m", "1"))
    if month is None:
        return None
    # Two digits: as POSIX has it, 69 to 99 are of the twentieth century.
    short = int(parts["y"]) if "y" in parts else 0
    year = int(parts["Y"]) if "Y" in parts else (1900 if short >= 69 else 2000) + short
    hour = int(parts.get("H", "0"))
    if "I" in parts:
        hour = int(parts["I"])
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts.get("p", "").lower() == "pm" else 0)
    nanoseconds = int(parts.get("f", "").ljust(9, "0") or 0)
    try:
        time = datetime(
            year,
            month,
            int(parts.get("d", "1")),
            hour,
            int(parts.get("M", "0")),
            int(parts.get("S", "0")),
            nanoseconds // 1000,
        )
        return _moment(time, parts.get("z"), nanoseconds % 1000)
    except (ValueError, OverflowError):
        return None


def _moment(time: datetime, zone: str | None, nanoseconds: int) -> Moment | None:
    if zone not in (None, "Z", "z"):
        digits = str(zone)[1:].replace(":", "").ljust(4, "0")
        hours, minutes = int(digits[:2]), int(digits[2:])
        if hours > 23 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes)
        time = time - shift if str(zone)[0] == "+" else time + shift
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        return None
    return Moment((time - _EPOCH) // timedelta(microseconds=1), nanoseconds)


def _since_epoch(text: str, per_second: float) -> Moment | None:
    if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", text, re.ASCII) is None:
        return None
    try:
        time = datetime.fromtimestamp(0, timezone.utc) + timedelta(seconds=float(text) / per_second)
    except (OverflowError, ValueError):
        return None
    return _moment(time.replace(tzinfo=None), None, 0)
