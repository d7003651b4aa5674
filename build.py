"""Builds, serves and tests the page. Python 3.11 or later, standard library only.

    python build.py serve    build dist/ if need be, serve it on this machine, open it
    python build.py build    dist/ alone: a plain folder for any static host
    python build.py single   dist/esbank.html: the whole page in one file, to be opened from disk
    python build.py test     every test, native and in a real browser (pytest arguments follow)
    python build.py browsers what the tests want of browsers, installed if that is allowed
    python build.py lint     formatting, lint and types, of Python, JavaScript, HTML and CSS
    python build.py bench    measure, and print the figures as a table

Whatever a command needs is set up first: a ``.venv`` for Python tools, ``node_modules`` for
the browser's parts, with Node from PyPI where the machine has none. Both are only redone
when the files that pin them change.
"""

from __future__ import annotations

import argparse
import errno
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from building import system_packages
from building.assembly import assemble
from building.copies import DOWNLOAD, compressed_copies, table_of_sizes
from building.labs import with_labs
from building.setting_up import MODULES, is_done, set_up_node, set_up_python, stamp_of
from building.steps import Failure, python, run_shown, run_step

ROOT: Final = Path(__file__).resolve().parent
SITE: Final = ROOT / "site"
DIST: Final = ROOT / "dist"

PACKED: Final = MODULES / ".cache" / "esbank"
"""What was compressed for an earlier build, by content."""

FIRST_PORT: Final = 8000
PORTS_TRIED: Final = 50
SOME_TESTS_FAILED: Final = 1
"""How pytest ends when every test was run and not all passed."""

OTHER_ENGINES: Final = {
    "firefox-esr": "firefox-esr",
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
}
"""The programs that the tests in other engines run, and the Debian packages that have them."""


# Building ---------------------------------------------------------------------------------


