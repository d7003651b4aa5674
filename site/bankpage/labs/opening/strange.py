"""What a history holds that the bank has no word for: counted by kind, with an example each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from bankpage.labs.contract import NotUnderstood, Strange
from esbank_core.bank.account import CODEC, Recorded
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.cloud_events import ABSENT, UNTIMED
from esbank_core.kernel.written.marks import MARK
from esbank_core.sources.found import RECORD_ATTRIBUTE, RECORDED_TIME_ATTRIBUTE

MOST_KINDS: Final = 1_000
"""How many kinds are told apart. Anybody may give every event a type of its own."""

_UNDERSTOOD: Final = frozenset(
    (
        *("source", "subject", "time", "datacontenttype", "dataschema", "data", "data_base64"),
        *("sequence", "sequencetype", "streamversion", "partitionkey", "authtype", "authid"),
        *("correlationid", "causationid", UNTIMED, RECORD_ATTRIBUTE, RECORDED_TIME_ATTRIBUTE),
    )
)
"""Attributes that mean something here, and are kept only as they were spelt."""

_KNOWN_TYPES: Final = frozenset(event_type.name for event_type in CODEC.event_types)


class Stranger:
    """Counts what is not understood, and what came without a time, as events come."""

    def __init__(self) -> None:
        self.untimed = 0
        self._counts: Counter[tuple[Strange, str]] = Counter()
        self._examples: dict[tuple[Strange, str], Position] = {}

    def see(self, events: Iterable[Recorded]) -> None:
        """Look at the events that come next."""
        for recorded in events:
            event = recorded.event
            if isinstance(event, UnknownEvent) and event.type != MARK:
                if event.type not in _KNOWN_TYPES:
                    self._count(Strange.TYPE, event.type, recorded.position)
                else:
                    self._count(Strange.SCHEMA, _schema_of(recorded, event), recorded.position)
            if not recorded.attributes:
                continue
            self.untimed += UNTIMED in recorded.attributes
            for name in recorded.attributes.keys() - _UNDERSTOOD:
                self._count(Strange.ATTRIBUTE, name, recorded.position)

    def found(self) -> tuple[NotUnderstood, ...]:
        """Every kind that there was, types first, the most frequent first among its like."""
        order = list(Strange)
        kinds = sorted(self._counts, key=lambda kind: (order.index(kind[0]), -self._counts[kind]))
        return tuple(
            NotUnderstood(what, self._counts[kind, what], self._examples[kind, what], kind)
            for kind, what in kinds
        )

    def _count(self, kind: Strange, what: str, position: Position) -> None:
        name = kind, what
        if name not in self._examples:
            if len(self._examples) >= MOST_KINDS:
                return
            self._examples[name] = position
        self._counts[name] += 1


def _schema_of(recorded: Recorded, event: UnknownEvent) -> str:
    """What the schema is called of an event that is of a known type by its name alone."""
    schema = recorded.attributes.get("dataschema", ABSENT)
    content_type = recorded.attributes.get("datacontenttype", ABSENT)
    if isinstance(schema, str):
        return schema
    if isinstance(content_type, str):
        return content_type
    return f"urn:esbank:{event.type}:{event.schema_version}"
