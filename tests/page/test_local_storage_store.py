"""The store in localStorage, held to what every store promises: ``storage.js`` itself, in Node."""

from __future__ import annotations

import pytest

from tests.core.concurrent_store_conformance import WRITERS, ConcurrentStoreConformance
from tests.core.store_conformance import DurableStoreConformance, NewStore, Store
from tests.page.local_storage_store import LocalStorageStore
from tests.page.tabs import Browser, Node

MOST_MS_LATE = 5
"""How late tabs see one another's writes; in Chromium it has been up to a few milliseconds."""


class InLocalStorage:
    """How the store is made, and which promises it does not give."""

    @pytest.fixture
    def new_store(self, process: Node) -> NewStore:
        def make() -> LocalStorageStore:
            browser = Browser(process)
            browser.sees_late(MOST_MS_LATE)
            return LocalStorageStore(browser)

        return make

    # It keeps no answers beside the ledger: on the page, nobody asks a command twice.
    test_an_answer_is_remembered_beside_the_ledger = None
    test_the_first_answer_stays = None
    test_an_answer_is_remembered_to_nothing_that_has_no_name = None
    test_no_answer_is_remembered_of_a_stream_that_can_be_none = None
    test_each_stream_has_its_own_answers = None
    test_a_command_asked_twice_leaves_what_once_would_have_left = None
    test_answers_are_remembered_when_it_is_opened_again = None
    test_one_command_that_all_carry_out_has_one_effect = None
    test_one_command_that_is_refused_is_refused_to_all_and_for_good = None


class TestLocalStorageStore(InLocalStorage, DurableStoreConformance):
    def reopened(self, store: Store) -> Store:
        assert isinstance(store, LocalStorageStore)
        return LocalStorageStore(store.browser)


class TestConcurrentLocalStorageStore(InLocalStorage, ConcurrentStoreConformance):
    def stores_for_writers(self, new_store: NewStore) -> list[Store]:
        """A tab for each writer."""
        first = new_store()
        assert isinstance(first, LocalStorageStore)
        return [first, *(LocalStorageStore(first.browser) for _ in range(WRITERS - 1))]
