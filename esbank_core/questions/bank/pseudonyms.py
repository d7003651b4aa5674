"""Pseudonyms: what a person could be known by, replaced by the same made-up name everywhere.

Owners, notes, reasons, accounts and transfers. What the rules look at stays: a text that is empty
stays empty, and an owner's name that is not plain (too long, with a line break, with blanks at its
ends) keeps its shape. Amounts, types and their order are as they were, so that who knows the
history will know it again: this hides names, not the story.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from esbank_core.bank.commands import Command
from esbank_core.bank.events import Event
from esbank_core.bank.rejections import LONGEST_NAME
from esbank_core.kernel.identity import StreamId

Message = TypeVar("Message", bound=Event | Command)

_KINDS: Final = {
    "account_id": "ACCOUNT-{}",
    "receiver": "ACCOUNT-{}",
    "sender": "ACCOUNT-{}",
    "transfer_id": "TRANSFER-{}",
    "owner": "Owner {}",
    "note": "Note {}",
    "reason": "Reason {}",
}
"""The fields of messages that are replaced, and by what; accounts have one name in all fields."""


class Pseudonyms:
    """The names given so far: the first account is ``ACCOUNT-1``, and stays it."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def account(self, stream_id: StreamId) -> StreamId:
        """What an account is called instead."""
        return StreamId(self._name(_KINDS["account_id"], stream_id))

    def in_(self, message: Message) -> Message:
        """An event or a command with all names in it replaced."""
        changed: dict[str, Any] = {
            field.name: self._name(_KINDS[field.name], value)
            for field in fields(message)
            if field.name in _KINDS and isinstance(value := getattr(message, field.name), str)
        }
        return replace(message, **changed) if changed else message

    def _name(self, kind: str, text: str) -> str:
        if not text:
            return text
        if kind == _KINDS["owner"] and not _is_plain(text):
            return re.sub(r"\w", "x", text)
        key = kind, text
        if key not in self._given:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._given[key] = kind.format(self._counts[kind])
        return self._given[key]


def _is_plain(owner: str) -> bool:
    is_trimmed = owner == owner.strip() and len(owner) <= LONGEST_NAME
    return is_trimmed and owner.isprintable() and re.search(r"\w", owner) is not None
