"""The store in an SQLite file, held to what every store promises, and to what only it does."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from esbank_core import (
    CODEC,
    Damage,
    Event,
    Ledger,
    Metadata,
    RecordedEvent,
    Unwritable,
    empty_ledger,
)
from esbank_core.bank.events import MoneyDeposited
from esbank_core.kernel.recorded import UnknownEvent, record
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.audit import Audit, verify
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.event_file import read_events, write_events
from esbank_core.kernel.written.importing import import_events
from esbank_core.kernel.written.suspect import Sign
from tests.core.histories import ledgers
from tests.core.store_conformance import (
    BY_TELLER,
    NOON,
    OPENED,
    DurableStoreConformance,
    NewStore,
    Store,
)

Open = Callable[[Path], SqliteStore[Event]]


@pytest.fixture
def open_store() -> Iterator[Open]:
    """Opens ledgers, and closes them after the test."""
    opened: list[SqliteStore[Event]] = []

    def open_at(path: Path) -> SqliteStore[Event]:
        opened.append(SqliteStore(str(path), CODEC))
        return opened[-1]

    yield open_at
    for store in opened:
        store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


class TestSqliteStore(DurableStoreConformance):
    @pytest.fixture
    def new_store(self, open_store: Open, tmp_path: Path) -> NewStore:
        self._open = open_store
        self._paths = (tmp_path / f"{nth}.sqlite" for nth in itertools.count())
        return lambda: open_store(next(self._paths))

    def reopened(self, store: Store) -> Store:
        return self._open(Path(path_of(store)))


def path_of(store: SqliteStore[Event]) -> str:
    with closing(store._file.connection.execute("PRAGMA database_list")) as databases:
        return databases.fetchone()[2]


# A file of events, and a ledger in SQLite, are two forms of one thing.


@given(ledgers())
def test_a_history_moves_to_sqlite_and_back_byte_for_byte(ledger: Ledger) -> None:
    with SqliteStore(":memory:", CODEC) as store:
        store.restore(ledger.recorded)
        assert list(store.read()) == list(ledger.recorded)
        assert list(store.lines()) == list(write_events(ledger.recorded, CODEC))


def test_what_is_not_ours_is_kept_as_it_was(open_store: Open, path: Path) -> None:
    (ours,) = record([OPENED], BY_TELLER, stream_id="ACC-1", version=0, position=0)
    theirs = replace(
        ours,
        event=UnknownEvent("LoanGranted", 4, {"of": [1.5, None]}),
        id="7f3a",
        version=2,
        position=2,
        attributes={"source": "https://bank.example", "traceparent": "00-4bf9"},
    )
    store = open_store(path)
    store.restore([ours, theirs])
    assert list(store.read()) == [ours, theirs]
    assert list(store.read_stream("ACC-1", 1)) == [theirs]


def test_what_is_appended_one_by_one_is_one_chain(open_store: Open, path: Path) -> None:
    open_store(path).append("A", 0, [OPENED], BY_TELLER)
    open_store(path).append("B", 0, [OPENED, MoneyDeposited(1)], BY_TELLER)
    open_store(path).append("A", 1, [MoneyDeposited(2)], BY_TELLER)
    audit = verify(["".join(open_store(path).lines()).encode()], CODEC)
    assert (audit.events, audit.broken) == (4, None)


@pytest.mark.parametrize(("position", "version"), [(1, 1), (3, 2), (2, 1), (2, 3)])
def test_only_what_follows_is_restored(
    open_store: Open, path: Path, position: int, version: int
) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED], BY_TELLER)
    (good,) = record([OPENED], BY_TELLER, stream_id="B", version=0, position=1)
    (bad,) = record([OPENED], BY_TELLER, stream_id="A", version=1, position=1)
    with pytest.raises(Damage, match="the ledger continues at 2, version 2"):
        store.restore([replace(bad, position=position, version=version)])
    with pytest.raises(Damage, match="the ledger continues at 3, version 2"):
        store.restore([good, bad])
    assert store.head == 1


def test_what_cannot_be_read_back_is_not_restored(open_store: Open, path: Path) -> None:
    store = open_store(path)
    good, bad = record([OPENED] * 2, BY_TELLER, stream_id="A", version=0, position=0)
    with pytest.raises(Unwritable):
        store.restore([good, replace(bad, attributes={"data": {}})])
    assert store.head == 0


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_store_is_not_restored_from_itself(open_store: Open, path: Path, after: int) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED, MoneyDeposited(1)], BY_TELLER)
    for source in (store, open_store(path)):
        with (
            pytest.raises(Damage, match="the ledger continues at 3") if after < 2 else nullcontext()
        ):
            store.restore(source.read(after))
    assert store.head == 2


# A name that is taken is never given again.


def filtered() -> list[RecordedEvent[Event]]:
    """A stream of which the second event was left out."""
    whole = record(
        [OPENED, *map(MoneyDeposited, (1, 2, 3))], BY_TELLER, stream_id="A", version=0, position=0
    )
    return [
        replace(one, version=nth, position=nth)
        for nth, one in enumerate((whole[0], whole[2], whole[3]), start=1)
    ]


def test_what_is_appended_to_a_filtered_history_goes_by_a_free_name(
    open_store: Open, path: Path
) -> None:
    store, before = open_store(path), open_store(path)
    before.append("Z", 0, [], BY_TELLER)
    store.restore(filtered())
    assert [r.id for r in store.append("A", 3, [MoneyDeposited(9)], BY_TELLER)] == ["A/4.2"]
    for other in (before, open_store(path), store):
        version = len(list(other.read_stream("A")))
        (appended,) = other.append("A", version, [MoneyDeposited(9)], BY_TELLER)
        assert appended.id == f"A/{version + 1}"
    ledger = empty_ledger().extend(store.read())
    assert import_events(ledger, read_events(map(str.encode, store.lines()), CODEC)).skipped == 7


def test_a_name_is_not_restored_twice(open_store: Open, path: Path) -> None:
    store = open_store(path)
    first, third, fourth = filtered()
    for again in (
        [first, replace(third, id="A/1")],
        [first, third, replace(fourth, id=third.id)],
        [first, replace(third, id="x"), replace(fourth, id="x")],
    ):
        with pytest.raises(Damage, match="is in the ledger already"):
            store.restore(again)
    store.restore([first, third])
    for again in ("A/1", "A/3"):
        with pytest.raises(Damage, match="is in the ledger already"):
            store.restore([replace(fourth, id=again)])
    elsewhere = {"source": "https://bank.example"}
    store.restore([replace(fourth, id="A/3", attributes=elsewhere)])
    assert store.head == 3


# What is broken is named, and never guessed at.


TAMPERING = [
    ("DELETE FROM ledger WHERE position = 1", "Event 1 is missing"),
    ("DELETE FROM ledger WHERE position = 3", "Event 3 is missing"),
    ("DELETE FROM ledger WHERE position IN (2, 4)", "Event 2 is missing"),
    ("UPDATE ledger SET position = 9 WHERE position = 5", "Event 5 is missing"),
    ("UPDATE ledger SET stream_id = 'C' WHERE position = 5", "of stream A"),
    ("UPDATE ledger SET stream_id = 'B', version = 4 WHERE position = 5", "of stream A"),
    ("UPDATE ledger SET version = 9 WHERE position = 5", "streamversion"),
    (
        (
            "UPDATE ledger SET position = 9 WHERE position = 5;"
            "UPDATE ledger SET position = 5 WHERE position = 6;"
            "UPDATE ledger SET position = 6 WHERE position = 9"
        ),
        "“sequence”",
    ),
    ("UPDATE ledger SET stream_id = 'E', version = 1 WHERE position = 5", "of stream A"),
]


@pytest.mark.parametrize(("change", "reason"), TAMPERING)
def test_nothing_is_decided_on_a_ledger_that_was_tampered_with(
    open_store: Open, path: Path, change: str, reason: str
) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED, MoneyDeposited(5)], BY_TELLER)
    store.append("B", 0, [OPENED, MoneyDeposited(5)], BY_TELLER)
    store.append("A", 2, [MoneyDeposited(6)], BY_TELLER)
    store.append("B", 2, [MoneyDeposited(7)], BY_TELLER)
    with closing(sqlite3.connect(path)) as intruder, intruder:
        for statement in change.split(";"):
            intruder.execute(statement)
    for work in (
        lambda: list(open_store(path).read()),
        lambda: list(open_store(path).read_stream("A")),
        lambda: open_store(path).append("A", 3, [MoneyDeposited(1)], BY_TELLER),
        lambda: open_store(path).append("B", 3, [MoneyDeposited(1)], BY_TELLER),
        lambda: open_store(path).append("D", 0, [OPENED], BY_TELLER),
        lambda: open_store(path).remember("A", 3, "command-9", ()),
    ):
        with pytest.raises(Damage, match=reason):
            work()


@pytest.mark.parametrize(
    ("change", "position", "sign"),
    [
        ("DELETE FROM ledger WHERE position = 1", 1, Sign.NUMBERS_SKIPPED),
        ("DELETE FROM ledger WHERE position IN (3, 4)", 3, Sign.NUMBERS_SKIPPED),
        ("UPDATE ledger SET stream_id = 'C' WHERE position = 1", 1, Sign.ROW_DIFFERS),
        ("UPDATE ledger SET stream_id = 'C' WHERE position = 5", 5, Sign.ROW_DIFFERS),
        ("UPDATE ledger SET version = 9 WHERE position = 4", 4, Sign.ROW_DIFFERS),
        ("UPDATE ledger SET position = 9 WHERE position = 6", 6, Sign.ROW_DIFFERS),
        ("UPDATE ledger SET position = 9 WHERE position = 2", 2, Sign.OTHER_STANDS_HERE),
        ("UPDATE ledger SET line = '{' WHERE position = 2", 2, Sign.NOT_JSON),
        ("UPDATE ledger SET line = replace(line, ':6,', ':8,')", 5, Sign.HASH_DIFFERS),
        (
            (
                "UPDATE ledger SET line = replace(line, ':5,', ':8,');"
                "UPDATE ledger SET version = 4 WHERE position = 6"
            ),
            2,
            Sign.HASH_DIFFERS,
        ),
    ],
)
def test_what_someone_has_changed_is_a_break(
    open_store: Open, path: Path, change: str, position: int, sign: Sign
) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED, MoneyDeposited(5)], BY_TELLER)
    store.append("B", 0, [OPENED, MoneyDeposited(7)], BY_TELLER)
    store.append("A", 2, [MoneyDeposited(6)], BY_TELLER)
    store.append("B", 2, [MoneyDeposited(7)], BY_TELLER)
    intact = store.verify()
    assert (intact.events, intact.broken) == (6, None)
    hashes = [GENESIS_HASH, *(json.loads(line)["chainhash"] for line in store.lines())]
    assert intact.head == hashes[-1]
    with closing(sqlite3.connect(path)) as intruder, intruder:
        for statement in change.split(";"):
            intruder.execute(statement)
    found = store.verify()
    assert found.broken is not None
    assert (found.broken.position, found.broken.sign) == (position, sign)
    assert found.head == hashes[position - 1]
    assert store.verify(known_head=intact.head).broken == found.broken


def test_a_foreign_name_is_no_break(open_store: Open, path: Path) -> None:
    store = open_store(path)
    store.restore(filtered())
    store.append("A", 3, [MoneyDeposited(9)], BY_TELLER)
    assert store.verify() == Audit(4, store.verify().head, None)


def test_of_an_empty_ledger_nobody_says_that_it_is_intact(open_store: Open, path: Path) -> None:
    found = open_store(path).verify()
    assert (found.events, found.broken, found.is_intact) == (0, None, False)
    assert open_store(path).verify(known_head="a" * 64).broken is not None


# Reading changes nothing.


def test_a_ledger_that_is_read_stays_as_it_is(open_store: Open, path: Path) -> None:
    with SqliteStore(str(path), CODEC) as store:
        store.append("A", 0, [OPENED, MoneyDeposited(5)], BY_TELLER)
    path.chmod(0o444)
    before = path.read_bytes()
    with SqliteStore(str(path), CODEC, may_write=False) as reader:
        assert len(list(reader.read())) == len(list(reader.read_stream("A"))) == reader.head == 2
        assert reader.verify().is_intact
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.append("A", 2, [MoneyDeposited(1)], BY_TELLER)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_sees_what_a_writer_has_not_yet_put_into_the_file(
    open_store: Open, path: Path
) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED], BY_TELLER)
    with SqliteStore(str(path), CODEC, may_write=False) as reader:
        assert len(list(reader.read())) == 1
        store.append("A", 1, [MoneyDeposited(1)], BY_TELLER)
        assert len(list(reader.read())) == 2


@pytest.mark.parametrize("name", ["a # b.sqlite", "100%.sqlite", "a?mode=rw.sqlite"])
def test_a_file_of_any_name_can_be_read(open_store: Open, tmp_path: Path, name: str) -> None:
    with SqliteStore(str(tmp_path / name), CODEC) as store:
        store.append("A", 0, [OPENED], BY_TELLER)
    with SqliteStore(str(tmp_path / name), CODEC, may_write=False) as reader:
        assert reader.head == 1


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("CREATE TABLE cats (name)", "not a ledger of this program"),
        ("PRAGMA application_id = 7", "an empty database"),
        ("PRAGMA user_version = 1", "an empty database: .*ends in -wal"),
    ],
)
def test_what_is_no_ledger_is_not_made_one_by_reading_it(
    path: Path, made: str, reason: str
) -> None:
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute(made)
    before = path.read_bytes()
    with pytest.raises(Damage, match=reason):
        SqliteStore(str(path), CODEC, may_write=False)
    assert path.read_bytes() == before


def test_what_is_not_there_is_not_made_by_reading_it(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        SqliteStore(str(path), CODEC, may_write=False)
    assert not path.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("SET line = '{'", "It is not JSON"),
        ('SET line = replace(line, \'"amount":5\', \'"amount":"5"\')', "is not an integer"),
        ("SET line = replace(line, '000000000002', '000000000007')", "sequence"),
        ('SET line = replace(line, \'"subject":"A"\', \'"subject":"B"\')', "of stream B"),
        ("SET version = 7", "streamversion"),
        ("SET stream_id = 'C'", "of stream A"),
    ],
)
def test_a_row_that_someone_has_changed_is_damage(
    open_store: Open, path: Path, change: str, reason: str
) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED, MoneyDeposited(5)], BY_TELLER)
    with closing(sqlite3.connect(path)) as intruder, intruder:
        intruder.execute(f"UPDATE ledger {change} WHERE position = 2")
    reading = store.read()
    assert next(reading).event == OPENED
    with pytest.raises(Damage, match=f"Event 2 of .*ledger.sqlite is broken: .*{reason}") as damage:
        next(reading)
    assert damage.value.evidence


@pytest.mark.parametrize("line", ["{", "{}", "[]", '{"chainhash":7}'])
def test_nothing_is_appended_to_a_chain_whose_end_is_broken(
    open_store: Open, path: Path, line: str
) -> None:
    store = open_store(path)
    store.append("A", 0, [OPENED], BY_TELLER)
    with closing(sqlite3.connect(path)) as intruder, intruder:
        intruder.execute("UPDATE ledger SET line = ?", (line,))
    with pytest.raises(Damage, match=r"Event 1 of .* has no hash") as damage:
        store.append("A", 1, [MoneyDeposited(1)], BY_TELLER)
    assert damage.value.evidence == line
    assert store.head == 1


def test_a_file_of_something_else_is_refused_and_left_alone(open_store: Open, path: Path) -> None:
    path.write_bytes(b"Dear diary, today I opened an account.\n" * 50)
    before = path.read_bytes()
    with pytest.raises(Damage, match="is not a whole SQLite database"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "made", ["CREATE TABLE ledger (position, line)", "PRAGMA application_id = 7"]
)
def test_a_database_of_something_else_is_refused_and_left_alone(
    open_store: Open, path: Path, made: str
) -> None:
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute(made)
    before = path.read_bytes()
    with pytest.raises(Damage, match="is a database, but not a ledger of this program"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_damage(open_store: Open, path: Path) -> None:
    with SqliteStore(str(path), CODEC) as store:
        store.append("A", 0, [MoneyDeposited(n) for n in range(1, 500)], BY_TELLER)
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    store = open_store(path)
    with pytest.raises(Damage, match="is not a whole SQLite database"):
        list(store.read())


def test_a_place_where_no_file_can_be_is_told(open_store: Open, tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        open_store(tmp_path / "no" / "such" / "folder.sqlite")


def test_an_empty_file_becomes_a_ledger(open_store: Open, path: Path) -> None:
    path.touch()
    open_store(path).append("A", 0, [OPENED], Metadata(NOON))
    assert open_store(path).head == 1


def test_readers_and_the_writer_do_not_wait_for_each_other(open_store: Open, path: Path) -> None:
    store = open_store(path)
    ((mode,),) = store._file.rows("PRAGMA journal_mode")
    assert mode == "wal"
