"""Tabs of a browser without a browser: ``site/edge/storage.js`` in Node, driven from Python.

``tabs.mjs`` says what is real there (the module, one for each tab) and what is a stand-in (the
stored keys, and how late a tab sees those of another; the locks).
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bankpage.live.stored.entries import Entry, read_entries

SCRIPT = Path(__file__).with_name("tabs.mjs")
LONGEST_ANSWER_S = 60


class Node:
    """The Node process in which the tabs live; threads may share it."""

    def __init__(self) -> None:
        node = shutil.which("node")
        assert node, "Node is set up by build.py; run this by: python build.py test"
        self._process = subprocess.Popen(
            [node, "--experimental-vm-modules", "--no-warnings", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}
        self._one_writer = threading.Lock()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def ask(self, request: dict[str, object]) -> Any:
        """What a call answers."""
        answered: Future[Any] = Future()
        with self._one_writer:
            number = next(self._numbers)
            self._waiting[number] = answered
            assert self._process.stdin
            self._process.stdin.write(json.dumps(request | {"id": number}) + "\n")
            self._process.stdin.flush()
        return answered.result(LONGEST_ANSWER_S)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(LONGEST_ANSWER_S)
        self._reader.join(LONGEST_ANSWER_S)
        self._process.stdout.close()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            answer = json.loads(line)
            waiting = self._waiting.pop(answer["id"])
            if "error" in answer:
                waiting.set_exception(AssertionError(answer["error"]))
            else:
                waiting.set_result(answer.get("value"))


@contextmanager
def node() -> Iterator[Node]:
    """A Node process, ended at the end."""
    process = Node()
    try:
        yield process
    finally:
        process.close()


class Browser:
    """One browser with one localStorage, and tabs of one page in it."""

    _numbers = itertools.count()

    def __init__(self, process: Node) -> None:
        self._process = process
        self._number = next(self._numbers)
        self._tabs = itertools.count()

    def open(self) -> Tab:
        """Another tab; it has read nothing yet."""
        return Tab(self, f"tab-{next(self._tabs)}")

    def call(self, tab: str, name: str, *args: object) -> Any:
        """Call a function of a tab's storage.js, or a tool."""
        return self._process.ask(
            {"browser": self._number, "tab": tab, "call": name, "args": list(args)}
        )

    def put(self, key: str | None, value: str | None) -> None:
        """Change what is stored (None: delete it; no key: clear it all), and tell every tab."""
        self.call("", "put", key, value)

    def hold(self, lock: str) -> None:
        """Hold a lock for ever, as a tab of another version may."""
        self.call("", "hold", lock)

    def fill(self, left: int = 0) -> None:
        """Leave no room for another character, or for so many."""
        self.call("", "fill", left)

    def sees_late(self, most_ms: int) -> None:
        """Let the tabs see one another's writes up to so many milliseconds late."""
        self.call("", "seesLate", most_ms)

    @property
    def stored(self) -> dict[str, str]:
        """Everything that is stored."""
        return dict(self.call("", "stored"))


class Tab:
    """One tab, as Python has it: what ``storage.js`` answers."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser = browser
        self._name = name
        self._call("open")

    def _call(self, name: str, *args: object) -> Any:
        return self.browser.call(self._name, name, *args)

    def text(self, name: str) -> str:
        """What one of the functions that read answers, as it goes to Python."""
        return str(self._call(name))

    def glance(self) -> str:
        """What Current State showed last, as it goes to Python."""
        return json.dumps(self._call("lastGlance"))

    def read_all(self) -> list[Entry]:
        return read_entries(self.text("readAll"))

    def read_new(self) -> list[Entry]:
        return read_entries(self.text("readNew"))

    def append(self, key: str, text: str, head: str, segments: Sequence[Sequence[str]] = ()) -> str:
        return str(self._call("append", key, text, head, [list(pair) for pair in segments]))

    def pack(self, key: str, text: str, replaced: list[list[str]], snapshot: str) -> str:
        return str(self._call("pack", key, text, replaced, snapshot))

    def let_go_of(self, leftovers: list[list[str]], snapshot: str) -> None:
        self._call("letGoOf", leftovers, snapshot)

    def room_left(self) -> int:
        return int(self._call("roomLeft"))

    def keep_snapshot(self, snapshot: str) -> None:
        self._call("keepSnapshot", snapshot)

    def segments(self, keys: list[str]) -> str:
        """Some segments whole, as they go to Python."""
        return str(self._call("readSegments", keys))

    def keep_rejected(self, key: str, text: str) -> None:
        self._call("keepRejected", key, text)

    def write_back(self, lost: list[list[str]]) -> str:
        return str(self._call("writeBack", lost))

    def erase(self) -> str:
        return str(self._call("erase"))

    def look_ahead(self) -> None:
        """What ``line.js`` does with every gesture that may lead to an append."""
        self._call("lookAhead")

    def remember(self, glance: str) -> None:
        self._call("remember", glance)

    @property
    def last_glance(self) -> list[list[str]]:
        return list(self._call("lastGlance"))

    def watch(self) -> None:
        """Be told of others from now on."""
        self._call("watch")

    def told_texts(self) -> list[tuple[str, str]]:
        """What the tab has been told of others since it was last asked."""
        return [(kind, text) for kind, text in self._call("told")]

    def put_unheard(self, key: str | None, value: str | None) -> None:
        """Change what is stored with this tab's own tools, of which it hears nothing."""
        self._call("putUnheard", key, value)

    def cannot_read(self, key: str) -> None:
        """Let the browser throw when the value of a key (or of any: "*") is asked for."""
        self._call("cannotRead", key)

    def sees_nothing(self) -> None:
        """Hold back what others write, until ``sees_all``."""
        self._call("seesNothing")

    def sees_all(self) -> None:
        self._call("seesAll")

    def settles(self) -> None:
        """Wait until everything that others have written can be seen here."""
        self._call("settles")

    def close(self) -> None:
        """Close the tab, as a crash would: what it was about to do is not done."""
        self._call("close")
