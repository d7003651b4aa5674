"""Tabs, and somebody with the browser's tools, in any order: what a page never does to a store."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.page.kept_page import KeptPage
from tests.page.tabs import Browser, Node

which = st.integers(0, 1)
names = st.one_of(
    st.builds("esbank/ledger/{}/{:012d}".format, st.integers(1, 3), st.integers(1, 6)),
    st.sampled_from(["esbank/generation", "esbank/head", "esbank/glance", "esbank/x"]),
)
odd_values = st.sampled_from(["", "1", "2", "{", "[null]", "\n\n", "1/000000000003/" + "0" * 64])
gestures = st.sampled_from(["write-back", "go-on", "export", "export-damage", "reset", "keep"])


class Visitors(RuleBasedStateMachine):
    """Two tabs of one browser, and its tools."""

    process: Node

    def __init__(self) -> None:
        super().__init__()
        self.browser = Browser(self.process)
        self.pages = [KeptPage(self.browser), KeptPage(self.browser)]

    # What people do on the page.

    @rule(nth=which, owner=st.sampled_from(["Ada", "Grace"]))
    def opens(self, nth: int, owner: str) -> None:
        self._only_appends(self.pages[nth], lambda page: page.opens(owner))

    @rule(nth=which, amount=st.sampled_from(["5", "12", "nothing"]))
    def deposits(self, nth: int, amount: str) -> None:
        self._only_appends(self.pages[nth], lambda page: page.deposits(amount))

    @rule(nth=which, gesture=gestures)
    def does(self, nth: int, gesture: str) -> None:
        self._only_appends(self.pages[nth], lambda page: page.does(gesture))

    @rule(nth=which)
    def follows(self, nth: int) -> None:
        self._only_appends(self.pages[nth], lambda page: page.follows().waits())

    @rule(nth=which)
    def erases(self, nth: int) -> None:
        self.pages[nth].does("erase")

    @rule(nth=which)
    def visits_again(self, nth: int) -> None:
        self.pages[nth].tab.close()
        self.pages[nth] = KeptPage(self.browser)

    # What the browser's tools do.

    @rule(nth=which, name=names, is_heard=st.booleans())
    def removes(self, nth: int, name: str, is_heard: bool) -> None:
        self._put(nth, name, None, is_heard)

    @rule(nth=which, name=names, value=odd_values, is_heard=st.booleans())
    def puts(self, nth: int, name: str, value: str, is_heard: bool) -> None:
        self._put(nth, name, value, is_heard)

    @rule(nth=which, position=st.integers(1, 4), is_heard=st.booleans())
    def alters(self, nth: int, position: int, is_heard: bool) -> None:
        name = f"esbank/ledger/1/{position:012d}"
        if line := self.browser.stored.get(name):
            self._put(nth, name, line.replace('"amount":500', '"amount":900'), is_heard)

    @rule(nth=which, is_heard=st.booleans())
    def clears(self, nth: int, is_heard: bool) -> None:
        self._put(nth, None, None, is_heard)

    def _put(self, nth: int, name: str | None, value: str | None, is_heard: bool) -> None:
        put = self.browser.put if is_heard else self.pages[nth].tab.put_unheard
        put(name, value)

    # What holds.

    def _only_appends(self, page: KeptPage, act) -> None:
        before, known = self._ledger(), self._known(page)
        act(page)
        after = self._ledger()
        assert before.items() <= after.items(), "a page removes nothing and changes nothing"
        new = after.keys() - before.keys() - known
        if new:
            assert self._known(page) <= after.keys(), "nothing is appended after a hole"

    def _ledger(self) -> dict[str, str]:
        return {name: text for name, text in self.browser.stored.items() if "/ledger/" in name}

    @staticmethod
    def _known(page: KeptPage) -> set[str]:
        """The keys of the events that a page has lines of."""
        live = page.model.live
        return {
            f"esbank/ledger/{live.generation}/{recorded.position:012d}"
            for recorded, line in zip(live.ledger.recorded, live.lines, strict=True)
            if line.startswith('{"specversion"')
        }

    @invariant()
    def every_event_has_its_line(self) -> None:
        for page in self.pages:
            assert len(page.model.live.lines) == page.model.live.ledger.head

    @invariant()
    def the_chain_is_never_ahead(self) -> None:
        for page in self.pages:
            assert page.model.live.chain.lines <= page.model.live.ledger.head

    def teardown(self) -> None:
        for page in self.pages:
            page.follows().waits()
        fresh = KeptPage(self.browser).waits()
        assert "Verifying" not in fresh.chain


def test_a_page_only_ever_appends_and_never_after_a_hole(process: Node) -> None:
    class InProcess(Visitors):
        pass

    InProcess.process = process
    run_state_machine_as_test(InProcess, settings=settings(max_examples=40, stateful_step_count=25))
