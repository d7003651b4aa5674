"""Segments: old events packed, and letter by letter the same when they are unpacked."""

from __future__ import annotations

import random
import uuid
import zlib

import pytest
from bankpage.live.stored.characters import to_wide
from bankpage.live.stored.segments import (
    HEADER_LENGTH,
    Lines,
    Name,
    Segment,
    most_lost,
    pack,
    packable,
    segment_in,
    unpack,
)
from bankpage.live.stored.writing import write_lines
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.events import AccountOpened, MoneyDeposited, MoneyWithdrawn
from esbank_core.kernel.errors import Damage
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Actor, Metadata, record
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.times import parse_time
from tests.core.histories import file_of, ledgers

NAME = Name(1, Position(1), Position(1000))


def lines_like_the_pages_own(count: int, seed: int = 1) -> list[str]:
    """Commands of a person: each with an id of its own, at a time of its own."""
    chance = random.Random(seed)
    lines, previous = [], GENESIS_HASH
    for at in range(count):
        cause = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        day, minute, moment = 1 + at // 40 % 28, chance.randint(0, 59), chance.randint(0, 999)
        time = f"2026-11-{day:02d}T{at % 24:02d}:{minute:02d}:07.{moment:03d}Z"
        event = (
            MoneyDeposited(chance.randint(1, 500_000), chance.choice(["salary", "", "rent"]))
            if at % 3
            else MoneyWithdrawn(chance.randint(1, 9_000), "")
        )
        if at == 0:
            event = AccountOpened("Ada Lovelace", "USD")
        metadata = Metadata(parse_time(time), Actor("user", "visitor"), cause, cause)
        (one,) = record([event], metadata, stream_id="ACC-1", version=at, position=at)
        (line,), previous = write_lines([one], previous)
        lines.append(line)
    return lines


LINES = lines_like_the_pages_own(1000)


@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_thousand_events_are_packed_so_that_a_hundred_thousand_fit(is_narrow: bool) -> None:
    segment = pack(LINES, NAME, GENESIS_HASH, is_narrow=is_narrow)
    assert segment is not None
    whole = len(segment.text) + len(NAME.key)
    assert whole * (70 if is_narrow else 99) < 5_242_880 - 1000 * 450
    assert unpack(segment_in(NAME, segment.text)) == (tuple(LINES), True)
    assert segment_in(NAME, segment.text[:HEADER_LENGTH]).hash_after == segment.hash_after


@given(ledgers(), st.booleans())
def test_any_history_comes_out_letter_by_letter(ledger, is_narrow) -> None:
    lines = file_of(ledger.recorded).decode().split("\n")[:-1]
    if lines:
        name = Name(3, Position(7), Position(6 + len(lines)))
        segment = pack(lines, name, GENESIS_HASH, is_narrow=is_narrow)
        assert segment is not None
        assert unpack(segment).lines == tuple(lines)
        assert Name.of(name.key) == name


@pytest.mark.parametrize(
    "altered",
    [
        LINES[5].replace('"amount":', '"amount":1'),
        LINES[5].replace('"chainhash":"', '"chainhash":"f'),
        LINES[5].replace('"chainhash"', '"hash"'),
        LINES[5].replace('"type"', ' "type"').replace('"chainhash":"', '"chainhash": "'),
        LINES[6],
        "",
        "garbage",
        '{"chainhash":"' + "0" * 64 + '"}\ud800',
    ],
)
def test_a_line_whose_hash_does_not_follow_is_never_packed(altered: str) -> None:
    lines = [*LINES[:5], altered, *LINES[6:10]]
    assert pack(lines, Name(1, Position(1), Position(10)), GENESIS_HASH) is None
    assert packable(lines, GENESIS_HASH) == 5


def test_where_what_is_computed_leads_elsewhere_the_last_line_tells() -> None:
    segment = pack(LINES, NAME, GENESIS_HASH)
    other = pack([LINES[0].replace("Ada", "Eve")], NAME._replace(last=Position(1)), GENESIS_HASH)
    assert other is None
    forged = segment_in(NAME, segment.text.replace(segment.hash_after, "e" * 64, 1))
    lines, is_whole = unpack(forged)
    assert not is_whole
    assert lines[:-1] == tuple(LINES[:-1])
    assert '"chainhash":"' + "e" * 64 + '"' in lines[-1]


def damaged(text: str) -> list[str]:
    body = text.index(" ", 140) if text[2] == "x" else 145
    return [
        "",
        "garbage",
        text[:100],
        text[:2000],
        text[:-8],
        text[: body + 80] + text[body + 160 :],
        text[:body] + text[body + 8] * 8 + text[body + 8 :],
        text[:1000] + "a" + text[1001:],
        text[:1000] + "\ud800" + text[1001:],
        text.replace("1 w", "2 w", 1),
        text.replace("1 w", "1 n", 1),
        text.replace(" 1000 ", " 999 ", 1),
    ]


@pytest.mark.parametrize("nth", range(12))
def test_a_damaged_segment_is_told_from_a_whole_one(nth: int) -> None:
    segment = pack(LINES, NAME, GENESIS_HASH)
    with pytest.raises(Damage):
        unpack(segment_in(NAME, damaged(segment.text)[nth]))


def test_a_segment_that_unpacks_to_gigabytes_is_given_no_memory() -> None:
    bomb = to_wide(zlib.compress(b"\n" * 50_000_000, 9))
    text = f"1 w 1000 {GENESIS_HASH} {GENESIS_HASH} {bomb}"
    with pytest.raises(Damage, match="more than a segment does"):
        unpack(segment_in(NAME, text))


def test_no_more_is_believed_lost_than_could_have_been_there() -> None:
    assert most_lost(NAME, "") == 0
    assert most_lost(NAME, "x" * 3) == 12
    assert most_lost(NAME, "x" * 20_000) == 1000


@pytest.mark.parametrize(
    "key",
    [
        "esbank/ledger/1/000000000001",
        "esbank/ledger/1/000000000001-000000000000",
        "esbank/ledger/1/000000000000-000000000001",
        "esbank/ledger/1/000000000001-000000001001",
        "esbank/ledger/1/1-2",
        "esbank/ledger/x/000000000001-000000000002",
    ],
)
def test_a_key_of_something_else_names_no_segment(key: str) -> None:
    assert Name.of(key) is None


@given(st.lists(st.integers(1, 6), max_size=5), st.data())
def test_lines_of_runs_are_the_lines_one_after_the_other(sizes, data) -> None:
    runs, at, previous = [], 0, GENESIS_HASH
    for nth, size in enumerate(sizes):
        lines = LINES[at : at + size]
        name = Name(1, Position(at + 1), Position(at + size))
        segment = pack(lines, name, previous)
        assert isinstance(segment, Segment)
        runs.append(segment if nth % 2 else tuple(lines))
        at, previous = at + size, segment.hash_after
    whole = Lines(runs)
    assert list(whole) == LINES[:at]
    assert len(whole) == at
    for place in range(-at, at):
        assert whole[place] == LINES[:at][place]
    start, stop = data.draw(st.integers(-3, 40)), data.draw(st.integers(-3, 40))
    assert whole[start:stop] == LINES[:at][start:stop]
    with pytest.raises(IndexError):
        whole[at]
