"""The frame of a Python that can be thrown away: one document, with its two scripts in it.

The page gives it to an ``<iframe>`` as a text, so that nothing is fetched for it. Such a frame has
the page's policy beside its own, and of the scripts in it both allow the one of a hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from building.bundles import bundled
from building.steps import Failure

DOCUMENT: Final = "spare/frame.html"
FRAME: Final = "spare/frame.js"
WORKER: Final = "spare/worker.js"

PLACE_IN_POLICY: Final = "{spare-frame}"
"""Where a page's policy names the script of the frame."""


RUNTIME: Final = "spare-runtime.js"
"""What runtime.js does, as a script: where no address leads to it, it is run as a text."""


def document(files: Mapping[str, bytes], modules: Path) -> bytes:
    """The document, with its scripts in it.

    Raises:
        Failure: a script could not be bundled, or the document is not as expected.
    """
    frame = bundled(FRAME, "iife", files, modules).decode().strip()
    worker = bundled(WORKER, "iife", files, modules).decode().strip()
    text = files[DOCUMENT].decode()
    for place, content in (("'{hash}'", named(frame)), ("{worker}", worker), ("{frame}", frame)):
        if text.count(place) != 1 or "</script" in content:
            raise Failure(f"{DOCUMENT} has no one place for {place}, or that cannot stand there.")
        text = text.replace(place, content)
    return text.encode()


def script_in(frame: bytes) -> str:
    """The one script in the document that runs there."""
    (script,) = re.findall("<script>(.*?)</script>", frame.decode(), re.DOTALL)
    return str(script)


def named(script: str) -> str:
    """What a policy calls a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
