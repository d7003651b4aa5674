"""Canonical JSON (RFC 8785, JCS): one JSON value, one sequence of bytes.

Two programs that agree on a value agree on its text, and so on its hash. Members are
ordered by the UTF-16 code units of their names, numbers are written as ECMAScript writes
doubles, strings carry no escape that they do not need.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from json.encoder import JSONEncoder, encode_basestring
from typing import Final

LARGEST_EXACT_INTEGER: Final = 2**53
"""Beyond it, an integer is not one double any more (RFC 8785, appendix D)."""

_PLAIN_JSON: Final = JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
# Python sorts by code points, RFC 8785 by UTF-16 code units: they differ only where surrogates
# are written, which come before the code units from U+E000 on. (A half of a pair is refused.)
_SORTED_OTHERWISE: Final = re.compile(r"[\ud800-\U0010ffff]")

_FIXED_NOTATION_DIGITS: Final = 21
_FIXED_NOTATION_ZEROS: Final = 6


def canonical_json(value: object) -> str:
    """Write a JSON value (as ``json.loads`` gives it) in its canonical form.

    Raises:
        ValueError: the value has no canonical form: NaN, an infinity, an integer that no
            double holds exactly, half of a surrogate pair, or something that is not JSON.
    """
    if type(value) is dict and _is_plain(value):
        text = _PLAIN_JSON.encode(value)
        if text.isascii() or not _SORTED_OTHERWISE.search(text):
            return text
    return _canonical(value)


def _canonical(value: object) -> str:
    match value:
        case None:
            return "null"
        case True:
            return "true"
        case False:
            return "false"
        case str():
            return _string(value)
        case int():
            return _integer(value)
        case float():
            return _double(value)
        case list() | tuple():
            return "[" + ",".join(map(_canonical, value)) + "]"
        case dict():
            members = sorted(value.items(), key=_utf16_code_units)
            return "{" + ",".join(f"{_string(k)}:{_canonical(v)}" for k, v in members) + "}"
        case _:
            raise ValueError(f"A {type(value).__name__} is not a JSON value.")


def _is_plain(members: dict[object, object]) -> bool:
    """Whether JSON's own encoder writes just what RFC 8785 asks, but for the order of names.

    So it does for texts, and for integers that a double holds; numbers with a fraction it
    writes as Python does, and names that are no texts it makes into some.
    """
    for name, value in members.items():
        if type(name) is not str:
            return False
        if type(value) is str or value is None or value is True or value is False:
            continue
        if type(value) is int:
            if not -LARGEST_EXACT_INTEGER <= value <= LARGEST_EXACT_INTEGER:
                return False
        elif type(value) is not dict or not _is_plain(value):
            return False
    return True


def _utf16_code_units(member: tuple[object, object]) -> bytes:
    name = member[0]
    if not isinstance(name, str):
        raise ValueError(f"A {type(name).__name__} cannot name a member of a JSON object.")  # noqa: TRY004 - one error for every value
    return name.encode("utf-16-be", "surrogatepass")


def _string(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as broken:
            raise ValueError("A text holds half of a surrogate pair.") from broken
    return encode_basestring(text)


def _integer(number: int) -> str:
    if abs(number) > LARGEST_EXACT_INTEGER:
        raise ValueError("An integer is larger than a JSON number can hold exactly.")
    return str(number)


def _double(number: float) -> str:
    """ECMAScript's Number::toString (ECMA-262, 6.1.6.1.20)."""
    if not math.isfinite(number):
        raise ValueError("NaN and infinities are not JSON numbers.")
    if number == 0:
        return "0"
    sign, digit_tuple, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    digits = "".join(map(str, digit_tuple))
    minus = "-" if sign else ""
    point = len(digits) + exponent  # where the decimal point stands among the digits
    if len(digits) <= point <= _FIXED_NOTATION_DIGITS:
        return minus + digits + "0" * (point - len(digits))
    if 0 < point <= _FIXED_NOTATION_DIGITS:
        return f"{minus}{digits[:point]}.{digits[point:]}"
    if -_FIXED_NOTATION_ZEROS < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{minus}{digits[0]}{fraction}e{point - 1:+d}"
