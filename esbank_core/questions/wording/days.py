"""Days as they are typed, and the instants at which they begin where the reader is.

A day begins at its first instant in the reader's zone: where clocks are put forward at midnight
that is one o'clock, and a day may have 23 or 25 hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo


class NoDayError(ValueError):
    """What was typed is no day of the calendar."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        super().__init__(f"“{typed}” is no day of the calendar.")


class DaysTurnedRoundError(ValueError):
    """A range of days that would end before it begins."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last
        super().__init__(f"{last} is before {first}.")


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; None is the beginning and the end of everything."""

    first: date | None
    last: date | None

    def begin(self, zone: tzinfo | None) -> datetime | None:
        """The first instant of the first day, in a zone (None: the machine's own)."""
        return None if self.first is None else beginning_of(self.first, zone)

    def end(self, zone: tzinfo | None) -> datetime | None:
        """The first instant that is not in them any more."""
        if self.last is None or self.last == date.max:
            return None
        return beginning_of(self.last + timedelta(days=1), zone)


def parse_days(first: str, last: str) -> Days:
    """The days in two fields, of which either may be empty.

    Raises:
        NoDayError: one holds no day.
        DaysTurnedRoundError: the last is before the first.
    """
    days = Days(_day(first), _day(last))
    if days.first is not None and days.last is not None and days.last < days.first:
        raise DaysTurnedRoundError(days.first, days.last)
    return days


def beginning_of(day: date, zone: tzinfo | None) -> datetime:
    """The first instant of a day, in UTC."""
    midnight = datetime.combine(day, time())
    try:
        local = midnight.astimezone() if zone is None else midnight.replace(tzinfo=zone)
        return local.astimezone(timezone.utc)
    except (OverflowError, ValueError, OSError):  # at the ends of the calendar
        return midnight.replace(tzinfo=timezone.utc)


def _day(typed: str) -> date | None:
    text = typed.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise NoDayError(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoDayError(text) from None
