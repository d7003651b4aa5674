"""JSON as others write it: read exactly, or kept as it was written.

Reading is strict first. What would change if it were written again (an integer beyond 2 to the
power of 53, a number with more digits than a double, half of a surrogate pair, a name given
twice, nesting too deep to read back) is told by an exception, so that the usual record costs
nothing; then the same text is taken apart member by member, and what is not exact keeps its text.
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple, NoReturn

DEEPEST_NESTING: Final = 48
"""Lists and objects within one another that are opened; deeper ones are kept as text.

Less than a line of a file of events may hold, so that what is opened can be written there.
"""

DEEPEST_COUNTED: Final = 100_000
"""Brackets within one another after which no end is looked for: no record is nested so deep."""

_BLOCK: Final = 1_024
"""Characters that are looked at at once, where brackets are only counted."""
_MOST_DIGITS: Final = 15
"""Digits that every double holds, whatever they are (DBL_DIG of C)."""
_LARGEST_EXACT: Final = 2**53
_MOST_READ_DIGITS: Final = 4000
"""Python refuses to read integers of more than 4,300 digits."""

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
# An unclosed string runs to the end, so that no character is looked at twice.
_STRINGS_AND_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_STRINGS_AND_BLANKS: Final = re.compile(r'("(?:[^"\\]|\\.)*+")|[ \t\n\r]+', re.DOTALL)
_BARE: Final = re.compile(r"[^\s,\]}:]+")
_BLANK: Final = re.compile(r"[ \t\n\r]*")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


class InexactError(ValueError):
    """A JSON text that would not be the same if it were written again."""


class DeepError(InexactError):
    """A JSON text whose lists and objects are nested too deep to be opened."""


class ConstantError(ValueError):
    """NaN or an infinity, which Python would read and JSON does not have."""

    pos = 0


class Member(NamedTuple):
    """One member of an object: its name and where its value stands in the text."""

    name: str
    start: int
    end: int


def decode_at(text: str, start: int) -> tuple[object, int]:
    """The JSON value that begins at ``start``, and where it ends.

    Raises:
        InexactError: it would not be the same if it were written again.
        ValueError: there is no JSON value (``json.JSONDecodeError``, or a constant such as NaN).
    """
    return _STRICT.raw_decode(text, start)


def end_at(text: str, start: int) -> int:
    """Where the JSON value ends that begins at ``start``, exact or not.

    Raises:
        ValueError: there is no JSON value.
    """
    return _LENIENT.raw_decode(text, start)[1]


def decode(text: str) -> object:
    """The JSON value that a whole text holds.

    Raises:
        InexactError: it would not be the same if it were written again, or is nested too deep.
        ValueError: it is not JSON.
    """
    refuse_depth(text)
    value, end = _STRICT.raw_decode(text, skip_blank(text, 0) if text[:1].isspace() else 0)
    if end != len(text) and skip_blank(text, end) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    refuse_half_characters(text, value)
    return value


def decode_nearly(text: str) -> object:
    """The JSON value of a text that is not exact, as near as Python comes; None if too deep.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        refuse_depth(text)
    except DeepError:
        if end_of_value(text, skip_blank(text, 0)) != len(text.rstrip()):
            raise ValueError from None
        return None
    return _LENIENT.decode(text)


def refuse_depth(text: str) -> None:
    """See that a text is not nested deeper than ``DEEPEST_NESTING``.

    Raises:
        DeepError: it is.
    """
    if text.count("{") + text.count("[") > DEEPEST_NESTING and deep_at(text, 0) >= 0:
        raise DeepError


def deep_at(text: str, start: int) -> int:
    """Where the value that begins at ``start`` is nested deeper than ``DEEPEST_NESTING``; else -1.

    To be asked before it is decoded: there is a Python, the browser's, that dies of recursion.
    """
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text, start):
        match token[0]:
            case "{" | "[":
                depth += 1
                if depth > DEEPEST_NESTING:
                    return token.start()
            case "}" | "]":
                depth -= 1
                if depth <= 0:
                    return -1
    return -1


def may_be_deep(text: str, start: int) -> bool:
    """Whether brackets stand so close from ``start`` on that values may be deep: a quick look."""
    depth = 0
    for at in range(start, len(text), _BLOCK):
        end = at + _BLOCK
        opening = text.count("{", at, end) + text.count("[", at, end)
        if depth + opening > DEEPEST_NESTING:
            return True
        depth += opening - text.count("}", at, end) - text.count("]", at, end)
    return False


