"""Proposed names of topics, in the words of the customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nlu.taxonomy import Bilingual
from nlu.topics.items import TopicItem
from nlu.topics.terms import TermCounts, class_tf_idf, terms_of, without_repetition

REST = ""
"""The group of all that is in no topic, against which topics are told apart."""

MAX_TERMS = 6
LABEL_TERMS = 2
LABEL_LEAST = 0.5
"""A second term is in a name when it is in this many conversations for each of the first one's."""

LABEL_WORDS = 9
"""Where no term is common enough, a name is the beginning of the most central sentence."""

_LEAST_SHARE = 0.2  # of a topic's conversations, in which a term of it is found


def name_topics(
    items: Iterable[TopicItem], topics: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, tuple[Bilingual, tuple[str, ...]]]:
    """Name topics by what tells them from each other and from all other talk.

    Args:
        items: All conversations.
        topics: For each topic, its sentences by conversation, most central sentence first.

    Returns:
        For each topic its name, in the languages in which it was said, and its terms.
    """
    by_language: dict[str, TermCounts] = {}
    language_of: dict[str, str] = {}
    inside = {conversation for texts in topics.values() for conversation in texts}
    for item in items:
        language_of[item.conversation_id] = language = item.language or ""
        if item.conversation_id not in inside:
            counts = by_language.setdefault(language, TermCounts())
            counts.add(REST, terms_of((e.quote for e in item.texts), item.language))
    for topic, texts in topics.items():
        for conversation, sentences in texts.items():
            language = language_of[conversation]
            counts = by_language.setdefault(language, TermCounts())
            counts.add(topic, terms_of(sentences, language or None))
    return {topic: _name(topic, texts, by_language, language_of) for topic, texts in topics.items()}


def shorten(text: str, words: int = LABEL_WORDS) -> str:
    """Return the beginning of a sentence, with an ellipsis where something is left out."""
    parts = text.split()
    if len(parts) <= words:
        return text.strip(" .,;:!")
    return " ".join(parts[:words]).rstrip(" .,;:!") + "…"


def _name(
    topic: str,
    texts: Mapping[str, Sequence[str]],
    by_language: Mapping[str, TermCounts],
    language_of: Mapping[str, str],
) -> tuple[Bilingual, tuple[str, ...]]:
    languages = sorted(
        {language_of[conversation] for conversation in texts},
        key=lambda tag: (-by_language[tag].sizes[topic], tag),
    )
    names: dict[str, str] = {}
    terms: list[str] = []
    for language in languages:
        counts = by_language[language]
        size = counts.sizes[topic]
        least = max(2, round(_LEAST_SHARE * size))
        ranked = [term for term, _ in class_tf_idf(counts, topic, least=least)]
        kept = without_repetition(ranked, most=MAX_TERMS)
        terms += [counts.surface(term) for term in kept]
        if kept:
            found = counts.groups[topic]
            common = [term for term in kept if found[term] >= LABEL_LEAST * found[kept[0]]]
            names[language] = capitalised(", ".join(map(counts.surface, common[:LABEL_TERMS])))
        else:
            central = next(
                sentences[0] for c, sentences in texts.items() if language_of[c] == language
            )
            names[language] = capitalised(shorten(central))
    label = Bilingual(fr=names.get("fr"), en=names.get("en")) if {"fr", "en"} & set(names) else None
    if label is None:
        label = Bilingual(fr=names[languages[0]], en=names[languages[0]])
    return label, tuple(dict.fromkeys(terms))[:MAX_TERMS]


def capitalised(text: str) -> str:
    """Return a text with its first letter in upper case, the others as they are."""
    return text[:1].upper() + text[1:]
