"""What the lab's views have in common: remembered slots, buttons, and how values read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Final, Generic, ParamSpec, TypeVar

from bankpage.paper.tree import Element, Node, Value
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of, format_money
from esbank_core.bank.states import currency_in
from esbank_core.bank.views import LedgerRow, ledger_row
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import UnknownEvent

Given = ParamSpec("Given")
Made = TypeVar("Made")

LONGEST_TEXT: Final = 120
"""How much of a text of somebody else's is shown in a line."""


class Remembered(Generic[Given, Made]):
    """A function of values, and what it last gave: it is not asked again for the same ones.

    The same are those that are identical; numbers, texts and tuples, those that are equal.
    """

    def __init__(self, make: Callable[Given, Made]) -> None:
        self._make = make
        self._last: tuple[tuple[object, ...], Made] | None = None

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Made:
        """What the function makes of these."""
        if self._last is None or not _are_same(self._last[0], args):
            self._last = args, self._make(*args, **kwargs)
        return self._last[1]


def _are_same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(
        old is new or (isinstance(old, int | str | tuple) and type(old) is type(new) and old == new)
        for old, new in zip(before, now, strict=True)
    )


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


def local(time: datetime) -> str:
    """A moment in the reader's own zone; where that has no such day, in UTC, which is said."""
    try:
        told, mark = time.astimezone(), ""
    except (OverflowError, ValueError, OSError):
        told, mark = time.astimezone(timezone.utc), " UTC"
    return told.replace(tzinfo=None).isoformat(" ", "seconds") + mark


def flow(shown: LedgerRow) -> str:
    """What an event added to a balance, with its sign; empty where it moves no money."""
    if shown.flow is None:
        return ""
    amount = format_money(shown.flow, currency_of(shown.currency))
    return f"+{amount}" if shown.flow > 0 else amount.replace("-", "−")


def event_in_words(history: Ledger, position: Position) -> str:
    """An event as one recognises it: its type, its amount, its account."""
    shown = ledger_row(history.change_at(position))
    return " ".join(filter(None, [cut(shown.type), flow(shown), f"({cut(shown.account_id)})"]))


def money_in(history: Ledger, stream_id: StreamId, minor_units: int) -> str:
    """An amount in the currency of an account."""
    return format_money(minor_units, currency_in(history.state_of(stream_id)))


def cut(text: str) -> str:
    """A text of somebody else's, so that it fits a line."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def is_unknown(history: Ledger, position: Position) -> bool:
    """Whether an event is of a type that the bank does not know."""
    return isinstance(history.at(position).event, UnknownEvent)
