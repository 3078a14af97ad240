"""Everything served: pipeline, store, jobs, HTTP API, reports and the command line."""

from serving.version import entendu_version

__all__ = ["entendu_version"]
