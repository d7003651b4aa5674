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
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnreadableEvent
from esbank_core.kernel.written.cloud_events import format_time, to_cloud_event

ALL_ROWS: Final = 120
"""Up to how many events the ledger is shown whole."""

ROWS_AROUND: Final = 9
"""How many rows of a longer ledger are there before and after the one in the middle.

A little more than fits the panel: each row more is paid for at every far jump.
"""

MOST_ROWS_KEPT: Final = 8192

_made: dict[
    tuple[Position, str, bool, Position, tzinfo | None],
    tuple[RecordedEvent[Event | Opaque], Element],
] = {}
"""Rows made before. Only a memory: it holds what would be made anew, equal in every part."""


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
        _rows(model, first, last, phrases, zone),
    )
    yield Slot("export", {"disabled": head == 0})
    yield Slot("reset", {"disabled": head == 0 and not model.damaged})


def rows_in_sight(model: Model) -> tuple[int, int]:
    """The positions of the first and the last row to have on the page."""
    head = model.ledger.head
    if head <= ALL_ROWS:
        return 1, head
    first = max(1, min(model.middle_row, head - ROWS_AROUND) - ROWS_AROUND)
    return first, min(head, first + 2 * ROWS_AROUND)


def _rows(
    model: Model, first: int, last: int, phrases: Phrases, zone: tzinfo | None
) -> tuple[Element, ...]:
    """The rows from ``first`` to ``last``; those shown before as they were made then."""
    ledger, cursor, head = model.ledger, model.position, model.ledger.head
    rows = []
    for n in range(first, last + 1):
        position = Position(n)
        recorded = ledger.recorded[n - 1]
        kind = "current" if n == cursor else "unapplied" if n > cursor else "applied"
        key = (position, kind, n == model.open_payload, head, zone)
        known = _made.get(key)
        if known is None or known[0] is not recorded:
            if len(_made) >= MOST_ROWS_KEPT:
                _made.clear()
            known = _made[key] = (recorded, _row(model, position, kind, phrases, zone))
        rows.append(known[1])
    return tuple(rows)


def _row(
    model: Model, position: Position, kind: str, phrases: Phrases, zone: tzinfo | None
) -> Element:
    recorded = model.ledger.at(position)
    jump = _jump(model.ledger, recorded, phrases, zone)
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
        key=f"toggle-{position}",  # by which it keeps the focus when the payload appears
    )
    children = (jump, toggle, _payload(recorded)) if is_open else (jump, toggle)
    damaged = " is-damaged" if isinstance(recorded.event, UnreadableEvent) else ""
    attributes: dict[str, Value] = {
        "class": f"event is-{kind}{damaged}",
        "aria-posinset": position,
        "aria-setsize": model.ledger.head,
        "aria-current": "step" if kind == "current" else None,
    }
    return Element("li", attributes, children, key=f"event-{position}")


def _jump(
    ledger: Ledger, recorded: RecordedEvent[Event | Opaque], phrases: Phrases, zone: tzinfo | None
) -> Element:
    """What the row says: the event, in cells. It is one button, which jumps there."""
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
    return Element(
        "button",
        {
            "type": "button",
            "class": "event-jump",
            "data-gesture": "jump",
            "data-position": recorded.position,
        },
        tuple(cells),
        key=f"jump-{recorded.position}",
    )


def _payload(recorded: RecordedEvent[Event | Opaque]) -> Element:
    """The event as it stands in an exported file, or what was found in its place."""
    if is_readable(recorded):
        shown = json.dumps(to_cloud_event(recorded, CODEC), ensure_ascii=False, indent=2)
    else:
        assert isinstance(recorded.event, UnreadableEvent)
        shown = recorded.event.text
    attributes: dict[str, Value] = {"class": "event-payload", "tabindex": "0"}
    return Element("pre", attributes, (shown,), key=f"payload-{recorded.position}")
