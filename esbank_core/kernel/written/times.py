"""Instants as they are written: RFC 3339, in UTC.

Source: RFC 3339, "Date and Time on the Internet: Timestamps".
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

from esbank_core.kernel.errors import Damage

_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def format_time(time: datetime) -> str:
    """An aware instant in RFC 3339, in UTC, to the millisecond (microsecond where it has any).

    Raises:
        ValueError: it has no offset from UTC, or leaves the calendar in UTC.
    """
    utc = in_utc(time)
    precision = "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def in_utc(time: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: it has no offset from UTC, or leaves the calendar in UTC.
    """
    if not isinstance(time, datetime) or time.utcoffset() is None:
        raise ValueError("Its time is no instant: it has no offset from UTC.")
    try:
        return time.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("Its time leaves the calendar in UTC.") from None


def parse_time(text: str) -> datetime:
    """An RFC 3339 instant, in UTC; digits beyond the microsecond are passed over.

    Raises:
        Damage: the text is not an RFC 3339 date and time with an offset, or names a leap second,
            which no ``datetime`` can hold.
    """
    if not _RFC_3339.fullmatch(text):
        raise Damage("Its “time” is not a date and time with an offset, as RFC 3339 writes them.")
    if text[11:13] == "24":  # which Python takes from 3.13 on
        raise Damage("Its “time” is not in the calendar: the hours of a day are 00 to 23.")
    if text[17:19] == "60":
        raise _leap_second(text)
    if text[-1] not in "Zz" and text[-2:] > "59":
        raise Damage("Its “time” is not in the calendar: an hour has 60 minutes.")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(timezone.utc)
    except (ValueError, OverflowError) as impossible:
        raise Damage("Its “time” is not in the calendar.") from impossible


def _leap_second(text: str) -> Damage:
    """What to say of a second 60: whether there can have been one (RFC 3339, section 5.7)."""
    before = parse_time(f"{text[:17]}59{text[19:]}")
    is_last_of_a_month = (before.hour, before.minute) == (23, 59) and (
        before.month != (before + timedelta(days=1)).month
    )
    if not is_last_of_a_month:
        return Damage(
            "Its “time” is not in the calendar: only the last minute of a month, in UTC, can have "
            "a second 60."
        )
    return Damage(
        "Its “time” is a leap second, which has no place of its own on the clock used here; "
        "write the second before it or after it."
    )
