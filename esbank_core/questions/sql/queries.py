"""One question for three databases: how it is written, and to which of them it can be put.

A query is put to each. Where each needs its own, they stand below one another, each under a comment
that names its database alone on a line (``-- CRUD``); a database that is not named, or has nothing
but comments under its name, is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from esbank_core.questions.sql.sandbox import Outcome, Refused
from esbank_core.questions.sql.twins import TABLES, Twin

_HEADING: Final = re.compile(
    rf"--[ \t]*({'|'.join(re.escape(twin) for twin in Twin)})[ \t]*:?[ \t]*",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_NO_TABLE: Final = re.compile(r"no such table: (?:main\.)?(.*)", re.DOTALL)
_BY_NAME: Final = {twin.lower(): twin for twin in Twin}


def queries(text: str) -> dict[Twin, str]:
    """What is put to which database."""
    found: dict[Twin, list[str]] = {}
    current: list[str] = []  # what stands before the first name is remarks on the whole
    for line in text.splitlines():
        if heading := _HEADING.fullmatch(line.strip()):
            current = found.setdefault(_BY_NAME[heading[1].lower()], [])
        else:
            current.append(line)
    if not found:
        return dict.fromkeys(Twin, text.strip()) if _says_something(text) else {}
    spelt = {twin: "\n".join(found[twin]).strip() for twin in Twin if twin in found}
    return {twin: query for twin, query in spelt.items() if _says_something(query)}


def spelt(each: Mapping[Twin, str]) -> str:
    """The text of a question that is put to each database in its own words."""
    return "\n\n".join(f"-- {twin}\n{query}" for twin, query in each.items())


def never_knew(twin: Twin, outcome: Outcome) -> bool:
    """Whether a query failed because the database does not keep what another of them keeps."""
    if not isinstance(outcome, Refused):
        return False
    missing = _NO_TABLE.fullmatch(outcome.text)
    name = missing[1].lower() if missing else ""
    return name not in TABLES[twin] and any(name in tables for tables in TABLES.values())


def _says_something(query: str) -> bool:
    return bool(_COMMENT.sub("", query).strip(" \t\r\n;"))
