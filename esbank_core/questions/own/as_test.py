"""A test from a moment of any domain: a pytest file with a stream's events and the reader's fold.

It needs nothing but pytest, and runs as it stands: the reader's code is in it as it was given, and
of the history only Python literals, in ASCII whatever they hold. Where ``evolve`` failed on the
event, that is what it shows; where nobody brought an evolve, the last known values stand in.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from esbank_core.kernel.identity import Position
from esbank_core.questions.own.seen import SeenEvent
from esbank_core.questions.own.telling import Failure

LAST_KNOWN_VALUES: Final = '''\
initial = {}


def evolve(state, event):
    """Last known values: each field as the newest event says. Put your own fold in its place."""
    return merged(state, event.data if isinstance(event.data, dict) else {"value": event.data})


def merged(known, news):
    known = dict(known)
    for name, value in news.items():
        before = known.get(name)
        is_within = isinstance(value, dict) and isinstance(before, dict)
        known[name] = merged(before, value) if is_within else value
    return known
'''


_TAKEN: Final = ("before", "event", "state", "earlier", "deepcopy")
"""What the test itself calls something."""
_PASSING: Final = (" at 0x", f"{SeenEvent.__name__}(")
"""What shows that a value is shown otherwise in the test: by its address, or as our event."""
_LONGEST_NAME: Final = 200
"""Characters of what stands in a comment."""


class Moment(NamedTuple):
    """What a stream came to at an event."""

    position: Position
    events: Sequence[SeenEvent]
    """The stream's, up to and with this one; without those before it that ``evolve`` failed on."""
    left_out: int
    """How many of those there were."""
    after: object
    failure: Failure | None


def as_test(moment: Moment, text: str, file: str, names: Mapping[str, Any]) -> str:
    """The text of a pytest file that reproduces a moment.

    ``text`` is the code with ``initial`` and ``evolve``, of the file of that name; ``names`` are
    those that it has at its top level.
    """
    at = moment.position
    *before, last = moment.events
    left_out = f" {moment.left_out} events on which evolve fails are left out."
    return f'''\
# Event {at} of a history, reproduced: {_named(last.type)} of {_named(last.stream_id)}.
# Written by esbank. It needs pytest, and runs as it stands.
# First {_named(file)}, as it was given; then the test.
{text.rstrip()}


def history_until_event_{at}():
    """The events of its stream before it, and itself.{left_out if moment.left_out else ""}"""
    from datetime import datetime, timezone
    from types import SimpleNamespace as Event

    before = {_listed(before)}
    event = {_event(last, "    ")}
    return before, event


def test_event_{at}():
    from copy import deepcopy

    before, event = history_until_event_{at}()
    state = deepcopy(initial)
    for earlier in before:
        state = evolve(state, earlier)
{_outcome(moment, names)}'''


def _outcome(moment: Moment, names: Mapping[str, Any]) -> str:
    failure = moment.failure
    if failure is None:
        return f"    state = evolve(state, event)\n\n    assert {_assertion(moment.after, names)}\n"
    remark = (
        f"    # Here evolve fails: {_named(failure.reason)}.\n"
        "    # Once it is mended, say what the state is then.\n"
    )
    if not failure.exception:
        return f"\n{remark}    assert evolve(state, event) is None\n"
    kind = names.get(failure.exception, getattr(builtins, failure.exception, None))
    is_known = isinstance(kind, type) and issubclass(kind, BaseException)
    exception = failure.exception if is_known else "Exception"
    return (
        f"    import pytest\n\n{remark}"
        f"    with pytest.raises({exception}):\n        evolve(state, event)\n"
    )


def _assertion(state: object, names: Mapping[str, Any]) -> str:
    """What holds of a state, as an expression that is true of it."""
    if state is None:
        return "state is None"
    for expression, value in (("state", state), ("vars(state)", getattr(state, "__dict__", None))):
        literal = _literal(value, names)
        if literal is not None:
            return f"{expression} == {literal}"
    shown = _repr(state)
    if shown is None or any(sign in shown for sign in _PASSING):
        return f"type(state).__name__ == {type(state).__name__!a}"
    return f"repr(state) == {shown!a}"


def _literal(value: object, names: Mapping[str, Any]) -> str | None:
    """A value as Python writes it, if that makes an equal value again."""
    try:
        text = ascii(value)
        scope = {**names, **dict.fromkeys(_TAKEN)}
        again: object = eval(text, scope)  # noqa: S307 - what the reader's own code shows
        return text if value is not None and bool(again == value) else None
    except Exception:
        return None


def _named(text: str) -> str:
    """A name in a comment, which it cannot leave."""
    return ascii(text[:_LONGEST_NAME])


def _repr(value: object) -> str | None:
    try:
        return repr(value)
    except Exception:
        return None


def _listed(events: Sequence[SeenEvent]) -> str:
    if not events:
        return "[]"
    return "[\n" + "".join(f"        {_event(each, '        ')},\n" for each in events) + "    ]"


def _event(event: SeenEvent, indent: str) -> str:
    fields = (
        ("type", ascii(event.type)),
        ("data", ascii(event.data)),
        ("stream_id", ascii(str(event.stream_id))),
        ("version", str(int(event.version))),
        ("position", str(int(event.position))),
        ("time", _instant(event.time)),
        ("actor", ascii(event.actor)),
    )
    lines = "".join(f"{indent}    {name}={literal},\n" for name, literal in fields)
    return f"Event(\n{lines}{indent})"


def _instant(time: datetime) -> str:
    parts = [time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond]
    return f"datetime({', '.join(map(str, parts))}, tzinfo=timezone.utc)"
