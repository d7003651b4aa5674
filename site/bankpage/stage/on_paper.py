"""On paper: every event as a row of text, handed to the page before anybody prints.

A browser's own print command asks nobody and waits for nobody. So the rows of a ledger of up to
``MOST_UNASKED`` events go to the page as they come, in slices; those of a longer one when the
reader asks to print it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from bankpage.paper.effects import After, Effect, OnPaper, Print
from bankpage.paper.figures import balance_left, local_time, signed_flow
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Slot, text
from bankpage.stage.messages import PaperSliced, StageMessage
from bankpage.stage.model import Stage
from bankpage.stage.readings import detail_of
from esbank_core.bank.account import Ledger
from esbank_core.bank.views import ledger_row
from esbank_core.kernel.identity import Position

MOST_UNASKED: Final = 1000
"""Up to how many events the browser's own print command prints whole."""

ROWS_A_SLICE: Final = 250
ROWS_A_PAGE: Final = 56
"""About: of A4 and letter alike, at the size that style.css prints them in."""

PAUSE_MS: Final = 300
"""How long a slice waits, so that a reader who is busy does not wait for it."""

Written = tuple[Stage, tuple[Effect[StageMessage], ...]]


def on_paper(history: Ledger, phrases: Phrases) -> Iterator[Slot]:
    """The button that a long ledger needs, and how many pages it will fill."""
    head = history.head
    pages = -(-head // ROWS_A_PAGE)
    yield text(
        "print-ledger",
        phrases("print-ledger", pages=pages),
        hidden=head <= MOST_UNASKED or history.unread > 0,
    )


def kept_up(stage: Stage, history: Ledger) -> Written:
    """See to it that a ledger that has grown gets onto paper, where nobody needs to ask."""
    is_due = stage.on_paper < history.head <= MOST_UNASKED
    if stage.is_writing or not is_due:
        return stage, ()
    return replace(stage, is_writing=True), (After(PAUSE_MS, PaperSliced()),)


def asked(stage: Stage) -> Written:
    """The reader wants all of it printed."""
    waiting = replace(stage, is_printing=True)
    return (waiting, ()) if stage.is_writing else (waiting, (After(0, PaperSliced()),))


def sliced(stage: Stage, history: Ledger) -> Written:
    """Another slice of rows; then the next, or the printing that somebody waits for."""
    if not (stage.is_writing or stage.is_printing):
        return stage, ()  # it was on its way when another history took the stage
    head = history.head
    last = Position(min(head, stage.on_paper + ROWS_A_SLICE))
    slice_ = OnPaper(stage.on_paper, last)
    is_done = last >= head
    written = replace(stage, on_paper=last, is_writing=not is_done)
    if not is_done:
        return written, (slice_, After(0 if stage.is_printing else PAUSE_MS, PaperSliced()))
    printing = (Print(),) if stage.is_printing else ()
    return replace(written, is_printing=False), (slice_, *printing)


def paper_rows(
    history: Ledger, after: int, to: int, phrases: Phrases, zone: tzinfo | None
) -> list[list[str]]:
    """The rows of the events after one position up to another, in the table's columns."""
    return [_paper_row(history, Position(at), phrases, zone) for at in range(after + 1, to + 1)]


def _paper_row(
    history: Ledger, position: Position, phrases: Phrases, zone: tzinfo | None
) -> list[str]:
    change = history.change_at(position)
    row = ledger_row(change)
    return [
        str(position),
        row.type,
        row.account_id,
        detail_of(change.recorded.event, phrases),
        signed_flow(row),
        balance_left(change),
        local_time(row.time, zone),
    ]
