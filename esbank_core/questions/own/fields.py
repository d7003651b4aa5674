"""The fields of any state by name: of a dictionary, a dataclass, a named tuple, or any object.

A state of one value has it under ``value``. Fields within fields are named with dots:
``address.city``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, NamedTuple

from esbank_core.kernel.written.times import format_time

VALUE: Final = "value"

DEEPEST: Final = 20
"""Fields within one another that are looked into; deeper ones are shown as Python does."""

_PLAIN: Final = (str, int, float, bool, type(None))


def plain(state: object, depth: int = DEEPEST) -> object:
    """A state in the values of JSON, as near as that comes."""
    match state:
        case Enum():
            return plain(state.value, depth - 1) if depth else repr(state)
        case str() | int() | float() | None:
            return state
        case datetime() if state.tzinfo is not None:
            return format_time(state)
        case date() | Decimal():
            return str(state)
        case _ if not depth:
            return _shown(state)
        case list() | tuple() if not hasattr(state, "_fields"):
            return [plain(item, depth - 1) for item in state]
        case set() | frozenset():
            return sorted((plain(item, depth - 1) for item in state), key=repr)
        case _:
            named = _named(state)
            if named is None:
                return _shown(state)
            return {name: plain(value, depth - 1) for name, value in named.items()}


def fields_of_any(state: object) -> dict[str, object]:
    """The fields of a state by their names with dots, in order; none of an empty state."""
    found = plain(state)
    if isinstance(found, dict):
        return dict(_flat(found, ""))
    return {} if found is None else {VALUE: found}


class FieldChange(NamedTuple):
    """A field that is not what it was; ``None`` where there was, or is, none."""

    field: str
    before: object
    after: object


def changed_fields(before: object, after: object) -> tuple[FieldChange, ...]:
    """What differs between two states, field by field."""
    if before is after:
        return ()
    was, became = fields_of_any(before), fields_of_any(after)
    return tuple(
        FieldChange(name, was.get(name), became.get(name))
        for name in {**was, **became}
        if was.get(name) != became.get(name) or type(was.get(name)) is not type(became.get(name))
    )


def _named(state: object) -> Mapping[str, object] | None:
    match state:
        case Mapping():
            return {str(name): value for name, value in state.items()}
        case tuple():
            return {str(name): getattr(state, name) for name in getattr(state, "_fields", ())}
        case _ if dataclasses.is_dataclass(state) and not isinstance(state, type):
            return {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
        case _ if not isinstance(state, type) and hasattr(state, "__dict__"):
            return dict(vars(state))
        case _:
            return None


def _flat(fields: Mapping[str, object], before: str) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        path = f"{before}{name}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _shown(state: object) -> str:
    try:
        return repr(state)
    except Exception:
        return f"<{type(state).__name__}>"
