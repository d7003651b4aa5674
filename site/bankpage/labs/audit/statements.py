"""The statement of an account between two days of the reader's, on the sheet and as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from bankpage.labs.audit.messages import AuditMessage, StatementAsked
from bankpage.labs.audit.model import Desk, OnSheet, Seen, to_say
from bankpage.labs.contract import Subject, Turn
from bankpage.paper.effects import Download, Focus
from esbank_core.bank.money import currency_of
from esbank_core.kernel.identity import StreamId
from esbank_core.questions.bank.statement import NoSuchAccountError, Statement
from esbank_core.questions.bank.statement import statement as statement_of
from esbank_core.questions.wording.csv_text import CsvCell, csv_text
from esbank_core.questions.wording.days import DaysTurnedRoundError, NoDayError, parse_days

AuditTurn = Turn[Desk, AuditMessage]

HEADER: Final = (
    *("event", "time", "type", "note", "other_account", "amount", "balance", "currency"),
)


def asked_for(
    desk: Desk, asked: StatementAsked, subject: Subject, zone: tzinfo | None = None
) -> AuditTurn:
    """The statement, or why there is none."""
    try:
        days = parse_days(asked.first, asked.last)
        found = statement_of(
            subject.history, StreamId(asked.account), days.begin(zone), days.end(zone)
        )
    except NoDayError as none:
        wrong = to_say("audit-no-day", typed=none.typed)
    except DaysTurnedRoundError:
        wrong = to_say("audit-days-turned-round")
    except NoSuchAccountError:
        wrong = to_say("audit-no-account" if subject.history.places else "audit-no-account-yet")
    else:
        desk = replace(
            desk,
            sheet=OnSheet(found, days, Seen(subject.on_stage, subject.history)),
            statement_said=None,
        )
        return Turn(desk, (Focus("audit-sheet"),))
    return Turn(replace(desk, statement_said=wrong), (Focus("audit-from"),))


def exported(desk: Desk, zone: tzinfo | None = None) -> AuditTurn:
    """The statement that is shown, as CSV."""
    if desk.sheet is None:
        return Turn(desk)
    found = desk.sheet.statement
    name = re.sub(r"[^A-Za-z0-9_-]", "-", found.account_id)[:60]
    text = csv_text(HEADER, _rows(found, zone))
    return Turn(desk, (Download(f"esbank-statement-{name}.csv", text),))


def _rows(found: Statement, zone: tzinfo | None) -> Iterator[tuple[CsvCell, ...]]:
    code = found.currency

    def balance(kind: str, at: datetime | None, amount: int) -> tuple[CsvCell, ...]:
        time = None if at is None else local(at, zone)
        return None, time, kind, None, None, None, plain(amount, code), code

    since, until = found.since, found.until
    yield balance("opening balance", since.time if since else None, found.opening)
    for entry in found.entries:
        yield (
            entry.position,
            local(entry.time, zone),
            entry.type,
            entry.note,
            entry.other,
            plain(entry.flow, code),
            plain(entry.balance, code),
            code,
        )
    yield balance("closing balance", until.time if until else None, found.closing)


def plain(minor_units: int, code: str) -> str:
    """An amount as programs read it: a point, no signs of currency, no groups."""
    digits = currency_of(code).digits
    whole, fraction = divmod(abs(minor_units), 10**digits)
    sign = "-" if minor_units < 0 else ""
    return f"{sign}{whole}.{fraction:0{digits}d}" if digits else f"{sign}{whole}"


def local(time: datetime, zone: tzinfo | None) -> str:
    """An instant on the reader's clock, with its offset: once a year an hour comes twice."""
    try:
        return time.astimezone(zone).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):  # at the ends of the calendar
        return time.isoformat(timespec="seconds")
