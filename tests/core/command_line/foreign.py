"""Files that are not ours: what a stranger types commands on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

FOREIGN = [
    ("AccountOpened", "2026-03-01T09:00:00Z", {"owner": "Marie Curie", "currency": "EUR"}),
    ("MoneyDeposited", "2026-03-01T10:05:00+01:00", {"amount": 120050, "note": "\x1b[31mgrant"}),
    ("com.example.Scored", "2026-03-02T09:06:00Z", {"risk": 0.25}),
    ("MoneyWithdrawn", "2026-03-02T09:08:30Z", {"amount": 100000}),
    ("MoneyWithdrawn", "2026-03-02T09:09:00Z", {"amount": 40000, "note": "fee"}),
    ("AccountFrozen", "2026-03-03T09:09:00Z", {"reason": "overdrawn"}),
    ("MoneyDeposited", "2026-03-04T09:09:00Z", {"amount": 50000}),
]


def cloud_event(name: str, type_name: str, data: object, **attributes: object) -> dict[str, object]:
    """A CloudEvent of somebody else's; an attribute of None is not there."""
    document = {
        "specversion": "1.0",
        "id": name,
        "source": "https://bank.example",
        "type": type_name,
        "subject": "DE-77",
        "time": "2026-03-01T00:00:00Z",
        **attributes,
        "data": data,
    }
    return {name: value for name, value in document.items() if value is not None}


def text_of(documents: Iterable[object]) -> str:
    """Documents as JSON Lines."""
    return "".join(json.dumps(document) + "\n" for document in documents)


def lines() -> list[str]:
    """The lines of a small file."""
    return [
        text_of([cloud_event(f"x{nth}", type_name, data, time=time)])
        for nth, (type_name, time, data) in enumerate(FOREIGN, start=1)
    ]


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())
