"""The Analytics lab: questions asked of any history, as of the slider, and what comes of them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bankpage.labs.analytics import lab as lab_module
from bankpage.labs.analytics.lab import LAB
from bankpage.labs.analytics.plot import MOST_LINES, plot_of
from bankpage.labs.analytics.update import SLICE
from bankpage.labs.contract import LookAt, NotUnderstood, OpenLab, Study
from bankpage.paper.effects import Download
from bankpage.paper.tree import Element, Node, Slot

from esbank_core import DepositMoney, OpenAccount, SendTransfer, WithdrawMoney
from esbank_core.bank.account import Recorded
from esbank_core.bank.events import AccountOpened, MoneyDeposited, MoneyWithdrawn
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.questions.ask import ask
from esbank_core.questions.wording.questions import FORMS, question_form
from tests.core.histories import Bank
from tests.page.lab_desk import LabDesk, studied, subject_of

MINUTE = timedelta(minutes=1)
FIVE_MINUTES = "withdrew-after-deposit"


def told() -> Bank:
    """Two accounts; Ada withdraws a minute after depositing, and a transfer comes back."""
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(OpenAccount("ACC-2", "Grace"))
    bank.do(DepositMoney("ACC-1", 100_00)).do(WithdrawMoney("ACC-1", 7_00))
    bank.do(SendTransfer("ACC-1", 50_00, "T-1", "ACC-2"))
    return bank.do(SendTransfer("ACC-2", 20_00, "T-2", "ACC-1"))


@pytest.fixture
def desk() -> LabDesk:
    return LabDesk(LAB, subject_of(told().ledger.recorded))


def elements(node: Node | Slot, tag: str) -> list[Element]:
    """Every element of a kind within a node, in order."""
    if isinstance(node, str):
        return []
    children = node.children or ()
    own = [node] if isinstance(node, Element) and node.tag == tag else []
    return own + [found for child in children for found in elements(child, tag)]


def many(count: int, accounts: int = 3) -> list[Recorded]:
    """So many deposits and withdrawals, each pair a minute apart."""
    bank = Bank()
    for nth in range(accounts):
        bank.happened(f"ACC-{nth}", [AccountOpened(f"Owner {nth}", "USD")])
    for nth in range(count):
        event = MoneyWithdrawn(1 + nth) if nth % 2 else MoneyDeposited(1000 + nth)
        bank.time += MINUTE
        bank.happened(f"ACC-{nth // 2 % accounts}", [event])
    return list(bank.ledger.recorded)


def test_the_five_minute_question_has_a_sentence_a_picture_and_rows(desk: LabDesk) -> None:
    desk.does("ask", question=FIVE_MINUTES)
    assert desk.shows("analytics-sentence") == (
        "1 account withdrew within 5 minutes of depositing, 1 time in all."
    )
    assert "recorded time" in desk.shows("analytics-as-of")
    assert elements(desk.slot("analytics-rows"), "tr")
    assert desk.slot("analytics-dots").attributes["d"]
    assert "1m" in desk.shows("analytics-seen")
    assert "Ada" in desk.shows("analytics-rows")
    assert "$7.00" in desk.shows("analytics-rows")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_question_can_be_asked_as_it_stands(desk: LabDesk, form) -> None:
    desk.does("choose", question=form.name)
    labels = [
        label.attributes["for"] for label in elements(desk.slot("analytics-parameters"), "label")
    ]
    assert len(labels) == len(form.parameters)
    desk.does("ask", question=form.name)
    assert desk.shows("analytics-sentence")
    assert "class " + form.question.__name__ in desk.shows("analytics-source")
    answer = ask(desk.subject.history, form.make([one.default for one in form.parameters]))
    assert len(elements(desk.slot("analytics-rows"), "tr")) == len(answer.rows)
    heads = elements(desk.slot("analytics-heads"), "th")
    for row in elements(desk.slot("analytics-rows"), "tr"):
        assert len(row.children) == len(heads)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_question_that_is_changed_is_the_one_that_was_asked(desk: LabDesk, form) -> None:
    desk.does("ask", question=form.name, within="90s", account="ACC-1", count="3")
    desk.does("change")
    (wish,) = desk.wishes
    assert isinstance(wish, OpenLab)
    assert wish.name == "projection"
    scope = {"__name__": "a program"}
    exec(wish.draft, scope)
    answer = ask(desk.subject.history, scope["question"])
    assert len(answer.rows) == len(elements(desk.slot("analytics-rows"), "tr"))
    typed = {"within": "90s", "account": "ACC-1", "count": "3"}
    given = [typed.get(one.name, one.default) for one in form.parameters]
    assert answer == ask(desk.subject.history, form.make(given))


def test_every_question_stands_in_the_page_before_python_does() -> None:
    markup = Path(lab_module.__file__).with_name("analytics.html").read_text(encoding="utf-8")
    assert re.findall('<option value="(.*?)">', markup) == [form.name for form in FORMS]


def test_an_empty_history_is_answered_too() -> None:
    desk = LabDesk(LAB, subject_of([]))
    for form in FORMS:
        desk.does("ask", question=form.name)
        assert desk.shows("analytics-sentence")
        assert desk.slot("analytics-table").attributes["hidden"]
        assert desk.slot("analytics-plot").attributes["hidden"]


def test_the_answer_follows_the_slider(desk: LabDesk) -> None:
    desk.does("ask", question=FIVE_MINUTES)
    assert desk.slot("analytics-sentence").attributes["aria-live"] == "polite"
    desk.looks_at(3)
    assert desk.shows("analytics-sentence").startswith("Nobody")
    assert "event 3 of 8" in desk.shows("analytics-as-of")
    assert desk.slot("analytics-sentence").attributes["aria-live"] == "off"
    desk.looks_at(4)
    assert desk.shows("analytics-sentence").startswith("1 account")
    desk.looks_at(0)
    assert desk.shows("analytics-sentence").startswith("Nobody")


def test_what_is_appended_counts_at_once(desk: LabDesk) -> None:
    desk.does("ask", question="balances", account="ACC-2")
    bank = told().do(DepositMoney("ACC-2", 1_00))
    desk.sees(replace(desk.subject, history=bank.ledger, position=bank.ledger.head))
    assert "$31.00" in desk.shows("analytics-sentence")


def test_another_history_is_asked_the_same(desk: LabDesk) -> None:
    desk.does("ask", question="balances")
    desk.sees(studied(subject_of(many(6))))
    assert desk.shows("analytics-sentence").startswith("6 movements")


def test_an_event_of_the_answer_is_gone_to_and_the_answer_stays(desk: LabDesk) -> None:
    desk.does("ask", question=FIVE_MINUTES)
    buttons = elements(desk.slot("analytics-rows"), "button")
    assert [button.attributes["data-position"] for button in buttons] == ["3", "4"]
    before = desk.shows("analytics-rows")
    desk.does("go", position="3")
    assert desk.wishes == [LookAt(Position(3))]
    desk.looks_at(3)
    assert desk.shows("analytics-rows") == before
    desk.looks_at(2)
    assert desk.shows("analytics-sentence").startswith("Nobody")


def test_the_rows_sort_by_any_column_both_ways(desk: LabDesk) -> None:
    desk.does("ask", question="balances")
    at = next(
        head.children[0].attributes["data-column"]
        for head in elements(desk.slot("analytics-heads"), "th")
        if "Balance" in str(head)
    )
    desk.does("sort", column=at)

    def balances() -> list[str]:
        rows = elements(desk.slot("analytics-rows"), "tr")
        return [str(elements(row, "td")[3].children[0]) for row in rows]

    up = balances()
    assert up[0] == "$30.00"
    assert [
        head.attributes["aria-sort"] for head in elements(desk.slot("analytics-heads"), "th")
    ] == [None, None, None, "ascending"]
    desk.does("sort", column=at)
    assert balances() == up[::-1]


def test_a_long_history_is_answered_in_slices_and_its_first_figures_come_at_once() -> None:
    desk = LabDesk(LAB, subject_of(many(3 * SLICE)))
    desk.only("ask", question=FIVE_MINUTES)
    assert desk.shows("analytics-as-of") == f"So far: {SLICE:,} of {3 * SLICE + 3:,} events seen."
    assert desk.shows("analytics-sentence").startswith("3 accounts")
    desk.settles()
    assert f"{3 * SLICE // 2:,} times" in desk.shows("analytics-sentence")
    assert "So far" not in desk.shows("analytics-as-of")
    assert "The first 50 of" in desk.shows("analytics-counted")
    desk.does("more")
    assert len(elements(desk.slot("analytics-rows"), "tr")) == 200


def test_a_question_that_is_put_while_another_is_answered_takes_its_place() -> None:
    desk = LabDesk(LAB, subject_of(many(3 * SLICE)))
    desk.only("ask", question=FIVE_MINUTES)
    desk.does("ask", question="largest")
    assert desk.shows("analytics-sentence").startswith("The largest movement")


def test_amounts_of_several_currencies_sort_by_what_is_read() -> None:
    bank = Bank()
    for currency, amount in (("JPY", 500), ("KWD", 1_000), ("USD", 4_50), ("CLF", 30_000)):
        bank.do(OpenAccount(currency, "Ada", currency))
        bank.do(DepositMoney(currency, amount, ""))
    desk = LabDesk(LAB, subject_of(bank.ledger.recorded)).does("ask", question="balances")
    desk.does("sort", column="3")
    rows = elements(desk.slot("analytics-rows"), "tr")
    shown = [str(elements(row, "td")[3].children[0]) for row in rows]
    assert shown == ["KWD\u00a01.000", "CLF\u00a03.0000", "$4.50", "¥500"]


def test_many_rows_are_sorted_as_few_are() -> None:
    desk = LabDesk(LAB, subject_of(many(9_000)))
    desk.does("ask", question="balances")
    desk.does("sort", column="3").does("sort", column="3")
    answer = ask(desk.subject.history, question_form("balances").make([""]))
    highest = sorted(answer.rows, key=lambda row: row[3], reverse=True)[:50]
    found = [
        int(button.attributes["data-position"])
        for button in elements(desk.slot("analytics-rows"), "button")
    ]
    assert found == [row[1] for row in highest]


def test_the_file_holds_the_whole_answer_and_no_formula() -> None:
    bank = Bank().happened("=1+1", [AccountOpened('Ada, "the first"', "JPY"), MoneyDeposited(7)])
    bank.happened("ACC-2", [AccountOpened("Grace", "EUR"), MoneyDeposited(1250)])
    desk = LabDesk(LAB, subject_of(bank.ledger.recorded))
    desk.does("ask", question="largest").does("csv")
    (file,) = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert file.name.endswith(".csv")
    header, *rows = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    assert header == ["account_id", "owner", "position", "time", "type", "flow", "currency"]
    assert [(row[0], row[1], row[5], row[6]) for row in rows] == [
        ("ACC-2", "Grace", "12.50", "EUR"),
        ("'=1+1", 'Ada, "the first"', "7", "JPY"),
    ]
    assert file.text.count("\r\n") == 3


def test_a_long_file_is_written_in_slices_and_whole() -> None:
    desk = LabDesk(LAB, subject_of(many(1_300)))
    desk.does("ask", question="balances").does("csv")
    (file,) = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert file.text.count("\r\n") == 1_301


@pytest.mark.parametrize(
    ("question", "fields", "said"),
    [
        (FIVE_MINUTES, {"within": "soon"}, "“soon” is not a span"),
        (FIVE_MINUTES, {"within": ""}, "“” is not a span"),
        ("largest", {"count": "-1"}, "“-1” is not a number"),
        ("dormant", {"idle": "9" * 40 + "d"}, "is not a span"),
        ("flows", {"period": "fortnight"}, "means nothing"),
    ],
)
def test_what_means_nothing_is_said_and_the_answer_before_stays(
    desk: LabDesk, question, fields, said
) -> None:
    desk.does("ask", question="balances")
    before = desk.shows("analytics-rows")
    desk.does("ask", question=question, **fields)
    assert said in desk.shows("analytics-misread")
    assert desk.shows("analytics-rows") == before


def test_a_study_of_unknown_types_is_asked_about_its_own() -> None:
    bank = Bank()
    for nth in range(4):
        bank.time += MINUTE
        kind = "ItemAdded" if nth % 2 == 0 else "<b>Paid</b>"
        bank.happened("cart-7", [UnknownEvent(kind, 1, {"n": nth})])
    subject = subject_of(bank.ledger.recorded)
    strange = (
        NotUnderstood("ItemAdded", 2, Position(1)),
        NotUnderstood("<b>Paid</b>", 2, Position(2)),
    )
    study = Study("carts", subject.history, subject.lines, subject.chain, strange)
    desk = LabDesk(LAB, replace(subject, on_stage=study))
    desk.does("choose", question="followed-by")
    typed = [
        field.attributes["value"] for field in elements(desk.slot("analytics-parameters"), "input")
    ]
    assert typed == ["ItemAdded", "<b>Paid</b>", "1d"]
    desk.does("ask", question="followed-by", first=typed[0], then=typed[1], within="1m")
    assert desk.shows("analytics-sentence") == (
        "ItemAdded was followed by <b>Paid</b> within 1 minute 2 times, in 1 account."
    )
    for form in FORMS:
        desk.does("ask", question=form.name)
        assert desk.shows("analytics-sentence")


def test_balances_of_many_accounts_are_drawn_with_what_the_picture_has_room_for() -> None:
    history = subject_of(many(400, accounts=MOST_LINES + 3)).history
    plot = plot_of("balances", ask(history, question_form("balances").make([""])))
    assert plot is not None
    assert len(plot.lines) == MOST_LINES
    assert plot.is_part


def test_two_currencies_do_not_share_a_scale() -> None:
    bank = Bank().happened("A", [AccountOpened("A", "JPY"), MoneyDeposited(9_000_000)])
    bank.happened("B", [AccountOpened("B", "EUR"), MoneyDeposited(1), MoneyDeposited(2)])
    plot = plot_of("balances", ask(bank.ledger, question_form("balances").make([""])))
    assert plot is not None
    assert (plot.names, plot.is_part, plot.top) == (("B",), True, "€0.03")


def test_no_control_makes_any_other_gesture(desk: LabDesk) -> None:
    for gesture, fields in (("nonsense", {}), ("choose", {"question": "x"}), ("sort", {})):
        with pytest.raises((ValueError, KeyError)):
            desk.does(gesture, **fields)
    desk.does("sort", column="99").does("csv").does("more").does("go", position="999")
    assert desk.wishes == [LookAt(desk.subject.history.head)]


def test_an_answer_from_before_the_lab_was_closed_says_so(desk: LabDesk) -> None:
    desk.does("ask", question="balances")
    assert "ask again" not in desk.shows("analytics-as-of")
    bank = told().do(DepositMoney("ACC-2", 1_00))
    desk.subject = replace(desk.subject, history=bank.ledger, position=bank.ledger.head)
    assert "ask again" in desk.shows("analytics-as-of")
    desk.does("ask", question="balances")
    assert "ask again" not in desk.shows("analytics-as-of")
