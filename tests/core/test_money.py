"""Money: what people type becomes minor units or an explanation, and is written back.

The list of currencies is held to ISO 4217's own, where that is at hand. To renew it, fetch
https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml
(SIX maintains the standard; the three r are theirs) and run this file with
``ESBANK_ISO_4217=path/to/list-one.xml``: what is missing and what is left over is said.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.money import (
    CURRENCIES,
    LONGEST_AMOUNT,
    NO_CURRENCY,
    Currency,
    NotAnAmount,
    currency_of,
    find_currency,
    format_money,
    parse_amount,
)

USD = currency_of("USD")

currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF", "CZK", "INR"]).map(currency_of)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("20", 20_00),
        (" 7 ", 7_00),
        ("\u00a07\t", 7_00),
        ("$20", 20_00),
        ("$ 20", 20_00),
        ("20 $", 20_00),
        ("20 USD", 20_00),
        ("usd 20", 20_00),
        ("12.5", 12_50),
        ("12.50", 12_50),
        ("12.", 12_00),
        (".5", 50),
        ("0.05", 5),
        ("007", 7_00),
        ("+5", 5_00),
        ("1250.5", 1250_50),
        ("1,250.5", 1250_50),
        ("1'250.5", 1250_50),
        ("1’250.5", 1250_50),
        ("1 250.5", 1250_50),
        ("1\u00a0250.5", 1250_50),
        ("1\u202f250.5", 1250_50),
        ("1,234,567.89", 1234567_89),
        ("$ 1,250.50 ", 1250_50),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, cents: int) -> None:
    assert parse_amount(typed, USD) == cents


@pytest.mark.parametrize("typed", ["-5", "−5", "-$5", "$-5", "- $5", "-5 USD", "-5.00"])
def test_a_negative_amount_is_an_amount_and_the_rules_refuse_it(typed: str) -> None:
    assert parse_amount(typed, USD) == -5_00


@pytest.mark.parametrize("typed", ["0", "$0", "0.00", "-0", ".0"])
def test_zero_is_an_amount_and_the_rules_refuse_it(typed: str) -> None:
    assert parse_amount(typed, USD) == 0


@pytest.mark.parametrize(
    "typed",
    [
        *("five", "NaN", "inf", "-inf", "null", "true", "1e5", "1E5", "0x10", "1_000", "½", "5/2"),
        *("$", "-", "+", ".", ",", "- ", "$.", "--5", "+-5", "-$-5", "5-", "(5)", "$$5", "$5$"),
        *("1.2.3", "1..2", "1 . 5", "$5 USD"),
    ],
)
def test_what_is_no_number_is_no_amount(typed: str) -> None:
    said = f"“{typed.strip()}” is not an amount. Write it like $1,250.50."
    assert parse_amount(typed, USD) == NotAnAmount(said)


@pytest.mark.parametrize(
    "typed",
    [
        *("1,25", "12,50", "1,2345", "1,234,56", "1234,567", "1,,234", ",234", "1,234,"),
        *("1 25", "1 2345", "1,250 300", "1'250,300", "1.250,50", "1 250,5"),
        # Half of the world means a fraction by these, so they are not fifty thousand cents.
        *("0,500", "0,050", "00,500", "012,345"),
    ],
)
def test_thousands_are_grouped_in_threes_or_not_at_all(typed: str) -> None:
    assert isinstance(parse_amount(typed, USD), NotAnAmount)


@pytest.mark.parametrize("typed", ["٣", "１２", "१२", "²", "12٣", "①"])
def test_only_ascii_digits_are_digits(typed: str) -> None:
    assert isinstance(parse_amount(typed, USD), NotAnAmount)


@pytest.mark.parametrize("typed", ["€20", "20 €", "£20", "20 EUR", "EUR 20", "US$20", "XXX 5"])
def test_the_sign_of_another_currency_is_not_passed_over(typed: str) -> None:
    assert isinstance(parse_amount(typed, USD), NotAnAmount)


@pytest.mark.parametrize("typed", ["1.234", "1.500", "0.001", ".000"])
def test_decimals_beyond_the_minor_unit_are_not_rounded_away(typed: str) -> None:
    said = f"“{typed}” has more decimals than USD, which has 2."
    assert parse_amount(typed, USD) == NotAnAmount(said)


@pytest.mark.parametrize(
    ("code", "typed", "minor_units"),
    [
        ("JPY", "7", 7),
        ("JPY", "¥1,250", 1250),
        ("KWD", "7", 7_000),
        ("KWD", "1.234", 1_234),
        ("KWD", "KWD 1.5", 1_500),
        ("CLF", "1.2345", 1_2345),
        ("CZK", "czk 5", 5_00),
        ("EUR", "20 €", 20_00),
    ],
)
def test_each_currency_has_its_own_minor_unit(code: str, typed: str, minor_units: int) -> None:
    assert parse_amount(typed, currency_of(code)) == minor_units


@pytest.mark.parametrize(
    ("code", "typed", "example"),
    [
        ("JPY", "7.5", None),
        ("JPY", "$7", "¥1,250"),
        ("KWD", "1.2345", None),
        ("KWD", "x", "KWD\u00a01,250.500"),
        ("CLF", "x", "CLF\u00a01,250.5000"),
    ],
)
def test_a_refusal_speaks_of_the_currency_in_question(code, typed, example) -> None:
    refused = parse_amount(typed, currency_of(code))
    assert isinstance(refused, NotAnAmount)
    assert (example or f"more decimals than {code}") in refused.sentence


@pytest.mark.parametrize("typed", ["", "   ", "\t\n"])
def test_nothing_typed_asks_for_an_amount(typed: str) -> None:
    assert parse_amount(typed, USD) == NotAnAmount("Type an amount first, such as $1,250.50.")


def test_no_amount_is_longer_than_anyone_needs() -> None:
    assert parse_amount("9" * LONGEST_AMOUNT, USD) == int("9" * LONGEST_AMOUNT) * 100
    refused = parse_amount("9" * (LONGEST_AMOUNT + 1), USD)
    assert refused == NotAnAmount("That is too long for an amount, such as $1,250.50.")


@pytest.mark.parametrize(
    ("minor_units", "code", "written"),
    [
        (0, "USD", "$0.00"),
        (5, "USD", "$0.05"),
        (-20_00, "USD", "-$20.00"),
        (1250_50, "USD", "$1,250.50"),
        (1234567_89, "EUR", "€1,234,567.89"),
        (7, "JPY", "¥7"),
        (1_234_567, "KWD", "KWD\u00a01,234.567"),
        (-1, "XXX", "-XXX\u00a00.01"),
    ],
)
def test_money_is_written_as_people_read_it(minor_units: int, code: str, written: str) -> None:
    assert format_money(minor_units, currency_of(code)) == written


def test_a_currency_that_nobody_knows_is_written_all_the_same() -> None:
    assert find_currency("BTC") is None
    assert currency_of("BTC") == Currency("BTC", 2)
    assert find_currency(NO_CURRENCY.code) is None


@given(st.integers(-(10**20), 10**20), currencies)
def test_what_is_written_is_read_back(minor_units: int, currency: Currency) -> None:
    assert parse_amount(format_money(minor_units, currency), currency) == minor_units


@given(
    st.text() | st.text("0123456789.,' -+$€eE_\u00a0", max_size=12),
    currencies,
)
def test_whatever_is_typed_is_an_amount_or_explained(typed: str, currency: Currency) -> None:
    amount = parse_amount(typed, currency)
    if isinstance(amount, NotAnAmount):
        assert amount.sentence.endswith(".")
    else:
        whole, fraction = (re.sub("[^0-9]", "", part) for part in typed.partition(".")[::2])
        assert abs(amount) == int(whole + fraction) * 10 ** (currency.digits - len(fraction))


# The list.

LIST_ONE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ISO_4217 Pblshd="2026-01-01"><CcyTbl>
<CcyNtry><CtryNm>BULGARIA</CtryNm><CcyNm>Euro</CcyNm>
    <Ccy>EUR</Ccy><CcyNbr>978</CcyNbr><CcyMnrUnts>2</CcyMnrUnts></CcyNtry>
<CcyNtry><CtryNm>CURAÇAO</CtryNm><CcyNm>Caribbean Guilder</CcyNm>
    <Ccy>XCG</Ccy><CcyNbr>532</CcyNbr><CcyMnrUnts>2</CcyMnrUnts></CcyNtry>
<CcyNtry><CtryNm>OMAN</CtryNm><CcyNm>Rial Omani</CcyNm>
    <Ccy>OMR</Ccy><CcyNbr>512</CcyNbr><CcyMnrUnts>3</CcyMnrUnts></CcyNtry>
<CcyNtry><CtryNm>ANTARCTICA</CtryNm><CcyNm>No universal currency</CcyNm></CcyNtry>
<CcyNtry><CtryNm>ZZ08_Gold</CtryNm><CcyNm>Gold</CcyNm>
    <Ccy>XAU</Ccy><CcyNbr>959</CcyNbr><CcyMnrUnts>N.A.</CcyMnrUnts></CcyNtry>
</CcyTbl></ISO_4217>
"""
"""Some entries of the standard's list, each of a kind of its own."""

