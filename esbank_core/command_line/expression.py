"""A condition of the user's own: a Python expression, which runs here and nowhere else."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from esbank_core.bank.account import CODEC, Ledger, Recorded
from esbank_core.bank.events import Event
from esbank_core.bank.states import NoAccount, State, balance_in, currency_in
from esbank_core.bank.views import type_of
from esbank_core.command_line.problem import ProblemError
from esbank_core.command_line.sentences import listed
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent
from esbank_core.questions.as_of import status_of
from esbank_core.questions.moments import Condition, Step
from esbank_core.questions.own.fields import plain
from esbank_core.sources.found import data_of


class Own(NamedTuple):
    """The states of the reader's domain, of the step that is looked at."""

    before: object
    after: object
    is_by_evolve: bool
    """Whether an ``evolve`` of the reader's made them; else they are last known values."""


def expression(text: str, ledger: Ledger | None, own: Callable[[], Own]) -> Condition[State, Event]:
    """The condition of an expression's text; on the events of a ledger, where that is held.

    Raises:
        ProblemError: it is none, or asks for what no event carries; or, when it is put to an
            event, it fails.
    """
    try:
        tree = ast.parse(text.strip(), "<where>", "eval")
        code = compile(tree, "<where>", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as broken:
        raise ProblemError(
            f"“{text}” is not a Python expression: {broken}.{_on_keywords(text)}"
        ) from None
    if ledger is not None:
        _refuse_misspelt(tree, ledger.recorded)

    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    def holds(step: Step[State, Event]) -> bool:
        # As globals, which also what stands inside of a generator expression sees.
        of_domain = own()
        names: dict[str, object] = {
            "before": _Seen(step.before),
            "event": _SeenEvent(step),
            "after": _Seen(step.after),
        }
        if "state" in used:
            names["state"] = _viewed(plain(of_domain.after))
        if of_domain.is_by_evolve:
            names |= {"before": of_domain.before, "after": of_domain.after}
        try:
            return bool(eval(code, names))  # noqa: S307 - the user's own words, on their machine
        except (Exception, SystemExit) as failed:
            position = step.recorded.position
            raise ProblemError(
                f"“{text}” failed on event {position}: {type(failed).__name__}: {failed}."
            ) from None

    # What is said of the state after lasts; what is said of the step is over with it.
    return Condition(holds, lasts={"before", "event"}.isdisjoint(used))


class _Named:
    """Something with a few fields, which says which there are when asked for another."""

    def __getattr__(self, name: str) -> object:
        fields = tuple(vars(self))
        raise AttributeError(f"there is no “{name}”; there are {listed(fields)}")


class _Seen(_Named):
    """A state as an expression sees it: every field is there, whatever the state."""

    def __init__(self, state: State) -> None:
        self.status = status_of(state)
        self.balance = balance_in(state)
        self.currency = currency_in(state).code
        self.owner = "" if isinstance(state, NoAccount) else state.owner


class _Data:
    """What an event carries, by the names that it carries it under; None for any other."""

    def __init__(self, carried: Mapping[str, object]) -> None:
        self._carried = carried

    def __getattr__(self, name: str) -> object:
        return self._carried.get(name)

    def __getitem__(self, name: str) -> object:
        return self._carried.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._carried

    def __iter__(self) -> Iterator[str]:
        return iter(self._carried)


class _SeenEvent(_Named):
    """A recorded event as an expression sees it."""

    def __init__(self, step: Step[State, Event]) -> None:
        recorded = step.recorded
        self.type = type_of(recorded.event)
        self.data = _Data(_carried(recorded))
        self.id = recorded.id
        self.account_id = recorded.stream_id
        self.position = recorded.position
        self.version = recorded.version
        self.time = recorded.time
        self.actor = recorded.actor


def _viewed(value: object) -> object:
    """A dictionary whose fields are asked for by name, however deep; None where there is none."""
    if isinstance(value, dict):
        return _Data({name: _viewed(inner) for name, inner in value.items()})
    return value


def refuse_misspelt(text: str, recorded: Iterable[Recorded]) -> None:
    """Refuse an expression that asks for what no event of these carries.

    Raises:
        ProblemError: it does.
    """
    _refuse_misspelt(ast.parse(text.strip(), "<where>", "eval"), recorded)


def _carried(recorded: Recorded) -> Mapping[str, object]:
    event = recorded.event
    if isinstance(event, UnreadableEvent):
        return {}
    data = data_of(recorded) if isinstance(event, UnknownEvent) else CODEC.encode(event).data
    return data if isinstance(data, dict) else {}


def _refuse_misspelt(tree: ast.Expression, history: Iterable[Recorded]) -> None:
    """Refuse ``event.data.amuont``, which would find nothing and say so of every event."""
    asked = {name for node in ast.walk(tree) if (name := _data_name(node)) is not None}
    if not asked:
        return
    known = {
        field.json_name
        for event_type in CODEC.event_types
        for field in CODEC.fields_of(event_type.name)
    }
    if asked <= known:
        return
    for recorded in history:
        if isinstance(recorded.event, UnknownEvent):
            known.update(_carried(recorded))
    if missing := sorted(asked - known):
        raise ProblemError(
            f"No event carries “{missing[0]}”; what they carry is {listed(sorted(known))}."
        )


def _data_name(node: ast.AST) -> str | None:
    """The name in ``event.data.NAME``, ``event.data["NAME"]`` or ``"NAME" in event.data``."""
    match node:
        case (
            ast.Attribute(value=ast.Attribute(value=ast.Name(id="event"), attr="data"), attr=name)
            | ast.Subscript(
                value=ast.Attribute(value=ast.Name(id="event"), attr="data"),
                slice=ast.Constant(value=str(name)),
            )
        ):
            return name
        case _:
            return None


def _on_keywords(text: str) -> str:
    """A word on fields that Python itself has a use for, such as ``from``."""
    for name in re.findall(r"\bevent\.data\.(\w+)", text):
        if keyword.iskeyword(name):
            return f' Write event.data["{name}"]: “{name}” is a word of Python\'s own.'
    return ""
