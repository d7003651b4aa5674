"""The Analytics lab in a browser: asked, answered, plotted, sorted, taken away as a file."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import build
from tests.e2e.labs_visited import Analyst, goes_back, open_history, visit
from tests.e2e.looks import sized
from tests.e2e.teller import Teller
from tests.e2e.test_accessibility import assert_accessible

pytestmark = pytest.mark.e2e

FIVE_MINUTES = "Who withdrew soon after depositing?"


@pytest.fixture(scope="module")
def visited(browser: Browser, address: str) -> Iterator[Teller]:
    with visit(browser, address) as teller:
        yield teller.skip_through_the_story()


@pytest.fixture
def analyst(visited: Teller) -> Iterator[Analyst]:
    """Someone in the lab, whose slider looks at now."""
    goes_back(visited)
    visited.slider.fill("12")
    visited.stands_at(12, 12)
    yield Analyst(visited).opens()
    sized(visited.page, 1280, 900)
    visited.page.emulate_media(color_scheme="light")


def test_a_newcomer_asks_the_five_minute_question(analyst: Analyst) -> None:
    assert analyst.question.locator("option").all_inner_texts()[0] == FIVE_MINUTES
    analyst.asks(FIVE_MINUTES).is_told("1 account withdrew within 5 minutes of depositing")
    expect(analyst.answer.get_by_role("row")).to_have_count(2)
    expect(analyst.answer).to_contain_text("Ada Lovelace")
    picture = analyst.lab.get_by_role("img")
    expect(picture).to_be_visible()
    expect(picture).to_have_accessible_name(re.compile("A dot for each time, .* 4m at most"))
    expect(analyst.lab).to_contain_text("By recorded time")


def test_the_answer_is_as_of_the_slider_and_leads_to_its_events(analyst: Analyst) -> None:
    teller = analyst.teller
    analyst.asks("What was the balance over time?").is_told("8 movements")
    teller.slider.fill("3")
    analyst.is_told("2 movements changed a balance; the last left $770.00")
    teller.slider.fill("12")
    analyst.is_told("8 movements")
    analyst.lab.get_by_role("button", name="Go to event 5", exact=True).click()
    teller.stands_at(5, 12)
    analyst.is_told("8 movements")
    teller.slider.fill("2")
    analyst.is_told("1 movement")


def test_what_is_recorded_meanwhile_counts_at_once(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}#ask") as teller:
        analyst = Analyst(teller)
        expect(analyst.question).to_be_visible()
        analyst.asks(FIVE_MINUTES).is_told("Nobody")
        teller.open_account().has_rows(1).deposit("100").has_rows(2).withdraw("7").has_rows(3)
        analyst.is_told("1 account withdrew")


def test_every_question_is_answered_and_every_answer_accessible(analyst: Analyst, axe: str) -> None:
    for label in analyst.question.locator("option").all_inner_texts():
        analyst.asks(label).is_told(".")
        expect(analyst.lab.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
        assert_accessible(analyst.teller, axe, label)


def test_the_rows_sort_by_keyboard_and_the_focus_stays(analyst: Analyst) -> None:
    analyst.asks("What were the largest movements?").is_told("The largest movement")
    head = analyst.answer.get_by_role("button", name="Movement", exact=True)
    head.press("Enter")
    column = analyst.answer.get_by_role("columnheader", name="Movement")
    expect(column).to_have_attribute("aria-sort", "ascending")
    expect(head).to_be_focused()
    first = analyst.answer.get_by_role("row").nth(1)
    expect(first).to_contain_text("−$480.00")
    head.press("Enter")
    expect(column).to_have_attribute("aria-sort", "descending")
    expect(first).to_contain_text("$1,250.00")


def test_the_answer_leaves_as_csv(analyst: Analyst) -> None:
    analyst.asks(FIVE_MINUTES).is_told("1 account")
    with analyst.teller.page.expect_download() as download:
        analyst.lab.get_by_role("button", name="Download CSV", exact=True).click()
    assert download.value.suggested_filename.endswith(".csv")
    content = Path(download.value.path()).read_bytes()
    assert content.endswith(b"\r\n")
    header, row = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    answer = dict(zip(header, row, strict=True))
    assert (answer["owner"], answer["withdrew"], answer["gap_ms"]) == (
        "Ada Lovelace",
        "480.00",
        "240000",
    )


def test_what_means_nothing_is_said_and_what_was_typed_stays(analyst: Analyst) -> None:
    analyst.asks(FIVE_MINUTES).is_told("1 account")
    field = analyst.lab.get_by_role("textbox", name="Within", exact=True)
    field.fill("soon")
    analyst.asks_again()
    expect(analyst.lab.get_by_role("alert")).to_contain_text("“soon” is not a span of time")
    expect(field).to_have_value("soon")
    analyst.is_told("1 account")
    field.fill("3m")
    analyst.asks_again().is_told("Nobody withdrew within 3 minutes")
    field.fill("5m")


def shows_how(analyst: Analyst) -> None:
    if analyst.lab.locator("details").get_attribute("open") is None:
        analyst.lab.get_by_text("How", exact=True).click()


def test_under_how_stands_the_question_s_own_python(analyst: Analyst, axe: str) -> None:
    analyst.asks(FIVE_MINUTES)
    shows_how(analyst)
    code = analyst.lab.get_by_role("region", name="The question’s own Python")
    expect(code).to_contain_text("class WithdrewAfterDeposit:")
    expect(code).to_contain_text("def see(self, change")
    expect(code).to_contain_text("def answer(self)")
    assert_accessible(analyst.teller, axe, "how")


def test_a_question_is_changed_and_run_in_the_projection_lab(analyst: Analyst) -> None:
    teller = analyst.teller
    analyst.asks(FIVE_MINUTES).is_told("1 account")
    shows_how(analyst)
    analyst.lab.get_by_role("button", name="Change it", exact=True).click()
    other = teller.region("Projection lab")
    expect(other.get_by_role("textbox", name="Projection in Python")).to_contain_text(
        "question = WithdrewAfterDeposit(timedelta(seconds=300))"
    )
    other.get_by_role("button", name="Run", exact=True).click()
    expect(other.get_by_role("region", name="Read model")).to_contain_text("Ada Lovelace")
    teller.button("Close the projection lab").click()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (768, "light")])
def test_it_fits_any_width(analyst: Analyst, axe: str, width: int, scheme: str) -> None:
    page = analyst.teller.page
    sized(page, width, 700)
    page.emulate_media(color_scheme=scheme)
    for label, said in (
        ("What was the balance over time?", "8 movements"),
        (FIVE_MINUTES, "within 5"),
    ):
        analyst.asks(label).is_told(said)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(analyst.teller, axe, f"{width} {scheme}")


def test_a_study_of_unknown_types_is_asked_about_its_own(analyst: Analyst, tmp_path: Path) -> None:
    kinds = ["ItemAdded", "Paid"]
    events = [
        {
            "specversion": "1.0",
            "id": str(nth),
            "source": "shop",
            "type": kinds[nth % 2],
            "subject": f"cart-{nth // 2}",
            "time": f"2026-03-01T12:{nth:02}:00Z",
        }
        for nth in range(10)
    ]
    (tmp_path / "carts.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in events))
    open_history(analyst.teller, tmp_path / "carts.jsonl")
    analyst.asks("What was followed by what?")
    analyst.is_told("ItemAdded was followed by Paid within 1 day 5 times, in 5 accounts.")
    expect(analyst.answer.get_by_role("row")).to_have_count(6)
    analyst.asks("What came in and went out?").is_told("No money has moved.")
    expect(analyst.answer).to_be_hidden()


def test_from_disk_the_question_is_answered_as_well(browser: Browser, tmp_path: Path) -> None:
    kept = Path(shutil.copy(build.DIST / "esbank.html", tmp_path / "kept page.html"))
    with visit(browser, kept.as_uri()) as teller:
        analyst = Analyst(teller.skip_through_the_story()).opens()
        analyst.asks(FIVE_MINUTES).is_told("1 account withdrew within 5 minutes")
        expect(analyst.answer.get_by_role("row")).to_have_count(2)
        teller.slider.fill("2")
        analyst.is_told("Nobody")
