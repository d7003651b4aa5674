"""What an answer looks like, where that says more than its rows: as the paths of a picture.

A balance jumps and does not slide, so its line has steps; what came in stands above a line and
what went out below it; a pair of events is a dot. An answer of any length is drawn at a bounded
number of places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bankpage.paper.figures import local_time, money
from esbank_core.bank.money import currency_of
from esbank_core.questions.ask import Answer, Cell, Row
from esbank_core.questions.wording.times import format_span

WIDTH: Final = 1000
HEIGHT: Final = 240
MARGIN: Final = 8
MOST_PLACES: Final = 600
"""At how many places an answer is drawn at most."""
MOST_LINES: Final = 5
"""How many balances have a line of their own; ``analytics.html`` has as many paths."""
BAR_SHARE: Final = 0.7
"""Of the room that a bar has."""


class Kind(StrEnum):
    """What a picture is made of."""

    STEPS = "steps"
    FLOWS = "flows"
    LARGEST = "largest"
    DOTS = "dots"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Plot:
    """The paths of a picture, what stands at its edges, and the same in facts for a sentence."""

    kind: Kind
    lines: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Whose lines they are."""
    above: str = ""
    below: str = ""
    dots: str = ""
    base: str = ""
    top: str = ""
    bottom: str = ""
    left: str = ""
    right: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    is_part: bool = False
    """Whether there is more than the picture shows: other accounts, or other currencies."""


def plot_of(name: str, answer: Answer) -> Plot | None:
    """The picture of an answer to the question of a name; None where there is nothing to see."""
    if not answer.rows:
        return None
    at = {column.name: nth for nth, column in enumerate(answer.columns)}
    match name:
        case "balances":
            return _steps(answer.rows, at)
        case "flows":
            return _flows(answer.rows, at)
        case "largest":
            return _largest(answer.rows, at)
        case "dormant":
            return _idle(answer.rows, at)
        case _:
            return _dots(answer.rows, at, _number(answer.gist["within"]))


def _steps(rows: Sequence[Row], at: Mapping[str, int]) -> Plot:
    currency, own, is_part = _of_one_currency(_sample(rows), at["currency"])
    busiest = Counter(str(row[at["account_id"]]) for row in own).most_common(MOST_LINES + 1)
    names = tuple(name for name, _ in busiest[:MOST_LINES])
    of_name: dict[str, list[tuple[datetime, int]]] = {name: [] for name in names}
    for row in own:
        known = of_name.get(str(row[at["account_id"]]))
        if known is not None:
            known.append((_time(row[at["time"]]), _number(row[at["balance"]])))
    shown = [point for points in of_name.values() for point in points]
    first, last = min(time for time, _ in shown), max(time for time, _ in shown)
    low, high = min(0, *(held for _, held in shown)), max(1, *(held for _, held in shown))

    def line(points: Sequence[tuple[datetime, int]]) -> str:
        steps = [f"M{_x(points[0][0], first, last)} {_y(0, low, high)}"]
        steps += [f"H{_x(time, first, last)}V{_y(held, low, high)}" for time, held in points]
        return "".join(steps) + f"H{WIDTH}"

    unit = currency_of(currency)
    top, bottom = money(max(held for _, held in shown), unit), money(low, unit)
    lowest = money(min(held for _, held in shown), unit)
    left, right = local_time(first), local_time(last)
    return Plot(
        Kind.STEPS,
        tuple(line(of_name[name]) for name in names),
        names,
        base=f"M0 {_y(0, low, high)}H{WIDTH}",
        top=top,
        bottom=bottom,
        left=left,
        right=right,
        facts={"first": left, "last": right, "low": lowest, "high": top},
        is_part=is_part or len(busiest) > MOST_LINES,
    )


def _flows(rows: Sequence[Row], at: Mapping[str, int]) -> Plot:
    currency, own, is_part = _of_one_currency(rows, at["currency"])
    own = _newest(own)
    came_in = [_number(row[at["in"]]) for row in own]
    went_out = [-_number(row[at["out"]]) for row in own]
    low, high = min(0, *went_out), max(0, *came_in)
    unit = currency_of(currency)
    return Plot(
        Kind.FLOWS,
        above=_bars(came_in, low, high),
        below=_bars(went_out, low, high),
        base=f"M0 {_y(0, low, high)}H{WIDTH}",
        top=money(high, unit),
        bottom=money(low, unit),
        left=str(own[0][0]),
        right=str(own[-1][0]),
        facts={
            "first": str(own[0][0]),
            "last": str(own[-1][0]),
            "in": money(high, unit),
            "out": money(-low, unit),
        },
        is_part=is_part or len(own) < len(rows),
    )