def build(address: str | None = None) -> None:
    """Assemble ``dist/`` anew, beside the old one, and put it in its place.

    With the ``address`` that it will have, links to the page have a preview.

    Raises:
        Failure: a part is missing, or a page cannot stand at the address.
    """
    set_up_node(with_tools=False)
    files = assemble(SITE, MODULES, address)
    files |= compressed_copies(files, PACKED)
    fresh = DIST.with_name("dist.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, content in sorted(files.items()):
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (fresh / ".stamp").write_text(f"{_sources_stamp()}{address or ''}")
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    print(f"\n{table_of_sizes(files)}\n")


def build_if_stale() -> None:
    """Build, unless ``dist/`` is what these sources give already."""
    if not is_done(DIST / ".stamp", _sources_stamp()):
        build()


def single() -> None:
    """Make the single file, which stands in ``dist/`` with the rest."""
    build_if_stale()
    whole = DIST / DOWNLOAD
    size = whole.stat().st_size / 1e6
    print(f"\n  {whole.relative_to(ROOT)}: {size:.1f} MB. It opens from disk, in any browser.\n")


def _sources_stamp() -> str:
    """A hash of everything that ``dist/`` is made from."""
    sources = [ROOT / "build.py", ROOT / "package-lock.json"]
    for folder in (SITE, ROOT / "esbank_core", ROOT / "building"):
        sources += [
            path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
    return stamp_of(*sorted(sources))


# Serving ----------------------------------------------------------------------------------


class Handler(http.server.SimpleHTTPRequestHandler):
    """Plain files with the right types; only names that tell the content are cached for long."""

    extensions_map: Final = {  # type: ignore[misc]  # the base class declares it mutable
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
        ".webmanifest": "application/manifest+json",
    }

    _status = 0

    def send_response(self, code: int, message: str | None = None) -> None:
        """Remember whether this is a file or an excuse."""
        self._status = code
        super().send_response(code, message)

    def end_headers(self) -> None:
        """Forbid the browser to show a page that has been built anew since, or an error again."""
        stays = self._status < 400 and re.search(r"-[0-9a-f]{12}/", self.path)
        self.send_header("Cache-Control", "max-age=31536000, immutable" if stays else "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say only what went wrong."""
        status = str(args[1]) if len(args) > 1 else ""
        if status.startswith(("4", "5")):
            super().log_message(format, *args)


class Server(http.server.ThreadingHTTPServer):
    """A thread a request. A visitor who leaves in the middle of a download is no error."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Print what went wrong here, and not that somebody has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def open_server(folder: Path, first_port: int) -> http.server.ThreadingHTTPServer:
    """A server of a folder on this machine alone, on the first port that is free.

    Raises:
        Failure: none of the ports tried is free.
    """
    handler = functools.partial(Handler, directory=str(folder))
    for port in range(first_port, first_port + PORTS_TRIED):
        try:
            return Server(("127.0.0.1", port), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            print(f"  Port {port} is busy; trying {port + 1}.")
    raise Failure(f"No port from {first_port} on is free. Name another with --port.")


def serve(first_port: int, *, opens: bool) -> None:
    """Serve ``dist/`` until interrupted."""
    build_if_stale()
    with open_server(DIST, first_port) as server:
        address = f"http://localhost:{server.server_port}/"
        print(f"\n  The page is at {address}\n  Press Ctrl+C to stop.", flush=True)
        if opens:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\n  Stopped.")


# Testing ----------------------------------------------------------------------------------


def find_browser() -> str:
    """The Chromium to test in: Playwright's own, the system's, or one installed now.

    Returns:
        The path of a program; empty for Playwright's own.

    Raises:
        Failure: none is here and none can be had.
    """
    probe = "from tests.e2e.browser import find; print(find() or '')"
    if found := _ask_python(probe):
        return "" if found == "playwright" else found
    print("  No Chromium is on this machine.")
    for way in (_playwrights_chromium, _debians_chromium):
        try:
            way()
        except Failure:
            continue
        if found := _ask_python(probe):
            return "" if found == "playwright" else found
    raise Failure(
        "The browser tests need Chromium, which is not here and could not be installed: "
        "install it by hand, or leave these tests out with: python build.py test -m 'not e2e'"
    )


def _playwrights_chromium() -> None:
    command: list[str | Path] = [python(), "-m", "playwright", "install", "chromium"]
    run_step("Installing Playwright's Chromium", command, "")


def _debians_chromium() -> None:
    system_packages.install(["chromium"], "The browser tests need Chromium.")


def browsers() -> None:
    """Chromium, and for the tests in other engines Firefox and WebKitGTK where they may be had."""
    set_up_python("requirements-dev.txt")
    print(f"  Chromium: {find_browser() or 'Playwright has its own'}")
    missing = [package for program, package in OTHER_ENGINES.items() if not shutil.which(program)]
    purpose = "Tests in Firefox and WebKitGTK need these, and are left out without them."
    if missing and not system_packages.install(missing, purpose):
        print(f"  Not installed: {', '.join(missing)}. The tests that need them are skipped.")


def _ask_python(code: str) -> str:
    done = subprocess.run(
        [str(python()), "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test(arguments: Sequence[str]) -> int:
    """Every test, as many at a time as there are processors; or as the pytest arguments say.

    Other engines are driven one after another: they share a screen, and each wants both. What
    failed is tried once more with the machine to itself, and stays named above: a browser that
    a busy machine kept waiting is no fault of the page, and a fault fails twice.
    """
    set_up_python("requirements-dev.txt")
    set_up_node(with_tools=True)
    build_if_stale()
    wants_browser = "not e2e" not in " ".join(arguments)
    extra = {"ESBANK_BROWSER": find_browser()} if wants_browser else {}
    pytest: list[str | Path] = [python(), "-m", "pytest"]
    if arguments:
        return run_shown([*pytest, *arguments], extra)
    many = ["-n", "auto", "--dist", "loadfile"]
    again = ["--last-failed", "--last-failed-no-failures", "none"]
    outcome = 0
    for how, which in ((many, "--ignore=tests/engines"), ([], "tests/engines")):
        done = run_shown([*pytest, *how, which], extra)
        if done == SOME_TESTS_FAILED:
            done = run_shown([*pytest, *again, which], extra)
        outcome = outcome or done
    return outcome


def lint() -> int:
    """Formatting, lint and types; every check runs, even after one has failed."""
    set_up_python("requirements-dev.txt")
    set_up_node(with_tools=True)
    checks: list[list[str | Path]] = [
        [python(), "-m", "ruff", "format", "--check", "."],
        [python(), "-m", "ruff", "check", "."],
        [python(), "-m", "mypy"],
        [python(), "-m", "mypy", "build.py"],
        [_tool("tsc"), "-p", "types/page"],
        [_tool("tsc"), "-p", "types/worker"],
        [_tool("tsc"), "-p", "types/node"],
        [_tool("eslint"), "--max-warnings=0", "."],
        [_tool("html-validate"), "--config", ".htmlvalidate.json", *_documents()],
        [_tool("stylelint"), "site/**/*.css"],
    ]
    failed = [" ".join(map(str, check[-3:])) for check in checks if run_shown(check)]
    for name in failed:
        print(f"  Failed: {name}")
    return 1 if failed else 0


def _documents() -> list[Path]:
    """The documents as a browser gets them: the page is checked with every lab in its place."""
    page = MODULES / ".cache" / "esbank" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(with_labs((SITE / "index.html").read_text(), SITE))
    return [page, SITE / "spare" / "frame.html"]


def _tool(name: str) -> Path:
    return MODULES / ".bin" / (f"{name}.cmd" if os.name == "nt" else name)


def bench(arguments: Sequence[str]) -> int:
    """Measure, and print the figures as a table."""
    set_up_python("requirements-dev.txt")
    set_up_python("requirements-bench.txt")
    set_up_node(with_tools=True)
    build_if_stale()
    extra = {"ESBANK_BROWSER": find_browser(), "PYTHONPATH": str(SITE)}
    return run_shown([python(), "-m", "tests.bench", *arguments], extra)


# The command line -------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py", description="Builds, serves and tests the page."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    serving = commands.add_parser("serve", help="build if need be, serve on this machine, open")
    serving.add_argument("--port", type=int, default=FIRST_PORT, help="the first port to try")
    serving.add_argument("--no-open", action="store_true", help="do not open a browser")
    building = commands.add_parser("build", help="dist/ alone, for any static host")
    building.add_argument("--address", help="where the page will stand, for previews of links")
    commands.add_parser("single", help="dist/esbank.html: everything in one file")
    commands.add_parser("test", help="every test; pytest arguments may follow")
    commands.add_parser("browsers", help="what the tests want of browsers, if that is allowed")
    commands.add_parser("lint", help="formatting, lint and types")
    commands.add_parser("bench", help="measure, and print a table")
    return parser


def main() -> int:
    """Carry out the command line; returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python deserves a sentence
        print("This needs Python 3.11 or later.", file=sys.stderr)
        return 2
    parser = _parser()
    options, rest = parser.parse_known_args()
    if rest and options.command not in ("test", "bench"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        match options.command:
            case "serve":
                serve(options.port, opens=not options.no_open)
            case "build":
                build(options.address)
            case "single":
                single()
            case "test":
                return test(rest)
            case "browsers":
                browsers()
            case "lint":
                return lint()
            case "bench":
                return bench(rest)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
