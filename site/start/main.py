"""Where PyScript starts: connects the shell with the page, and lets messages through.

The Python of the labs comes later, as an archive, and is found beside what is here already.

``xworker`` is PyScript's line from its worker to the page. Where the single file may start no
worker, this runs on the page's own thread, and is lent a line of the same shape.
"""

import gc
import sys
from collections import deque
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

import js
from bankpage.paper.occasion import Occasion
from bankpage.shell import Shell
from pyodide.ffi import create_once_callable, create_proxy

try:
    from polyscript import xworker
except ImportError:
    xworker = js.esbank.line

LABS = Path("/home/pyodide/labs.zip")
PACKAGES = ("bankpage", "esbank_core")

YOUNG = 2_000
"""So many objects more than before, and a message has brought a part of a history."""


def occasion():
    """Now, to the millisecond and in the reader's own zone, and an id that nothing else has."""
    now = datetime.now(timezone.utc).astimezone()
    return Occasion(now.replace(microsecond=now.microsecond // 1000 * 1000), str(uuid4()))


turns = js.MessageChannel.new()
waiting = deque()


def after(milliseconds, callback):
    """Call back once, later; in no time, once what has come meanwhile has been heard.

    A message to oneself is that. A timeout of nothing waits 4 ms where it follows others, which
    in long work of many slices is a second or two.
    """
    if milliseconds:
        js.setTimeout(create_once_callable(callback), milliseconds)
    else:
        waiting.append(callback)
        turns.port2.postMessage(None)


def on_turn(_):
    """Carry out what was to be done later."""
    waiting.popleft()()
    settle()


turns.port1.onmessage = create_proxy(on_turn)


def settle():
    """Let what has come be looked through for garbage once, and never again.

    A history is not garbage until it is let go of, which needs no collector; and to look through
    one of a hundred thousand events takes longer than a frame has.
    """
    if gc.get_count()[0] >= YOUNG:
        gc.collect(0)
        gc.freeze()


gc.set_threshold(10 * YOUNG)  # or it would be looked through while it comes

shell = Shell(post=xworker.postMessage, occasion=occasion, after=after)


def take_in(labs):
    """Let what only the labs need be imported from their archive."""
    LABS.write_bytes(labs)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in PACKAGES and hasattr(module, "__path__"):
            module.__path__.append(f"{LABS}/{name.replace('.', '/')}")


def on_message(event):
    """Hand one message of the page to the shell; bytes among its parts are attached to it."""
    parts = [part if isinstance(part, str) else part.to_bytes() for part in event.data]
    if parts[0] == "labs":
        take_in(parts[1])
        parts = ["labs-arrived", ""]
    attached = parts.pop() if isinstance(parts[-1], bytes) else b""
    shell.receive(*parts, attached=attached)
    settle()


xworker.onmessage = create_proxy(on_message)
