"""The Audit lab without a browser: who did what, and in whose name one acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from bankpage.labs.contract import (
    ActAs,
    LookAt,
    ShowOnly,
)
from bankpage.paper.effects import Download

from esbank_core import Metadata, empty_ledger
from esbank_core.bank.events import (
    MoneyDeposited,
    TransferId,
    TransferReceived,
    TransferSent,
)
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import RejectedCommand
from tests.core.histories import NOON
from tests.page.lab_desk import subject_of
from tests.page.labs.audit.desks import ADA, GRACE, bank, lab, subject


def test_every_actor_has_a_row_with_counts_and_times() -> None:
    ledger = bank().ledger
    for actor, event in (
        (Actor("user", "<b>auditor</b>"), MoneyDeposited(1)),
        (None, MoneyDeposited(2)),
    ):
        metadata = Metadata(NOON + timedelta(days=1), actor)
        ledger = ledger.extend(ledger.recorded_next(GRACE, [event], metadata))
    desk = lab(subject_of(ledger.recorded))
    rows = [
        "".join(str(cell.children[0]) for cell in row.children if not isinstance(cell, str)) + " "
        for row in desk.slot("audit-who").children or ()
        if not isinstance(row, str)
    ]
    assert [row[:12] for row in rows] == ["telleruser99", "<b>auditor</", "nobody named"]


def test_rejected_commands_count_for_whoever_gave_them() -> None:
    rejected = tuple(
        RejectedCommand(
            f"c-{nth}",
            NOON,
            Actor("user", "eve"),
            "WithdrawMoney",
            ADA,
            {"amount": 9_999_00, "note": "<i>"},
            Rejection("insufficient-funds", "The balance is too low."),
        )
        for nth in range(60)
    )
    desk = lab(replace(subject(), refused=rejected))
    assert "eveuser0060" in desk.shows("audit-who")
    assert "WithdrawMoney · ACC-1 · $9,999.00 · <i>" in desk.shows("audit-refused")
    assert "10 more" in desk.shows("audit-refused-note")
    desk.does("export-refused")
    [file] = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert file.text.count("\n") == 60
    assert "specversion" not in file.text


def test_deeds_are_found_by_actor_stream_type_and_day() -> None:
    def found(**asked: str) -> str:
        fields = {"actor": "", "stream": "", "type": "", "since": "", "to": ""}
        return lab().does("find", **{**fields, **asked}).shows("audit-find-said")

    assert found() == "9 events found"
    assert found(actor="user/teller") == "9 events found"
    assert found(actor="user/nobody") == "0 events found"
    assert found(stream=" ACC-2 ") == "3 events found"
    assert found(type="MoneyWithdrawn") == "1 event found"
    assert found(since="2026-11-20", to="2026-11-26") == "9 events found"
    assert found(to="2026-11-20") == "0 events found"
    assert found(since="2026-02-30").startswith("“2026-02-30” is no day")
    assert found(since="2026-11-26", to="2026-11-20").startswith("The last day is before the first")


def test_what_was_found_can_be_looked_at_and_shown_alone() -> None:
    desk = lab().does("find", actor="", stream="ACC-2", type="", since="", to="")
    desk.does("show-found").does("show-all").does("look", position="4")
    found = (Position(4), Position(6), Position(9))
    assert desk.wishes == [ShowOnly(found), ShowOnly(None), LookAt(Position(4))]


def test_the_path_of_a_request_goes_across_both_accounts() -> None:
    ledger = empty_ledger()
    transfer = TransferId("T")
    for stream, event, actor, cause in (
        (ADA, TransferSent(5, transfer, GRACE), Actor("user", "visitor"), "the-command"),
        (GRACE, TransferReceived(5, transfer, ADA), Actor("system", "transfer"), "ACC-1/1"),
    ):
        metadata = Metadata(NOON, actor, "the-request", cause)
        ledger = ledger.extend(ledger.recorded_next(stream, [event], metadata))
    desk = lab(subject_of(ledger.recorded)).does("path-here")
    assert "event 2" in desk.shows("audit-path-title")
    said = desk.shows("audit-path")
    assert said.startswith("Command by visitor")
    assert "the-command" in said
    assert "#1 TransferSent ACC-1 from the command, by visitor" in said
    assert "#2 TransferReceived ACC-2 caused by event 1, by transfer" in said
    desk.looks_at(0).does("path-here")
    assert "before the first event" in desk.shows("audit-find-said")


def test_someone_can_act_in_a_name_of_their_own() -> None:
    desk = lab().does("act", actor="  Grace Hopper ")
    assert desk.wishes == [ActAs(Actor("user", "Grace Hopper"))]
    assert "“Grace Hopper” from now on" in desk.shows("audit-actor-said")
    named = desk.sees(replace(desk.subject, actor=Actor("user", "Grace Hopper")))
    assert named.slot("audit-actor").attributes[".value"] == "Grace Hopper"


@pytest.mark.parametrize("typed", ["", "  ", "x" * 81, "a\nb", "\u202eevil", "\u200b", "\x00"])
def test_what_is_no_owners_name_is_no_actors_either(typed: str) -> None:
    desk = lab().does("act", actor=typed)
    assert not desk.wishes
    assert desk.shows("audit-actor-said")
