"""Stored conversations with whole analyses, written as rows: a known small set, and many."""

from __future__ import annotations

import copy
import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from serving.store.tables import AnalysisRow, ConversationRow

MARKUP = "<script>alert(1)</script>"
FAULT, BILL = "tel.panne_fixe", "tel.facture"
_LABELS = {FAULT: ("Panne internet", "Fixed fault"), BILL: ("Facture", "Bill")}
_BASE: dict = {}


def base_document() -> dict:
    """An analysis as JSON, built once."""
    if not _BASE:
        made = runpy.run_path(str(Path(__file__).with_name("analyses.py")))["sample_analysis"]()
        _BASE.update(made.model_dump(mode="json"))
    return copy.deepcopy(_BASE)


def document(one: dict) -> str:
    """The analysis of a conversation that :func:`row` describes."""
    made = base_document()
    conversation, understanding = made["conversation"], made["understanding"]
    conversation["channel"] = one["channel"]
    conversation["started_at"] = one["started_at"].isoformat()
    reasons = understanding["reasons"]
    code = one["reason"]
    if code is None:
        reasons["primary"] = None
    else:
        level_1 = ".".join(code.split(".")[:2]) if code.startswith("tel.") else code
        fr, en = _LABELS.get(level_1, (code, code))
        reasons["primary"] |= {"code": code, "label_fr": fr, "label_en": en}
        if level_1 != code:
            reasons["primary"] |= {
                "parent_code": level_1, "parent_label_fr": fr, "parent_label_en": en,
            }  # fmt: skip
    if one["sentiment"] is None:
        understanding["sentiment"] = None
    else:
        understanding["sentiment"]["overall"] = one["sentiment"]
    understanding["axes"]["nature"]["also"] = ["complaint"] if one["complaint"] else []
    heard = one["heard"]
    if heard is not None:
        made["transcription"] = {
            "account": [
                {"channel": 0, "speaker": "customer", "speech_s": heard[0], "covered_s": heard[1]}
            ],
            "dropped": [], "warnings": ["the line hums"] if heard[1] < heard[0] else [],
            "provenance": {"component": "speech", "version": "1"},
        }  # fmt: skip
    if one["shape"] != "2.0":
        made["conversation"] = {"words": "of another version"}
    return json.dumps(made)


def row(key: str, started_at: str | datetime, **more) -> dict:
    """Describe a conversation; what is left is as usual."""
    at = datetime.fromisoformat(started_at) if isinstance(started_at, str) else started_at
    return {
        "id": key, "started_at": at, "team": "default", "status": "done", "channel": "phone",
        "queue": "assistance", "reason": FAULT, "sentiment": 0.0, "complaint": False,
        "customer_key": None, "agent_key": None, "sampled": False, "heard": None, "shape": "2.0",
        "duration_s": 120.0, "name": f"{key}.wav",
    } | more  # fmt: skip


def store_rows(database, rows: list[dict]) -> None:
    """Write conversations and their analyses."""
    conversations, analyses = [], []
    for one in rows:
        conversations.append(
            {
                "id": one["id"], "team": one["team"], "status": one["status"], "name": one["name"],
                "created_at": one["started_at"], "attempts": 1, "progress": 1.0, "source": "{}",
                "channel": one["channel"], "started_at": one["started_at"],
                "duration_s": one["duration_s"], "reason": one["reason"],
                "sentiment": one["sentiment"], "customer_key": one["customer_key"],
                "agent_key": one["agent_key"], "queue": one["queue"], "sampled": one["sampled"],
                "score_100": None,
            }
        )  # fmt: skip
        if one["status"] == "done":
            analyses.append(
                {
                    "conversation_id": one["id"], "schema_version": one["shape"],
                    "created_at": one["started_at"] + timedelta(minutes=5),
                    "document": document(one),
                }
            )  # fmt: skip
    with database.writing() as session:
        session.execute(insert(ConversationRow), conversations)
        if analyses:
            session.execute(insert(AnalysisRow), analyses)


# Two weeks, the 2nd to the 15th of November 2026 in Paris, counted by hand in the tests.
PERIOD = {"from": "2026-11-02", "to": "2026-11-15"}
SMALL_CENTRE = [
    row("a1", "2026-11-03T10:00:00+00:00", sentiment=-0.6, complaint=True, heard=(60.0, 60.0),
        reason=f"{FAULT}.coupure", customer_key="c-1"),
    # After midnight in Paris: of the 4th.
    row("a2", "2026-11-03T23:30:00+00:00", sentiment=-0.3, heard=(100.0, 50.0)),
    row("a3", "2026-11-05T09:00:00+00:00", customer_key="c-1"),
    row("a4", "2026-11-10T09:00:00+00:00", channel="chat", queue="mobile", reason=BILL,
        sentiment=0.4, sampled=True),
    row("a5", "2026-11-12T09:00:00+00:00", channel="email", queue="mobile", reason=BILL,
        sentiment=0.1, complaint=True),
    row("a6", "2026-11-12T10:00:00+00:00", queue=MARKUP, reason=MARKUP, sentiment=None,
        name=f"{MARKUP}.wav"),
    row("a7", "2026-11-13T10:00:00+00:00", status="failed", channel=None, reason=None,
        sentiment=None, queue=None, duration_s=None),
    row("b1", "2026-10-20T10:00:00+00:00"),
    row("b2", "2026-10-21T10:00:00+00:00"),
    row("b3", "2026-11-01T22:30:00+00:00", reason=BILL),  # 23:30 in Paris, the last evening before
    row("x1", "2026-11-05T10:00:00+00:00", team="autre"),
    row("y1", "2026-11-15T23:10:00+00:00"),  # after midnight in Paris: of the 16th
]  # fmt: skip


def many(number: int, *, days: int = 112, until: datetime | None = None) -> list[dict]:
    """Describe conversations over some days up to now, spread evenly."""
    end = until or datetime.now(UTC)
    reasons = [f"{FAULT}.coupure", BILL, "tel.resiliation", "tel.mobile", FAULT]
    return [
        row(
            f"m{i:06d}", end - timedelta(seconds=(i + 1) * days * 86_400 / number),
            reason=reasons[i % 5], channel=("phone", "chat", "email")[i % 3],
            queue=f"file-{i % 4}", sentiment=((i * 37) % 200 - 100) / 100,
            customer_key=f"c-{i % 301}", heard=(60.0, 59.0) if i % 3 == 0 else None,
        )
        for i in range(number)
    ]  # fmt: skip
