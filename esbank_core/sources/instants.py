"""Instants as event stores write them: ISO 8601 in its dialects, and counts since 1970.

PostgreSQL's blank instead of the T and its short offsets, .NET's seven digits, a zone's name
after a blank, seconds to nanoseconds since 1970 as a number or as its text; 2026/3/2, and the
2.3.2026 of spreadsheets, the day first. Where no offset is written, UTC is assumed, and that is
said.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECONDS: Final = 100_000_000_000
"""Counts below are seconds (until the year 5138); a thousand times that, milliseconds; …"""
_COUNT: Final = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,9})?", re.ASCII)
_BLANK_OFFSET: Final = re.compile(r" (UTC|Z|[+-][0-9:]+)$", re.ASCII)
_OTHERWISE: Final = re.compile(
    r"(?:(?P<y>[0-9]{4})[/.](?P<m>[0-9]{1,2})[/.](?P<d>[0-9]{1,2})"
    r"|(?P<d2>[0-9]{1,2})\.(?P<m2>[0-9]{1,2})\.(?P<y2>[0-9]{4}))"
    r"(?P<rest>(?:[T ][0-9:.,]{5,18}(?: ?(?:UTC|Z|[+-][0-9:]{2,6}))?)?)",
    re.ASCII,
)
"""The year first, with slashes or points; or the day, with points. 3/4/2026 may be either of two
days, and is none."""
_SHORTEST: Final = len("2026-01-01")


class Instant(NamedTuple):
    """An aware instant in UTC, and whether its offset had to be assumed."""

    time: datetime
    is_assumed: bool


def parse_instant(value: object) -> Instant | None:
    """The instant that a value means, to the microsecond; None where it means none."""
    if isinstance(value, str):
        if len(value) >= _SHORTEST and value[4:5] == "-":
            return _calendar(value)
        if (other := _OTHERWISE.fullmatch(value)) is not None:
            year, month, day = other["y"], other["m"], other["d"]
            if year is None:
                year, month, day = other["y2"], other["m2"], other["d2"]
            return _calendar(f"{year}-{month:0>2}-{day:0>2}{other['rest']}")
        if _COUNT.fullmatch(value):
            return _since_1970(float(value) if "." in value else int(value))
        return None
    if type(value) is int or type(value) is float:
        return _since_1970(value)
    return None


def _calendar(text: str) -> Instant | None:
    if " " in text[_SHORTEST + 1 :]:  # before the offset, as Ruby and SQL Server write it
        text = _BLANK_OFFSET.sub(r"\1", text).replace("UTC", "Z")
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            return Instant(time.replace(tzinfo=timezone.utc), is_assumed=True)
        if time.tzinfo is not timezone.utc:
            time = time.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return Instant(time, is_assumed=False)


def _since_1970(count: float) -> Instant | None:
    size = abs(count)
    if not size < _SECONDS * 10**10:  # nor is NaN
        return None
    microseconds: float = count * 1_000_000
    if size >= _SECONDS * 1_000_000:
        microseconds = count // 1_000
    elif size >= _SECONDS * 1_000:
        microseconds = count
    elif size >= _SECONDS:
        microseconds = count * 1_000
    try:
        return Instant(_EPOCH + timedelta(microseconds=microseconds), is_assumed=False)
    except OverflowError:
        return None
