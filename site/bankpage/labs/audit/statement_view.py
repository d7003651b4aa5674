"""The statement's sheet, as a bank's would be: printable on A4."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bankpage.labs.audit.model import Desk, OnSheet
from bankpage.labs.audit.wording import Memory, remembered, row, said
from bankpage.labs.contract import Subject
from bankpage.paper.figures import local_time, money, shortened, signed_money
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, text
from esbank_core.bank.money import currency_of
from esbank_core.bank.states import NoAccount
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.bank.statement import Entry, Statement

MOST_ACCOUNTS: Final = 1000
"""Accounts to choose from, beside that of the event where the slider stands."""

MOST_ENTRIES: Final = 1000
"""Movements on the sheet; the file has all of them."""

LONGEST_NOTE: Final = 500
"""Characters of a note on the sheet, where nothing that a person typed is cut."""

_accounts: Memory[tuple[Element, ...]] = []
_sheet: Memory[tuple[Slot, ...]] = []


def statements(desk: Desk, subject: Subject, phrases: Phrases) -> Iterator[Slot]:
    """The accounts to choose from, and the sheet."""
    places = subject.history.places
    one_more = _one_more(subject)
    yield Slot(
        "audit-account",
        {"disabled": not places},
        remembered(
            _accounts,
            (subject.history, one_more),
            lambda: tuple(_options(subject, one_more, phrases)),
        ),
    )
    yield text("audit-statement-said", said(desk.statement_said, phrases))
    sheet = desk.sheet
    yield from remembered(_sheet, (sheet,), lambda: tuple(_slots(sheet, phrases)))


def _one_more(subject: Subject) -> StreamId | None:
    """The account of the event where the slider stands, where not all accounts are listed."""
    if len(subject.history.places) <= MOST_ACCOUNTS or not subject.position:
        return None
    name = subject.history.at(subject.position).stream_id
    return None if name in islice(subject.history.places, MOST_ACCOUNTS) else name


def _options(subject: Subject, one_more: StreamId | None, phrases: Phrases) -> Iterator[Element]:
    history = subject.history
    if not history.places:
        yield Element("option", {"value": ""}, (phrases("audit-no-account-option"),))
    listed = [*islice(history.places, MOST_ACCOUNTS), *([one_more] if one_more else [])]
    for name in listed:
        state = history.state_of(name)
        owner = "" if isinstance(state, NoAccount) or not state.owner else f" · {state.owner}"
        yield Element("option", {"value": name}, (f"{shortened(name)}{shortened(owner)}",))
    if more := len(history.places) - len(listed):
        words = phrases("audit-more-accounts", count=more)
        yield Element("option", {"value": "", "disabled": True}, (words,))


def _slots(sheet: OnSheet | None, phrases: Phrases) -> Iterator[Slot]:
    found = sheet.statement if sheet else None
    yield Slot("audit-sheet-box", {"hidden": found is None})
    yield Slot("audit-sheet-facts", {}, tuple(_facts(sheet, phrases)) if sheet else ())
    yield Slot("audit-statement", {}, tuple(_rows(found, phrases)) if found else ())
    yield Slot("audit-statement-foot", {}, tuple(_foot(found, phrases)) if found else ())
    notes = tuple(_notes(found, phrases)) if found else ()
    yield Slot("audit-sheet-notes", {}, notes)


def _facts(sheet: OnSheet, phrases: Phrases) -> Iterator[Node]:
    found, days = sheet.statement, sheet.days
    owner = shortened(found.owner) or phrases("audit-owner-unknown")
    first = phrases("audit-beginning") if days.first is None else days.first.isoformat()
    last = phrases("audit-end") if days.last is None else days.last.isoformat()
    for label, value in (
        ("account", shortened(found.account_id)),
        ("owner", owner),
        ("period", phrases("audit-period", first=first, last=last)),
        ("currency", found.currency),
        ("opening", _money(found.opening, found)),
        ("closing", _money(found.closing, found)),
    ):
        name = Element("dt", {}, (phrases(f"audit-sheet-{label}"),))
        yield Element("div", {}, (name, Element("dd", {}, (value,))))


def _rows(found: Statement, phrases: Phrases) -> Iterator[Element]:
    yield _balance("audit-sheet-opening", found.opening, found, phrases)
    for entry in found.entries[:MOST_ENTRIES]:
        yield row(
            f"#{entry.position}",
            local_time(entry.time),
            _about(entry, phrases),
            _signed(entry.flow, found),
            _money(entry.balance, found),
        )


def _foot(found: Statement, phrases: Phrases) -> Iterator[Element]:
    sums = phrases(
        "audit-sheet-sums",
        money_in=_money(found.money_in, found),
        money_out=_money(found.money_out, found),
    )
    yield Element("tr", {}, (Element("td", {}, ("",)), Element("td", {"colspan": "4"}, (sums,))))
    yield _balance("audit-sheet-closing", found.closing, found, phrases)


def _balance(phrase: str, amount: int, found: Statement, phrases: Phrases) -> Element:
    return row("", "", phrases(phrase), "", _money(amount, found), **{"class": "audit-balance"})


def _about(entry: Entry, phrases: Phrases) -> str:
    words = [entry.type]
    if entry.other:
        words.append(
            phrases(
                "detail-from" if entry.flow > 0 else "detail-to", account=shortened(entry.other)
            )
        )
    if entry.note:
        words.append(shortened(entry.note, LONGEST_NOTE))
    return " · ".join(words)


def _notes(found: Statement, phrases: Phrases) -> Iterator[Element]:
    if not found.entries:
        yield Element("p", {}, (phrases("audit-sheet-none"),))
    if not found.is_in_order_of_position:
        yield Element("p", {}, (phrases("audit-sheet-order"),))
    if len(found.entries) > MOST_ENTRIES:
        words = phrases("audit-sheet-more", shown=MOST_ENTRIES, count=len(found.entries))
        yield Element("p", {}, (words,))


def _money(minor_units: int, found: Statement) -> str:
    return money(minor_units, currency_of(found.currency))


def _signed(minor_units: int, found: Statement) -> str:
    return signed_money(minor_units, currency_of(found.currency))
