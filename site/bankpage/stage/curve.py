"""The slider's line as a picture: the curve of a balance, and marks for money in and out.

A history of any length is drawn at a bounded number of points. What was looked up stays known,
so that a ledger that has grown by an event pays for that event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Final, NamedTuple

from bankpage.stage.accounts import MOST_BALANCES
from esbank_core.bank.account import Ledger
from esbank_core.bank.states import State, balance_in
from esbank_core.kernel.identity import Position, StreamId

MOST_POINTS: Final = 320
"""At how many positions at most a balance's curve is drawn, however long the history."""

WIDTH: Final = 1000
CURVE_HEIGHT: Final = 100
CURVE_MARGIN: Final = 6
MARKS_MIDDLE: Final = 15
LONGEST_MARK: Final = 12
SHORTEST_MARK: Final = 3


class Drawing(NamedTuple):
    """The paths of a picture: one account's curve, the area under it, the others' curves."""

    line: str
    area: str
    others: str


class Marks(NamedTuple):
    """The paths of the marks: up for what came in, down for what went out."""

    money_in: str
    money_out: str


@dataclass(slots=True)
class _Samples:
    """One account's balances at every ``stride``-th position, as far as they were looked up."""

    stride: int
    balances: list[int] = field(default_factory=list)
    last: State | None = None
    """The state at the last of them: by it one sees that the history is still the same."""


_samples: dict[StreamId, _Samples] = {}
_drawn: list[tuple[Ledger, dict[StreamId | None, Drawing]]] = []
"""The curves of the history drawn last. Only a memory: a step does not change them."""


def curve(history: Ledger, account_id: StreamId | None) -> Drawing:
    """Stepped lines, since a balance jumps and does not slide; all on one scale."""
    if not _drawn or _drawn[0][0] is not history:
        _drawn[:] = [(history, {})]
    known = _drawn[0][1]
    if account_id not in known:
        known[account_id] = _draw(history, account_id)
    return known[account_id]


def _draw(history: Ledger, account_id: StreamId | None) -> Drawing:
    if history.unread:
        return Drawing("", "", "")  # of what is not read yet there is nothing to draw
    head = history.head
    names = list(history.places) if len(history.places) <= MOST_BALANCES else []
    if account_id and account_id not in names:
        names.append(account_id)
    if not names or head == 0:
        return Drawing("", "", "")
    curves = {name: _balances(history, name) for name in names}
    everything = [balance for _, balances in curves.values() for balance in balances]
    low, high = min(0, *everything), max(1, *everything)
    room = CURVE_HEIGHT - 2 * CURVE_MARGIN

    def y(balance: int) -> int:
        return CURVE_HEIGHT - CURVE_MARGIN - room * (balance - low) // (high - low)

    def path(stride: int, balances: list[int]) -> str:
        steps, before = [f"M0 {y(balances[0])}"], balances[0]
        for nth, balance in enumerate(balances):
            if balance != before:
                steps.append(f"H{WIDTH * min(nth * stride, head) // head}V{y(balance)}")
                before = balance
        return "".join(steps) + f"H{WIDTH}"

    lines = {name: path(*curves[name]) for name in names}
    line = lines.pop(account_id, "") if account_id else ""
    area = f"{line}V{y(0)}H0Z" if line else ""
    return Drawing(line, area, "".join(lines.values()))


def _balances(history: Ledger, name: StreamId) -> tuple[int, list[int]]:
    """An account's balance at Genesis, at every so many positions, and now; and how many."""
    head = history.head
    stride = 1
    while head // stride > MOST_POINTS:
        stride *= 2
    known = _samples.get(name)
    if known is None or known.stride != stride or not _is_of(known, history, name):
        known = _samples[name] = _Samples(stride)
    for at in range(len(known.balances) * stride, head + 1, stride):
        known.last = history.state_of(name, Position(at))
        known.balances.append(balance_in(known.last))
    return stride, [*known.balances, balance_in(history.state_of(name))]


def _is_of(known: _Samples, history: Ledger, name: StreamId) -> bool:
    at = (len(known.balances) - 1) * known.stride
    return 0 <= at <= history.head and history.state_of(name, Position(at)) is known.last


