"""The commands: each reads a history, asks the core, and prints what it says.

Each returns its exit status: 0, or 1 where something was found broken. What keeps a command
from running is raised as a ``ProblemError``.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from esbank_core.bank.account import CODEC, Ledger
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.bank.views import ledger_row, type_of
from esbank_core.command_line import words
from esbank_core.command_line.printing import (
    money,
    print_answer,
    print_json,
    print_table,
    printable,
)
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.reading import (
    STANDARD_STREAM,
    add_to_database,
    is_for_database,
    load,
    merge,
    named,
    readable,
    refuse_to_replace,
    write_whole,
)
from esbank_core.kernel.errors import Damage, RefusedLine
from esbank_core.kernel.identity import GENESIS, Position, StreamId, Version
from esbank_core.kernel.recorded import OPAQUE, UnknownEvent
from esbank_core.kernel.written.audit import verify as audit
from esbank_core.kernel.written.codec import Encoded
from esbank_core.kernel.written.event_file import write_events
from esbank_core.kernel.written.json_lines import Line, parse_object
from esbank_core.questions.as_of import (
    differences,
    states_as_of_instant,
    states_as_of_position,
    status_of,
)
from esbank_core.questions.ask import (
    CURRENCY,
    INSTANT,
    MINOR_UNITS,
    Answer,
    Cell,
    Column,
    Question,
    ask,
)
from esbank_core.questions.bank.as_test import NoStoryError, as_test
from esbank_core.questions.bank.statement import NoSuchAccountError
from esbank_core.questions.bank.statement import statement as statement_of
from esbank_core.questions.bank.what_if import (
    ChangeTo,
    Edit,
    Insert,
    LeaveOut,
    Outcome,
    WhatIf,
    what_if,
)
from esbank_core.questions.moments import moments

INTACT: Final = 0
BROKEN: Final = 1


def replay(given: Namespace) -> int:
    """Print every account as of a position or an instant."""
    ledger = load(given.file)
    if given.as_of is not None:
        as_of = words.instant(given.as_of)
        states = states_as_of_instant(ledger, as_of)
        to, versions = _reached(ledger, as_of)
    else:
        to = ledger.head if given.to is None else _position(given.to, ledger, lowest=GENESIS)
        states = states_as_of_position(ledger, to)
        versions = {account: ledger.version_of(account, to) for account in states}
    if given.account is not None:
        _known(ledger, given.account)
        states = {account: state for account, state in states.items() if account == given.account}
    if given.json:
        accounts = [
            {
                "account_id": account,
                "owner": _owner(state),
                "currency": currency_in(state).code,
                "balance": balance_in(state),
                "status": status_of(state),
                "version": versions[account],
            }
            for account, state in states.items()
        ]
        print_json({"position": to, "accounts": accounts})
        return INTACT
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
                account,
                _owner(state),
                status_of(state),
                balance_in(state),
                currency_in(state).code,
                versions[account],
            )
            for account, state in states.items()
        ],
    )
    print(f"Position {to} of {ledger.head}." if to else "Genesis: nothing has happened yet.")
    return INTACT


def verify(given: Namespace) -> int:
    """Check the hash chain, and say where and how it is broken."""
    head = given.head
    if head is not None and not re.fullmatch("[0-9a-f]{64}", head):
        raise ProblemError("A head is a hash of 64 hexadecimal digits, as verify prints it.")
    with readable(given.file) as chunks:
        try:
            found = audit(chunks, CODEC, head)
        except RefusedLine as refused:
            raise ProblemError(f"{named(given.file)}: {refused}") from None
    broken = found.broken
    if given.json:
        evidence = broken and {
            "position": broken.position,
            "kind": broken.kind.value,
            "reason": broken.reason,
        }
        print_json(
            {"ok": found.is_intact, "events": found.events, "head": found.head, "broken": evidence}
        )
    elif broken is None:
        print(f"Intact: {_count(found.events, 'event')}, each as it was written.")
        print(f"Head: {found.head}")
    else:
        print(f"Broken at event {broken.position}: {broken.kind.value}.")
        print(printable(broken.reason))
        print(f"Intact up to event {broken.position - 1}, whose hash is {found.head}.")
    return INTACT if found.is_intact else BROKEN


def diff(given: Namespace) -> int:
    """Print what changed between two positions, field by field."""
    ledger = load(given.file)
    earlier, later = (
        _position(position, ledger, lowest=GENESIS) for position in (given.a, given.b)
    )
    found = differences(ledger, earlier, later)
    if given.json:
        changes = [
            {
                "account_id": difference.stream_id,
                "field": difference.field,
                "before": difference.before,
                "after": difference.after,
            }
            for difference in found
        ]
        print_json({"from": earlier, "to": later, "changes": changes})
        return INTACT
    columns = [Column("account"), Column("field"), Column("before"), Column("after")]
    print_table(
        columns,
        [
            (
                difference.stream_id,
                difference.field,
                _field(ledger, difference.stream_id, difference.field, difference.before),
                _field(ledger, difference.stream_id, difference.field, difference.after),
            )
            for difference in found
        ],
    )
    print(f"{_count(len(found), 'field')} changed from position {earlier} to {later}.")
    return INTACT


def find(given: Namespace) -> int:
    """Print every moment at which a condition turns true."""
    ledger = load(given.file)
    account = None if given.account is None else _known(ledger, given.account)
    condition = words.condition(given.condition, ledger, account)
    found = list(moments(ledger, condition, account))
    if given.json:
        moments_found = [
            {
                "position": change.recorded.position,
                "id": change.recorded.id,
                "time": change.recorded.time,
            }
            for change in found
        ]
        print_json({"moments": moments_found})
        return INTACT
    rows = [(change, ledger_row(change)) for change in found]
    print_table(
        [
            Column("position", "position"),
            Column("time", INSTANT),
            Column("account"),
            Column("event"),
            Column("flow", MINOR_UNITS),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        ],
        [
            (row.position, row.time, row.account_id, row.type, row.flow, row.balance, row.currency)
            for _, row in rows
        ],
    )
    print(f"{_count(len(found), 'moment')} in {_count(ledger.head, 'event')}.")
    return INTACT


def tell_what_if(given: Namespace) -> int:
    """Tell a history again with some edits, and say what the rules would make of the rest."""
    ledger = load(given.file)
    edits: list[Edit] = [LeaveOut(_position(nth, ledger)) for nth in given.skip]
    for nth, data in given.change:
        position = _position(nth, ledger)
        edits.append(ChangeTo(position, _changed(ledger, position, data)))
    for nth, account, type_name, data in given.insert:
        if not ledger.head:
            raise ProblemError("A history without events has no time at which to insert one.")
        if nth != str(ledger.head + 1):
            _position(nth, ledger)
        event = _decoded(type_name, _json_object(data))
        edits.append(Insert(Position(int(nth)), StreamId(account), event))
    if not edits:
        raise ProblemError("What if what? Give --skip, --change or --insert.")
    try:
        told = what_if(ledger, edits)
    except ValueError as contradiction:
        raise ProblemError(str(contradiction)) from None
    if given.write is not None:
        lines = write_events(told.alternative.recorded, CODEC)
        write_whole(given.write, lines, may_replace=given.force)
    if given.json:
        print_json(_as_document(told))
    elif given.write != "-":
        _print_what_if(told)
    return INTACT


def ask_question(given: Namespace) -> int:
    """Put a question to a history, and print its answer."""
    question = words.question(given.question)
    ledger = load(given.file)
    print_answer(_answer(ledger, question, given.question), as_json=given.json)
    return INTACT


def statement(given: Namespace) -> int:
    """Print an account's statement between two instants."""
    since = None if given.since is None else words.instant(given.since)
    until = None if given.until is None else words.instant(given.until)
    try:
        found = statement_of(load(given.file), StreamId(given.account), since, until)
    except NoSuchAccountError as unknown:
        raise ProblemError(str(unknown)) from None
    currency = found.currency
    if given.json:
        print_json(
            {
                "account_id": found.account_id,
                "owner": found.owner,
                "currency": currency,
                "since": since,
                "until": until,
                "opening": found.opening,
                "entries": [
                    {
                        "position": entry.position,
                        "time": entry.time,
                        "type": entry.type,
                        "about": entry.about,
                        "flow": entry.flow,
                        "balance": entry.balance,
                    }
                    for entry in found.entries
                ],
                "closing": found.closing,
            }
        )
        return INTACT
    print(printable(f"Account {found.account_id}, {found.owner or 'owner unknown'}"))
    print(f"Opening balance  {money(found.opening, currency)}")
    print_table(
        [
            Column("time", INSTANT),
            Column("event"),
            Column("about"),
            Column("flow", MINOR_UNITS),
            Column("balance", MINOR_UNITS),
            Column("currency", CURRENCY),
        ],
        [
            (entry.time, entry.type, entry.about, entry.flow, entry.balance, currency)
            for entry in found.entries
        ],
    )
    print(f"In {money(found.money_in, currency)}, out {money(found.money_out, currency)}")
    print(f"Closing balance  {money(found.closing, currency)}")
    return INTACT


