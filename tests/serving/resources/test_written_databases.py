"""Who takes a chat or an e-mail first has it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from serving.store.tables import ConversationRow

BOT, WRITTEN = "/v1/bot/sessions", "/v1/written"


def test_of_several_who_take_something_at_once_one_has_it(
    tmp_path, start_desk, small_kb, database_url
):
    desk = start_desk(tmp_path / "data", kb=small_kb, database_url=database_url)
    customer = desk.client("customer", customer_key="c-1")
    chat = customer.post(BOT, json={}).json()["id"]
    customer.post(f"{BOT}/{chat}/messages", json={"text": "Je veux parler à un conseiller"})
    agents = [desk.client("agent", agent_key=f"a-{number}") for number in range(4)]
    mail = desk.conversation(agent_key=None)
    with desk.service.store.database.writing() as session:
        session.get(ConversationRow, mail).channel = "email"

    def takes(path):
        with ThreadPoolExecutor(4) as pool:
            return sorted(pool.map(lambda one: one.post(path, json={}).status_code, agents))

    assert takes(f"{WRITTEN}/chats/{chat}/take") == [200, 409, 409, 409]
    standings = [one.get(f"{WRITTEN}/chats/{chat}").json()["standing"] for one in agents]
    assert sorted(standings) == ["colleague", "colleague", "colleague", "mine"]
    loser = agents[standings.index("colleague")]
    refused = loser.post(f"{WRITTEN}/chats/{chat}/take", json={})
    assert "a colleague was faster" in refused.json()["detail"]
    sent = {"id": "m-1", "text": "Bonjour"}
    assert loser.post(f"{WRITTEN}/chats/{chat}/messages", json=sent).status_code == 409
    wrote = {"kind": "human_wrote", "text": "Bonjour"}
    assert loser.post(f"{BOT}/{chat}/events", json=wrote).status_code == 409

    statuses = takes(f"{WRITTEN}/emails/{mail}/take")
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {404, 409}
    queues = [one.get(f"{WRITTEN}/queue").json()["emails"] for one in agents]
    assert [[one["id"] for one in each] for each in queues].count([mail]) == 1
    desk.close()
    desk.running.stop()
