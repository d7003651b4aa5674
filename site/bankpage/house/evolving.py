"""A reader's own evolve, which belongs to the page: what has been asked of the states it makes."""

from __future__ import annotations

from dataclasses import replace

from bankpage.labs.contract import AskStates
from bankpage.paper.own_states import OwnStates


def evolving_anew(text: str, before: OwnStates | None) -> OwnStates:
    """Nothing is known yet of what an evolve makes; what was asked of the one before is asked."""
    if before is None:
        return OwnStates(text)
    return OwnStates(
        text, before.named, sought=before.sought, compares=before.compares, tests=before.tests
    )


def asked_of(own: OwnStates, wish: AskStates) -> OwnStates:
    """The states with something else asked of them."""
    if wish.sought is not None:
        own = replace(own, sought=wish.sought)
    if wish.compares is not None:
        own = replace(own, compares=wish.compares)
    if wish.tests is not None:
        own = replace(own, tests=wish.tests)
    return own
