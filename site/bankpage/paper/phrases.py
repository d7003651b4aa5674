"""The page's sentences, which stand in ``index.html``, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every sentence that the view may say, with ``{names}`` where something is filled in."""

    texts: Mapping[str, str]

    @classmethod
    def from_json(cls, text: str) -> Phrases:
        """The phrases as the browser hands them over: a JSON object of texts."""
        return cls(json.loads(text))

    def __call__(self, name: str, **values: object) -> str:
        """The sentence of that name, filled in.

        Raises:
            KeyError: the page has no such sentence, or the sentence wants a value not given.
        """
        return self.texts[name].format(**values)

    def counted(self, name: str, count: int, **values: object) -> str:
        """The sentence of that name for a number of things: there is another for just one.

        Raises:
            KeyError: the page has no such sentence, or no ``-one`` beside it.
        """
        return self(f"{name}-one" if count == 1 else name, count=count, **values)
