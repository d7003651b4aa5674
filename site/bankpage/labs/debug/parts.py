"""What the lab's views have in common: buttons, tables, and how values read."""

from __future__ import annotations

from collections.abc import Iterable

from bankpage.paper.figures import money, shortened, signed_flow
from bankpage.paper.tree import Element, Node, Value
from esbank_core.bank.account import Ledger
from esbank_core.bank.states import currency_in
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import UnknownEvent


def button(words: str, gesture: str, key: str | None = None, **more: Value) -> Element:
    """A button that makes a gesture of the lab."""
    attributes: dict[str, Value] = {
        "type": "button",
        "class": "button",
        "data-gesture": f"debug-{gesture}",
        **more,
    }
    return Element("button", attributes, (words,), key)


def options(choices: Iterable[tuple[str, str]], chosen: str) -> tuple[Node, ...]:
    """The options of a list to choose from: values with what is shown of them."""
    return tuple(
        Element("option", {"value": value, "selected": value == chosen}, (shown,))
        for value, shown in choices
    )


def row(cells: Iterable[str], heading: str = "td") -> Element:
    """A row of a table, whose first cell heads it."""
    first, *rest = cells
    head = Element("th", {"scope": "row"}, (first,))
    return Element(
        "tr", {}, (head, *(Element(heading, {}, (cell,) if cell else ()) for cell in rest))
    )


def heads(names: Iterable[str]) -> Element:
    """The head of a table."""
    cells = tuple(Element("th", {"scope": "col"}, (name,)) for name in names)
    return Element("thead", {}, (Element("tr", {}, cells),))


def event_in_words(history: Ledger, position: Position) -> str:
    """An event as one recognises it: its type, its amount, its account."""
    shown = ledger_row(history.change_at(position))
    return " ".join(
        filter(None, [cut(shown.type), signed_flow(shown), f"({cut(shown.account_id)})"])
    )


def money_in(history: Ledger, stream_id: StreamId, minor_units: int) -> str:
    """An amount in the currency of an account."""
    return money(minor_units, currency_in(history.state_of(stream_id)))


def cut(text: str) -> str:
    """A text of somebody else's, so that it fits a line."""
    return shortened(text)


def is_unknown(history: Ledger, position: Position) -> bool:
    """Whether an event is of a type that the bank does not know."""
    return isinstance(history.at(position).event, UnknownEvent)
