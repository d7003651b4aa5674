"""``esbank replay``: every account, or every stream of any domain, as it is or as it was."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from esbank_core.bank.account import Recorded
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.command_line import typed
from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import Commands, command
from esbank_core.command_line.notes import Notes, NoteTaker
from esbank_core.command_line.printing import print_json, print_lines, print_table, written
from esbank_core.command_line.provenance import members_of, sentences_of
from esbank_core.command_line.telling import (
    EVOLVE,
    Step,
    Tale,
    failure_members,
    failures_in,
    may_evolve,
    with_tale,
)
from esbank_core.kernel.identity import GENESIS, NOWHERE, Position, StreamId, Version
from esbank_core.kernel.instant import Instant
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.questions.as_of import is_after, status_of
from esbank_core.questions.ask import CURRENCY, MINOR_UNITS, Column
from esbank_core.questions.own.fields import fields_of_any, plain
from esbank_core.questions.wording.times import parse_as_of

_WIDEST_STATE: Final = 2_000
"""Characters of a state in a table; in JSON nothing is cut."""


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    replay = command(
        commands, "replay", "print every account or stream as it is, or as it was", EVOLVE
    )
    until = replay.add_mutually_exclusive_group()
    until.add_argument("--to", metavar="POSITION", help="as of a position")
    until.add_argument(
        "--as-of",
        metavar="INSTANT",
        help="as of an instant, inclusive; as of a date, the end of that day in UTC",
    )
    replay.add_argument("--account", metavar="ID", help="only this account, or this stream")
    may_evolve(replay)
    replay.set_defaults(run=run)


class Stream(NamedTuple):
    """A stream as far as it was told."""

    version: Version
    account: State
    own: object
    is_foreign: bool
    """Whether some event of it is of no type that the bank knows."""


class Replayed(NamedTuple):
    """What replaying a history has come to."""

    position: Position
    """The position of the last event that counted."""
    streams: dict[StreamId, Stream]
    notes: Notes
    tale: Tale


def run(given: Namespace) -> int:
    """Print every account or stream as of a position or an instant."""
    as_of = None if given.as_of is None else parse_as_of(given.as_of)
    told = with_tale(given, partial(_replayed, to=given.to, as_of=as_of, stream=given.account))
    tale = told.tale
    # What the bank knows nothing of is no account.
    others = {
        name: stream
        for name, stream in told.streams.items()
        if tale.is_own or (isinstance(stream.account, NoAccount) and stream.is_foreign)
    }
    accounts = {name: stream for name, stream in told.streams.items() if name not in others}
    is_foreign = tale.is_own or not tale.is_held
    notes = told.notes.about(accounts) if is_foreign else told.notes
    if given.json:
        print_json(
            {
                "position": told.position,
                "accounts": [_account(name, stream) for name, stream in accounts.items()],
                **_stream_members(tale, others),
                **failure_members(tale.telling),
                **notes.members(),
                **members_of(tale.provenances),
            }
        )
        return INTACT
    print_lines(sentences_of(tale.provenances))
    _print_accounts(accounts)
    if accounts and others:
        print()
    _print_streams(tale, others, is_one=given.account is not None)
    print(
        f"Position {told.position} of {tale.head}."
        if told.position
        else "Genesis: nothing has happened yet."
    )
    print_lines([*failures_in(tale.telling), *notes.sentences()])
    return INTACT


def _replayed(tale: Tale, *, to: str | None, as_of: Instant | None, stream: str | None) -> Replayed:
    last = None if to is None else typed.place(to)

    def counts(recorded: Recorded) -> bool:
        return (last is None or recorded.position <= last) and (
            as_of is None or not is_after(recorded, as_of)
        )

    def use(steps: Iterator[Step]) -> Replayed:
        position = GENESIS
        streams: dict[StreamId, Stream] = {}
        notes = NoteTaker(None if stream is None else StreamId(stream))
        for step in steps:
            recorded, name = step.recorded, step.recorded.stream_id
            position = recorded.position
            notes.see(recorded)
            if name != NOWHERE and stream in (None, name):
                is_foreign = isinstance(recorded.event, UnknownEvent) or (
                    name in streams and streams[name].is_foreign
                )
                streams[name] = Stream(recorded.version, step.after, step.own.after, is_foreign)
        return Replayed(position, streams, notes.notes(), tale)

    told = tale.tell(use, counts)
    if last is not None and to is not None:
        typed.refuse_beyond(to, last, tale.head)
        told = told._replace(position=last)
    if stream is not None:
        typed.refuse_unknown(stream, tale.streams)
    return told


def _account(name: str, stream: Stream) -> dict[str, object]:
    state = stream.account
    return {
        "account_id": name,
        "owner": _owner(state),
        "currency": currency_in(state).code,
        "balance": balance_in(state),
        "status": status_of(state),
        "version": stream.version,
    }


def _stream_members(tale: Tale, streams: Mapping[StreamId, Stream]) -> dict[str, object]:
    if not streams:
        return {}
    return {
        "states": tale.evolution.name,
        "streams": [
            {"stream_id": name, "version": stream.version, "state": plain(stream.own)}
            for name, stream in streams.items()
        ],
    }


def _print_accounts(accounts: Mapping[StreamId, Stream]) -> None:
    print_table(
        [
            Column("account"),
            Column("owner"),
            Column("status"),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
            Column("version", "version"),
        ],
        [
            (
                name,
                _owner(stream.account),
                status_of(stream.account),
                balance_in(stream.account),
                currency_in(stream.account).code,
                stream.version,
            )
            for name, stream in accounts.items()
        ],
    )


def _print_streams(tale: Tale, streams: Mapping[StreamId, Stream], *, is_one: bool) -> None:
    """Each stream on a line; or one of them with each field on a line."""
    name = tale.evolution.name
    if is_one:
        for stream_id, stream in streams.items():
            print_lines([f"{stream_id}, version {stream.version}, {name}:"])
            fields = fields_of_any(stream.own)
            print_table(
                [Column("field"), Column(_title(tale))],
                [(field, _short(written(value))) for field, value in fields.items()],
            )
        return
    print_table(
        [Column("stream"), Column("version", "version"), Column(_title(tale))],
        [
            (each, stream.version, _short(written(plain(stream.own))))
            for each, stream in streams.items()
        ],
    )


def _owner(state: State) -> str:
    return "" if isinstance(state, NoAccount) else state.owner


def _title(tale: Tale) -> str:
    name = tale.evolution.name
    return f"state by {name}" if tale.is_own else name


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST_STATE else f"{text[:_WIDEST_STATE]}…"
