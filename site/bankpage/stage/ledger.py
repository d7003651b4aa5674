"""The event store: the ledger's rows, with a mark on those that are not yet applied.

A short ledger is shown whole. Of a long one only the rows around those in sight are there;
the space of the others is kept, and each row says which of how many it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import Final, NamedTuple

from bankpage.paper.figures import local_time, signed_flow
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot, Value, text
from bankpage.stage.model import Stage
from bankpage.stage.readings import detail_of
from esbank_core.bank.account import CODEC, Ledger, is_readable
from esbank_core.bank.events import Event
from esbank_core.bank.examples import STORYTELLER
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Opaque, RecordedEvent, UnreadableEvent
from esbank_core.kernel.written.cloud_events import to_cloud_event
from esbank_core.kernel.written.times import format_time

ALL_ROWS: Final = 120
"""Up to how many events the ledger is shown whole."""

ROWS_AROUND: Final = 7
"""How many rows of a longer ledger are there before and after the one in the middle.

A little more than fits the panel: each row more is paid for at every far jump.
"""

MOST_SLOTS: Final = 150_000
"""For how many rows that are not there space is kept, one to one.

Browsers end an element near 33 million pixels. Of a longer ledger the space stands for more rows
than it has room for; what is in sight is scrolled row by row all the same (``gestures.js``).
"""

MOST_ROWS_KEPT: Final = 8192


class _Shown(NamedTuple):
    """All that the looks of a row depend on, beside its event and how many rows there are."""

    position: Position
    kind: str
    is_open: bool
    zone: tzinfo | None


class _Place(NamedTuple):
    """Where a row stands among the rows, from 1, and how many there are."""

    row: int
    rows: int


_made: dict[_Shown, tuple[RecordedEvent[Event | Opaque], _Place, Element]] = {}
"""Rows made before. Only a memory: it holds what would be made anew, equal in every part."""


def ledger(history: Ledger, stage: Stage, phrases: Phrases, zone: tzinfo | None) -> Iterator[Slot]:
    """The rows, and their count."""
    head = history.head
    rows = stage.rows(head)
    first, last = rows_in_sight(len(rows), stage)
    before, after = space_around(len(rows), (first, last))
    shown = last - first + 1
    is_whole = shown == len(rows)
    slots = before + shown + after
    yield text("ledger-count", _count(len(rows), head, stage, phrases))
    yield Slot("ledger-empty", {"hidden": head > 0})
    is_told = head > 0 and history.at(Position(1)).actor == STORYTELLER
    yield text("ledger-told", phrases("ledger-told") if is_told else "")
    yield Slot(
        "ledger",
        {
            "--rows-before": str(before),
            "--rows-after": str(after),
            "data-rows-shown": (
                None if is_whole else f"{first} {last} {len(rows)} {before} {slots}"
            ),
            "data-rows": len(rows),
        },
        _rows(history, stage, (first, last), phrases, zone),
    )


def _count(rows: int, head: Position, stage: Stage, phrases: Phrases) -> str:
    if stage.only is not None:
        return phrases("ledger-count-only", count=rows, total=head)
    return phrases.counted("ledger-count", head) if head else ""


def rows_in_sight(rows: int, stage: Stage) -> tuple[int, int]:
    """The first and the last row to have on the page, of so many."""
    if rows <= ALL_ROWS:
        return 1, rows
    first = max(1, min(stage.middle_row, rows - ROWS_AROUND) - ROWS_AROUND)
    return first, min(rows, first + 2 * ROWS_AROUND)


def space_around(rows: int, span: tuple[int, int]) -> tuple[int, int]:
    """For how many rows space is kept before those of a span and behind them, of so many rows."""
    first, last = span
    others = rows - (last - first + 1)
    room = min(others, MOST_SLOTS)
    before = (first - 1) * room // others if others else 0
    return before, room - before


def _rows(
    history: Ledger,
    stage: Stage,
    span: tuple[int, int],
    phrases: Phrases,
    zone: tzinfo | None,
) -> tuple[Element, ...]:
    """The rows of a span, both ends included; those shown before as they were made then."""
    first, last = span
    positions = stage.rows(history.head)
    count = len(positions)
    cursor = stage.position(history.head)
    before = positions[first - 2] if first > 1 else 0
    rows = []
    for nth in range(first, last + 1):
        n = positions[nth - 1]
        recorded = history.recorded[n - 1]
        kind = _kind(before, n, cursor)
        before = n
        place = _Place(nth, count)
        shown = _Shown(Position(n), kind, n == stage.open_payload, zone)
        made_of, stood, row = _made.get(shown) or (None, place, None)
        if row is None or made_of is not recorded:
            if len(_made) >= MOST_ROWS_KEPT:
                _made.clear()
            row = _row(history, shown, place, phrases)
        elif stood != place:
            among = {"aria-posinset": place.row, "aria-setsize": place.rows}
            row = row._replace(attributes={**row.attributes, **among})
        _made[shown] = (recorded, place, row)
        rows.append(row)
    return tuple(rows)


def _kind(before: int, position: int, cursor: Position) -> str:
    """What a row is to the cursor; ``before`` is the position of the row before it."""
    if position > cursor:
        return "next" if before <= cursor else "unapplied"
    return "current" if position == cursor else "applied"


def _row(history: Ledger, shown: _Shown, place: _Place, phrases: Phrases) -> Element:
    position, kind, is_open, zone = shown
    recorded = history.at(position)
    jump = _jump(history, recorded, phrases, zone)
    toggle = Element(
        "button",
        {
            "type": "button",
            "class": "event-payload-toggle",
            "tabindex": "-1",  # rows.js gives one button of all rows a Tab stop
            "data-gesture": "toggle-payload",
            "data-position": position,
            "aria-expanded": "true" if is_open else "false",
            "aria-label": phrases("payload-of", position=position),
        },
        ("{ }",),
        key=f"toggle-{position}",  # by which it keeps the focus when the payload appears
    )
    children: tuple[Node, ...] = (jump, toggle)
    if kind == "next":
        # Said once, as a line at now, and not in every row below it.
        words = Element("span", {}, (phrases("not-yet-applied"),))
        children = (Element("p", {"class": "event-now"}, (words,), f"now-{position}"), *children)
    if is_open:
        children = (*children, _payload(recorded, phrases))
    is_damaged = isinstance(recorded.event, UnreadableEvent) and position > history.unread
    damaged = " is-damaged" if is_damaged else ""
    attributes: dict[str, Value] = {
        "class": f"event is-{kind}{' is-unapplied' if kind == 'next' else ''}{damaged}",
        "aria-posinset": place.row,
        "aria-setsize": place.rows,
        "aria-current": "step" if kind == "current" else None,
    }
    return Element("li", attributes, children, key=f"event-{position}")


def _jump(
    history: Ledger, recorded: RecordedEvent[Event | Opaque], phrases: Phrases, zone: tzinfo | None
) -> Element:
    """What the row says: the event, in cells. It is one button, which jumps there."""
    row = ledger_row(history.change_at(recorded.position))
    instant = format_time(recorded.time)
    detail = detail_of(recorded.event, phrases)
    cells: list[Node] = [
        Element("span", {"class": "event-position"}, (str(row.position),)),
        " ",
        Element("span", {"class": "event-type"}, (row.type,)),
        " ",
        Element("span", {"class": "event-about"}, _about(row.account_id, detail)),
        " ",
        Element("span", {"class": "event-amount"}, (signed_flow(row),)),
        " ",
        Element(
            "time",
            {"class": "event-time", "datetime": instant, "title": phrases("utc", instant=instant)},
            (local_time(recorded.time, zone),),
        ),
    ]
    if isinstance(recorded.event, UnreadableEvent):
        cells[4:8] = [Element("span", {"class": "event-about"}, (recorded.event.reason,)), " "]
    return Element(
        "button",
        {
            "type": "button",
            "class": "event-jump",
            "tabindex": "-1",
            "data-gesture": "jump",
            "data-position": recorded.position,
        },
        tuple(cells),
        key=f"jump-{recorded.position}",
    )


def _about(account_id: StreamId, detail: str) -> tuple[Node, ...]:
    """The account, and what else the event says of itself."""
    account = Element("span", {"class": "event-account"}, (account_id,))
    if not detail:
        return (account,)
    return (account, " ", Element("span", {"class": "event-note", "title": detail}, (detail,)))


def _payload(recorded: RecordedEvent[Event | Opaque], phrases: Phrases) -> Element:
    """The event's data, and folded under it the whole of it as it stands in an exported file."""
    key = f"payload-{recorded.position}"
    attributes: dict[str, Value] = {"class": "event-payload", "tabindex": "0"}
    if not is_readable(recorded):
        assert isinstance(recorded.event, UnreadableEvent)
        return Element("pre", attributes, (recorded.event.text,), key=key)
    envelope = to_cloud_event(recorded, CODEC)
    folded = Element(
        "details",
        {},
        (
            Element("summary", {}, (phrases("envelope"),)),
            Element("pre", {}, (_json(envelope),)),
        ),
    )
    data = Element("pre", {}, (_json(envelope.get("data")),))
    return Element("div", attributes, (data, folded), key=key)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
