"""A file in which the places of lost events are marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from esbank_core import CODEC
from esbank_core.bank.account import empty_ledger
from esbank_core.bank.events import AccountOpened, MoneyDeposited, MoneyWithdrawn
from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.recorded import UnknownEvent, record
from esbank_core.kernel.written.audit import Break, verify
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.kernel.written.importing import import_events
from esbank_core.kernel.written.marks import is_mark, mark
from tests.core.store_conformance import BY_TELLER

EVENTS = record(
    [AccountOpened("Ada", "USD"), MoneyDeposited(5), MoneyWithdrawn(1), MoneyDeposited(2)],
    BY_TELLER,
    stream_id="ACC-1",
    version=0,
    position=0,
)
LINES = list(write_events(EVENTS, CODEC))


def marked(*positions: int) -> bytes:
    """The file, with some of its events lost."""
    lines = list(LINES)
    for position in positions:
        time = EVENTS[position - 1].time
        lines[position - 1] = mark("It is not JSON.", position=position, time=time) + "\n"
    return "".join(lines).encode()


LOST = pytest.mark.parametrize("lost", [(1,), (2,), (4,), (1, 2), (2, 3), (1, 3), (2, 3, 4)])


@LOST
def test_a_file_with_marks_is_read_and_the_rest_is_as_it_was(lost: tuple[int, ...]) -> None:
    read = list(read_events([marked(*lost)], CODEC))
    assert [r.position for r in read] == [1, 2, 3, 4]
    for found, was in zip(read, EVENTS, strict=True):
        if was.position in lost:
            assert is_mark(found)
            assert found.event == UnknownEvent("Unreadable", 1, {"reason": "It is not JSON."})
        else:
            assert found == was


@LOST
def test_a_file_with_marks_verifies_as_broken_at_the_first(lost: tuple[int, ...]) -> None:
    audit = verify([marked(*lost)], CODEC)
    assert audit.broken is not None
    assert (audit.broken.position, audit.broken.kind) == (lost[0], Break.ALTERED)


@LOST
def test_a_file_with_marks_is_imported_and_a_second_time_changes_nothing(
    lost: tuple[int, ...],
) -> None:
    first = import_events(empty_ledger(), read_events([marked(*lost)], CODEC))
    assert [r.version for r in first.history.recorded if not is_mark(r)] == [
        was.version for was in EVENTS if was.position not in lost
    ]
    again = import_events(first.history, read_events([marked(*lost)], CODEC))
    assert (again.added, again.skipped) == ((), 4)


def test_without_a_mark_a_version_may_not_skip() -> None:
    with pytest.raises(RefusedLine, match=r"Line 2: .*“sequence”"):
        list(read_events(["".join([LINES[0], LINES[2]]).encode()], CODEC))


def test_an_account_may_be_called_as_a_mark_is() -> None:
    lost = replace(EVENTS[1], stream_id="unreadable/2", version=1, id="unreadable/2/1")
    assert not is_mark(lost)
