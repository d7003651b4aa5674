"""A file that is not ours: what a stranger types commands on."""

from __future__ import annotations

import json

FOREIGN = [
    ("AccountOpened", "2026-03-01T09:00:00Z", {"owner": "Marie Curie", "currency": "EUR"}),
    ("MoneyDeposited", "2026-03-01T10:05:00+01:00", {"amount": 120050, "note": "\x1b[31mgrant"}),
    ("com.example.Scored", "2026-03-02T09:06:00Z", {"risk": 0.25}),
    ("MoneyWithdrawn", "2026-03-02T09:08:30Z", {"amount": 100000}),
    ("MoneyWithdrawn", "2026-03-02T09:09:00Z", {"amount": 40000, "note": "fee"}),
    ("AccountFrozen", "2026-03-03T09:09:00Z", {"reason": "overdrawn"}),
    ("MoneyDeposited", "2026-03-04T09:09:00Z", {"amount": 50000}),
]


def lines() -> list[str]:
    return [
        json.dumps(
            {
                "specversion": "1.0",
                "id": f"x{nth}",
                "source": "https://bank.example",
                "type": type_name,
                "subject": "DE-77",
                "time": time,
                "data": data,
            }
        )
        + "\n"
        for nth, (type_name, time, data) in enumerate(FOREIGN, start=1)
    ]
