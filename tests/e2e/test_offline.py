"""Without a network after one visit, and from one build to the next."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import build
from tests.e2e.browser import IS_KEPT, eventually
from tests.e2e.hosting import SUB_PATH, Host
from tests.e2e.labs_visited import Analyst, Inquirer
from tests.e2e.teller import Teller

pytestmark = pytest.mark.e2e

KEPT = """async () => (await Promise.all((await caches.keys()).map(
    async (name) => (await (await caches.open(name)).keys()).map((request) => request.url)
))).flat()"""

IS_UNPACKED = f"async () => (await ({KEPT})()).some((url) => url.endsWith('boot.image?unpacked'))"

CHANGE_UNPACKED = """async (change) => {
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const requests = await cache.keys();
    const { url } = requests.find((request) => request.url.endsWith("boot.image?unpacked"));
    const before = new Uint8Array(await (await cache.match(url)).arrayBuffer());
    const changes = {
        evicted: () => cache.delete(url),
        cut: () => cache.put(url, new Response(before.slice(0, before.length / 2))),
        flipped: () => {
            before[before.length >> 1] ^= 1;
            return cache.put(url, new Response(before));
        },
        replaced: () => cache.put(url, new Response(before.map((byte) => byte ^ 0xff))),
    };
    await changes[change]();
}"""
"""Changes the unpacked image in its cache."""

SPOIL_PACKED = """async () => {
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const requests = await cache.keys();
    const { url } = requests.find((request) => request.url.endsWith("boot.image"));
    await cache.put(url, new Response("not an image at all"));
}"""

DIGEST_OF_UNPACKED = """async () => {
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const requests = await cache.keys();
    const found = requests.find((request) => request.url.endsWith("boot.image?unpacked"));
    if (!found) return "none";
    const bytes = await (await cache.match(found)).arrayBuffer();
    return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join();
}"""

# By the time that the page hears of its service worker, the next one is being installed.
FOUND_ALREADY = """
    const { register } = ServiceWorkerContainer.prototype;
    ServiceWorkerContainer.prototype.register = async function (...given) {
        const registration = await register.apply(this, given);
        if (!registration.installing) {
            await new Promise((found) => registration.addEventListener("updatefound", found));
        }
        return registration;
    };
"""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path / SUB_PATH)
    yield host
    host.stop()


@pytest.fixture
def visitor(browser: Browser, host: Host) -> Iterator[BrowserContext]:
    """A visitor whose browser keeps what it is asked to keep."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    strangers: list[str] = []
    context.on(
        "request",
        lambda asked: (
            strangers.append(asked.url) if f"localhost:{host.port}" not in asked.url else None
        ),
    )
    yield context
    context.close()
    assert [url for url in strangers if not url.startswith("blob:")] == []


def visit(visitor: BrowserContext, host: Host) -> Teller:
    """A first visit, until the page has been kept whole."""
    teller = Teller(visitor.new_page(), host.address).open()
    eventually(teller.page, IS_KEPT)
    return teller


def test_after_one_visit_the_cable_can_be_pulled(visitor: BrowserContext, host: Host) -> None:
    teller = visit(visitor, host)
    teller.open_account("Ada").has_rows(1)
    host.stop()
    teller.page.reload()
    teller.wait_until_ready().has_rows(1).deposit("5").has_rows(2).has_balance("$5.00")
    again = Teller(visitor.new_page(), f"{host.address}?from=somewhere#works").open()
    again.has_rows(2)
    host.start()


def test_a_lab_never_opened_before_opens_without_a_network(
    visitor: BrowserContext, host: Host
) -> None:
    teller = visit(visitor, host)
    host.stop()
    teller.open_account("Ada").has_rows(1).deposit("100").has_rows(2).withdraw("7").has_rows(3)
    Analyst(teller).opens().asks_again().is_told("1 account withdrew within 5 minutes")
    inquirer = Inquirer(teller).opens()
    inquirer.runs("SELECT 4000 + 711 AS n").has("Events", "4711")
    host.start()


def test_the_whole_build_is_kept_and_nothing_else(visitor: BrowserContext, host: Host) -> None:
    teller = visit(visitor, host)
    eventually(teller.page, IS_UNPACKED)
    kept = {url.removeprefix(host.address) for url in teller.page.evaluate(KEPT)}
    kept = {name for name in kept if not name.endswith("boot.image?unpacked")}
    wanted = json.loads(host.read("service-worker.js").split(b"\n")[0][len("self.BUILD = ") : -1])
    assert kept == {name.removeprefix("./") for name in wanted["files"]}
    assert "esbank.html" not in kept


