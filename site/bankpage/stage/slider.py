"""The time-travel debugger: the slider, what stands on its line, and the replay buttons."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.figures import balance_left, money, signed_flow
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, Value, text
from bankpage.stage.accounts import shown_account
from bankpage.stage.curve import WIDTH, curve, marks, pins
from bankpage.stage.model import Stage
from esbank_core.bank.account import Ledger
from esbank_core.bank.money import currency_of
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import GENESIS, Position


def slider(history: Ledger, stage: Stage, phrases: Phrases) -> Iterator[Slot]:
    """The slider and all that goes with it; the curve is that of the account on show."""
    head = history.head
    position = stage.position(head)
    pointed = stage.pointed if stage.pointed and stage.pointed <= head else GENESIS
    # On those that it concerns: whatever is in an element with a property has its style made anew.
    cursor: dict[str, Value] = {"--cursor": _fraction(position, head)}
    yield Slot("curve", cursor)
    yield Slot(
        "slider",
        {
            **cursor,
            "max": head,
            ".value": str(position),
            "aria-valuetext": value_text(history, position, head, phrases),
            "disabled": head == 0,
        },
    )
    yield text("applied", phrases("applied", applied=position, total=head))
    there: dict[str, Value] = {"--pointed": _fraction(pointed, head), "hidden": not pointed}
    yield text("pointed", _pointed(history, pointed, phrases), **there)
    is_first, is_last = position == 0, not stage.is_in_past
    for button, is_idle in (
        ("genesis", is_first),
        ("step-back", is_first),
        ("play", head == 0),
        ("step-forward", is_last),
        ("now", is_last),
    ):
        yield Slot(button, {"aria-disabled": "true" if is_idle else None})
    yield Slot("speed", {".value": stage.speed.value})
    is_playing = stage.playing is not None
    yield text(
        "play-label",
        phrases("pause" if is_playing else "play"),
        **{"data-playing": "true" if is_playing else "false"},
    )
    yield text("past-sign", phrases("past-sign") if stage.is_in_past else "")
    yield from _line(history, stage, phrases)


def _line(history: Ledger, stage: Stage, phrases: Phrases) -> Iterator[Slot]:
    account_id = shown_account(history, stage)
    drawing, marked = curve(history, account_id), marks(history)
    yield text("curve-label", phrases("curve-of", account=account_id) if account_id else "")
    yield Slot("timeline-others", {"d": drawing.others})
    yield Slot("timeline-line", {"d": drawing.line})
    yield Slot("timeline-area", {"d": drawing.area})
    across = f"scale({WIDTH / max(1, history.head):.6g} 1)"
    yield Slot("marks-in", {"d": marked.money_in, "transform": across})
    yield Slot("marks-out", {"d": marked.money_out, "transform": across})
    yield Slot("marks-found", {"d": pins(stage.marked, history.head)})


def _fraction(position: Position, head: Position) -> str:
    return f"{position / head if head else 0:.5f}"


def _pointed(history: Ledger, position: Position, phrases: Phrases) -> str:
    if not position:
        return ""
    row = ledger_row(history.change_at(position))
    flow = signed_flow(row)
    return phrases("pointed", position=position, type=row.type, amount=f" {flow}" if flow else "")


def value_text(history: Ledger, position: Position, head: Position, phrases: Phrases) -> str:
    """What a position is, in words, in a history that ends at ``head``."""
    if position == 0:
        return phrases("slider-genesis")
    change = history.change_at(position)
    row, balance = ledger_row(change), balance_left(change)
    currency = currency_of(row.currency)
    amount = "" if row.flow is None else f" {money(abs(row.flow), currency)}"
    where = phrases("slider-event", position=row.position, total=head, type=row.type, amount=amount)
    return phrases("slider-balance", event=where, balance=balance) if balance else where
