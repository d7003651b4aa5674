"""The Debug lab without a browser: moments are searched, counted, narrowed to, gone to."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bankpage.labs.contract import (
    LookAt,
    Mark,
    ShowOnly,
)
from bankpage.labs.debug.finding_model import OFFERED, PAGE
from bankpage.labs.debug.spans import BARS, marks

from esbank_core import (
    DepositMoney,
    OpenAccount,
)
from esbank_core.bank.events import MoneyDeposited, MoneyWithdrawn
from esbank_core.questions.wording.conditions import WORDINGS
from tests.core.histories import Bank
from tests.page.desk import page_phrases as phrases
from tests.page.lab_desk import studied, subject_of
from tests.page.labs.debug.desks import BELOW_ZERO, DAY, ROOT, bank, desk, elements, finds


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (BELOW_ZERO, "2 moments in 1 of 3 streams"),
        ({"condition": "amount-at-least", "value": "40"}, "3 moments in 1 of 3 streams"),
        ({"condition": "event-type", "value": "Scored"}, "1 moment in 1 of 3 streams"),
        ({"condition": "status", "value": "frozen"}, "1 moment in 1 of 3 streams"),
        (
            {"condition": "field-equals", "field": "data.note", "value": "rent"},
            "2 moments in 1 of 3 streams",
        ),
        (
            {"condition": "field-contains", "field": "note", "value": "SAL"},
            "2 moments in 1 of 3 streams",
        ),
        ({"condition": "gap-at-least", "value": "1d"}, "3 moments in 2 of 3 streams"),
        ({"condition": "out-of-order"}, "0 moments in 0 of 3 streams"),
        ({"condition": "twice-for-one-cause"}, "0 moments in 0 of 3 streams"),
        ({"condition": "refused-today"}, "2 moments in 1 of 3 streams"),
    ],
)
def test_what_is_looked_for_is_found_and_counted(row: dict[str, str], found: str) -> None:
    told = finds(desk(), row)
    assert told.shows("debug-found-count") == found
    assert told.slot("debug-results").attributes["hidden"] == found.startswith("0")


def test_every_condition_that_is_offered_is_one_of_the_terminals() -> None:
    for name in OFFERED:
        assert name in WORDINGS
        assert f">{name}<" not in desk().shows("debug-conditions")


def test_conditions_are_joined_by_and() -> None:
    told = finds(desk(), BELOW_ZERO, {"condition": "amount-at-least", "value": "50"})
    assert told.shows("debug-found-count") == "1 moment in 1 of 3 streams"
    assert "#5 MoneyWithdrawn" in told.shows("debug-moments")
    told.does("drop", row="1", **{"in": "", "condition-0": "balance-below", "value-0": "0"})
    assert finds(told, BELOW_ZERO).shows("debug-found-count").startswith("2 moments")


def test_one_stream_can_be_searched_alone() -> None:
    told = finds(desk(), {"condition": "balance-below", "value": "1"}, **{"in": "C"})
    assert told.shows("debug-found-count") == "1 moment in 1 of 1 stream"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"condition": "balance-below", "value": "much"}, "“much” is not an amount."),
        ({"condition": "balance-below", "value": " "}, "“Balance falls below” needs a value."),
        ({"condition": "gap-at-least", "value": "5"}, "“5” is no span of time."),
        ({"condition": "field-equals", "value": "5"}, "“Field equals” needs a value."),
    ],
)
def test_what_means_nothing_is_answered_by_a_sentence(row: dict[str, str], said: str) -> None:
    told = finds(desk(), row)
    assert said in told.shows("debug-found-count")
    assert told.slot("debug-results").attributes["hidden"]


def test_the_way_among_moments_and_back() -> None:
    told = finds(desk(position=2), BELOW_ZERO)
    assert told.wishes == [Mark((5, 9))]

    def goes(gesture: str) -> int:
        (wish,) = told.does(gesture).wishes[-1:]
        told.looks_at(wish.position)
        return wish.position

    assert [goes("next-moment"), goes("next-moment")] == [5, 9]
    assert told.slot("debug-next-moment").attributes["aria-disabled"] == "true"
    assert goes("previous-moment") == 5
    assert goes("back") == 2
    assert told.slot("debug-back").attributes["aria-disabled"] == "true"


def test_the_moment_where_the_slider_stands_is_marked_in_the_list() -> None:
    told = finds(desk(position=9), BELOW_ZERO)
    (current,) = [
        one
        for node in told.slot("debug-moments").children or ()
        for one in elements(node)
        if one.attributes.get("aria-current")
    ]
    assert current.key == "debug-moment-9"


def test_a_refusal_says_why() -> None:
    told = finds(desk(), {"condition": "refused-today"})
    assert "The balance is €50.00, which is less than €60.00." in told.shows("debug-moments")


def test_streams_without_their_opening_are_counted() -> None:
    cut = Bank().happened("X", [MoneyDeposited(5), MoneyWithdrawn(9)]).do(OpenAccount("Y", "Yva"))
    told = finds(desk(cut.ledger), {"condition": "refused-today"})
    assert told.shows("debug-found-count").startswith("0 moments")
    assert told.shows("debug-found-beside").startswith("One stream begins without its opening")


def test_a_field_that_no_event_has_is_worth_a_word() -> None:
    row = {"condition": "field-equals", "value": "5"}
    told = finds(desk(), {**row, "field": "data.amuont"})
    assert told.shows("debug-found-count").startswith("0 moments")
    assert told.shows("debug-found-beside").startswith("No event has a field “data.amuont”.")
    assert finds(told, {**row, "field": "data.amount"}).shows("debug-found-beside") == ""
    alone = finds(told, {**row, "field": "data.amount"}, **{"in": "C"})
    assert alone.shows("debug-found-beside").startswith("No event has a field")


def test_the_histogram_spans_the_times_and_not_the_places() -> None:
    """An older history was added behind a newer one: its moments lie before, in time."""
    long_ago = bank().time - 100 * DAY
    told = Bank().do(OpenAccount("A", "Ada", "EUR")).happened("A", [MoneyWithdrawn(60_00, "rent")])
    told.happened("B", [MoneyWithdrawn(1_00, "rent")], at=long_ago)
    told.happened("A", [MoneyDeposited(90_00, "")], at=long_ago + DAY)
    told.happened("A", [MoneyWithdrawn(90_00, "")], at=long_ago + 50 * DAY)
    found = finds(desk(told.ledger), BELOW_ZERO)
    assert found.shows("debug-found-count").startswith("3 moments")
    assert found.does("from", value="20").shows("debug-narrowed").startswith("2 moments")
    assert found.does("from", value="40").shows("debug-narrowed").startswith("1 moment")
    assert (
        found.does("from", value="0").does("to", value="0").shows("debug-listed") == "1 to 1 of 1"
    )


def test_the_histogram_narrows_to_a_part_of_the_time() -> None:
    told = finds(desk(), BELOW_ZERO)
    assert told.slot("debug-bars").attributes["d"]
    told.does("from", value="50")
    assert told.shows("debug-narrowed").startswith("0 moments of them")
    told.does("from", value="30")
    assert told.shows("debug-narrowed").startswith("1 moment of them, from ")
    assert told.shows("debug-listed") == "1 to 1 of 1"
    assert told.shows("debug-found-count").startswith("2 moments")
    assert told.does("next-moment").wishes[-1] == Mark((5, 9))  # the slider stands behind it
    assert told.does("previous-moment").wishes[-1] == LookAt(9)
    told.does("whole-time")
    assert told.shows("debug-listed") == "1 to 2 of 2"
    told.does("to", value="0").does("from", value=str(BARS - 1))
    assert told.slot("debug-to").attributes[".value"] == str(BARS - 1)


def test_a_long_list_is_shown_page_by_page() -> None:
    long = Bank().do(OpenAccount("A", "Ada"))
    for _ in range(40):
        long.do(DepositMoney("A", 5))
    told = finds(desk(long.ledger, position=1), {"condition": "amount-at-least", "value": "0.05"})
    assert told.shows("debug-listed") == f"1 to {PAGE} of 40"
    told.does("later-moments").does("later-moments").does("later-moments")
    assert told.shows("debug-listed") == f"{3 * PAGE + 1} to 40 of 40"
    told.does("later-moments")
    assert told.shows("debug-listed") == f"{3 * PAGE + 1} to 40 of 40"
    told.does("next-moment")
    assert told.shows("debug-listed") == f"1 to {PAGE} of 40"


def test_a_search_goes_on_in_slices_and_counts_as_it_goes() -> None:
    long = Bank().do(OpenAccount("A", "Ada"))
    for _ in range(1_200):
        long.do(DepositMoney("A", 5))
    told = desk(long.ledger)
    told.only("find", **{"in": "", "condition-0": "amount-at-least", "value-0": "0.01"})
    assert told.shows("debug-found-counting") == "499 moments so far, in 500 of 1,201 events…"
    assert told.settles().shows("debug-found-count") == "1,200 moments in 1 of 1 stream"
    assert told.shows("debug-found-counting") == ""


def test_a_new_search_ends_the_one_before() -> None:
    long = Bank().do(OpenAccount("A", "Ada"))
    for _ in range(1_200):
        long.do(DepositMoney("A", 5))
    told = desk(long.ledger)
    told.only("find", **{"in": "", "condition-0": "amount-at-least", "value-0": "0.01"})
    finds(told, {"condition": "status", "value": "closed"})
    assert told.shows("debug-found-count") == "0 moments in 0 of 1 stream"


def test_marks_on_the_line_are_bounded() -> None:
    assert marks([1, 5], 10) == (1, 5)
    many = marks(range(1, 100_001), 100_000)
    assert len(many) <= 501
    assert list(many) == sorted(many)


def test_what_comes_to_a_ledger_is_searched_as_well() -> None:
    told = bank()
    at = finds(desk(told.ledger), BELOW_ZERO)
    told.happened("C", [MoneyWithdrawn(1)])
    grown = subject_of(told.ledger.recorded)
    at.sees(replace(studied(grown), on_stage=at.subject.on_stage))
    assert at.shows("debug-found-count") == "3 moments in 2 of 3 streams"
    assert "AccountFrozen" in at.shows("debug-filter-type")


def test_another_history_on_the_stage_begins_anew() -> None:
    at = finds(desk(), BELOW_ZERO)
    at.sees(subject_of(Bank().do(OpenAccount("Z", "Zoe")).ledger.recorded))
    assert at.shows("debug-found-count") == ""
    assert at.shows("debug-facts") == "On the stage: My ledger, 1 event in 1 stream."
    assert at.wishes[-2:] == [Mark(()), ShowOnly(None)]


def test_before_python_is_there_the_page_offers_the_same_conditions() -> None:
    markup = (ROOT / "site/bankpage/labs/debug/debug.html").read_text()
    offered = re.findall(r'<option value="([^"]+)">([^<]+)</option>', markup)
    told = phrases()
    assert dict(offered) == {name: told(f"debug-condition-{name}") for name in OFFERED}
    assert [name for name, _ in offered] == list(OFFERED)


def test_what_is_typed_stays_when_the_form_is_made_anew() -> None:
    told = desk().does("typed", **{"in": "", "condition-0": "balance-below", "value-0": "7"})
    (typed,) = [
        one.attributes["value"]
        for node in told.slot("debug-conditions").children or ()
        for one in elements(node)
        if one.tag == "input"
    ]
    assert typed == "7"
    told.does("choose", **{"in": "", "condition-0": "gap-at-least", "value-0": "7"})
    assert "needs a value" in finds(told, {"condition": "gap-at-least"}).shows("debug-found-count")
