"""The Debug lab without a browser: source, find, what if, compare, and the case."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bankpage.labs.contract import (
    BackToLive,
    LookAt,
    Mark,
    NotUnderstood,
    OpenStudy,
    ShowOnly,
    Study,
    Subject,
)
from bankpage.labs.debug.finding_model import OFFERED, PAGE
from bankpage.labs.debug.lab import LAB
from bankpage.labs.debug.last_tuesday import Case, days_of_the_case
from bankpage.labs.debug.solving import is_answer, position_in
from bankpage.labs.debug.spans import BARS, marks
from bankpage.paper.effects import Download
from bankpage.paper.tree import Element, Node

from esbank_core import (
    DepositMoney,
    FreezeAccount,
    Ledger,
    OpenAccount,
    SendTransfer,
    WithdrawMoney,
)
from esbank_core.bank.account import CODEC
from esbank_core.bank.events import AccountFrozen, MoneyDeposited, MoneyWithdrawn
from esbank_core.bank.states import balance_in
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.audit import Verifier
from esbank_core.questions.bank.conditions import Status
from esbank_core.questions.moments import moments
from esbank_core.questions.wording.conditions import WORDINGS, parse_condition
from tests.core.histories import Bank
from tests.page.desk import page_phrases as phrases
from tests.page.lab_desk import LabDesk, studied, subject_of

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


def bank() -> Bank:
    """Three accounts; A falls below zero at 5 and at 9, and B is frozen at 8."""
    told = Bank().do(OpenAccount("A", "Ada", "EUR")).do(OpenAccount("B", "Bo", "JPY"))
    told.do(OpenAccount("C", "Cleo", "EUR"), after=DAY)
    told.do(DepositMoney("A", 50_00, "salary")).happened("A", [MoneyWithdrawn(60_00, "rent")])
    told.do(DepositMoney("A", 20_00), after=DAY).happened("B", [UnknownEvent("Scored", 1, {})])
    told.do(FreezeAccount("B", "lost")).happened("A", [MoneyWithdrawn(30_00, "rent")])
    return told.do(DepositMoney("A", 40_00, "salary"), after=DAY)


def desk(ledger: Ledger | None = None, **changes) -> LabDesk:
    ledger = bank().ledger if ledger is None else ledger
    return LabDesk(LAB, studied(subject_of(ledger.recorded, **changes))).does("opened")


def finds(desk: LabDesk, *conditions: dict[str, str], **fields: str) -> LabDesk:
    """Search for conditions, row by row."""
    for _ in conditions[1:]:
        desk.does("one-more", **{"condition-0": "balance-below", "in": ""})
    given = {
        f"{name}-{number}": value
        for number, row in enumerate(conditions)
        for name, value in row.items()
    }
    return desk.does("find", **{"in": "", **given, **fields})


def elements(node: Node) -> Iterator[Element]:
    if isinstance(node, Element):
        yield node
        for child in node.children:
            yield from elements(child)


def rows(desk: LabDesk, slot: str) -> list[list[str]]:
    """The rows of a table, as text."""
    found = [one for node in desk.slot(slot).children or () for one in elements(node)]
    return [
        ["".join(text for text in cell.children if isinstance(text, str)) for cell in row.children]
        for row in found
        if row.tag == "tr"
    ]


BELOW_ZERO = {"condition": "balance-below", "value": "0"}


# Source.


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


# Find.


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


# What if.


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


# Compare.


def test_two_points_are_compared_field_by_field() -> None:
    told = desk(position=3).does("remember").looks_at(9)
    assert told.shows("debug-point") == "From A, event 3, to here, event 9: 3 fields differ."
    assert rows(told, "debug-differences")[1:] == [
        ["A", "Balance", "€0.00", "−€20.00"],
        ["B", "Status", "open", "frozen"],
        ["B", "Reason", "nothing", "lost"],
    ]
    assert "6 events between" in told.shows("debug-between")
    assert "#5 MoneyWithdrawn −€60.00 (A)" in told.shows("debug-between")
    told.looks_at(0)
    assert "to here, Genesis" in told.shows("debug-point")
    assert told.does("forget").slot("debug-differences").attributes["hidden"]


# Test.


def test_a_moment_becomes_a_test_that_runs(tmp_path: Path) -> None:
    told = desk(position=9).does("write-test", anonymous="yes")
    code = told.shows("debug-test-code")
    assert "rent" not in code
    assert "then_rejected('insufficient-funds'" in code
    told.does("download-test")
    assert told.effects == [Download("test_event_9.py", code)]
    assert "rent" in told.does("write-test").shows("debug-test-code")
    path = tmp_path / "test_event_9.py"
    path.write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert b"2 passed" in ran.stdout, ran.stdout


def test_a_long_test_is_written_in_slices() -> None:
    long = Bank().do(OpenAccount("A", "Ada"))
    for _ in range(2_000):
        long.do(DepositMoney("A", 5))
    told = desk(long.ledger)
    told.only("write-test")
    assert told.shows("debug-test-said") == "Writing the test…"
    code = told.settles().shows("debug-test-code")
    assert code.count("MoneyDeposited(amount=5, note=''),") == 1_999


def test_what_no_command_leads_to_makes_no_test() -> None:
    assert "is of no type" in desk(position=7).does("write-test").shows("debug-test-said")
    assert "Move the slider" in desk(position=0).does("write-test").shows("debug-test-said")


# The case.


@pytest.fixture(scope="module")
def case() -> Case:
    *_, whole = days_of_the_case()
    return whole


ANSWER = [position for position in range(1, 5_000) if is_answer(position)]


def test_the_case_is_the_same_everywhere(case: Case) -> None:
    assert case.history.head == 3243
    assert len(case.history.places) == 40
    head = "f7ec9ac94ec91fc90c2ff39f57eed71a7aa81e3db348addb3834c43cc19c5d30"
    assert Verifier.genesis(CODEC).fed(case.lines).audit().head == head


def test_the_fault_is_what_the_story_says(case: Case) -> None:
    (answer,) = ANSWER
    second = case.history.at(answer)
    (first,) = [
        recorded
        for recorded in case.history.stream(second.stream_id)
        if recorded.causation_id == second.causation_id and recorded.position < answer
    ]
    assert first.event == second.event
    assert balance_in(case.history.state_of(second.stream_id, answer)) < 0
    saved = next(
        change.recorded
        for change in case.history.changes()
        if change.recorded.stream_id == second.stream_id
        and change.recorded.position > answer
        and balance_in(change.after) >= 0
    )
    assert saved.time - second.time == timedelta(minutes=50)
    assert second.time.strftime("%A") == "Tuesday"
    assert balance_in(case.history.state_of(second.stream_id)) > 0


def words_of(case: Case) -> Iterator[tuple[str, ...]]:
    """Every single condition on the case, with every value that could tell events apart."""
    history = case.history
    events = [recorded.event for recorded in history.recorded]
    amounts = {event.amount for event in events if hasattr(event, "amount")}
    balances = {balance_in(state) for state in history.states}
    texts = {event.note for event in events if hasattr(event, "note")}
    (answer,) = ANSWER
    second = history.at(answer)
    around = {second.event.amount, second.event.amount + 1, *sorted(amounts)[-40:]}
    yield from (("amount-at-least", f"{amount / 100:.2f}") for amount in around)
    after = balance_in(history.states[answer - 1])
    limits = {0, 1, after, after + 1, *sorted(balances)[:8]}
    yield from (("balance-below", f"{limit / 100:.2f}") for limit in limits)
    yield from (("event-type", kind.name) for kind in CODEC.event_types)
    yield from (("status", status) for status in Status)
    yield from (("field-equals", "data.note", text) for text in texts if text)
    yield from (("field-equals", "data.amount", str(amount)) for amount in around)
    yield ("field-equals", "causationid", second.causation_id or "")
    yield ("field-equals", "subject", second.stream_id)
    yield ("field-contains", "data.note", "rent")
    gaps = {second.time - history.at(answer - 1).time, timedelta(seconds=1), timedelta(hours=1)}
    yield from (("gap-at-least", f"{int(gap.total_seconds() * 1000)}ms") for gap in gaps)
    yield from ((name,) for name, asked in WORDINGS.items() if not asked.asked)


def test_no_single_condition_gives_the_answer_alone(case: Case) -> None:
    offered = {words[0] for words in words_of(case)}
    assert offered >= set(OFFERED)
    for words in words_of(case):
        condition = parse_condition(words, case.history, None)
        found = [change.recorded.position for change in moments(case.history, condition)]
        assert found != ANSWER, words


def test_two_conditions_together_do(case: Case) -> None:
    for words in (
        ["twice-for-one-cause", "and", "balance-below", "0"],
        ["twice-for-one-cause", "and", "refused-today"],
        ["twice-for-one-cause", "event-type", "MoneyWithdrawn"],
    ):
        condition = parse_condition(words, case.history, None)
        found = [change.recorded.position for change in moments(case.history, condition)]
        assert found == ANSWER


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        *[("12", 12), (" #12 ", 12), ("Event 12", 12), ("position 12.", 12), ("1,234", 1234)],
        *[("0012", 12), ("", None), ("ACC-1", None), ("12 or 13", None), ("-5", None)],
    ],
)
def test_an_answer_is_a_position_however_it_is_written(typed: str, position: int | None) -> None:
    assert position_in(typed) == position


def test_the_case_is_opened_answered_and_told_again_without_the_fault() -> None:
    told = LabDesk(LAB, subject_of(bank().ledger.recorded)).does("open-case")
    (wish,) = told.wishes
    study: Study = wish.study
    told.sees(Subject(study, study.history, study.lines, study.chain, 3243, told.subject.actor))
    assert not told.slot("debug-complaint").attributes["hidden"]
    assert told.slot("debug-hint-1").attributes["hidden"]
    told.does("hint").does("hint").does("hint")
    assert not told.slot("debug-hint-2").attributes["hidden"]
    assert "a position" in told.does("answer", answer="Quinn").shows("debug-verdict")
    assert "not the one" in told.does("answer", answer="17").shows("debug-verdict")
    assert told.slot("debug-solved").attributes["hidden"]
    told.does("try-without")
    assert told.shows("debug-edits") == ""
    (answer,) = ANSWER
    assert told.does("answer", answer=str(answer)).shows("debug-verdict").startswith("Right")
    told.does("try-without")
    assert f"part at event {answer}" in told.shows("debug-what-if-said")
    told.does("open-case")
    assert told.wishes[-1] == OpenStudy(study)


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


def test_an_unknown_gesture_is_refused() -> None:
    with pytest.raises(ValueError, match="fly"):
        desk().does("fly")
    with pytest.raises(ValueError, match="no condition"):
        desk().does("find", **{"in": "", "condition-0": "where", "value-0": "1"})
    assert SendTransfer
    assert AccountFrozen
