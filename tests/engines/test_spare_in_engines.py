"""The Python that can be thrown away, in the other engines: hosted and from disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import build
from tests.e2e.hosting import Host
from tests.e2e.spare_python import WAYS_OUT, script
from tests.engines.driver import Driver
from tests.engines.test_engines import driver, host, start

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
