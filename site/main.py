"""Where PyScript starts: connects the shell with the page's JavaScript, and starts it."""

from datetime import datetime, timezone
from uuid import uuid4

import js
from bankpage.messages import Occasion
from bankpage.phrases import Phrases
from bankpage.shell import Shell
from pyodide.ffi import create_once_callable, create_proxy

page = js.esbank


class BrowserStorage:
    """``storage.js`` as the shell takes it: promises become callbacks."""

    read_all = staticmethod(page.storage.readAll)
    read_new = staticmethod(page.storage.readNew)
    is_kept = staticmethod(page.storage.isKept)
    remember = staticmethod(page.storage.remember)

    @staticmethod
    def append(key, text, answer):
        """Write one append; ``answer`` gets what came of it."""
        page.storage.append(key, text).then(create_once_callable(answer))

    @staticmethod
    def erase(answer):
        """Begin a new generation, and call ``answer``."""
        page.storage.erase().then(create_once_callable(lambda _: answer()))


def occasion():
    """Now, to the millisecond, and an id that nothing else has."""
    now = datetime.now(timezone.utc)
    return Occasion(now.replace(microsecond=now.microsecond // 1000 * 1000), str(uuid4()))


def after(milliseconds, callback):
    """Call back once, later."""
    js.setTimeout(create_once_callable(callback), milliseconds)


def start():
    """Connect the shell with the page, and show what the browser has kept."""
    shell = Shell(
        document=page.document,
        storage=BrowserStorage(),
        phrases=Phrases.from_json(page.document.phrases()),
        occasion=occasion,
        after=after,
    )
    shell.start()
    page.storage.watch(create_proxy(shell.on_entries))
    page.gestures.listen(create_proxy(shell.on_gesture))


try:
    start()
except Exception as error:
    page.failed(f"{type(error).__name__}: {error}")
    raise
page.started()
