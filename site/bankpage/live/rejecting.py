"""Rejecting: what is kept of a command that the rules said no to, beside the ledger."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from bankpage.live.effects import KeepRejected, LiveEffect
from bankpage.live.model import Live
from bankpage.live.requests import Request
from bankpage.live.stored.beside import newest_rejected, write_beside
from esbank_core.bank.commands import Command
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.rejected import RejectedCommand


def rejected(
    live: Live, asked: Request, command: Command, rejection: Rejection, time: datetime
) -> tuple[Live, tuple[LiveEffect, ...]]:
    """The live ledger, knowing who tried what, and the wish that it be kept."""
    kept = RejectedCommand(
        asked.id,
        time,
        asked.actor,
        type(command).__name__,
        command.account_id,
        {
            field.name: getattr(command, field.name)
            for field in fields(command)
            if field.name != "account_id"
        },
        rejection,
    )
    entry = write_beside(live.generation, kept)
    newest = newest_rejected({**live.rejected, entry.key: kept})
    return replace(live, rejected=newest), (KeepRejected(entry),)
