"""The case to solve: the same everywhere, found by two conditions and by none alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bankpage.labs.contract import (
    OpenStudy,
    Study,
    Subject,
)
from bankpage.labs.debug.finding_model import OFFERED
from bankpage.labs.debug.lab import LAB
from bankpage.labs.debug.last_tuesday import Case, days_of_the_case
from bankpage.labs.debug.solving import is_answer, position_in

from esbank_core.bank.account import CODEC
from esbank_core.bank.states import balance_in
from esbank_core.kernel.written.audit import Verifier
from esbank_core.questions.bank.conditions import Status
from esbank_core.questions.moments import moments
from esbank_core.questions.wording.conditions import WORDINGS, parse_condition
from tests.page.lab_desk import LabDesk, subject_of
from tests.page.labs.debug.desks import bank


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
