"""JSON Lines (jsonlines.org): bytes to lines, and a line to one JSON object, trusting neither.

Whatever comes in, the answer is a JSON object that means the same to every program, or one
refusal that names the line, the reason and a remedy. What programs disagree on is refused:
a name given twice, NaN, an integer that no double holds, half of a surrogate pair. Memory
is bounded by the longest line, however long the file.

A carriage return before the line feed is white space, as JSON Lines has it. A byte order
mark and an empty line are no JSON.

Source: RFC 8259 (JSON) and RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, NoReturn

from esbank_core.kernel.errors import RefusedLine, UnfitLine
from esbank_core.kernel.written.canonical_json import LARGEST_EXACT_INTEGER

LONGEST_LINE: Final = 1_048_576
"""Bytes in a line. An event is a few hundred; a line beyond this is another format."""

DEEPEST_NESTING: Final = 64
"""Lists and objects within one another on a line."""

LONGEST_EVIDENCE: Final = 200
"""Characters of a refused line that go along with the refusal."""

_MOST_BYTES: Final = 4
"""Bytes that a character takes in UTF-8."""

_BYTE_ORDER_MARK: Final = "\ufeff"
_MOST_DIGITS: Final = len(str(-LARGEST_EXACT_INTEGER))
# An unclosed string runs to the end, so that no character is looked at twice.
_STRINGS_AND_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_TOO_LONG: Final = (
    f"It is longer than {LONGEST_LINE:,} bytes.",
    "Each event stands on a line of its own, which ends in a line feed.",
)

ONE_EVENT_A_LINE: Final = "Each line of the file is one whole JSON object, as `jq -c .` writes it."


class Line(NamedTuple):
    """One line of a file, without its line feed."""

    number: int
    """From 1."""
    text: str
    is_cut: bool
    """Whether the file ends here without a line feed, as one cut short does."""


class Lines(NamedTuple):
    """Some lines of a file, one after another."""

    first: int
    """The number of the first, from 1."""
    text: str
    """The lines, with a line feed between one and the next. Any of them may be too long."""
    is_cut: bool
    """Whether the file ends within the last of them, without a line feed."""


def read_lines(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Cut a file, in chunks of any size, into its lines.

    Raises:
        RefusedLine: a line is longer than ``LONGEST_LINE`` or is not UTF-8.
    """
    for first, lines, is_cut in read_many_lines(chunks):
        for number, text in enumerate(lines.split("\n"), start=first):
            if len(text) * _MOST_BYTES > LONGEST_LINE and len(text.encode()) > LONGEST_LINE:
                raise _too_long(number, text.encode())
            yield Line(number, text, is_cut)


def read_many_lines(chunks: Iterable[bytes]) -> Iterator[Lines]:
    """Cut a file into lines, as many at a time as a chunk holds.

    Raises:
        RefusedLine: a line is not UTF-8, or is so long that it may never end; those before it
            were had.
    """
    number = 1
    begun = b""
    for chunk in chunks:
        whole, feed, rest = chunk.rpartition(b"\n")
        if feed:
            yield from _decoded_lines(number, begun + whole)
            number += begun.count(b"\n") + whole.count(b"\n") + 1
            begun = rest
        else:
            begun += chunk
        if len(begun) > LONGEST_LINE:
            raise _too_long(number, begun)
    if begun:
        yield Lines(number, _decoded(number, _without_half_character(begun)), is_cut=True)


def parse_object(line: Line) -> dict[str, object]:
    """The JSON object that a line holds.

    Raises:
        RefusedLine: it holds anything else, or what programs would read differently.
    """
    try:
        return parse_text(line.text)
    except UnfitLine as unfit:
        raise refused(line, unfit) from None


def refused(line: Line, unfit: UnfitLine) -> RefusedLine:
    """The refusal of a file for one of its lines, with the line's beginning as evidence."""
    reason, remedy = unfit.reason, unfit.remedy
    if line.is_cut and unfit.is_broken:
        reason = "The file ends in the middle of it."
        remedy = "Copy the whole file again, or remove this last line."
    evidence = line.text[:LONGEST_EVIDENCE]
    return RefusedLine(line.number, reason, remedy, evidence, is_beyond=unfit.is_beyond)


def parse_text(text: str) -> dict[str, object]:
    """The JSON object that a text holds.

    Raises:
        UnfitLine: it holds anything else, or what programs would read differently.
    """
    try:
        value = _parse(text)
    except UnfitLine as unfit:
        unfit.evidence = text
        raise
    if not isinstance(value, dict):
        kind = "a JSON array" if isinstance(value, list) else "a bare JSON value"
        raise UnfitLine(f"It is {kind}, not an object.", ONE_EVENT_A_LINE, text)
    return value


