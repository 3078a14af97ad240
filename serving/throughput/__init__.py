"""Models shared by all requests: batched across callers, in turn, bounded."""

from serving.throughput.pool import ModelPool
from serving.throughput.work import Priority, Work, working

__all__ = ["ModelPool", "Priority", "Work", "working"]
