"""What an agent states as a fact, which documents may know better."""

from __future__ import annotations

import re

from conversation import Conversation
from nlu import CustomerQuestion
from quality.helpers import Statement
from quality.quoted_speech import is_quoted
from quality.sentences import Sentence, sentences_of
from quality.texts import fold

MOST_STATEMENTS = 20
_LEAST_WORDS = 5
_AFTER_TURNS = 6
_FACT = re.compile(
    r"\d|\b(?:euros?|pour ?cent|gratuit\w*|rembours\w*|frais|delais?|jours?|heures?|semaines?|mois|"
    r"ans?|garanti\w*|engagement|obligatoire\w*|possible|impossible|interdit\w*|autorise\w*|"
    r"il faut|vous devez|vous pouvez|on peut|ne peut|peuvent|a droit|avez droit|compris|inclus\w*|"
    r"automatique\w*|valable\w*|suffit|necessaire\w*|toujours|jamais|uniquement|seulement|"
    r"free|refund\w*|fees?|days?|hours?|weeks?|months?|years?|must|have to|need to|can|cannot|"
    r"allowed|required|included|automatic\w*|valid|only|always|never|warranty|guarantee\w*)\b"
)
_OWN_ACT = re.compile(
    r"^(?:(?:alors|donc|bon|ok|okay|d'accord|tres bien|voila|euh|so|well|right|and|et) ?,? ?)*"
    r"(?:je (?:vais|vous|regarde|verifie|consulte|note|prends)|puis-je|pourriez-vous|pouvez-vous|"
    r"i'?m|i am|i will|i'll|let me|could you|can you|may i)\b"
)


def agent_statements(
    conversation: Conversation, questions: tuple[CustomerQuestion, ...]
) -> list[tuple[Sentence, Statement]]:
    """Find the agent's sentences that state a fact, in order.

    A fact has a number, a duration, a price, a right, a duty or a condition; questions, what the
    agent reports of others, and what the agent is about to do are left out.

    Args:
        conversation: Any conversation.
        questions: Of its customer; the last one before a statement is what it answers.

    Returns:
        The sentences with their statements; of more than :data:`MOST_STATEMENTS` the first,
        those that answer a question before the others.
    """
    found: list[tuple[Sentence, Statement]] = []
    for turn in conversation.turns_of("agent"):
        before = [one for one in questions if one.evidence.turn_index < turn.index]
        recent = before[-1] if before else None
        if recent is not None and turn.index - recent.evidence.turn_index > _AFTER_TURNS:
            recent = None
        for sentence in sentences_of(turn):
            if _states_a_fact(sentence):
                asked = recent.text if recent is not None else ""
                found.append((sentence, Statement(sentence.text, asked)))
    if len(found) > MOST_STATEMENTS:
        first = sorted(found, key=lambda one: not one[1].asked)[:MOST_STATEMENTS]
        found = [one for one in found if one in first]
    return found


def _states_a_fact(sentence: Sentence) -> bool:
    text = sentence.text
    if len(text.split()) < _LEAST_WORDS or text.rstrip().endswith("?"):
        return False
    folded = fold(text).replace("’", "'")
    if _OWN_ACT.match(folded) or not _FACT.search(folded):
        return False
    return not is_quoted(sentence.turn.text, sentence.start, sentence.end)