def _largest(rows: Sequence[Row], at: Mapping[str, int]) -> Plot:
    currency, own, is_part = _of_one_currency(rows, at["currency"])
    own = own[:MOST_PLACES]
    flows = [_number(row[at["flow"]]) for row in own]
    low, high = min(0, *flows), max(0, *flows)
    unit = currency_of(currency)
    return Plot(
        Kind.LARGEST,
        above=_bars([max(0, flow) for flow in flows], low, high),
        below=_bars([min(0, flow) for flow in flows], low, high),
        base=f"M0 {_y(0, low, high)}H{WIDTH}",
        top=money(high, unit),
        bottom=money(low, unit),
        facts={
            "largest": money(flows[0], unit),
            "smallest": money(flows[-1], unit),
        },
        is_part=is_part or len(own) < len(rows),
    )


def _idle(rows: Sequence[Row], at: Mapping[str, int]) -> Plot:
    own = rows[:MOST_PLACES]
    spans = [_number(row[at["idle"]]) for row in own]
    longest = max(spans)
    return Plot(
        Kind.IDLE,
        above=_bars(spans, 0, longest),
        base=f"M0 {_y(0, 0, longest)}H{WIDTH}",
        top=format_span(longest),
        bottom=format_span(0),
        facts={"longest": format_span(longest), "shortest": format_span(spans[-1])},
        is_part=len(own) < len(rows),
    )


def _dots(rows: Sequence[Row], at: Mapping[str, int], within: int) -> Plot:
    """Pairs of events: across when the later one happened, upward how long after the first."""
    own = _sample(rows)
    when = next(name for name in ("withdrew_at", "then_at", "came_back_at") if name in at)
    points = [(_time(row[at[when]]), _number(row[at["gap"]])) for row in own]
    first, last = points[0][0], points[-1][0]
    left, right = local_time(first), local_time(last)
    limit = format_span(within)
    return Plot(
        Kind.DOTS,
        dots="".join(f"M{_x(time, first, last)} {_y(gap, 0, within)}h0" for time, gap in points),
        base=f"M0 {_y(0, 0, within)}H{WIDTH}",
        top=limit,
        bottom=format_span(0),
        left=left,
        right=right if right != left else "",
        facts={
            "first": left,
            "last": right,
            "longest": format_span(max(gap for _, gap in points)),
            "within": limit,
        },
        is_part=len(own) < len(rows),
    )


def _of_one_currency(rows: Sequence[Row], at: int) -> tuple[str, Sequence[Row], bool]:
    """The rows of the currency that most of them are in: two have no scale in common."""
    currencies = Counter(str(row[at]) for row in rows)
    ((currency, count),) = currencies.most_common(1)
    if count == len(rows):
        return currency, rows, False
    return currency, [row for row in rows if row[at] == currency], True


def _sample(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, or of many as many as can be told apart, the last of them among these."""
    stride = -(-len(rows) // MOST_PLACES)
    return rows if stride == 1 else [*rows[:-1:stride], rows[-1]]


def _newest(rows: Sequence[Row]) -> Sequence[Row]:
    return rows[-MOST_PLACES:]


def _bars(values: Sequence[int], low: int, high: int) -> str:
    room = WIDTH / len(values)
    width = round(min(room * BAR_SHARE, WIDTH / 10), 1)
    zero = _y(0, low, high)
    return "".join(
        f"M{(nth + 0.5) * room - width / 2:.1f} {zero}V{_y(value, low, high)}h{width}V{zero}Z"
        for nth, value in enumerate(values)
        if value
    )


def _x(time: datetime, first: datetime, last: datetime) -> int:
    span = (last - first).total_seconds()
    return MARGIN + round(
        (WIDTH - 2 * MARGIN) * ((time - first).total_seconds() / span if span else 0.5)
    )


def _y(value: int, low: int, high: int) -> int:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) // max(1, high - low)


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _time(cell: Cell) -> datetime:
    assert isinstance(cell, datetime)
    return cell