def convert(given: Namespace) -> int:
    """Write one or several histories as one, in the form that the target's name says."""
    if given.json and given.target == STANDARD_STREAM:
        raise ProblemError("Standard output cannot take both the history and --json.")
    if is_for_database(given.target):
        ledger, skipped = add_to_database(given.target, given.files)
    else:
        refuse_to_replace(given.target, may_replace=given.force)
        ledger, skipped = merge(given.files)
        write_whole(given.target, write_events(ledger.recorded, CODEC), may_replace=given.force)
    if given.json:
        print_json({"target": given.target, "events": ledger.head, "skipped": skipped})
    elif given.target != STANDARD_STREAM:
        again = f"; {_count(skipped, 'event')} were there already" if skipped else ""
        print(f"{given.target} holds {_count(ledger.head, 'event')}{again}.")
    return INTACT


def write_test(given: Namespace) -> int:
    """Write a pytest file that reproduces the moment of one event."""
    refuse_to_replace(given.write, may_replace=given.force)
    ledger = load(given.file)
    position = _position(given.at, ledger)
    try:
        text = as_test(ledger, position)
    except NoStoryError as unknown:
        raise ProblemError(str(unknown)) from None
    if given.json and given.write == STANDARD_STREAM:
        print_json({"position": position, "target": None, "test": text})
        return INTACT
    write_whole(given.write, [text], may_replace=given.force)
    if given.json:
        print_json({"position": position, "target": given.write, "test": text})
    elif given.write != STANDARD_STREAM:
        print(f"Wrote {given.write}; run it with pytest {given.write}")
    return INTACT


