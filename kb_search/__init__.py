"""Knowledge bases: documents in, passages and answers with their source out, or an honest no."""

from kb_search.answers import Answer, Citation, Hit
from kb_search.documents import Document, Metadata, Passage, Problem
from kb_search.evaluation import SearchResult, evaluate_search
from kb_search.ingest import read_document, read_folder
from kb_search.knowledge_base import KnowledgeBase
from kb_search.settings import IngestSettings

__all__ = [
    "Answer",
    "Citation",
    "Document",
    "Hit",
    "IngestSettings",
    "KnowledgeBase",
    "Metadata",
    "Passage",
    "Problem",
    "SearchResult",
    "evaluate_search",
    "read_document",
    "read_folder",
]
