"""The single file: the whole page, PyScript, CPython and our code in one HTML file.

It opens from disk and asks nobody for anything, which its own Content Security Policy holds it
to: no address but ``data:`` is allowed, and of the scripts in it only those whose hashes stand
there. The binary parts are base64 in elements that no browser runs; scripts are bundled into one
by esbuild, because a page from disk cannot import its neighbours.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from building import spare
from building.bundles import NOWHERE, bundled
from building.pyscript import WORKER
from building.steps import Failure

SCRIPTS: Final = {
    "start/single-loader.js": "iife",
    "start/runtime.js": "iife",
    "start/single-early.js": "iife",
    "start/single.js": "esm",
}
"""The scripts of the single file, and whether each is one or a module."""

RUNTIME_ADDRESS: Final = f"{NOWHERE}runtime.js"
"""PyScript wants an address for its interpreter, which stands in the page all the same."""

PART_FILES: Final = {
    "image": "image/boot.image",
    "wasm": "pyodide/pyodide.asm.wasm",
    "library": "pyodide/python_stdlib.zip",
    "code": "esbank.zip",
    "labs": "labs.zip",
}
"""The parts that the page carries, by the names that ``runtime.js`` asks for."""


def single_file(
    page: str, files: Mapping[str, bytes], of_labs: Mapping[str, bytes], modules: Path
) -> bytes:
    """The single file, made of the hosted page and of all files that it and its scripts name.

    ``of_labs`` are the scripts of labs, which are loaded as they stand when a lab opens.

    Raises:
        Failure: a script could not be bundled, or the page is not as expected.
    """
    scripts = {name: _inline(bundled(name, kind, files, modules)) for name, kind in SCRIPTS.items()}
    lab_scripts = {Path(name).stem: _inline(script) for name, script in of_labs.items()}
    style = _with_fonts_inside(_in_ascii(files["style.css"].decode(), "\\{:x} "), files)
    run = [
        scripts[name] for name in ("start/single.js", "start/single-early.js", "start/runtime.js")
    ]
    page = re.sub(r'\n *<link rel="(?:modulepreload|preload|manifest)"[^>]*>', "", page)
    policy = _policy(*run, *map(_has_been_read, PART_FILES), spare.script_in(files[spare.DOCUMENT]))
    page = _swap(
        page,
        r'<meta http-equiv="Content-Security-Policy"[^>]*>',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
    )
    page = _swap(
        page,
        r'href="\./favicon\.svg"',
        f'href="{_data("image/svg+xml", files["favicon.svg"].decode())}"',
    )
    page = _swap(page, r'<link rel="stylesheet"[^>]*>', f"<style>\n{style}</style>")
    page = _swap(
        page,
        r'\n *<script type="module"[^>]*></script>',
        "",
    )
    page = _swap(page, r"\n *<script async[^>]*></script>", "")
    page = _swap(page, r'\n *<script type="py"[^>]*></script>', "")
    page = _swap(page, "</body>", f"{_at_the_end(files, scripts, lab_scripts)}\n</body>")
    return _in_ascii(page, "&#{};").encode()


def _at_the_end(
    files: Mapping[str, bytes], scripts: Mapping[str, str], of_labs: Mapping[str, str]
) -> str:
    """After all that a reader sees: the workers' scripts, and the parts as they are needed."""

    def text(identity: str, script: str) -> str:
        return f'<script type="text/plain" id="{identity}">{script}</script>'

    def part(name: str) -> str:
        packed = _packed(files[PART_FILES[name]])
        element = f'<script type="application/octet-stream" id="part-{name}">{packed}</script>'
        return f"{element}<script>{_has_been_read(name)}</script>"

    config = json.dumps({"interpreter": RUNTIME_ADDRESS, "sync_main_only": True})
    main = _data("text/x-python", files["start/main.py"].decode())
    return "\n".join(
        [
            text("loader-script", scripts["start/single-loader.js"]),
            text("runtime-script", scripts["start/runtime.js"]),
            text(
                "pyscript-worker",
                _inline(_in_ascii(files[WORKER].decode(), "\\u{{{:x}}}").encode()),
            ),
            f"<script>{scripts['start/single-early.js']}</script>",
            *map(part, PART_FILES),
            f'<script type="module">{scripts["start/single.js"]}</script>',
            *(text(f"script-{lab}", script) for lab, script in sorted(of_labs.items())),
            f'<script type="py" worker src="{main}" config=\'{config}\'></script>',
        ]
    )


def _has_been_read(name: str) -> str:
    return f'esbankParts.hasRead("{name}");'


def _inline(script: bytes) -> str:
    if re.search(rb"</script|<!--", script, re.IGNORECASE):
        raise Failure("A script of the single file holds text that would end its own element.")
    return script.decode()


def _in_ascii(text: str, escape: str) -> str:
    """The text with all other characters escaped.

    One of them, and a browser that reads the file keeps eighteen megabytes in twice the memory,
    and takes several times as long over it.
    """
    return re.sub(r"[^\0-\x7f]", lambda found: escape.format(ord(found[0])), text)


def _policy(*scripts: str) -> str:
    hashes = " ".join(map(spare.named, scripts))
    return (
        f"default-src 'none'; script-src {hashes} data: 'unsafe-eval' 'wasm-unsafe-eval'; "
        "worker-src blob:; connect-src data:; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _with_fonts_inside(style: str, files: Mapping[str, bytes]) -> str:
    def inside(match: re.Match[str]) -> str:
        content = base64.b64encode(files[match["name"]]).decode()
        return f'url("data:font/woff2;base64,{content}")'

    return re.sub(r'url\("?\./(?P<name>fonts/[\w.-]+)"?\)', inside, style)


def _data(kind: str, text: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"


def _packed(content: bytes) -> str:
    is_packed = content.startswith((b"\x1f\x8b", b"PK"))
    packed = content if is_packed else gzip.compress(content, 9, mtime=0)
    return base64.b64encode(packed).decode()


def _swap(page: str, pattern: str, replacement: str) -> str:
    """Put something in the one place where the pattern fits."""
    page, count = re.subn(pattern, lambda _: replacement, page)
    if count != 1:
        raise Failure(f"index.html has “{pattern}” {count} times; the single file wants it once.")
    return page


def parts(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What is known of the parts that the page carries."""
    return {
        part: {"size": len(base64.b64decode(_packed(files[name])))}
        for part, name in PART_FILES.items()
    }
