from __future__ import annotations

import pytest

from conversation import Conversation, Turn
from conversation.errors import BadInput, Conflict
from serving.service import Service
from serving.settings import Settings

SPOKEN = Conversation(
    id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text="Bonjour"),)
)


@pytest.fixture
def opened(tmp_path, fake_pipeline_class):
    service = Service(Settings(data_dir=tmp_path / "data"), fake_pipeline_class())
    service.open()
    yield service
    service.close()


def test_two_services_do_not_share_a_data_folder(opened, fake_pipeline_class):
    second = Service(opened.settings, fake_pipeline_class())
    with pytest.raises(Conflict, match="another `entendu serve`"):
        second.open()
    opened.accept_conversation(SPOKEN, name="chat")  # the first goes on


def test_a_service_opens_again_after_it_was_closed(opened):
    one = opened.accept_conversation(SPOKEN, name="chat").id
    opened.close()
    opened.open()
    opened.open()
    assert opened.store.get(one).name == "chat"


def test_a_start_that_fails_lets_go_of_the_folder(tmp_path, fake_pipeline_class):
    settings = Settings(data_dir=tmp_path)
    (tmp_path / "entendu.sqlite").write_bytes(b"no database" * 100)
    service = Service(settings, fake_pipeline_class())
    for _ in range(2):
        with pytest.raises(Conflict, match="not a store"):
            service.open()
    (tmp_path / "entendu.sqlite").unlink()
    service.open()
    service.close()


def test_what_the_queue_refuses_leaves_no_trace(opened, monkeypatch):
    def refuse(_self, _id):
        raise OSError("the disk is full")

    monkeypatch.setattr("serving.jobs.Jobs.submit", refuse)
    with pytest.raises(OSError, match="full"):
        opened.accept_conversation(SPOKEN, name="chat")
    assert opened.store.page(limit=10).conversations == ()


@pytest.mark.parametrize("turns", [(), (Turn(index=0, speaker="customer", text="  "),)])
def test_a_conversation_without_words_is_refused(opened, turns):
    silent = Conversation(id="chat", channel="chat", turns=turns)
    with pytest.raises(BadInput, match="no turn with text"):
        opened.accept_conversation(silent, name="chat")