def _answer(ledger: Ledger, question: Question[State, Event], spelt: list[str]) -> Answer:
    try:
        return ask(ledger, question)
    except Exception as failed:
        if ".py:" not in spelt[0]:
            raise
        # The question is the user's own code, and so is whatever goes wrong in it.
        raise ProblemError(f"{spelt[0]} failed: {type(failed).__name__}: {failed}") from None


def _position(typed: str, ledger: Ledger, *, lowest: int = 1) -> Position:
    if re.fullmatch("[0-9]{1,12}", typed) and lowest <= int(typed) <= ledger.head:
        return Position(int(typed))
    raise ProblemError(
        f"{printable(typed)} is no position of this history, which has "
        f"{_count(ledger.head, 'event')}."
    )


def _known(ledger: Ledger, typed: str) -> StreamId:
    account_id = StreamId(typed)
    if account_id not in ledger.places:
        raise ProblemError(str(NoSuchAccountError(account_id)))
    return account_id


def _reached(ledger: Ledger, as_of: datetime) -> tuple[Position, Mapping[StreamId, Version]]:
    """The last position, and each account's last version, that had happened by an instant."""
    position, versions = GENESIS, dict[StreamId, Version]()
    for recorded in ledger.recorded:
        if recorded.time <= as_of:
            position = recorded.position
            versions[recorded.stream_id] = recorded.version
    return position, versions