def test_a_build_that_cannot_be_kept_whole_is_not_kept(visitor: BrowserContext, host: Host) -> None:
    host.faults["python_stdlib.zip"] = HTTPStatus.INTERNAL_SERVER_ERROR
    page = visitor.new_page()
    teller = Teller(page, host.address).open()
    # Three attempts of the page, and two of its keeper.
    while len([path for path in host.asked if "python_stdlib.zip" in path]) < 3 + 2:
        page.wait_for_timeout(50)
    eventually(page, "async () => !(await navigator.serviceWorker.getRegistration())")
    assert page.evaluate("caches.keys()") == []
    teller.open_account().has_rows(1)
    host.faults.clear()
    page.reload()
    teller.wait_until_ready()
    eventually(page, IS_KEPT)
    assert len(page.evaluate(KEPT)) > 5


def test_a_new_build_waits_until_it_is_wanted_and_comes_whole(
    visitor: BrowserContext, host: Host
) -> None:
    teller = visit(visitor, host)
    teller.open_account().has_rows(1)
    other = Teller(visitor.new_page(), host.address).open()
    other.has_rows(1).field("Amount").fill("12.34")
    before = title(teller.page)
    host.publish("(two)")
    teller.page.reload()
    notice = teller.page.locator("#version-notice")
    expect(notice).to_be_visible()
    assert title(teller.page) == before, "the old build serves until the new one is wanted"
    expect(other.page.locator("#version-notice")).to_be_visible()

    teller.wait_until_ready()
    teller.button("Use it now").click()
    teller.page.wait_for_function("document.title.endsWith('(two)')")
    teller.wait_until_ready().has_rows(1)
    expect(notice).to_be_hidden()
    assert title(other.page) == before, "another tab is left as it is"
    expect(other.field("Amount")).to_have_value("12.34")
    other.button("Deposit").click()
    other.has_rows(2)
    teller.has_rows(2)

    names = teller.page.evaluate("caches.keys()")
    assert len(names) == 1, "the old build has been cleaned up"
    (folder,) = (path.name for path in host.folder.glob("esbank-*"))
    ours = [url for url in teller.page.evaluate(KEPT) if "/esbank-" in url]
    assert ours
    assert all(f"/{folder}/" in url for url in ours), "never two builds in one"
    host.stop()
    teller.page.reload()
    teller.wait_until_ready().has_rows(2)
    host.start()


def test_the_parts_that_stay_the_same_are_not_fetched_again(
    visitor: BrowserContext, host: Host
) -> None:
    teller = visit(visitor, host)
    host.publish("(two)")
    host.asked.clear()
    teller.page.reload()
    expect(teller.page.locator("#version-notice")).to_be_visible()
    assert not [path for path in host.asked if "pyodide-" in path or "image-" in path]


def test_a_new_build_that_the_browser_found_by_itself_is_told_as_well(
    visitor: BrowserContext, host: Host
) -> None:
    teller = visit(visitor, host)
    host.publish("(two)")
    teller.page.add_init_script(FOUND_ALREADY)
    teller.page.reload()
    expect(teller.page.locator("#version-notice")).to_be_visible()


def test_later_leaves_everything_as_it_is(visitor: BrowserContext, host: Host) -> None:
    teller = visit(visitor, host)
    host.publish("(two)")
    teller.page.reload()
    teller.button("Later").click()
    expect(teller.page.locator("#version-notice")).to_be_hidden()
    teller.wait_until_ready().open_account().has_rows(1)
    assert "(two)" not in title(teller.page)


def test_what_the_browser_has_thrown_out_is_kept_again(visitor: BrowserContext, host: Host) -> None:
    teller = visit(visitor, host)
    teller.page.evaluate(
        "async () => { for (const n of await caches.keys()) await caches.delete(n) }"
    )
    teller.page.reload()
    teller.wait_until_ready().open_account().has_rows(1)
    eventually(teller.page, f"async () => (await ({KEPT})()).some((u) => u.endsWith('.image'))")
    host.stop()
    teller.page.evaluate(
        "async () => { for (const n of await caches.keys()) await caches.delete(n) }"
    )
    teller.page.goto(host.address, wait_until="commit")
    expect(teller.page.get_by_text("the browser has removed it to make room")).to_be_visible()
    expect(
        teller.page.get_by_text("The recorded history is still in this browser.")
    ).to_be_visible()
    host.start()
    teller.open().has_rows(1)


def test_what_others_keep_at_the_same_origin_is_left_alone(
    visitor: BrowserContext, host: Host
) -> None:
    page = visitor.new_page()
    page.goto(host.address)
    page.evaluate(
        "async () => { (await caches.open('esbank /other/place/ 1')).put('/x', new Response('x')) }"
    )
    teller = visit(visitor, host)
    host.publish("(two)")
    teller.page.reload()
    teller.button("Use it now").click()
    teller.page.wait_for_function("document.title.endsWith('(two)')")
    assert "esbank /other/place/ 1" in teller.page.evaluate("caches.keys()")


