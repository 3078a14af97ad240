"""Writes markup into everything that people wrote in a data folder."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

MARKUP = ' <img src=x onerror="hurt=1"> </script><script>hurt=1</script>'

_COLUMNS = {
    "entendu.sqlite": {
        "conversations": ("name", "customer_key", "agent_key", "queue"),
        "turns": ("text",),
        "bot_sessions": ("agent_name", "customer_key"),
        "access_keys": ("name", "agent_key"),
        "notes": ("text", "draft"),
    }
}
_DOCUMENTS = {
    "entendu.sqlite": {
        "analyses": ("document",),
        "conversations": ("problem",),
        "review_events": ("document",),
        "samples": ("document",),
        "bot_sessions": ("document", "packet"),
    },
    "knowledge/main/knowledge.sqlite3": {"documents": ("metadata", "body"), "passages": ("body",)},
}
_WRITTEN = frozenset(
    (
        "text", "quote", "label", "sub_label", "label_fr", "label_en", "name", "title", "heading",
        "why_fr", "why_en", "said", "question", "open_question", "summary", "first_sentence",
        "trigger_quote", "transcript", "reason_fr", "reason_en", "detail", "remedy", "fr", "en",
    )
)  # fmt: skip


_FOUND = frozenset(("personal_data", "sentiment"))
"""What the models say of the words, by place and by name: nobody wrote it."""


def mark(folder: Path) -> None:
    """Add markup to every text of the stores that somebody wrote.

    Args:
        folder: A data folder that no service has open.
    """
    for file, tables in _COLUMNS.items():
        with sqlite3.connect(folder / file) as store:
            for table, columns in tables.items():
                for column in columns:
                    markup = MARKUP.replace("/", "") if column == "name" else MARKUP  # of a file
                    store.execute(
                        f"UPDATE {table} SET {column} = {column} || ? WHERE {column} IS NOT NULL",
                        (markup,),
                    )
    for file, tables in _DOCUMENTS.items():
        with sqlite3.connect(folder / file) as store:
            for table, columns in tables.items():
                for column in columns:
                    rows = store.execute(
                        f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL"
                    ).fetchall()
                    store.executemany(
                        f"UPDATE {table} SET {column} = ? WHERE rowid = ?",
                        [(json.dumps(_marked(json.loads(doc))), rowid) for rowid, doc in rows],
                    )


def _marked(value, key=None):
    if isinstance(value, dict):
        return {name: one if name in _FOUND else _marked(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, key) for one in value]
    return value + MARKUP if isinstance(value, str) and value and key in _WRITTEN else value
