"""What one event changed: its account's state before and after, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from bankpage.paper.figures import money
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, Value
from bankpage.stage.model import Stage
from bankpage.stage.readings import status
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of
from esbank_core.bank.states import NoAccount, State
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position


def change(history: Ledger, stage: Stage, phrases: Phrases) -> Iterator[Slot]:
    """The change of the event that the slider stands on, as a table."""
    yield Slot("change", {}, _change(history, stage.position(history.head), phrases))


def _change(history: Ledger, position: Position, phrases: Phrases) -> tuple[Node, ...]:
    if position == 0:
        key = "change-nothing" if history.head == 0 else "change-genesis"
        return (Element("p", {}, (phrases(key),)),)
    step = history.change_at(position)
    row = ledger_row(step)
    before = _described(step.before, phrases)
    after = _described(step.after, phrases)
    differing = [name for name in after if before.get(name) != after[name]]
    title = phrases("change-of", position=row.position, type=row.type, account=row.account_id)
    caption = Element("caption", {}, (title,), key="change-title")
    if not differing:
        return (
            Element("p", {"class": "change-title"}, (title,)),
            Element("p", {}, (phrases("change-none"),)),
        )
    rows = tuple(
        Element(
            "tr",
            {},
            (
                Element("th", {"scope": "row"}, (phrases(f"field-{name}"),), f"change-{nth}-field"),
                _cell("before", nth, name, before.get(name)),
                _cell("after", nth, name, after[name]),
            ),
            key=f"change-{nth}",
        )
        for nth, name in enumerate(differing)
    )
    heads = tuple(
        Element("th", {"scope": "col"}, (phrases(f"column-{column}"),))
        for column in ("field", "before", "after")
    )
    head = Element("thead", {}, (Element("tr", {}, heads),), key="change-head")
    body = Element("tbody", {}, rows, key="change-rows")
    # With keys, so that a step along the ledger changes some texts, and makes no table anew: by
    # their places, for by its field a row would move up where fewer fields have changed.
    return (Element("table", {}, (caption, head, body), key="change-table"),)


def _cell(column: str, nth: int, field: str, value: str | None) -> Element:
    said, key = value or "–", f"change-{nth}-{column}"
    if field != "balance":
        return Element("td", {"class": column}, (said,), key)
    # Looks make a long number small enough to stay whole.
    attributes: dict[str, Value] = {"class": f"{column} is-money", "--characters": len(said)}
    return Element("td", attributes, (said,), key)


def _described(state: State, phrases: Phrases) -> dict[str, str]:
    """A state, field by field, as people read it."""
    described = {"status": status(state, phrases)}
    if isinstance(state, NoAccount):
        return described
    for field in fields(state):
        described[field.name] = str(getattr(state, field.name))
    described["balance"] = money(state.balance, currency_of(state.currency))
    return described
