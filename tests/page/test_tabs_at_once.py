"""Two and three tabs at once, stopped and interleaved at every effect, by Hypothesis.

What is promised of any such course: money is neither made nor lost, no transfer ends twice and no
command is carried out twice, nothing that was acknowledged is lost, what is stored can be read back
whole, every tab that has caught up shows the same ledger, and in the end nothing is left undone.

An ordinary run takes some 5,000 steps. For a long one, of 10,000 steps and more::

    ESBANK_STEPS=10000 python -m pytest -q tests/page/test_tabs_at_once.py
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

from bankpage.live import adding
from bankpage.live.messages import (
    AccountChosen,
    AddingStopped,
    CloseAsked,
    DepositAsked,
    EraseAsked,
    FreezeAsked,
    LiveMessage,
    OpenAsked,
    StoryAsked,
    StorySkipped,
    StudyAdded,
    TransferAsked,
    UnfreezeAsked,
    WithdrawAsked,
)
from bankpage.live.stored.entries import Fault
from bankpage.live.stored.reading import read_ledger
from bankpage.paper.effects import After
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from esbank_core.bank.account import empty_ledger
from esbank_core.bank.events import (
    MoneyDeposited,
    MoneyWithdrawn,
    TransferReceived,
    TransferReturned,
    TransferSent,
)
from esbank_core.bank.states import balance_in
from esbank_core.bank.transfer import TRANSFER
from esbank_core.kernel.identity import StreamId
from tests.page.desk import MOST_STEPS, Desk, Storage
from tests.page.small_segments import small_segments
from tests.page.test_adding import study

STEPS_OF_A_COURSE = 50
COURSES = int(os.environ.get("ESBANK_STEPS", "5000")) // STEPS_OF_A_COURSE
MOST_TABS = 3
MOST_STEPS_OF_ONE = 8

GESTURES: st.SearchStrategy[LiveMessage] = st.one_of(
    st.builds(OpenAsked, st.sampled_from(["Ada", "Grace", ""])),
    st.builds(DepositAsked, st.sampled_from(["10", "3", "x"]), st.just("")),
    st.builds(WithdrawAsked, st.sampled_from(["4", "10"]), st.just("")),
    st.builds(
        TransferAsked,
        st.sampled_from(["1", "4"]),
        st.sampled_from(["ACC-1", "ACC-2", "ACC-3", "ACC-4", "nobody"]),
    ),
    st.builds(
        TransferAsked,
        st.sampled_from(["1", "4"]),
        st.sampled_from(["ACC-1", "ACC-2", "ACC-3", "ACC-4", "nobody"]),
    ),
    st.sampled_from([FreezeAsked(), UnfreezeAsked(), CloseAsked(), StoryAsked(), StorySkipped()]),
    st.builds(AccountChosen, st.sampled_from(["ACC-1", "ACC-2", "ACC-3"])),
)


def told_by(count: int, account: str) -> list:
    """A study of somebody else's account, each event with a cause of its own, as commands have."""
    return [
        replace(one, causation_id=f"{account}-{one.version}", correlation_id=account)
        for one in study(count, account)
    ]


STUDIES = [
    StudyAdded("short", told_by(2, "THEIRS-1")),
    StudyAdded("long", told_by(9, "THEIRS-2")),
    StudyAdded("the same, and more", told_by(14, "THEIRS-2")),
]
"""Of which the second and the third are written packed."""


