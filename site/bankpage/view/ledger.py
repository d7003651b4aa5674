"""The event store: the ledger's rows, with a mark on those that are not yet applied.

A short ledger is shown whole. Of a long one only the rows around those in sight are there;
the space of the others is kept, and each row says which of how many it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from bankpage.model import Model
from bankpage.phrases import Phrases
from bankpage.view.tree import Element, Node, Slot, Value, text
from bankpage.view.words import local_time, signed_flow
from esbank_core.bank.account import CODEC, Ledger, is_readable
from esbank_core.bank.events import Event
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.cloud_events import format_time, to_cloud_event
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnreadableEvent

ALL_ROWS: Final = 120
"""Up to how many events the ledger is shown whole."""

ROWS_AROUND: Final = 24
"""How many rows of a longer ledger are there on each side of the first in sight."""

MOST_CELLS_KEPT: Final = 4096

_cells: dict[tuple[Position, tzinfo | None], tuple[RecordedEvent[Event | Opaque], Element]] = {}
"""The unchanging part of rows shown before. Only a memory: it holds what would be made anew."""


def ledger(model: Model, phrases: Phrases, zone: tzinfo | None) -> Iterator[Slot]:
    """The rows, their count, and what can be done with all of them."""
    head = model.ledger.head
    first, last = rows_in_sight(model)
    is_whole = last - first + 1 == head
    yield text("ledger-count", phrases("ledger-count", count=head) if head else "")
    yield Slot("ledger-empty", {"hidden": head > 0})
    yield Slot(
        "ledger-log", {"aria-live": "polite" if is_whole and not model.is_in_past else "off"}
    )
    yield Slot(
        "ledger",
        {
            "--rows-before": str(first - 1),
            "--rows-after": str(head - last),
            "data-rows-shown": None if is_whole else f"{first} {last} {head}",
        },
        tuple(_row(model, Position(n), phrases, zone) for n in range(first, last + 1)),
    )
    yield Slot("export", {"disabled": head == 0})
    yield Slot("reset", {"disabled": head == 0 and not model.damaged})


def rows_in_sight(model: Model) -> tuple[int, int]:
    """The positions of the first and the last row to have on the page."""
    head = model.ledger.head
    if head <= ALL_ROWS:
        return 1, head
    first = min(max(1, model.first_row - ROWS_AROUND), head - 2 * ROWS_AROUND)
    return first, min(head, first + 3 * ROWS_AROUND)


def _row(model: Model, position: Position, phrases: Phrases, zone: tzinfo | None) -> Element:
    recorded = model.ledger.at(position)
    jump = _jump(model.ledger, recorded, phrases, zone)
    if position > model.position:
        kind = "is-unapplied"
    elif position == model.position:
        kind = "is-current"
    else:
        kind = "is-applied"
    is_open = model.open_payload == position
    toggle = Element(
        "button",
        {
            "type": "button",
            "class": "event-payload-toggle",
            "data-gesture": "toggle-payload",
            "data-position": position,
            "aria-expanded": "true" if is_open else "false",
            "aria-label": phrases("payload-of", position=position),
        },
        ("{ }",),
    )
    children = (jump, toggle, _payload(recorded)) if is_open else (jump, toggle)
    is_damaged = isinstance(recorded.event, UnreadableEvent)
    attributes: dict[str, Value] = {
        "class": f"event {kind} is-damaged" if is_damaged else f"event {kind}",
        "aria-posinset": position,
        "aria-setsize": model.ledger.head,
        "aria-current": "step" if position == model.position else None,
    }
    return Element("li", attributes, children, key=f"event-{position}")


def _jump(
    ledger: Ledger, recorded: RecordedEvent[Event | Opaque], phrases: Phrases, zone: tzinfo | None
) -> Element:
    """The part of a row that never changes, because the event never does."""
    key = (recorded.position, zone)
    known = _cells.get(key)
    if known and known[0] is recorded:
        return known[1]
    row = ledger_row(ledger.change_at(recorded.position))
    instant = format_time(recorded.time)
    cells: list[Node] = [
        Element("span", {"class": "event-position"}, (str(row.position),)),
        " ",
        Element("span", {"class": "event-type"}, (row.type,)),
        " ",
        Element("span", {"class": "event-account"}, (row.account_id,)),
        " ",
        Element("span", {"class": "event-amount"}, (signed_flow(row),)),
        " ",
        Element(
            "time",
            {"class": "event-time", "datetime": instant, "title": phrases("utc", instant=instant)},
            (local_time(recorded.time, zone),),
        ),
        " ",
        Element("span", {"class": "event-mark"}, (phrases("not-yet-applied"),)),
    ]
    if isinstance(recorded.event, UnreadableEvent):
        cells[4:8] = [Element("span", {"class": "event-account"}, (recorded.event.reason,)), " "]
    jump = Element(
        "button",
        {
            "type": "button",
            "class": "event-jump",
            "data-gesture": "jump",
            "data-position": recorded.position,
        },
        tuple(cells),
    )
    if len(_cells) >= MOST_CELLS_KEPT:
        _cells.clear()
    _cells[key] = (recorded, jump)
    return jump


def _payload(recorded: RecordedEvent[Event | Opaque]) -> Element:
    """The event as it stands in an exported file, or what was found in its place."""
    if is_readable(recorded):
        shown = json.dumps(to_cloud_event(recorded, CODEC), ensure_ascii=False, indent=2)
    else:
        assert isinstance(recorded.event, UnreadableEvent)
        shown = recorded.event.text
    attributes: dict[str, Value] = {"class": "event-payload", "tabindex": "0"}
    return Element("pre", attributes, (shown,), key=f"payload-{recorded.position}")
