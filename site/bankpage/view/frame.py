"""What concerns the page as a whole: whether Python runs, page-wide notices, the dialog."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.model import Model
from bankpage.phrases import Phrases
from bankpage.view.tree import Element, Node, Slot

DAMAGE_NAMED: int = 3
"""How many damaged entries the notice names; the export has them all."""


def frame(model: Model, phrases: Phrases) -> Iterator[Slot]:
    """The root, the notice, the dialog."""
    yield Slot("root", {"data-python": "ready"})
    yield Slot("page", {"data-cursor": "past" if model.is_in_past else "now"})
    yield Slot("starting", {"hidden": True})
    notice = _notice(model, phrases)
    yield Slot("page-notice", {"hidden": not notice}, notice)
    yield Slot("reset-dialog", {".modal": model.is_asking_to_erase})


def _notice(model: Model, phrases: Phrases) -> tuple[Node, ...]:
    nodes: list[Node] = []
    if not model.is_kept:
        nodes.append(Element("p", {}, (phrases("notice-not-kept"),)))
    if model.damaged:
        named = model.damaged[:DAMAGE_NAMED]
        more = len(model.damaged) - len(named)
        nodes.append(Element("p", {}, (phrases("notice-damaged", count=len(model.damaged)),)))
        rows = [
            Element(
                "li", {}, (Element("code", {}, (damaged.entry.key,)), f" \u2014 {damaged.reason}")
            )
            for damaged in named
        ]
        if more:
            rows.append(Element("li", {}, (phrases("notice-damaged-more", count=more),)))
        nodes.append(Element("ul", {}, tuple(rows)))
        nodes.append(
            Element(
                "button",
                {"type": "button", "class": "button", "data-gesture": "export-damage"},
                (phrases("export-damage"),),
            )
        )
    return tuple(nodes)
