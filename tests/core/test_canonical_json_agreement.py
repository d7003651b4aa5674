"""Canonical JSON, held to RFC 8785's own vectors and to another implementation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.kernel.written.canonical_json import LARGEST_EXACT_INTEGER, canonical_json

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "rfc8785"
NAMES = ["arrays", "french", "structures", "unicode", "values", "weird"]


@pytest.mark.parametrize("name", NAMES)
def test_the_vectors_of_rfc_8785(name: str) -> None:
    given_file = VECTORS / "input" / f"{name}.json"
    if not given_file.exists():
        pytest.skip(f"RFC 8785's vectors are not at {VECTORS}")
    expected = (VECTORS / "output" / f"{name}.json").read_bytes()
    assert canonical_json(json.loads(given_file.read_bytes())).encode() == expected


_members = st.dictionaries(
    st.text(st.characters(codec="utf-8")),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(1 - LARGEST_EXACT_INTEGER, LARGEST_EXACT_INTEGER - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner)
        ),
        max_leaves=8,
    ),
)


@given(_members)
def test_another_implementation_writes_the_same(value: dict[str, object]) -> None:
    rfc8785 = pytest.importorskip("rfc8785")
    assert canonical_json(value).encode() == rfc8785.dumps(value)


@given(st.dictionaries(st.text(st.characters(codec="utf-8", min_codepoint=0xD7F0)), st.integers(0)))
def test_names_are_ordered_by_their_utf_16(value: dict[str, int]) -> None:
    small = {name: number % 1000 for name, number in value.items()}
    names = list(json.loads(canonical_json(small)))
    assert names == sorted(small, key=lambda name: name.encode("utf-16-be"))


@pytest.mark.parametrize(
    "value",
    [
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": LARGEST_EXACT_INTEGER + 1},
        {"a": {"b": -LARGEST_EXACT_INTEGER - 1}},
        {"a": "\ud800"},
        {"\udfff": 1},
        {1: "a"},
        {None: "a"},
        {"a": {True: 1}},
        {"a": {1, 2}},
        {"a": b"x"},
        {"a": object()},
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical_json(value)
