"""The hash chain: a hash covers its event, and every event before it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.kernel.written.chain import GENESIS_HASH, chain_hash

EVENT = {"type": "MoneyDeposited", "id": "ACC-1/1", "data": {"amount": 5}}


def chained(events: list[dict[str, object]]) -> str:
    head = GENESIS_HASH
    for event in events:
        head = chain_hash(head, event)
    return head


def test_it_can_be_computed_by_hand() -> None:
    text = "0" * 64 + '{"data":{"amount":5},"id":"ACC-1/1","type":"MoneyDeposited"}'
    assert chain_hash(GENESIS_HASH, EVENT) == sha256(text.encode()).hexdigest()


def test_an_event_does_not_cover_its_own_hash() -> None:
    assert chain_hash(GENESIS_HASH, EVENT | {"chainhash": "x"}) == chain_hash(GENESIS_HASH, EVENT)


def test_the_order_of_attributes_does_not_matter() -> None:
    backwards = dict(reversed(EVENT.items()))
    assert chain_hash(GENESIS_HASH, backwards) == chain_hash(GENESIS_HASH, EVENT)


events = st.builds(lambda amount: EVENT | {"data": {"amount": amount}}, st.integers(0, 9))


@given(st.lists(events), st.lists(events))
def test_two_histories_have_one_head_only_if_they_are_one(ours, theirs) -> None:
    assert (chained(ours) == chained(theirs)) == (ours == theirs)


@given(st.lists(events, min_size=1), st.data())
def test_whatever_is_altered_removed_inserted_or_moved_shows(history, data) -> None:
    nth = data.draw(st.integers(0, len(history) - 1))
    altered = [*history[:nth], history[nth] | {"id": "ACC-1/2"}, *history[nth + 1 :]]
    removed = [*history[:nth], *history[nth + 1 :]]
    inserted = [*history[:nth], EVENT, *history[nth:]]
    moved = history[::-1]
    for forged in (altered, removed, inserted, moved):
        assert chained(forged) != chained(history) or forged == history


def test_what_has_no_canonical_form_has_no_hash() -> None:
    with pytest.raises(ValueError, match="NaN"):
        chain_hash(GENESIS_HASH, {"data": float("nan")})
