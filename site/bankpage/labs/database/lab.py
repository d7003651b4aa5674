"""The lab as the page opens it."""

from __future__ import annotations

from typing import Final

from bankpage.labs.contract import Lab, Subject
from bankpage.labs.database.messages import Followed, Message, read
from bankpage.labs.database.model import Model
from bankpage.labs.database.update import update
from bankpage.labs.database.view import view


def _noticed(before: Subject, after: Subject) -> Message | None:
    return None if before.history is after.history else Followed()


LAB: Final = Lab("database", Model(), read, update, view, noticed=_noticed)
