"""Where PyScript starts: connects the shell with the page, and lets messages through.

``xworker`` is PyScript's line from its worker to the page. The single file, which may start no
worker, runs this on the page's own thread and lends it a line of the same shape.
"""

from datetime import datetime, timezone
from uuid import uuid4

import js
from bankpage.paper.occasion import Occasion
from bankpage.shell import Shell
from pyodide.ffi import create_once_callable, create_proxy

try:
    from polyscript import xworker
except ImportError:
    xworker = js.esbank.line


def occasion():
    """Now, to the millisecond and in the reader's own zone, and an id that nothing else has."""
    now = datetime.now(timezone.utc).astimezone()
    return Occasion(now.replace(microsecond=now.microsecond // 1000 * 1000), str(uuid4()))


def after(milliseconds, callback):
    """Call back once, later."""
    js.setTimeout(create_once_callable(callback), milliseconds)


shell = Shell(post=xworker.postMessage, occasion=occasion, after=after)


def on_message(event):
    """Hand one message of the page to the shell."""
    shell.receive(*event.data)


xworker.onmessage = create_proxy(on_message)