def test_where_nothing_can_be_kept_for_later_the_page_says_nothing_and_works(
    visitor: BrowserContext, host: Host
) -> None:
    visitor.add_init_script("delete Navigator.prototype.serviceWorker; delete globalThis.caches;")
    teller = Teller(visitor.new_page(), host.address).open()
    teller.open_account().has_rows(1)
    expect(teller.page.locator("#page-notice")).to_be_hidden()


def test_the_manifest_names_icons_that_exist_in_the_sizes_it_says() -> None:
    manifest = json.loads((build.DIST / "manifest.webmanifest").read_text())
    assert {"name", "short_name", "start_url", "scope", "display"} <= manifest.keys()
    drawn = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {icon["sizes"] for icon in drawn} == {"192x192", "512x512"}
    assert any(icon.get("purpose") == "maskable" for icon in drawn)
    for icon in drawn:
        width, height = struct.unpack(">II", (build.DIST / icon["src"]).read_bytes()[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def title(page: Page) -> str:
    return page.title()


def hearing(page: Page) -> list[str]:
    """What the page says of images, for those who develop it."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if "image" in line.text else None)
    return said


def visit_and_unpack(visitor: BrowserContext, host: Host) -> Page:
    """A first visit, until the boot image has been kept unpacked as well."""
    page = visit(visitor, host).page
    eventually(page, IS_UNPACKED)
    return page


def test_the_next_start_reads_the_unpacked_image_and_never_the_packed_one(
    visitor: BrowserContext, host: Host
) -> None:
    page = visit_and_unpack(visitor, host)
    page.evaluate(SPOIL_PACKED)
    said = hearing(page)
    host.stop()
    page.reload()
    Teller(page, host.address).wait_until_ready().open_account().has_rows(1)
    assert said == []
    host.start()


@pytest.mark.parametrize("change", ["evicted", "cut", "flipped", "replaced"])
def test_an_unpacked_image_that_cannot_be_used_is_passed_over_and_made_again(
    visitor: BrowserContext, host: Host, change: str
) -> None:
    page = visit_and_unpack(visitor, host)
    whole = page.evaluate(DIGEST_OF_UNPACKED)
    page.evaluate(CHANGE_UNPACKED, change)
    said = hearing(page)
    host.stop()
    page.reload()
    Teller(page, host.address).wait_until_ready().open_account().has_rows(1)
    not_used = "esbank: the unpacked image is not used: Error: it is damaged or of another build"
    assert [line.split("\n")[0] for line in said] == ([] if change == "evicted" else [not_used])
    eventually(page, f"async () => (await ({DIGEST_OF_UNPACKED})()) === '{whole}'")
    said.clear()
    page.reload()
    Teller(page, host.address).wait_until_ready().has_rows(1)
    assert said == []
    host.start()


NO_ROOM = """
const { put } = Cache.prototype;
Cache.prototype.put = function (request, response) {
    const isLarge = String(request.url ?? request).endsWith("?unpacked");
    return isLarge
        ? Promise.reject(new DOMException("no room", "QuotaExceededError"))
        : put.call(this, request, response);
};
"""


@pytest.mark.parametrize("lack", [NO_ROOM, "delete globalThis.DecompressionStream;"])
def test_where_no_unpacked_image_can_be_kept_the_packed_one_is_used(
    visitor: BrowserContext, host: Host, lack: str
) -> None:
    keeper = host.folder / "service-worker.js"
    keeper.write_text(lack + keeper.read_text())
    page = visit(visitor, host).page
    said = hearing(page)
    page.reload()
    Teller(page, host.address).wait_until_ready().open_account().has_rows(1)
    assert not [line for line in said if "is not used" in line]
    assert not page.evaluate(f"({IS_UNPACKED})()")


def test_a_visit_that_ends_while_the_image_is_being_kept_leaves_nothing_half(
    visitor: BrowserContext, host: Host
) -> None:
    Teller(visitor.new_page(), host.address).open().page.close()
    page = visit(visitor, host).page
    said = hearing(page)
    eventually(page, IS_UNPACKED)
    page.reload()
    Teller(page, host.address).wait_until_ready().open_account().has_rows(1)
    assert said == []


SPOIL_WORKER = """async () => {
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const requests = await cache.keys();
    const { url } = requests.find((request) => request.url.endsWith("/python.js"));
    const headers = { "Content-Type": "text/javascript" };
    await cache.put(url, new Response('throw new Error("stopped at once")', { headers }));
}"""


def test_a_worker_that_stops_before_anybody_listens_is_told(
    visitor: BrowserContext, host: Host
) -> None:
    page = visit(visitor, host).page
    page.evaluate(SPOIL_WORKER)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-python", "failed")
    expect(page.locator("#page-notice")).to_contain_text("stopped at once")
