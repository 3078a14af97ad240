"""A restart loses nothing of a conversation, on both databases."""

from __future__ import annotations


def test_a_conversation_goes_on_after_a_restart(tmp_path, start_desk, database_url, small_kb):
    def start():
        return start_desk(tmp_path / "data", database_url=database_url, kb=small_kb)

    desk = start()
    customer_key = {"customer_key": "c-1"}
    session = desk.admin.post("/v1/bot/sessions", json={"customer": {"key": "c-1"}}).json()["id"]
    messages = f"/v1/bot/sessions/{session}/messages"
    first = desk.admin.post(messages, json={"id": "m-1", "text": "Comment rendre ma box ?"}).json()
    assist = desk.admin.post("/v1/assist/sessions", json={}).json()["id"]
    turns = [{"speaker": "customer", "text": "Comment rendre ma box ?"}]
    shown = desk.admin.post(f"/v1/assist/sessions/{assist}/turns", json={"turns": turns}).json()
    assert shown["card"] is not None
    desk.admin.put(f"/v1/assist/sessions/{assist}/mute", json={"muted": True})
    desk.close()
    desk.running.stop()

    desk = start()
    again = desk.admin.post(messages, json={"id": "m-1", "text": "Comment rendre ma box ?"})
    assert again.json() == first
    with desk.running.client_of("customer", **customer_key) as customer:
        later = customer.post(messages, json={"text": "Merci, c'est parfait"}).json()
    assert later["version"] == first["version"] + 1
    kept = desk.admin.get(f"/v1/assist/sessions/{assist}").json()
    assert kept["muted"]
    assert [one["kind"] for one in kept["events"]] == ["shown", "muted"]
    desk.close()
    desk.running.stop()
