"""Histories of no bank: orders of a shop, as somebody else's store had them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from esbank_core.bank.account import CODEC
from esbank_core.bank.events import Event
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import Actor, RecordedEvent, UnknownEvent
from esbank_core.questions.own.evolving import Evolution
from esbank_core.questions.own.telling import Telling, Told

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)

STORY: Final = (
    ("order-1", "order_placed", {"customer": "Ada", "lines": {"tea": 2}, "total": 900}),
    ("order-2", "order_placed", {"customer": "Bob", "total": 100}),
    ("order-1", "order_changed", {"lines": {"milk": 1}, "total": 1000}),
    ("order-1", "order_paid", {"amount": 1000, "at": {"till": 7}}),
    ("order-2", "order_cancelled", None),
)

EVOLVE: Final = '''\
"""How much is owed on an order."""

initial = {"owed": 0, "events": []}


def evolve(state, event):
    if event.type in ("order_placed", "order_changed"):
        state["owed"] = event.data["total"]
    elif event.type == "order_paid":
        state["owed"] -= event.data["amount"]
    state["events"].append(event.type)
    return state
'''


def recorded(
    story: tuple[tuple[str, str, object], ...] = STORY,
) -> list[RecordedEvent[Event | UnknownEvent]]:
    """A story as recorded events, a minute apart."""
    versions: dict[str, int] = {}
    events: list[RecordedEvent[Event | UnknownEvent]] = []
    for nth, (stream, kind, data) in enumerate(story, start=1):
        versions[stream] = versions.get(stream, 0) + 1
        events.append(
            RecordedEvent(
                UnknownEvent(kind, 1, data),
                EventId(f"e-{nth}"),
                StreamId(stream),
                Version(versions[stream]),
                Position(nth),
                NOON + timedelta(minutes=nth),
                Actor("user", "teller"),
            )
        )
    return events


def told(
    evolution: Evolution, story: tuple[tuple[str, str, object], ...] = STORY
) -> list[Told[Event]]:
    """A story told with the states that an evolution gives."""
    return list(Telling(evolution, CODEC).all(recorded(story)))
