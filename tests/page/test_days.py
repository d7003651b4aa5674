"""Days in the reader’s zone, also where clocks are changed; here, since Pyodide knows no zones."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from esbank_core.questions.wording.days import (
    Days,
    DaysTurnedRoundError,
    NoDayError,
    beginning_of,
    parse_days,
)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("Europe/Berlin", "2026-11-25", "2026-11-24T23:00", 24),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00", 23),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00", 25),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", 24.5),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15", 24),
        # Where clocks are put forward at midnight, there is no midnight.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", 23),
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00", 23),
        # And where they are put back at midnight, the day before has two last hours.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00", 25),
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00", 24),
        # A whole day was left out.
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", 24),
    ],
)
def test_a_day_begins_where_the_reader_is(zone: str, day: str, begins: str, hours: float) -> None:
    days = parse_days(day, day)
    begin, end = days.begin(ZoneInfo(zone)), days.end(ZoneInfo(zone))
    assert begin == datetime.fromisoformat(begins).replace(tzinfo=timezone.utc)
    assert end is not None
    assert end - begin == timedelta(hours=hours)


def test_days_that_are_left_open_have_no_end() -> None:
    assert parse_days("", " ") == Days(None, None)
    assert (Days(None, None).begin(None), Days(None, None).end(None)) == (None, None)
    assert parse_days(" 2026-11-25 ", "").first == date(2026, 11, 25)


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday",
        "2026-02-30",
        "2026-13-01",
        "2026-1-1",
        "25.11.2026",
        "20261125",
        "２０２６-11-25",
    ],
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    for first, last in ((typed, ""), ("", typed)):
        with pytest.raises(NoDayError) as refused:
            parse_days(first, last)
        assert refused.value.typed == typed


def test_a_range_turned_round_is_refused_and_one_day_is_a_range() -> None:
    with pytest.raises(DaysTurnedRoundError):
        parse_days("2026-11-26", "2026-11-25")
    assert parse_days("2026-11-25", "2026-11-25").last == date(2026, 11, 25)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", None])
def test_the_ends_of_the_calendar_break_nothing(day: str, zone: str | None) -> None:
    days = parse_days(day, day)
    place = ZoneInfo(zone) if zone else None
    assert days.begin(place) is not None
    days.end(place)
    assert beginning_of(date.fromisoformat(day), place).tzinfo is timezone.utc
