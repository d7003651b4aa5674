"""A value of a reader's program as something to look at: a table or a tree, and never too much.

A dictionary of dictionaries, or a list of them, is a table; so is an answer to a question. What is
nested otherwise is a tree. Whatever is too much is counted, and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from esbank_core.questions.ask import Answer

MOST_ROWS: Final = 200
MOST_COLUMNS: Final = 20
LONGEST_CELL: Final = 200
"""Characters."""
DEEPEST: Final = 8
MOST_NODES: Final = 400


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under the names of their columns; ``left_out`` counts the rows not here."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """A name with a value, or with what is under it; ``left_out`` counts what is not here."""

    name: str
    value: str
    under: tuple[Tree, ...] = ()
    left_out: int = 0


Shown = Table | Tree


def shown(value: Any) -> Shown:
    """A value as a table if it is one, else as a tree."""
    if isinstance(value, Answer):
        names = tuple(column.name for column in value.columns)
        return _table(names, value.rows, len(value.rows))
    return _as_table(_plain(value)) or _Planter().tree("", value, 0)


def as_json(value: Any) -> Any:
    """All of a value, in what JSON has; what it has no form for is a text."""
    value = _plain(value)
    match value:
        case Mapping():
            return {text_of(name): as_json(each) for name, each in value.items()}
        case list() | tuple() | Set():
            return [as_json(each) for each in value]
        case bool() | int() | float() | str() | datetime() | None:
            return value
        case _:
            return text_of(value)


def text_of(value: object) -> str:
    """A value on one line."""
    match value:
        case str():
            said = str(value)
        case datetime() | date():
            said = value.isoformat()
        case _:
            said = repr(_plain(value))
    return said if len(said) <= LONGEST_CELL else said[: LONGEST_CELL - 1] + "…"


def _plain(value: Any) -> Any:
    """A dataclass's fields by name; anything else as it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value


def _is_nested(value: object) -> bool:
    return isinstance(_plain(value), Mapping | list | tuple | Set)


def _as_table(value: Any) -> Table | None:
    match value:
        case Mapping() if value:
            columns = _columns_of(value.values())
            if columns:
                rows = ((key, *_row(each, columns)) for key, each in value.items())
                return _table(("", *columns), rows, len(value))
            if not any(map(_is_nested, islice(value.values(), MOST_ROWS))):
                return _table(("key", "value"), value.items(), len(value))
        case list() | tuple() if value and not hasattr(value, "_fields"):
            columns = _columns_of(value)
            if columns:
                return _table(columns, (_row(each, columns) for each in value), len(value))
        case _:
            pass
    return None


def _columns_of(values: Iterable[Any]) -> tuple[str, ...]:
    """All the names that these have, and nothing if they are no rows of one table."""
    names: dict[str, None] = {}
    for each in map(_plain, islice(values, MOST_ROWS)):
        if not isinstance(each, Mapping) or not each or any(map(_is_nested, each.values())):
            return ()
        names |= dict.fromkeys(map(text_of, each))
    return tuple(names) if len(names) <= MOST_COLUMNS else ()


def _row(value: Any, columns: Sequence[str]) -> tuple[object, ...]:
    named = {text_of(name): cell for name, cell in _plain(value).items()}
    return tuple(named.get(name, "") for name in columns)


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]], count: int) -> Table:
    kept = tuple(tuple(map(text_of, row)) for row in islice(rows, MOST_ROWS))
    return Table(tuple(columns), kept, count - len(kept))


class _Planter:
    """Makes trees, and counts how many nodes it may still make."""

    def __init__(self) -> None:
        self._left = MOST_NODES

    def tree(self, name: str, value: Any, depth: int) -> Tree:
        self._left -= 1
        value = _plain(value)
        match value:
            case Mapping():
                parts: Iterable[tuple[object, Any]] = value.items()
                sign = f"{{{len(value)}}}"
            case list() | tuple():
                parts, sign = enumerate(value), f"[{len(value)}]"
            case Set():
                parts, sign = enumerate(value), f"{{{len(value)}}}"
            case _:
                return Tree(name, text_of(value))
        if depth == DEEPEST:
            return Tree(name, sign, (), len(value))
        under: list[Tree] = []
        for key, each in parts:
            if self._left <= 0:
                break
            under.append(self.tree(text_of(key), each, depth + 1))
        return Tree(name, sign, tuple(under), len(value) - len(under))
