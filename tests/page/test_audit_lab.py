"""The Audit lab without a browser: what it says of a history, and of every attack on it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from bankpage.labs.audit.attacking import SLICE as COPY_SLICE
from bankpage.labs.audit.lab import LAB
from bankpage.labs.audit.messages import StatementAsked
from bankpage.labs.audit.model import Attack, Desk
from bankpage.labs.audit.statements import asked_for
from bankpage.labs.audit.verifying import SLICE
from bankpage.labs.contract import (
    ActAs,
    BackToLive,
    LookAt,
    OpenStudy,
    ShowOnly,
    Study,
    Subject,
    Tell,
)
from bankpage.paper.effects import Download

from esbank_core import CODEC, Metadata, empty_ledger
from esbank_core.bank.account import is_readable
from esbank_core.bank.commands import (
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    SendTransfer,
    WithdrawMoney,
)
from esbank_core.bank.events import (
    AccountOpened,
    Event,
    MoneyDeposited,
    MoneyWithdrawn,
    TransferId,
    TransferReceived,
    TransferSent,
)
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.identity import Position, StreamId
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import RejectedCommand
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.chain import chain_hash
from esbank_core.kernel.written.heads import read_head
from esbank_core.kernel.written.line_codec import LineCodec
from esbank_core.kernel.written.lines_to_come import LinesToCome
from tests.core.histories import NOON, Bank
from tests.page.lab_desk import LabDesk, studied, subject_of

ADA, GRACE = StreamId("ACC-1"), StreamId("ACC-2")


def bank() -> Bank:
    return (
        Bank()
        .do(OpenAccount(ADA, "Ada"))
        .do(DepositMoney(ADA, 100_00, "salary"))
        .do(DepositMoney(ADA, 20_00))
        .do(OpenAccount(GRACE, "Grace"))
        .do(SendTransfer(ADA, 30_00, TransferId("T-1"), GRACE))
        .do(WithdrawMoney(ADA, 5_00, "=HYPERLINK(1)"))
        .do(FreezeAccount(ADA, "card lost"))
        .do(DepositMoney(GRACE, 1_00))
    )


def subject() -> Subject:
    return subject_of(bank().ledger.recorded)


COUNT = subject().history.head
HEAD = json.loads(subject().lines[-1])["chainhash"]


def lab(on: Subject | None = None) -> LabDesk:
    return LabDesk(LAB, on or subject()).does("opened")


def attacked(desk: LabDesk, attack: str, event: int, value: str = "") -> LabDesk:
    """An attack, and the study that it wishes for on the stage, as the page would grant it."""
    desk.does("attack", attack=attack, event=str(event), value=value)
    wish = desk.wishes[-1]
    assert isinstance(wish, OpenStudy)
    return desk.sees(on_stage(wish.study))


def on_stage(study: Study) -> Subject:
    history = study.history
    return Subject(study, history, study.lines, study.chain, history.head, Actor("user", "visitor"))


def verdict(desk: LabDesk) -> str:
    return desk.shows("audit-verdict")


# Verify.


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


# Heads.


def test_a_head_is_kept_with_time_and_count_and_its_script_draws_it() -> None:
    desk = lab().does("keep")
    text = desk.shows("audit-kept-text")
    kept = read_head(text)
    assert (kept.hash, kept.events) == (HEAD, COUNT)
    assert kept.kept is not None
    [told] = [effect for effect in desk.effects if isinstance(effect, Tell)]
    assert read_head(told.text) == kept
    desk.does("download-head")
    [file] = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert (file.name, read_head(file.text)) == ("esbank-head.txt", kept)


@pytest.mark.parametrize(
    ("text", "slot", "other"),
    [
        ("audit-kept-text", "audit-copied", "audit-hand-copied"),
        ("audit-hand-python", "audit-hand-copied", "audit-copied"),
    ],
)
def test_what_was_copied_is_said_where_it_was_and_only_once(
    text: str, slot: str, other: str
) -> None:
    desk = lab().does("copied", how="selected", text=text)
    assert desk.shows(slot).startswith("The browser does not let this page copy")
    assert desk.shows(other) == ""
    assert desk.does("copied", how="copied", text=text).shows(slot) == "Copied."
    assert desk.does("earlier").shows(slot) == ""


def test_a_known_head_is_held_lost_or_grown_from() -> None:
    desk = lab().does("compare", known=f" {HEAD}\n")
    assert verdict(desk) == "Holds the known head"
    grown = bank()
    for _ in range(3):
        grown.do(DepositMoney(GRACE, 1))
    desk.sees(subject_of(grown.ledger.recorded)).does("compare", known=HEAD)
    assert verdict(desk) == "Grown from it by 3 events"
    assert "Event 9 has the hash that is known" in desk.shows("audit-why")
    assert verdict(desk.does("verify")).startswith("Intact: 12 events")
    desk.sees(subject_of(Bank().do(OpenAccount(ADA, "Ada")).ledger.recorded))
    assert verdict(desk.does("compare", known=HEAD)) == "Another history"
    assert verdict(desk.does("verify")) == "Another history"


def test_the_text_that_was_kept_is_a_known_head() -> None:
    desk = lab().does("keep")
    assert verdict(desk.does("compare", known=desk.shows("audit-kept-text"))) == (
        "Holds the known head"
    )


@pytest.mark.parametrize("typed", ["head", "f" * 63, "z" * 64, "{}", "\x00", "f" * 5000])
def test_what_is_no_head_is_said_to_be_none_and_what_was_known_stays(typed: str) -> None:
    desk = lab().does("compare", known=HEAD).does("compare", known=typed)
    assert desk.shows("audit-head-said").startswith("That is no head")
    assert HEAD in desk.shows("audit-known-is")


def test_with_nothing_typed_no_head_is_known_any_more() -> None:
    desk = lab().does("compare", known=HEAD).does("compare", known=" ")
    assert desk.shows("audit-known-is") == "No head is known yet."


def test_of_a_broken_chain_no_head_is_kept() -> None:
    desk = attacked(lab(), "alter-amount", 2).does("keep")
    assert desk.shows("audit-head-said").startswith("This chain is broken")
    assert desk.slot("audit-kept").attributes["hidden"] is True


# Attacks.


@pytest.mark.parametrize(
    ("attack", "event", "value", "said"),
    [
        ("alter-amount", 2, "", "Broken at event 2: altered"),
        ("alter-amount", 5, "$1,000.01", "Broken at event 5: altered"),
        ("rename-owner", 1, "Mallory", "Broken at event 1: altered"),
        ("rename-owner", 3, "", "Broken at event 1: altered"),
        ("remove", 1, "", "Broken at event 1: removed"),
        ("remove", 8, "", "Broken at event 8: removed"),
        ("insert", 1, "", "Broken at event 1: inserted"),
        ("insert", 9, "12", "Broken at event 9: inserted"),
        ("swap", 1, "", "Broken at event 1: reordered"),
        ("swap", 8, "", "Broken at event 8: reordered"),
        ("backdate", 2, "", "Broken at event 2: altered"),
        ("backdate", 9, "2020-02-29", "Broken at event 9: altered"),
        ("backdate", 4, "2020-02-29T10:00:00+02:00", "Broken at event 4: altered"),
    ],
)
def test_an_attack_is_found_and_named(attack: str, event: int, value: str, said: str) -> None:
    desk = lab()
    before = desk.subject
    lines = list(before.lines)
    attacked(desk, attack, event, value)
    assert verdict(desk) == said
    assert list(before.lines) == lines
    study = desk.subject.on_stage
    assert isinstance(study, Study)
    assert study.name == "my ledger (tampered copy)"
    assert study.chain.lines == len(study.lines) == study.history.head
    [remark] = study.remarks
    assert str(event if (attack, event) != ("rename-owner", 3) else 1) in remark.values["position"]


@pytest.mark.parametrize("event", range(1, COUNT + 1))
@pytest.mark.parametrize("attack", ["cut-off", "rehash"])
def test_two_attacks_pass_until_a_head_is_known(attack: str, event: int) -> None:
    desk = attacked(lab(), attack, event)
    assert verdict(desk).startswith("Intact")
    assert verdict(desk.does("compare", known=HEAD)) == "Another history"
    assert "or it was hashed anew" in desk.shows("audit-why")
    assert verdict(attacked(desk.sees(subject()), attack, event)) == "Another history"


def test_the_value_that_was_typed_is_the_one_that_is_forged() -> None:
    desk = attacked(lab(), "alter-amount", 2, "7.50")
    assert desk.subject.history.at(Position(2)).event == MoneyDeposited(7_50, "salary")
    desk = attacked(lab(), "rename-owner", 1, "Eve <b>")
    assert desk.subject.history.at(Position(1)).event == AccountOpened("Eve <b>", "USD")
    desk = attacked(lab(), "insert", 3, "1")
    assert desk.subject.history.at(Position(3)).event == MoneyDeposited(1_00)


def test_an_attack_on_a_copy_goes_on_from_it() -> None:
    desk = attacked(attacked(lab(), "rehash", 2), "alter-amount", 3)
    assert verdict(desk) == "Broken at event 3: altered"
    assert isinstance(desk.subject.on_stage, Study)
    assert desk.subject.on_stage.name == "my ledger (tampered copy)"
    desk.does("leave")
    assert desk.wishes[-1] == BackToLive()


def test_a_long_history_is_copied_in_slices() -> None:
    long = Bank().do(OpenAccount(ADA, "Ada"))
    for nth in range(COPY_SLICE * 2):
        long.do(DepositMoney(ADA, nth + 1))
    desk = lab(subject_of(long.ledger.recorded))
    desk.only("attack", attack="rehash", event="2", value="")
    desk.goes_on()
    assert not desk.wishes
    assert desk.slot("audit-progress").attributes["hidden"] is False
    desk.settles()
    [wish] = desk.wishes
    assert isinstance(wish, OpenStudy)
    assert wish.study.chain.audit().is_intact
    assert len(wish.study.lines) == COPY_SLICE * 2 + 1


@pytest.mark.parametrize(
    ("attack", "event", "value", "said"),
    [
        ("alter-amount", 1, "", "has no amount"),
        ("alter-amount", 2, "much", "is not an amount"),
        ("alter-amount", 2, "100", "says $100.00 already"),
        ("alter-amount", 2, "99999999999999999", "holds that amount exactly"),
        ("rename-owner", 1, "Ada", "says Ada already"),
        ("swap", COUNT, "", "is the last"),
        ("backdate", 2, "yesterday", "is no day and no instant"),
        ("backdate", 2, "2026-02-30", "is no day and no instant"),
        ("insert", 2, "x", "is not an amount"),
        ("remove", 0, "", "no event to attack"),
        ("remove", COUNT + 1, "", "no event to attack"),
    ],
)
def test_what_cannot_be_attacked_is_said(attack: str, event: int, value: str, said: str) -> None:
    desk = lab().does("attack", attack=attack, event=str(event), value=value)
    assert said in desk.shows("audit-attack-said")
    assert not desk.wishes


def test_of_one_event_the_end_cannot_be_cut_off_nor_of_none() -> None:
    one = lab(subject_of(bank().ledger.recorded[:1]))
    one.does("attack", attack="cut-off", event="1", value="")
    assert "nothing would be left" in one.shows("audit-attack-said")
    for attack in Attack:
        none = lab(subject_of([])).does("attack", attack=attack.value, event="0", value="")
        assert "no event to attack" in none.shows("audit-attack-said")


def test_the_event_that_is_attacked_unless_another_is_chosen_moves_money_and_is_not_the_last() -> (
    None
):
    def chosen(desk: LabDesk) -> list[object]:
        options = desk.slot("audit-event").children or ()
        return [
            option.attributes["value"]
            for option in options
            if not isinstance(option, str) and option.attributes.get("selected")
        ]

    assert chosen(lab()) == [2]
    many = Bank()
    for nth in range(60):
        many.do(OpenAccount(StreamId(f"ACC-{nth}"), "Ada"))
    many.do(DepositMoney(StreamId("ACC-7"), 1)).do(DepositMoney(StreamId("ACC-7"), 1))
    assert chosen(lab(subject_of(many.ledger.recorded))) == [61]
    assert chosen(lab().does("choose-event", value="5")) == [5]
    assert "#2 MoneyDeposited $100.00 · ACC-1" in lab().shows("audit-event")


# Without hashes.


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


# Who did what.


def test_every_actor_has_a_row_with_counts_and_times() -> None:
    ledger = bank().ledger
    for actor, event in (
        (Actor("user", "<b>auditor</b>"), MoneyDeposited(1)),
        (None, MoneyDeposited(2)),
    ):
        metadata = Metadata(NOON + timedelta(days=1), actor)
        ledger = ledger.extend(ledger.recorded_next(GRACE, [event], metadata))
    desk = lab(subject_of(ledger.recorded))
    rows = [
        "".join(str(cell.children[0]) for cell in row.children if not isinstance(cell, str)) + " "
        for row in desk.slot("audit-who").children or ()
        if not isinstance(row, str)
    ]
    assert [row[:12] for row in rows] == ["telleruser99", "<b>auditor</", "nobody named"]


def test_rejected_commands_count_for_whoever_gave_them() -> None:
    rejected = tuple(
        RejectedCommand(
            f"c-{nth}",
            NOON,
            Actor("user", "eve"),
            "WithdrawMoney",
            ADA,
            {"amount": 9_999_00, "note": "<i>"},
            Rejection("insufficient-funds", "The balance is too low."),
        )
        for nth in range(60)
    )
    desk = lab(replace(subject(), refused=rejected))
    assert "eveuser0060" in desk.shows("audit-who")
    assert "WithdrawMoney · ACC-1 · $9,999.00 · <i>" in desk.shows("audit-refused")
    assert "10 more" in desk.shows("audit-refused-note")
    desk.does("export-refused")
    [file] = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert file.text.count("\n") == 60
    assert "specversion" not in file.text


def test_deeds_are_found_by_actor_stream_type_and_day() -> None:
    def found(**asked: str) -> str:
        fields = {"actor": "", "stream": "", "type": "", "since": "", "to": ""}
        return lab().does("find", **{**fields, **asked}).shows("audit-find-said")

    assert found() == "9 events found"
    assert found(actor="user/teller") == "9 events found"
    assert found(actor="user/nobody") == "0 events found"
    assert found(stream=" ACC-2 ") == "3 events found"
    assert found(type="MoneyWithdrawn") == "1 event found"
    assert found(since="2026-11-20", to="2026-11-26") == "9 events found"
    assert found(to="2026-11-20") == "0 events found"
    assert found(since="2026-02-30").startswith("“2026-02-30” is no day")
    assert found(since="2026-11-26", to="2026-11-20").startswith("The last day is before the first")


def test_what_was_found_can_be_looked_at_and_shown_alone() -> None:
    desk = lab().does("find", actor="", stream="ACC-2", type="", since="", to="")
    desk.does("show-found").does("show-all").does("look", position="4")
    found = (Position(4), Position(6), Position(9))
    assert desk.wishes == [ShowOnly(found), ShowOnly(None), LookAt(Position(4))]


def test_the_path_of_a_request_goes_across_both_accounts() -> None:
    ledger = empty_ledger()
    transfer = TransferId("T")
    for stream, event, actor, cause in (
        (ADA, TransferSent(5, transfer, GRACE), Actor("user", "visitor"), "the-command"),
        (GRACE, TransferReceived(5, transfer, ADA), Actor("system", "transfer"), "ACC-1/1"),
    ):
        metadata = Metadata(NOON, actor, "the-request", cause)
        ledger = ledger.extend(ledger.recorded_next(stream, [event], metadata))
    desk = lab(subject_of(ledger.recorded)).does("path-here")
    assert "event 2" in desk.shows("audit-path-title")
    said = desk.shows("audit-path")
    assert said.startswith("Command by visitor")
    assert "the-command" in said
    assert "#1 TransferSent ACC-1 from the command, by visitor" in said
    assert "#2 TransferReceived ACC-2 caused by event 1, by transfer" in said
    desk.looks_at(0).does("path-here")
    assert "before the first event" in desk.shows("audit-find-said")


def test_someone_can_act_in_a_name_of_their_own() -> None:
    desk = lab().does("act", actor="  Grace Hopper ")
    assert desk.wishes == [ActAs(Actor("user", "Grace Hopper"))]
    assert "“Grace Hopper” from now on" in desk.shows("audit-actor-said")
    named = desk.sees(replace(desk.subject, actor=Actor("user", "Grace Hopper")))
    assert named.slot("audit-actor").attributes[".value"] == "Grace Hopper"


@pytest.mark.parametrize("typed", ["", "  ", "x" * 81, "a\nb", "\u202eevil", "\u200b", "\x00"])
def test_what_is_no_owners_name_is_no_actors_either(typed: str) -> None:
    desk = lab().does("act", actor=typed)
    assert not desk.wishes
    assert desk.shows("audit-actor-said")


# The statement.


def test_a_statement_opens_moves_and_closes() -> None:
    desk = lab().does("statement", account="ACC-1", **{"from": "", "until": ""})
    said = desk.shows("audit-statement") + desk.shows("audit-statement-foot")
    assert said.startswith("Opening balance$0.00#2")
    assert "+$100.00" in said
    assert "\u2212$30.00" in said
    assert "In $120.00, out $35.00" in said
    assert said.endswith("Closing balance$85.00")
    assert "Ada" in desk.shows("audit-sheet-facts")


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        ("2026-03-28", "2.00"),
        ("2026-03-29", "12.00"),  # 23 hours
        ("2026-10-25", "48.00"),  # 25 hours
        ("2026-10-26", "64.00"),
    ],
)
def test_a_day_on_which_clocks_are_changed_has_all_its_hours(day: str, moved: str) -> None:
    instants = [
        ("2026-03-28T12:00:00", 1),
        ("2026-03-28T22:59:59.999", 1),
        ("2026-03-28T23:00:00", 4),
        ("2026-03-29T21:59:59.999", 8),
        ("2026-10-24T22:00:00", 16),
        ("2026-10-25T22:59:59.999", 32),
        ("2026-10-25T23:00:00", 64),
    ]
    late = Bank().do(OpenAccount(ADA, "Ada"))
    for text, amount in instants:
        at = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        late.happened(ADA, [MoneyDeposited(amount * 100)], at=at)
    on = subject_of(late.ledger.recorded)
    turn = asked_for(Desk(), StatementAsked("ACC-1", day, day), on, ZoneInfo("Europe/Berlin"))
    assert turn.model.sheet is not None
    found = turn.model.sheet.statement
    assert f"{found.money_in // 100}.00" == moved
    assert found.closing - found.opening == found.money_in


def test_its_file_is_csv_that_no_spreadsheet_runs() -> None:
    desk = lab().does("statement", account="ACC-1", **{"from": "2026-11-01", "until": "2026-11-30"})
    desk.does("export-statement")
    [file] = [effect for effect in desk.effects if isinstance(effect, Download)]
    assert file.name == "esbank-statement-ACC-1.csv"
    rows = file.text.split("\r\n")
    assert rows[0] == "event,time,type,note,other_account,amount,balance,currency"
    assert rows[1].endswith("opening balance,,,,0.00,USD")
    assert any(",'=HYPERLINK(1),,-5.00,85.00,USD" in row for row in rows)
    assert rows[-2].endswith("closing balance,,,,85.00,USD")
    assert rows[-1] == ""


@pytest.mark.parametrize(
    ("account", "first", "last", "said"),
    [
        ("ACC-1", "2026-02-30", "", "“2026-02-30” is no day"),
        ("ACC-1", "", "tomorrow", "“tomorrow” is no day"),
        ("ACC-1", "2026-11-30", "2026-11-01", "The last day is before the first"),
        ("ACC-9", "", "", "No event of this history is of that account"),
    ],
)
def test_days_that_are_none_are_said(account: str, first: str, last: str, said: str) -> None:
    desk = lab().does("statement", account=account, **{"from": first, "until": last})
    assert desk.shows("audit-statement-said").startswith(said)
    assert desk.slot("audit-sheet-box").attributes["hidden"] is True


def test_of_very_many_accounts_that_of_the_slider_is_among_the_choices() -> None:
    bank = Bank()
    for nth in range(1, 1_103):
        bank.happened(f"ACC-{nth}", [MoneyDeposited(100 * nth, "")])
    desk = LabDesk(LAB, subject_of(bank.ledger.recorded)).does("opened")

    def choices() -> list[object]:
        return [option.attributes["value"] for option in desk.slot("audit-account").children]

    assert choices()[-2:] == ["ACC-1102", ""]
    assert "… and 101 more" in desk.shows("audit-account")
    assert choices()[:2] == ["ACC-1", "ACC-2"]
    desk.looks_at(1_050)
    assert choices()[-2:] == ["ACC-1050", ""]
    assert len(desk.looks_at(7).slot("audit-account").children) == 1_001
    desk.does("statement", account="ACC-1050", **{"from": "", "until": ""})
    assert "1,050.00" in desk.shows("audit-statement")


def test_there_is_no_statement_where_there_is_no_account() -> None:
    desk = lab(subject_of([])).does("statement", **{"from": "", "until": ""})
    assert desk.shows("audit-statement-said").startswith("There is no account yet")


def test_a_statement_out_of_order_says_so() -> None:
    late = bank()
    late.happened(ADA, [MoneyWithdrawn(1_00)], at=NOON + timedelta(seconds=90))
    desk = lab(subject_of(late.ledger.recorded))
    desk.does("statement", account="ACC-1", **{"from": "", "until": ""})
    assert "stand in order of time" in desk.shows("audit-sheet-notes")
    assert "stand in order" not in lab().does(
        "statement", account="ACC-1", **{"from": "", "until": ""}
    ).shows("audit-sheet-notes")


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
