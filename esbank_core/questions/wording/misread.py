"""What was typed and means nothing: a code and the text, for whoever has the sentence."""

from __future__ import annotations

from enum import StrEnum


class Misread(StrEnum):
    """The ways in which what was typed means nothing."""

    INSTANT = "not an instant"
    SPAN = "not a span"
    COUNT = "not a count"
    AMOUNT = "not an amount"
    STATUS = "not a status"
    VALUE_MISSING = "value missing"
    CONDITION = "not a condition"
    QUESTION = "not a question"


class MisreadError(ValueError):
    """What was typed cannot be understood.

    ``code`` says as what it was read, and ``typed`` is the text. ``reason`` is the sentence of
    whoever has one: the bank for amounts, the reader of times for instants. It may be empty.
    """

    def __init__(self, code: Misread, typed: str, reason: str = "") -> None:
        self.code = code
        self.typed = typed
        self.reason = reason
        super().__init__(f"{code}: {typed!r}")
