"""Projections: rebuilt from events at will, gone on with from a checkpoint, never counted twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from esbank_core import Ledger, Projection, RecordedEvent
from tests.core.histories import ledgers


def _write_down(ids: tuple[str, ...], recorded: RecordedEvent[object]) -> tuple[str, ...]:
    return (*ids, recorded.id)


SEEN: Projection[object, tuple[str, ...]] = Projection(initial=(), apply=_write_down)
"""Writes down what it is shown, so that nothing is missed, repeated or out of order."""


@given(ledgers())
def test_a_projection_sees_every_event_once_and_in_order(ledger: Ledger) -> None:
    projected = SEEN.project(ledger.recorded)
    assert projected.read_model == tuple(recorded.id for recorded in ledger.recorded)
    assert projected.checkpoint == ledger.head


@given(ledgers(), st.data())
def test_it_goes_on_from_its_checkpoint(ledger: Ledger, data) -> None:
    cut = data.draw(st.integers(0, ledger.head))
    so_far = SEEN.project(ledger.recorded[:cut])
    assert so_far.checkpoint == cut
    assert SEEN.project(ledger.recorded[cut:], since=so_far) == SEEN.project(ledger.recorded)


@given(ledgers(), st.data())
def test_an_event_handed_to_it_twice_changes_nothing(ledger: Ledger, data) -> None:
    projected = SEEN.project(ledger.recorded)
    again = data.draw(st.integers(0, ledger.head))
    assert SEEN.project(ledger.recorded[again:], since=projected) == projected


@given(ledgers(), st.data())
def test_it_can_be_asked_for_a_moment_of_the_past(ledger: Ledger, data) -> None:
    to = data.draw(st.integers(0, ledger.head))
    assert SEEN.project(ledger.recorded, to=to) == SEEN.project(ledger.recorded[:to])


def test_before_the_first_event_it_is_what_it_starts_with() -> None:
    assert SEEN.project([]) == SEEN.genesis()
    assert SEEN.genesis().checkpoint == 0
