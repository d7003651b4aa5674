"""What was rejected is kept beside the ledger: bounded, believed no further than any other text,
and never at the ledger's expense.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from bankpage.live.messages import ActedAs
from bankpage.live.requests import VISITOR
from bankpage.live.stored.beside import MOST_REJECTED, write_beside
from bankpage.live.stored.entries import Entry, Fault
from bankpage.live.stored.reading import read_ledger

from esbank_core.bank.examples import STORYTELLER
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import RejectedCommand
from tests.page.desk import START, Desk, Storage
from tests.page.kept_page import KeptPage
from tests.page.tabs import Browser

AUDITOR = Actor("user", "auditor")


def tried(nth: int = 0) -> RejectedCommand:
    return RejectedCommand(
        f"id-{nth}",
        START + timedelta(seconds=nth),
        VISITOR,
        "WithdrawMoney",
        StreamId("ACC-1"),
        {"amount": 99_00, "note": ""},
        Rejection("insufficient-funds", "The balance is $0.00, which is less than $99.00."),
    )


def rejected_keys(browser: Browser) -> list[str]:
    return [key for key in browser.stored if "/rejected/" in key]


def test_who_tried_what_is_kept_and_the_ledger_knows_nothing_of_it() -> None:
    desk = Desk().opens("Ada").deposits("20").withdraws("99")
    [kept] = desk.model.live.rejected.values()
    assert (kept.type, kept.stream_id, kept.data) == (
        "WithdrawMoney",
        "ACC-1",
        {"amount": 99_00, "note": ""},
    )
    assert (kept.actor, kept.rejection.code) == (VISITOR, "insufficient-funds")
    assert desk.model.live.ledger.head == 2
    assert Desk(desk.storage).model.live.rejected == desk.model.live.rejected


def test_what_the_story_was_refused_is_its_tellers_and_of_the_time_that_it_tells() -> None:
    desk = Desk().hears_the_story()
    [kept] = desk.model.live.rejected.values()
    assert (kept.actor, kept.rejection.code) == (STORYTELLER, "account-frozen")
    times = [one.time for one in desk.model.live.ledger.recorded]
    assert times[0] < kept.time < times[-1]


def test_commands_are_given_in_the_name_that_this_tab_acts_in() -> None:
    desk = Desk().opens("Ada").does(ActedAs(AUDITOR)).deposits("5").withdraws("99")
    first, second = desk.model.live.ledger.recorded
    assert (first.actor, second.actor) == (VISITOR, AUDITOR)
    assert [one.actor for one in desk.model.live.rejected.values()] == [AUDITOR]
    assert desk.shows("works-whose").startswith("Your own last command")
    other = Desk(desk.storage).deposits("1")
    assert other.model.live.ledger.recorded[-1].actor == VISITOR


def test_another_tab_sees_what_was_rejected_and_goes_on_showing_what_it_shows() -> None:
    storage = Storage()
    one, other = Desk(storage, name="one").opens("Ada"), Desk(storage, name="other")
    before = other.model
    one.withdraws("7")
    other.sees()
    other.settles()
    assert other.model.live.rejected == one.model.live.rejected != {}
    assert other.model.live.ledger is before.live.ledger
    assert other.model.stage == before.stage


def test_reset_erases_it_and_can_be_asked_where_there_is_nothing_else(browser: Browser) -> None:
    page = KeptPage(browser).opens(" ")
    assert len(rejected_keys(browser)) == 1
    assert page.model.live.ledger.head == 0
    page.does("erase")
    assert rejected_keys(browser) == []
    assert not page.model.live.rejected
    assert not KeptPage(browser).model.live.rejected


def test_a_tab_that_hears_of_an_erasing_shows_nothing_of_what_was_rejected(
    browser: Browser,
) -> None:
    one, other = KeptPage(browser).opens("Ada"), KeptPage(browser)
    one.does("withdraw", amount="99", note="")
    assert len(other.follows().model.live.rejected) == 1
    one.does("erase")
    assert not other.follows().model.live.rejected
    other.does("open-account", owner=" ")
    assert [key.split("/")[2] for key in rejected_keys(browser)] == ["2"]


def test_a_tab_that_missed_an_erasing_keeps_nothing_of_what_was_erased(browser: Browser) -> None:
    late = KeptPage(browser).opens("Ada")
    KeptPage(browser).does("erase")
    entry = write_beside(1, tried())
    late.tab.keep_rejected(entry.key, entry.value)
    assert rejected_keys(browser) == []


def test_only_the_newest_are_kept(browser: Browser) -> None:
    page = KeptPage(browser).opens("Ada")
    for nth in range(MOST_REJECTED + 3):
        entry = write_beside(1, tried(nth))
        page.tab.keep_rejected(entry.key, entry.value)
    kept = sorted(rejected_keys(browser))
    assert len(kept) == MOST_REJECTED
    assert kept[0].endswith("/id-3")
    assert len(KeptPage(browser).model.live.rejected) == MOST_REJECTED


def test_what_was_rejected_never_takes_the_ledgers_last_room(browser: Browser) -> None:
    page = KeptPage(browser).opens("Ada")
    for nth in range(12):
        entry = write_beside(1, tried(nth))
        page.tab.keep_rejected(entry.key, entry.value)
    browser.fill()
    page.deposits("5")
    assert page.model.live.ledger.head == 2
    assert 0 < len(rejected_keys(browser)) < 12
    browser.fill()
    before = browser.stored
    page.does("withdraw", amount="99", note="")
    assert browser.stored == before
    assert page.model.live.ledger.head == 2


def test_what_a_later_version_keeps_is_left_alone(browser: Browser) -> None:
    page = KeptPage(browser).opens("Ada")
    page.tab.put_unheard("esbank/format", "7")
    before = browser.stored
    entry = write_beside(1, tried())
    page.tab.keep_rejected(entry.key, entry.value)
    assert browser.stored == before


WHOLE = json.loads(write_beside(1, tried()).value or "")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "[]",
        "{",
        "x" * 5000,
        json.dumps({**WHOLE, "sentence": "x" * 5000}),
        json.dumps({**WHOLE, "time": "yesterday"}),
        json.dumps({**WHOLE, "time": 5}),
        json.dumps({**WHOLE, "actor": "me"}),
        json.dumps({**WHOLE, "actor": {"kind": "user", "id": ["a"]}}),
        json.dumps({**WHOLE, "data": [1]}),
        json.dumps({**WHOLE, "data": {"amount": 1.5}}),
        json.dumps({**WHOLE, "data": {"amount": {"a": "b"}}}),
        json.dumps({**WHOLE, "data": {f"field-{nth}": 1 for nth in range(99)}}),
        json.dumps({name: value for name, value in WHOLE.items() if name != "code"}),
        json.dumps({**WHOLE, "code": None}),
        '{"rejected":"A","rejected":"B"}',
        json.dumps({**WHOLE, "sentence": "\ud800"}),
    ],
)
def test_what_tells_of_no_rejected_command_is_set_aside_and_named(value: str) -> None:
    key = write_beside(1, tried()).key
    stored = read_ledger([Entry(key, value)])
    assert not stored.rejected
    assert [(one.entry.key, one.reason) for one in stored.damaged] == [(key, Fault.NO_REJECTION)]


@pytest.mark.parametrize("rest", ["", "1/5/a", "1/000000000000005/", "1/000000000000005/a/b"])
def test_a_key_that_is_none_is_an_unknown_one(rest: str) -> None:
    entry = Entry(f"esbank/rejected/{rest}", write_beside(1, tried()).value)
    [damaged] = read_ledger([entry]).damaged
    assert (damaged.entry, damaged.reason) == (entry, Fault.UNKNOWN_KEY)


def test_what_is_written_is_read_back_and_a_long_text_only_in_part() -> None:
    entry = write_beside(3, tried(5))
    stored = read_ledger([Entry("esbank/generation", "3"), entry])
    assert stored.rejected == {entry.key: tried(5)}
    assert not stored.damaged
    desk = Desk().opens("A" * 100_000)
    [again] = Desk(desk.storage).model.live.rejected.values()
    assert len(str(again.data["owner"])) < 1000
    assert again.rejection.code == "owner-too-long"
