"""Rejected commands as lines of text, each one JSON object, and back.

The form is not that of an event, on purpose: no program takes a file of what was rejected for a
history. What is read is trusted as little as any other line.
"""

from __future__ import annotations

import json
from typing import Final

from esbank_core.kernel.decider import Rejection
from esbank_core.kernel.errors import Damage, UnfitLine
from esbank_core.kernel.identity import StreamId
from esbank_core.kernel.recorded import Actor
from esbank_core.kernel.rejected import Datum, RejectedCommand
from esbank_core.kernel.written.json_lines import check_text, parse_text
from esbank_core.kernel.written.times import format_time, parse_time

LONGEST_REJECTED: Final = 4000
"""Characters in a line; nobody types as much into the fields of a command."""

LONGEST_DATUM: Final = 300
"""Characters of a text of a command that are kept; where there are more, an ellipsis says so."""

MOST_DATA: Final = 12
"""Fields in a command; there are five at the most."""

_REMEDY: Final = "It was written by something else; what it tells is not believed."


def write_rejected(rejected: RejectedCommand) -> str:
    """The line of a rejected command, without a line feed."""
    document = {
        "rejected": rejected.type,
        "id": rejected.id,
        "time": format_time(rejected.time),
        "actor": {"kind": rejected.actor.kind, "id": _shortened(rejected.actor.id)},
        "stream": _shortened(rejected.stream_id),
        "data": {
            name: _shortened(value) if isinstance(value, str) else value
            for name, value in rejected.data.items()
        },
        "code": rejected.rejection.code,
        "sentence": rejected.rejection.sentence,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def read_rejected(line: str) -> RejectedCommand:
    """The rejected command that a line holds.

    Raises:
        UnfitLine: it holds something else.
    """
    if len(line) > LONGEST_REJECTED:
        raise _unfit(f"It is longer than {LONGEST_REJECTED:,} characters.")
    check_text(line)
    document = parse_text(line)
    try:
        actor, data = document.pop("actor"), document.pop("data")
        texts = {name: value for name, value in document.items() if isinstance(value, str)}
        if texts.keys() != document.keys() or not isinstance(actor, dict):
            raise _unfit("It says something of a rejected command that is no text.")
        kind, actor_id = actor["kind"], actor["id"]
        if not (isinstance(kind, str) and isinstance(actor_id, str)):
            raise _unfit("Its actor has no name.")
        return RejectedCommand(
            texts["id"],
            parse_time(texts["time"]),
            Actor(kind, actor_id),
            texts["rejected"],
            StreamId(texts["stream"]),
            _data_in(data),
            Rejection(texts["code"], texts["sentence"]),
        )
    except KeyError as missing:
        raise _unfit(f"It is no rejected command: it has no {missing}.") from None
    except Damage as damage:
        raise _unfit(damage.reason) from None


def _data_in(found: object) -> dict[str, Datum]:
    if not isinstance(found, dict) or len(found) > MOST_DATA:
        raise _unfit("Its data are not those of a command.")
    data: dict[str, Datum] = {}
    for name, value in found.items():
        if not isinstance(value, str) and type(value) is not int:
            raise _unfit(f"Its “{name}” is neither a text nor an integer.")
        data[name] = value
    return data


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_DATUM else f"{text[:LONGEST_DATUM]}…"


def _unfit(reason: str) -> UnfitLine:
    return UnfitLine(reason, _REMEDY)
