"""``esbank sources``: the event stores that are known, and what a file seems to be of."""

from __future__ import annotations

from argparse import Namespace, RawDescriptionHelpFormatter
from typing import Final

from esbank_core.command_line.exit_status import INTACT
from esbank_core.command_line.grammar import FILES, Commands, may_be_json
from esbank_core.command_line.opening import dump_of
from esbank_core.command_line.printing import (
    print_json,
    print_line,
    print_lines,
    print_table,
    written,
)
from esbank_core.command_line.problem import ProblemError
from esbank_core.kernel.written.times import format_time
from esbank_core.questions.ask import Column
from esbank_core.sources.cloud_events import CloudEvents
from esbank_core.sources.dump import Dump
from esbank_core.sources.known import SOURCES, Source, chosen
from esbank_core.sources.mapping import PARTS, Mapping, write_mapping
from esbank_core.sources.pointers import format_pointer
from esbank_core.sources.previewing import (
    Previewed,
    fields_found,
    mapping_to_begin_with,
    preview,
)
from esbank_core.sources.records import Unplaced
from esbank_core.sources.table import Part

STORES: Final = {
    "eventsourcingdb": "EventSourcingDB, CloudEvents with hashes of their own",
    "cloudevents": "CloudEvents 1.0 of any producer, and our own format",
    "kurrentdb-http": "KurrentDB and EventStoreDB, the Atom feed over HTTP (embed=rich)",
    "kurrentdb-grpc": "KurrentDB and EventStoreDB, resolved events of the gRPC clients",
    "kurrentdb-event": "the same, the recorded events alone",
    "marten": "Marten, the table mt_events",
    "message-db": "message-db and Eventide, the table messages",
    "axon": "Axon's JPA and JDBC stores, the table domain_event_entry",
    "python-eventsourcing": "Python's eventsourcing, the table stored_events",
    "commanded": "Commanded and EventStore (Elixir), the table events",
    "rails-event-store": "Rails Event Store, its events joined with their streams",
    "emmett": "Emmett, the table emt_messages",
    "prooph": "Prooph, a stream's table",
    "eventflow": "EventFlow, the table EventFlow",
    "kcat": "Kafka, records as kcat -J writes them",
    "debezium": "Debezium's change events: what happened to rows, and not why",
}
"""What each source is, by name."""

_PARTS: Final = (
    *("stream", "type", "version", "position", "time", "data", "actor"),
    *("correlation", "causation"),
)

_WIDEST: Final = 120
"""Characters of an event's data."""

SUGGESTING: Final = """\
With FILE, it says what the file seems to be of, which fields its records have, and a mapping to
begin with. Keep that by --suggest, change what is wrong in it, and give it to any command:

  esbank sources dump.csv --suggest > mapping.json
  esbank replay dump.csv --mapping mapping.json

A mapping says where each part of an event stands, as a JSON Pointer such as /payload/total, which
also looks into JSON within a text; the parts are type, which every event has, and stream, version,
position, time, data, actor, correlation and causation, which may be left out. "data": "" is the
whole record.
"""


def add_to(commands: Commands) -> None:
    """Add the grammar of this command."""
    sources = commands.add_parser(
        "sources",
        help="list the event stores that are known, or say what a file is of",
        description="List the event stores whose dumps are known, and how they are recognised; or "
        "say what a file seems to be of.",
        epilog=f"{SUGGESTING}\n{FILES}",
        formatter_class=RawDescriptionHelpFormatter,
    )
    sources.add_argument("file", metavar="FILE", nargs="?")
    sources.add_argument(
        "--suggest", action="store_true", help="print a mapping of FILE to begin with, alone"
    )
    may_be_json(sources)
    sources.set_defaults(run=run)


def run(given: Namespace) -> int:
    """List what is known, or say what a file seems to be of."""
    if given.file is None:
        if given.suggest:
            raise ProblemError("A mapping is suggested of a file: give FILE.")
        _list(as_json=given.json)
        return INTACT
    with dump_of(given.file) as dump:
        if not dump.sample:
            raise ProblemError(f"{given.file}: no whole record is at its beginning.")
        mapping = mapping_to_begin_with(dump.sample)
        if given.suggest:
            print(write_mapping(mapping), end="")
        elif given.json:
            print_json(_document(given.file, dump, mapping))
        else:
            _print(given.file, dump, mapping)
    return INTACT


