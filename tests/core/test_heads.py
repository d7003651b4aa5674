"""Heads kept elsewhere: what a chain cannot tell by itself shows against one."""

from __future__ import annotations

import json
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount
from esbank_core.kernel.written.audit import Audit, verify
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.heads import (
    KeptHead,
    NoHeadError,
    Relation,
    carried_hash,
    compare,
    read_head,
    write_head,
)
from tests.core.histories import NOON, Bank, lines_of

BANK = Bank().do(OpenAccount("ACC-1", "Ada"))
for amount in range(1, 8):
    BANK.do(DepositMoney("ACC-1", amount))
LINES = [line.rstrip("\n") for line in lines_of(BANK.ledger.recorded)]
HASHES = [json.loads(line)["chainhash"] for line in LINES]


def audit(lines: list[str]) -> Audit:
    return verify(["".join(f"{line}\n" for line in lines).encode()], CODEC)


@given(
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.integers(0, 10**11),
    st.datetimes(timezones=st.just(timezone.utc)).map(
        lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
    ),
)
def test_what_is_kept_is_read_again_however_it_was_broken_into_lines(hash_, events, kept) -> None:
    head = KeptHead(hash_, events, kept)
    text = write_head(head)
    assert read_head(text) == head
    for other in (text.replace("\n", "\r\n"), text.replace("\n", " "), f"\ufeff \n{text}\t"):
        assert read_head(other) == head


def test_a_kept_head_says_how_many_events_and_when() -> None:
    assert write_head(KeptHead("a" * 64, 12, NOON + timedelta(milliseconds=5))) == (
        f"esbank head of 12 events\nkept 2026-11-23T12:00:00.005Z\nsha256 {'a' * 64}\n"
    )
    assert write_head(KeptHead("a" * 64, 1, NOON)).startswith("esbank head of 1 event\n")


def test_a_bare_hash_is_a_head_as_well() -> None:
    assert read_head(f" {'AB' * 32}\n") == KeptHead("ab" * 32)
    assert read_head(write_head(KeptHead("ab" * 32))) == KeptHead("ab" * 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "head",
        "g" * 64,
        "a" * 63,
        "a" * 65,
        "a" * 100_000,
        f"{'a' * 64} {'b' * 64}",
        "３" * 64,
        f"esbank head of events\nkept 2026-11-23T12:00:00Z\nsha256 {'a' * 64}",
        f"esbank head of 3 events\nkept 2026-02-30T12:00:00Z\nsha256 {'a' * 64}",
        f"esbank head of 3 events\nkept yesterday at noon\nsha256 {'a' * 64}",
        f"esbank head of 3 events\nkept 2026-11-23T12:00:00Z\nsha256 {'a' * 63}",
        f"esbank head of 3 events\nkept 2026-11-23T12:00:00Z\nsha256 {'a' * 64} and more",
    ],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(NoHeadError):
        read_head(text)


def test_a_history_holds_its_own_head_and_has_grown_from_every_earlier_one() -> None:
    for position, hash_ in enumerate([GENESIS_HASH, *HASHES]):
        found = compare(LINES, audit(LINES), KeptHead(hash_))
        since = len(LINES) - position
        assert found.relation is (Relation.GROWN if since else Relation.SAME)
        assert (found.position, found.since) == (position, since)


def test_a_history_that_was_cut_short_is_another() -> None:
    for length in range(len(LINES)):
        shorter = LINES[:length]
        assert compare(shorter, audit(shorter), KeptHead(HASHES[-1])).relation is Relation.ANOTHER


def test_behind_a_break_no_hash_is_believed() -> None:
    forged = [LINES[0], LINES[1].replace('"amount":1', '"amount":9'), *LINES[2:]]
    found = audit(forged)
    assert compare(forged, found, KeptHead(HASHES[0])).relation is Relation.GROWN
    for hash_ in HASHES[1:]:
        assert compare(forged, found, KeptHead(hash_)).relation is Relation.ANOTHER


@pytest.mark.parametrize("line", ["", "{", "[]", '{"chainhash":5}', '{"a":1}'])
def test_a_line_that_says_no_hash_carries_none(line: str) -> None:
    assert carried_hash(line) == ""


def test_a_hash_is_read_however_the_line_is_spelt() -> None:
    for line, hash_ in zip(LINES, HASHES, strict=True):
        assert carried_hash(line) == hash_
        assert carried_hash(json.dumps(json.loads(line), indent=None)) == hash_
    noted = json.dumps({"data": {"note": f'"chainhash":"{"b" * 64}"'}, "chainhash": "a" * 64})
    assert carried_hash(noted) == "a" * 64
    within = {"data": {"chainhash": "b" * 64}}
    for separators in ((",", ":"), (", ", ": ")):
        assert carried_hash(json.dumps(within, separators=separators)) == ""
