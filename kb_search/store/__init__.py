"""A knowledge base that Entendu keeps itself: documents in, documents out, always whole."""

from kb_search.store.knowledge_store import KnowledgeStore
from kb_search.store.report import IngestReport, StoreUnusable

__all__ = ["IngestReport", "KnowledgeStore", "StoreUnusable"]
