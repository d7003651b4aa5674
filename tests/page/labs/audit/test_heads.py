"""The Audit lab without a browser: a head is kept, known, and held against."""

from __future__ import annotations

import pytest
from bankpage.labs.contract import (
    Tell,
)
from bankpage.paper.effects import Download

from esbank_core.bank.commands import (
    DepositMoney,
    OpenAccount,
)
from esbank_core.kernel.written.heads import read_head
from tests.core.histories import Bank
from tests.page.lab_desk import subject_of
from tests.page.labs.audit.desks import ADA, COUNT, GRACE, HEAD, attacked, bank, lab, verdict


def test_a_head_is_kept_with_time_and_count_and_its_script_draws_it() -> None:
    desk = lab().does("keep")
    text = desk.shows("audit-kept-text")
    kept = read_head(text)
    assert (kept.hash, kept.events) == (HEAD, COUNT)
    assert kept.kept is not None
    [told] = [effect for effect in desk.effects if isinstance(effect, Tell)]
    assert read_head(told.text) == kept
    desk.does("download-head")
    [file] = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert (file.name, read_head(file.text)) == ("esbank-head.txt", kept)


@pytest.mark.parametrize(
    ("text", "slot", "other"),
    [
        ("audit-kept-text", "audit-copied", "audit-hand-copied"),
        ("audit-hand-python", "audit-hand-copied", "audit-copied"),
    ],
)
def test_what_was_copied_is_said_where_it_was_and_only_once(
    text: str, slot: str, other: str
) -> None:
    desk = lab().does("copied", how="selected", text=text)
    assert desk.shows(slot).startswith("The browser does not let this page copy")
    assert desk.shows(other) == ""
    assert desk.does("copied", how="copied", text=text).shows(slot) == "Copied."
    assert desk.does("earlier").shows(slot) == ""


def test_a_known_head_is_held_lost_or_grown_from() -> None:
    desk = lab().does("compare", known=f" {HEAD}\n")
    assert verdict(desk) == "Holds the known head"
    grown = bank()
    for _ in range(3):
        grown.do(DepositMoney(GRACE, 1))
    desk.sees(subject_of(grown.ledger.recorded)).does("compare", known=HEAD)
    assert verdict(desk) == "Grown from it by 3 events"
    assert "Event 9 has the hash that is known" in desk.shows("audit-why")
    assert verdict(desk.does("verify")).startswith("Intact: 12 events")
    desk.sees(subject_of(Bank().do(OpenAccount(ADA, "Ada")).ledger.recorded))
    assert verdict(desk.does("compare", known=HEAD)) == "Another history"
    assert verdict(desk.does("verify")) == "Another history"


def test_the_text_that_was_kept_is_a_known_head() -> None:
    desk = lab().does("keep")
    assert verdict(desk.does("compare", known=desk.shows("audit-kept-text"))) == (
        "Holds the known head"
    )


@pytest.mark.parametrize("typed", ["head", "f" * 63, "z" * 64, "{}", "\x00", "f" * 5000])
def test_what_is_no_head_is_said_to_be_none_and_what_was_known_stays(typed: str) -> None:
    desk = lab().does("compare", known=HEAD).does("compare", known=typed)
    assert desk.shows("audit-head-said").startswith("That is no head")
    assert HEAD in desk.shows("audit-known-is")


def test_with_nothing_typed_no_head_is_known_any_more() -> None:
    desk = lab().does("compare", known=HEAD).does("compare", known=" ")
    assert desk.shows("audit-known-is") == "No head is known yet."


def test_of_a_broken_chain_no_head_is_kept() -> None:
    desk = attacked(lab(), "alter-amount", 2).does("keep")
    assert desk.shows("audit-head-said").startswith("This chain is broken")
    assert desk.slot("audit-kept").attributes["hidden"] is True
