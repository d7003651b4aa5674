"""Instants and spans of time as they are typed, and spans as they are typed again."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from esbank_core.kernel.errors import Damage
from esbank_core.kernel.instant import AFTER_ALL_DIGITS, Instant, digits_beyond
from esbank_core.kernel.written.times import format_time, parse_time
from esbank_core.questions.wording.misread import Misread, MisreadError

_SPAN: Final = re.compile(r"([0-9]{1,9})(ms|[smhdw])")
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def parse_instant(typed: str) -> Instant:
    """An instant as RFC 3339 writes it, or a date, which is its first instant in UTC.

    Raises:
        MisreadError: it is neither.
    """
    day = _day(typed)
    if day is not None:
        return Instant(day)
    try:
        return Instant(parse_time(typed), digits_beyond(typed))
    except Damage as damage:
        raise MisreadError(Misread.INSTANT, typed, damage.reason) from None


def parse_as_of(typed: str) -> Instant:
    """An instant to look back from: of a date it is the last one, so that the day is in it.

    Raises:
        MisreadError: it is neither an instant nor a date.
    """
    day = _day(typed)
    if day is None:
        return parse_instant(typed)
    try:
        return Instant.last_before(day + timedelta(days=1))
    except OverflowError:  # the last day of the calendar
        return Instant(datetime.max.replace(tzinfo=timezone.utc), AFTER_ALL_DIGITS)


def format_instant(instant: Instant) -> str:
    """An instant in RFC 3339, in UTC, as exactly as it is known."""
    if not instant.beyond or instant.beyond == AFTER_ALL_DIGITS:
        return format_time(instant.time)
    whole = instant.time.astimezone(timezone.utc).replace(tzinfo=None)
    return f"{whole.isoformat(timespec='microseconds')}{instant.beyond}Z"


def _day(typed: str) -> datetime | None:
    """The midnight, in UTC, with which a date begins; None where no date is typed."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", typed, re.ASCII):
        return None
    try:
        return datetime.combine(date.fromisoformat(typed), time(), timezone.utc)
    except ValueError:
        raise MisreadError(Misread.INSTANT, typed) from None


def parse_span(typed: str) -> timedelta:
    """A span of time, such as ``5m`` or ``1d12h``.

    Raises:
        MisreadError: it is none.
    """
    parts = _SPAN.findall(typed)
    try:
        if typed and "".join(number + unit for number, unit in parts) == typed:
            return sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())
    except OverflowError:
        pass
    raise MisreadError(Misread.SPAN, typed)


def format_span(milliseconds: int) -> str:
    """A span of time as it is typed: ``4m30s``, ``2d4h``, ``250ms``."""
    span = timedelta(milliseconds=milliseconds)
    seconds = span.seconds
    parts = {
        "d": span.days,
        "h": seconds // 3600,
        "m": seconds % 3600 // 60,
        "s": seconds % 60,
        "ms": span.microseconds // 1000,
    }
    return "".join(f"{count}{unit}" for unit, count in parts.items() if count) or "0s"
