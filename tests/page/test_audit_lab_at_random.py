"""The Audit lab, whatever is on the stage and whatever is done to its controls: it never breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bankpage.labs.audit.lab import LAB
from bankpage.labs.audit.model import Attack
from bankpage.labs.contract import OpenStudy, Subject
from hypothesis import given
from hypothesis import strategies as st

from esbank_core.bank.account import CODEC, empty_ledger
from esbank_core.kernel.append_only import AppendOnly
from esbank_core.kernel.identity import Position
from esbank_core.kernel.recorded import unreadable
from esbank_core.kernel.written.audit import Verifier
from tests.core.histories import NOON, ledgers
from tests.page.desk import page_phrases
from tests.page.lab_desk import LabDesk, studied, subject_of

texts = st.one_of(
    st.sampled_from(["", "1", "-5", "2026-11-23", "2026-02-30", "0001-01-01", "9999-12-31"]),
    st.text(st.characters(codec="utf-8"), max_size=30),
)
places = st.integers(-1, 12).map(str)
attacks = st.sampled_from(list(Attack)).map(lambda attack: attack.value)

gestures = st.one_of(
    *(
        st.tuples(st.just(name), st.just({}))
        for name in (
            *("opened", "verify", "keep", "earlier", "later", "download-head", "chain", "leave"),
            *("show-found", "show-all", "path-here", "export-refused", "export-statement"),
        )
    ),
    st.tuples(st.just("compare"), st.fixed_dictionaries({"known": texts})),
    st.tuples(st.just("hand"), st.fixed_dictionaries({"position": places})),
    st.tuples(st.just("choose-event"), st.fixed_dictionaries({"value": places})),
    st.tuples(
        st.just("attack"),
        st.fixed_dictionaries({"attack": attacks, "event": places, "value": texts}),
    ),
    st.tuples(st.just("act"), st.fixed_dictionaries({"actor": texts})),
    st.tuples(
        st.just("find"),
        st.fixed_dictionaries(
            {"actor": texts, "stream": texts, "type": texts, "since": texts, "to": texts}
        ),
    ),
    st.tuples(
        st.just("statement"),
        st.fixed_dictionaries(
            {
                "account": st.sampled_from(["ACC-1", "ACC-2", "", "x"]),
                "from": texts,
                "until": texts,
            }
        ),
    ),
)
odd_lines = st.sampled_from(["", "{", "[]", "{}", '{"chainhash":"x"}', "\ud800", "x" * 200])


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """A history on the stage: live or studied, whole, or with lines that are none."""
    subject = subject_of(draw(ledgers()).recorded)
    broken = draw(st.dictionaries(st.integers(1, max(1, subject.history.head)), odd_lines))
    history, lines = empty_ledger(), []
    for recorded, line in zip(subject.history.recorded, subject.lines, strict=True):
        odd = broken.get(recorded.position)
        if odd is None:
            history = history.extend([recorded])
        else:
            lost = unreadable(odd, "It is none.", position=recorded.position, time=NOON)
            history = history.extend([lost])
        lines.append(line if odd is None else odd)
    chain = Verifier.genesis(CODEC).fed(line or None for line in lines)
    subject = replace(subject, history=history, lines=AppendOnly(lines), chain=chain)
    subject = replace(subject, position=Position(draw(st.integers(0, history.head))))
    return studied(subject) if draw(st.booleans()) else subject


@given(subjects(), st.lists(gestures, max_size=8))
def test_whatever_is_done_to_whatever_history_is_answered(
    subject: Subject, done: list[tuple[str, dict[str, Any]]]
) -> None:
    desk = LabDesk(LAB, subject)
    names = [slot.id for slot in desk.room.view(desk.subject, page_phrases())]
    for gesture, fields in done:
        desk.does(gesture, **fields)
        if desk.wishes and isinstance(wish := desk.wishes.pop(), OpenStudy):
            study = wish.study
            assert len(study.lines) == study.history.head == study.chain.lines
            head = study.history.head
            on_stage = replace(
                subject, on_stage=study, history=study.history, lines=study.lines,
                chain=study.chain, position=head,
            )  # fmt: skip
            desk.sees(on_stage)
        assert [slot.id for slot in desk.room.view(desk.subject, page_phrases())] == names
