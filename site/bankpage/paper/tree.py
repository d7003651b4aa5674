"""What a view is made of. Text is text: no string here ever becomes markup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Value = str | bool | int | float | None
"""What an attribute can be set to; None and False take it away, True sets it empty.

A name that begins with a dot is a property of the element (``.value``), one that begins
with two dashes a custom property of its style.
"""


class Element(NamedTuple):
    """An element to be. With a ``key``, it is told apart by it (as its id) among its like."""

    tag: str
    attributes: Mapping[str, Value]
    children: tuple[Node, ...] = ()
    key: str | None = None


Node = str | Element


class Slot(NamedTuple):
    """An element that ``index.html`` has, by id: its attributes, and its contents if they vary."""

    id: str
    attributes: Mapping[str, Value]
    children: tuple[Node, ...] | None = None


Screen = tuple[Slot, ...]
"""Every slot of the page, always in the same order; a lab's while it is open."""


def text(slot_id: str, words: str, **attributes: Value) -> Slot:
    """A slot that holds one text."""
    return Slot(slot_id, attributes, (words,) if words else ())
