"""Lines without their hashes: the same lines again, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC
from esbank_core.kernel.errors import UnfitLine
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.sealing import Sealing
from tests.core.histories import file_of, ledgers

SEALING = Sealing(CODEC)


@given(ledgers())
def test_what_is_unsealed_is_sealed_again_letter_by_letter(ledger) -> None:
    lines = file_of(ledger.recorded).decode().split("\n")[:-1]
    unsealed, previous = [], GENESIS_HASH
    for line in lines:
        found = SEALING.unseal(line, previous)
        assert found is not None
        assert previous not in found[0]
        unsealed.append(found[0])
        previous = found[1]
    assert SEALING.seal(unsealed, GENESIS_HASH) == (lines, previous)


@given(ledgers(), st.integers(0, 50), st.sampled_from("0f"))
def test_a_line_after_another_hash_is_not_unsealed(ledger, at, digit) -> None:
    lines = file_of(ledger.recorded).decode().split("\n")[:-1]
    if at < len(lines):
        assert SEALING.unseal(lines[at], "ab" * 32) is None
        assert (
            SEALING.unseal(lines[at].replace('"chainhash":"', f'"chainhash":"{digit}'), "") is None
        )


@pytest.mark.parametrize("line", ["", "{", "null", '{"chainhash":"0"}', '{"id":"x"}'])
def test_what_is_no_line_is_not_unsealed(line: str) -> None:
    assert SEALING.unseal(line, GENESIS_HASH) is None


@pytest.mark.parametrize(
    "text", ["", '{"id":"x"}', '{"chainhash":""', '{"chainhash":"","a":NaN}', '["chainhash":""]']
)
def test_what_is_no_line_without_a_hash_is_not_sealed(text: str) -> None:
    with pytest.raises(UnfitLine):
        SEALING.seal([text], GENESIS_HASH)


def test_a_hash_among_the_data_stays_where_it_is() -> None:
    text = '{"id":"x","chainhash":"","data":{"chainhash":""}}'
    (line,), own = SEALING.seal([text], GENESIS_HASH)
    assert line == f'{{"id":"x","chainhash":"{own}","data":{{"chainhash":""}}}}'
    assert SEALING.unseal(line, GENESIS_HASH) == (text, own)
