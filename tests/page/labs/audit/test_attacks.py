"""The Audit lab without a browser: each attack is found and named, or passes."""

from __future__ import annotations

import pytest
from bankpage.labs.audit.attacking import SLICE as COPY_SLICE
from bankpage.labs.audit.model import Attack
from bankpage.labs.contract import (
    BackToLive,
    OpenStudy,
    Study,
)

from esbank_core.bank.commands import (
    DepositMoney,
    OpenAccount,
)
from esbank_core.bank.events import (
    AccountOpened,
    MoneyDeposited,
)
from esbank_core.kernel.identity import Position, StreamId
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, subject_of
from tests.page.labs.audit.desks import (
    ADA,
    COUNT,
    HEAD,
    attacked,
    bank,
    lab,
    subject,
    verdict,
)


@pytest.mark.parametrize(
    ("attack", "event", "value", "said"),
    [
        ("alter-amount", 2, "", "Broken at event 2: altered"),
        ("alter-amount", 5, "$1,000.01", "Broken at event 5: altered"),
        ("rename-owner", 1, "Mallory", "Broken at event 1: altered"),
        ("rename-owner", 3, "", "Broken at event 1: altered"),
        ("remove", 1, "", "Broken at event 1: removed"),
        ("remove", 8, "", "Broken at event 8: removed"),
        ("insert", 1, "", "Broken at event 1: inserted"),
        ("insert", 9, "12", "Broken at event 9: inserted"),
        ("swap", 1, "", "Broken at event 1: reordered"),
        ("swap", 8, "", "Broken at event 8: reordered"),
        ("backdate", 2, "", "Broken at event 2: altered"),
        ("backdate", 9, "2020-02-29", "Broken at event 9: altered"),
        ("backdate", 4, "2020-02-29T10:00:00+02:00", "Broken at event 4: altered"),
    ],
)
def test_an_attack_is_found_and_named(attack: str, event: int, value: str, said: str) -> None:
    desk = lab()
    before = desk.subject
    lines = list(before.lines)
    attacked(desk, attack, event, value)
    assert verdict(desk) == said
    assert list(before.lines) == lines
    study = desk.subject.on_stage
    assert isinstance(study, Study)
    assert study.name == "my ledger (tampered copy)"
    assert study.chain.lines == len(study.lines) == study.history.head
    [remark] = study.remarks
    assert str(event if (attack, event) != ("rename-owner", 3) else 1) in remark.values["position"]


@pytest.mark.parametrize("event", range(1, COUNT + 1))
@pytest.mark.parametrize("attack", ["cut-off", "rehash"])
def test_two_attacks_pass_until_a_head_is_known(attack: str, event: int) -> None:
    desk = attacked(lab(), attack, event)
    assert verdict(desk).startswith("Intact")
    assert verdict(desk.does("compare", known=HEAD)) == "Another history"
    assert "or it was hashed anew" in desk.shows("audit-why")
    assert verdict(attacked(desk.sees(subject()), attack, event)) == "Another history"


def test_the_value_that_was_typed_is_the_one_that_is_forged() -> None:
    desk = attacked(lab(), "alter-amount", 2, "7.50")
    assert desk.subject.history.at(Position(2)).event == MoneyDeposited(7_50, "salary")
    desk = attacked(lab(), "rename-owner", 1, "Eve <b>")
    assert desk.subject.history.at(Position(1)).event == AccountOpened("Eve <b>", "USD")
    desk = attacked(lab(), "insert", 3, "1")
    assert desk.subject.history.at(Position(3)).event == MoneyDeposited(1_00)


def test_an_attack_on_a_copy_goes_on_from_it() -> None:
    desk = attacked(attacked(lab(), "rehash", 2), "alter-amount", 3)
    assert verdict(desk) == "Broken at event 3: altered"
    assert isinstance(desk.subject.on_stage, Study)
    assert desk.subject.on_stage.name == "my ledger (tampered copy)"
    desk.does("leave")
    assert desk.wishes[-1] == BackToLive()


def test_a_long_history_is_copied_in_slices() -> None:
    long = Bank().do(OpenAccount(ADA, "Ada"))
    for nth in range(COPY_SLICE * 2):
        long.do(DepositMoney(ADA, nth + 1))
    desk = lab(subject_of(long.ledger.recorded))
    desk.only("attack", attack="rehash", event="2", value="")
    desk.goes_on()
    assert not desk.wishes
    assert desk.slot("audit-progress").attributes["hidden"] is False
    desk.settles()
    [wish] = desk.wishes
    assert isinstance(wish, OpenStudy)
    assert wish.study.chain.audit().is_intact
    assert len(wish.study.lines) == COPY_SLICE * 2 + 1


@pytest.mark.parametrize(
    ("attack", "event", "value", "said"),
    [
        ("alter-amount", 1, "", "has no amount"),
        ("alter-amount", 2, "much", "is not an amount"),
        ("alter-amount", 2, "100", "says $100.00 already"),
        ("alter-amount", 2, "99999999999999999", "holds that amount exactly"),
        ("rename-owner", 1, "Ada", "says Ada already"),
        ("swap", COUNT, "", "is the last"),
        ("backdate", 2, "yesterday", "is no day and no instant"),
        ("backdate", 2, "2026-02-30", "is no day and no instant"),
        ("insert", 2, "x", "is not an amount"),
        ("remove", 0, "", "no event to attack"),
        ("remove", COUNT + 1, "", "no event to attack"),
    ],
)
def test_what_cannot_be_attacked_is_said(attack: str, event: int, value: str, said: str) -> None:
    desk = lab().does("attack", attack=attack, event=str(event), value=value)
    assert said in desk.shows("audit-attack-said")
    assert not desk.wishes


def test_of_one_event_the_end_cannot_be_cut_off_nor_of_none() -> None:
    one = lab(subject_of(bank().ledger.recorded[:1]))
    one.does("attack", attack="cut-off", event="1", value="")
    assert "nothing would be left" in one.shows("audit-attack-said")
    for attack in Attack:
        none = lab(subject_of([])).does("attack", attack=attack.value, event="0", value="")
        assert "no event to attack" in none.shows("audit-attack-said")


def test_the_event_that_is_attacked_unless_another_is_chosen_moves_money_and_is_not_the_last() -> (
    None
):
    def chosen(desk: LabDesk) -> list[object]:
        options = desk.slot("audit-event").children or ()
        return [
            option.attributes["value"]
            for option in options
            if not isinstance(option, str) and option.attributes.get("selected")
        ]

    assert chosen(lab()) == [2]
    many = Bank()
    for nth in range(60):
        many.do(OpenAccount(StreamId(f"ACC-{nth}"), "Ada"))
    many.do(DepositMoney(StreamId("ACC-7"), 1)).do(DepositMoney(StreamId("ACC-7"), 1))
    assert chosen(lab(subject_of(many.ledger.recorded))) == [61]
    assert chosen(lab().does("choose-event", value="5")) == [5]
    assert "#2 MoneyDeposited $100.00 · ACC-1" in lab().shows("audit-event")
