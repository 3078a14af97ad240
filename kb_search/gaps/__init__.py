"""Knowledge gaps: what customers ask without a good answer, and what agents say to it."""

from kb_search.gaps.finding import find_gaps
from kb_search.gaps.items import AskedQuestion, Feedback
from kb_search.gaps.nearest import Library
from kb_search.gaps.replies import PersonalDataFinder
from kb_search.gaps.report import Gap, GapReport, Growth, NearestArticle, Quoted, Statement
from kb_search.gaps.settings import GapSettings

__all__ = [
    "AskedQuestion",
    "Feedback",
    "Gap",
    "GapReport",
    "GapSettings",
    "Growth",
    "Library",
    "NearestArticle",
    "PersonalDataFinder",
    "Quoted",
    "Statement",
    "find_gaps",
]
