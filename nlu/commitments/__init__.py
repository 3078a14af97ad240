"""Who promised what, by when."""

from __future__ import annotations

from nlu.commitments.commitment import COMMITMENT_KINDS, Commitment, CommitmentKind, Promiser
from nlu.commitments.finding import find_commitments

__all__ = ["COMMITMENT_KINDS", "Commitment", "CommitmentKind", "Promiser", "find_commitments"]
