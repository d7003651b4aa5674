"""A reader's own states in the place of the bank's: in Current State, and in what changed."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.own_states import OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot


def own_state(own: OwnStates | None, phrases: Phrases) -> Iterator[Slot]:
    """The state that the reader's own evolve has made, beside the bank's."""
    facts: tuple[Node, ...] = ()
    if own is not None:
        title = Element("h4", {}, (phrases("own-state", stream=own.stream_id),))
        pairs = tuple(
            Element("div", {}, (Element("dt", {}, (f"{name}:",)), Element("dd", {}, (value,))))
            for name, value in own.after.items()
        )
        facts = (title, Element("dl", {"class": "facts"}, pairs))
    yield Slot("own-state", {"hidden": own is None}, facts)


def own_change(own: OwnStates, phrases: Phrases) -> Slot:
    """What the event changed by the reader's own evolve, as a table."""
    title = phrases("own-change", position=own.position, stream=own.stream_id)
    names = [name for name in own.after if own.before.get(name) != own.after[name]]
    names += [name for name in own.before if name not in own.after]
    if not names:
        return Slot(
            "change",
            {},
            (
                Element("p", {"class": "change-title"}, (title,)),
                Element("p", {}, (phrases("change-none"),)),
            ),
        )
    heads = tuple(
        Element("th", {"scope": "col"}, (phrases(name),))
        for name in ("column-field", "column-before", "column-after")
    )
    rows = tuple(
        Element(
            "tr",
            {},
            (
                Element("th", {"scope": "row"}, (name,)),
                Element("td", {"class": "before"}, (own.before.get(name) or "–",)),
                Element("td", {"class": "after"}, (own.after.get(name) or "–",)),
            ),
        )
        for name in names
    )
    table = (
        Element("caption", {}, (title,)),
        Element("thead", {}, (Element("tr", {}, heads),)),
        Element("tbody", {}, rows),
    )
    return Slot("change", {}, (Element("table", {}, table),))
