"""What the page shows, as trees, and how little of it is painted again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from bankpage.house.screen import glance, view
from bankpage.live.messages import StoryAsked
from bankpage.paper.figures import local_time
from bankpage.paper.patches import patches
from bankpage.paper.tree import Element, Screen, Slot
from bankpage.stage.ledger import ALL_ROWS, rows_in_sight
from bankpage.stage.messages import CursorMoved, LedgerScrolled, PayloadToggled, Step, Stepped

from esbank_core.kernel.identity import Position
from tests.page.desk import START, Desk, page_phrases, read_page


def test_every_slot_is_an_element_of_the_page() -> None:
    ids = read_page().ids
    assert len(ids) == len(set(ids))
    slots = [slot.id for slot in view(Desk().model, page_phrases())]
    assert len(slots) == len(set(slots))
    assert set(slots) <= set(ids)


def test_the_slider_reads_as_the_event_that_it_stands_on() -> None:
    desk = Desk().opens().deposits("100").withdraws("20").deposits("1")
    desk.does(CursorMoved(Position(3)))
    slider = desk.slot("slider")
    assert slider.attributes["aria-valuetext"] == (
        "Event 3 of 4: MoneyWithdrawn $20.00, balance $80.00"
    )
    assert slider.attributes["max"] == 4
    assert slider.attributes[".value"] == "3"
    assert desk.shows("applied") == "Events applied: 3 / 4"
    assert desk.shows("balance") == "$80.00"
    assert desk.shows("as-of") == "As of event 3 of 4"


def test_what_an_event_changed_is_told_field_by_field() -> None:
    desk = Desk().opens("Ada").deposits("5")
    assert desk.shows("change") == (
        "What event 2, MoneyDeposited, changed in ACC-1FieldBeforeAfterBalance$0.00$5.00"
    )
    desk.does(Stepped(Step.BACK))
    assert "StatusNo AccountActive" in desk.shows("change")
    assert "Owner–Ada" in desk.shows("change")


def test_rows_after_the_cursor_are_not_yet_applied() -> None:
    desk = Desk().opens().deposits("1").deposits("2").does(CursorMoved(Position(2)))
    rows = desk.slot("ledger").children
    assert rows is not None
    kinds = [row.attributes["class"] for row in rows if isinstance(row, Element)]
    assert kinds == ["event is-applied", "event is-current", "event is-next is-unapplied"]
    assert desk.shows("ledger").count("not yet applied") == 1


def test_times_are_the_readers_own() -> None:
    assert local_time(START, timezone.utc) == "2026-11-23 12:00:00"
    assert local_time(START, timezone(timedelta(hours=9))) == "2026-11-23 21:00:00"


@pytest.mark.parametrize(
    ("moment", "hours", "shown"),
    [
        ("0001-01-01T00:00:00+00:00", 0, "0001-01-01 00:00:00"),
        ("0001-01-01T00:00:00+00:00", 9, "0001-01-01 09:00:00"),
        ("0001-01-01T04:59:59+00:00", -5, "0001-01-01 04:59:59 UTC"),
        ("0999-06-01T12:00:00+00:00", -5, "0999-06-01 07:00:00"),
        ("9999-12-31T23:59:59+00:00", -5, "9999-12-31 18:59:59"),
        ("9999-12-31T23:59:59.999+00:00", 14, "9999-12-31 23:59:59 UTC"),
    ],
)
def test_times_at_the_ends_of_the_calendar_are_shown_in_any_zone(
    moment: str, hours: int, shown: str
) -> None:
    time = datetime.fromisoformat(moment)
    assert local_time(time, timezone(timedelta(hours=hours))) == shown


def test_text_is_never_markup() -> None:
    hostile = '<img src=x onerror="alert(1)">'
    desk = Desk().opens(hostile)
    painted = json.dumps(patches(None, view(desk.model, page_phrases(), timezone.utc)))
    tags = {node[0] for node in _elements(json.loads(painted))}
    assert tags <= {
        "li",
        "button",
        "span",
        "time",
        "option",
        "p",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "pre",
    }
    assert hostile in painted.replace('\\"', '"')


def _elements(value: Any) -> list[list[Any]]:
    if not isinstance(value, list):
        return []
    found = [value] if len(value) == 3 and isinstance(value[1], dict) else []
    return found + [element for part in value for element in _elements(part)]


def test_a_step_paints_only_what_it_changes() -> None:
    desk = Desk().hears_the_story()
    before = view(desk.model, page_phrases(), timezone.utc)
    assert patches(before, view(desk.model, page_phrases(), timezone.utc)) == []
    desk.does(Stepped(Step.BACK))
    operations = patches(before, view(desk.model, page_phrases(), timezone.utc))
    rows = {operation[1] for operation in operations if operation[1].startswith("event-")}
    assert rows == {"event-11", "event-12"}


def test_the_payload_opens_in_its_row_alone() -> None:
    desk = Desk().hears_the_story()
    before = view(desk.model, page_phrases(), timezone.utc)
    desk.does(PayloadToggled(Position(3)))
    operations = patches(before, view(desk.model, page_phrases(), timezone.utc))
    assert [operation[:2] for operation in operations] == [
        ["insert", "event-3"],
        ["set", "toggle-3"],
    ]
    desk.does(PayloadToggled(Position(3)))
    assert desk.model.stage.open_payload is None


def long_history() -> Desk:
    desk = Desk().opens()
    for _ in range(ALL_ROWS + 200):
        desk.deposits("1")
    return desk


def test_a_long_ledger_has_the_rows_in_sight_and_the_space_of_the_others() -> None:
    desk = long_history()
    head = desk.model.live.ledger.head
    for wanted in (1, 50, 160, head):
        desk.does(LedgerScrolled(wanted))
        first, last = rows_in_sight(desk.model.live.ledger.head, desk.model.stage)
        assert 1 <= first <= wanted <= last <= head
        rows = desk.slot("ledger").children
        assert rows is not None
        assert len(rows) == last - first + 1 < 100
        attributes = desk.slot("ledger").attributes
        before, after = attributes["--rows-before"], attributes["--rows-after"]
        assert int(str(before)) + len(rows) + int(str(after)) == head
        assert isinstance(rows[0], Element)
        assert rows[0].attributes["aria-setsize"] == head
        assert rows[0].attributes["aria-posinset"] == first


def test_the_cursor_is_always_among_the_rows_in_sight() -> None:
    desk = long_history()
    for position in (0, 1, 40, 200, desk.model.live.ledger.head):
        desk.does(CursorMoved(Position(position)))
        first, last = rows_in_sight(desk.model.live.ledger.head, desk.model.stage)
        assert first <= max(1, position) <= last


def test_a_glance_is_what_current_state_shows() -> None:
    desk = Desk().opens("Ada").deposits("12")
    assert dict(glance(desk.model, page_phrases())) == {
        "balance": "$12.00",
        "status": "Active",
        "account-id": "ACC-1",
        "owner-name": "Ada",
        "account-status": "Active",
        "chosen-account": "ACC-1",
        "chosen-speed": "all-in-10-s",
    }


# Painting, against a document that does what paint.js does ----------------------------------


class Document:
    """Elements by id, as nested lists, changed only by operations."""

    def __init__(self) -> None:
        self.slots: dict[str, dict[str, Any]] = {}
        self.children: dict[str, list[Any]] = {}

    def paint(self, operations: list[list[Any]]) -> None:
        for name, target, *rest in json.loads(json.dumps(operations)):
            getattr(self, name)(target, *rest)

    def set(self, target: str, name: str, value: Any) -> None:
        attributes = self._find(target)
        attributes.pop(name, None)
        if value is not None:
            attributes[name] = value

    def fill(self, target: str, nodes: list[Any]) -> None:
        self._children(target)[:] = nodes

    def insert(self, target: str, placed: list[Any]) -> None:
        for index, node in placed:
            self._children(target).insert(index, node)

    def remove(self, target: str) -> None:
        lists = [*self.children.values()]
        lists += [
            element[2] for children in self.children.values() for element in _elements(children)
        ]
        for children in lists:
            children[:] = [node for node in children if self._id(node) != target]

    def _id(self, node: Any) -> str | None:
        return node[1].get("id") if isinstance(node, list) else None

    def _keyed(self, target: str) -> list[Any] | None:
        for children in self.children.values():
            for element in _elements(children):
                if self._id(element) == target:
                    return element
        return None

    def _find(self, target: str) -> dict[str, Any]:
        keyed = self._keyed(target)
        return keyed[1] if keyed else self.slots.setdefault(target, {})

    def _children(self, target: str) -> list[Any]:
        keyed = self._keyed(target)
        return keyed[2] if keyed else self.children.setdefault(target, [])


def painted(screen: Screen) -> Document:
    document = Document()
    document.paint(patches(None, screen))
    return document


def test_patches_lead_to_what_painting_anew_would() -> None:
    desk = Desk()
    screens = [view(desk.model, page_phrases(), timezone.utc)]
    document = painted(screens[0])
    steps = [StoryAsked(), CursorMoved(Position(4)), PayloadToggled(Position(2))]
    for _ in range(3):
        for step in steps:
            desk.does(step)
            screen = view(desk.model, page_phrases(), timezone.utc)
            document.paint(patches(screens[-1], screen))
            screens.append(screen)
            fresh = painted(screen)
            assert document.slots == fresh.slots
            assert document.children == fresh.children


def test_keyed_children_are_moved_in_and_out_by_their_keys() -> None:
    def screen(*keys: str) -> Screen:
        return (Slot("list", {}, tuple(Element("li", {}, (key,), key=key) for key in keys)),)

    document = painted(screen("a", "b", "c"))
    steps = [("a", "b", "c"), ("b", "c", "d", "e"), ("x", "b", "e"), ("e", "b"), (), ("z",)]
    for before, after in pairwise(steps):
        document.paint(patches(screen(*before), screen(*after)))
        assert document.children == painted(screen(*after)).children