class TabsAtOnce(RuleBasedStateMachine):
    """Tabs of one browser, each of which may be stopped, go on or end between any two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.small = ExitStack()
        self.small.enter_context(small_segments())
        self.small.enter_context(patch.object(adding, "SLICE", 5))
        self.storage = Storage()
        self.opened = 0
        self.acknowledged: list[tuple[int, object]] = []
        for _ in range(2):
            self._open(late_by=0)

    @initialize(begins=st.sampled_from(["rich", "cut off", "told"]))
    def there_is_money(self, begins: str) -> None:
        """Two rich accounts and a closed one; a transfer that nobody carried on; or a story."""
        tab = self._tab(0)
        if begins == "told":
            self._tab(1).inbox.append(StoryAsked())
            tab.inbox.append(StoryAsked())
            return
        tab.opens("Ada").deposits("20").opens("Grace").deposits("20")
        tab.opens("Linus").does(CloseAsked(), AccountChosen(StreamId("ACC-1")))
        self._collect(tab)
        if begins == "cut off":
            tab.inbox.append(TransferAsked("4", "ACC-4"))
            while not isinstance(self._last_event(), TransferSent):
                tab.goes_on()
            self.is_reloaded(0, late_by=0)
            self.is_reloaded(0, late_by=0)

    def _last_event(self) -> object:
        return read_ledger(self.storage.all()).recorded[-1].event

    def _open(self, late_by: int) -> None:
        self.opened += 1
        Desk(self.storage, name=f"tab-{self.opened}", late_by=late_by, is_settled=False)

    def _tab(self, nth: int) -> Desk:
        return self.storage.tabs[nth % len(self.storage.tabs)]

    def _has_caught_up(self, tab: Desk) -> bool:
        return all(writer is tab for writer, *_ in self.storage.writes[tab.seen :])

    def _collect(self, tab: Desk) -> None:
        self.acknowledged += tab.acknowledged
        tab.acknowledged = []

    @rule(nth=st.integers(0, MOST_TABS - 1), gesture=GESTURES)
    def asks(self, nth: int, gesture: LiveMessage) -> None:
        self._tab(nth).inbox.append(gesture)

    @rule(nth=st.integers(0, MOST_TABS - 1), gesture=GESTURES)
    def asks_and_is_answered(self, nth: int, gesture: LiveMessage) -> None:
        tab = self._tab(nth)
        tab.inbox.append(gesture)
        tab.settles()
        self._collect(tab)

    @rule(nth=st.integers(0, MOST_TABS - 1), steps=st.integers(1, MOST_STEPS_OF_ONE))
    def goes_on(self, nth: int, steps: int) -> None:
        tab = self._tab(nth)
        for _ in range(steps):
            tab.goes_on()
            self._collect(tab)

    @precondition(lambda self: len(self.storage.tabs) > 1)
    @rule(
        nth=st.integers(0, MOST_TABS - 1),
        gestures=st.tuples(GESTURES, GESTURES) | st.just((DepositAsked("3", ""), OpenAsked("Eve"))),
        steps=st.integers(1, MOST_STEPS_OF_ONE),
    )
    def another_comes_in_between(
        self, nth: int, gestures: tuple[LiveMessage, LiveMessage], steps: int
    ) -> None:
        """One is stopped on its way; another does something whole, which the first hears of."""
        tab = self._tab(nth)
        tab.inbox.append(gestures[0])
        self.goes_on(nth, steps)
        self.asks_and_is_answered(nth + 1, gestures[1])
        tab.sees()

    @rule(
        nth=st.integers(0, MOST_TABS - 1),
        study=st.sampled_from(STUDIES),
        steps=st.integers(1, MOST_STEPS_OF_ONE),
        meanwhile=st.none() | GESTURES | st.just(AddingStopped()),
    )
    def adds_a_study(
        self, nth: int, study: StudyAdded, steps: int, meanwhile: LiveMessage | None
    ) -> None:
        """It is looked at slice by slice, packed where it is long, and stopped on its way."""
        tab = self._tab(nth)
        tab.inbox.append(study)
        for _ in range(steps):
            self.has_waited(nth)
            self.goes_on(nth, steps)
        if meanwhile:
            tab.inbox.append(meanwhile)
            self.goes_on(nth, steps)

    @rule(nth=st.integers(0, MOST_TABS - 1), writes=st.integers(1, 6))
    def hears_of_others(self, nth: int, writes: int) -> None:
        self._tab(nth).sees(writes)

    @rule(nth=st.integers(0, MOST_TABS - 1), steps=st.integers(1, 3))
    def has_time_to_pack(self, nth: int, steps: int) -> None:
        """What is due by and by comes, and is stopped on its way."""
        for _ in range(steps):
            self.has_waited(nth)
            self.goes_on(nth, steps)

    @rule(nth=st.integers(0, MOST_TABS - 1))
    def has_waited(self, nth: int) -> None:
        tab = self._tab(nth)
        tab.inbox += [effect.message for effect in tab.effects if isinstance(effect, After)]
        tab.effects.clear()

    @rule(nth=st.integers(0, MOST_TABS - 1), late_by=st.integers(0, 4))
    def is_reloaded(self, nth: int, late_by: int) -> None:
        tab = self._tab(nth)
        tab.crashes()
        self._open(late_by)

    @precondition(lambda self: len(self.storage.tabs) > 1)
    @rule(nth=st.integers(0, MOST_TABS - 1))
    def is_closed(self, nth: int) -> None:
        self._tab(nth).crashes()

    @precondition(lambda self: len(self.storage.tabs) < MOST_TABS)
    @rule(late_by=st.integers(0, 4))
    def another_is_opened(self, late_by: int) -> None:
        self._open(late_by)

    @rule(
        nth=st.integers(0, MOST_TABS - 1),
        really=st.integers(0, 5),
        meanwhile=st.lists(GESTURES, max_size=2),
        steps=st.integers(1, MOST_STEPS_OF_ONE),
    )
    def erases(self, nth: int, really: int, meanwhile: list[LiveMessage], steps: int) -> None:
        if not really:
            self._tab(nth).inbox.append(EraseAsked())
            for gesture in meanwhile:
                self._tab(nth).inbox.append(gesture)
                self.goes_on(nth, steps)

    @rule(is_full=st.sampled_from([True, False, False, False]))
    def room_runs_out_or_is_made(self, is_full: bool) -> None:
        self.storage.is_full = is_full

    @invariant()
    def what_is_stored_can_be_read_and_adds_up(self) -> None:
        stored = read_ledger(self.storage.all())
        # An erasing that is cut off leaves what no longer counts.
        assert {damaged.reason for damaged in stored.damaged} <= {Fault.OTHER_GENERATION}
        ledger = empty_ledger().extend(stored.recorded)
        events = [recorded.event for recorded in stored.recorded]
        brought = sum(e.amount for e in events if isinstance(e, MoneyDeposited))
        brought -= sum(e.amount for e in events if isinstance(e, MoneyWithdrawn))
        held = sum(balance_in(ledger.state_of(name)) for name in ledger.places)
        under_way = TRANSFER.progress.project(stored.recorded).read_model.under_way.values()
        assert brought == held + sum(transfer.sent.amount for transfer in under_way)
        causes = Counter(recorded.causation_id for recorded in stored.recorded)
        assert max(causes.values(), default=1) == 1
        assert None not in causes
        sent = sum(isinstance(event, TransferSent) for event in events)
        ends = sum(isinstance(event, TransferReceived | TransferReturned) for event in events)
        assert sent == ends + len(under_way)

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        stored = read_ledger(self.storage.all())
        present = set(map(id_and_cause, stored.recorded))
        for generation, recorded in self.acknowledged:
            assert generation < stored.generation or id_and_cause(recorded) in present

    @invariant()
    def who_has_caught_up_shows_what_is_stored(self) -> None:
        stored = read_ledger(self.storage.all())
        for tab in self.storage.tabs:
            live = tab.model.live
            if tab.is_idle and self._has_caught_up(tab) and live.reading is None:
                assert live.in_flight is None
                assert live.waiting == ()
                assert live.heard == ()
                assert tuple(live.ledger.recorded) == stored.recorded
                assert (live.head_hash, live.generation) == (stored.head_hash, stored.generation)

    def teardown(self) -> None:
        """Everybody comes to rest; whoever comes then finds nothing left to do."""
        self.storage.is_full = False
        for _ in range(MOST_STEPS):
            for tab in self.storage.tabs:
                tab.goes_on()
                self._collect(tab)
            if all(tab.is_idle for tab in self.storage.tabs):
                break
        for tab in self.storage.tabs:
            tab.sees()
            tab.settles()
            self._collect(tab)
        self._open(late_by=0)
        for _ in range(3):
            for tab in self.storage.tabs:
                tab.sees()
                tab.settles()
                tab.time_passes()
        self.what_is_stored_can_be_read_and_adds_up()
        self.nothing_acknowledged_is_lost()
        self.who_has_caught_up_shows_what_is_stored()
        assert all(tab.is_idle for tab in self.storage.tabs)
        assert all(tab.model.live.reading is None for tab in self.storage.tabs)
        newest = self.storage.tabs[-1].model.live
        assert not newest.transfers.read_model.under_way
        self.small.close()


def id_and_cause(recorded):
    return recorded.id, recorded.position, recorded.causation_id


TestTabsAtOnce = TabsAtOnce.TestCase
TestTabsAtOnce.settings = settings(
    max_examples=COURSES, stateful_step_count=STEPS_OF_A_COURSE, deadline=None
)
