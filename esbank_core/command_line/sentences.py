"""The command line's sentences for what the core says in codes and values."""

from __future__ import annotations

from typing import assert_never

from esbank_core.questions.wording.conditions import CONDITIONS
from esbank_core.questions.wording.misread import Misread, MisreadError
from esbank_core.questions.wording.questions import QUESTIONS


def misread(error: MisreadError) -> str:
    """What was typed, why it means nothing, and how it is written."""
    typed = error.typed
    match error.code:
        case Misread.INSTANT:
            return f"{typed} is not an instant; write it like 2026-11-23T16:20:27Z or 2026-11-23."
        case Misread.SPAN:
            return f"{typed} is not a span of time; write it like 90s, 5m, 2h, 7d or 1d12h."
        case Misread.COUNT:
            return f"{typed} is not a number of events; write it like 10."
        case Misread.AMOUNT:
            return error.reason
        case Misread.MIXED_DECIMALS:
            return (
                "The accounts are in currencies with different decimals, so that an amount alone "
                "says too little; name one with --account."
            )
        case Misread.VALUE_MISSING:
            return f"“{typed}” needs a value after it."
        case Misread.CONDITION:
            return f"“{typed}” is no condition; they are {listed(CONDITIONS)}."
        case Misread.QUESTION:
            return f"“{typed}” is no question; they are {listed((*QUESTIONS, 'FILE.py:CLASS'))}."
        case _:
            assert_never(error.code)


def counted(number: int, noun: str) -> str:
    """A number of things: ``1 event``, ``2,000 events``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence: ``a, b and c``."""
    return f"{', '.join(names[:-1])} and {names[-1]}"
