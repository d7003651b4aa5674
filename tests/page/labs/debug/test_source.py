"""The Debug lab without a browser: what is on the stage, and which of it the ledger shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bankpage.labs.contract import (
    LookAt,
    Mark,
    NotUnderstood,
    ShowOnly,
)
from bankpage.labs.debug.lab import LAB

from esbank_core import (
    SendTransfer,
)
from esbank_core.bank.events import AccountFrozen
from esbank_core.kernel.recorded import UnknownEvent
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, studied, subject_of
from tests.page.labs.debug.desks import bank, desk, finds


def test_the_source_says_what_is_on_the_stage() -> None:
    told = desk()
    assert told.shows("debug-facts") == "On the stage: a study, 10 events in 3 streams."
    assert "Scored (1)" in told.shows("debug-filter-type")
    assert told.shows("debug-filter-stream") == "All streamsABC"


@pytest.mark.parametrize(
    ("chosen", "positions"),
    [
        ({"stream": "A"}, (1, 4, 5, 6, 9, 10)),
        ({"type": "MoneyWithdrawn"}, (5, 9)),
        ({"type": "Scored"}, (7,)),
        ({"text": "SALARY"}, (4, 10)),
        ({"stream": "B", "type": "AccountFrozen", "text": "lost"}, (8,)),
        ({"stream": "C", "text": "salary"}, ()),
        ({}, None),
    ],
)
def test_the_ledger_can_be_filtered(chosen: dict[str, str], positions) -> None:
    told = desk().does("filter", **{"stream": "", "type": "", "text": "", **chosen})
    assert told.wishes == [ShowOnly(positions)]
    if positions is not None:
        assert told.shows("debug-shown") == f"{len(positions)} of 10 events are shown."
        assert told.does("show-all").wishes[-1] == ShowOnly(None)


def test_a_stream_is_shown_by_its_name() -> None:
    assert desk().does("show-stream", stream="B").wishes == [ShowOnly((2, 7, 8))]


def test_of_very_many_streams_any_can_be_chosen() -> None:
    told = Bank()
    for nth in range(1, 1_101):
        told.happened(f"cart-{nth}", [UnknownEvent("ItemAdded", 1, {"n": nth})])
    told = desk(told.ledger)

    def choices(slot: str) -> list[str]:
        return [str(option.children[0]) for option in told.slot(slot).children or ()]

    for slot in ("debug-in", "debug-filter-stream"):
        assert choices(slot)[1:3] == ["cart-1", "cart-2"]
        assert choices(slot)[-1].startswith("… and 100 more")
    told.does("seek-stream", value="T-1077")
    for slot in ("debug-in", "debug-filter-stream"):
        assert "cart-1077" in choices(slot)
    finds(told, {"condition": "event-type", "value": "ItemAdded"}, **{"in": "cart-1077"})
    assert told.shows("debug-found-count").startswith("1 moment in 1 of 1 stream")
    told.does("seek-stream", value="")
    assert "cart-1077" in choices("debug-in")


def test_what_was_filtered_and_found_is_shown_again_when_the_lab_is_opened_again() -> None:
    told = desk().does("show-stream", stream="B")
    told.does("find", **{"condition-0": "balance-below", "value-0": "0"})
    told.wishes.clear()
    assert told.does("opened").wishes == [Mark((5, 9)), ShowOnly((2, 7, 8))]


def test_what_was_not_understood_is_told_with_an_example() -> None:
    subject = studied(subject_of(bank().ledger.recorded))
    strange = NotUnderstood("Scored", 1, 7)
    subject = replace(subject, on_stage=replace(subject.on_stage, not_understood=(strange,)))
    told = LabDesk(LAB, subject).does("opened")
    assert "Type “Scored”: 1. See event 7" in told.shows("debug-strange-list")
    assert told.does("go", position="7").wishes == [LookAt(7)]


def test_an_unknown_gesture_is_refused() -> None:
    with pytest.raises(ValueError, match="fly"):
        desk().does("fly")
    with pytest.raises(ValueError, match="no condition"):
        desk().does("find", **{"in": "", "condition-0": "where", "value-0": "1"})
    assert SendTransfer
    assert AccountFrozen