def refuse_half_characters(text: str, value: object) -> None:
    """See that no text in a value, which stands in ``text``, holds half of a surrogate pair.

    Raises:
        InexactError: one does.
    """
    if "\\u" not in text or _HALF.search(text) is None:
        return  # as in nearly all
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InexactError from None


def end_of_value(text: str, start: int) -> int:
    """Where the value that begins at ``start`` ends; -1 if the text ends first.

    It may be as deep as ``DEEPEST_COUNTED``; -1 as well, if it is deeper. Brackets are counted and
    not matched: whether it is JSON is for others to say.
    """
    first = text[start : start + 1]
    if first == '"':
        found = _STRING.match(text, start)
        return found.end() if found else -1
    if first not in ("{", "["):
        found = _BARE.match(text, start)
        return found.end() if found else -1
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text, start):
        match token[0]:
            case "{" | "[":
                depth += 1
                if depth > DEEPEST_COUNTED:
                    return -1
            case "}" | "]":
                depth -= 1
                if not depth:
                    return token.end()
    return -1


def skip_blank(text: str, start: int) -> int:
    """Where the white space that begins at ``start`` ends."""
    found = _BLANK.match(text, start)
    return found.end() if found else start


def members(text: str, start: int = 0) -> tuple[list[Member], int]:
    """The members of the object that begins at ``start``, one level deep, and where it ends.

    Raises:
        ValueError: it is no object, or not whole.
    """
    found: list[Member] = []
    at = skip_blank(text, start + 1)
    if text[start : start + 1] != "{":
        raise ValueError
    if text[at : at + 1] == "}":
        return found, at + 1
    while True:
        named = _STRING.match(text, at)
        if named is None:
            raise ValueError
        colon = skip_blank(text, named.end())
        value = skip_blank(text, colon + 1)
        end = end_of_value(text, value)
        if text[colon : colon + 1] != ":" or end < 0:
            raise ValueError
        found.append(Member(str(_LENIENT.decode(named[0])), value, end))
        after = skip_blank(text, end)
        if text[after : after + 1] == "}":
            return found, after + 1
        if text[after : after + 1] != ",":
            raise ValueError
        at = skip_blank(text, after + 1)


def compact(value: object) -> str:
    """A JSON value on few characters, none of which a CloudEvents attribute may not hold."""
    text = _COMPACT.encode(value)
    if text.isprintable():  # half of a surrogate pair is not
        return text
    return _COMPACT_ASCII.encode(value).replace("\x7f", "\\u007f")


def on_one_line(text: str) -> str:
    """A JSON text, number by number as it is written, with nothing that no attribute may hold."""
    text = _STRINGS_AND_BLANKS.sub(r"\1", text)
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def quoted(text: str) -> str:
    """A text as a JSON string."""
    return compact(text)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise InexactError
    return read


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS and (
        len(digits) > _MOST_DIGITS + 3 or abs(int(digits)) > _LARGEST_EXACT
    ):
        raise InexactError
    return int(digits)


def _double(digits: str) -> float:
    number = float(digits)
    if len(digits) > _MOST_DIGITS and not _is_exact(digits, number):
        raise InexactError
    if not math.isfinite(number):
        raise InexactError
    return number


def _is_exact(digits: str, number: float) -> bool:
    """Whether a double is written with the digits that a number was written with."""
    try:
        return math.isfinite(number) and Decimal(digits) == Decimal(repr(number))
    except InvalidOperation:  # an exponent beyond even a decimal's
        return False


def _near_integer(digits: str) -> object:
    return int(digits) if len(digits) <= _MOST_READ_DIGITS else digits


def _near_double(digits: str) -> object:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _refuse_constant(name: str) -> NoReturn:
    raise ConstantError(name)


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_double,
    parse_constant=_refuse_constant,
)
_LENIENT: Final = json.JSONDecoder(
    parse_int=_near_integer, parse_float=_near_double, parse_constant=_refuse_constant
)
_COMPACT: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=str
)
_COMPACT_ASCII: Final = json.JSONEncoder(check_circular=False, separators=(",", ":"), default=str)
