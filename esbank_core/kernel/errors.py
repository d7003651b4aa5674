"""What can go wrong, each with its evidence and a sentence for the person who meets it.

A rejection is not here: the rules saying no is a value (``decider.Rejection``).
"""

from __future__ import annotations

from esbank_core.kernel.identity import EventId, Position, StreamId, Version


class Conflict(Exception):  # noqa: N818 - the field's word is "conflict"
    """The stream has moved on since it was read. Nothing was written.

    Read the stream again, decide again on what it says now, and append that.
    """

    def __init__(self, stream_id: StreamId, expected: Version, actual: Version) -> None:
        self.stream_id = stream_id
        self.expected = expected
        self.actual = actual
        super().__init__(
            f"Stream {stream_id} is at version {actual}, not at {expected} as expected. "
            "Nothing was appended; read it again and decide again."
        )


class Damage(Exception):  # noqa: N818 - the field's word is "damage"
    """Stored or imported data is broken; the data itself comes along as evidence.

    ``reason`` says what is wrong in a sentence; ``evidence`` is the text as found.
    """

    def __init__(self, reason: str, evidence: str = "") -> None:
        self.reason = reason
        self.evidence = evidence
        super().__init__(reason)


class UnfitLine(Damage):
    """A text that is no line of a file of events: ``reason`` says why, ``remedy`` what to do.

    ``is_broken`` tells text that is no JSON at all, as a line cut short is none; ``is_beyond``,
    one that may be fine and is more than this program reads.
    """

    def __init__(
        self,
        reason: str,
        remedy: str,
        evidence: str = "",
        *,
        is_broken: bool = False,
        is_beyond: bool = False,
    ) -> None:
        super().__init__(reason, evidence)
        self.remedy = remedy
        self.is_broken = is_broken
        self.is_beyond = is_beyond


class Misplaced(Damage):
    """An event says that it stands elsewhere than it does."""


class Unwritable(ValueError):  # noqa: N818 - damage that was prevented
    """Something to be stored that could not be read back. Nothing was written.

    The fault is whoever asked for it; ``reason`` says in a sentence what the reader would
    make of it.
    """

    def __init__(self, what: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{what} cannot be written: {reason} Nothing was written.")


class RefusedLine(Damage):
    """A file of events that cannot be read, and is therefore refused whole.

    ``line`` counts from 1; ``reason`` says what is wrong there, ``remedy`` what to do about
    it; ``evidence`` is the beginning of the line as found. ``is_beyond`` tells a line that may
    be fine and is more than this program reads.
    """

    def __init__(
        self, line: int, reason: str, remedy: str, evidence: str = "", *, is_beyond: bool = False
    ) -> None:
        super().__init__(reason, evidence)
        self.line = line
        self.remedy = remedy
        self.is_beyond = is_beyond
        self.args = (f"Line {line}: {reason} {remedy}",)


class ImportConflict(Exception):  # noqa: N818 - the field's word is "conflict"
    """An event to be imported contradicts the ledger. Nothing was imported.

    ``event_id`` names the event; ``position`` is where the ledger says something else.
    """

    def __init__(self, event_id: EventId, position: Position, reason: str) -> None:
        self.event_id = event_id
        self.position = position
        self.reason = reason
        super().__init__(f"{reason} Nothing was imported.")
