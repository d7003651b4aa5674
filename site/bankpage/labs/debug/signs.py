"""Signs for types of events: a shape and a colour each, so that neither is needed to tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bankpage.paper.tree import Element
from esbank_core.questions.streams import Survey

SHAPES: Final = "●■▲◆▼★○□△◇▽☆"
"""The shapes that one type each is given; the filled ones first."""

SOME_OTHER: Final = "×"
"""The shape of all types for which there is none left."""

SEVERAL: Final = "∗"
"""The shape of several events of different types that fall together."""

HUES: Final = len(SHAPES) // 2


@dataclass(frozen=True, slots=True)
class Signs:
    """Which of the shapes each type has."""

    numbers: Mapping[str, int]

    def shape(self, name: str) -> str:
        """The shape of a type."""
        number = self.numbers.get(name)
        return SOME_OTHER if number is None else SHAPES[number]

    def hue(self, name: str) -> int:
        """The number of its colour, from 1; 0 for the ink of those that have none."""
        number = self.numbers.get(name)
        return 0 if number is None else number % HUES + 1


def signs(survey: Survey) -> Signs:
    """Signs for the types of a history: where they are too many, for the most frequent ones.

    They are given in order of first event, so that a type that comes later changes no other's.
    """
    types = survey.types
    chosen = set(types)
    if len(types) > len(SHAPES):
        chosen = {name for name, _ in survey.counts()[: len(SHAPES)]}
    named = (name for name in types if name in chosen)
    return Signs({name: number for number, name in enumerate(named)})


def sign(given: Signs, name: str) -> Element:
    """A type's sign, for who sees; its name stands beside it for everyone."""
    looks = f"debug-sign is-hue-{given.hue(name)}"
    return Element("span", {"class": looks, "aria-hidden": "true"}, (given.shape(name),))
