"""When a question counts as badly answered, and when questions are one gap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GapSettings:
    """Settings of :func:`kb_search.gaps.find_gaps`.

    Attributes:
        min_conversations: Fewer distinct conversations are no gap.
        least_similarity: Mean similarity over all pairs from which two groups of questions are
            one (average linkage); chosen by ``bench/kb_search/gaps.py``.
        words_share: Part of the words (stems and runs of letters) in the similarity of two
            questions; the rest is meaning.
        answers_share: Part of what agents answered in the similarity of two questions that both
            got an answer; two questions are the same when the same answer serves them.
        again_similarity: From here on a later question of a conversation is the same one again.
        same_statement: Mean similarity from which sentences of agents say the same.
        other_answer_below: Similarity of the agent's answer and the card below which the agent
            said something else.
        unsure_below: Confidence below which a given answer counts as weak.
        max_questions: Most open questions that are grouped; beyond, the newest are kept. 5,000
            take some 20 s of one core and 730 MB beyond the encoder and its time.
        wordings: Typical questions shown for each gap.
        statements: Most sentences of agents in a draft.
        recent_days: Length of the recent window of growth.
    """

    min_conversations: int = 3
    least_similarity: float = 0.24
    words_share: float = 0.4
    answers_share: float = 0.3
    again_similarity: float = 0.6
    same_statement: float = 0.4
    other_answer_below: float = 0.2
    unsure_below: float = 0.6
    max_questions: int = 5_000
    wordings: int = 4
    statements: int = 6
    recent_days: int = 7


DEFAULT_SETTINGS = GapSettings()
