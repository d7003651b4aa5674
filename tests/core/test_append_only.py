"""The sequence that only grows: every earlier length stays what it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from esbank_core.kernel.append_only import AppendOnly, Continued


def test_what_it_grew_from_stays_as_it_was() -> None:
    short = AppendOnly("ab")
    long = short.plus("cd")
    assert list(short) == ["a", "b"]
    assert list(long) == ["a", "b", "c", "d"]


def test_two_can_grow_from_one() -> None:
    trunk = AppendOnly("ab")
    ours, theirs = trunk.plus("c"), trunk.plus("xy")
    assert (list(trunk), list(ours), list(theirs)) == (list("ab"), list("abc"), list("abxy"))


def test_growing_does_not_copy_what_is_there() -> None:
    item = object()
    log = AppendOnly([item])
    assert log.plus(["b"])._items is log._items


def test_it_has_no_item_beyond_its_own_end() -> None:
    short = AppendOnly("ab")
    short.plus("cd")
    for index in (2, 3, -3):
        with pytest.raises(IndexError, match=f"no item {index} in a sequence of 2"):
            short[index]


def test_what_is_equal_has_an_equal_hash() -> None:
    grown = AppendOnly("a").plus("b")
    assert grown == AppendOnly("ab")
    assert hash(grown) == hash(AppendOnly("ab"))
    assert grown != AppendOnly("ac")
    assert grown != ["a", "b"]


def test_it_shows_what_it_holds() -> None:
    assert repr(AppendOnly("a").plus("b")) == "AppendOnly(['a', 'b'])"


class Growing(RuleBasedStateMachine):
    """Beside each log grows a tuple, and they never differ."""

    logs = Bundle("logs")

    @rule(target=logs, items=st.lists(st.integers(), max_size=4))
    def begin(self, items: list[int]) -> tuple[AppendOnly[int], tuple[int, ...]]:
        return AppendOnly(items), tuple(items)

    @rule(target=logs, pair=logs, items=st.lists(st.integers(), max_size=4))
    def grow(self, pair, items):
        log, model = pair
        return log.plus(items), model + tuple(items)

    @rule(pair=logs, index=st.integers(-9, 9), cut=st.slices(9))
    def compare(self, pair, index, cut):
        log, model = pair
        assert tuple(log) == model
        assert len(log) == len(model)
        assert list(reversed(log)) == list(reversed(model))
        assert tuple(log[cut]) == model[cut]
        if -len(model) <= index < len(model):
            assert log[index] == model[index]


TestGrowing = Growing.TestCase
TestGrowing.settings = settings(max_examples=50, stateful_step_count=15)


@given(st.lists(st.integers()), st.slices(20))
def test_any_slice_is_that_of_a_list(items: list[int], cut: slice) -> None:
    longer = AppendOnly(items)
    longer.plus([1, 2, 3])
    assert list(longer[cut]) == items[cut]


@given(st.lists(st.integers()), st.lists(st.integers()), st.lists(st.integers()), st.data())
def test_one_that_goes_on_after_another_is_both_in_a_row(before, first, second, data) -> None:
    start = Continued(before, first)
    whole = start.plus(second)
    expected = [*before, *first, *second]
    assert list(start) == [*before, *first]
    assert list(whole) == expected
    assert len(whole) == len(expected)
    assert whole == AppendOnly(expected)
    assert hash(whole) == hash(AppendOnly(expected))
    for place in range(-len(expected), len(expected)):
        assert whole[place] == expected[place]
    span = data.draw(st.slices(max(1, len(expected))))
    assert list(whole[span]) == expected[span]
    assert list(start.plus([1])) == [*before, *first, 1], "a fork"
    assert list(whole) == expected
