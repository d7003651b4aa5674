"""Streams at work, without a browser: listed, laid out in time, walked through, and looked into."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from bankpage.labs.contract import LookAt, ShowOnly
from bankpage.labs.debug.at_work import MOST_OF_THREAD
from bankpage.labs.debug.at_work_model import MOST_LISTED, ROWS
from bankpage.labs.debug.lab import LAB
from bankpage.labs.debug.signs import SHAPES, SOME_OTHER, signs
from bankpage.paper.effects import Clear
from bankpage.paper.tree import Element, Node

from esbank_core.bank.account import Recorded
from esbank_core.bank.views import type_of
from esbank_core.kernel.identity import EventId, Position, StreamId, Version
from esbank_core.kernel.recorded import Actor, RecordedEvent, UnknownEvent
from esbank_core.questions.streams import Survey
from tests.page.lab_desk import LabDesk, studied, subject_of

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)

SHOP = [
    ("order-1", "Placed", {"lines": [{"sku": "tea", "qty": 1}], "note": ""}, "one", None),
    ("pay-1", "Asked", {"amount": 5}, "one", 1),
    ("order-2", "Placed", {"lines": [{"sku": "cup", "qty": 1}], "note": ""}, "two", None),
    ("pay-1", "Taken", {"amount": 5}, "one", 2),
    ("order-1", "Paid", {"by": "pay-1"}, "one", 4),
    ("order-2", "Changed", {"lines": [{"sku": "cup", "qty": 2}]}, "two", None),
    ("order-2", "Changed", {"lines": [{"sku": "cup", "qty": 3}], "gift": True}, "three", None),
    ("order-1", "Sent", None, None, 5),
]
"""Streams of no bank: what happened where, and, by its place, what caused it."""


def shop(rows=SHOP, apart: timedelta = timedelta(minutes=1)) -> list[Recorded]:
    versions: dict[str, int] = {}
    told: list[Recorded] = []
    for nth, (stream, kind, data, correlation, cause) in enumerate(rows, start=1):
        versions[stream] = versions.get(stream, 0) + 1
        told.append(
            RecordedEvent(
                UnknownEvent(kind, 1, data),
                EventId(f"{stream}/{versions[stream]}"),
                StreamId(stream),
                Version(versions[stream]),
                Position(nth),
                NOON + nth * apart,
                Actor("user", "ann"),
                correlation,
                None if cause is None else told[cause - 1].id,
            )
        )
    return told


def desk(rows=SHOP, at: int | None = None) -> LabDesk:
    subject = studied(subject_of(shop(rows)))
    if at is not None:
        subject = replace(subject, position=Position(at))
    return LabDesk(LAB, subject).does("opened")


def elements(node: Node) -> list[Element]:
    if not isinstance(node, Element):
        return []
    return [node, *(one for child in node.children for one in elements(child))]


def names(told: LabDesk) -> list[str]:
    """The streams in the list, from above."""
    found = [one for node in told.slot("debug-streams").children or () for one in elements(node)]
    return [str(one.attributes["data-stream"]) for one in found if "data-stream" in one.attributes]


# The list.


def test_streams_are_listed_with_what_is_in_them() -> None:
    told = desk()
    assert names(told) == ["order-1", "pay-1", "order-2"]
    assert told.shows("debug-streams-note") == "1 to 3 of 3 streams."
    assert "Sent" in told.shows("debug-streams")
    assert desk(SHOP[:1]).shows("debug-streams-note") == "1 to 1 of 1 stream."


@pytest.mark.parametrize(
    ("by", "once", "twice"),
    [
        ("name", ["order-1", "order-2", "pay-1"], ["pay-1", "order-2", "order-1"]),
        ("events", ["order-1", "order-2", "pay-1"], ["pay-1", "order-1", "order-2"]),
        ("latest", ["order-1", "order-2", "pay-1"], ["pay-1", "order-2", "order-1"]),
        ("last type", ["order-2", "order-1", "pay-1"], ["pay-1", "order-1", "order-2"]),
    ],
)
def test_streams_are_sorted_and_the_other_way_round(by: str, once, twice) -> None:
    told = desk().does("sort-streams", by=by)
    assert names(told) == once
    assert names(told.does("sort-streams", by=by)) == twice
    assert names(told.does("sort-streams", by="first event")) == ["order-1", "pay-1", "order-2"]


def test_streams_are_found_by_name_and_by_their_last_type() -> None:
    told = desk().does("seek-stream", value=" ORDER ")
    assert names(told) == ["order-1", "order-2"]
    assert names(told.does("seek-stream", value="taken")) == ["pay-1"]
    assert told.shows("debug-streams-note") == "1 to 1 of 1 found, among 3 streams."
    told.does("seek-stream", value="nowhere")
    assert told.shows("debug-streams-note").startswith("No stream has “nowhere”")


def test_of_very_many_streams_some_are_leafed_through_and_the_others_found() -> None:
    rows = [(f"s-{nth:04d}", "Begun", {}, None, None) for nth in range(5_000)]
    told = desk(rows)
    assert told.shows("debug-streams-note").startswith("1 to 12 of 5,000 streams.")
    assert f"{5_000 - MOST_LISTED:,} more are found" in told.shows("debug-streams-note")
    told.does("later-streams")
    assert names(told)[0] == f"s-{ROWS:04d}"
    assert names(told.does("earlier-streams"))[0] == "s-0000"
    assert names(told.does("seek-stream", value="s-4321")) == ["s-4321"]
    told.does("seek-stream", value="").does("sort-streams", by="latest")
    assert names(told)[0] == "s-4999"


def test_a_history_is_surveyed_in_slices_and_says_how_far() -> None:
    rows = [("s", "Begun", {}, None, None)] * 6_000
    subject = studied(subject_of(shop(rows)))
    told = LabDesk(LAB, subject).only("opened")
    said = []
    while told.later:
        told.goes_on()
        said.append(told.shows("debug-surveying"))
    assert "Looking at the streams: 2,500 of 6,000 events…" in said
    assert said[-1] == ""


# The ledger filtered.


def test_the_ledger_shows_one_stream_one_type_or_one_request_alone() -> None:
    assert desk().does("show-stream", stream="pay-1").wishes == [ShowOnly((2, 4))]
    assert desk().does("show-type", type="Placed").wishes == [ShowOnly((1, 3))]
    told = desk(at=2)
    slot = told.slot("debug-show-correlation")
    assert slot.attributes == {"hidden": False, "data-correlation": "one"}
    told.does("show-correlation", correlation="one")
    assert told.wishes == [ShowOnly((1, 2, 4, 5))]
    assert told.slot("debug-filter-correlation").attributes[".value"] == "one"
    assert told.shows("debug-shown") == "4 of 8 events are shown."
    assert told.effects == [Clear(("debug-filter-text",))]
    typed = {"stream": "", "type": "Paid", "text": "pay ", "correlation": "one"}
    assert told.does("filter", **typed).wishes[-1] == ShowOnly((5,))
    assert len(told.effects) == 1  # what is typed stays as it is


# Types.


def test_types_have_signs_of_their_own_and_are_walked_through() -> None:
    told = desk(at=3)
    assert told.shows("debug-types").startswith("▼Changed2‹›●Placed2‹›")
    assert told.does("walk", to="type-after", type="Changed").wishes[-1] == LookAt(6)
    assert told.does("walk", to="type-before", type="Placed").wishes[-1] == LookAt(1)
    assert told.does("walk", to="type-before").wishes[-1] == LookAt(1)
    assert told.slot("debug-walk-type-after").attributes["disabled"]
    wishes = list(told.wishes)
    assert told.does("walk", to="type-after", type="Placed").wishes == wishes


def test_where_types_are_too_many_the_rare_ones_share_a_sign() -> None:
    kinds = [f"T{nth:02d}" for nth in range(15)]
    rows = [("s", kind, {}, None, None) for kind in kinds + kinds[3:]]
    given = signs(Survey().fed(shop(rows), type_of))
    shapes = [given.shape(kind) for kind in kinds]
    assert shapes == [SOME_OTHER] * 3 + list(SHAPES)
    assert (given.hue("T00"), given.hue("T03")) == (0, 1)


# Lanes.


def lanes(told: LabDesk) -> list[list[list[object]]]:
    return json.loads(str(told.slot("debug-lanes").attributes["data-lanes"]))["lanes"]


def test_lanes_show_the_streams_that_are_listed_over_time() -> None:
    told = desk()
    assert told.shows("debug-lane-names") == "order-1pay-1order-2"
    assert [[mark[4] for mark in lane] for lane in lanes(told)] == [
        ["#1 Placed", "#5 Paid", "#8 Sent"],
        ["#2 Asked", "#4 Taken"],
        ["#3 Placed", "#6 Changed", "#7 Changed"],
    ]
    assert "8 events in 3 streams" in told.shows("debug-lanes-said")
    told.does("sort-streams", by="events").does("seek-stream", value="pay")
    assert told.shows("debug-lane-names").startswith("pay-1")


def test_the_thread_of_the_event_is_drawn_and_its_streams_are_there() -> None:
    told = desk(at=4).does("seek-stream", value="order-2")
    assert told.shows("debug-lane-names") == "order-2order-1pay-1"
    thread = json.loads(str(told.slot("debug-lanes").attributes["data-thread"]))
    assert [(line[0], line[2]) for line in thread] == [(1, 2), (2, 2), (2, 1)]
    assert "4 events in 2 streams" in told.shows("debug-lanes-thread")
    assert told.shows("debug-thread") == (
        "#1 ● Placed order-1#2 ■ Asked pay-1#4 ▲ Taken pay-1#5 ◆ Paid order-1"
    )


def test_of_a_thread_through_very_many_streams_some_have_no_lane_which_is_said() -> None:
    rows = [(f"s-{nth:02d}", "Next", {}, "one", nth - 1 or None) for nth in range(1, 41)]
    told = desk(rows, at=30)
    assert len(lanes(told)) == ROWS + MOST_OF_THREAD
    assert "40 events in 40 streams" in told.shows("debug-lanes-thread")
    assert "Of its streams 20 have no lane here." in told.shows("debug-lanes-thread")
    assert told.shows("debug-thread-note").startswith("20 of the 40 events of this request")


def test_without_a_correlation_the_thread_follows_the_causes() -> None:
    rows = [
        ("a", "Begun", {}, None, None),
        ("b", "Next", {}, None, 1),
        ("c", "Else", {}, None, None),
        ("c", "Last", {}, None, 2),
        ("b", "Too", {}, None, 1),
    ]
    told = desk(rows, at=4)
    assert told.shows("debug-thread") == "#1 ● Begun a#2 ■ Next b#4 ◆ Last c#5 ▼ Too b"
    assert told.does("walk", to="cause").wishes[-1] == LookAt(2)
    assert "nothing else belongs" in told.looks_at(3).shows("debug-lanes-thread")
    told.looks_at(1).does("walk", to="effect")
    assert told.wishes[-1] == LookAt(2)


def test_a_mark_is_gone_to_by_pointing_near_it_and_by_the_arrow_keys() -> None:
    told = desk(at=4)
    assert told.does("point-at", row="2", share="0.9").wishes[-1] == LookAt(7)
    assert told.does("point-at", row="1", share="0").wishes[-1] == LookAt(2)
    wishes = list(told.wishes)
    assert told.does("point-at", row="9", share="0").wishes == wishes
    for to, position in (("left", 2), ("up", 5), ("down", 3)):
        assert told.does("lane-key", to=to).wishes[-1] == LookAt(position)
    assert told.looks_at(2).does("lane-key", to="right").wishes[-1] == LookAt(4)
    assert told.looks_at(0).does("lane-key", to="right").wishes[-1] == LookAt(1)


def test_one_looks_closer_farther_and_at_the_thread_alone() -> None:
    told = desk(at=4)
    whole = told.shows("debug-lanes-said")
    told.does("zoom", to="closer")
    closer = told.shows("debug-lanes-said")
    assert "2 events" in closer or "1 event" in closer
    told.looks_at(8)  # out of what is drawn: it goes along
    assert "#8 Sent" in json.dumps(lanes(told))
    assert told.does("zoom", to="farther").shows("debug-lanes-said") == whole
    told.looks_at(6).does("zoom", to="thread")
    assert [len(lane) for lane in lanes(told)] == [1, 1, 2]
    assert told.does("zoom", to="whole").shows("debug-lanes-said") == whole


def test_at_the_ends_of_the_calendar_one_looks_closer_as_anywhere() -> None:
    first, last = datetime.min, datetime.max.replace(microsecond=0)
    ends = [
        replace(event, time=time.replace(tzinfo=timezone.utc))
        for event, time in zip(shop()[:3], (first, last, first + timedelta(1)), strict=True)
    ]
    told = LabDesk(LAB, studied(subject_of(ends))).does("opened")
    for place in (1, 2, 3, 2):
        told.looks_at(place).does("zoom", to="whole")
        for _ in range(12):
            told.does("zoom", to="closer")
            told.looks_at(1).looks_at(2)
            assert "#2 " in json.dumps(lanes(told))
        told.does("zoom", to="farther").does("zoom", to="thread")


def test_lanes_are_told_in_words() -> None:
    told = desk().does("list-lanes")
    assert told.shows("debug-lanes-list").startswith("order-1: #1 Placed#5 Paid#8 Sent")
    assert told.does("list-lanes").slot("debug-lanes-list").attributes["hidden"]


def test_the_line_of_the_slider_is_moved_and_nothing_else_made_anew() -> None:
    told = desk(at=4)
    before = told.slot("debug-lanes").attributes
    heard = replace(told.subject, position=Position(5))
    told.subject = heard
    after = told.slot("debug-lanes").attributes
    assert before["data-lanes"] is after["data-lanes"]
    assert before["data-here"] != after["data-here"]
    assert after["data-thread"] is None  # the thread of another event is not shown as this one's


# The event.


def lines(told: LabDesk, slot: str = "debug-payload") -> list[str]:
    return [
        "".join(
            text
            for one in elements(line)
            if not str(one.attributes.get("class", "")).startswith("debug-copy")
            for text in one.children
            if isinstance(text, str)
        )
        for line in told.slot(slot).children or ()
    ]


def test_a_payload_unfolds_whole_and_copies_each_values_path() -> None:
    told = desk(at=3)
    assert lines(told) == ["data{2}", "lines[1]", "0{2}", 'sku"cup"', "qty1", 'note""']
    copies = [
        one.attributes["data-debug-copies-text"]
        for line in told.slot("debug-payload").children or ()
        for one in elements(line)
        if "data-debug-copies-text" in one.attributes
    ]
    assert "data.lines[0].sku" in copies
    told.does("path-copied", path="data.lines[0].sku")
    assert told.shows("debug-path-copied").startswith("Copied: data.lines[0].sku.")
    found = told.does(
        "find",
        **{
            "in": "",
            "condition-0": "field-equals",
            "field-0": "data.lines[0].sku",
            "value-0": "cup",
        },
    )
    assert found.shows("debug-found-count") == "3 moments in 1 of 3 streams"


def test_values_are_folded_and_stay_so_at_the_next_event() -> None:
    told = desk(at=3).does("unfold", path="data.lines", open="true")
    assert lines(told) == ["data{2}", "lines[1]", 'note""']
    assert lines(told.looks_at(1)) == ["data{2}", "lines[1]", 'note""']
    assert lines(told.does("fold-all")) == ["data{2}"]
    assert lines(told.does("unfold", path="data", open="false")) == [
        "data{2}",
        "lines[1]",
        'note""',
    ]
    assert len(lines(told.does("unfold-all"))) == 6


def test_a_large_payload_unfolds_piece_by_piece_and_drops_nothing() -> None:
    data = {"rows": [{"n": nth} for nth in range(3_000)], "text": "x" * 10_000}
    told = desk([("s", "Large", data, None, None)])
    assert lines(told)[:2] == ["data{2}", "rows[3,000]"]
    told.does("unfold", path="data.rows", open="false")
    assert len(lines(told)) == 2 + 50 + 1 + 1
    assert "Show more of rows: 2,950 are left" in lines(told)
    for _ in range(2):
        told.does("unfold-more", path="data.rows")
    assert "Show more of rows: 2,850 are left" in lines(told)
    assert "(10,000 characters)" in lines(told)[-1]
    told.does("unfold", path="data.text", open="false")
    assert lines(told)[-1] == "Show more of text: 6,000 characters are left"
    told.does("unfold-more", path="data.text").does("unfold-more", path="data.text")
    assert lines(told)[-1] == 'text"' + "x" * 10_000 + '"'


def test_a_payload_as_deep_as_one_likes_is_unfolded() -> None:
    deep: object = "here"
    for _ in range(60):
        deep = [deep]
    told = desk([("s", "Deep", deep, None, None)])
    assert len(lines(told)) == 40
    assert "unfolds by itself" in told.shows("debug-payload-note")
    assert lines(told.does("unfold-all"))[-1] == '0"here"'
    assert len(lines(told)) == 61


def test_what_stands_around_the_payload_is_there_by_the_names_that_find_knows() -> None:
    told = desk(at=2).does("unfold-record")
    assert 'correlationid"one"' in lines(told, "debug-record")
    assert 'causationid"order-1/1"' in lines(told, "debug-record")


def differences(told: LabDesk) -> list[list[str]]:
    found = [
        one
        for node in told.slot("debug-payload-differences").children or ()
        for one in elements(node)
        if one.tag == "tr"
    ]
    return [
        ["".join(text for text in cell.children if isinstance(text, str)) for cell in row.children]
        for row in found
        if isinstance(row, Element)
    ][1:]


def test_an_event_is_compared_with_the_one_of_its_type_before() -> None:
    told = desk(at=7)
    assert "The Changed before it is event 6 of order-2" in told.shows("debug-compared")
    assert differences(told) == [
        ["data.lines[0].qty", "2", "3"],
        ["data.gift", "not there", "true"],
    ]
    told.looks_at(3)
    assert "This is the first Placed of order-2" in told.shows("debug-compared")
    told.does("compare-with", value="anywhere")
    assert "The Placed before it is event 1 of order-1" in told.shows("debug-compared")
    assert differences(told) == [["data.lines[0].sku", '"tea"', '"cup"']]
    assert told.looks_at(1).shows("debug-compared") == "This is the first Placed of all."


def test_that_the_one_before_is_looked_for_is_said_at_every_slice() -> None:
    rows = [("s", kind, {}, None, None) for kind in ("First", *["Other"] * 12_000, "First")]
    told = LabDesk(LAB, studied(subject_of(shop(rows)))).only("opened")
    said = set()
    while told.later:
        told.goes_on()
        said.add(told.shows("debug-compared"))
    assert "Looking for the First before it…" in said
    assert told.shows("debug-compared").startswith("The First before it is event 1 of s")


def test_many_differences_are_shown_some_at_a_time() -> None:
    rows = [("s", "Large", [first] * 5_000, None, None) for first in (1, 2)]
    told = desk(rows)
    assert "5,000 values differ" in told.shows("debug-compared")
    assert len(differences(told)) == 30
    assert told.shows("debug-more-differences") == "Show more: 4,970 are left"
    assert len(differences(told.does("more-differences"))) == 60


def test_while_the_slider_moves_nothing_is_looked_into() -> None:
    told = desk(at=1)
    for position in (2, 3, 4):
        before = told.subject
        told.subject = replace(before, position=Position(position))
        told._took(told.room.notice(before, told.subject, told._now()))
    assert len(told.later) == 1
    assert "#1" in told.shows("debug-event-said")
    assert "#4" in told.settles().shows("debug-event-said")


def test_what_comes_to_a_ledger_is_at_work_as_well() -> None:
    told = LabDesk(LAB, subject_of(shop()[:7])).does("opened")
    longer = subject_of(shop())
    grown = replace(
        told.subject,
        history=told.subject.history.extend(longer.history.recorded[7:]),
        position=Position(8),
    )
    told.sees(grown)
    assert "Sent" in told.shows("debug-types")
    assert "#8" in told.shows("debug-event-said")
    assert lanes(told)[0][-1][4] == "#8 Sent"


def test_before_the_first_event_there_is_nothing_to_look_into() -> None:
    told = desk(at=0)
    assert told.slot("debug-event-parts").attributes["hidden"]
    assert "before the first event" in told.shows("debug-event-said")
    assert LabDesk(LAB, subject_of([])).does("opened").slot("debug-at-work").attributes["hidden"]


def test_what_is_found_in_a_stream_of_no_bank_leaves_no_balance() -> None:
    told = desk().does("find", **{"in": "", "condition-0": "event-type", "value-0": "Paid"})
    assert "#5 Paid" in told.shows("debug-moments")
    assert "leaves" not in told.shows("debug-moments")