def _owner(state: State) -> str:
    return "" if isinstance(state, NoAccount) else state.owner


def _field(ledger: Ledger, account: StreamId, field: str, value: object) -> Cell:
    if field == "balance" and isinstance(value, int):
        return money(value, currency_in(ledger.state_of(account)).code)
    return None if value is None else str(value)


def _json_object(typed: str) -> dict[str, object]:
    try:
        return parse_object(Line(1, typed, is_cut=False))
    except RefusedLine as refused:
        raise ProblemError(f"{printable(typed)} is not an event's data: {refused.reason}") from None


def _changed(ledger: Ledger, position: Position, data: str) -> Event:
    """The event at a position with some of its data changed."""
    event = ledger.at(position).event
    if isinstance(event, OPAQUE):
        raise ProblemError(f"Event {position} is of no type that this bank knows.")
    encoded = CODEC.encode(event)
    before = encoded.data if isinstance(encoded.data, dict) else {}
    return _decoded(encoded.type, {**before, **_json_object(data)})


def _decoded(type_name: str, data: object) -> Event:
    """The event of a type and data that were typed."""
    schemas = {known.name: known.schema_version for known in CODEC.event_types}
    if type_name not in schemas:
        raise ProblemError(
            f"{printable(type_name)} is no type of event; they are {', '.join(schemas)}."
        )
    try:
        event = CODEC.decode(Encoded(type_name, schemas[type_name], data))
    except Damage as damage:
        raise ProblemError(damage.reason) from None
    assert not isinstance(event, UnknownEvent)
    return event


def _as_document(told: WhatIf) -> dict[str, object]:
    return {
        "first_divergence": told.first_divergence,
        "steps": [
            {
                "position": step.original and step.original.position,
                "id": step.original and step.original.id,
                "account_id": step.original.stream_id
                if step.original
                else step.instead[0].stream_id,
                "type": type_of((step.original or step.instead[0]).event),
                "outcome": step.outcome.value,
                "why": step.rejection and step.rejection.sentence,
            }
            for step in told.steps
        ],
        "accounts": [
            {
                "account_id": account,
                "currency": currency,
                "balance": was,
                "would_be": would_be,
            }
            for account, currency, was, would_be in _balances(told)
        ],
    }


def _print_what_if(told: WhatIf) -> None:
    print_table(
        [
            Column("position", "position"),
            Column("account"),
            Column("event"),
            Column("outcome"),
            Column("why"),
        ],
        [
            (
                None if step.original is None else step.original.position,
                (step.original or step.instead[0]).stream_id,
                type_of((step.original or step.instead[0]).event),
                step.outcome.value,
                None if step.rejection is None else step.rejection.sentence,
            )
            for step in told.steps
            if step.outcome is not Outcome.SAME
        ],
    )
    outcomes = Counter(step.outcome for step in told.steps)
    counts = ", ".join(
        f"{outcomes[outcome]} {outcome.value}" for outcome in Outcome if outcomes[outcome]
    )
    print(f"{_count(len(told.steps), 'event')} told again: {counts}.")
    print_table(
        [
            Column("account"),
            Column("balance", MINOR_UNITS),
            Column("would_be", MINOR_UNITS),
            Column("currency", CURRENCY),
        ],
        [
            (account, was, would_be, currency)
            for account, currency, was, would_be in _balances(told)
            if was != would_be
        ],
    )
    where = told.first_divergence
    print("The two histories are the same." if where is None else f"They part at position {where}.")


def _balances(told: WhatIf) -> list[tuple[StreamId, str, int, int]]:
    accounts = {**told.original.places, **told.alternative.places}
    found = []
    for account in accounts:
        was, would_be = told.original.state_of(account), told.alternative.state_of(account)
        shown = would_be if isinstance(was, NoAccount) else was
        found.append((account, currency_in(shown).code, balance_in(was), balance_in(would_be)))
    return found


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
