"""What every event store promises. A store of one's own is held to it by a few lines::

    class TestMyStore(StoreConformance):
        @pytest.fixture
        def new_store(self):
            return MyStore

``new_store`` makes an empty store each time it is called. A store that outlives its process
inherits from ``DurableStoreConformance`` and says how it is opened again; one that threads may
share, from ``ConcurrentStoreConformance`` (``concurrent_store_conformance``) as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esbank_core import (
    ACCOUNT,
    CODEC,
    TRANSFER,
    Actor,
    Command,
    Conflict,
    Event,
    EventStore,
    Metadata,
    Rejection,
    Unwritable,
    handle,
    run_processes,
)
from esbank_core.bank.events import (
    AccountOpened,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.examples import EVENTS
from esbank_core.kernel.identity import NO_STREAM
from esbank_core.kernel.recorded import UnknownEvent, UnreadableEvent, record
from esbank_core.kernel.stores.memory_store import MemoryStore
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.cloud_events import to_line
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from tests.core.strategies import any_account_ids, commands, events, instants, metadata, texts

NOON = datetime(2026, 11, 23, 12, 0, 0, 123_456, timezone(timedelta(hours=1)))
BY_TELLER = Metadata(NOON, Actor("user", "teller"), "request-1", "command-1")
OPENED = AccountOpened("Ada", "USD")
NO = Rejection("no", "No, thank you.")

appends = st.tuples(any_account_ids, st.integers(-1, 1), st.lists(events, max_size=3), metadata)
"""To which stream, how far off its version, which events, and what is known of them."""

any_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**54), 2**54)
    | st.floats()
    | texts
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(texts | st.integers(), inner, max_size=2)
        | st.tuples(inner)
    ),
    max_leaves=4,
)
"""What a careless caller may put anywhere."""


class AutumnClock(tzinfo):
    """A zone in which one hour comes twice, as it does wherever summer time ends."""

    def utcoffset(self, moment):
        return timedelta(hours=1 if moment.fold else 2)

    def dst(self, moment):
        return timedelta(hours=0 if moment.fold else 1)


Store = EventStore[Event]
NewStore = Callable[[], Store]


HALF = "\ud83d"  # of a surrogate pair
FIRST_SECOND = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
LAST_SECOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-1)))
DEEP: object = 1
for _ in range(70):
    DEEP = [DEEP]

UNWRITABLE = [
    *(
        (event, BY_TELLER, "A")
        for event in (
            MoneyDeposited(99.5),
            MoneyDeposited(False),
            MoneyDeposited("5"),
            MoneyDeposited(None),
            MoneyDeposited(2**53 + 1),
            MoneyDeposited(-(2**60)),
            MoneyDeposited(float("nan")),
            MoneyWithdrawn(1, None),
            MoneyWithdrawn(1, 7),
            MoneyWithdrawn(1, b"x"),
            MoneyWithdrawn(1, HALF),
            MoneyWithdrawn(1, "x" * 1_200_000),
            MoneyWithdrawn(1, "\x01" * 200_000),
            AccountOpened(None, "USD"),
            AccountOpened("Ada", ["USD"]),
            UnknownEvent("LoanGranted", 1, {"amount": 2**53 + 1}),
            UnknownEvent("LoanGranted", 1, {"x": float("inf")}),
            UnknownEvent("LoanGranted", 1, {1: 2}),
            UnknownEvent("LoanGranted", 1, (1, 2)),
            UnknownEvent("LoanGranted", 1, {HALF: 1}),
            UnknownEvent("LoanGranted", 1, DEEP),
            UnknownEvent("LoanGranted", 1, {"x": object()}),
            UnknownEvent("LoanGranted", 0, {}),
            UnknownEvent("", 1, {}),
            UnknownEvent("LoanGranted", 1_000_000, {}),
            UnknownEvent("MoneyDeposited", 1, {"amount": 5}),
            UnknownEvent("MoneyDeposited", 1, {}),
            UnreadableEvent("{", "It is not JSON."),
            "MoneyDeposited",
            7,
        )
    ),
    *(
        (OPENED, about, "A")
        for about in (
            Metadata(datetime(2026, 3, 1, 12)),
            Metadata(FIRST_SECOND),
            Metadata(LAST_SECOND),
            Metadata(None),
            Metadata("2026-03-01T12:00:00Z"),
            Metadata(NOON.date()),
            Metadata(NOON, Actor("", "teller")),
            Metadata(NOON, Actor("user", "")),
            Metadata(NOON, Actor("user", None)),
            Metadata(NOON, Actor(HALF, "teller")),
            Metadata(NOON, Actor("user", 7)),
            Metadata(NOON, None, ""),
            Metadata(NOON, None, 7),
            Metadata(NOON, None, HALF),
            Metadata(NOON, None, None, ""),
            Metadata(NOON, None, None, ["x"]),
            Metadata(NOON, None, None, HALF),
        )
    ),
    *((OPENED, BY_TELLER, stream_id) for stream_id in ("", HALF, "ACC-" + HALF, None, 7)),
]
"""Events, what is known of them and streams, of which one is not what it should be."""

WRITABLE = [
    (MoneyDeposited(2**53), BY_TELLER),
    (MoneyDeposited(-(2**53), "\ue000\U0010ffff\x00"), BY_TELLER),
    (UnknownEvent("LoanGranted", 999_999, {"x": [None, True, 0.5, {"y": -(2**53)}]}), BY_TELLER),
    (UnknownEvent("org.example.Loan", 1, None), BY_TELLER),
    (UnknownEvent("Loan granted: 100 %", 2, {}), BY_TELLER),
    (OPENED, Metadata(datetime(1, 1, 1, tzinfo=timezone.utc))),
    (OPENED, Metadata(FIRST_SECOND + timedelta(hours=1))),
    (OPENED, Metadata(datetime(9999, 12, 31, 23, 59, 59, 999_999, timezone.utc))),
    (OPENED, Metadata(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=AutumnClock()))),
]
"""What stands at the very edge."""

unfit_texts = st.text(st.characters(codec=None), max_size=6)
unfit_events = st.one_of(
    st.builds(MoneyDeposited, any_values, st.just("x")),
    st.builds(MoneyWithdrawn, st.just(1), any_values | unfit_texts),
    st.builds(AccountOpened, unfit_texts, any_values),
    st.builds(UnknownEvent, texts | st.just("MoneyDeposited"), st.integers(-1, 3), any_values),
)
unfit_metadata = st.builds(
    Metadata,
    time=instants | st.datetimes() | st.datetimes(timezones=st.just(timezone(timedelta(hours=14)))),
    actor=st.none() | st.builds(Actor, unfit_texts, texts),
    correlation_id=st.none() | unfit_texts,
    causation_id=st.none() | any_values,
)


class StoreConformance:
    """The promises of ``EventStore``."""

    @pytest.fixture
    def new_store(self) -> NewStore:
        raise NotImplementedError("Each store says how an empty one is made.")

    @pytest.fixture
    def store(self, new_store: NewStore) -> Store:
        return new_store()

    # What is appended is read.

    def test_a_new_store_is_empty(self, store: Store) -> None:
        assert store.head == 0
        assert list(store.read()) == []
        assert list(store.read_stream("ACC-1")) == []

    def test_what_is_appended_is_read_with_all_that_is_known_of_it(self, store: Store) -> None:
        appended = store.append("ACC-1", 0, EVENTS, BY_TELLER)
        assert list(appended) == list(
            record(EVENTS, BY_TELLER, stream_id="ACC-1", version=0, position=0)
        )
        assert list(store.read()) == list(appended)
        assert list(store.read_stream("ACC-1")) == list(appended)
        assert store.head == len(EVENTS)

    def test_what_is_not_known_of_an_event_stays_unknown(self, store: Store) -> None:
        appended = store.append("ACC-1", 0, [OPENED], Metadata(NOON))
        (read,) = store.read()
        assert [read] == list(appended)
        assert (read.actor, read.correlation_id, read.causation_id) == (None, None, None)

    @pytest.mark.parametrize(
        "text",
        [
            *("", "\x00", '"\\', "\n\r\t", "ř", "\U0001f600", "\u2028", "\x7f"),
            *("<script>", "' OR 1=1 --", "x" * 100_000),
        ],
        ids=lambda text: repr(text[:9]),
    )
    def test_texts_come_back_letter_by_letter(self, store: Store, text: str) -> None:
        stream_id = text or "ACC-1"
        about = replace(BY_TELLER, correlation_id=f"{text}!", actor=Actor("user", f"{text}!"))
        appended = store.append(stream_id, 0, [MoneyDeposited(5, text)], about)
        assert list(store.read_stream(stream_id)) == list(appended)

    # Order.

    def test_streams_have_versions_and_the_ledger_has_positions(self, store: Store) -> None:
        for stream_id, version in (("A", 0), ("B", 0), ("A", 1), ("C", 0), ("B", 1), ("A", 2)):
            store.append(stream_id, version, [MoneyDeposited(1)], BY_TELLER)
        places = [(r.position, r.stream_id, r.version, r.id) for r in store.read()]
        assert places == [
            (1, "A", 1, "A/1"),
            (2, "B", 1, "B/1"),
            (3, "A", 2, "A/2"),
            (4, "C", 1, "C/1"),
            (5, "B", 2, "B/2"),
            (6, "A", 3, "A/3"),
        ]
        assert [r.position for r in store.read_stream("A")] == [1, 3, 6]

    def test_streams_whose_names_look_alike_are_kept_apart(self, store: Store) -> None:
        names = ["A", "a", "A ", "A/1", "Á", "A\u0301", "%", "_", "1", "01"]
        for name in names:
            store.append(name, 0, [OPENED], BY_TELLER)
        assert [len(list(store.read_stream(name))) for name in names] == [1] * len(names)

    def test_it_can_be_read_from_any_position_on(self, store: Store) -> None:
        store.append("A", 0, [MoneyDeposited(n) for n in range(1, 8)], BY_TELLER)
        for after in range(9):
            assert [r.position for r in store.read(after)] == list(range(after + 1, 8))

    def test_a_stream_can_be_read_from_any_version_on(self, store: Store) -> None:
        store.append("B", 0, [OPENED] * 5, BY_TELLER)
        store.append("A", 0, [MoneyDeposited(n) for n in range(1, 8)], BY_TELLER)
        for after in range(9):
            assert [r.version for r in store.read_stream("A", after)] == list(range(after + 1, 8))

    def test_a_long_ledger_is_read_whole(self, store: Store) -> None:
        for start in range(0, 5000, 1250):
            store.append("A", start, [MoneyDeposited(start + n) for n in range(1, 1251)], BY_TELLER)
        assert [r.event.amount for r in store.read()] == list(range(1, 5001))
        assert [r.event.amount for r in store.read_stream("A", 1)] == list(range(2, 5001))

    def test_reading_goes_on_while_others_append(self, store: Store) -> None:
        store.append("A", 0, [MoneyDeposited(n) for n in range(1, 4)], BY_TELLER)
        reading = store.read()
        seen = [next(reading)]
        store.append("A", 3, [MoneyDeposited(4)], BY_TELLER)
        seen += reading
        assert [r.position for r in seen] in ([1, 2, 3], [1, 2, 3, 4])

    # Expected version.

    def test_an_append_says_what_it_was_decided_on(self, store: Store) -> None:
        store.append("A", NO_STREAM, [OPENED], BY_TELLER)
        store.append("A", 1, [MoneyDeposited(1), MoneyDeposited(2)], BY_TELLER)
        assert [r.version for r in store.append("A", 3, [MoneyDeposited(3)], BY_TELLER)] == [4]

    @pytest.mark.parametrize("expected", [-1, 0, 1, 3, 99])
    def test_a_stale_append_is_a_conflict_and_writes_nothing(
        self, store: Store, expected: int
    ) -> None:
        store.append("A", 0, [OPENED, MoneyDeposited(1)], BY_TELLER)
        before = list(store.read())
        with pytest.raises(Conflict) as conflict:
            store.append("A", expected, [MoneyDeposited(2)], BY_TELLER)
        assert (conflict.value.stream_id, conflict.value.expected, conflict.value.actual) == (
            "A",
            expected,
            2,
        )
        assert list(store.read()) == before

    def test_other_streams_do_not_get_in_the_way(self, store: Store) -> None:
        store.append("A", 0, [OPENED], BY_TELLER)
        store.append("B", 0, [OPENED, OPENED], BY_TELLER)
        assert [r.position for r in store.append("A", 1, [MoneyDeposited(1)], BY_TELLER)] == [4]

    def test_after_a_conflict_the_next_append_is_as_good_as_any(self, store: Store) -> None:
        with pytest.raises(Conflict):
            store.append("A", 5, [OPENED], BY_TELLER)
        assert [r.position for r in store.append("A", 0, [OPENED], BY_TELLER)] == [1]

    # All or nothing.

    def test_to_append_nothing_is_nothing(self, store: Store) -> None:
        assert list(store.append("A", 0, [], BY_TELLER)) == []
        assert store.head == 0
        with pytest.raises(Conflict):
            store.append("A", 1, [], BY_TELLER)

    @pytest.mark.parametrize("good", [0, 1, 2])
    def test_an_append_that_fails_on_the_way_leaves_nothing(self, store: Store, good: int) -> None:
        store.append("A", 0, [OPENED], BY_TELLER)
        with pytest.raises(FailedError):
            store.append("A", 1, FailingAfter(good), BY_TELLER)
        assert store.head == 1
        assert len(list(store.read_stream("A"))) == 1
        assert [r.position for r in store.append("A", 1, [MoneyDeposited(7)], BY_TELLER)] == [2]

    # Never written: what could not be read back.

    @pytest.mark.parametrize(("event", "about", "stream_id"), UNWRITABLE)
    def test_what_could_not_be_read_back_is_refused_and_nothing_appended(
        self, store: Store, event: Event, about: Metadata, stream_id: str
    ) -> None:
        store.append("A", 0, [OPENED], BY_TELLER)
        version = 1 if stream_id == "A" else 0
        with pytest.raises(Unwritable, match=r"cannot be written: .*Nothing was written"):
            store.append(stream_id, version, [MoneyDeposited(1), event], about)
        assert [r.event for r in store.read()] == [OPENED]
        assert [r.event for r in store.read_stream("A")] == [OPENED]
        store.append("A", 1, [MoneyDeposited(7)], BY_TELLER)
        assert store.head == 2

    @pytest.mark.parametrize(("event", "about"), WRITABLE)
    def test_what_only_just_can_be_read_back_is(
        self, store: Store, event: Event, about: Metadata
    ) -> None:
        appended = store.append("A", 0, [event], about)
        assert list(store.read()) == list(appended)

    def test_a_long_line_is_refused_at_the_very_byte(self, new_store: NewStore) -> None:
        spare = LONGEST_LINE - len(line_of(MoneyDeposited(1)).encode())
        for text in ("x" * spare, "\x00" * (spare // 6), "\N{SNOWMAN}" * (spare // 3)):
            new_store().append("A", 0, [MoneyDeposited(1, text)], BY_TELLER)
            with pytest.raises(Unwritable, match="longer than"):
                new_store().append("A", 0, [MoneyDeposited(1, text + "12345"[:5] + "6")], BY_TELLER)

    def test_any_event_is_read_back_or_refused(self, new_store: NewStore) -> None:
        @settings(max_examples=60)
        @given(any_account_ids | unfit_texts, unfit_events, unfit_metadata)
        def hold(stream_id, event, about) -> None:
            store, model = new_store(), MemoryStore[Event](CODEC)
            try:
                appended = list(store.append(stream_id, 0, [event], about))
            except Unwritable:
                appended = []
            assert list(store.read()) == appended
            assert refuses(model, stream_id, event, about) == (not appended)

        hold()

    @pytest.mark.parametrize("name", ["", "\udc80", None, 7])
    def test_an_answer_is_remembered_to_nothing_that_has_no_name(self, store: Store, name) -> None:
        with pytest.raises(Unwritable):
            store.remember("A", 0, name, NO)
        assert store.recall("A", name) is None

    @pytest.mark.parametrize("name", ["\udc80", None, 7])
    def test_no_answer_is_remembered_of_a_stream_that_can_be_none(self, store: Store, name) -> None:
        with pytest.raises(Unwritable):
            store.remember(name, 0, "command-2", NO)
        assert store.recall(name, "command-2") is None

    @pytest.mark.parametrize("name", ["\udc80", None, 7, ""])
    def test_a_stream_that_can_be_none_is_empty(self, store: Store, name) -> None:
        assert list(store.read_stream(name)) == []

    def test_money_that_was_sent_to_nobody_comes_home(self, store: Store) -> None:
        store.append("A", 0, [OPENED, TransferSent(5, "TRF-1", "")], BY_TELLER)
        for _ in range(2):
            run_processes(TRANSFER, ACCOUNT, store, time=NOON, actor=Actor("system", "transfers"))
        assert [type(r.event) for r in store.read()][2:] == [TransferReturned]

    @pytest.mark.parametrize("after", [-1, -7])
    def test_before_the_first_event_is_nothing(self, store: Store, after: int) -> None:
        store.append("A", 0, [OPENED, MoneyDeposited(1)], BY_TELLER)
        assert [r.position for r in store.read(after)] == [1, 2]
        assert [r.version for r in store.read_stream("A", after)] == [1, 2]

    def test_events_may_be_made_of_what_the_store_itself_says(self, store: Store) -> None:
        store.append("A", 0, [MoneyDeposited(1), MoneyDeposited(2)], BY_TELLER)
        doubled = store.append("A", 2, FromReading(store), BY_TELLER)
        assert [r.version for r in doubled] == [3, 4]

    # Answers that are not in the ledger.

    @pytest.mark.parametrize("answer", [NO, Rejection("no", ""), ()], ids=repr)
    def test_an_answer_is_remembered_beside_the_ledger(self, store: Store, answer) -> None:
        store.append("A", 0, [OPENED], BY_TELLER)
        assert store.recall("A", "command-2") is None
        store.remember("A", 1, "command-2", answer)
        assert store.recall("A", "command-2") == answer
        assert store.head == 1
        assert len(list(store.read())) == 1

    def test_the_first_answer_stays(self, store: Store) -> None:
        store.remember("A", 0, "command-2", NO)
        store.remember("A", 0, "command-2", ())
        store.remember("A", 0, "command-2", Rejection("other", "Other."))
        assert store.recall("A", "command-2") == NO

    def test_each_stream_has_its_own_answers(self, store: Store) -> None:
        store.remember("A", 0, "command-2", NO)
        assert store.recall("B", "command-2") is None
        assert store.recall("A", "command-3") is None

    def test_a_stale_answer_is_a_conflict_and_not_remembered(self, store: Store) -> None:
        store.append("A", 0, [OPENED], BY_TELLER)
        with pytest.raises(Conflict):
            store.remember("A", 0, "command-2", NO)
        assert store.recall("A", "command-2") is None

    # Whatever is done to it.

    def test_it_does_as_the_simplest_store_does(self, new_store: NewStore) -> None:
        @settings(max_examples=30)
        @given(st.lists(appends, max_size=8))
        def hold(steps) -> None:
            store, model = new_store(), MemoryStore[Event]()
            for stream_id, off_by, happened, about in steps:
                version = len(list(model.read_stream(stream_id))) + off_by
                expected = outcome(model, stream_id, version, happened, about)
                assert outcome(store, stream_id, version, happened, about) == expected
            assert list(store.read()) == list(model.read())
            assert store.head == model.head

        hold()

    def test_a_command_asked_twice_leaves_what_once_would_have_left(
        self, new_store: NewStore
    ) -> None:
        @settings(max_examples=30)
        @given(st.lists(st.tuples(commands, st.integers(0, 3)), max_size=12), st.randoms())
        def hold(story, random) -> None:
            once, often = MemoryStore[Event](), new_store()
            answers = []
            for nth, (command, repeats) in enumerate(story):
                answers.append(ask(once, command, f"command-{nth}"))
                for again in [nth, *random.choices(range(nth + 1), k=repeats)]:
                    answer = ask(often, story[again][0], f"command-{again}")
                    assert comparable(answer) == comparable(answers[again])
            assert list(often.read()) == list(once.read())

        hold()


class DurableStoreConformance(StoreConformance):
    """The promises of a store that outlives its process."""

    def reopened(self, store: Store) -> Store:
        """Another store on what this one has written; this one may be in use or not."""
        raise NotImplementedError("Each durable store says how it is opened again.")

    def test_what_was_appended_is_there_when_it_is_opened_again(self, store: Store) -> None:
        store.append("A", 0, EVENTS, BY_TELLER)
        store.append("B", 0, [OPENED], Metadata(NOON))
        assert list(self.reopened(store).read()) == list(store.read())

    def test_it_goes_on_where_it_ended(self, store: Store) -> None:
        store.append("A", 0, [OPENED], BY_TELLER)
        again = self.reopened(store)
        with pytest.raises(Conflict):
            again.append("A", 0, [OPENED], BY_TELLER)
        assert [r.id for r in again.append("A", 1, [MoneyDeposited(1)], BY_TELLER)] == ["A/2"]

    def test_answers_are_remembered_when_it_is_opened_again(self, store: Store) -> None:
        store.remember("A", 0, "command-2", NO)
        store.remember("A", 0, "command-3", ())
        again = self.reopened(store)
        assert again.recall("A", "command-2") == NO
        assert again.recall("A", "command-3") == ()

    def test_two_that_are_open_at_once_see_one_ledger(self, store: Store) -> None:
        other = self.reopened(store)
        store.append("A", 0, [OPENED], BY_TELLER)
        with pytest.raises(Conflict):
            other.append("A", 0, [OPENED], BY_TELLER)
        other.append("A", 1, [MoneyWithdrawn(1)], BY_TELLER)
        assert list(store.read()) == list(other.read())
        assert [r.position for r in store.read()] == [1, 2]


class FromReading(Sequence[Event]):
    """Events that are looked up in the store only when they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __len__(self) -> int:
        return self._store.head

    def __getitem__(self, index):
        return [recorded.event for recorded in self._store.read()][index]

    def __iter__(self) -> Iterator[Event]:
        return (recorded.event for recorded in self._store.read())


