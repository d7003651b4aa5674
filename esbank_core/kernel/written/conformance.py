"""What CloudEvents 1.0.2 asks of an event's attributes: their names, and their values.

Only the rules that are a MUST. What a producer should better not do (names longer than 20
characters) is read. An attribute that is null is one that is not there (JSON format, 2.2).

Source: CloudEvents 1.0.2, "Attribute Naming Convention", "Type System" and "Context
Attributes"; JSON event format 1.0.2, sections 2.2 and 3.1; RFC 2046, RFC 3986, RFC 4648.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from esbank_core.kernel.errors import Damage

LARGEST_INTEGER: Final = 2**31 - 1
"""CloudEvents' Integer has 32 bits, one of them for the sign."""

_PAYLOAD: Final = ("data", "data_base64")

_NAME: Final = re.compile("[a-z0-9]+")
# Control characters and noncharacters; half a surrogate pair is no JSON text (``json_lines``).
_FORBIDDEN: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\ufdd0-\\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)

_WORD: Final = r"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+"  # RFC 2045, section 5.1
_MEDIA_TYPE: Final = re.compile(
    rf'{_WORD}/{_WORD}(?:[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|"(?:[^"\\\r\n]|\\.)*"))*'
)

_IN_URI: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*"
_SCHEME: Final = r"[A-Za-z][A-Za-z0-9+.\-]*:"
_HOST_IN_BRACKETS: Final = rf"//{_IN_URI}\[[0-9A-Za-z:._~!$&'()*+,;=\-]+\]"
_URI_REFERENCE: Final = re.compile(
    rf"(?:{_SCHEME})?(?:{_HOST_IN_BRACKETS})?{_IN_URI}(?:#{_IN_URI})?"
)
_URI: Final = re.compile(rf"{_SCHEME}(?:{_HOST_IN_BRACKETS})?{_IN_URI}(?:#{_IN_URI})?")

_BASE64: Final = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def check_attributes(document: Mapping[str, object], *, lenient: frozenset[str]) -> None:
    """Hold an event's attributes to the specification.

    The characters in the texts of ``lenient`` attributes may be any.

    Raises:
        Damage: a name or a value is one that the specification forbids.
    """
    if document.get("specversion") != "1.0":
        raise Damage("It does not say that it is a CloudEvent of specversion 1.0.")
    for name in ("id", "source", "type"):
        required_text(document, name)
    if (odd := _first_odd(tuple(document))) is not None:
        raise Damage(
            f"“{odd[:40]}” is no name of an attribute, which has only letters a to z and digits."
        )
    for name, value in document.items():
        if isinstance(value, str):
            if not value.isprintable() and name not in lenient and name not in _PAYLOAD:
                _check_characters(name, value)
        elif isinstance(value, int):  # or a boolean, which is one to Python
            if (
                not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER
                and name not in lenient
                and name not in _PAYLOAD
            ):
                raise Damage(f"Its “{name}” is an integer of more than 32 bits.")
        elif value is not None and name not in _PAYLOAD:
            raise Damage(f"Its “{name}” is neither a text nor an integer nor a boolean.")
    _check_fitting(document, "source", is_uri_reference, "a URI reference (RFC 3986)")
    _check_fitting(document, "dataschema", _is_uri, "a URI with a scheme (RFC 3986)")
    _check_fitting(document, "datacontenttype", _is_media_type, "a media type (RFC 2046)")
    for name in ("subject", "partitionkey"):
        optional_text(document, name)
    if document.get("data_base64") is not None:
        if "data" in document:
            raise Damage("It has both “data” and “data_base64”, of which only one can be.")
        binary = document["data_base64"]
        if not isinstance(binary, str) or not _BASE64.fullmatch(binary):
            raise Damage("Its “data_base64” is not base64 (RFC 4648).")


def _check_characters(name: str, value: str) -> None:
    if _FORBIDDEN.search(value):
        raise Damage(f"Its “{name}” holds a control character, or one that is none.")


def required_text(document: Mapping[str, object], name: str) -> str:
    """A text that must be there.

    Raises:
        Damage: it is not there, is empty, or is no text.
    """
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise Damage(f"It has no “{name}” that is a text.")
    return value


def optional_text(document: Mapping[str, object], name: str) -> str | None:
    """A text that may be there, but then is one; None where it is not.

    Raises:
        Damage: it is empty, or is no text.
    """
    value = document.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise Damage(f"Its “{name}” is not a text, or an empty one.")
    return value


def _check_fitting(
    document: Mapping[str, object], name: str, fits: Callable[[str], bool], kind: str
) -> None:
    value = document.get(name)
    if value is not None and not (isinstance(value, str) and value and fits(value)):
        raise Damage(f"Its “{name}” is not {kind}.")


# The events of a file have the same few names, sources, schemas and types of content.


@lru_cache(maxsize=1000)
def _first_odd(names: tuple[str, ...]) -> str | None:
    """The first of an event's names that is no name of an attribute, and does not have to be."""
    for name in names:
        if name not in _PAYLOAD and not _NAME.fullmatch(name):
            return name
    return None


@lru_cache(maxsize=1000)
def is_uri_reference(value: str) -> bool:
    """Whether a text is a URI reference, as a source has to be."""
    return value != "" and _URI_REFERENCE.fullmatch(value) is not None


@lru_cache(maxsize=1000)
def _is_uri(value: str) -> bool:
    return _URI.fullmatch(value) is not None


@lru_cache(maxsize=1000)
def _is_media_type(value: str) -> bool:
    return _MEDIA_TYPE.fullmatch(value) is not None
