"""The tables of the store, a file for each area; their changes over time are in ``migrations/``."""

from serving.store.tables.access import (
    AuditHeadRow,
    AuditRow,
    CounterRow,
    KeyRow,
    SessionRow,
    SignInRow,
)
from serving.store.tables.backups import BackupRow
from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime
from serving.store.tables.board import BoardFactsRow, BoardReportRow
from serving.store.tables.conversations import (
    AnalysisRow,
    CategoryRow,
    ConversationRow,
    RecordingRow,
)
from serving.store.tables.definitions import DefinitionUseRow, PublishedReasonsRow
from serving.store.tables.dialogues import (
    AssistSessionRow,
    BotReplyRow,
    BotSessionRow,
    CardEventRow,
)
from serving.store.tables.intake import IdempotencyRow, ImportedVconRow
from serving.store.tables.jobs import JobRow, JobStageRow, WorkerRow
from serving.store.tables.notes import NoteRow
from serving.store.tables.privacy import ConsentRow, KeptScorecardRow, RemovalRow
from serving.store.tables.reviews import (
    AssignmentRow,
    EvaluationRow,
    ReviewEventRow,
    SampleRow,
)
from serving.store.tables.turns import TurnRow, TurnVectorsRow
from serving.store.tables.webhooks import WebhookDeliveryRow, WebhookRow
from serving.store.tables.written import ReplyRow

__all__ = [
    "DEFAULT_TEAM",
    "AnalysisRow",
    "AssignmentRow",
    "AssistSessionRow",
    "AuditHeadRow",
    "AuditRow",
    "BackupRow",
    "Base",
    "BoardFactsRow",
    "BoardReportRow",
    "BotReplyRow",
    "BotSessionRow",
    "CardEventRow",
    "CategoryRow",
    "ConsentRow",
    "ConversationRow",
    "CounterRow",
    "DefinitionUseRow",
    "EvaluationRow",
    "IdempotencyRow",
    "ImportedVconRow",
    "JobRow",
    "JobStageRow",
    "KeptScorecardRow",
    "KeyRow",
    "NoteRow",
    "PublishedReasonsRow",
    "RecordingRow",
    "RemovalRow",
    "ReplyRow",
    "ReviewEventRow",
    "SampleRow",
    "SessionRow",
    "SignInRow",
    "TurnRow",
    "TurnVectorsRow",
    "UtcDateTime",
    "WebhookDeliveryRow",
    "WebhookRow",
    "WorkerRow",
]
