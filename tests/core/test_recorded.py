"""Recording: each new event gets the next name and the next two places."""

from __future__ import annotations

from esbank_core import Actor, Metadata
from esbank_core.kernel.recorded import NO_ATTRIBUTES, RecordedEvent, record
from tests.core.histories import NOON


def test_new_events_are_named_and_placed_after_those_before_them() -> None:
    about = Metadata(NOON, Actor("user", "teller"), "request-1", "command-1")
    first, second = record(["one", "two"], about, stream_id="ACC-1", version=2, position=16)
    assert first == RecordedEvent(
        event="one",
        id="ACC-1/3",
        stream_id="ACC-1",
        version=3,
        position=17,
        time=NOON,
        actor=Actor("user", "teller"),
        correlation_id="request-1",
        causation_id="command-1",
        attributes=NO_ATTRIBUTES,
    )
    assert (second.id, second.version, second.position) == ("ACC-1/4", 4, 18)


def test_of_no_events_nothing_is_recorded() -> None:
    assert record([], Metadata(NOON), stream_id="ACC-1", version=2, position=16) == ()
