"""Money: an integer of minor units with an ISO 4217 currency. A float never touches it.

What a person types becomes an amount here (``parse_amount``) or an explanation why it is
none, and nowhere else. Whether an amount is allowed is for the rules (``decide``) to say:
"-5" is an amount, and they refuse it; "five" is not one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

CURRENCIES: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD "
    "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR "
    "ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""The currencies and funds in which an account can be held, by the digits of their minor unit.

They are those of ISO 4217's list one ("current currency & funds") that have a minor unit, so no
metals and no codes for testing. Source: ``list-one.xml`` of the standard's maintenance agency,
SIX, as of 2026, with Bulgaria's lev (BGN) gone into the euro and XCG in the place of ANG. To renew
it, fetch the list and let ``tests/core/test_money.py`` compare: its docstring says how.
"""

_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}

LONGEST_AMOUNT: Final = 40
"""How many characters an amount may be typed in, spaces and all."""

_NUMBER: Final = re.compile(
    r"""
    (?P<sign>[-+\u2212]?)
    (?P<whole>[1-9][0-9]{0,2}(?:(?P<group>[,'\u2019\ \u00a0\u202f])[0-9]{3}(?:(?P=group)[0-9]{3})*)
             |[0-9]*)
    (?:\.(?P<fraction>[0-9]*))?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: its code, and how many decimal digits its minor unit has."""

    code: str
    digits: int

    @property
    def symbol(self) -> str:
        """The sign put before an amount; the code and a space where there is no common sign."""
        return _SYMBOLS.get(self.code, f"{self.code}\u00a0")


_ACTIVE: Final = {
    code: Currency(code, digits) for digits, codes in CURRENCIES.items() for code in codes.split()
}

NO_CURRENCY: Final = Currency("XXX", 2)
"""ISO 4217's code for "no currency": that of an account whose opening was never seen."""


def find_currency(code: str) -> Currency | None:
    """The active currency of an ISO 4217 code in capitals, or None."""
    return _ACTIVE.get(code)


def currency_of(code: str) -> Currency:
    """The currency of a code that history holds, whatever it is: unknown ones have two digits.

    Codes leave the standard (BGN, HRK, ANG); what was held in them did not.
    """
    return find_currency(code) or Currency(code, NO_CURRENCY.digits)


def format_money(minor_units: int, currency: Currency) -> str:
    """Minor units as people read them: ``$1,250.50``, ``-$20.00``, ``¥7``."""
    sign = "-" if minor_units < 0 else ""
    whole, fraction = divmod(abs(minor_units), 10**currency.digits)
    decimals = f".{fraction:0{currency.digits}d}" if currency.digits else ""
    return f"{sign}{currency.symbol}{whole:,}{decimals}"


@dataclass(frozen=True, slots=True)
class WholeUnits:
    """As many units of a currency, whichever it is: 20.5 are ``WholeUnits(205, decimals=1)``."""

    number: int
    decimals: int = 0

    def at_least(self, currency: Currency) -> int:
        """The least of a currency's minor units that come to this amount."""
        return -self._parts(currency, -self.number)

    def at_most(self, currency: Currency) -> int:
        """The most of a currency's minor units that do not exceed this amount."""
        return self._parts(currency, self.number)

    def _parts(self, currency: Currency, number: int) -> int:
        parts: int = number * 10**currency.digits // 10**self.decimals
        return parts


@dataclass(frozen=True, slots=True)
class NotAnAmount:
    """What was typed is not an amount of money; ``sentence`` says why, and what would be."""

    sentence: str


def parse_amount(text: str, currency: Currency) -> int | NotAnAmount:
    """Read an amount as people type it, into minor units of ``currency``.

    A point separates decimals; commas, spaces or apostrophes may group thousands; the
    currency's sign or code may stand before or after. Negative amounts and zero are
    amounts: the rules refuse them, not the reading.
    """
    example = format_money(2501 * 10**currency.digits // 2, currency)  # 1,250 and a half
    typed = text.strip()
    if not typed:
        return NotAnAmount(f"Type an amount first, such as {example}.")
    if len(typed) > LONGEST_AMOUNT:
        return NotAnAmount(f"That is too long for an amount, such as {example}.")
    number = _NUMBER.fullmatch(_without_currency(typed, currency))
    if number is None or not (number["whole"] or number["fraction"]):
        return NotAnAmount(f"“{typed}” is not an amount. Write it like {example}.")
    fraction = number["fraction"] or ""
    # Also where the surplus is zeros: "1.500" is fifteen hundred to half of the world.
    if len(fraction) > currency.digits:
        return NotAnAmount(
            f"“{typed}” has more decimals than {currency.code}, which has {currency.digits}."
        )
    whole = re.sub("[^0-9]", "", number["whole"])
    minor_units = int(whole + fraction[: currency.digits].ljust(currency.digits, "0") or "0")
    return -minor_units if number["sign"] in ("-", "\u2212") else minor_units


def _without_currency(typed: str, currency: Currency) -> str:
    """Take the currency's own sign or code off one end, and leave any other where it is."""
    sign = typed[0] if typed[0] in "-+\u2212" else ""
    unsigned = typed[len(sign) :].strip()
    for mark in (currency.symbol.strip(), currency.code):
        if unsigned.upper().startswith(mark):
            return sign + unsigned[len(mark) :].strip()
        if unsigned.upper().endswith(mark):
            return sign + unsigned[: -len(mark)].strip()
    return typed
