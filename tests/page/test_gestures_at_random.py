"""Whatever controls are used, in whatever order, on whatever history: the page draws itself.

A small model of the document knows which controls can be used; a person without a plan uses one
after another, types anything, opens and closes labs, and at times waits for what takes time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from random import Random

import pytest
from bankpage.house.messages import message_of
from bankpage.house.on_stage import study_opened
from bankpage.house.rooms import DOORS, LabsArrived, LabToggled
from bankpage.house.screen import view
from bankpage.labs.contract import OpenStudy, Study
from bankpage.paper.effects import After
from bankpage.paper.tree import Element, Screen, Value

from building.labs import with_labs
from tests.page.desk import INDEX, Desk, page_phrases
from tests.page.labs.opening.opener import Opener

GESTURES = 60
SEEDS = int(os.environ.get("ESBANK_SEEDS", "2"))
"""How many people try each history."""
LABS = [door.name for door in DOORS if door.address]
OF_SCRIPTS = ("choose-history", "projection-run", "projection-save")
"""What a lab's or the page's own script has a part in."""

TYPED = (
    *("", " ", "0", "1", "5", "12.34", "-3", "1,000", "1e5", "abc", "Ada", "x" * 300, "9" * 30),
    *("2026-11-23", "2026-02-30", "0001-01-01", "9999-12-31", "5m", "0s", "data.amount", "frozen"),
    *("MoneyDeposited", "a" * 64, "<b>&", "=1+1", "SELECT 1", "שלום", "e\u0301", "\u202e", "\x00"),
)
TIMES = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1969-01-01T00:00:00Z")
HISTORIES: dict[str, list[tuple[str, str, object]]] = {
    "others": [(f"s{nth % 3}", f"Type{nth % 4}", {"n": nth, "a": [1.5]}) for nth in range(20)],
    "debts": [("A", "MoneyWithdrawn", {"amount": 2**53, "note": ""})] * 9,
    "one": [("A", "AccountClosed", {})],
    "many": [(f"s{nth}", "Odd", None) for nth in range(1_200)],
    "times": [("A", "OwnerRenamed", {"owner": "\u202e<b>"})] * 6,
}


@cache
def study(name: str) -> Study | None:
    """A history of this name; None for the reader's own."""
    events = [
        {"specversion": "1.0", "id": str(nth), "source": "s", "subject": stream, "type": kind}
        | {"time": TIMES[nth % 3] if name == "times" else f"2026-03-01T00:00:{nth % 60:02d}Z"}
        | ({} if data is None else {"data": data})
        for nth, (stream, kind, data) in enumerate(HISTORIES.get(name, ()))
    ]
    lines = "\n".join(map(json.dumps, events))
    return Opener().opens(some_jsonl=lines.encode()).study if events else None


@dataclass
class Node:
    """An element of the document, and what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)

    def usable(self, form: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
        """What can be used in it, each with the form that it stands in."""
        if self.attributes.keys() & {"hidden", "disabled"} or self.tag in ("template", "dialog"):
            return
        form = self if self.tag == "form" else form
        yield self, form
        for child in self.children:
            yield from child.usable(form)


class Document(HTMLParser):
    """The page's markup, on which a screen can be drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root", {})
        self.open = [self.root]
        self.by_id: dict[str, Node] = {}
        self.feed(with_labs(INDEX.read_text(), INDEX.parent))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attributes)
        if tag not in ("input", "br", "meta", "link", "hr", "img"):
            self.open.append(self.open[-1].children[-1])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attributes})
        self.open[-1].children.append(node)
        self.by_id[node.attributes.get("id", "")] = node

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop().tag != tag:
            pass

    def draw(self, screen: Screen) -> None:
        """See that every slot has its place, and put it there."""
        for slot_id, attributes, children in screen:
            node = self.by_id[slot_id]
            node.attributes = _with(node.attributes, attributes)
            if children is not None:
                node.children = [_node(one) for one in children if isinstance(one, Element)]

    def controls(self) -> dict[str, list[tuple[Node, Node | None]]]:
        """The controls that can be used, by their gestures."""
        found: dict[str, list[tuple[Node, Node | None]]] = {}
        for node, form in self.root.usable():
            gesture = node.attributes.get("data-gesture", "")
            if gesture and gesture not in OF_SCRIPTS:
                found.setdefault(gesture, []).append((node, form))
        return found

    def fields_of(self, control: Node, form: Node | None, chance: Random) -> dict[str, str]:
        """What goes along with the gesture of a control, as ``gestures.js`` gathers it."""
        named = control.attributes.items()
        fields = {name[5:]: value for name, value in named if name.startswith("data-")}
        fields = {
            "".join(
                part.title() if nth else part for nth, part in enumerate(name.split("-"))
            ): value
            for name, value in fields.items()
        }
        for one in (self.by_id.get(form.attributes.get("data-with", "")), form) if form else ():
            for node, _ in one.usable() if one else ():
                if node.attributes.get("name") and (value := _value(node, chance)) is not None:
                    fields[node.attributes["name"]] = value
        if control.tag != "button":
            fields["value"] = _value(control, chance) or "on"
        if control.attributes.get("type") in ("checkbox", "radio"):
            fields["checked"] = chance.choice(("true", "false"))
        return fields


def _with(known: Mapping[str, str], news: Mapping[str, Value]) -> dict[str, str]:
    """Attributes after others were set; None and False take one away."""
    gone = {name for name, value in news.items() if value is None or value is False}
    told = {name: "" if value is True else str(value) for name, value in news.items()}
    return {name: value for name, value in {**known, **told}.items() if name not in gone}


def _node(element: Element) -> Node:
    children = [_node(one) for one in element.children if isinstance(one, Element)]
    return Node(element.tag, _with({}, element.attributes), children)


def _value(node: Node, chance: Random) -> str | None:
    """What a field may hold; None where it is not sent."""
    kind = node.attributes.get("type")
    if node.tag == "select":
        options = [one for one, _ in node.usable() if one.tag == "option"]
        return chance.choice(options).attributes.get("value", "") if options else ""
    if kind == "range":
        low, high = (int(node.attributes.get(end, "0")) for end in ("min", "max"))
        return str(chance.randint(low, max(low, high)))
    if kind in ("checkbox", "radio"):
        return chance.choice((node.attributes.get("value", "on"), None))
    return chance.choice((node.attributes.get(".value", ""), chance.choice(TYPED)))


@pytest.mark.parametrize("name", ["own", *HISTORIES])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_page_draws_itself_whatever_is_done(name: str, seed: int) -> None:
    chance, document = Random(f"{name} {seed}"), Document()
    desk = Desk().opens("Ada").deposits("100").withdraws("30").opens("Bo").withdraws("999")
    desk.does(*map(LabToggled, LABS), LabsArrived())
    if taken := study(name):
        desk.model, effects = study_opened(desk.model, OpenStudy(taken))
        desk.carries_out(*effects)
    for _ in range(GESTURES):
        document.draw(view(desk.model, page_phrases()))
        controls = document.controls()
        gesture = chance.choice(sorted(controls))
        control, form = chance.choice(controls[gesture])
        desk.does(message_of(gesture, document.fields_of(control, form, chance)))
        if chance.random() < 0.1:
            desk.does(LabToggled(chance.choice(LABS)))
        for _ in range(chance.choice((0, 1, 1, 20))):
            waiting = [effect for effect in desk.effects if isinstance(effect, After)]
            desk.effects = [one for one in desk.effects if not isinstance(one, After)]
            desk.does(*(effect.message for effect in waiting))
    document.draw(view(desk.model, page_phrases()))