# Marks -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Buckets:
    """The greatest flows in and out of every ``stride`` events, and their marks."""

    stride: int = 1
    seen: int = 0
    last: State | None = None
    """The state after the events seen: by it one sees that the history is still the same."""
    latest: dict[StreamId, int] = field(default_factory=dict)
    """Each account's balance after the events seen."""
    ins: list[int] = field(default_factory=list)
    outs: list[int] = field(default_factory=list)
    most: int = 0
    """The greatest flow of all, whose mark is the longest."""
    marks_in: list[str] = field(default_factory=list)
    marks_out: list[str] = field(default_factory=list)


_buckets: list[_Buckets] = [_Buckets()]
"""Of the history marked last. Only a memory: an event more changes its last bucket alone."""


def marks(history: Ledger) -> Marks:
    """A mark for each event that moved money, the longer the more; of many, the greatest.

    Across, a mark stands at its event's position: whoever draws it scales by the head.
    """
    if history.unread:
        return Marks("", "")
    known = _buckets[0]
    is_same = known.seen <= history.head and (
        known.seen == 0 or history.states[known.seen - 1] is known.last
    )
    if not is_same:
        known = _buckets[0] = _Buckets()
    if known.seen < history.head:
        _see(known, history)
    return Marks("".join(known.marks_in), "".join(known.marks_out))


def _see(known: _Buckets, history: Ledger) -> None:
    """Put the events that have not been seen yet into their buckets, and mark those anew."""
    stride, most = known.stride, known.most
    while history.head > known.stride * MOST_POINTS:
        _double(known)
    first_new = known.seen // known.stride
    recorded, states = history.recorded[known.seen :], history.states[known.seen :]
    for nth, (event, state) in enumerate(zip(recorded, states, strict=True), start=known.seen):
        name, balance = event.stream_id, balance_in(state)
        flow = balance - known.latest.get(name, 0)
        known.latest[name] = balance
        bucket = nth // known.stride
        if bucket == len(known.ins):
            known.ins.append(0)
            known.outs.append(0)
        known.ins[bucket] = max(known.ins[bucket], flow)
        known.outs[bucket] = min(known.outs[bucket], flow)
        known.most = max(known.most, abs(flow))
    known.seen, known.last = history.head, states[-1]
    if known.stride != stride or known.most != most:
        first_new = 0
    known.marks_in[first_new:] = [_mark(known, at, known.ins[at]) for at in _from(known, first_new)]
    known.marks_out[first_new:] = [
        _mark(known, at, known.outs[at]) for at in _from(known, first_new)
    ]


def _double(known: _Buckets) -> None:
    """Make each two buckets one."""
    known.stride *= 2
    known.ins = [max(known.ins[at : at + 2]) for at in range(0, len(known.ins), 2)]
    known.outs = [min(known.outs[at : at + 2]) for at in range(0, len(known.outs), 2)]


def _from(known: _Buckets, first: int) -> range:
    return range(first, len(known.ins))


def _mark(known: _Buckets, bucket: int, flow: int) -> str:
    """The path of one mark, up or down from the line; nothing for no flow."""
    if not flow:
        return ""
    length = SHORTEST_MARK + (LONGEST_MARK - SHORTEST_MARK) * sqrt(abs(flow) / known.most)
    x = bucket * known.stride + (known.stride + 1) / 2
    return f"M{x:g} {MARKS_MIDDLE}v{-length if flow > 0 else length:.1f}"


# Pins ------------------------------------------------------------------------------------

_pinned: list[tuple[tuple[Position, ...], Position, str]] = []
"""The events pinned last. Only a memory: a step does not change them."""


def pins(positions: tuple[Position, ...], head: Position) -> str:
    """A line from top to bottom at each of these events, in a history that ends at ``head``."""
    if not _pinned or _pinned[0][0] is not positions or _pinned[0][1] != head:
        places = dict.fromkeys(WIDTH * position // max(1, head) for position in positions)
        _pinned[:] = [(positions, head, "".join(f"M{at} 0V{2 * MARKS_MIDDLE}" for at in places))]
    return _pinned[0][2]