def _list(*, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "sources": [
                    {
                        "name": source.name,
                        "store": STORES[source.name],
                        "recognised_by": list(source.marks),
                        "parts": _parts(source),
                    }
                    for source in SOURCES
                ]
            }
        )
        return
    print_table(
        [Column("source"), Column("recognised by"), Column("store")],
        [
            (
                source.name,
                " ".join(mark.removeprefix("/") for mark in source.marks),
                STORES[source.name],
            )
            for source in SOURCES
        ],
    )
    print()
    print_lines(
        [
            "Layouts: JSON Lines, a JSON array, an object that holds one, CSV with a header, and",
            "SQLite; each plain or gzipped, in UTF-8 or UTF-16. A source is recognised by fields",
            "that only its records have together, whatever the case of their names.",
            "`esbank sources FILE` says what a file is of, and suggests a mapping.",
        ]
    )


def _parts(source: Source) -> dict[str, list[str]]:
    if isinstance(source, CloudEvents):
        return {}
    found: dict[str, list[str]] = {}
    for name in _PARTS:
        part: Part = getattr(source.parts, name)
        # What is derived of several fields stands in none.
        pointers = [p for p in map(format_pointer, part.pointers) if not p.startswith("/=")]
        if pointers:
            found[name] = pointers
    return found


def _document(path: str, dump: Dump, mapping: Mapping) -> dict[str, object]:
    source = chosen(dump.recognitions)
    return {
        "file": path,
        "layout": dump.layout,
        "encoding": dump.encoding,
        "packed": dump.is_packed,
        "source": source.source if source else None,
        "recognised": [
            {"source": one.source, "certainty": one.certainty} for one in dump.recognitions
        ],
        "fields": [
            {"pointer": format_pointer(found.pointer), "example": found.example}
            for found in fields_found(dump.sample)
        ],
        "mapping": {
            name: format_pointer(pointer)
            for name in PARTS
            if (pointer := getattr(mapping, name)) is not None
        },
        "preview": [_previewed(one) for one in preview(dump.sample, source or mapping)],
    }


def _previewed(one: Previewed | Unplaced) -> dict[str, object]:
    if isinstance(one, Unplaced):
        return {"record": one.number, "why": one.why, "field": one.field}
    return {
        "record": one.number,
        "stream": one.stream,
        "type": one.type,
        "version": one.version,
        "position": one.position,
        "time": one.time,
        "actor": one.actor and one.actor.id,
        "data": one.data,
    }


def _print(path: str, dump: Dump, mapping: Mapping) -> None:
    packed = ", packed" if dump.is_packed else ""
    source = chosen(dump.recognitions)
    if source is None:
        print_line(f"{path} ({dump.layout}{packed}) is of no source that is known.")
    else:
        others = [one for one in dump.recognitions if one.source != source.source]
        less = "".join(f"; less surely {one.source}" for one in others)
        store = STORES[source.source]
        print_line(f"{path} ({dump.layout}{packed}) is of {source.source}: {store}{less}.")
    print()
    print_table(
        [Column("field"), Column("for example")],
        [(format_pointer(found.pointer), found.example) for found in fields_found(dump.sample)],
    )
    if source is None:
        print()
        print_line("A mapping to begin with, as --suggest prints it by itself:")
        print_lines(write_mapping(mapping).splitlines())
    shown = preview(dump.sample, source or mapping)
    if shown:
        print()
        print_line("With that, the first records would be:")
        print_lines(map(_shown, shown))


def _shown(one: Previewed | Unplaced) -> str:
    if isinstance(one, Unplaced):
        return f"  record {one.number}: no event, {one.why} {one.field}".rstrip()
    version = "" if one.version is None else f" version {one.version},"
    time = "no time" if one.time is None else format_time(one.time)
    return (
        f"  record {one.number}: {one.type} of {one.stream},{version} {time}, {written(one.data)}"
    )
