"""How amounts and counts are written: one way, wherever on the page."""

from __future__ import annotations

from datetime import timezone
from pathlib import Path

import pytest
from bankpage.paper import figures
from bankpage.stage.on_paper import paper_rows
from bankpage.stage.slider import value_text
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import OpenAccount
from esbank_core.bank.events import MoneyWithdrawn
from esbank_core.bank.money import currency_of, format_money, parse_amount
from esbank_core.bank.rejections import account_not_open, balance_not_zero
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent
from tests.core.histories import Bank
from tests.page.desk import Desk, page_phrases

SECONDS = "analytics-span-second"
PAGE = Path(figures.__file__).parents[1]
EURO, YEN, NONE = currency_of("EUR"), currency_of("JPY"), currency_of("XXX")


@pytest.mark.parametrize(
    ("minor_units", "currency", "written"),
    [
        (-500, EURO, "−€5.00"),
        (0, EURO, "€0.00"),
        (-123_456_700, EURO, "−€1,234,567.00"),
        (-7, YEN, "−¥7"),
        (-101, NONE, "−XXX\u00a01.01"),
    ],
)
def test_what_is_owed_has_a_minus_sign(minor_units, currency, written) -> None:
    assert figures.money(minor_units, currency) == written


def test_what_is_added_has_a_sign_as_well() -> None:
    signed = [figures.signed_money(flow, EURO) for flow in (-1, 0, 1)]
    assert signed == ["−€0.01", "€0.00", "+€0.01"]


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_written_can_be_typed(minor_units: int) -> None:
    assert parse_amount(figures.money(minor_units, EURO), EURO) == minor_units


def test_the_bank_s_sentences_are_written_so_too_and_hyphens_in_names_stay() -> None:
    assert figures.refusal_in_words(balance_not_zero(-500, EURO)) == (
        "Only an empty account can be closed, and this one holds −€5.00."
    )
    assert figures.refusal_in_words(account_not_open("ACC-1")) == (
        "There is no account ACC-1. Open it first."
    )


def test_nothing_on_the_page_writes_an_amount_as_a_terminal_does() -> None:
    others = [
        path.relative_to(PAGE).as_posix()
        for path in PAGE.rglob("*.py")
        if format_money.__name__ in path.read_text(encoding="utf-8")
    ]
    assert others == ["paper/figures.py"]


def test_wherever_things_are_counted_their_thousands_are_apart() -> None:
    texts = page_phrases().texts
    counted = [name for name in texts if f"{name}-one" in texts]
    # What is said of a file comes with its numbers written, and there are sixty seconds at most.
    others = [name for name in counted if not name.startswith(("opening-remark-", SECONDS))]
    assert len(others) > 40
    assert [name for name in others if "{count}" in texts[name]] == []


def test_of_a_stream_that_is_no_account_no_balance_is_told() -> None:
    account = Bank().do(OpenAccount("A", "Ada", "EUR")).happened("A", [MoneyWithdrawn(5_00, "")])
    history = account.happened("order-71", [UnknownEvent("Paid", 1, {"amount": 1})]).ledger
    changes = [history.change_at(Position(at)) for at in (1, 2, 3)]
    assert list(map(figures.balance_left, changes)) == ["€0.00", "−€5.00", ""]
    said = [value_text(history, Position(at), history.head, page_phrases()) for at in (2, 3)]
    assert said == [
        "Event 2 of 3: MoneyWithdrawn €5.00, balance −€5.00",
        "Event 3 of 3: Paid",
    ]
    printed = paper_rows(history, Position(0), history.head, page_phrases(), timezone.utc)
    assert [row[5] for row in printed] == ["€0.00", "−€5.00", ""]


def test_a_ledger_of_thousands_says_so_in_every_place() -> None:
    desk = Desk().opens()
    for _ in range(1_233):
        desk.deposits("1")
    desk.settles()
    assert desk.shows("ledger-count") == "1,234 events"
    assert desk.shows("applied") == "Events applied: 1,234 / 1,234"
    assert desk.shows("chain-verdict") + desk.shows("chain-count") == "Chain intact: 1,234 events"
