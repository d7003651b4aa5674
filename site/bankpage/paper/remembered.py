"""What a function of values last gave, remembered: a step paints only what depends on it anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Remembered(Generic[Given, Made]):
    """A function of values, and what it last gave: it is not asked again for the same ones.

    The same are those that are identical; numbers, texts and tuples, those that are equal.
    """

    def __init__(self, make: Callable[Given, Made]) -> None:
        self._make = make
        self._last: tuple[tuple[object, ...], Made] | None = None

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Made:
        """What the function makes of these."""
        if self._last is None or not _are_same(self._last[0], args):
            self._last = args, self._make(*args, **kwargs)
        return self._last[1]


def _are_same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(
        old is new or (isinstance(old, int | str | tuple) and type(old) is type(new) and old == new)
        for old, new in zip(before, now, strict=True)
    )
