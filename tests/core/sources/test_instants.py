"""Instants as stores, languages and spreadsheets write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.sources.instants import Instant, parse_instant

AT = datetime(2026, 3, 2, 10, 0, 1, tzinfo=timezone.utc)
HALF = AT + timedelta(milliseconds=500)


@pytest.mark.parametrize(
    ("written", "time", "is_assumed"),
    [
        ("2026-03-02T10:00:01Z", AT, False),
        ("2026-03-02T10:00:01.5Z", HALF, False),
        ("2026-03-02T10:00:01.5000009Z", HALF, False),
        ("2026-03-02T11:00:01.500+01:00", HALF, False),
        ("2026-03-02 10:00:01+00", AT, False),
        ("2026-03-02 06:30:01.5-0330", HALF, False),
        ("2026-03-02 10:00:01 UTC", AT, False),
        ("2026-03-02 11:00:01 +0100", AT, False),
        ("2026-03-02 10:00:01.5000000 +00:00", HALF, False),
        ("2026-03-02 10:00:01", AT, True),
        ("2026-03-02T10:00:01.500000", HALF, True),
        ("2026-03-02", AT.replace(hour=0, second=0), True),
        ("02.03.2026 10:00:01", AT, True),
        ("2.3.2026 11:00:01,500 +0100", HALF, False),
        ("02.03.2026", AT.replace(hour=0, second=0), True),
        ("2026/03/02 10:00:01.5", HALF, True),
        ("2026.3.2T10:00:01Z", AT, False),
        (1_772_445_601, AT, False),
        ("1772445601", AT, False),
        (1_772_445_601.5, HALF, False),
        ("1772445601.500000000", HALF, False),
        (1_772_445_601_500, HALF, False),
        ("1772445601500", HALF, False),
        (1_772_445_601_500_000, HALF, False),
        (1_772_445_601_500_000_000, HALF, False),
        (0, datetime(1970, 1, 1, tzinfo=timezone.utc), False),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=timezone.utc), False),
    ],
)
def test_an_instant_is_read(written: object, time: datetime, is_assumed: bool) -> None:
    assert parse_instant(written) == Instant(time, is_assumed)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "2026-13-45", "2026-03-02T10:00:61Z", "0001-01-01T00:00:00+14:00"),
        *("02/03/2026", "31.02.2026", "32.1.2026", "2.3.26", "1.2.3.2026", "2.3.2026 25:00"),
        *("2026/03.02 1", "2026-03-02 10:00:01 Europe/Prague", "9" * 400, "1e9", "1_000", "٣"),
        *(True, None, [], {}, float("nan"), float("inf"), 10**400, -(10**30)),
    ],
)
def test_what_is_none_is_none(written: object) -> None:
    assert parse_instant(written) is None


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1)))
def test_every_instant_comes_back(time: datetime) -> None:
    time = time.replace(tzinfo=timezone.utc)
    for written in (time.isoformat(), time.isoformat(" "), str(time).replace("+00:00", " UTC")):
        assert parse_instant(written) == Instant(time, is_assumed=False)


@given(st.text() | st.integers() | st.floats() | st.text("0123456789-:. TZ+", min_size=8))
def test_any_value_is_an_instant_or_none(value: object) -> None:
    instant = parse_instant(value)
    assert instant is None or instant.time.tzinfo is timezone.utc
