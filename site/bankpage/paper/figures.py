"""How moments, flows of money and other people's texts are written, wherever on the page."""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from typing import Final

from esbank_core.bank.money import currency_of, format_money
from esbank_core.bank.views import LedgerRow

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


def signed_flow(row: LedgerRow) -> str:
    """What an event added to a balance, with its sign; empty where it moves no money."""
    if row.flow is None:
        return ""
    amount = format_money(row.flow, currency_of(row.currency))
    return f"+{amount}" if row.flow > 0 else amount.replace("-", "\u2212")
