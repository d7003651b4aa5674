"""What stands in localStorage comes to Python letter by letter, whatever it is."""

from __future__ import annotations

import pytest

from tests.page.tabs import Browser


@pytest.mark.parametrize(
    "value",
    [
        *("", '{"a":"b"}', "\0", "before\0after", "\0\0", "\ud800", "\udc00\ud800", "a\udfffb\0"),
        *(
            "\U0001f600 whole",
            "two\nlines",
            "\x01\x7f\xff",
            "[]",
            '["esbank/x","y"]',
            "\u3400\ub3ff",
        ),
    ],
    ids=ascii,
)
def test_a_value_comes_as_it_stands(browser: Browser, value: str) -> None:
    browser.put("esbank/ledger/1/000000000001", "first")
    browser.put("esbank/of somebody", value)
    browser.put("esbank/ledger/1/000000000002", "last")
    found = {entry.key: entry.value for entry in browser.open().read_all()}
    assert found["esbank/of somebody"] == value
    assert found["esbank/ledger/1/000000000001"] == "first"
    assert found["esbank/ledger/1/000000000002"] == "last"


@pytest.mark.parametrize("name", ["\0", "a\0b", "\ud800", "ä \U0001f600"], ids=ascii)
def test_a_key_comes_as_it_stands(browser: Browser, name: str) -> None:
    browser.put(f"esbank/{name}", "x")
    browser.put("esbank/other", "y")
    found = {entry.key: entry.value for entry in browser.open().read_all()}
    assert (found[f"esbank/{name}"], found["esbank/other"]) == ("x", "y")


def test_what_cannot_be_read_comes_without_a_value(browser: Browser) -> None:
    browser.put("esbank/ledger/1/000000000001", "first")
    browser.put("esbank/ledger/1/000000000002", "lost")
    tab = browser.open()
    tab.cannot_read("esbank/ledger/1/000000000002")
    found = {entry.key: entry.value for entry in tab.read_all()}
    assert found["esbank/ledger/1/000000000001"] == "first"
    assert found["esbank/ledger/1/000000000002"] is None
