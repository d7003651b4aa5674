"""Whatever a dump holds, every command has an answer: no traceback, nothing that moves a cursor."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esbank_core.__main__ import main
from tests.core.sources import examples
from tests.core.sources.examples import ALL, LAYOUTS, Fields

COMMANDS = [
    ["replay"],
    ["replay", "--json"],
    ["replay", "--to", "1"],
    ["find", "event-type", "x"],
    ["find", "field-contains", "data", "a"],
    ["find", "field-equals", "state.n", "1"],
    ["find", "mentions", "a"],
    ["find", "where", "event.data.n == 1 or state.n"],
    ["find", "gap-above", "1s"],
    ["find", "balance-below", "1"],
    ["diff", "0", "1"],
    ["diff", "1", "0", "--json"],
    ["ask", "flows"],
    ["sql", "SELECT * FROM events"],
    ["sql", "SELECT * FROM events", "--json"],
    ["test", "--at", "1"],
    ["what-if", "--skip", "1"],
    ["verify"],
    ["sources"],
    ["sources", "--json"],
    ["sources", "--suggest"],
]
WITH_EVOLVE = [["replay"], ["find", "evolve-fails"], ["diff", "0", "1"], ["test", "--at", "1"]]
EVOLVE = "initial = 0\ndef evolve(state, event):\n    return event.data['n']\n"

PAYLOADS = {
    "markup": '{"n": "<script>alert(1)</script><img src=x onerror=alert(1)>"}',
    "formulas": '{"n": "=cmd|\' /C calc\'!A0", "@SUM(1)": "+1", "-1": "-1"}',
    "terminal": '{"n": "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\r\\b\\u202e\\u2028"}',
    "names for a terminal": '{"\\u001b[31mn\\n": 1, "": 2, "a.b": {"": 3}, ".": 4}',
    "prototype": '{"__proto__": {"n": 1}, "constructor": {"prototype": 1}, "__class__": 1}',
    "names of Python's": '{"keys": 1, "get": 2, "items": [], "self": 1, "__dict__": {"n": 1}}',
    "half a character": '{"n": "\\ud800", "\\udfff": 1}',
    "numbers": '{"n": 9007199254740993, "m": -123456789012345678901234567890, "x": 1e400}',
    "digits": '{"n": ' + "9" * 5000 + "}",
    "twice": '{"n": 1, "n": 2}',
    "deep": '{"n": ' + "[" * 100 + "]" * 100 + "}",
    "deeper": '{"n": ' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "}",
    "unclosed": '{"n": ' + "[" * 100_000,
    "large": '{"n": "' + "x" * 10_000_000 + '"}',
    "wide": "{" + ",".join(f'"f{nth}": {nth}' for nth in range(20_000)) + "}",
    "not a number": '{"n": NaN}',
    "text": '"just a text"',
    "list": "[1, [2, {}]]",
    "null": "null",
    "NUL": '{"n": "\\u0000", "\\u0000": 0}',
    "JSON in JSON in JSON": json.dumps(json.dumps(json.dumps({"n": 1}))),
}


def answers(monkeypatch, capsys, data: bytes, *arguments: str) -> str:
    """What a command says of a file on standard input; fit for a terminal, whatever it is."""
    name, *rest = arguments
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    status = main([name, "-", *rest])
    said = capsys.readouterr()
    assert status in (0, 1, 2)
    assert (status == 2) == (said.out == "" and said.err.startswith("esbank: "))
    for line in said.out.split("\n"):
        assert line.isprintable(), ascii(line[:500])
    assert "Traceback" not in said.err
    return said.out + said.err


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=list(PAYLOADS))
def test_every_command_has_an_answer_to_any_payload(monkeypatch, capsys, tmp_path, payload) -> None:
    evolve = tmp_path / "my.py"
    evolve.write_text(EVOLVE)
    good = examples.json_lines(examples.marten()[1:])
    row = json.dumps(examples.marten()[0] | {"data": "D"})
    data = row.replace('"D"', payload).encode() + b"\n" + good
    is_large = len(payload) > 100_000
    if is_large and sys.platform == "emscripten":
        pytest.skip("a browser takes minutes for all of it")
    for command in COMMANDS[::11] if is_large else COMMANDS:
        answers(monkeypatch, capsys, data, *command)
    for command in () if is_large else WITH_EVOLVE:
        answers(monkeypatch, capsys, data, *command, "--evolve", str(evolve))
    kept = json.loads(answers(monkeypatch, capsys, data, "replay", "--json"))
    assert kept["sources"][0]["events"] >= 4


@pytest.mark.parametrize("names", [["id", "stream_id", "type", "tenant_id"], ["timestamp"]])
@pytest.mark.parametrize(
    "value",
    [
        "\x1b[2J\x07",
        "\u202egnp.exe",
        "<b>&amp;",
        "=1+1",
        "a\nb\tc",
        "\ud800",
        "__proto__",
        "x" * 10**6,
    ],
    ids=["escape", "turned", "markup", "formula", "lines", "half", "prototype", "long"],
)
def test_nothing_in_a_name_reaches_a_terminal_as_it_is(monkeypatch, capsys, names, value) -> None:
    first, *others = examples.marten()
    records = [first | dict.fromkeys(names, value), *others]
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    for command in COMMANDS if len(names) > 1 else COMMANDS[:3]:
        answers(monkeypatch, capsys, data, *command)


any_value = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(codec=None), max_size=20),
    st.sampled_from(["", "{", "[1", "\\x7b", "2026-13-45", "9" * 30, "\x1b[2J", "a/b~1"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)


@pytest.mark.parametrize("make", [make for _, make in ALL.values()], ids=list(ALL))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_source_spoilt_in_any_way_gets_an_answer(
    monkeypatch, capsys, make: Callable[[], list[Fields]], data: st.DataObject
) -> None:
    records = data.draw(st.permutations(make() + make()[:2]))
    record = data.draw(st.sampled_from(records))
    inner = [value for value in record.values() if isinstance(value, dict) and value]
    place = data.draw(st.sampled_from([record, *inner]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(any_value)
    layout = data.draw(st.sampled_from(["JSON Lines", "array, indented", "entries", "CSV"]))
    try:
        whole = LAYOUTS[layout](records)
    except UnicodeEncodeError:
        return
    cut = whole[: data.draw(st.integers(len(whole) // 2, len(whole)))]
    command = data.draw(st.sampled_from(COMMANDS))
    answers(monkeypatch, capsys, data.draw(st.sampled_from([cut, gzip.compress(cut)])), *command)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), command=st.sampled_from(COMMANDS))
def test_any_bytes_at_all_get_an_answer(monkeypatch, capsys, content, command) -> None:
    for data in (content, gzip.compress(content), b"a,b\n" + content, b'[{"a":1},' + content):
        answers(monkeypatch, capsys, data, *command)
