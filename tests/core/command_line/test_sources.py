"""Dumps of other event stores, at the terminal: recognised, read, converted, and said how."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from esbank_core.command_line import opening
from tests.core.command_line.processes import ROOT, needs_processes, python
from tests.core.sources import examples, faults
from tests.core.sources.examples import ALL, STORY

each_source = pytest.mark.parametrize(("reader", "make"), ALL.values(), ids=list(ALL))


def written(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


@each_source
@pytest.mark.parametrize(
    ("layout", "make_file"),
    [
        ("JSON Lines", examples.json_lines),
        ("JSON array", examples.indented),
        ("CSV", lambda records: gzip.compress(examples.csv(records))),
    ],
    ids=["lines", "array", "packed CSV"],
)
def test_every_source_is_recognised_and_said_in_one_line(
    run, run_json, tmp_path, reader, make, layout, make_file
) -> None:
    path = written(tmp_path, "dump", make_file(make()))
    found = run_json("replay", path)
    assert found["position"] == len(STORY)
    if reader == "cloudevents" and layout == "JSON Lines":
        assert "sources" not in found  # our own format
        return
    (source,) = found["sources"]
    assert (source["reader"], source["layout"]) == (reader, layout)
    assert (source["records"], source["events"], source["unplaced"]) == (5, 5, [])
    first, *_ = run("replay", path).splitlines()
    assert first.startswith(f"{path}: read as {reader} ({layout}")
    assert first.endswith(": 5 events of 5 records.")


@each_source
@pytest.mark.parametrize("layout", faults.LAYOUTS)
def test_a_fault_in_a_dump_is_found(run_json, tmp_path, monkeypatch, reader, make, layout) -> None:
    data = examples.LAYOUTS[layout](faults.with_a_fault(make, monkeypatch))
    path = written(tmp_path, "dump", data)
    condition = "field-equals", faults.field_of(reader), str(faults.AMOUNT)
    found = run_json("find", path, *condition)
    assert [moment["position"] for moment in found["moments"]] == [faults.AT]


@each_source
def test_what_was_converted_is_the_same_history(run, run_json, tmp_path, reader, make) -> None:
    path = written(tmp_path, "dump", examples.json_lines(make()))
    target, base = str(tmp_path / "ours.jsonl"), str(tmp_path / "ours.db")
    run("convert", path, target)
    run("convert", path, base)
    for command in (["replay"], ["find", "mentions", "rent"], ["ask", "flows"], ["diff", "2", "4"]):
        name, *rest = command
        told, again, in_base = (run_json(name, one, *rest) for one in (path, target, base))
        for found in (told, again):
            found.pop("sources", None)
        assert in_base == again == told
    assert run_json("verify", target)["ok"]
    assert run_json("verify", base)["events"] == len(STORY)


def test_a_database_of_somebody_elses_is_read_and_left_as_it_is(run_json, tmp_path) -> None:
    path = tmp_path / "theirs.db"
    for mode in ("DELETE", "WAL"):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"PRAGMA journal_mode = {mode}")
            rows = examples.marten()
            database.execute(f"CREATE TABLE mt_events ({', '.join(rows[0])})")
            for row in rows:
                cells = [json.dumps(c) if isinstance(c, dict) else c for c in row.values()]
                database.execute(f"INSERT INTO mt_events VALUES ({'?, ' * 8}?)", cells)
            database.commit()
            if mode == "WAL":
                before = path.read_bytes()
                (source,) = run_json("replay", str(path))["sources"]
        if mode == "DELETE":
            before = path.read_bytes()
            (source,) = run_json("replay", str(path))["sources"]
            assert [one.name for one in tmp_path.iterdir()] == ["theirs.db"]
            assert path.read_bytes() == before
        assert (source["reader"], source["layout"], source["events"]) == ("marten", "SQLite", 5)


def test_standard_input_is_read_as_a_file_is(run, run_json, tmp_path) -> None:
    data = gzip.compress(examples.csv(examples.marten()))
    (source,) = run_json("replay", "-", stdin=data)["sources"]
    assert (source["file"], source["packed"], source["events"]) == ("standard input", True, 5)
    converted = tmp_path / "ours.jsonl"
    run("convert", "-", str(converted), stdin=data)
    assert run_json("replay", str(converted))["position"] == 5


def test_our_own_format_is_read_however_it_is_packed(run_json, file, tmp_path) -> None:
    ours = Path(file).read_bytes()
    told = run_json("replay", file)
    array = b"[" + b",".join(ours.splitlines()) + b"]"
    for data in (
        b"\xef\xbb\xbf" + ours,
        ours.decode().encode("utf-16"),
        gzip.compress(ours),
        array,
        gzip.compress(array),
    ):
        found = run_json("replay", "-", stdin=data)
        assert found.pop("sources")[0]["reader"] == "cloudevents"
        assert found == told


def test_records_without_a_place_are_counted_with_an_example_of_each(run, run_json) -> None:
    records = [*examples.marten(), {"seq_id": 99, "stream_id": "s", "version": 1, "type": ""}]
    data = examples.json_lines(records) + b'{"a": \x1b[31m}\n'
    first, *_ = run("replay", "-", stdin=data).splitlines()
    assert (
        "5 events of 7 records. Without a place: 1 × field missing /type (record 6, line 6" in first
    )
    assert '1 × not JSON (record 7, line 7: {"a": \\x1b[31m})' in first
    unplaced = run_json("replay", "-", stdin=data)["sources"][0]["unplaced"]
    assert [(one["what"], one["count"], one["record"], one["line"]) for one in unplaced] == [
        ("field missing", 1, 6, 6),
        ("not JSON", 1, 7, 7),
    ]


def test_another_reader_can_be_chosen(run, run_json) -> None:
    data = examples.json_lines(examples.commanded())
    chosen = ["--source", "rails-event-store"]
    (source,) = run_json("replay", "-", *chosen, stdin=data)["sources"]
    assert (source["reader"], source["events"]) == ("rails-event-store", 5)
    refused = run("replay", "-", "--source", "oracle", stdin=data, status=2)
    assert "oracle is no source; they are " in refused
    assert "message-db" in refused


def test_records_of_nothing_known_are_refused_with_a_way_on(run) -> None:
    for command in (["replay"], ["find", "frozen"], ["ask", "flows"]):
        name, *rest = command
        refused = run(name, "-", *rest, stdin=b"what,who\nopened,ada\n", status=2)
        assert "of no source that is known. They have what, who; " in refused
        assert "mapping" in refused


CSV = b"""when;happened;till;blob
02/03/2026;x;T-1;
2026-03-02 10:00:00;till.made;T-1;{"cents": 0}
2026-03-02 10:00:01;till.opened;T-1;{"cents": 500}
2026-03-02 10:00:02;till.opened;T-2;{"cents": -5}
"""
MAPPING = (
    b"""{"mapping": 1, "type": "/happened", "stream": "/till", "time": "/when", "data": "/blob"}"""
)


def test_a_csv_that_nobody_foresaw_is_mapped_by_hand(run, run_json, tmp_path) -> None:
    mapping = written(tmp_path, "till.json", MAPPING)
    path = written(tmp_path, "tills.csv", CSV)
    found = run_json("find", path, "field-equals", "data.cents", "-5", "--mapping", mapping)
    assert [one["position"] for one in found["moments"]] == [3]
    (source,) = found["sources"]
    assert (source["reader"], source["order"], source["events"]) == ("mapping", "time", 3)
    (unplaced,) = source["unplaced"]
    assert (unplaced["what"], unplaced["field"], unplaced["record"]) == (
        "another kind of value",
        "/when",
        1,
    )
    assert "read by the mapping (CSV), in order of time: 3 events of 4 records." in run(
        "replay", path, "--mapping", mapping
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "it is not JSON"),
        (b"\xff\x00", "it is not JSON"),
        (b"[]", 'begins with "mapping": 1'),
        (b'{"mapping": 1, "type": "/a", "shape": 3}', "“shape” is not a list of names"),
        (b'{"mapping": 1, "type": "/a", "colou\\u001br": "/b"}', "“colou\\x1br” is no part"),
        (b'{"mapping": 1, "type": "a"}', "“type” is not where a field stands"),
        (b'{"mapping": 1}', "where the type of an event stands"),
    ],
)
def test_what_is_no_mapping_says_why(run, tmp_path, text, sentence) -> None:
    mapping = written(tmp_path, "mapping.json", text)
    refused = run("replay", "-", "--mapping", mapping, stdin=CSV, status=2)
    assert f"{mapping} is no mapping: " in refused
    assert sentence in refused


def test_a_mapping_that_is_not_there_or_of_another_file_is_said(run, tmp_path) -> None:
    assert "no-such cannot be read" in run("replay", "-", "--mapping", "no-such", status=2)
    assert "not allowed with" in run(
        "replay", "-", "--mapping", "m", "--source", "marten", status=2
    )
    mapping = written(tmp_path, "m.json", b'{"mapping": 1, "type": "/nowhere"}')
    assert "No record has what the mapping names" in run(
        "replay", "-", "--mapping", mapping, stdin=CSV
    )


def test_an_empty_packed_file_has_no_record_in_it(run) -> None:
    assert "standard input: no record is in it" in run(
        "replay", "-", stdin=gzip.compress(b""), status=2
    )


def test_a_chain_of_their_own_is_verified_by_their_rule(run, run_json) -> None:
    records = examples.eventsourcingdb()
    found = run_json("replay", "-", stdin=examples.json_lines(records))
    assert found["sources"][0]["hashes"]["verified"] == 5
    records[2]["data"] = {"owner": "Eve", "currency": "USD"}
    spoilt = examples.json_lines(records)
    assert run_json("replay", "-", stdin=spoilt)["sources"][0]["hashes"]["altered"] == ["2"]
    assert "4 events verified, 4 linked to the event before; altered: 1, first 2." in run(
        "replay", "-", stdin=spoilt
    )


@needs_processes
def test_what_is_converted_goes_through_a_pipe(tmp_path) -> None:
    path = written(tmp_path, "dump.csv", examples.csv(examples.marten()))
    found = python("-m", "esbank_core", "convert", path, "-", cwd=ROOT)
    assert found.stderr.decode().startswith(f"{path}: read as marten (CSV)")
    assert len(found.stdout.splitlines()) == len(STORY)


def test_what_is_known_is_listed_with_how_it_is_recognised(run, run_json) -> None:
    listed = {one["name"]: one for one in run_json("sources")["sources"]}
    assert set(listed) == {reader for reader, _ in ALL.values()}
    assert listed["marten"]["recognised_by"] == ["/seq_id", "/stream_id", "/version", "/type"]
    assert listed["marten"]["parts"]["position"] == ["/seq_id"]
    shown = run("sources")
    assert all(name in shown for name in listed)


@each_source
def test_a_file_is_said_to_be_of_its_source(run, run_json, tmp_path, reader, make) -> None:
    path = written(tmp_path, "dump", examples.json_lines(make()))
    found = run_json("sources", path)
    assert found["source"] == reader
    assert all(one["example"] is not None for one in found["fields"])
    assert f"is of {reader}: " in run("sources", path)


def test_a_suggested_mapping_is_a_file_to_read_with(run, run_json, tmp_path) -> None:
    path = written(tmp_path, "tills.csv", CSV.replace(b"02/03/2026", b"2026-03-01"))
    suggested = run("sources", path, "--suggest")
    mapping = written(tmp_path, "mapping.json", suggested.encode())
    (source,) = run_json("replay", path, "--mapping", mapping)["sources"]
    assert (source["reader"], source["events"], source["order"]) == ("mapping", 4, "time")
    shown = run("sources", path)
    assert "is of no source that is known." in shown
    assert "record 2: till.made of T-1, 2026-03-02T10:00:00.000Z" in shown
    for refused in (["--suggest"], ["no-such-file"]):
        run("sources", *refused, status=2)
    assert "no record is in it" in run("sources", "-", stdin=gzip.compress(b""), status=2)


def test_verify_goes_by_the_rule_of_the_store_that_hashed(run, run_json, tmp_path) -> None:
    records = examples.eventsourcingdb()
    path = written(tmp_path, "theirs.jsonl", examples.json_lines(records))
    assert run("verify", path).startswith("Intact by EventSourcingDB's own rule.")
    records[2]["data"] = {"owner": "Eve"}
    written(tmp_path, "theirs.jsonl", gzip.compress(examples.json_lines(records)))
    found = run_json("verify", path, status=1)
    assert (found["ok"], found["by"], found["altered"]) == (False, "eventsourcingdb", ["2"])
    written(tmp_path, "theirs.jsonl", examples.json_lines([records[0], *records[3:]]))
    assert run_json("verify", path)["ok"]  # what lies between is not in the file
    records[4]["predecessorhash"] = "0" * 64
    written(tmp_path, "theirs.jsonl", examples.json_lines(records[:2] + records[3:]))
    assert "not following: 1, first 4" in run("verify", path, status=1)
    converted = str(tmp_path / "ours.jsonl")
    run("convert", path, converted)
    assert run("verify", converted).startswith("Intact: 4 events")


def test_a_large_file_of_ours_is_told_as_it_is_read(
    run, run_json, monkeypatch, file, sealed, tmp_path
) -> None:
    commands = [["replay"], ["find", "frozen"], ["diff", "1", "5"], ["ask", "flows"]]
    commands += [["find", "refused-today"], ["test", "--at", "4"]]
    twice = tmp_path / "twice.jsonl"
    twice.write_bytes(Path(file).read_bytes() * 2)
    for path in (file, str(sealed), str(twice)):
        for name, *rest in commands:
            held = run_json(name, path, *rest)
            with monkeypatch.context() as small:
                small.setattr(opening, "LARGE", 0)
                told = run_json(name, path, *rest)
            assert ("sources" in told) == (path != str(twice))
            told.pop("sources", None)
            assert told == held
    cut = written(tmp_path, "cut.jsonl", Path(file).read_bytes()[:-30])
    monkeypatch.setattr(opening, "LARGE", 0)
    assert "Line 7: " in run("replay", cut, status=2)


def test_an_event_that_no_file_of_ours_may_hold_is_left_out_and_said(
    run, run_json, tmp_path
) -> None:
    records = examples.marten()
    for nth, size in ((1, 2_000_000), (2, 1_040_000), (3, 524_000)):
        records[nth]["data"] = {"note": "x" * size}
    records[0]["tenant_id"] = '"' * 700_000  # which is written as four characters each
    path = written(tmp_path, "dump.jsonl", examples.json_lines(records))
    for name in ("ours.jsonl", "ours.db"):
        target = str(tmp_path / name)
        found = run_json("convert", path, target)
        assert found["events"] == 3
        (unplaced,) = found["sources"][0]["unplaced"]
        assert (unplaced["what"], unplaced["count"], unplaced["record"]) == ("too long", 2, 1)
        assert run_json("replay", target)["position"] == 3
    assert run_json("replay", path)["position"] == 5
