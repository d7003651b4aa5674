"""Streams at work: surveyed in slices, listed, walked through by type, and laid out in time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import RecordedEvent, UnknownEvent
from esbank_core.questions.bank.fields import values_of
from esbank_core.questions.paths import parts_of
from esbank_core.questions.payloads import (
    AT_ONCE,
    LONG_TEXT,
    TEXT_AT_ONCE,
    Differing,
    Kind,
    differing,
    paths_to_unfold,
    unfolded,
)
from esbank_core.questions.streams import Lane, Listing, Mark, SortedBy, Survey, lanes
from esbank_core.questions.tracing import MOST_RELATED, Trace
from tests.core.own.histories import NOON, recorded


def survey() -> Survey:
    return Survey().fed(recorded(), type_of)


@given(st.lists(st.integers(0, 5)))
def test_a_survey_is_the_same_in_whatever_slices_it_is_taken(cuts: list[int]) -> None:
    taken, at = Survey(), 0
    events = recorded()
    for stop in [*sorted(cuts), len(events)]:
        taken, at = taken.fed(events[at:stop], type_of), stop
    whole = survey()
    assert (taken.seen, taken.streams) == (whole.seen, whole.streams)
    assert {name: list(places) for name, places in taken.types.items()} == {
        name: list(places) for name, places in whole.types.items()
    }


def test_a_survey_that_was_taken_further_is_still_what_it_was() -> None:
    first = Survey().fed(recorded()[:2], type_of)
    first.fed(recorded()[2:], type_of)
    assert first.counts() == [("order_placed", 2)]


def test_streams_are_listed_searched_and_sorted() -> None:
    first, second = survey().listed()
    assert (first.stream_id, first.events, first.last_type) == ("order-1", 3, "order_paid")
    assert (first.first, first.last) == (
        NOON + timedelta(minutes=1),
        NOON + timedelta(minutes=4),
    )
    assert [one.stream_id for one in survey().listed("ORDER-2")] == ["order-2"]
    assert [one.stream_id for one in survey().listed("cancel")] == ["order-2"]
    assert survey().listed("nowhere") == []
    for by, names in (
        (SortedBy.FIRST_EVENT, [first, second]),
        (SortedBy.NAME, [first, second]),
        (SortedBy.EVENTS, [first, second]),
        (SortedBy.LATEST, [second, first]),
        (SortedBy.LAST_TYPE, [second, first]),
    ):
        assert survey().listed(by=by) == names


def test_types_are_counted_and_walked_through() -> None:
    assert survey().counts() == [
        ("order_placed", 2),
        ("order_cancelled", 1),
        ("order_changed", 1),
        ("order_paid", 1),
    ]
    steps = [survey().next_of("order_placed", Position(at)) for at in range(3)]
    assert steps == [1, 2, None]
    back = [survey().before_of("order_placed", Position(at)) for at in (1, 2, 3, 9)]
    assert back == [None, 1, 2, 2]
    assert survey().next_of("unheard of", Position(0)) is None


def test_lanes_show_streams_over_time() -> None:
    rows = lanes(
        recorded(),
        [StreamId("order-2"), StreamId("order-1"), StreamId("none")],
        NOON + timedelta(minutes=1),
        NOON + timedelta(minutes=5),
        4,
        type_of,
    )
    assert rows == (
        Lane(
            StreamId("order-2"),
            (
                Mark(1, 1, Position(2), "order_placed"),
                Mark(3, 1, Position(5), "order_cancelled"),
            ),
        ),
        Lane(
            StreamId("order-1"),
            (
                Mark(0, 1, Position(1), "order_placed"),
                Mark(2, 1, Position(3), "order_changed"),
                Mark(3, 1, Position(4), "order_paid"),
            ),
        ),
        Lane(StreamId("none"), ()),
    )


def test_what_falls_together_on_a_lane_is_counted() -> None:
    streams = [StreamId("order-1")]
    (lane,) = lanes(recorded(), streams, NOON, NOON + timedelta(days=1), 2, type_of)
    assert lane.marks == (Mark(0, 3, Position(1), "order_placed", is_mixed=True),)
    at_once = NOON + timedelta(minutes=1)
    (lane,) = lanes(recorded(), streams, at_once, at_once, 2, type_of)
    assert lane.marks == (Mark(0, 1, Position(1), "order_placed"),)


def told(payload: object, opened: frozenset[str], more: dict[str, int] | None = None) -> list[str]:
    """The lines of a payload, as far as it is unfolded."""
    return [
        f"{'  ' * one.depth}{one.name}: {one.text or one.within}"
        + (f" and {one.left} more" if one.left and one.is_open else "")
        for one in unfolded(payload, opened, more or {})
    ]


def test_a_payload_unfolds_whole_and_each_value_has_its_path() -> None:
    payload = {"lines": [{"sku": "tea"}], "a b": {"": 1}, "none": {}}
    opened, is_all = paths_to_unfold(payload, 100)
    assert is_all
    assert told(payload, opened) == [
        "data: 3",
        "  lines: 1",
        "    0: 1",
        '      sku: "tea"',
        "  a b: 1",
        "    : 1",
        "  none: {}",
    ]
    assert [one.path for one in unfolded(payload, opened, {})] == [
        "data",
        "data.lines",
        "data.lines[0]",
        "data.lines[0].sku",
        'data["a b"]',
        'data["a b"][""]',
        "data.none",
    ]
    assert told(payload, frozenset({"data"})) == [
        "data: 3",
        "  lines: 1",
        "  a b: 1",
        "  none: {}",
    ]


def test_of_what_is_large_some_is_shown_and_the_rest_is_counted() -> None:
    wide = {"n": list(range(AT_ONCE * 2 + 7)), "t": "x" * (TEXT_AT_ONCE + 5)}
    opened = frozenset({"data", "data.n", "data.t"})
    assert told(wide, opened)[1] == f"  n: {AT_ONCE * 2 + 7} and {AT_ONCE + 7} more"
    assert told(wide, opened, {"data.n": 1})[1].endswith(" and 7 more")
    assert len(told(wide, opened, {"data.n": 2})) == AT_ONCE * 2 + 7 + 3
    assert told(wide, opened)[-1].endswith(" and 5 more")
    assert told(wide, opened, {"data.t": 1})[-1] == f'  t: "{wide["t"]}"'
    assert told(wide, frozenset({"data"}))[-1] == f'  t: "{"x" * LONG_TEXT}"'
    some, is_all = paths_to_unfold(wide, 30)
    assert (some, is_all) == ({"data"}, False)


def test_a_payload_is_never_too_deep() -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    opened, is_all = paths_to_unfold(deep, 500)
    assert (len(opened), is_all) == (499, False)
    assert len(told(deep, opened)) == 500
    assert differing(deep, deep) == ()


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 1}, ()),
        ({"a": 1}, {"a": 2}, (Differing("data.a", "1", "2"),)),
        ({"a": 1}, {"a": True}, (Differing("data.a", "1", "true"),)),
        (
            {"a": {"b": 1}},
            {"a": {}},
            (
                Differing("data.a.b", "1", None),
                Differing("data.a", None, "{}"),
            ),
        ),
        ({"a": [1, 2]}, {"a": [1]}, (Differing("data.a[1]", "2", None),)),
        (None, {"a": 1}, (Differing("data", "null", None), Differing("data.a", None, "1"))),
        ("x", "y", (Differing("data", '"x"', '"y"'),)),
    ],
)
def test_what_two_payloads_differ_in(before, after, found) -> None:
    assert differing(before, after) == found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json_values, json_values)
def test_payloads_differ_where_they_are_not_the_same(before: object, after: object) -> None:
    assert differing(before, before) == ()
    found = differing(before, after)
    turned = differing(after, before)
    assert {(one.path, one.before, one.after) for one in found} == {
        (one.path, one.after, one.before) for one in turned
    }


@given(json_values)
def test_every_path_of_a_payload_is_one_that_find_takes(payload: object) -> None:
    every, is_all = paths_to_unfold({"in": payload}, 10_000)
    assert is_all
    event = replace(recorded()[0], event=UnknownEvent("any", 1, {"in": payload}))
    for one in unfolded({"in": payload}, every, {}):
        values = list(values_of(one.path)(event))
        if one.kind is Kind.VALUE:
            assert one.text in [json.dumps(value, ensure_ascii=False) for value in values]
        else:
            assert one.within in [len(value) for value in values]


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("", []),
        ("data.lines[0].sku", ["data", "lines", "0", "sku"]),
        ("data.lines.0.sku", ["data", "lines", "0", "sku"]),
        ('data["a \\"b\\"].c"][12]', ["data", 'a "b"].c', "12"]),
        ("a..b", ["a", "", "b"]),
        ("a[b", ["a[b"]),
    ],
)
def test_paths_are_taken_apart(path: str, parts: list[str]) -> None:
    assert parts_of(path) == parts


@given(st.integers(1, 3), st.booleans(), st.sampled_from(SortedBy), st.integers(1, 3))
def test_a_list_is_the_same_in_whatever_slices_it_is_made(most, is_backward, by, limit) -> None:
    whole = Listing("", by, is_backward, most).further(survey())
    sliced = Listing("", by, is_backward, most)
    while not sliced.is_done(survey()):
        sliced = sliced.further(survey(), limit)
    assert sliced == whole
    assert (whole.found, len(whole.best)) == (2, min(most, 2))


def traced(events: list[RecordedEvent[Any]], position: int, limit: int) -> list[int]:
    trace = Trace[Any].of(events, Position(position))
    while not trace.is_done(events):
        trace = trace.further(events, limit)
    return [step.position for step in trace.steps(events)]


@given(st.lists(st.integers(0, 9), max_size=12), st.data())
def test_a_thread_is_all_that_the_first_cause_led_to(
    causes: list[int], data: st.DataObject
) -> None:
    """Each event is caused by an earlier one, or by none; none has a correlation id."""
    one = recorded()[0]
    events = [
        replace(
            one,
            id=f"e{nth}",
            position=Position(nth),
            correlation_id=None,
            causation_id=f"e{cause}" if 0 < cause < nth else "a command",
        )
        for nth, cause in enumerate([0, *causes], start=1)
    ]

    def root(nth: int) -> int:
        cause = [0, *causes][nth - 1]
        return root(cause) if 0 < cause < nth else nth

    position = data.draw(st.integers(1, len(events)))
    related = [nth for nth in range(1, len(events) + 1) if root(nth) == root(position)]
    limit = data.draw(st.integers(1, 5))
    assert sorted(traced(events, position, limit)) == related
    together = [replace(one, correlation_id=f"c{root(nth)}") for nth, one in enumerate(events, 1)]
    assert traced(together, position, limit) == traced(events, position, limit)


def test_of_a_very_long_thread_the_events_around_the_one_are_told() -> None:
    one = recorded()[0]
    events = [
        replace(one, id=f"e{nth}", position=Position(nth), correlation_id="all", causation_id=None)
        for nth in range(1, MOST_RELATED * 3 + 1)
    ]
    for position in (1, MOST_RELATED * 2, MOST_RELATED * 3):
        found = traced(events, position, 700)
        assert len(found) == MOST_RELATED
        assert position in found
