"""How the lab's values read, and what its views share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from bankpage.labs.contract import Remark
from bankpage.paper.figures import shortened
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node
from esbank_core.kernel.recorded import Actor

SHORT_HASH: Final = 8
"""Digits of a hash that is shown, and not copied."""

Made = TypeVar("Made")
Memory = list[tuple[tuple[object, ...], Made]]
"""What was made last, and of what. Only a memory: made anew, it would be the same."""


def remembered(memory: Memory[Made], of: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """What was made of these very parts last, or is made now. Whatever is cheap is compared."""
    if memory:
        last, made = memory[0]
        if all(one is other or _is_equal(one, other) for one, other in zip(last, of, strict=True)):
            return made
    made = make()
    memory[:] = [(of, made)]
    return made


def _is_equal(one: object, other: object) -> bool:
    return isinstance(one, int | str | tuple) and one == other


def said(remark: Remark | None, phrases: Phrases) -> str:
    """A remark in the page's words; empty where there is none."""
    if remark is None:
        return ""
    return phrases(remark.phrase, **{name: shortened(text) for name, text in remark.values.items()})


def short_hash(hash_: str) -> str:
    """The beginning of a hash."""
    return f"{hash_[:SHORT_HASH]}…" if hash_ else "–"


def actor_name(actor: Actor | None, phrases: Phrases) -> str:
    """Who it was, as it is shown."""
    return phrases("audit-nobody") if actor is None else shortened(actor.id)


def row(*cells: Node, **attributes: str) -> Element:
    """A row of a table."""
    return Element("tr", attributes, tuple(Element("td", {}, (cell,)) for cell in cells))


def button(words: str, gesture: str, **data: object) -> Element:
    """A small button that sends a gesture of the lab's."""
    attributes = {f"data-{name}": str(value) for name, value in data.items()}
    return Element(
        "button",
        {
            "type": "button",
            "class": "audit-small",
            "data-gesture": f"audit-{gesture}",
            **attributes,
        },
        (words,),
    )
