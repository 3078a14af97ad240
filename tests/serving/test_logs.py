from __future__ import annotations

import json
import logging

import pytest

from serving.logs import JsonFormatter, configure_logging


@pytest.fixture
def lines():
    """A logger, and what it wrote."""
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Kept()
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("test-logs")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger, written
    logger.removeHandler(handler)


def test_a_line_is_one_json_object_with_its_facts(lines):
    logger, written = lines
    logger.info("two\nlines", extra={"facts": {"status": 202}})
    assert written[0].count("\n") == 0
    line = json.loads(written[0])
    assert (line["level"], line["message"], line["status"]) == ("info", "two\nlines", 202)


def test_an_exception_is_logged_without_what_it_quotes(lines):
    logger, written = lines
    try:
        try:
            int("4970 1012")
        except ValueError as error:
            raise RuntimeError("the customer said 4970 1012") from error
    except RuntimeError:
        logger.exception("failed")
    line = json.loads(written[0])
    assert "builtins.RuntimeError" in line["exception"]
    assert "builtins.ValueError" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert "customer said 4970" not in line["exception"].replace(
        'raise RuntimeError("the customer said 4970 1012")', ""
    ).replace('int("4970 1012")', "")


def test_requests_are_logged_by_route_and_never_by_what_was_asked(service, caplog):
    with caplog.at_level(logging.INFO, "entendu.access"):
        service.client.get(
            "/v1/conversations/jean.dupont@example.org?name=Dupont"
        )  # no such filter
        service.client.get("/v1/conversations/jean.dupont@example.org")
        service.client.get("/Dupont")
        service.client.get("/healthz")
    facts = [record.facts for record in caplog.records if record.name == "entendu.access"]
    assert [(one["route"], one["status"]) for one in facts] == [
        ("/v1/conversations/{conversation_id}", 422),
        ("/v1/conversations/{conversation_id}", 404),
        (None, 404),
    ]
    assert "upont" not in json.dumps(facts)


def test_a_library_that_logs_at_a_level_of_its_own_is_heard_only_when_it_warns(monkeypatch, capsys):
    import bm25s

    chatty = logging.getLogger("bm25s")
    assert chatty.level == logging.DEBUG, "it set its own level when it was imported"
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    monkeypatch.setattr(root, "level", root.level)
    ours = logging.getLogger("entendu")
    monkeypatch.setattr(ours, "level", ours.level)
    configure_logging()
    bm25s.BM25().index([["box", "panne"]], show_progress=False)
    chatty.debug("in passing")
    chatty.warning("worth knowing")
    logging.getLogger("entendu.search").info("ours")
    written = [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()]
    assert written == ["worth knowing", "ours"]
