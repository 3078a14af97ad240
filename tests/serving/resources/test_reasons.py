"""Reasons, categories, alerts and models over HTTP."""

from __future__ import annotations


def test_reasons_are_listed_at_two_levels_with_definitions(desk):
    answer = desk.admin.get("/v1/reasons").json()
    codes = {one["code"] for one in answer["data"]}
    assert "tel.panne_fixe" in codes
    assert any(one["subreasons"] for one in answer["data"])
    assert all(one["definition"] for one in answer["data"])


def test_a_text_is_classified_and_nothing_of_it_is_kept(desk):
    asked = {"text": "Ma box internet ne marche plus, je n'ai plus de connexion depuis hier."}
    answer = desk.admin.post("/v1/reasons/classify", json=asked).json()
    assert answer["language"] == "fr"
    assert answer["reasons"]["primary"]["code"].startswith("tel.panne_fixe")
    assert 0 <= answer["reasons"]["margin"] <= 1
    english = {"text": "I have lost my bank card and want to block it.", "language": "en"}
    answer = desk.admin.post("/v1/reasons/classify", json=english).json()
    assert answer["reasons"]["primary"]["code"].startswith("bq.")
    unclear = desk.admin.post("/v1/reasons/classify", json={"text": "Bonjour."}).json()
    assert unclear["reasons"]["primary"] is None


def test_what_is_no_text_is_refused(desk):
    for body in ({}, {"text": ""}, {"text": "  "}, {"text": "x", "language": "français"}):
        assert desk.admin.post("/v1/reasons/classify", json=body).status_code == 422
    with desk.running.client_of("customer") as customer:
        assert customer.post("/v1/reasons/classify", json={"text": "x"}).status_code == 403


def test_categories_are_listed_with_their_alerts(desk):
    answer = desk.admin.get("/v1/categories").json()
    assert any(one["alert"] for one in answer["data"])
    assert len(answer["sha256"]) == 64


def test_alerts_come_with_the_words_that_show_them(desk):
    conversation = desk.conversation()
    quiet = desk.admin.get("/v1/alerts").json()
    assert all(one["match"]["alert"] for one in quiet["data"])
    desk.give_alert(conversation)
    alerts = desk.admin.get("/v1/alerts").json()["data"]
    assert [one["conversation_id"] for one in alerts] == [conversation]
    assert alerts[0]["match"]["evidence"][0]["quote"]
    assert desk.admin.get("/v1/alerts", params={"category": "nothing"}).json()["data"] == []
    other = desk.client("agent", agent_key="somebody-else")
    assert other.get("/v1/alerts").json()["data"] == []


def test_models_say_whether_they_are_there_and_loaded(desk):
    desk.admin.post("/v1/reasons/classify", json={"text": "Bonjour, ma box."})
    models = {one["name"]: one for one in desk.admin.get("/v1/catalogue").json()["data"]}
    encoder = models[desk.running.settings.embedding_model]
    assert encoder["present"]
    assert encoder["loaded"]
    assert encoder["in_use_for"] == ["embeddings"]
    assert not models[desk.running.settings.transcription_model]["loaded"]
