"""Pages ask the database a bounded number of times, however much is stored, and load no model.

How fast they are is measured by ``bench/serving/screens.py``: a test that runs beside others knows
no times.
"""

from __future__ import annotations

import re
import secrets
import threading

import httpx
import pytest
from sqlalchemy import event, insert, select

from serving.routes.screens.framing import OF_AGENTS, SCREENS
from serving.store.tables import AnalysisRow, ConversationRow
from serving.throughput import ModelPool

STATEMENTS = 60
"""Most statements of one page, those of the session and its rights with them."""
PAGE_BYTES = 600_000
BESIDE = ("webhook_deliveries", "UPDATE workers", "FROM workers", "jobs.dispatched_run")
"""What the service asks by itself meanwhile."""
COPIES = 800
PAGES = (
    *((path, "admin") for _, path, _ in SCREENS),
    *((path, "agent") for _, path, _ in OF_AGENTS),
    *((path, "agent") for _, path, needed in SCREENS if needed.value.startswith("live")),
    ("/desk/written", "agent"),
    ("/review/contests", "supervisor"),
    ("/review/calibrations", "supervisor"),
    ("/review/agreement", "supervisor"),
    ("/conversations/{id}", "admin"),
    ("/review/{id}", "analyst"),
)


class Counted:
    """Counts what a database is asked while it is on."""

    def __init__(self, engine) -> None:
        self.statements: list[str] = []
        self._lock = threading.Lock()
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_more) -> None:
        if statement.startswith("BEGIN") or any(one in statement for one in BESIDE):
            return
        with self._lock:
            self.statements.append(re.sub(r"\s+", " ", statement))

    def take(self) -> list[str]:
        """Return what was asked since the last time."""
        with self._lock:
            taken, self.statements = self.statements, []
        return taken


@pytest.fixture(scope="module")
def counted(demo_service):
    return Counted(demo_service.app.state.service.store.database.engine)


@pytest.fixture(scope="module")
def visitors(demo_service):
    """A signed-in browser's client of each role."""
    clients = {}
    for role in ("agent", "analyst", "supervisor", "admin"):
        client = httpx.Client(
            base_url=demo_service.url, timeout=60, follow_redirects=True,
            headers={"Origin": demo_service.url},
        )  # fmt: skip
        assert client.post("/sign-in", data={"as": role}).status_code == 200
        clients[role] = client
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture(scope="module")
def visit(demo_service, visitors, counted):
    """Return a function that opens a page: its answer and what the database was asked for it."""
    with httpx.Client(base_url=demo_service.url, timeout=30) as client:
        key = demo_service.facts.people.analysts[0].secret
        asked = client.get(
            "/v1/assignments?open=true&assignee=me", headers={"Authorization": f"Bearer {key}"}
        )
        conversation_id = asked.json()["data"][0]["conversation_id"]

    def open_it(path: str, role: str):
        client = visitors[role]
        path = path.replace("{id}", conversation_id)
        answer = client.get(path)  # what is read once in a process is read now
        counted.take()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer, counted.take()

    return open_it


@pytest.fixture(scope="module")
def before(visit, demo_service):
    """What each page asks with what is stored, before as much again and more is stored."""
    found = {page: visit(*page) for page in PAGES}
    _copy_conversations(demo_service.app.state.service.store.database)
    return found


def _copy_conversations(database) -> None:
    with database.writing() as session:
        some = session.scalars(
            select(ConversationRow).where(ConversationRow.status == "done").limit(100)
        ).all()
        for number in range(COPIES):
            row = some[number % len(some)]
            values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
            copied = values | {"id": secrets.token_hex(16)}
            session.execute(insert(ConversationRow), [copied])
            analysis = session.get(AnalysisRow, row.id)
            if analysis is not None:
                columns = analysis.__table__.columns
                known = {column.key: getattr(analysis, column.key) for column in columns}
                session.execute(insert(AnalysisRow), [known | {"conversation_id": copied["id"]}])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page[1]}{page[0]}")
def test_a_page_asks_the_database_a_bounded_number_of_times(before, page):
    _, asked = before[page]
    assert len(asked) <= STATEMENTS, "\n".join(sorted(asked))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page[1]}{page[0]}")
def test_a_page_asks_and_weighs_no_more_when_much_more_is_stored(before, visit, page):
    first, asked = before[page]
    answer, asked_now = visit(*page)
    assert len(asked_now) <= len(asked) + 3, "\n".join(sorted(asked_now))
    assert len(answer.content) <= PAGE_BYTES
    assert len(answer.content) <= 2.5 * len(first.content)


def test_no_page_loads_a_model(before, visit, monkeypatch):
    assert before

    def refuse(_self):
        raise AssertionError("a page asked for a model")

    for name in ("encoder", "transcriber", "compute"):
        if isinstance(getattr(ModelPool, name, None), property):
            monkeypatch.setattr(ModelPool, name, property(refuse))
    for page in PAGES:
        visit(*page)
