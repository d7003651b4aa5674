"""Several files are one history if they go on from one another, and are refused if they do not."""

from __future__ import annotations

import gzip
import itertools
import json

import pytest

from esbank_core import DepositMoney, OpenAccount
from esbank_core.sources.mapping import PARTS
from tests.core.histories import Bank, file_of
from tests.core.sources import examples
from tests.page.labs.opening.opener import Opener
from tests.page.labs.opening.test_formats import (
    OTHERS,
    database,
    lines_in,
    own,
    two_accounts,
    written,
)


def parts(*cuts: int) -> list[bytes]:
    lines = own().splitlines(keepends=True)
    ends = [*cuts, len(lines)]
    return [b"".join(lines[start:end]) for start, end in zip([0, *cuts], ends, strict=True)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_parts_of_a_log_are_one_history_in_whichever_order(order) -> None:
    given = parts(1, 3)
    names = ["log_1", "log_2", "log_3"]
    opener = Opener().opens(**{names[nth]: given[nth] for nth in order})
    assert opener.study.history == two_accounts().ledger
    assert list(opener.study.lines) == lines_in(own())
    assert opener.study.name == "log.1, log.2, log.3"
    assert "3 files, which go on from one another." in opener.remarks()


def test_parts_may_be_packed_or_arrays_and_may_overlap() -> None:
    first, _ = parts(3)
    _, last = parts(2)
    array = b"[" + last.replace(b"\n", b",")[:-1] + b"]"
    opener = Opener().opens(b_json=array, a_gz=gzip.compress(first))
    assert opener.study.history == two_accounts().ledger
    assert "One event was there twice" in opener.remarks()


def test_a_log_goes_on_from_a_database(tmp_path) -> None:
    longer = two_accounts().do(DepositMoney("ACC-2", 7_00))
    tail = file_of(longer.ledger.recorded).splitlines(keepends=True)[4:]
    opener = Opener().opens(tail_jsonl=b"".join(tail), ledger_db=database(tmp_path))
    assert opener.study.history == longer.ledger


def test_a_part_that_is_missing_is_named() -> None:
    first, _, last = parts(1, 3)
    said = Opener().opens(a=first, c=last).said
    assert "“c” does not go on from “a”: events 2 to 3 are missing." in said


def test_two_ledgers_are_two_histories() -> None:
    other = file_of(Bank().do(OpenAccount("ACC-9", "Grace")).ledger.recorded)
    said = Opener().opens(mine=own(), hers=other).said
    assert "“mine” and “hers” are two histories: both have an event 1" in said


def test_two_ledgers_with_the_same_names_contradict_one_another() -> None:
    other = file_of(Bank().do(OpenAccount("ACC-1", "Grace")).ledger.recorded)
    said = Opener().opens(mine=own(), hers=other).said
    assert "Event ACC-1/1 is in the ledger already, at position 1, with another event." in said


def version(nth: int, **more: object) -> dict[str, object]:
    return {**OTHERS, "id": f"ACC-1:{nth}", "streamversion": nth, **more}


def test_files_of_others_go_on_by_the_versions_of_a_stream() -> None:
    # Neither begins at version 1: what came before was never copied.
    opener = Opener().opens(a=written(version(4), version(5)), b=written(version(6)))
    assert [recorded.id for recorded in opener.study.history.recorded] == [
        "ACC-1:4",
        "ACC-1:5",
        "ACC-1:6",
    ]


def test_a_version_of_a_stream_that_is_missing_is_named() -> None:
    said = Opener().opens(a=written(version(1)), b=written(version(5))).said
    assert "“b” does not go on from “a”: it begins with version 5 of ACC-1" in said


def at(nth: int, time: str) -> dict[str, object]:
    return {**OTHERS, "id": str(nth), "time": f"2026-11-23T{time}Z"}


def test_files_that_say_nothing_else_are_put_in_order_by_time_and_that_is_said() -> None:
    morning, noon = written(at(1, "08:00:00"), at(2, "09:00:00")), written(at(3, "12:00:00"))
    opener = Opener().opens(noon=noon, morning=morning)
    assert [recorded.id for recorded in opener.study.history.recorded] == ["1", "2", "3"]
    assert "put in order by their times" in opener.remarks()


def test_files_whose_times_overlap_are_refused() -> None:
    day, noon = written(at(1, "08:00:00"), at(2, "19:00:00")), written(at(3, "12:00:00"))
    said = Opener().opens(noon=noon, day=day).said
    assert "Nothing in “noon” says that it goes on from “day”" in said


def test_the_same_file_twice_is_one_history() -> None:
    for content in (own(), written(OTHERS, {**OTHERS, "id": "7f3b"})):
        opener = Opener().opens(a=content, b=content)
        assert len(opener.study.lines) == opener.study.history.head == content.count(b"\n")


def test_one_that_is_no_history_refuses_them_all_by_its_name() -> None:
    first, last = parts(2)
    assert "“b” is no text." in Opener().opens(a=first, b=b"\x00\x01", c=last).said
    said = Opener().opens(a=first, b=last + b"oops\n").said
    assert "“b” was not opened, because of line 3. It is not JSON" in said


def test_many_files_are_called_by_the_first_of_them() -> None:
    lines = own().splitlines(keepends=True)
    opener = Opener().opens(**{f"log_{nth}": line for nth, line in enumerate(lines)})
    assert opener.study.history.head == 4
    assert opener.study.name == "log.0, log.1, log.2, …"


# Dumps of other stores.


def seqs(opener: Opener, name: str = "seq_id") -> list[object]:
    records = [str(one.attributes["sourcerecord"]) for one in opener.study.history.recorded]
    return [json.loads(record).get(name) for record in records]


def test_parts_of_one_dump_are_one_history_in_whichever_order_they_come() -> None:
    records = examples.marten()
    first = examples.json_lines(records[:2])
    second = gzip.compress(examples.json_array(records[1:]))
    opener = Opener().opens(late_json_gz=second, early=first)
    assert [int(str(seq)) for seq in seqs(opener)] == [41, 42, 43, 44, 45]
    assert "2 files, put together in one order." in opener.remarks()
    assert opener.remarks().count("Read as the records of Marten") == 1
    assert "stand here once: 1" in opener.remarks()


def test_dumps_of_several_stores_are_put_together_by_time_and_each_keeps_its_order() -> None:
    marten, kafka = examples.marten(), examples.kcat()
    opener = Opener().opens(a=examples.json_lines(marten[::-1]), b=examples.json_lines(kafka))
    assert [one.attributes["source"] for one in opener.study.history.recorded] == [
        *("marten", "kcat") * 5
    ]
    assert "Marten" in opener.remarks()
    assert "Kafka" in opener.remarks()


def test_one_among_several_that_nobody_knows_is_asked_about_by_itself() -> None:
    rows = [{"wann": f"2026-03-02T10:00:0{n}Z", "was": f"Ding {n}", "n": n} for n in range(5)]
    opener = Opener().opens(a=examples.json_lines(examples.marten()), rows_csv=examples.csv(rows))
    assert opener.said.startswith("“rows.csv” is no history of a kind that is known here.")
    fields = {**dict.fromkeys(PARTS, "-"), "by": "mapping", "type": "/was", "time": "/wann"}
    opener.does("manner", **fields).does("open-so").fetches().settles()
    assert opener.study.history.head == 10
    assert [was for was in seqs(opener, "was") if was] == [f"Ding {n}" for n in range(5)]
    assert seqs(opener, "seq_id") == [41, None, 42, None, 43, None, 44, None, 45, None] or (
        seqs(opener, "seq_id") == [None, 41, None, 42, None, 43, None, 44, None, 45]
    )


def test_a_dump_beside_a_ledger_is_another_history_and_that_is_said() -> None:
    said = Opener().opens(a=own(), b=examples.json_lines(examples.marten())).said
    assert "“a” holds events as they are exported here, and “b” the records of another" in said
