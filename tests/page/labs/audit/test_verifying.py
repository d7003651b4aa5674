"""The Audit lab without a browser: the chain verified, drawn, and where there is none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bankpage.labs.audit.verifying import SLICE
from bankpage.labs.contract import (
    OpenStudy,
    Subject,
)

from esbank_core import CODEC
from esbank_core.bank.account import is_readable
from esbank_core.bank.commands import (
    DepositMoney,
    OpenAccount,
)
from esbank_core.bank.events import (
    Event,
)
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.chain import chain_hash
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.lines_to_come import LinesToCome
from tests.core.histories import Bank
from tests.page.lab_desk import studied, subject_of
from tests.page.labs.audit.desks import (
    ADA,
    COUNT,
    HEAD,
    attacked,
    bank,
    lab,
    on_stage,
    subject,
    verdict,
)


def test_an_intact_history_is_said_to_be_so_with_its_head() -> None:
    desk = lab()
    assert verdict(desk) == ""
    desk.does("verify")
    assert verdict(desk) == f"Intact: {COUNT} events, head {HEAD[:4]}…"
    assert HEAD in desk.shows("audit-why")
    assert "No head is known" in desk.shows("audit-why")


def test_lines_that_are_still_being_written_are_not_written_by_looking() -> None:
    whole = subject()
    events = AppendOnly(filter(is_readable, whole.history.recorded))
    to_come = LinesToCome[Event](events, LineCodec(CODEC))
    desk = lab(replace(whole, lines=to_come))
    assert "are being written" in desk.shows("audit-links-shown")
    assert (desk.shows("audit-links"), to_come.at_hand) == ("", 0)
    assert list(to_come) == list(whole.lines)
    assert "are being written" not in desk.shows("audit-links-shown")
    assert "#2 MoneyDeposited" in desk.shows("audit-links")


def test_of_nothing_nobody_says_that_it_is_intact() -> None:
    desk = lab(subject_of([])).does("verify")
    assert verdict(desk) == "Nothing to verify"
    assert desk.does("keep").shows("audit-head-said").startswith("There is no event yet")
    assert desk.slot("audit-kept").attributes["hidden"] is True


def test_a_long_history_is_verified_in_slices_and_says_how_far_it_is() -> None:
    long = Bank().do(OpenAccount(ADA, "Ada"))
    for nth in range(SLICE * 2):
        long.do(DepositMoney(ADA, nth + 1))
    desk = lab(subject_of(long.ledger.recorded)).only("verify")
    assert verdict(desk) == ""
    progress = desk.slot("audit-progress").attributes
    assert (progress["value"], progress["max"]) == (SLICE, SLICE * 2 + 1)
    desk.goes_on()
    assert desk.slot("audit-progress").attributes["hidden"] is False
    desk.settles()
    assert verdict(desk).startswith("Intact: 2,401 events")
    assert desk.slot("audit-progress").attributes["hidden"] is True


def test_what_was_found_is_not_said_of_another_history() -> None:
    desk = lab().does("verify").sees(subject_of(bank().do(DepositMoney(ADA, 1)).ledger.recorded))
    assert verdict(desk) == ""
    before = lab().only("verify")
    assert verdict(before.looks_at(3)) != ""


def test_the_chain_is_drawn_around_the_broken_link() -> None:
    whole = subject()
    forged = [*whole.lines]
    forged[1] = forged[1].replace('"amount":10000', '"amount":90000')
    broken = replace(whole, lines=AppendOnly(forged), chain=Verifier.genesis(CODEC).fed(forged))
    desk = lab(broken).does("verify")
    assert verdict(desk) == "Broken at event 2: altered"
    assert "Its hash is not that of what it says." in desk.shows("audit-why")
    links = {
        str(link.attributes["data-link"]): link.attributes["data-marked"]
        for link in desk.slot("audit-links").children or ()
        if not isinstance(link, str)
    }
    assert links == {"holds": False, "breaks": True}
    assert "does not follow event 1" in desk.shows("audit-links")


def test_links_can_be_leafed_through() -> None:
    desk = lab()
    assert desk.shows("audit-links-shown") == "Links 2 to 9 of 9"
    desk.does("earlier")
    assert desk.shows("audit-links-shown") == "Links 1 to 8 of 9"
    assert desk.slot("audit-earlier").attributes["aria-disabled"] == "true"
    desk.does("later").does("later")
    assert desk.shows("audit-links-shown") == "Links 2 to 9 of 9"
    assert lab(subject_of([])).shows("audit-links-shown") == "No event recorded yet."


def test_one_event_can_be_checked_by_hand() -> None:
    desk = lab().does("hand", position="9")
    assert desk.shows("audit-hand-carried") == desk.shows("audit-hand-hash") == HEAD
    assert "The same hash comes out" in desk.shows("audit-hand-why")
    assert desk.shows("audit-hand-content").startswith('{"authid":"teller"')
    assert desk.shows("audit-hand-sha256sum").endswith("| sha256sum")
    assert desk.shows("audit-hand-python").startswith("python3 -c ")
    desk.does("hand", position="99")
    assert desk.slot("audit-hand").attributes["hidden"] is True


def test_a_line_that_is_none_is_named_and_has_nothing_to_check() -> None:
    whole = subject()
    lines = [*whole.lines[:2], "", *whole.lines[3:]]
    desk = lab(replace(whole, lines=AppendOnly(lines))).does("verify").does("hand", position="3")
    assert verdict(desk) == "Broken at event 3: removed"
    assert "There is nothing to hash" in desk.shows("audit-hand-why")
    desk.does("attack", attack="alter-amount", event="3", value="")
    assert "cannot be read" in desk.shows("audit-attack-said") or desk.wishes


def unchained() -> Subject:
    whole = subject()
    lines = []
    for line in whole.lines:
        document = json.loads(line)
        del document["chainhash"]
        lines.append(json.dumps(document))
    chain = Verifier.genesis(CODEC).fed(lines)
    return studied(replace(whole, lines=AppendOnly(lines), chain=chain))


def test_a_history_without_hashes_is_unchained_and_can_be_chained_as_a_study() -> None:
    desk = lab(unchained()).does("verify")
    assert verdict(desk) == f"Unchained: {COUNT} events without a hash"
    assert desk.slot("audit-chain-it").attributes["hidden"] is False
    assert desk.does("keep").shows("audit-head-said").startswith("This history has no chain")
    desk.does("chain")
    [wish] = desk.wishes
    assert isinstance(wish, OpenStudy)
    desk.sees(on_stage(wish.study))
    assert verdict(desk).startswith(f"Intact: {COUNT} events")
    assert wish.study.name == "a study (chained copy)"


def test_events_that_tell_no_place_may_be_altered_or_missing() -> None:
    """Of somebody else’s chain, whose events do not say which they are."""
    whole, lines, head = subject(), [], "0" * 64
    for line in whole.lines:
        document = json.loads(line)
        for name in ("chainhash", "sequence", "streamversion"):
            del document[name]
        document["source"] = "/till"
        head = chain_hash(head, document)
        lines.append(json.dumps({**document, "chainhash": head}))
    chain = Verifier.genesis(CODEC).fed(lines)
    desk = lab(studied(replace(whole, lines=AppendOnly(lines), chain=chain))).does("verify")
    assert verdict(desk).startswith(f"Intact: {COUNT} events")
    attacked(desk, "remove", 4)
    assert verdict(desk) == "Broken at event 4: altered"
    assert "or events before it are missing" in desk.shows("audit-why")


def test_an_attack_on_a_history_without_hashes_shows_nothing() -> None:
    assert verdict(attacked(lab(unchained()), "remove", 2)).startswith("Unchained: 8 events")


def test_what_was_found_stays_when_the_ledger_grows_and_goes_with_another() -> None:
    desk = lab().does("statement", account="ACC-1", **{"from": "", "until": ""})
    desk.does("find", actor="", stream="ACC-2", type="", since="", to="")
    old = desk.subject
    more = Bank().do(OpenAccount(ADA, "Ada")).ledger.recorded
    grown = replace(
        old,
        history=old.history.extend([replace(more[0], position=Position(COUNT + 1))]),
        lines=old.lines.plus(["{}"]),
    )
    desk.sees(grown)
    assert desk.slot("audit-sheet-box").attributes["hidden"] is False
    assert desk.slot("audit-found-box").attributes["hidden"] is False
    assert "telleruser1010" in desk.shows("audit-who")
    desk.sees(subject_of([]))
    assert desk.slot("audit-sheet-box").attributes["hidden"] is True
    assert desk.slot("audit-found-box").attributes["hidden"] is True
    assert desk.shows("audit-who") == ""


@pytest.mark.parametrize(
    ("gesture", "fields"),
    [
        ("rob", {}),
        ("hand", {}),
        ("hand", {"position": "x"}),
        ("attack", {"attack": "burn", "event": "1", "value": ""}),
        ("compare", {}),
    ],
)
def test_a_gesture_that_no_control_makes_is_an_error(gesture: str, fields: dict[str, str]) -> None:
    with pytest.raises((ValueError, KeyError)):
        lab().does(gesture, **fields)
