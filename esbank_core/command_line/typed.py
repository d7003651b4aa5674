"""What is typed and only means something in one history: positions, accounts, an event's data."""

from __future__ import annotations

import re
from collections.abc import Container

from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.events import Event
from esbank_core.command_line.printing import printable
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.sentences import counted
from esbank_core.kernel.errors import Damage, RefusedLine
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.codec import Encoded
from esbank_core.kernel.written.json_lines import Line, parse_object
from esbank_core.questions.bank.statement import NoSuchAccountError


def position(typed: str, ledger: Ledger, *, lowest: int = 1) -> Position:
    """A position of a history, from ``lowest`` on.

    Raises:
        ProblemError: it has no such position.
    """
    if re.fullmatch("[0-9]{1,12}", typed) and lowest <= int(typed) <= ledger.head:
        return Position(int(typed))
    raise ProblemError(
        f"{printable(typed)} is no position of this history, which has "
        f"{counted(ledger.head, 'event')}."
    )


def place(typed: str) -> Position:
    """A position of a history that is not read yet, 0 for Genesis.

    Raises:
        ProblemError: it is no position of any history.
    """
    if re.fullmatch("[0-9]{1,12}", typed):
        return Position(int(typed))
    raise ProblemError(f"{printable(typed)} is no position of a history; the first is 1.")


def refuse_beyond(typed: str, place: Position, head: Position) -> None:
    """Refuse a position behind a history's last.

    Raises:
        ProblemError: it is behind that.
    """
    if place > head:
        raise ProblemError(
            f"{printable(typed)} is no position of this history, which has "
            f"{counted(head, 'event')}."
        )


def refuse_unknown(typed: str, streams: Container[StreamId]) -> None:
    """Refuse an account, or a stream, that a history has no event of.

    Raises:
        ProblemError: it has none.
    """
    account_id = StreamId(typed)
    if account_id not in streams:
        raise ProblemError(str(NoSuchAccountError(account_id)))


def account(typed: str, ledger: Ledger) -> StreamId:
    """An account of a history.

    Raises:
        ProblemError: no event is of that account.
    """
    account_id = StreamId(typed)
    if account_id not in ledger.places:
        raise ProblemError(str(NoSuchAccountError(account_id)))
    return account_id


def json_object(typed: str) -> dict[str, object]:
    """An event's data.

    Raises:
        ProblemError: it is not one JSON object.
    """
    try:
        return parse_object(Line(1, typed, is_cut=False))
    except RefusedLine as refused:
        raise ProblemError(f"{printable(typed)} is not an event's data: {refused.reason}") from None


def event(type_name: str, data: object) -> Event:
    """The event of a type and data.

    Raises:
        ProblemError: the bank knows no such type, or the type no such data.
    """
    schemas = {known.name: known.schema_version for known in CODEC.event_types}
    if type_name not in schemas:
        raise ProblemError(
            f"{printable(type_name)} is no type of event; they are {', '.join(schemas)}."
        )
    try:
        decoded = CODEC.decode(Encoded(type_name, schemas[type_name], data))
    except Damage as damage:
        raise ProblemError(damage.reason) from None
    assert not isinstance(decoded, UnknownEvent)
    return decoded
