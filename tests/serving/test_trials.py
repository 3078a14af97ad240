"""Trials of an article: indexed once for the same text, anew when anything changes."""

from __future__ import annotations

import threading
from datetime import date

from kb_search import Document
from serving.library.trials import MOST, Trials


def document(text: str) -> Document:
    return Document(path="a.md", sha256="0" * 64, title="A", text=text)


def counted():
    made = []
    return Trials(lambda given: made.append(given) or object()), made


def test_the_same_text_is_indexed_once_until_the_base_or_the_day_changes():
    trials, made = counted()
    revision, day = (1, date(2026, 11, 3)), (1, date(2026, 11, 4))
    first = trials.get([document("un")], revision)
    assert trials.get([document("un")], revision) is first
    assert trials.get([document("deux")], revision) is not first
    assert trials.get([document("un")], day) is not first
    assert len(made) == 3


def test_few_trials_are_kept_and_those_asked_at_once_are_made_once():
    trials, made = counted()
    for text in "abc":
        trials.get([document(text)], 1)
    trials.get([document("c")], 1)
    assert len(made) == MOST + 1
    trials.get([document("a")], 1)  # the oldest is gone
    assert len(made) == MOST + 2
    begun, go = threading.Event(), threading.Event()

    def make(given):
        begun.set()
        go.wait(5)
        made.append(given)
        return object()

    slow, found = Trials(make), []
    threads = [
        threading.Thread(target=lambda: found.append(slow.get([document("x")], 1))) for _ in "ab"
    ]
    threads[0].start()
    begun.wait(5)
    threads[1].start()
    go.set()
    for one in threads:
        one.join()
    assert found[0] is found[1]
