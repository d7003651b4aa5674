"""The Audit lab without a browser: a statement of an account, and its file."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from bankpage.labs.audit.lab import LAB
from bankpage.labs.audit.messages import StatementAsked
from bankpage.labs.audit.model import Desk
from bankpage.labs.audit.statements import asked_for
from bankpage.paper.effects import Download

from esbank_core.bank.commands import (
    OpenAccount,
)
from esbank_core.bank.events import (
    MoneyDeposited,
    MoneyWithdrawn,
)
from tests.core.histories import NOON, Bank
from tests.page.lab_desk import LabDesk, subject_of
from tests.page.labs.audit.desks import ADA, bank, lab


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
