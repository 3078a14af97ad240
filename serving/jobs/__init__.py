"""Durable jobs: asked for once, done once, whatever is killed meanwhile."""

from serving.jobs.kinds import Kind, Kinds, Stage, Work, task
from serving.jobs.queue import DEFAULT_LEASE_S, Jobs
from serving.jobs.retrying import MAX_ATTEMPTS
from serving.jobs.values import FINAL, Job, JobPage, JobState, Priority

__all__ = [
    "DEFAULT_LEASE_S",
    "FINAL",
    "MAX_ATTEMPTS",
    "Job",
    "JobPage",
    "JobState",
    "Jobs",
    "Kind",
    "Kinds",
    "Priority",
    "Stage",
    "Work",
    "task",
]
