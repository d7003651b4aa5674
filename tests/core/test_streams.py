"""Streams at work: surveyed in slices, listed, walked through by type, and laid out in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.questions.payloads import MOST_WITHIN, Branch, Differing, differing, tree_of
from esbank_core.questions.streams import Lane, Mark, SortedBy, Survey, lanes
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
    assert lane.marks == (Mark(0, 3, Position(1), "order_placed"),)
    at_once = NOON + timedelta(minutes=1)
    (lane,) = lanes(recorded(), streams, at_once, at_once, 2, type_of)
    assert lane.marks == (Mark(0, 1, Position(1), "order_placed"),)


def test_a_payload_unfolds_whole_and_each_value_has_its_path() -> None:
    tree = tree_of({"lines": [{"sku": "tea"}], "a b": {"": 1}, "none": {}})
    assert tree == Branch(
        "data",
        "data",
        "",
        (
            Branch(
                "lines",
                "data.lines",
                "",
                (
                    Branch(
                        "0",
                        "data.lines[0]",
                        "",
                        (Branch("sku", "data.lines[0].sku", '"tea"', ()),),
                    ),
                ),
            ),
            Branch("a b", 'data["a b"]', "", (Branch("", 'data["a b"][""]', "1", ()),)),
            Branch("none", "data.none", "{}", ()),
        ),
    )


def test_a_payload_is_never_too_much() -> None:
    wide = tree_of({"n": list(range(MOST_WITHIN + 7))})
    assert (len(wide.within[0].within), wide.within[0].left_out) == (MOST_WITHIN, 7)
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    branch = tree_of(deep)
    while branch.within:
        (branch,) = branch.within
    assert branch.value.startswith("[[[")


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
