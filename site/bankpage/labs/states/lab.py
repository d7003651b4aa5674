"""The room as the page opens it, when a reader's own evolve is to make the states."""

from __future__ import annotations

from typing import Final

from bankpage.labs.contract import Lab, Subject
from bankpage.labs.states.messages import Evolving, Message, Noticed, read
from bankpage.labs.states.model import Model
from bankpage.labs.states.update import update
from bankpage.labs.states.view import view


def _noticed(before: Subject, after: Subject) -> Message | None:
    is_same = (
        before.history is after.history
        and before.position == after.position
        and before.streams == after.streams
        and before.own is after.own
    )
    return None if is_same else Noticed()


LAB: Final = Lab("states", Model(), read, update, view, noticed=_noticed, drafted=Evolving)
