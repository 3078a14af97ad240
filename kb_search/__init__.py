"""Knowledge bases: documents in, passages and answers with their source out, or an honest no."""

from kb_search.answers import Answer, Choice, Citation, Clarification, Hit
from kb_search.channels import ChannelAnswer, channel_answer
from kb_search.documents import Document, Metadata, Passage, Problem
from kb_search.evaluation import SearchResult, evaluate_search
from kb_search.filters import Filters
from kb_search.ingest import read_document, read_folder
from kb_search.knowledge_base import KnowledgeBase
from kb_search.rewriting import rewrite_answer
from kb_search.settings import IngestSettings
from kb_search.store import IngestReport, KnowledgeStore, StoreUnusable

__all__ = [
    "Answer",
    "ChannelAnswer",
    "Choice",
    "Citation",
    "Clarification",
    "Document",
    "Filters",
    "Hit",
    "IngestReport",
    "IngestSettings",
    "KnowledgeBase",
    "KnowledgeStore",
    "Metadata",
    "Passage",
    "Problem",
    "SearchResult",
    "StoreUnusable",
    "channel_answer",
    "evaluate_search",
    "read_document",
    "read_folder",
    "rewrite_answer",
]
