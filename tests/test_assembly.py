"""What the build makes: the same bytes each time, names by content, nothing loose in the page."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import posixpath
import re
import shutil
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

import build
from building import assembly, boot_image_maker, labs, machine, preview, single_file, spare
from building.boot_image_maker import MAKERS
from building.copies import compressed_copies, table_of_sizes
from building.naming import hash_of, named_by_content
from building.pyscript import modules_of
from building.steps import Failure


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The built page."""
    return assembly.assemble(build.SITE, build.MODULES)


def only(files: dict[str, bytes], pattern: str) -> str:
    """The one name that the pattern fits."""
    (name,) = [name for name in files if re.fullmatch(pattern, name)]
    return name


def test_two_builds_are_the_same_bytes(files: dict[str, bytes]) -> None:
    assert assembly.assemble(build.SITE, build.MODULES) == files
    on_disk = {
        path.relative_to(build.DIST).as_posix(): path.read_bytes()
        for path in build.DIST.rglob("*")
        if path.is_file() and path.name != ".stamp"
    }
    assert on_disk == files | compressed_copies(files, build.PACKED)


def test_the_boot_image_is_the_same_bytes_whenever_and_wherever_it_is_made(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers = [tmp_path / "another-folder-of-another-length" / maker.name for maker in MAKERS]
    makers[0].parent.mkdir()
    for maker, copy in zip(MAKERS, makers, strict=True):
        shutil.copy(maker, copy)
    monkeypatch.setattr(boot_image_maker, "MAKERS", makers)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    code = files[only(files, "esbank-.*/esbank.zip")]
    boot_image_maker._make(
        code,
        machine.folder(build.MODULES),
        build.MODULES / "@pyscript" / "core" / "src" / "stdlib" / "pyscript.js",
        tmp_path / "image",
    )
    assert (tmp_path / "image" / "packed").read_bytes() == files[only(files, "image-.*/boot.image")]


def test_the_page_knows_the_parts_that_it_will_fetch(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode()
    found = re.search(r'<script id="parts" type="application/json">(.*?)</script>', page)
    assert found
    parts = json.loads(found[1])
    for name in ("image", "wasm", "library", "code"):
        assert len(files[parts[name]["address"].removeprefix("./")]) == parts[name]["size"]
    for part in parts["ahead"]:
        assert part["address"].removeprefix("./") in files


def test_python_knows_the_boot_image_that_it_will_get(files: dict[str, bytes]) -> None:
    (image,) = (content for name, content in files.items() if name.endswith("/boot.image"))
    (runtime,) = (content for name, content in files.items() if name.endswith("/python.js"))
    known = re.search(rb'length:(\d+),hash:(\d+),memory:(\d+),codeHash:"[0-9a-f]{64}"', runtime)
    assert known
    unpacked = gzip.decompress(image)
    assert [int(number) for number in known.groups()[:2]] == [
        len(unpacked),
        boot_image_maker.hash_of(unpacked),
    ]


def test_every_address_in_the_build_is_a_file_of_it(files: dict[str, bytes]) -> None:
    named = {
        (name, path)
        for name, content in files.items()
        if name == "index.html"
        or re.fullmatch(r"esbank-.*/(hosted\.js|loader\.js|style\.css)", name)
        for path in re.findall(r"""["'(](\.{1,2}/[\w./-]+\.\w+)["')]""", content.decode("latin-1"))
    }
    assert len(named) >= 10
    for name, path in named:
        parent = Path("/", name).parent
        target = Path(str(parent / path)).as_posix()
        resolved = re.sub(r"/[^/]+/\.\./", "/", target).removeprefix("/")
        of_the_page = path.removeprefix("./") in files  # the service worker's
        assert resolved in files or of_the_page, f"{name} names {path}"


def test_an_archive_does_not_depend_on_when_its_files_were_written(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "b.py").write_text("B = 1\n")
    (package / "a.py").write_text("A = 1\n")
    (package / "notes.txt").write_text("not code")
    first = assembly.archive(assembly.python_sources([package]))
    (package / "a.py").touch()
    assert assembly.archive(assembly.python_sources([package])) == first
    with zipfile.ZipFile(BytesIO(first)) as packed:
        assert packed.namelist() == ["package/a.py", "package/b.py"]


def test_the_page_carries_its_icons_and_nothing_of_the_core_twice(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode()
    assert not re.search(r'data-icon="\w+"></svg>', page)
    assert not [name for name in files if "bankpage/" in name or name.startswith(".")]
    with zipfile.ZipFile(BytesIO(files[only(files, "esbank-.*/esbank.zip")])) as packed:
        assert "esbank_core/bank/decide.py" in packed.namelist()
        assert "bankpage/page.py" in packed.namelist()


def test_pyscripts_python_is_in_the_archive_and_not_written_at_each_start(
    files: dict[str, bytes],
) -> None:
    with zipfile.ZipFile(BytesIO(files[only(files, "esbank-.*/esbank.zip")])) as packed:
        modules = {name for name in packed.namelist() if name.startswith("pyscript/")}
        assert b"RUNNING_IN_WORKER" in packed.read("pyscript/__init__.py")
    assert {"pyscript/context.py", "pyscript/workers.py"} < modules
    core = files[only(files, "pyscript-.*/core.js")]
    assert b"import pyscript as _pyscript" in core
    assert b"RUNNING_IN_WORKER" not in core


@pytest.mark.parametrize("stdlib", ["", "const modules = {};"])
def test_pyscripts_python_that_is_held_otherwise_is_refused(stdlib: str) -> None:
    with pytest.raises(Failure, match="not where they were"):
        modules_of(stdlib)


def test_what_only_labs_need_comes_in_an_archive_of_its_own(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(BytesIO(files[only(files, "esbank-.*/esbank.zip")])) as packed:
        waited_for = packed.namelist()
    with zipfile.ZipFile(BytesIO(files[only(files, "esbank-.*/labs.zip")])) as packed:
        fetched_later = packed.namelist()
    assert not set(waited_for) & set(fetched_later)
    assert "bankpage/labs/contract.py" in waited_for
    assert "esbank_core/sources/reading.py" in fetched_later
    for name in labs.names(build.SITE):
        assert f"bankpage/labs/{name}/lab.py" in fetched_later
    modules = {name for name in fetched_later if name.endswith(".py")}
    assert {f"{name}c" for name in modules} == set(fetched_later) - modules, "each is compiled"


def test_the_hosted_page_has_no_inline_script_or_style_and_no_other_origin(
    files: dict[str, bytes],
) -> None:
    page = files["index.html"].decode()
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert inline == ['<script id="parts" type="application/json">'], "data, and no script"
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    assert re.findall(r'(?:src|href)="(?!\./|#)[^"]*"', page) == []
    assert "'unsafe-inline'" not in page


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="“no_such_icon”"):
        assembly.inline_icons('<svg class="icon" data-icon="no_such_icon"></svg>', tmp_path)


def test_a_missing_part_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    with pytest.raises(Failure, match=r"no core\.js\. Delete node_modules"):
        assembly.find_parts(tmp_path / "dist", "pyscript", assembly.PYSCRIPT_PARTS)


def test_a_page_without_a_place_for_the_parts_is_refused() -> None:
    with pytest.raises(Failure, match="no empty block “parts”"):
        assembly.with_parts("<html></html>", {})


A_PAGE = {
    "index.html": b'<a href="./style.css"><a href="./other/page.html"><i data-x="./pyodide/a.mjs">',
    "boot.js": b'import "./line.js"; import "./pyodide/a.mjs"; new URL("./pyodide/", x)',
    "line.js": b"",
    "style.css": b"",
    "pyodide/a.mjs": b'import "./b.mjs"',
    "pyodide/b.mjs": b"",
}


def test_names_by_content_are_used_by_all_who_name_a_file() -> None:
    named = named_by_content(A_PAGE, ["index.html"])
    ours = only(named, "esbank-.{12}/boot.js").split("/")[0]
    theirs = only(named, "pyodide-.{12}/a.mjs").split("/")[0]
    assert named["index.html"].decode() == (
        f'<a href="./{ours}/style.css"><a href="./other/page.html"><i data-x="./{theirs}/a.mjs">'
    )
    assert named[f"{ours}/boot.js"].decode() == (
        f'import "./line.js"; import "../{theirs}/a.mjs"; new URL("../{theirs}/", x)'
    )
    assert named[f"{theirs}/a.mjs"] == A_PAGE["pyodide/a.mjs"]


def test_only_what_has_changed_gets_a_new_name() -> None:
    before = named_by_content(A_PAGE, ["index.html"])
    after = named_by_content(A_PAGE | {"style.css": b"a{}"}, ["index.html"])
    assert only(after, "pyodide-.*/a.mjs") == only(before, "pyodide-.*/a.mjs")
    assert only(after, "esbank-.*/boot.js") != only(before, "esbank-.*/boot.js")
    runtime = named_by_content(A_PAGE | {"pyodide/b.mjs": b"1"}, ["index.html"])
    assert only(runtime, "esbank-.*/boot.js") != only(before, "esbank-.*/boot.js")


def test_a_hash_tells_a_name_from_a_content() -> None:
    assert hash_of({"a": b"bc"}) != hash_of({"ab": b"c"})


def test_large_files_have_compressed_copies_and_the_table_counts_them(tmp_path: Path) -> None:
    files = {"large.js": b"let a = 1;\n" * 1000, "small.js": b"1", "packed.zip": b"z" * 10_000}
    copies = compressed_copies(files, tmp_path)
    assert sorted(copies) == ["large.js.br", "large.js.gz"]
    assert gzip.decompress(copies["large.js.gz"]) == files["large.js"]
    assert compressed_copies(files, tmp_path) == copies
    table = table_of_sizes(files | copies).splitlines()
    row = next(line for line in table if "large.js" in line)
    assert row.split() == [
        "large.js",
        "11,000",
        str(len(copies["large.js.gz"])),
        str(len(copies["large.js.br"])),
    ]
    assert len(table) == 1 + 3 + 1


def test_the_single_file_runs_only_its_own_scripts_and_has_no_address(
    files: dict[str, bytes],
) -> None:
    page = files["esbank.html"].decode()
    assert 'src:url("data:font/woff2;base64,' in page.replace(" ", "")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none';")
    allowed = set(re.findall(r"'sha256-([^']+)'", policy[1]))
    # Whole elements, one after another: texts within may look like the beginning of one.
    elements = re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)
    kinds = ("", ' type="module"', ' type="text/plain" id="runtime-script"')
    run = [script for kind, script in elements if kind in kinds]
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in run}
    hosted = re.search(r"script-src 'self' 'sha256-([^']+)'", files["index.html"].decode())
    assert hosted  # of the frame in which a second Python runs, made when a lab opens
    assert hashes == allowed - {hosted[1]} != allowed
    assert len(run) == 3 + 5, "early, late, the runtime, and a line behind each part"
    markup = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', markup) == []
    assert re.findall(r"(?:url\(|@import)[^)]*https?:", page[: page.index("<body")]) == []
    assert "{version}" not in page
    assert "{single-size}" not in files["index.html"].decode()


def test_what_begins_early_names_files_of_the_build_and_waits_for_nothing(
    files: dict[str, bytes],
) -> None:
    page = files["index.html"].decode()
    (early,) = re.findall(r'<script async src="\./([^"]+)" fetchpriority="high"></script>', page)
    assert page.index(early) < page.index('rel="stylesheet"')
    named = re.findall(rb'new URL\("([^"]+)",', files[early])
    assert [name.split(b"/")[-1] for name in named] == [b"python.js", b"pyodide.asm.wasm"]
    for name in named:
        assert posixpath.normpath(f"{early}/../{name.decode()}") in files
    assert "early.js" not in re.sub(r">[^<]*</script>", "", files["esbank.html"].decode())


def test_no_error_is_thrown_to_find_out_where_a_script_runs(files: dict[str, bytes]) -> None:
    for name in ("esbank-.*/python.js", "esbank-.*/spare-runtime.js", "esbank.html"):
        assert b"importScripts(" not in files[only(files, name)]
    for name in ("esbank-.*/python.js", "pyscript-.*/core.js", "esbank.html"):
        script = files[only(files, name)].decode()
        for found in re.finditer(r"try ?\{new ([\w$]+)\(4,\{maxByteLength:8\}\)\}", script):
            assert re.search(r"if\([\w$]+\)$", script[: found.start()][-20:])


def test_what_is_said_in_one_place_only_is_not_said_in_the_other(files: dict[str, bytes]) -> None:
    assert b"This is the single file" in files["esbank.html"]
    assert b"This is the single file" not in files["index.html"]
    assert b"Keep this page" in files["index.html"]
    assert b"Keep this page" not in files["esbank.html"]


def test_a_page_that_is_not_as_expected_makes_no_single_file() -> None:
    with pytest.raises(Failure, match="0 times; the single file wants it once"):
        single_file._swap("<html></html>", "</body>", "")


def test_the_frame_of_a_second_python_runs_one_script_and_may_reach_nobody() -> None:
    sources = assembly.ours(build.SITE, build.MODULES)
    frame = spare.document(sources, build.MODULES)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', frame.decode())
    assert policy
    assert policy[1].split("; ") == [
        "default-src 'none'",
        f"script-src {spare.named(spare.script_in(frame))} 'unsafe-eval' 'wasm-unsafe-eval'",
        "worker-src blob:",
    ]


PAGE = boot_image_maker.PAGE
CONSTANTS = b"c" * 3 * PAGE


def pages(*contents: bytes) -> bytes:
    """Pages that begin with the contents, and are empty otherwise."""
    return b"".join(content.ljust(PAGE, b"\0") for content in contents)


def put_back(image: bytes, fresh: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """The memory of a fresh machine with the stretches of an image in it, and where they are."""
    (count,) = struct.unpack_from("<I", image)
    places = struct.unpack_from(f"<{2 * count}I", image, 4)
    stretches = list(zip(places[::2], places[1::2], strict=True))
    whole, rest = bytearray(fresh), image[4 + 8 * count :]
    for start, end in stretches:
        whole[start:end], rest = rest[: end - start], rest[end - start :]
    assert rest == b""
    return bytes(whole), stretches


@pytest.mark.parametrize(
    ("memory", "fresh"),
    [
        (b"", b""),
        (pages(b"", b""), pages(b"", b"")),
        (pages(b"a", b"b"), pages(b"", b"")),
        (pages(b"a", *[b""] * 99, b"b", b"", b"c"), pages(*[b""] * 103)),
        (pages(b"d", *[b""] * 99), pages(b"d", *[b""] * 99)),
        (CONSTANTS + pages(b"a", b""), CONSTANTS + pages(b"b", b"c")),
    ],
    ids=["nothing", "empty", "full", "with gaps", "unchanged", "written over"],
)
def test_an_image_put_into_a_fresh_machine_is_the_memory_again(memory: bytes, fresh: bytes) -> None:
    assert put_back(boot_image_maker.without_gaps(memory, fresh), fresh)[0] == memory


def test_an_image_holds_no_constants_and_no_emptiness() -> None:
    memory = CONSTANTS + pages(b"a", *[b""] * 500, b"b")
    fresh = CONSTANTS + bytes(len(memory) - len(CONSTANTS))
    _, stretches = put_back(boot_image_maker.without_gaps(memory, fresh), fresh)
    begins = len(CONSTANTS)
    assert stretches == [(begins, begins + PAGE), (len(memory) - PAGE, len(memory))]


def test_what_another_browsers_machine_has_written_near_by_is_written_over() -> None:
    here = CONSTANTS + pages(b"", b"written", *[b""] * 200)
    elsewhere = CONSTANTS + pages(b"", b"written", b"a little more", *[b""] * 199)
    memory = CONSTANTS + pages(b"", b"", *[b""] * 199, b"end")
    assert put_back(boot_image_maker.without_gaps(memory, here), elsewhere)[0] == memory


@pytest.mark.parametrize(
    ("words", "value"), [([], 0x811C9DC5), ([1], 0x40C5B8C), ([1, 1 << 24], 0x7E741D64)]
)
def test_a_hash_of_an_image_is_fnv_1a_over_its_words(words: list[int], value: int) -> None:
    assert boot_image_maker.hash_of(struct.pack(f"<{len(words)}I", *words)) == value


def test_without_an_address_the_page_has_no_preview(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode()
    assert "og:" not in page
    assert 'rel="canonical"' not in page
    assert preview.PICTURE not in files


@pytest.mark.parametrize("address", ["https://example.org/a/b", "https://example.org/a/b/"])
def test_with_an_address_links_to_the_page_have_a_preview(address: str) -> None:
    page = preview.with_preview(build.SITE.joinpath("index.html").read_text(), address)
    found = dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', page))
    assert found["og:url"] == "https://example.org/a/b/"
    assert found["og:image"] == "https://example.org/a/b/preview.png"
    assert found["og:title"].startswith("Don’t Overwrite.")
    assert '<link rel="canonical" href="https://example.org/a/b/">' in page
    head = page.partition("</head>")[0]
    assert head.count("og:image:alt") == 1


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org/", "https://", "https://e/?a"]
)
def test_an_address_where_no_page_can_stand_is_refused(address: str) -> None:
    with pytest.raises(Failure, match="is not where a page can stand"):
        preview.with_preview("<title>t</title>", address)


def test_the_preview_is_a_picture_of_the_size_that_previews_want() -> None:
    picture = (build.SITE / preview.PICTURE).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (preview.WIDTH, preview.HEIGHT)
    assert len(picture) < 300_000


def test_no_form_is_sent_by_the_browser_before_the_scripts_are_there(
    files: dict[str, bytes],
) -> None:
    """Where it is blocked, too, the page's loading ends for good. A dialog's form goes nowhere."""
    for page in ("index.html", "esbank.html"):
        forms = re.findall(r"<form[ >][^>]*", files[page].decode())
        assert forms
        assert all(' method="dialog"' in form for form in forms)
