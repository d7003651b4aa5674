"""The lab as the page opens it."""

from __future__ import annotations

from typing import Final

from bankpage.labs.analytics.messages import Followed, Message, read
from bankpage.labs.analytics.model import Model
from bankpage.labs.analytics.update import update
from bankpage.labs.analytics.view import view
from bankpage.labs.contract import Lab, Subject


def _noticed(before: Subject, after: Subject) -> Message | None:
    is_same = before.history is after.history and before.position == after.position
    return None if is_same else Followed()


LAB: Final = Lab("analytics", Model(), read, update, view, noticed=_noticed)
