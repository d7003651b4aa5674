"""The Debug lab without a browser: events are left out, changed and inserted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bankpage.labs.contract import (
    BackToLive,
    OpenStudy,
    Subject,
)
from bankpage.labs.debug.lab import LAB

from esbank_core import (
    DepositMoney,
    OpenAccount,
    WithdrawMoney,
)
from esbank_core.bank.account import CODEC
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.audit import Verifier
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, subject_of
from tests.page.labs.debug.desks import bank, desk, rows


def test_an_event_can_be_left_out_and_taken_back() -> None:
    told = desk(position=4).does("leave-out")
    assert "part at event 4" in told.shows("debug-what-if-said")
    found = rows(told, "debug-consequences")
    assert ["event 4", "first divergence", "", ""] in found
    assert ["event 4", "left out (A)", "MoneyDeposited", "nothing"] in found
    assert ["A", "Balance at the end", "€20.00", "−€30.00"] in found
    assert "Without event 4" in told.shows("debug-edits")
    told.does("take-back", nth="0")
    assert told.shows("debug-what-if-said") == ""
    assert told.slot("debug-consequences-part").attributes["hidden"]


def test_what_would_now_be_rejected_says_why() -> None:
    short = Bank().do(OpenAccount("A", "Ada")).do(DepositMoney("A", 9_00))
    told = desk(short.do(WithdrawMoney("A", 5_00)).ledger, position=2).does("leave-out")
    assert "One later event would now be rejected." in told.shows("debug-what-if-said")
    why = "would now be rejected: The balance is $0.00, which is less than $5.00."
    assert ["event 3", "rejected (A)", "MoneyWithdrawn", why] in rows(told, "debug-consequences")


def test_edits_add_up() -> None:
    told = desk(position=5).does("leave-out")
    told.looks_at(9).does("leave-out")
    assert ["A", "Balance at the end", "€20.00", "€110.00"] in rows(told, "debug-consequences")
    told.does("take-back", nth="0")
    assert ["A", "Balance at the end", "€20.00", "€50.00"] in rows(told, "debug-consequences")
    assert told.does("take-all-back").shows("debug-edits") == ""


def test_an_event_can_be_changed_in_a_form() -> None:
    told = desk(position=5).does("change")
    assert "Event 5, MoneyWithdrawn" in told.shows("debug-draft-title")
    told.does("apply", **{"data-amount": "five", "data-note": "rent"})
    assert "“five” is not an amount" in told.shows("debug-draft-problem")
    told.does("apply", **{"data-amount": "-5", "data-note": "rent"})
    assert "more than zero" in told.shows("debug-draft-problem")
    told.does("apply", **{"data-amount": "10", "data-note": "rent"})
    assert told.slot("debug-draft").attributes["hidden"]
    assert ["A", "Balance at the end", "€20.00", "€70.00"] in rows(told, "debug-consequences")


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("MoneyDeposited", {"data-amount": "0"}, "more than zero"),
        ("MoneyDeposited", {"data-amount": "1.234"}, "more decimals than EUR"),
        ("MoneyWithdrawn", {"data-amount": "99999999999"}, "at the most"),
        ("OwnerRenamed", {"data-owner": "  "}, "needs the name of its owner"),
        ("AccountOpened", {"data-owner": "Ada", "data-currency": "ZZZ"}, "not a currency"),
        ("TransferSent", {"data-amount": "5", "data-to": "A"}, "not to its own"),
        ("TransferSent", {"data-amount": "5", "data-to": ""}, "needs an account"),
    ],
)
def test_what_could_never_have_been_is_not_inserted(kind: str, typed, said: str) -> None:
    told = desk(position=10).does("insert").does("draft-type", type=kind, stream="A")
    told.does("apply", type=kind, stream="A", **typed)
    assert said in told.shows("debug-draft-problem")
    assert told.shows("debug-edits") == ""


def test_a_changed_event_takes_the_place_of_one_left_out() -> None:
    told = desk(position=5).does("leave-out").does("change")
    told.does("apply", **{"data-amount": "10", "data-note": ""})
    assert told.shows("debug-edits").count("Take back") == 1


def test_an_event_can_be_inserted() -> None:
    told = desk(position=10).does("insert")
    told.does("draft-type", type="AccountFrozen", stream="A", **{"data-amount": ""})
    assert "Reason" in told.shows("debug-draft-fields")
    told.does("apply", type="AccountFrozen", stream="A", **{"data-reason": "lost"})
    assert "Before event 10, in A: AccountFrozen" in told.shows("debug-edits")
    assert ["A", "Status at the end", "open", "frozen"] in rows(told, "debug-consequences")
    assert told.does("insert").does("cancel-draft").slot("debug-draft").attributes["hidden"]


def test_an_event_of_an_unknown_type_can_be_left_out_but_not_changed() -> None:
    told = desk(position=7)
    assert told.slot("debug-change").attributes["disabled"]
    assert not told.slot("debug-leave-out").attributes["disabled"]
    assert "part at event 7" in told.does("leave-out").shows("debug-what-if-said")
    assert told.does("change").slot("debug-draft").attributes["hidden"]


def test_the_other_history_is_a_study_and_the_way_back_is_open() -> None:
    told = desk(position=5).does("leave-out").does("open-study")
    (wish,) = told.wishes
    assert isinstance(wish, OpenStudy)
    study = wish.study
    assert study.name == "What if: without event 5 (a study)"
    assert study.history.head == 9
    assert wish.position == 5
    verdict = Verifier.genesis(CODEC).fed(study.lines).audit()
    assert verdict.is_intact
    assert verdict.events == 9
    origin = told.subject.on_stage
    other = Subject(study, study.history, study.lines, study.chain, 5, told.subject.actor)
    told.sees(other)
    assert "These are the consequences for “a study”" in told.shows("debug-elsewhere")
    assert told.slot("debug-open-study").attributes["disabled"]
    assert told.does("to-origin").wishes[-1] == OpenStudy(origin)
    told.does("leave-out")
    assert told.shows("debug-elsewhere") == ""
    assert told.shows("debug-edits").count("Take back") == 1


def test_a_draft_goes_with_the_history_that_it_was_of() -> None:
    told = desk(position=10).does("leave-out").does("change").does("open-study")
    study = next(wish.study for wish in told.wishes if isinstance(wish, OpenStudy))
    assert study.history.head == 9
    told.sees(
        replace(
            told.subject,
            on_stage=study,
            history=study.history,
            lines=study.lines,
            position=Position(9),
        )
    )
    assert told.slot("debug-draft").attributes["hidden"]
    assert told.does("apply", **{"data-amount": "10"}).slot("debug-draft").attributes["hidden"]
    assert "without event 10" in study.name


def test_from_the_live_ledger_the_way_back_leads_to_it() -> None:
    told = LabDesk(LAB, subject_of(bank().ledger.recorded)).does("leave-out").does("open-study")
    study = told.wishes[-1].study
    told.sees(Subject(study, study.history, study.lines, study.chain, 3, told.subject.actor))
    assert told.does("to-origin").wishes[-1] == BackToLive()


def test_before_the_first_event_nothing_can_be_tried() -> None:
    told = desk(position=0).does("leave-out").does("change").does("insert")
    assert told.shows("debug-edits") == ""
    assert told.slot("debug-leave-out").attributes["disabled"]
    assert told.shows("debug-at").startswith("The slider stands before the first event.")
