"""The lab as the page opens it."""

from __future__ import annotations

from typing import Final

from bankpage.labs.contract import Lab, Subject
from bankpage.labs.projection.messages import Drafted, Followed, Message, read
from bankpage.labs.projection.model import Model
from bankpage.labs.projection.update import update
from bankpage.labs.projection.view import view


def _noticed(before: Subject, after: Subject) -> Message | None:
    is_same = before.history is after.history and before.position == after.position
    return None if is_same else Followed()


LAB: Final = Lab("projection", Model(), read, update, view, noticed=_noticed, drafted=Drafted)
