"""A history is the same history, however it is written, packed and cut into pieces."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from bankpage.labs.contract import NotUnderstood, Strange
from bankpage.labs.opening import fetching, files
from hypothesis import given
from hypothesis import strategies as st

from esbank_core import CODEC, DepositMoney, OpenAccount, WithdrawMoney
from esbank_core.kernel.recorded import UnknownEvent
from esbank_core.kernel.stores.sqlite_store import SqliteStore
from esbank_core.kernel.written.audit import Verifier
from esbank_core.kernel.written.event_file import read_events
from esbank_core.kernel.written.suspect import Break, Sign
from tests.core.histories import Bank, file_of, ledgers
from tests.page.labs.opening.opener import Opener

OTHERS = {
    "specversion": "1.0",
    "id": "7f3a",
    "source": "https://bank.example/ledger",
    "type": "MoneyDeposited",
    "subject": "ACC-1",
    "time": "2026-11-23T13:00:00+01:00",
    "data": {"amount": 5000},
}


def two_accounts() -> Bank:
    bank = Bank().do(OpenAccount("ACC-1", "Ada")).do(OpenAccount("ACC-2", "Grace «é»"))
    return bank.do(DepositMoney("ACC-1", 50_00, "salary")).do(WithdrawMoney("ACC-1", 20_00))


def own() -> bytes:
    return file_of(two_accounts().ledger.recorded)


def lines_in(content: bytes) -> list[str]:
    return content.decode().removesuffix("\n").split("\n")


def written(*documents: object) -> bytes:
    return "".join(f"{json.dumps(document)}\n" for document in documents).encode()


def verdict(opener: Opener) -> object:
    return Verifier.genesis(CODEC).fed(opener.study.lines).audit()


@given(ledgers(), st.integers(40, 3000))
def test_an_export_opened_again_is_the_same_history_whatever_its_pieces(ledger, size) -> None:
    content = file_of(ledger.recorded)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fetching, "PIECE", size)
        patched.setattr(files, "CHUNK", size // 2)
        patched.setattr(fetching, "HEAD", 700)  # the first event, and the beginning of the next
        opener = Opener().opens(export_jsonl=content)
    assert opener.study.history == ledger
    assert list(opener.study.lines) == lines_in(content)
    assert opener.study.name == "export.jsonl"
    assert opener.study.remarks == ()
    assert verdict(opener).is_intact


def gzipped_in_two_members(content: bytes) -> bytes:
    return gzip.compress(content[:300]) + gzip.compress(content[300:])


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda content: b"\xef\xbb\xbf" + content, id="byte order mark"),
        pytest.param(lambda content: content.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda content: content.rstrip(b"\n"), id="no last line feed"),
        pytest.param(gzip.compress, id="gzip"),
        pytest.param(lambda content: gzip.compress(gzip.compress(content)), id="gzip in gzip"),
        pytest.param(gzipped_in_two_members, id="two members of gzip"),
        pytest.param(lambda content: content.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(lambda content: content.decode().encode("utf-16-be"), id="UTF-16 unmarked"),
    ],
)
def test_however_it_is_written_down_it_is_the_same_history(write) -> None:
    opener = Opener().opens(f=write(own()))
    assert opener.study.history == two_accounts().ledger
    assert list(opener.study.lines) == lines_in(own())
    assert verdict(opener).is_intact


def test_text_in_utf_16_is_said_to_be_some() -> None:
    opener = Opener().opens(notepad_txt=own().decode().encode("utf-16-le"))
    assert "“notepad.txt” is text in UTF-16 LE" in opener.remarks()


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "dumps",
    [
        pytest.param(json.dumps, id="with blanks"),
        pytest.param(lambda all_: json.dumps(all_, separators=(",", ":")), id="without"),
        pytest.param(lambda all_: json.dumps(all_, indent=2, ensure_ascii=False), id="indented"),
        pytest.param(lambda all_: f"\n {json.dumps(all_, indent=1)}\r\n", id="between blanks"),
    ],
)
def test_an_array_is_the_same_history_and_keeps_its_hashes(dumps, packed) -> None:
    events = [json.loads(line) for line in lines_in(own())]
    opener = Opener().opens(batch_json=packed(dumps(events).encode()))
    assert opener.study.history == two_accounts().ledger
    assert [json.loads(line) for line in opener.study.lines] == events
    assert not any("\n" in line for line in opener.study.lines)
    assert verdict(opener).is_intact


def test_one_event_alone_is_a_history() -> None:
    for content in (written(OTHERS), json.dumps(OTHERS, indent=1).encode(), written([OTHERS])):
        opener = Opener().opens(one_json=content)
        assert [recorded.id for recorded in opener.study.history.recorded] == ["7f3a"]


def test_events_of_others_are_read_as_importing_reads_them() -> None:
    content = written(OTHERS, {**OTHERS, "id": "7f3b", "subject": "ACC-2"})
    opener = Opener().opens(others_jsonl=content)
    assert list(opener.study.history.recorded) == list(read_events([content], CODEC))
    assert list(opener.study.lines) == lines_in(content)
    assert verdict(opener).broken.sign is Sign.NO_HASHES


def test_an_event_without_a_time_is_said_to_have_none() -> None:
    untimed = {key: value for key, value in OTHERS.items() if key != "time"}
    opener = Opener().opens(f=written(OTHERS, {**untimed, "id": "7f3b"}))
    assert opener.study.history.at(2).time == opener.study.history.at(1).time
    assert "One event came without a time" in opener.remarks()


def test_an_event_told_twice_stands_once_and_that_is_said() -> None:
    opener = Opener().opens(f=written(OTHERS, OTHERS, {**OTHERS, "id": "7f3b"}))
    assert [one.id for one in opener.study.history.recorded] == ["7f3a", "7f3b"]
    assert [json.loads(line)["id"] for line in opener.study.lines] == ["7f3a", "7f3b"]
    assert "One event was there twice" in opener.remarks()


def database(tmp_path: Path, name: str = "ledger.db") -> bytes:
    with SqliteStore(str(tmp_path / name), CODEC) as store:
        store.restore(two_accounts().ledger.recorded)
    return (tmp_path / name).read_bytes()


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_a_database_is_the_same_history_and_its_missing_log_is_said(tmp_path, packed) -> None:
    content = database(tmp_path)
    assert content[18:20] == b"\x02\x02", "the store leaves its files with a write-ahead log"
    opener = Opener().opens(ledger_db=packed(content))
    assert opener.study.history == two_accounts().ledger
    assert list(opener.study.lines) == lines_in(own())
    assert "“ledger.db” was left with a write-ahead log" in opener.remarks()


def test_a_database_without_a_log_says_nothing_of_one(tmp_path) -> None:
    content = bytearray(database(tmp_path))
    content[18:20] = b"\x01\x01"
    opener = Opener().opens(ledger_db=bytes(content))
    assert opener.study.history == two_accounts().ledger
    assert opener.study.remarks == ()


def test_an_altered_event_is_opened_and_the_chain_says_where(tmp_path) -> None:
    altered = own().replace(b'"amount":5000', b'"amount":9000')
    for content in (altered, b"[" + altered.replace(b"\n", b",")[:-1] + b"]"):
        opener = Opener().opens(f=content)
        assert opener.study.history.state_of("ACC-1").balance == 70_00
        broken = verdict(opener).broken
        assert (broken.position, broken.kind) == (3, Break.ALTERED)


def test_what_is_not_understood_is_counted_with_an_example() -> None:
    stranger = {**OTHERS, "type": "InvoicePaid", "data": {"total": [1.5, "x"]}}
    newer = {**OTHERS, "dataschema": "urn:esbank:MoneyDeposited:9"}
    theirs = {**OTHERS, "dataschema": "https://bank.example/deposit/2"}
    traced = {**OTHERS, "traceparent": "00-ab"}
    documents = [
        {**document, "id": f"{nth}"}
        for nth, document in enumerate([OTHERS, stranger, newer, traced, stranger, theirs, traced])
    ]
    opener = Opener().opens(f=written(*documents))
    assert opener.study.not_understood == (
        NotUnderstood("InvoicePaid", 2, 2, Strange.TYPE),
        NotUnderstood("urn:esbank:MoneyDeposited:9", 1, 3, Strange.SCHEMA),
        NotUnderstood("https://bank.example/deposit/2", 1, 6, Strange.SCHEMA),
        NotUnderstood("traceparent", 2, 4, Strange.ATTRIBUTE),
    )
    assert opener.study.history.state_of("ACC-1").balance == 3 * 5000, "of those understood"
    assert isinstance(opener.study.history.at(2).event, UnknownEvent)


def test_markup_in_an_event_is_text_and_goes_out_again() -> None:
    markup = "<img src=x onerror=alert(1)>&amp;\u2028{name}"
    event = {**OTHERS, "type": markup, "id": markup, "subject": markup, "data": {markup: markup}}
    content = json.dumps(event, ensure_ascii=False).encode() + b"\n"
    opener = Opener().opens(f=content)
    assert [one.what for one in opener.study.not_understood] == [markup]
    assert list(opener.study.lines) == [content.decode().removesuffix("\n")]
    assert "&amp;" in opener.study.history.at(1).event.type