def line_of(event: Event) -> str:
    """The line of an event that stands first."""
    (recorded,) = record([event], BY_TELLER, stream_id="A", version=0, position=0)
    return to_line(recorded, CODEC, GENESIS_HASH)[0]


def refuses(store: Store, stream_id: str, event: Event, about: Metadata) -> bool:
    try:
        store.append(stream_id, 0, [event], about)
    except Unwritable:
        return True
    return False


class FailedError(Exception):
    """What goes wrong in the middle of an append."""


class FailingAfter(Sequence[Event]):
    """Some events, of which the last cannot be had."""

    def __init__(self, good: int) -> None:
        self._good = good

    def __len__(self) -> int:
        return self._good + 1

    def __getitem__(self, index):
        raise FailedError

    def __iter__(self) -> Iterator[Event]:
        yield from [MoneyDeposited(1)] * self._good
        raise FailedError


def outcome(store: Store, stream_id: str, version: int, happened: list[Event], about: Metadata):
    """What an append gives, as a value that can be compared."""
    try:
        return list(store.append(stream_id, version, happened, about))
    except Conflict as conflict:
        return conflict.stream_id, conflict.expected, conflict.actual


def ask(store: Store, command: Command, command_id: str):
    """Carry a command out against its account."""
    return handle(store, ACCOUNT, command.account_id, command, Metadata(NOON), command_id)


def comparable(answer: object) -> object:
    """An answer as a value: a rejection is one already, of events any sequence may come."""
    return answer if isinstance(answer, Rejection) else list(answer)
