"""A reader's own states in the place of the bank's: in Current State, Balances, and what changed.

What is shown is what has been told last, and says of which event it is; what comes next is some
milliseconds away.
"""

from __future__ import annotations

from collections.abc import Iterator

from bankpage.paper.own_states import Fields, OwnFailure, OwnStates
from bankpage.paper.phrases import Phrases
from bankpage.paper.tree import Element, Node, Slot
from esbank_core.kernel.identity import StreamId


def own_state(
    own: OwnStates | None, phrases: Phrases, *, is_ended_elsewhere: bool
) -> Iterator[Slot]:
    """The state that the reader's own evolve has made, beside the bank's, and the way back.

    ``is_ended_elsewhere``: whether the button for that is in sight already.
    """
    yield Slot("own-state", {"hidden": own is None}, _facts(own, phrases) if own else ())
    yield Slot("own-end", {"hidden": own is None or is_ended_elsewhere})


def _facts(own: OwnStates, phrases: Phrases) -> tuple[Node, ...]:
    moment = own.moment
    if moment is None or not moment.streams:
        return (Element("h4", {}, (phrases("own-state-none"),)),)
    stream_id, state = next(iter(moment.streams.items()))
    named = {"stream": stream_id, "position": moment.position}
    title = Element("h4", {}, (phrases("own-state", **named),))
    if not state:
        return (title, Element("p", {"class": "hint"}, (phrases("own-state-not-yet"),)))
    pairs = tuple(
        Element("div", {}, (Element("dt", {}, (f"{name}:",)), Element("dd", {}, (value,))))
        for name, value in state.items()
    )
    return (title, Element("dl", {"class": "facts"}, pairs))


def value_beside(own: OwnStates | None, stream_id: StreamId) -> str | None:
    """The value of the field that the reader has named; None where they have named none."""
    if own is None or not own.named:
        return None
    state: Fields = own.moment.streams.get(stream_id, {}) if own.moment else {}
    return state.get(own.named, "–")


def own_change(own: OwnStates | None, phrases: Phrases) -> tuple[Slot, ...]:
    """What the event changed by the reader's own evolve, as a table; nothing where none is told."""
    change = own.moment.change if own and own.moment else None
    if own is None or own.moment is None or change is None:
        return ()
    title = phrases("own-change", position=own.moment.position, stream=change.stream_id)
    said: tuple[Node, ...] = ()
    if change.failure is not None:
        said = (Element("p", {"class": "outcome"}, (failed(change.failure, phrases),)),)
    names = [name for name in change.after if change.before.get(name) != change.after[name]]
    names += [name for name in change.before if name not in change.after]
    if not names:
        none = Element("p", {}, (phrases("change-none"),))
        return (
            Slot("change", {}, (Element("p", {"class": "change-title"}, (title,)), *said, none)),
        )
    heads = tuple(
        Element("th", {"scope": "col"}, (phrases(name),))
        for name in ("column-field", "column-before", "column-after")
    )
    rows = tuple(
        Element(
            "tr",
            {},
            (
                Element("th", {"scope": "row"}, (name,)),
                Element("td", {"class": "before"}, (change.before.get(name) or "–",)),
                Element("td", {"class": "after"}, (change.after.get(name) or "–",)),
            ),
        )
        for name in names
    )
    table = (
        Element("caption", {}, (title,)),
        Element("thead", {}, (Element("tr", {}, heads),)),
        Element("tbody", {}, rows),
    )
    return (Slot("change", {}, (Element("table", {}, table), *said)),)


def failed(failure: OwnFailure, phrases: Phrases) -> str:
    """On which event the evolve failed, why, and in which of its lines."""
    return phrases(
        "own-failed-in-line" if failure.line else "own-failed",
        position=failure.position,
        type=failure.type,
        stream=failure.stream_id,
        reason=failure.reason,
        line=failure.line,
    )
