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
from building.bundles import bundled
from building.steps import Failure

SCRIPTS: Final = {
    "start/single-loader.js": "iife",
    "start/runtime.js": "iife",
    "start/single-early.js": "iife",
    "start/single.js": "esm",
}
"""The scripts of the single file, and whether each is one or a module."""

RUNTIME_ADDRESS: Final = "https://esbank.invalid/runtime.js"
"""PyScript wants its interpreter at such an address. The import map leads it elsewhere."""

RUNTIME_MODULE: Final = (
    "const { loadPyodide, version } = await globalThis.esbankRuntime;"
    "export { loadPyodide, version };"
)

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
    bundle, early = scripts["start/single.js"], scripts["start/single-early.js"]
    style = _with_fonts_inside(files["style.css"].decode(), files)
    import_map = json.dumps(
        {"imports": {RUNTIME_ADDRESS: _data("text/javascript", RUNTIME_MODULE)}}
    )
    page = re.sub(r'\n *<link rel="(?:modulepreload|preload|manifest)"[^>]*>', "", page)
    policy = _policy(import_map, early, bundle, spare.script_in(files[spare.DOCUMENT]))
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
        r'<script type="module"[^>]*></script>',
        f'<script type="importmap">{import_map}</script>',
    )
    page = _swap(page, r'\n *<script type="py"[^>]*></script>', "")
    return _swap(page, "</body>", f"{_at_the_end(files, scripts, lab_scripts)}\n</body>").encode()


def _at_the_end(
    files: Mapping[str, bytes], scripts: Mapping[str, str], of_labs: Mapping[str, str]
) -> str:
    """After all that is read: the two large parts first, since the loader waits for them."""

    def part(name: str) -> str:
        text = _packed(files[PART_FILES[name]])
        return f'<script type="application/octet-stream" id="part-{name}">{text}</script>'

    config = json.dumps({"interpreter": RUNTIME_ADDRESS})
    main = files["start/main.py"].decode()
    loader = scripts["start/single-loader.js"]
    return "\n".join(
        [
            f'<script type="text/plain" id="loader-script">{loader}</script>',
            f'<script type="text/plain" id="runtime-script">{scripts["start/runtime.js"]}</script>',
            part("image"),
            part("wasm"),
            f"<script>{scripts['start/single-early.js']}</script>",
            f'<script type="module">{scripts["start/single.js"]}</script>',
            part("library"),
            part("code"),
            part("labs"),
            *(
                f'<script type="text/plain" id="script-{lab}">{script}</script>'
                for lab, script in sorted(of_labs.items())
            ),
            f"<script type=\"py\" config='{config}'>\n{main}</script>",
        ]
    )


def _inline(script: bytes) -> str:
    if re.search(rb"</script|<!--", script, re.IGNORECASE):
        raise Failure("A script of the single file holds text that would end its own element.")
    return script.decode()


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