def check_text(text: str) -> None:
    """Hold a text that was not cut from a file to what any line of a file is.

    Raises:
        UnfitLine: it is longer than a line may be, is more than one line, or is not Unicode.
    """
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        raise _half_surrogate() from None
    if size > LONGEST_LINE:
        raise UnfitLine(*_TOO_LONG, text, is_beyond=True)
    if "\n" in text:
        raise UnfitLine("It holds a line feed.", ONE_EVENT_A_LINE, text)


def _decoded_lines(first: int, lines: bytes) -> Iterator[Lines]:
    try:
        text = lines.decode()  # all at once: one by one would take twice as long
    except UnicodeDecodeError:
        for number, line in enumerate(lines.split(b"\n"), start=first):
            yield Lines(number, _decoded(number, line), is_cut=False)
    else:
        yield Lines(first, text, is_cut=False)


def _decoded(number: int, line: bytes) -> str:
    if len(line) > LONGEST_LINE:
        raise _too_long(number, line)
    try:
        return line.decode()
    except UnicodeDecodeError as broken:
        raise RefusedLine(
            number,
            f"It is not UTF-8 from its byte {broken.start + 1} on.",
            "Save the file as UTF-8 text; a compressed file must be unpacked first.",
            line[:LONGEST_EVIDENCE].decode(errors="replace"),
        ) from None


def _without_half_character(line: bytes) -> bytes:
    """The last line of a file, without the beginning of a character that it may be cut in."""
    try:
        line.decode()
    except UnicodeDecodeError as broken:
        if broken.end == len(line) and broken.reason == "unexpected end of data":
            return line[: broken.start]
    return line


def _too_long(number: int, line: bytes) -> RefusedLine:
    evidence = line[:LONGEST_EVIDENCE].decode(errors="replace")
    return RefusedLine(number, *_TOO_LONG, evidence, is_beyond=True)


def _parse(text: str) -> object:
    if text.startswith(_BYTE_ORDER_MARK):
        raise UnfitLine("It begins with a byte order mark.", "Save the file as UTF-8 without one.")
    if not text or text.isspace():
        raise UnfitLine("It is empty.", "Remove it: each line holds one event.")
    if text.count("{") + text.count("[") > DEEPEST_NESTING and _is_too_deep(text):
        raise UnfitLine(
            f"Its lists and objects are nested deeper than {DEEPEST_NESTING}.",
            "Flatten what the event carries.",
            is_beyond=True,
        )
    try:
        value: object = _DECODER.decode(text)
    except json.JSONDecodeError as broken:
        what = broken.msg[:1].lower() + broken.msg[1:]
        raise UnfitLine(
            f"It is not JSON: {what}, at character {broken.pos + 1}.",
            ONE_EVENT_A_LINE,
            is_broken=True,
        ) from None
    if "\\u" in text:
        _refuse_half_surrogates(value)
    return value


def _is_too_deep(text: str) -> bool:
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text):
        match token[0]:
            case "{" | "[":
                depth += 1
                if depth > DEEPEST_NESTING:
                    return True
            case "}" | "]":
                depth -= 1
    return False


def _refuse_half_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _half_surrogate() from None


def _half_surrogate() -> UnfitLine:
    return UnfitLine(
        "A text in it holds half of a surrogate pair, which is no character.",
        "Write the character in full, or leave it out.",
    )


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise UnfitLine(
            f"It gives “{_shown(twice)}” twice, and programs differ on which one counts.",
            "Leave one of the two.",
        )
    return members


def _shown(name: str) -> str:
    """A name from a file, made fit for a message."""
    return name[:40].encode("unicode_escape").decode() if not name.isprintable() else name[:40]


def _exact_integer(digits: str) -> int:
    if len(digits) <= _MOST_DIGITS:
        number = int(digits)
        if -LARGEST_EXACT_INTEGER <= number <= LARGEST_EXACT_INTEGER:
            return number
    raise UnfitLine(
        "It holds an integer beyond 2 to the power of 53, which JSON cannot carry exactly.",
        "Write such a number as a text.",
    )


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isfinite(number):
        return number
    raise UnfitLine("It holds a number too large for JSON.", "Write such a number as a text.")


def _refuse_constant(name: str) -> NoReturn:
    raise UnfitLine(f"It holds {name}, which is not JSON.", "Write null, or leave it out.")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_exact_integer,
    parse_float=_finite,
    parse_constant=_refuse_constant,
)
