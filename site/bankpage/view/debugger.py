"""The time-travel debugger: the slider, the replay buttons, and what one event changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from bankpage.model import Model
from bankpage.phrases import Phrases
from bankpage.view.tree import Element, Node, Slot, text
from bankpage.view.words import status
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of, format_money
from esbank_core.bank.states import NoAccount, State, balance_in
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position, StreamId

CURVE_POINTS: Final = 300
"""At how many positions the balance's curve is drawn, however long the history."""

CURVE_WIDTH: Final = 1000
CURVE_HEIGHT: Final = 100
CURVE_MARGIN: Final = 6


def debugger(model: Model, phrases: Phrases) -> Iterator[Slot]:
    """The slider and all that goes with it."""
    head, position = model.ledger.head, model.position
    fraction = position / head if head else 0
    yield Slot("time-travel", {"--cursor": f"{fraction:.5f}"})
    yield Slot(
        "slider",
        {
            "max": head,
            ".value": str(position),
            "aria-valuetext": _value_text(model, phrases),
            "disabled": head == 0,
        },
    )
    yield text("applied", phrases("applied", applied=position, total=head))
    is_first, is_last = position == 0, not model.is_in_past
    for button, is_idle in (
        ("genesis", is_first),
        ("step-back", is_first),
        ("play", head == 0),
        ("step-forward", is_last),
        ("now", is_last),
    ):
        yield Slot(button, {"aria-disabled": "true" if is_idle else None})
    is_playing = model.playing is not None
    yield text(
        "play-label",
        phrases("pause" if is_playing else "play"),
        **{"data-playing": "true" if is_playing else "false"},
    )
    yield text("past-sign", phrases("past-sign") if model.is_in_past else "")
    yield Slot("change", {}, _change(model, phrases))
    line, area = _curve(model.ledger, model.chosen)
    yield Slot("timeline-line", {"d": line})
    yield Slot("timeline-area", {"d": area})


def _value_text(model: Model, phrases: Phrases) -> str:
    if model.position == 0:
        return phrases("slider-genesis")
    row = ledger_row(model.ledger.change_at(model.position))
    currency = currency_of(row.currency)
    amount = "" if row.flow is None else f" {format_money(abs(row.flow), currency)}"
    return phrases(
        "slider-event",
        position=row.position,
        total=model.ledger.head,
        type=row.type,
        amount=amount,
        balance=format_money(row.balance, currency),
    )


# What one event changed ------------------------------------------------------------------


def _change(model: Model, phrases: Phrases) -> tuple[Node, ...]:
    if model.position == 0:
        key = "change-nothing" if model.ledger.head == 0 else "change-genesis"
        return (Element("p", {}, (phrases(key),)),)
    change = model.ledger.change_at(model.position)
    row = ledger_row(change)
    before = _described(change.before, phrases)
    after = _described(change.after, phrases)
    differing = [name for name in after if before.get(name) != after[name]]
    title = phrases("change-of", position=row.position, type=row.type, account=row.account_id)
    caption = Element("caption", {}, (title,))
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
                Element("th", {"scope": "row"}, (phrases(f"field-{name}"),)),
                Element("td", {"class": "before"}, (before.get(name) or "–",)),
                Element("td", {"class": "after"}, (after[name] or "–",)),
            ),
        )
        for name in differing
    )
    heads = tuple(
        Element("th", {"scope": "col"}, (phrases(f"column-{column}"),))
        for column in ("field", "before", "after")
    )
    head = Element("thead", {}, (Element("tr", {}, heads),))
    return (Element("table", {}, (caption, head, Element("tbody", {}, rows))),)


def _described(state: State, phrases: Phrases) -> dict[str, str]:
    """A state, field by field, as people read it."""
    described = {"status": status(state, phrases)}
    if isinstance(state, NoAccount):
        return described
    for field in fields(state):
        described[field.name] = str(getattr(state, field.name))
    described["balance"] = format_money(state.balance, currency_of(state.currency))
    return described


# The curve of the chosen account's balance -------------------------------------------------


_drawn: list[tuple[Ledger, StreamId | None, tuple[str, str]]] = []
"""The curve drawn last. Only a memory: moving the cursor does not change the curve."""


def _curve(ledger: Ledger, account_id: StreamId | None) -> tuple[str, str]:
    if _drawn and _drawn[0][0] is ledger and _drawn[0][1] == account_id:
        return _drawn[0][2]
    curve = _draw(ledger, account_id)
    _drawn[:] = [(ledger, account_id, curve)]
    return curve


def _draw(ledger: Ledger, account_id: StreamId | None) -> tuple[str, str]:
    """A stepped line, since a balance jumps and does not slide, and the area under it."""
    head = ledger.head
    if account_id is None or head == 0:
        return "", ""
    steps = min(head, CURVE_POINTS)
    positions = [Position(head * n // steps) for n in range(steps + 1)]
    balances = [balance_in(ledger.state_of(account_id, at)) for at in positions]
    low, high = min(0, *balances), max(1, *balances)

    def x(position: int) -> int:
        return CURVE_WIDTH * position // head

    def y(balance: int) -> int:
        room = CURVE_HEIGHT - 2 * CURVE_MARGIN
        return CURVE_HEIGHT - CURVE_MARGIN - room * (balance - low) // (high - low)

    path = [f"M0 {y(balances[0])}"]
    path += [f"H{x(at)}V{y(balance)}" for at, balance in zip(positions, balances, strict=True)]
    line = "".join(path)
    return line, f"{line}V{y(0)}H0Z"
