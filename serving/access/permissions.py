"""What can be allowed, and what each role is allowed."""

from __future__ import annotations

from enum import StrEnum

from serving.access.principal import Role


class Permission(StrEnum):
    """One thing that can be allowed; also the name of a scope of a key."""

    CONVERSATIONS_WRITE = "conversations:write"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_EXPORT = "conversations:export"
    CONVERSATIONS_ERASE = "conversations:erase"
    CONVERSATIONS_UNMASK = "conversations:unmask"
    JOBS_READ = "jobs:read"
    JOBS_MANAGE = "jobs:manage"
    KNOWLEDGE_ASK = "knowledge:ask"
    KNOWLEDGE_READ = "knowledge:read"
    KNOWLEDGE_WRITE = "knowledge:write"
    ASSIST_USE = "assist:use"
    BOT_USE = "bot:use"
    WRITTEN_ANSWER = "written:answer"
    LIVE_USE = "live:use"
    TRANSCRIPTIONS_USE = "transcriptions:use"
    EMBEDDINGS_USE = "embeddings:use"
    CHAT_USE = "chat:use"
    REDACTION_USE = "redaction:use"
    SCORECARDS_READ = "scorecards:read"
    SCORECARDS_WRITE = "scorecards:write"
    DEFINITIONS_USE = "definitions:use"
    EVALUATIONS_READ = "evaluations:read"
    EVALUATIONS_REVIEW = "evaluations:review"
    EVALUATIONS_ANSWER = "evaluations:answer"
    EVALUATIONS_ASSIGN = "evaluations:assign"
    REASONS_READ = "reasons:read"
    MODELS_READ = "models:read"
    KPI_READ = "kpi:read"
    METRICS_READ = "metrics:read"
    CONSENT_RECORD = "consent:record"
    PRIVACY_MANAGE = "privacy:manage"
    WEBHOOKS_MANAGE = "webhooks:manage"
    KEYS_MANAGE = "keys:manage"
    CUSTOMER_TOKENS_MINT = "customer-tokens:mint"
    AUDIT_READ = "audit:read"


_P = Permission
_CUSTOMER = {_P.BOT_USE, _P.KNOWLEDGE_ASK, _P.CHAT_USE}
_AGENT = {
    *_CUSTOMER, _P.CONVERSATIONS_WRITE, _P.CONVERSATIONS_READ, _P.JOBS_READ, _P.KNOWLEDGE_READ,
    _P.ASSIST_USE, _P.WRITTEN_ANSWER, _P.LIVE_USE, _P.TRANSCRIPTIONS_USE, _P.EMBEDDINGS_USE,
    _P.REDACTION_USE,
    _P.SCORECARDS_READ, _P.EVALUATIONS_READ, _P.EVALUATIONS_ANSWER, _P.REASONS_READ,
    _P.MODELS_READ, _P.CONSENT_RECORD,
}  # fmt: skip
_ANALYST = {
    *_CUSTOMER, _P.CONVERSATIONS_READ, _P.JOBS_READ, _P.KNOWLEDGE_READ, _P.EMBEDDINGS_USE,
    _P.REDACTION_USE, _P.SCORECARDS_READ, _P.EVALUATIONS_READ, _P.EVALUATIONS_REVIEW,
    _P.REASONS_READ, _P.MODELS_READ, _P.KPI_READ,
}  # fmt: skip
_SUPERVISOR = {
    *_AGENT, *_ANALYST, _P.CONVERSATIONS_EXPORT, _P.CONVERSATIONS_UNMASK, _P.JOBS_MANAGE,
    _P.KNOWLEDGE_WRITE, _P.SCORECARDS_WRITE, _P.EVALUATIONS_ASSIGN,
}  # fmt: skip

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.CUSTOMER: frozenset(_CUSTOMER),
    Role.AGENT: frozenset(_AGENT),
    Role.ANALYST: frozenset(_ANALYST),
    Role.SUPERVISOR: frozenset(_SUPERVISOR),
    Role.ADMIN: frozenset(Permission),
}
"""A role's permissions; a key's scopes can only narrow them."""
