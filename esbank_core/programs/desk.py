"""The desk at which a program is run by texts: what is asked is JSON, and so is what is answered.

Asked are ``{"do": …}`` with “events” (a text of copies, and after which position they stand),
“run” (a program), “at” (a position), “again”, “rebuild” and “checkpoint” (whether one is kept). An
answer tells where the program stands and what of it is to be shown, or its fault; or, after a slice
of time, how far it is: then it is asked for “on”.

Events are delivered at least once, as anywhere: who keeps a checkpoint passes over those that it
has seen, and who does not takes them in twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from esbank_core.bank.account import Ledger, empty_ledger
from esbank_core.kernel.identity import GENESIS, Position
from esbank_core.programs.copies import read_copies
from esbank_core.programs.faults import Fault, FaultError, fault_of
from esbank_core.programs.program import MODULE, Program
from esbank_core.programs.run import Run
from esbank_core.programs.shown import Table, shown
from esbank_core.questions.own.states import LateError

SLICE_S: Final = 0.5
"""Seconds for one answer; a single event may take longer, and has a deadline."""

LONGEST_OUTPUT: Final = 10_000
"""Characters of what a program prints; the rest is counted, and dropped."""

MILLISECONDS: Final = 1000


class Output:
    """Where a program prints to."""

    def __init__(self) -> None:
        self.text = ""
        self.left_out = 0

    def print(
        self, *values: object, sep: str | None = " ", end: str | None = "\n", **_: Any
    ) -> None:
        """Like the ``print`` that a program knows, with an end."""
        said = (" " if sep is None else sep).join(map(str, values)) + ("\n" if end is None else end)
        room = LONGEST_OUTPUT - len(self.text)
        self.text += said[:room]
        self.left_out += max(0, len(said) - room)


class Desk:
    """A copy of a ledger, and a program that is run on it. ``clock`` tells seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ledger: Ledger = empty_ledger()
        self._run: Run | None = None
        self._keeps_checkpoint = True
        self._output = Output()
        self._ends = 0.0
        self._spent = 0.0
        """Seconds, on what is asked for again until it is done."""

    def answer(self, text: str, _tell: object = None) -> str:
        """Do what a text asks for, and say what came of it.

        Raises:
            ValueError, KeyError: it asks for nothing that there is.
        """
        asked = json.loads(text)
        began = self._clock()
        self._ends = began + SLICE_S
        if asked["do"] != "on":
            self._spent, self._output = 0.0, Output()
        fault: Fault | None = None
        try:
            is_timed = self._do(asked)
        except FaultError as told:
            fault, is_timed = told.fault, asked["do"] == "on"
        except LateError:
            self._spent += self._clock() - began
            return json.dumps({"is_late": True, "checkpoint": self._running().checkpoint})
        self._spent += self._clock() - began
        return json.dumps(self._told(fault, self._spent if is_timed and not fault else None))

    def _do(self, asked: Mapping[str, Any]) -> bool:
        """Do it, and say whether the time is worth telling."""
        match asked["do"]:
            case "events":
                after = Position(asked["after"])
                kept = empty_ledger() if after == GENESIS else self._ledger
                self._ledger = kept.extend(read_copies(asked["copies"], after))
                if after == GENESIS:
                    self._run = None
            case "run":
                self._run = None
                self._keeps_checkpoint = asked["keeps"]
                self._run = Run(Program.read(asked["program"]), self._clock, self._print)
                self._bring(self._run, asked)
                return True
            case "at":
                self._bring(self._running(), asked)
            case "on":
                self._bring(self._running(), asked)
                return True
            case "again":
                if not self._keeps_checkpoint:
                    self._running().take_in_again(self._ledger)
            case "rebuild":
                run = self._running()
                run.throw_away()
                self._bring(run, asked)
                return True
            case "checkpoint":
                self._keeps_checkpoint = asked["keeps"]
            case other:
                raise ValueError(f"Nobody at the desk knows what “{other}” is.")
        return False

    def _is_late(self) -> bool:
        return self._clock() > self._ends

    def _running(self) -> Run:
        if self._run is None:
            raise ValueError("No program is being run.")
        return self._run

    def _bring(self, run: Run, asked: Mapping[str, Any]) -> None:
        run.bring_to(self._ledger, self._within(asked), self._is_late)

    def _within(self, asked: Mapping[str, Any]) -> Position:
        return Position(min(asked["position"], self._ledger.head))

    def _print(self, *values: object, **options: Any) -> None:
        self._output.print(*values, **options)

    def _told(self, fault: Fault | None, took: float | None) -> dict[str, Any]:
        told: dict[str, Any] = {"held": self._ledger.head}
        run = self._run
        if run is not None:
            told |= {
                "kind": run.kind,
                "checkpoint": run.checkpoint,
                "keeps": self._keeps_checkpoint,
                "doubled": run.is_doubled,
            }
            try:
                told["shown"] = _as_json(run.result())
            except FaultError as failed:
                fault = fault or failed.fault
            except BaseException as error:  # what is shown are a reader's objects
                fault = fault or fault_of(error, f"{MODULE}.py", run.checkpoint)
        if fault is not None:
            told["fault"] = asdict(fault)
        if took is not None:
            told["took"] = round(took * MILLISECONDS, 1)
        if self._output.text:
            told["printed"] = self._output.text
            told["unprinted"] = self._output.left_out
        return told


def _as_json(value: object) -> dict[str, Any]:
    found = shown(value)
    return {"is": "table" if isinstance(found, Table) else "tree", **asdict(found)}
