"""Passages found by meaning and by words."""

from kb_search.index.passage_index import Match, PassageIndex, Ranking

__all__ = ["Match", "PassageIndex", "Ranking"]
