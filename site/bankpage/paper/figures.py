"""How moments, flows of money and other people's texts are written, wherever on the page."""

from __future__ import annotations

import re
from datetime import datetime, timezone, tzinfo
from typing import Final

from esbank_core.bank.events import Event
from esbank_core.bank.money import Currency, currency_of, format_money
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.bank.views import LedgerRow
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.history import Change

LONGEST_SHOWN: Final = 120
"""Characters of a text of somebody else's: enough to know it by, and it fits a line."""


def shortened(text: str, longest: int = LONGEST_SHOWN) -> str:
    """A text, or as much of its beginning as is shown."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def local_time(time: datetime, zone: tzinfo | None = None) -> str:
    """A moment in the reader's own zone (None: the one that the browser is in).

    At the ends of the calendar a zone may have no such day; then in UTC, which is said.
    """
    try:
        local, mark = time.astimezone(zone), ""
    except (OverflowError, ValueError, OSError):  # by platform, and by which end it is
        local, mark = time.astimezone(timezone.utc), " UTC"
    return local.replace(tzinfo=None).isoformat(" ", "seconds") + mark


def money(minor_units: int, currency: Currency) -> str:
    """An amount as the page writes it: with a minus sign, where a terminal has a hyphen."""
    return _with_minus_signs(format_money(minor_units, currency))


def signed_money(minor_units: int, currency: Currency) -> str:
    """An amount that something changes by: what adds to it has a sign, too."""
    amount = money(minor_units, currency)
    return f"+{amount}" if minor_units > 0 else amount


def signed_flow(row: LedgerRow) -> str:
    """What an event added to a balance, with its sign; empty where it moves no money."""
    return "" if row.flow is None else signed_money(row.flow, currency_of(row.currency))


def balance_left(change: Change[State, Event]) -> str:
    """What an event left in its account; empty where its stream is none that the bank knows."""
    after = change.after
    return "" if isinstance(after, NoAccount) else money(balance_in(after), currency_in(after))


def refusal_in_words(rejection: Rejection) -> str:
    """What the bank says to a customer, with amounts as the page writes them."""
    return _with_minus_signs(rejection.sentence)


def _with_minus_signs(words: str) -> str:
    return _HYPHEN_BEFORE_AN_AMOUNT.sub("\u2212", words)


_HYPHEN_BEFORE_AN_AMOUNT: Final = re.compile(r"(?<!\S)-(?=\S)")
