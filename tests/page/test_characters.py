"""Bytes as characters of localStorage, and back."""

from __future__ import annotations

import pytest
from bankpage.live.stored.characters import from_narrow, from_wide, to_narrow, to_wide
from hypothesis import given
from hypothesis import strategies as st


@given(st.binary(max_size=400))
def test_wide_characters_carry_every_byte(data: bytes) -> None:
    text = to_wide(data)
    assert from_wide(text).startswith(data)
    assert set(from_wide(text)[len(data) :]) <= {0}
    assert len(text) == 8 * -(-len(data) // 15)
    assert all(0x3400 <= ord(character) <= 0xB3FF for character in text)


@given(st.binary(max_size=400))
def test_narrow_characters_carry_every_byte(data: bytes) -> None:
    text = to_narrow(data)
    assert from_narrow(text) == data
    assert len(text) == len(data)


@given(st.binary(min_size=1, max_size=100), st.data())
def test_what_is_cut_or_mixed_with_something_else_is_refused(data: bytes, draw) -> None:
    text = to_wide(data)
    at = draw.draw(st.integers(0, len(text) - 1))
    for other in ("", "a", "\ud800", "\U0001f600", "\u0000", "\ub400", "\u33ff"):
        with pytest.raises(ValueError, match="cut, or holds"):
            from_wide(text[:at] + other + text[at + 1 :])
    with pytest.raises(ValueError, match="codec"):
        from_narrow(text)
