"""Code that is not ours, in the other engines, hosted and from disk: its Python, and a lab."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import build
from tests.e2e.hosting import Host
from tests.e2e.spare_python import WAYS_OUT, script
from tests.engines.driver import Driver
from tests.engines.test_engines import driver, host, record_two, slide_to, start, until

__all__ = ["driver", "host"]

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("place", ["hosted", "single"])
def test_it_answers_keeps_in_and_is_thrown_away(
    driver: Driver, host: Host, place: str, tmp_path: Path
) -> None:
    single = Path(shutil.copy(build.DIST / "esbank.html", tmp_path))
    start(driver, host.address if place == "hosted" else single.as_uri())
    driver.run(f"() => {{ {script()} }}")
    ask = (
        "import sqlite3; said = sqlite3.connect(':memory:').execute('select 40 + 2').fetchone()[0]"
    )
    assert driver.run(f"() => askSpare({json.dumps(ask)})") == {"answer": "42"}
    outcomes = {
        way: driver.run(f"() => tryOut({json.dumps(source)})") for way, source in WAYS_OUT.items()
    }
    assert {way: said for way, said in outcomes.items() if not said.startswith("refused: ")} == {}
    assert driver.run("() => tryOut('self.origin')") == "got null"
    for endless in ("while True: pass", "import time; time.sleep(1000)", "while True: tell('x')"):
        ended = driver.run(f"() => askSpare({json.dumps(endless)}, 1000)")
        assert ended["ended"] in ("late", "talkative")
        assert driver.run("() => askSpare('said = 1')") == {"answer": "1"}


@pytest.mark.parametrize("place", ["hosted", "single"])
def test_the_projection_lab_runs_stops_and_runs_again(
    driver: Driver, host: Host, place: str, tmp_path: Path
) -> None:
    single = Path(shutil.copy(build.DIST / "esbank.html", tmp_path))
    address = host.address if place == "hosted" else single.as_uri()
    start(driver, address)
    driver.run("() => localStorage.clear()")
    start(driver, address)
    record_two(driver)
    driver.click("#projection-door")
    until(driver, EDITOR, True)
    driver.click("#projection-run")
    until(driver, MODEL, "KeyValueAccountOpened1MoneyDeposited1")
    slide_to(driver, 1)
    until(driver, MODEL, "KeyValueAccountOpened1")
    endless = "initial = 0\ndef apply(state, event):\n    while True: pass\n"
    driver.run(f"() => {{ document.querySelector('#projection-code').value = {endless!r}; }}")
    driver.click("#projection-run")
    until(driver, STATUS, "Running…")
    driver.click("#projection-stop")
    until(driver, f"{STATUS}.slice(0, 8)", "Stopped.")
    count = "initial = 0\ndef apply(state, event):\n    return state + 1\n"
    driver.run(f"() => {{ document.querySelector('#projection-code').value = {count!r}; }}")
    driver.click("#projection-run")
    until(driver, MODEL, "1")


EDITOR = (
    "() => Boolean(document.querySelector('#projection-editor')?.shadowRoot"
    "?.querySelector('[role=textbox]'))"
)
MODEL = "() => document.querySelector('#projection-model').textContent"
STATUS = "() => document.querySelector('#projection-status').textContent"
