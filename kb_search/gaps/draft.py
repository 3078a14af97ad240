"""An article drafted from what agents said, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from kb_search.gaps.report import Quoted, Statement

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")

_TEXTS = {
    "fr": {
        "notice": "Brouillon fait de phrases de conseillers, mot pour mot. À vérifier et à "
        "réécrire avant de le valider.",
        "answer": "Réponse",
        "asked": "Questions des clients",
        "source": "conversation `{id}`, tour {turn}",
        "support": "dit dans {n} conversations",
        "support_1": "dit dans une conversation",
        "agents": " par {n} conseillers",
        "accepted": ", bien reçu {n} fois",
        "differs": "Tous les conseillers ne disent pas la même chose. À trancher :",
    },
    "en": {
        "notice": "Draft made of agents' sentences, word for word. Check and rewrite it before "
        "you validate it.",
        "answer": "Answer",
        "asked": "What customers ask",
        "source": "conversation `{id}`, turn {turn}",
        "support": "said in {n} conversations",
        "support_1": "said in one conversation",
        "agents": " by {n} agents",
        "accepted": ", well received {n} times",
        "differs": "Agents do not all say the same. To be settled:",
    },
}


def write_draft(
    title: str,
    statements: Sequence[Statement],
    wordings: Sequence[Quoted],
    *,
    language: Literal["fr", "en"],
    conversations: int,
) -> str:
    """Write an article in Markdown: front matter, agents' sentences with their source, questions.

    Whatever was said is text: marks that Markdown or HTML would read are escaped.

    Args:
        title: Of the article.
        statements: What agents said, in order.
        wordings: What customers asked.
        language: Of the headings.
        conversations: How many it was drafted from.

    Returns:
        The article, whose state is ``work_in_progress`` and whose audience is ``internal``.
    """
    import yaml

    texts = _TEXTS[language]
    head = yaml.safe_dump(
        {
            "title": title,
            "state": "work_in_progress",
            "audience": "internal",
            "language": language,
            "drafted_from": f"{conversations} conversations",
        },
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    lines = [f"---\n{head}---", f"# {_plain(title)}", f"_{texts['notice']}_"]
    lines.append(f"## {texts['answer']}")
    for statement in statements:
        lines.extend(_statement(statement, texts))
    if wordings:
        lines.append(f"## {texts['asked']}")
        lines.append("\n".join(f"- {_cited(wording, texts, language)}" for wording in wordings))
    return "\n\n".join(lines) + "\n"


def _statement(statement: Statement, texts: dict[str, str]) -> Iterator[str]:
    yield f"> {_plain(statement.quote.evidence.quote)}"
    heard = statement.conversations
    support = texts["support"].format(n=heard) if heard > 1 else texts["support_1"]
    if statement.agents > 1:
        support += texts["agents"].format(n=statement.agents)
    if statement.accepted > 1:
        support += texts["accepted"].format(n=statement.accepted)
    yield f"— {_source(statement.quote, texts)} ; {support}"
    if statement.contradicted_by:
        others = "\n".join(f"- {_cited(other, texts, None)}" for other in statement.contradicted_by)
        yield f"**{texts['differs']}**\n\n{others}"


def _cited(quoted: Quoted, texts: dict[str, str], language: str | None) -> str:
    opening, closing = ("“", "”") if language == "en" else ("« ", " »")
    return f"{opening}{_plain(quoted.evidence.quote)}{closing} — {_source(quoted, texts)}"


def _source(quoted: Quoted, texts: dict[str, str]) -> str:
    source = texts["source"].format(id=quoted.conversation_id, turn=quoted.evidence.turn_index)
    return source if quoted.at is None else f"{source}, {quoted.at.date().isoformat()}"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
