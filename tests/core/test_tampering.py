"""Tampering: whatever is done to a history's lines is found by its chain, or by a head kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount, WithdrawMoney, empty_ledger
from esbank_core.bank.commands import SendTransfer
from esbank_core.bank.events import MoneyDeposited, TransferId
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnreadableEvent
from esbank_core.kernel.written.audit import Audit, Verifier
from esbank_core.kernel.written.heads import KeptHead, Relation, carried_hash, compare
from esbank_core.kernel.written.own_form import OwnForm
from esbank_core.kernel.written.suspect import Break
from esbank_core.kernel.written.tampering import (
    Edit,
    Retelling,
    Row,
    Tampering,
    altered,
    invented,
)
from tests.core.histories import Bank, ledgers, lines_of

BANK = Bank().do(OpenAccount("ACC-1", "Ada")).do(OpenAccount("ACC-2", "Grace Ünïcode"))
for amount in range(1, 6):
    BANK.do(DepositMoney("ACC-1", amount * 100, "sälary"))
BANK.do(SendTransfer("ACC-1", 50, TransferId("T"), "ACC-2")).do(WithdrawMoney("ACC-1", 3))
LINES = [line.rstrip("\n") for line in lines_of(BANK.ledger.recorded)]
COUNT = len(LINES)
PLACES = range(1, COUNT + 1)


def done(tampering: Tampering, lines: list[str], slice_: int = 3) -> list[Row]:
    """A tampering carried out in slices."""
    rows: list[Row] = []
    for start in range(0, tampering.count(len(lines)), slice_):
        stop = min(start + slice_, tampering.count(len(lines)))
        last = rows[-1].line if rows else ""
        form = OwnForm(CODEC) if start % 2 else None
        rows += tampering.rows(lines, start, stop, last, form)
    return rows


def audited(rows: list[Row]) -> Audit:
    return Verifier.genesis(CODEC).fed(row.line for row in rows).audit()


def broken(tampering: Tampering, lines: list[str] = LINES) -> tuple[int, Break] | None:
    found = audited(done(tampering, lines)).broken
    return None if found is None else (found.position, found.kind)


def retold(rows: list[Row], ledger=BANK.ledger):
    """The history that a program would see which asks no chain."""
    retelling, history = Retelling(), empty_ledger()
    for start in range(0, len(rows), 4):
        retelling, read = retelling.fed(rows[start : start + 4], ledger.recorded, CODEC)
        history = history.extend(read)
    return history


def forged(position: int) -> str:
    return altered(LINES, Position(position), {}, time="2020-01-01T00:00:00.000Z")


@pytest.mark.parametrize("position", PLACES)
def test_what_is_altered_is_found_and_named(position: int) -> None:
    tampering = Tampering(Edit.REPLACE, Position(position), forged(position))
    assert broken(tampering) == (position, Break.ALTERED)
    history = retold(done(tampering, LINES))
    assert history.head == COUNT
    assert history.at(Position(position)).time.year == 2020
    others = [one for one in history.recorded if one.position != position]
    assert others == [one for one in BANK.ledger.recorded if one.position != position]


@pytest.mark.parametrize("position", PLACES)
def test_what_is_removed_is_found_unless_it_was_the_last(position: int) -> None:
    tampering = Tampering(Edit.REMOVE, Position(position))
    assert broken(tampering) == (None if position == COUNT else (position, Break.REMOVED))
    history = retold(done(tampering, LINES))
    assert [one.event for one in history.recorded] == [
        one.event for one in BANK.ledger.recorded if one.position != position
    ]
    assert [one.position for one in history.recorded] == list(range(1, COUNT))


@pytest.mark.parametrize("position", PLACES)
def test_what_is_inserted_is_found_however_well_it_was_hashed(position: int) -> None:
    line = invented(LINES, Position(position), "MoneyDeposited", {"amount": 7, "note": "x"})
    tampering = Tampering(Edit.INSERT, Position(position), line)
    assert broken(tampering) == (position, Break.INSERTED)
    history = retold(done(tampering, LINES))
    assert history.at(Position(position)).event == MoneyDeposited(7, "x")
    assert history.head == COUNT + 1


@pytest.mark.parametrize("position", PLACES[:-1])
def test_what_is_swapped_is_found(position: int) -> None:
    tampering = Tampering(Edit.SWAP, Position(position))
    assert broken(tampering) == (position, Break.REORDERED)
    rows = done(tampering, LINES)
    assert [row.origin for row in rows[position - 1 : position + 1]] == [position + 1, position]


@pytest.mark.parametrize("position", PLACES)
def test_a_head_kept_elsewhere_catches_what_the_chain_cannot(position: int) -> None:
    head = KeptHead(carried_hash(LINES[-1]))
    for tampering in (
        Tampering(Edit.CUT_OFF, Position(position)),
        Tampering(Edit.REHASH, Position(position), forged(position)),
    ):
        rows = done(tampering, LINES)
        found = audited(rows)
        assert found.broken is None
        assert compare([row.line for row in rows], found, head).relation is Relation.ANOTHER


@given(ledgers(), st.data())
def test_a_history_hashed_anew_passes_and_reads_as_before_but_for_what_was_altered(
    ledger, data
) -> None:
    lines = [line.rstrip("\n") for line in lines_of(ledger.recorded)]
    position = Position(data.draw(st.integers(1, ledger.head)))
    line = altered(lines, position, {}, time="2020-01-01T00:00:00.000Z")
    rows = done(Tampering(Edit.REHASH, position, line), lines)
    assert audited(rows).is_intact
    assert [row.origin for row in rows] == [
        None if nth == position else nth for nth in range(1, ledger.head + 1)
    ]
    history = retold(rows, ledger)
    assert [one.event for one in history.recorded] == [one.event for one in ledger.recorded]


def test_the_history_that_was_attacked_stays_as_it_was() -> None:
    before = list(LINES), list(BANK.ledger.recorded)
    for edit in Edit:
        rows = done(Tampering(edit, Position(2), forged(2)), LINES)
        retold(rows)
    assert (list(LINES), list(BANK.ledger.recorded)) == before


@given(st.sampled_from(list(Edit)), st.sampled_from(PLACES), st.integers(1, COUNT + 2))
def test_an_edit_is_what_it_would_be_on_a_list_however_it_is_sliced(
    edit: Edit, place: int, slice_: int
) -> None:
    at = place - 1
    before = [Row(line, Position(nth)) for nth, line in enumerate(LINES, start=1)]
    forged_row = Row(forged(place), None)
    expected = {
        Edit.REPLACE: [*before[:at], forged_row, *before[at + 1 :]],
        Edit.REMOVE: [*before[:at], *before[at + 1 :]],
        Edit.INSERT: [*before[:at], forged_row, *before[at:]],
        Edit.SWAP: [*before[:at], *before[at : at + 2][::-1], *before[at + 2 :]],
        Edit.CUT_OFF: before[:at],
    }.get(edit)
    if edit is Edit.SWAP and place == COUNT:
        return  # there is no next
    rows = done(Tampering(edit, Position(place), forged_row.line), LINES, slice_)
    if expected is not None:
        assert rows == expected
    origins = [None if edit is Edit.REHASH and nth == place else nth for nth in PLACES]
    assert expected is not None or [row.origin for row in rows] == origins


def unchained() -> list[str]:
    documents = [json.loads(line) for line in LINES]
    for document in documents:
        del document["chainhash"]
    return [json.dumps(document, ensure_ascii=False) for document in documents]


def test_a_history_without_hashes_can_be_chained_from_here_on() -> None:
    rows = done(Tampering(Edit.CHAIN, Position(1)), unchained())
    assert audited(rows) == Audit(COUNT, carried_hash(LINES[-1]), None)
    assert [row.origin for row in rows] == list(PLACES)


def test_what_is_invented_in_a_history_without_hashes_has_none_either() -> None:
    line = invented(unchained(), Position(3), "MoneyDeposited", {"amount": 7})
    assert carried_hash(line) == ""
    assert json.loads(line)["type"] == "MoneyDeposited"


@pytest.mark.parametrize("line", ["", "{", "[]", "\ud800", '{"a":1,"a":2}'])
def test_a_line_that_is_none_can_be_moved_and_not_altered(line: str) -> None:
    lines = [*LINES[:2], line, *LINES[3:]]
    with pytest.raises(UnfitLine):
        altered(lines, Position(3), {"amount": 1})
    with pytest.raises(UnfitLine):
        invented(lines, Position(3), "MoneyDeposited", {"amount": 1})
    for edit in (Edit.REMOVE, Edit.SWAP, Edit.CUT_OFF, Edit.CHAIN):
        assert done(Tampering(edit, Position(3)), lines)


def test_a_forged_line_that_no_program_could_read_is_shown_as_that() -> None:
    line = altered(LINES, Position(3), {"amount": "much"})
    history = retold(done(Tampering(Edit.REPLACE, Position(3), line), LINES))
    assert isinstance(history.at(Position(3)).event, UnreadableEvent)
    assert history.head == COUNT
