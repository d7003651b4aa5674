"""What concerns the live ledger as a whole: notices, what can be done with it, the dialog."""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.live.model import Live
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot

DAMAGE_NAMED: int = 3
"""How many damaged entries the notice names; the export has them all."""


def notices(live: Live, phrases: Phrases) -> Iterator[Slot]:
    """The notice, whether there is anything to export or to reset, the dialog."""
    notice = _notice(live, phrases)
    yield Slot("page-notice", {"hidden": not notice}, notice)
    is_empty = live.ledger.head == 0
    yield Slot("export", {"disabled": is_empty})
    yield Slot("reset", {"disabled": is_empty and not live.damaged})
    yield Slot("reset-dialog", {".modal": live.is_asking_to_erase})


def _notice(live: Live, phrases: Phrases) -> tuple[Node, ...]:
    nodes: list[Node] = []
    if not live.is_kept:
        nodes.append(Element("p", {}, (phrases("notice-not-kept"),)))
    if live.damaged:
        named = live.damaged[:DAMAGE_NAMED]
        more = len(live.damaged) - len(named)
        nodes.append(Element("p", {}, (phrases.counted("notice-damaged", len(live.damaged)),)))
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
