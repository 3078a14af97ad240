"""With ``redacted_only`` what people type is redacted before it is kept."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from serving.privacy.memory import is_in_memory

MEMORY = Path("/dev/shm")
NAME, PHONE, MAIL = "Zorglubard", "06 12 34 56 78", "zorglubinette@example.com"
TOLD = f"Je m'appelle Gontran {NAME}, rappelez-moi au {PHONE} ou à {MAIL}."
ASKED = f"{TOLD} Comment rendre ma box ?"

pytestmark = pytest.mark.skipif(
    not is_in_memory(MEMORY), reason="this machine has no file system in memory"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, start_desk, small_kb):
    memory = MEMORY / f"entendu-typed-{os.getpid()}"
    desk = start_desk(
        tmp_path_factory.mktemp("desk") / "data",
        redacted_only=True, memory_dir=memory, kb=small_kb,
    )  # fmt: skip
    yield desk
    desk.close()
    desk.running.stop()
    shutil.rmtree(memory, ignore_errors=True)


def found_on_disk(desk):
    """Where the words lie; the write-ahead log of SQLite is a file, too."""
    marks = [mark.encode() for mark in (NAME, PHONE, PHONE.replace(" ", ""), MAIL)]
    marks += [PHONE[1:].replace(" ", "").encode()]
    return [
        (path.name, mark)
        for path in sorted(desk.service.settings.data_dir.rglob("*"))
        if path.is_file()
        for mark in marks
        if mark in path.read_bytes()
    ]


def sent(answer):
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def test_a_chat_with_the_bot_and_the_person_who_takes_it(desk):
    session = sent(desk.admin.post("/v1/bot/sessions", json={"language": "fr"}))["id"]
    bot, chat = f"/v1/bot/sessions/{session}", f"/v1/written/chats/{session}"
    sent(desk.admin.post(f"{bot}/messages", json={"text": ASKED}))
    sent(desk.admin.post(f"{bot}/messages", json={"text": "Parler à un conseiller"}))
    sent(desk.admin.put(f"{bot}/satisfaction", json={"score": 2, "remark": TOLD}))
    sent(desk.admin.post(f"{chat}/take", json={}))
    sent(desk.admin.post(f"{chat}/messages", json={"id": "m-1", "text": TOLD}))
    sent(desk.admin.post(f"{chat}/close", json={}))
    sent(desk.admin.post(f"{chat}/wrap-up", json={"text": TOLD}))
    assert found_on_disk(desk) == []


def test_what_is_asked_for_a_card(desk):
    assist = f"/v1/assist/sessions/{sent(desk.admin.post('/v1/assist/sessions', json={}))['id']}"
    question = f"Comment rendre ma box, pour {MAIL} au {PHONE} ?"
    turns = [{"speaker": "customer", "text": question}]
    shown = sent(desk.admin.post(f"{assist}/turns", json={"turns": turns}))
    assert shown["card"] is not None
    assert sent(desk.admin.get(assist))["events"]
    assert found_on_disk(desk) == []


def test_notes_remarks_and_reasons_about_a_contact(desk):
    contact = desk.conversation()
    analyst = desk.client("analyst")
    sent(desk.admin.post("/v1/assignments", json={
        "conversation_ids": [contact], "analysts": [{"key": desk.id_of(analyst)}],
    }))  # fmt: skip
    sent(desk.admin.put(f"/v1/conversations/{contact}/note", json={"text": TOLD, "version": 0}))
    events = f"/v1/evaluations/{contact}/events"
    remark = {"id": "e-1", "event": {"kind": "commented", "text": TOLD}}
    review = sent(analyst.post(events, json=remark))
    assert "[EMAIL_1]" in str(review)
    assert not sent(analyst.post(events, json=remark))["is_new"]  # sent again, it is the same
    assert found_on_disk(desk) == []


def test_a_long_remark_is_kept_as_long_as_it_may_be(desk):
    contact = desk.conversation()
    text = ("a@b.fr " * 600)[:4000].rstrip()
    events = f"/v1/evaluations/{contact}/events"
    sent(desk.admin.post(events, json={"event": {"kind": "commented", "text": text}}))
    sent(desk.admin.get(f"/v1/evaluations/{contact}"))
