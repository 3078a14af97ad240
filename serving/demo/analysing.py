"""The analysis of each dialogue, computed once by the pipeline and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nlu.redaction import redact_conversation
from serving.analysis import Analysis
from serving.demo.scripts import Script
from serving.demo.speaking import conversation_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from serving.pipeline import Pipeline

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Analysed:
    """A dialogue or a sample of the project, analysed.

    Attributes:
        id: Of the dialogue.
        analysis: What the pipeline concluded.
        recording: The sample's sound; None for a dialogue.
        vectors: float array of shape (n_turns, dim); None: none.
        encoder_sha: Of who made them.
    """

    id: str
    analysis: Analysis
    recording: Path | None = None
    vectors: NDArray[np.floating] | None = None
    encoder_sha: str | None = None

    @cached_property
    def document(self) -> str:
        """The analysis as JSON."""
        return self.analysis.model_dump_json()


class Analysing:
    """Analyses dialogues and samples; what was analysed so before is read.

    Args:
        pipeline: Computes.
        kept: Folder in which analyses are kept, by their fingerprints.
        others: Folders in which the results of ``entendu process`` may lie.
    """

    def __init__(self, pipeline: Pipeline, kept: Path, others: Sequence[Path] = ()) -> None:
        self._pipeline = pipeline
        self._kept = kept
        self._others = others

    def all(
        self, scripts: Sequence[Script], samples: Path, progress: Progress
    ) -> Iterator[Analysed]:
        """Yield the analysis of each dialogue.

        Args:
            scripts: The dialogues.
            samples: Folder of those that are files.
            progress: Told how far it is.
        """
        self._kept.mkdir(parents=True, exist_ok=True)
        for done, script in enumerate(scripts):
            progress("analyses", done, len(scripts))
            yield self._one(script, samples)
        progress("analyses", len(scripts), len(scripts))

    def _one(self, script: Script, samples: Path) -> Analysed:
        if script.sample is not None:
            path = samples / script.sample
            decoded = self._pipeline.decode(path)
            found = self._known(decoded.fingerprint) or self._keep(self._pipeline.analyse(path))
            return self._with_vectors(script.id, found, path if decoded.form == "sound" else None)
        conversation = conversation_of(script, name_of(script))
        decoded = self._pipeline.decode(conversation, language="fr")
        found = self._known(decoded.fingerprint) or self._keep(
            self._pipeline.analyse_conversation(conversation, language="fr")
        )
        return self._with_vectors(script.id, found)

    def _with_vectors(
        self, identifier: str, analysis: Analysis, recording: Path | None = None
    ) -> Analysed:
        vectors, encoder_sha = self._vectors(analysis)
        return Analysed(identifier, analysis, recording, vectors, encoder_sha)

    def _vectors(self, analysis: Analysis) -> tuple[NDArray[np.floating] | None, str | None]:
        import numpy as np

        path = self._kept / f"{analysis.fingerprint}.npz"
        if path.is_file():
            with np.load(path) as kept:
                return kept["vectors"], str(kept["encoder"])
        masked = redact_conversation(analysis.conversation, analysis.understanding.personal_data)
        found = self._pipeline.turn_vectors(masked.conversation)
        if found is None:
            return None, None
        part = path.with_suffix(".part.npz")
        np.savez(part, vectors=found[0], encoder=np.array(found[1]))
        part.replace(path)
        return found

    def _known(self, fingerprint: str) -> Analysis | None:
        path = self._kept / f"{fingerprint}.json"
        if path.is_file():
            return Analysis.model_validate_json(path.read_bytes())
        for folder in self._others:
            for path in folder.glob("*.json"):
                text = path.read_text("utf-8")
                if fingerprint in text:
                    return Analysis.model_validate_json(text)
        return None

    def _keep(self, analysis: Analysis) -> Analysis:
        path = self._kept / f"{analysis.fingerprint}.json"
        written = path.with_suffix(".part")
        written.write_text(analysis.model_dump_json(), "utf-8")
        written.replace(path)
        return analysis


def name_of(script: Script) -> str:
    """Return the id of a dialogue's conversation before it is replayed."""
    return f"demo.{script.id}"
