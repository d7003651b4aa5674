"""The page's own reading and writing of localStorage, in the shape of an event store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bankpage.live.stored.entries import Entry
from bankpage.live.stored.heads import head_after, write_head
from bankpage.live.stored.keys import key_of
from bankpage.live.stored.reading import read_ledger
from bankpage.live.stored.writing import write_append

from esbank_core import Event
from esbank_core.kernel.errors import Conflict
from esbank_core.kernel.identity import (
    GENESIS,
    NO_STREAM,
    CommandId,
    Position,
    StreamId,
    Version,
)
from esbank_core.kernel.recorded import Metadata, Opaque, RecordedEvent, record
from esbank_core.kernel.stores.store import NoEvents
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.line_codec import check_name
from tests.page.tabs import Browser


class LocalStorageStore:
    """One tab's ledger.

    Answers that left nothing in the ledger are not kept: on the page, no command is ever asked
    again after the answer has been shown.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.tab = browser.open()
        self._ledger: list[RecordedEvent[Event | Opaque]] = []
        self._versions: dict[StreamId, Version] = {}
        self._head_hash = GENESIS_HASH
        self._generation = 1
        self._take_in(self.tab.read_all())

    @property
    def head(self) -> Position:
        self._follow()
        return Position(len(self._ledger))

    def append(
        self,
        stream_id: StreamId,
        expected_version: Version,
        events: Sequence[Event],
        metadata: Metadata,
    ) -> Sequence[RecordedEvent[Event]]:
        check_name(stream_id)
        happened = tuple(events)
        self._agree(stream_id, expected_version)
        recorded = record(
            happened,
            metadata,
            stream_id=stream_id,
            version=expected_version,
            position=Position(len(self._ledger)),
        )
        if not recorded:
            return recorded
        text, head_hash = write_append(recorded, self._head_hash)
        key = key_of(self._generation, recorded[0].position)
        answer = self.tab.append(key, text, write_head(head_after(key, text)))
        if answer == "taken":
            self._take_in(self.tab.read_new())
            return self.append(stream_id, expected_version, happened, metadata)
        assert answer == "written"
        self._ledger.extend(recorded)
        self._versions[stream_id] = recorded[-1].version
        self._head_hash = head_hash
        return recorded

    def read(self, after: Position = GENESIS) -> Iterator[RecordedEvent[Event | Opaque]]:
        self._follow()
        return iter(self._ledger[max(after, GENESIS) :])

    def read_stream(
        self, stream_id: StreamId, after: Version = NO_STREAM
    ) -> Iterator[RecordedEvent[Event | Opaque]]:
        events = [recorded for recorded in self.read() if recorded.stream_id == stream_id]
        return iter(events[max(after, NO_STREAM) :])

    def remember(
        self,
        stream_id: StreamId,
        expected_version: Version,
        command_id: CommandId,
        answer: NoEvents,
    ) -> None:
        self._agree(stream_id, expected_version)

    def recall(self, stream_id: StreamId, command_id: CommandId) -> NoEvents | None:
        return None

    def _agree(self, stream_id: StreamId, expected: Version) -> None:
        self._take_in(self.tab.read_new())
        actual = self._versions.get(stream_id, NO_STREAM)
        if actual != expected:
            raise Conflict(stream_id, expected, actual)

    def _follow(self) -> None:
        """Read what every other tab has written, once it can be seen here."""
        self.tab.settles()
        self._take_in(self.tab.read_new())

    def _take_in(self, entries: list[Entry]) -> None:
        stored = read_ledger(
            entries,
            after=Position(len(self._ledger)),
            versions=self._versions,
            head_hash=self._head_hash,
        )
        assert stored.damaged == ()
        self._ledger.extend(stored.recorded)
        self._versions |= {recorded.stream_id: recorded.version for recorded in stored.recorded}
        self._head_hash = stored.head_hash
        self._generation = stored.generation
