"""Audit: whatever is done to a history shows, where it was done, and as what it was."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount
from esbank_core.bank.events import MoneyDeposited
from esbank_core.kernel.errors import RefusedLine
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.written.audit import Audit, Link, Verifier, verify
from esbank_core.kernel.written.chain import GENESIS_HASH
from esbank_core.kernel.written.event_file import write_events
from esbank_core.kernel.written.json_lines import LONGEST_LINE
from esbank_core.kernel.written.suspect import Break, Broken, Sign
from tests.core.histories import Bank, ledgers, lines_of

BANK = Bank().do(OpenAccount("ACC-1", "Ada")).do(OpenAccount("ACC-2", "Grace"))
for amount in range(1, 11):
    BANK.do(DepositMoney("ACC-1", amount))
LINES = lines_of(BANK.ledger.recorded)
COUNT = len(LINES)


def audit(lines: list[str], known_head: str | None = None) -> Audit:
    return verify(["".join(lines).encode()], CODEC, known_head)


def hash_at(position: int) -> str:
    return json.loads(LINES[position - 1])["chainhash"] if position else GENESIS_HASH


def assert_broken(lines: list[str], position: int, kind: Break) -> Audit:
    found = audit(lines)
    assert found.broken is not None
    assert (found.broken.position, found.broken.kind) == (position, kind), found.broken.sign
    assert found.events == len(lines)
    assert found.head == hash_at(position - 1)
    return found


def changed(line: str, **attributes: object) -> str:
    return json.dumps({**json.loads(line), **attributes}) + "\n"


@given(ledgers())
def test_what_was_written_is_intact(ledger) -> None:
    lines = lines_of(ledger.recorded)
    found = audit(lines)
    assert found.is_intact
    assert found.events == ledger.head
    assert found.head == (json.loads(lines[-1])["chainhash"] if lines else GENESIS_HASH)


def test_the_form_of_a_line_does_not_matter() -> None:
    rewritten = [json.dumps(json.loads(line), sort_keys=True, indent=None) + "\n" for line in LINES]
    assert rewritten != LINES
    assert audit(rewritten) == audit(LINES) == Audit(COUNT, hash_at(COUNT), None)


def test_of_nothing_nobody_says_that_it_is_intact() -> None:
    assert audit([]) == Audit(0, GENESIS_HASH, None)
    assert not audit([]).is_intact


@pytest.mark.parametrize("position", range(1, COUNT + 1))
@pytest.mark.parametrize(
    "change", [{"data": {"amount": 999}}, {"time": "2030-01-01T00:00:00Z"}, {"surplus": 1}]
)
def test_an_altered_event_is_found(position: int, change: dict[str, object]) -> None:
    lines = list(LINES)
    lines[position - 1] = changed(lines[position - 1], **change)
    assert_broken(lines, position, Break.ALTERED)


@pytest.mark.parametrize("position", range(1, COUNT))
def test_an_event_altered_and_hashed_anew_breaks_the_chain_behind_it(position: int) -> None:
    lines = list(LINES)
    altered = replace(BANK.ledger.at(position), event=MoneyDeposited(999))
    lines[position - 1 : position] = write_events([altered], CODEC, hash_at(position - 1))
    found = audit(lines).broken
    assert found is not None
    assert (found.position, found.kind) == (position + 1, Break.ALTERED)


@pytest.mark.parametrize(("position", "end"), list(combinations(range(1, COUNT + 1), 2)))
def test_removed_events_are_found(position: int, end: int) -> None:
    count = end - position
    lines = LINES[: position - 1] + LINES[position - 1 + count :]
    found = assert_broken(lines, position, Break.REMOVED)
    assert found.broken is not None
    assert found.broken.stated == position + count


@pytest.mark.parametrize("place", range(COUNT + 1))
@pytest.mark.parametrize("copied", range(COUNT))
def test_a_copied_event_is_found_as_inserted(place: int, copied: int) -> None:
    lines = [*LINES[:place], LINES[copied], *LINES[place:]]
    if place == copied:  # the copy that is found is the second one
        place += 1
    assert_broken(lines, place + 1, Break.INSERTED)


@pytest.mark.parametrize("place", range(COUNT))
def test_an_invented_event_is_found_as_inserted(place: int) -> None:
    invented = changed(LINES[place], id="new", data={"amount": 1_000_000}, chainhash="0" * 64)
    assert_broken([*LINES[:place], invented, *LINES[place:]], place + 1, Break.INSERTED)
    unsealed = json.loads(invented)
    del unsealed["chainhash"]
    lines = [*LINES[:place], json.dumps(unsealed) + "\n", *LINES[place:]]
    assert_broken(lines, place + 1, Break.INSERTED)


@pytest.mark.parametrize("place", range(COUNT))
def test_an_invented_event_that_is_well_hashed_is_found_as_inserted(place: int) -> None:
    invented = replace(BANK.ledger.at(place + 1), event=MoneyDeposited(1_000_000))
    forged = list(write_events([invented], CODEC, hash_at(place)))
    found = audit([*LINES[:place], *forged, *LINES[place:]])
    assert found.broken is not None
    assert (found.broken.position, found.broken.kind) == (place + 1, Break.INSERTED)
    assert found.head == hash_at(place)


@pytest.mark.parametrize(("from_place", "to_place"), list(permutations(range(COUNT), 2)))
def test_a_moved_event_is_found_as_reordered(from_place: int, to_place: int) -> None:
    lines = list(LINES)
    lines.insert(to_place, lines.pop(from_place))
    assert_broken(lines, min(from_place, to_place) + 1, Break.REORDERED)


def test_a_history_cut_short_shows_against_a_known_head() -> None:
    known = hash_at(COUNT)
    assert audit(LINES, known).is_intact
    for length in range(COUNT):
        assert audit(LINES[:length]).broken is None
        found = audit(LINES[:length], known)
        assert found.broken is not None
        assert (found.broken.position, found.broken.kind) == (length + 1, Break.CUT_SHORT)
        assert found.head == hash_at(length)


def test_a_history_that_has_grown_still_holds_the_known_head() -> None:
    assert audit(LINES, hash_at(4)).is_intact
    assert audit(LINES, GENESIS_HASH).is_intact


def test_a_history_written_anew_shows_against_a_known_head() -> None:
    recorded = list(BANK.ledger.recorded)
    recorded[4] = replace(recorded[4], event=MoneyDeposited(999))
    anew = lines_of(recorded)
    assert audit(anew).is_intact
    assert not audit(anew, hash_at(COUNT)).is_intact
    assert audit(anew, hash_at(4)).is_intact


def test_a_trace_left_by_hashing_anew_is_found() -> None:
    without_third = BANK.ledger.recorded[:2] + BANK.ledger.recorded[3:]
    found = audit(lines_of(without_third))
    assert found.broken is not None
    assert (found.broken.position, found.broken.kind) == (3, Break.REMOVED)


def test_a_file_that_breaks_off_within_a_line_is_cut_short() -> None:
    found = audit([*LINES[:5], LINES[5][:40]])
    assert found.broken is not None
    assert (found.broken.position, found.broken.kind) == (6, Break.CUT_SHORT)
    assert found.events == 5


def test_a_line_made_unreadable_is_altered() -> None:
    found = audit([*LINES[:5], "oops\n", *LINES[6:]])
    assert found.broken is not None
    assert (found.broken.position, found.broken.kind) == (6, Break.ALTERED)
    assert found.broken.sign is Sign.NOT_JSON
    assert found.broken.unfit is not None
    assert found.broken.unfit.evidence == "oops"
    assert found.head == hash_at(5)


@pytest.mark.parametrize("line", ['{"data":"' + "x" * LONGEST_LINE + '"}\n', "[" * 200 + "\n"])
def test_what_is_merely_too_much_is_not_called_altered(line: str) -> None:
    for rest in ([], LINES[6:]):
        found = audit([*LINES[:5], line, *rest])
        assert found.broken is not None
        assert (found.broken.position, found.broken.kind) == (6, Break.UNREADABLE)
        assert found.broken.sign is Sign.BEYOND
        assert found.head == hash_at(5)


def test_an_event_of_a_newer_schema_is_as_intact_as_any() -> None:
    newer = UnknownEvent("MoneyDeposited", 2, {"amount": 5, "note": "", "branch": {"no": 7}})
    recorded = [*BANK.ledger.recorded[:3], replace(BANK.ledger.at(4), event=newer)]
    assert audit(lines_of(recorded)).is_intact


def altered(nth: int) -> list[str]:
    return [*LINES[:nth], changed(LINES[nth], data={"amount": 999}), *LINES[nth + 1 :]]


HISTORIES = {
    "intact": LINES,
    "altered": altered(4),
    "removed": [*LINES[:3], *LINES[5:]],
    "reordered": [*LINES[:3], LINES[6], *LINES[3:6], *LINES[7:]],
    "inserted": [*LINES[:6], LINES[2], *LINES[6:]],
    "unreadable": [*LINES[:3], "{\n", *LINES[4:]],
    "twice": [*altered(7)[:9], "oops\n", *LINES[10:]],
    "cut": [*LINES[:5], LINES[5][:40]],
}


@pytest.mark.parametrize("name", HISTORIES)
@given(data=st.data())
def test_in_whichever_slices_the_verdict_is_the_same(name: str, data: st.DataObject) -> None:
    lines = [line.removesuffix("\n") for line in HISTORIES[name]]
    at_once, all_checked = Verifier.genesis(CODEC, hash_at(COUNT)).feed(lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=5)))
    verifier, checked = Verifier.genesis(CODEC, hash_at(COUNT)), []
    for start, end in pairwise([0, *cuts, len(lines)]):
        earlier = verifier
        verifier, some = earlier.feed(lines[start:end])
        assert earlier.feed(lines[start:end]) == (verifier, some)
        checked += some
    assert (verifier, tuple(checked)) == (at_once, all_checked)
    if name != "cut":
        assert verifier.audit() == audit(HISTORIES[name], hash_at(COUNT))


def test_each_line_says_its_hash_and_whether_it_follows() -> None:
    lines: list[str | None] = [line[:-1] for line in altered(4)]
    lines[7], lines[9] = "oops", None
    _, checked = Verifier.genesis(CODEC).feed(lines)
    broken = {
        5: Link.BREAKS,
        8: Link.UNREADABLE,
        9: Link.BREAKS,
        10: Link.UNREADABLE,
        11: Link.BREAKS,
    }
    assert [one.link for one in checked] == [
        broken.get(position, Link.HOLDS) for position in range(1, COUNT + 1)
    ]
    assert [one.chainhash for one in checked] == [
        "" if position in (8, 10) else hash_at(position) for position in range(1, COUNT + 1)
    ]


UNUSUAL = ["\ud800", "", "[" * 9_000, "\n", "{}", LINES[1].replace("Grace", "\udc80")]


@pytest.mark.parametrize("line", UNUSUAL, ids=ascii)
def test_nothing_that_is_found_stops_the_verifying(line: str) -> None:
    verifier, checked = Verifier.genesis(CODEC).feed([LINES[0][:-1], line, LINES[2][:-1]])
    assert checked[0].link is Link.HOLDS
    assert checked[1].link is not Link.HOLDS
    assert verifier.audit().broken is not None


def test_what_is_known_to_be_missing_is_a_break_at_its_place() -> None:
    lines: list[str | None] = [line[:-1] for line in LINES]
    lines[3] = None
    verifier, _ = Verifier.genesis(CODEC).feed(lines)
    assert verifier.audit() == Audit(COUNT - 1, hash_at(3), Broken(4, Break.REMOVED, Sign.MISSING))


def test_the_verdict_can_be_asked_for_at_any_time() -> None:
    verifier = Verifier.genesis(CODEC)
    for nth, line in enumerate(LINES, start=1):
        verifier, _ = verifier.feed([line[:-1]])
        assert verifier.audit() == Audit(nth, hash_at(nth), None)


def test_a_file_without_hashes_cannot_be_verified() -> None:
    lines = []
    for line in LINES:
        document = json.loads(line)
        del document["chainhash"]
        lines.append(json.dumps(document) + "\n")
    with pytest.raises(RefusedLine, match="chainhash"):
        audit(lines)
    assert_broken([lines[0], *LINES[1:]], 1, Break.ALTERED)


def test_what_is_no_file_of_events_is_refused() -> None:
    with pytest.raises(RefusedLine):
        audit(["hello\n", *LINES])


@given(ledgers(), st.data())
def test_any_change_of_any_character_shows(ledger, data) -> None:
    lines = lines_of(ledger.recorded)
    nth = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[nth]) - 2))
    character = data.draw(st.sampled_from('abc019"\\{}:, é'))
    line = lines[nth]
    tampered = line[:at] + character + line[at + 1 :]
    with suppress(ValueError):
        assume(json.loads(tampered) != json.loads(line))
    try:
        found = audit([*lines[:nth], tampered, *lines[nth + 1 :]])
    except RefusedLine:
        return
    assert found.broken is not None
    assert found.broken.position == nth + 1
