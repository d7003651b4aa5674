"""Lines that are no JSON, or not the same JSON to everyone: one clear refusal each."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.written.json_lines import (
    DEEPEST_NESTING,
    LONGEST_EVIDENCE,
    LONGEST_LINE,
    Line,
    parse_object,
    read_lines,
)
from tests.core.histories import refusal_of


def read(*chunks: bytes) -> list[dict[str, object]]:
    return [parse_object(line) for line in read_lines(chunks)]


def refusal(*chunks: bytes) -> RefusedLine:
    with pytest.raises(RefusedLine) as refused:
        read(*chunks)
    assert str(refused.value).startswith(f"Line {refused.value.line}: ")
    assert refused.value.remedy.endswith(".")
    assert len(refused.value.evidence) <= LONGEST_EVIDENCE
    return refused.value


def test_lines_come_out_wherever_the_chunks_are_cut() -> None:
    text = '{"a": "ř"}\n{"b": 2}\n'.encode()
    for size in range(1, len(text) + 1):
        chunks = [text[start : start + size] for start in range(0, len(text), size)]
        assert read(*chunks) == [{"a": "ř"}, {"b": 2}]


def test_the_last_line_may_do_without_a_line_feed() -> None:
    assert read(b'{"a": 1}\n{"b": 2}') == [{"a": 1}, {"b": 2}]


def test_a_carriage_return_before_the_line_feed_is_white_space() -> None:
    assert read(b'{"a": 1}\r\n{"b": 2}\r\n') == [{"a": 1}, {"b": 2}]


def test_no_bytes_are_no_lines() -> None:
    assert read() == []
    assert read(b"") == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"\r", "empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8 from its byte 1 on"),
        (b'{"a": "\xc3\x28"}', "not UTF-8 from its byte 8 on"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 9007199254740993}', "2 to the power of 53"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "2 to the power of 53"),
        (b'{"a": 1, "a": 2}', "gives “a” twice"),
        (b'{"d": {"\\u0007": 1, "\\u0007": 2}}', "gives “\\x07” twice"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"\\udfff": 1, "\\udfff": 2}', "twice"),
        (b'{"a": "\x01"}', "control character"),
        (b'{"a": 01}', "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1} {"b": 2}', "extra data, at character 10"),
        (b"hello", "not JSON"),
        (b"[{}]", "a JSON array"),
        (b"7", "a bare JSON value"),
        (b"null", "a bare JSON value"),
        (b'"\\"', "not JSON"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested deeper"),
        (b'{"a": "' + b"x" * LONGEST_LINE + b'"}', "longer than 1,048,576 bytes"),
        (b'"' + b'\\"' * 500_000, "not JSON"),
        (b"{" + b'"' * 500_000 + b"{" * 100, "nested deeper"),
    ],
)
def test_what_is_not_the_same_json_to_everyone_is_refused(line: bytes, reason: str) -> None:
    refused = refusal(b'{"fine": true}\n' + line + b"\n")
    assert refused.line == 2
    assert reason in refused.reason


def test_a_file_cut_short_is_told_from_a_broken_one() -> None:
    assert "ends in the middle" in refusal(b'{"a": 1}\n{"b": "ab').reason
    assert "ends in the middle" in refusal('{"a": 1}\n{"b": "ř'.encode()[:-1]).reason
    assert "ends in the middle" not in refusal(b'{"b": "ab\n').reason


def test_brackets_inside_texts_are_not_nesting() -> None:
    text = "[" * 10 * DEEPEST_NESTING
    assert read(json.dumps({"a": text, "b": text + '"'}).encode()) == [{"a": text, "b": text + '"'}]


def test_lists_side_by_side_are_not_nesting() -> None:
    value = {"a": [[]] * 10 * DEEPEST_NESTING}
    assert read(json.dumps(value).encode()) == [value]


def test_the_deepest_nesting_allowed_is_read() -> None:
    text = b'{"a":' * DEEPEST_NESTING + b"1" + b"}" * DEEPEST_NESTING
    assert len(read(text)) == 1
    assert "nested" in refusal(b'{"a":' + text + b"}").reason


def test_memory_is_bounded_by_the_longest_line() -> None:
    endless = (b"x" * 65_536 for _ in range(2_000))  # 131 MB without a line feed
    tracemalloc.start()
    with pytest.raises(RefusedLine, match="longer than"):
        list(read_lines(endless))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * LONGEST_LINE


def test_a_long_file_of_short_lines_takes_no_memory() -> None:
    chunks = (b'{"a": 1}\n' * 1_000 for _ in range(50))
    tracemalloc.start()
    count = sum(1 for _ in read_lines(chunks))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 50_000
    assert peak < LONGEST_LINE


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats()
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), _json))
def test_an_object_is_read_as_it_is_or_refused(value: dict[str, object]) -> None:
    line = Line(1, json.dumps(value), is_cut=False)
    try:
        read_back = parse_object(line)
    except RefusedLine:
        return
    assert json.dumps(read_back) == json.dumps(value)


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_are_read_or_refused(chunks: list[bytes]) -> None:
    refused = refusal_of(lambda: read(*chunks))
    assert refused is None or refused.line >= 1
