"""The time-travel debugger: the slider, the replay buttons, and the curve of a balance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text
from bankpage.stage.model import Stage
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of, format_money
from esbank_core.bank.states import balance_in
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position, StreamId

CURVE_POINTS: Final = 300
"""At how many positions the balance's curve is drawn, however long the history."""

CURVE_WIDTH: Final = 1000
CURVE_HEIGHT: Final = 100
CURVE_MARGIN: Final = 6


def slider(
    history: Ledger, stage: Stage, account_id: StreamId | None, phrases: Phrases
) -> Iterator[Slot]:
    """The slider and all that goes with it; the curve is that of one account."""
    head = history.head
    position = stage.position(head)
    fraction = position / head if head else 0
    yield Slot("time-travel", {"--cursor": f"{fraction:.5f}"})
    yield Slot(
        "slider",
        {
            "max": head,
            ".value": str(position),
            "aria-valuetext": _value_text(history, position, phrases),
            "disabled": head == 0,
        },
    )
    yield text("applied", phrases("applied", applied=position, total=head))
    is_first, is_last = position == 0, not stage.is_in_past
    for button, is_idle in (
        ("genesis", is_first),
        ("step-back", is_first),
        ("play", head == 0),
        ("step-forward", is_last),
        ("now", is_last),
    ):
        yield Slot(button, {"aria-disabled": "true" if is_idle else None})
    is_playing = stage.playing is not None
    yield text(
        "play-label",
        phrases("pause" if is_playing else "play"),
        **{"data-playing": "true" if is_playing else "false"},
    )
    yield text("past-sign", phrases("past-sign") if stage.is_in_past else "")
    line, area = _curve(history, account_id)
    yield Slot("timeline-line", {"d": line})
    yield Slot("timeline-area", {"d": area})


def _value_text(history: Ledger, position: Position, phrases: Phrases) -> str:
    if position == 0:
        return phrases("slider-genesis")
    row = ledger_row(history.change_at(position))
    currency = currency_of(row.currency)
    amount = "" if row.flow is None else f" {format_money(abs(row.flow), currency)}"
    return phrases(
        "slider-event",
        position=row.position,
        total=history.head,
        type=row.type,
        amount=amount,
        balance=format_money(row.balance, currency),
    )


# The curve of a balance -------------------------------------------------


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
