"""What is asked of the fields of a state: ``state.total`` equals this, contains that.

The page and the terminal ask it in these words, whoever's domain the state is of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple, assert_never

from esbank_core.questions.own.fields import VALUE, plain
from esbank_core.questions.paths import inside, parts_of
from esbank_core.questions.values import contains, equals

STATE: Final = "state."
"""With what the name of a field begins that is the state's, after the event."""


class How(StrEnum):
    """How a field is compared with what was typed."""

    EQUALS = "equals"
    CONTAINS = "contains"
    FAILS = "fails"
    """There is no state: ``evolve`` has failed on the event."""


class OfState(NamedTuple):
    """A field of a state, by its names with dots, and what it is to be."""

    path: str
    how: How
    typed: str

    def fits(self) -> Callable[[object], bool]:
        """Whether a state is so: any of the values, where the name stands for several."""
        match self.how:
            case How.EQUALS:
                is_so = equals(self.typed)
            case How.CONTAINS:
                is_so = contains(self.typed)
            case How.FAILS:
                return lambda _: False
            case _:
                assert_never(self.how)
        parts = parts_of(self.path)
        return lambda state: any(map(is_so, _values(state, parts)))


def _values(state: object, parts: list[str]) -> Iterator[object]:
    """All that a name stands for in a state; one that has no fields goes by ``value``."""
    found = plain(state)
    if parts[:1] == [VALUE] and not isinstance(found, dict):
        return inside(found, parts[1:])
    return inside(found, parts)


def field_named(name: str) -> str | None:
    """Which field of the state a name is of; None for the name of anything else."""
    return name.removeprefix(STATE) if name.startswith(STATE) else None
