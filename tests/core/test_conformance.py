"""CloudEvents 1.0.2, clause by clause: what is valid is read, what is not is refused by name.

The cases are our own, each beside the clause that it is of: "core" is the core specification,
"JSON" the JSON event format. Where the project's JSON Schema and SDK are at hand, they judge the
same cases.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, RefusedLine
from esbank_core.kernel.written.event_file import read_events, write_events

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "cloudevents-1.0.schema.json"

REQUIRED = {
    "specversion": "1.0",
    "id": "4711",
    "source": "/till/3",
    "type": "org.example.rung",
}
DATA = {"data": {"cents": 250}}

VALID = [
    ("core, Required Attributes", {}),
    ("core, id: any non-empty string", {"id": " "}),
    ("core, source: URI-reference", {"source": "https://example.org:8080/a%20b?c=d&e#f"}),
    ("core, source: URI-reference", {"source": "urn:uuid:9a2b3c4d-0000-4000-8000-000000000000"}),
    ("core, source: URI-reference", {"source": "mailto:teller@example.org"}),
    ("core, source: URI-reference, relative", {"source": "../till/3;v=1"}),
    ("core, source: URI-reference, a fragment", {"source": "#3"}),
    ("core, source: RFC 3986, IP-literal", {"source": "//[2001:db8::7]:80/till"}),
    ("core, type: no form is required", {"type": "rung up, größer & 中"}),
    ("core, subject", {"subject": "accounts/7 (savings)"}),
    ("core, time: RFC 3339", {"time": "2026-02-28T23:59:59Z"}),
    ("core, time: RFC 3339, an offset", {"time": "2026-02-28T23:59:59.5-11:30"}),
    ("core, time: RFC 3339, lower case", {"time": "2026-02-28t23:59:59z"}),
    ("core, time: RFC 3339, any fraction", {"time": "2026-02-28T23:59:59.000000000001Z"}),
    ("core, datacontenttype: RFC 2046", {"datacontenttype": "text/plain; charset=utf-8"}),
    ("core, datacontenttype: RFC 2046", {"datacontenttype": 'a/b;c="d \\"e"; f=g'}),
    ("core, datacontenttype: a +json subtype", {"datacontenttype": "application/x.y+json", **DATA}),
    ("core, dataschema: URI", {"dataschema": "https://example.org/rung.json#v2", **DATA}),
    ("core, dataschema: URI", {"dataschema": "urn:example:rung:2"}),
    ("core, Attribute Naming Convention", {"2fa": "yes", "a1b2": "", "comexamplefoo": "bar"}),
    ("core, Attribute Naming Convention, SHOULD", {"aname" * 9: "longer than it should be"}),
    ("core, Type System: Boolean", {"flagged": True}),
    ("core, Type System: Integer, its range", {"low": -(2**31), "high": 2**31 - 1}),
    ("core, Type System: String", {"words": "naïve \U0001f600 \u2028"}),
    ("core, Type System: Binary", {"thumbprint": "3q2+7w=="}),
    ("core, Type System: Timestamp", {"seenat": "2026-02-28T23:59:59Z"}),
    ("core, Event Data: none", {"datacontenttype": "application/json"}),
    ("JSON 2.2, null is unset", {"subject": None, "time": None, "dataschema": None}),
    ("JSON 2.2, null is unset", {"datacontenttype": None, "anything": None, "sequence": None}),
    ("JSON 3.1.1, data: any JSON value", {"data": [1, {"deep": None}]}),
    ("JSON 3.1.1, data: an explicit null", {"data": None}),
    ("JSON 3.1.1, data: a string", {"data": "rung", "datacontenttype": "text/plain"}),
    ("JSON 3.1.1, data: names are free in it", {"data": {"Any-Name": 1.5}}),
    ("JSON 3.1.1, data_base64", {"data_base64": "AAEC/w==", "datacontenttype": "image/png"}),
    ("JSON 3.1.1, data_base64, of nothing", {"data_base64": ""}),
    ("sequence: a string", {"sequence": "41", "sequencetype": "Integer"}),
    ("sequence: lexicographically orderable", {"sequence": "2026-02-28/0007"}),
    ("partitioning: a non-empty string", {"partitionkey": "tenant 7"}),
    ("distributed tracing", {"traceparent": "00-ab-cd-01", "tracestate": "a=b"}),
]
"""What a producer may write beside, or instead of, the required attributes."""

INVALID = [
    ("core, specversion: 1.0", {"specversion": "0.3"}, "specversion"),
    ("core, specversion: 1.0", {"specversion": "1"}, "specversion"),
    ("core, specversion: a string", {"specversion": 1.0}, "specversion"),
    ("core, id: non-empty", {"id": ""}, "id"),
    ("core, id: a string", {"id": 4711}, "id"),
    ("core, id: a string", {"id": ["4711"]}, "id"),
    ("core, type: non-empty", {"type": ""}, "type"),
    ("core, source: non-empty", {"source": ""}, "source"),
    ("core, source: URI-reference, no blanks", {"source": "the till"}, "source"),
    ("core, source: RFC 3986, percent-encoding", {"source": "/till/%3"}, "source"),
    ("core, source: RFC 3986, no such character", {"source": "/till/<3>"}, "source"),
    ("core, source: RFC 3986, one fragment", {"source": "/till#3#4"}, "source"),
    ("core, source: RFC 3986, ASCII", {"source": "/kasse/größer"}, "source"),
    ("core, subject: non-empty", {"subject": ""}, "subject"),
    ("core, subject: a string", {"subject": 7}, "subject"),
    ("core, time: RFC 3339", {"time": "yesterday"}, "time"),
    ("core, time: RFC 3339, seconds", {"time": "2026-02-28T23:59Z"}, "time"),
    ("core, time: RFC 3339, an offset", {"time": "2026-02-28T23:59:59"}, "time"),
    ("core, time: RFC 3339, time-hour", {"time": "2026-02-28T24:00:00Z"}, "time"),
    ("core, time: RFC 3339, time-numoffset", {"time": "2026-02-28T23:59:59+24:00"}, "time"),
    ("core, time: RFC 3339, time-numoffset", {"time": "2026-02-28T23:59:59+01:60"}, "time"),
    ("core, time: RFC 3339, time-numoffset", {"time": "2026-02-28T23:59:59+01"}, "time"),
    ("core, time: a string", {"time": 1772323199}, "time"),
    ("core, datacontenttype: RFC 2046", {"datacontenttype": "json"}, "datacontenttype"),
    ("core, datacontenttype: RFC 2046", {"datacontenttype": "text/"}, "datacontenttype"),
    ("core, datacontenttype: RFC 2046", {"datacontenttype": "text/pl ain"}, "datacontenttype"),
    ("core, datacontenttype: non-empty", {"datacontenttype": ""}, "datacontenttype"),
    ("core, dataschema: non-empty", {"dataschema": ""}, "dataschema"),
    ("core, dataschema: URI, not a reference", {"dataschema": "schemas/rung.json"}, "dataschema"),
    ("core, dataschema: a string", {"dataschema": {"type": "object"}}, "dataschema"),
    ("core, Attribute Naming Convention", {"traceParent": "x"}, "traceParent"),
    ("core, Attribute Naming Convention", {"trace_parent": "x"}, "trace_parent"),
    ("core, Attribute Naming Convention", {"trace-parent": None}, "trace-parent"),
    ("core, Attribute Naming Convention", {"größe": "x"}, "größe"),
    ("core, Attribute Naming Convention", {"": "x"}, "“”"),
    ("core, Type System: no such type", {"weight": 1.5}, "weight"),
    ("core, Type System: no such type", {"tags": ["a"]}, "tags"),
    ("core, Type System: no such type", {"who": {"name": "x"}}, "who"),
    ("core, Type System: Integer, its range", {"high": 2**31}, "high"),
    ("core, Type System: Integer, its range", {"low": -(2**31) - 1}, "low"),
    ("JSON 2.2, Integer: only the integer component", {"count": 7.0}, "count"),
    ("core, Type System: String, C0 controls", {"words": "bell\x07"}, "words"),
    ("core, Type System: String, C1 controls", {"words": "next\x85line"}, "words"),
    ("core, Type System: String, noncharacters", {"words": "\ufdd0"}, "words"),
    ("core, Type System: String, noncharacters", {"words": "\U0002ffff"}, "words"),
    ("core, Type System: String, in every attribute", {"id": "47\x0011"}, "id"),
    ("core, Type System: String, in every attribute", {"subject": "a\tb"}, "subject"),
    ("JSON 3.1.1, data or data_base64", {"data": 1, "data_base64": "AAEC"}, "data_base64"),
    ("JSON 3.1.1, data_base64: RFC 4648", {"data_base64": "AAE"}, "data_base64"),
    ("JSON 3.1.1, data_base64: RFC 4648", {"data_base64": "-_8="}, "data_base64"),
    ("JSON 3.1.1, data_base64: a string", {"data_base64": [0, 1, 2]}, "data_base64"),
    ("sequence: a non-empty string", {"sequence": ""}, "sequence"),
    ("partitioning: a non-empty string", {"partitionkey": ""}, "partitionkey"),
]
"""What a producer must not write, and by which name we refuse it."""

ids = [f"{clause}: {str(changes)[:40]}" for clause, changes in VALID]
invalid_ids = [f"{clause}: {str(changes)[:40]}" for clause, changes, _ in INVALID]


def line_of(document: object) -> bytes:
    return json.dumps(document).encode() + b"\n"


def rewritten(*documents: object) -> list[dict[str, object]]:
    read = read_events([line_of(document) for document in documents], CODEC)
    return [json.loads(line) for line in write_events(read, CODEC)]


def known(document: dict[str, object]) -> dict[str, object]:
    """A document without what a ledger adds to it, or has its own word for: its places."""
    ours = {"streamversion", "chainhash", "untimed"}
    ours |= {name for name in ("sequence", "partitionkey", "time") if document.get(name) is None}
    return {name: value for name, value in document.items() if name not in ours}


@pytest.mark.parametrize(("clause", "changes"), VALID, ids=ids)
def test_what_is_valid_is_read_and_goes_out_as_it_came(clause: str, changes) -> None:
    document = {**REQUIRED, **changes}
    (written,) = rewritten(document)
    added = {"sequence", "partitionkey", "time", "streamversion", "chainhash", "untimed"}
    assert {**document, **{name: written[name] for name in added & written.keys()}} == written
    for name in document.keys() & {"sequence", "partitionkey", "time"}:
        assert document[name] in (None, written[name]), clause
    assert rewritten(written) == [written]


@pytest.mark.parametrize(("clause", "changes", "name"), INVALID, ids=invalid_ids)
def test_what_is_invalid_is_refused_with_line_and_reason(clause: str, changes, name: str) -> None:
    with pytest.raises(RefusedLine) as refused:
        list(read_events([line_of(REQUIRED), line_of({**REQUIRED, **changes})], CODEC))
    assert refused.value.line == 2, clause
    assert name in refused.value.reason


@pytest.mark.parametrize("name", sorted(REQUIRED))
@pytest.mark.parametrize("instead", [None, "nothing"])
def test_the_four_required_attributes_are_required(name: str, instead: str | None) -> None:
    document = {**REQUIRED, name: None}
    if instead == "nothing":
        del document[name]
    with pytest.raises(RefusedLine, match=name):
        list(read_events([line_of(document)], CODEC))


_values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.dictionaries(st.text(max_size=8), _values, max_size=4))
def test_any_attributes_go_out_as_they_came_or_are_refused(attributes) -> None:
    document = {**attributes, **REQUIRED}
    try:
        (written,) = rewritten(document)
    except RefusedLine:
        return
    assert known(document).items() <= written.items()


# What the CloudEvents project itself says of these cases.


@pytest.fixture(scope="module")
def is_valid():
    jsonschema = pytest.importorskip("jsonschema")
    if not SCHEMA.exists():
        pytest.skip(f"CloudEvents' JSON Schema is not at {SCHEMA}")
    schema = json.loads(SCHEMA.read_text())
    return jsonschema.Draft7Validator(schema).is_valid


@pytest.mark.parametrize(("clause", "changes"), VALID, ids=ids)
def test_the_projects_schema_takes_what_we_read_and_what_we_write(
    is_valid, clause: str, changes
) -> None:
    document = {**REQUIRED, **changes}
    assert is_valid(document), clause
    assert all(map(is_valid, rewritten(document))), clause


@given(
    st.fixed_dictionaries(
        dict.fromkeys(REQUIRED, _values),
        optional=dict.fromkeys(
            ["subject", "time", "datacontenttype", "dataschema", "data", "data_base64"],
            _values | st.just([]),
        ),
    ),
    st.sets(st.sampled_from(sorted(REQUIRED))),
)
def test_what_the_projects_schema_refuses_is_refused(is_valid, drawn, sound) -> None:
    document = drawn | {name: REQUIRED[name] for name in sound}
    if not is_valid(document):
        with pytest.raises(RefusedLine):
            list(read_events([line_of(document)], CODEC))


@pytest.mark.parametrize(("clause", "changes"), VALID, ids=ids)
def test_the_projects_sdk_reads_what_we_write(clause: str, changes) -> None:
    sdk = pytest.importorskip("cloudevents.core.v1.event")
    json_format = pytest.importorskip("cloudevents.core.formats.json").JSONFormat()
    (written,) = rewritten({**REQUIRED, **changes})
    written = {name: value for name, value in written.items() if value is not None}
    event = json_format.read(sdk.CloudEvent, json.dumps(written))
    assert (event.get_id(), event.get_source()) == (written["id"], written["source"]), clause
