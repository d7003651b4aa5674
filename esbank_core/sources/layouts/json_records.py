"""Records of JSON: one a line, one after another, or in an array that may stand in an object.

The text comes in chunks, and no more of it is held than the longest record. A record that is
broken is told, with its number, and the ones after it are found again: in lines, on the next
one; elsewhere, at the next object that has fields of the records before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from esbank_core.sources import json_text
from esbank_core.sources.layouts.lines import lines_of
from esbank_core.sources.layouts.text import is_spoilt
from esbank_core.sources.layouts.window import LONGEST_RECORD, Window
from esbank_core.sources.layouts.wrapper import IsRecord, enter_wrapper
from esbank_core.sources.records import ALL_EXACT, LONGEST_EVIDENCE, Record, Unplaced, Why

_NEAR_THE_END: Final = 16
"""Characters within which a word, a number or an escape may go on in the next chunk."""
_NEXT_RECORD: Final = re.compile(r"(?:[,\[]\s*|\n\s*|\x1e\s*)(?=\{)")
_LEAST_PATIENCE: Final = 10_000
"""Characters that looking at an object costs at least, …"""
_PIECE: Final = 1 << 16
"""… and at one that is too deep."""


def read_object(number: int, line: int, text: str) -> Record | Unplaced:
    """The record that a whole text holds."""
    try:
        value = json_text.decode(text)
        if is_spoilt(text):
            return _unplaced(number, line, Why.NOT_TEXT, text)
        if isinstance(value, dict):
            return Record(number, line, value, text)
        return _unplaced(number, line, Why.NOT_AN_OBJECT, text)
    except json_text.InexactError:
        return _as_written(number, line, text)
    except ValueError:
        why = Why.NOT_TEXT if is_spoilt(text) else Why.NOT_JSON
        return _unplaced(number, line, why, text)


def read_json_lines(chunks: Iterable[str]) -> Iterator[Record | Unplaced]:
    """One record a line; blank lines are passed over, and so is a comma at the end of a line."""
    number = 0
    for line_number, line, is_cut in lines_of(chunks):
        text = line.strip()
        if not text:
            continue
        number += 1
        if len(text) >= LONGEST_RECORD:
            yield _unplaced(number, line_number, Why.TOO_LONG, text)
            continue
        found = read_object(number, line_number, text)
        if isinstance(found, Unplaced):
            if text.endswith(",") and text.startswith("{"):
                found = read_object(number, line_number, text[:-1])
            if isinstance(found, Unplaced) and is_cut and found.why is Why.NOT_JSON:
                found = found._replace(why=Why.CUT_SHORT)
        yield found


def read_json_values(
    chunks: Iterable[str], is_record: IsRecord = lambda _: False
) -> Iterator[Record | Unplaced]:
    """One record after another: in an array, in one within an object, or none around them.

    An array that nothing closes was cut short, even where every record in it is whole.
    """
    text = Window(chunks)
    text.skip()
    is_wrapped = text.peek() == "{" and enter_wrapper(text, is_record)
    is_array = text.peek() == "["
    if is_array:
        text.at += 1
    number = 0
    names: frozenset[str] = frozenset()
    while True:
        text.skip()
        if text.peek() == "]":  # where another array follows, as of pages put together, it goes on
            text.at += 1
            text.skip()
            if text.peek() == "[":
                text.at += 1
                continue
            if text.peek() and not is_wrapped:
                yield _unplaced(number + 1, text.count_lines(), Why.NOT_JSON, text.rest())
            return
        if text.peek() in ("", "}"):
            if is_array:
                why = Why.NOT_JSON if text.peek() else Why.CUT_SHORT
                yield _unplaced(number + 1, text.count_lines(), why, text.rest())
            return
        number += 1
        found = _next_value(text, number)
        yield found
        if isinstance(found, Record):
            names = names or frozenset(found.fields)
        elif found.why in _LOST and not _find_next(text, names):
            return


_LOST: Final = frozenset((Why.NOT_JSON, Why.TOO_LONG, Why.CUT_SHORT, Why.NOT_TEXT))
"""After which the end of a record is not known."""


def _next_value(text: Window, number: int) -> Record | Unplaced:
    """The record that stands next; the reading goes on after it, or stays where it is broken."""
    line = text.count_lines()
    value: object = None
    while True:
        if text.is_deep():
            return _deep_value(text, number, line)
        is_exact = True
        try:
            try:
                value, end = json_text.decode_at(text.buffer, text.at)
            except json_text.InexactError:
                is_exact, end = False, json_text.end_at(text.buffer, text.at)
        except ValueError as broken:
            if not _is_at_the_end(broken, text):
                why = Why.NOT_TEXT if is_spoilt(text.rest()) else Why.NOT_JSON
                return _unplaced(number, line, why, text.rest())
            if text.has_ended:
                return _unplaced(number, line, Why.CUT_SHORT, text.rest())
            if text.held() > LONGEST_RECORD:
                return _unplaced(number, line, Why.TOO_LONG, text.rest())
            text.more(text.held())
            continue
        written = text.buffer[text.at : end]
        is_open = is_exact and not isinstance(value, (dict, list, str))
        if is_open and end == len(text.buffer) and text.more():
            continue  # a number may go on
        text.at += len(written)
        if not written.startswith("{"):
            return _unplaced(number, line, Why.NOT_AN_OBJECT, written)
        if is_spoilt(written):
            return Unplaced(number, line, Why.NOT_TEXT, "", written[:LONGEST_EVIDENCE])
        if is_exact and isinstance(value, dict):
            try:
                json_text.refuse_depth(written)
                json_text.refuse_half_characters(written, value)
            except json_text.InexactError:
                return _as_written(number, line, written)
            return Record(number, line, value, written)
        return _as_written(number, line, written)


def _deep_value(text: Window, number: int, line: int) -> Record | Unplaced:
    """A record that is nested too deep to be decoded as a whole."""
    end = text.value_end()
    if end < 0:
        text.patience -= text.held()
        why = Why.CUT_SHORT if text.has_ended else Why.TOO_LONG
        return _unplaced(number, line, why, text.rest())
    written = text.buffer[text.at : end]
    text.at = end
    return _as_written(number, line, written)


def _is_at_the_end(broken: ValueError, text: Window) -> bool:
    """Whether what is no JSON may be some with the next chunk, or would have been."""
    at = getattr(broken, "pos", 0)
    is_unclosed = str(broken).startswith("Unterminated string")
    return is_unclosed or at >= len(text.buffer) - _NEAR_THE_END


def _find_next(text: Window, names: frozenset[str]) -> bool:
    """Go on to the next object that looks like a record; whether there is one.

    It has at least half of the names of the first record, so that an object within the broken
    one is not taken for the next.
    """
    text.at += 1
    while text.patience > 0:
        found = _NEXT_RECORD.search(text.buffer, text.at)
        if found is None:
            text.at = max(text.at, len(text.buffer) - _NEAR_THE_END)
            if not text.more():
                return False
            continue
        text.at = found.end()
        if _looks_like(text, names):
            return True
    return False


def _looks_like(text: Window, names: frozenset[str]) -> bool:
    while not text.is_deep():
        try:
            value, end = json_text.decode_at(text.buffer, text.at)
        except json_text.InexactError:
            return True
        except ValueError as broken:
            text.patience -= max(getattr(broken, "pos", 0) - text.at, _LEAST_PATIENCE)
            if not _is_at_the_end(broken, text) or text.patience < 0:
                return False
            if not text.more(text.held()):
                return False
        else:
            text.patience -= end - text.at
            return isinstance(value, dict) and 2 * len(names & value.keys()) >= len(names)
    text.patience -= _PIECE
    return False


def _as_written(number: int, line: int, text: str) -> Record | Unplaced:
    """A record of which some field would change if it were written again."""
    if is_spoilt(text):
        return _unplaced(number, line, Why.NOT_TEXT, text)
    fields: dict[str, object] = {}
    written: dict[str, str] = {}
    try:
        found, end = json_text.members(text)
        for member in found:
            name, value = member.name, text[member.start : member.end]
            if name in fields:
                return _unplaced(number, line, Why.NAME_TWICE, text, "/" + name)
            try:
                fields[name] = json_text.decode(value)
            except json_text.InexactError:
                fields[name] = json_text.decode_nearly(value)
                written[name] = value
    except ValueError:
        return _unplaced(number, line, Why.NOT_JSON, text)
    if json_text.skip_blank(text, end) != len(text):
        return _unplaced(number, line, Why.NOT_JSON, text)
    if any(is_spoilt(name) for name in fields):
        return _unplaced(number, line, Why.HALF_CHARACTER, text)
    return Record(number, line, fields, text, written or ALL_EXACT)


def _unplaced(number: int, line: int, why: Why, text: str, field: str = "") -> Unplaced:
    return Unplaced(number, line, why, field, text[:LONGEST_EVIDENCE])