OURS = {(code, digits) for digits, codes in CURRENCIES.items() for code in codes.split()}


def currencies_in(list_one: str) -> set[tuple[str, int]]:
    """The currencies of the standard's list that have a minor unit, and how many digits it has."""
    entries = re.findall(
        r"<Ccy>([A-Z]{3})</Ccy>.*?<CcyMnrUnts>(.*?)</CcyMnrUnts>", list_one, re.DOTALL
    )
    return {(code, int(digits)) for code, digits in entries if digits.isdecimal()}


def test_the_list_is_that_of_the_standard() -> None:
    """Of all of it where ``ESBANK_ISO_4217`` says where it is; of some entries in any case."""
    assert currencies_in(LIST_ONE) == {("EUR", 2), ("XCG", 2), ("OMR", 3)}
    assert currencies_in(LIST_ONE) <= OURS
    if path := os.environ.get("ESBANK_ISO_4217"):
        theirs = currencies_in(Path(path).read_text(encoding="utf-8"))
        assert {"missing": theirs - OURS, "left over": OURS - theirs} == {
            "missing": set(),
            "left over": set(),
        }


def test_each_currency_is_listed_once_and_in_order() -> None:
    codes = [code for row in CURRENCIES.values() for code in row.split()]
    assert len(codes) == len(set(codes)) == 165
    assert all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    assert all(row.split() == sorted(row.split()) for row in CURRENCIES.values())


@pytest.mark.parametrize(
    "code", ["BGN", "HRK", "ANG", "ZWL", "SLL", "CUC", "VEF", "XAU", "XTS", "OMN"]
)
def test_no_account_is_opened_in_what_is_no_currency_any_more(code: str) -> None:
    assert find_currency(code) is None
    assert currency_of(code) == Currency(code, 2)
