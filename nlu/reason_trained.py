"""A scorer of reasons that was trained, kept in a folder.

The folder holds ``reasons.npz`` (arrays), ``reasons.json`` (everything else, and the SHA-256 of
the arrays), ``README.md`` (the model card) and, after fine-tuning, ``encoder/``: a
sentence-transformers folder. Loaded again it gives the same answers.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from conversation import ModelReference
from conversation.errors import BadInput, ModelCorrupt, ModelMissing
from nlu.background import load_background
from nlu.linear import log_softmax
from nlu.nearness import nearness
from nlu.reason_classifier import ReasonClassifier
from nlu.reason_finetuning import load_tuned
from nlu.reason_scorer import ReasonScorer, Scores, scorer_for
from nlu.reason_settings import DEFAULT_SETTINGS, ReasonSettings, VoteSettings
from nlu.reason_vectors import encode_sentences
from nlu.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from models import Compute, Encoder

Array = NDArray[np.float32]

FACTS_NAME = "reasons.json"
ARRAYS_NAME = "reasons.npz"
ENCODER_NAME = "encoder"

MOST_DOUBT = 0.5
"""Where in scope and out of scope are as probable: no threshold for scope alone is above it."""

_FORMAT = 1
_SERVICE_SCALE = 16.0
_SUBREASON_SCALE = 12.0


@dataclass(frozen=True, eq=False)
class TrainedScorer:
    """Judges texts against the reasons of a taxonomy as labelled texts taught it.

    Attributes:
        taxonomy: The reasons it tells apart.
        classifier: What was trained; its labels are codes of the taxonomy, of either level.
        settings: When a reason is sure enough, the threshold being the one that was fitted.
        service: What every centre hears and what says nothing of the reason: vectors of shape
            (n_sentences, dim), of the frozen encoder.
        outside: Sentences of other trades, the same way.
        encoder_sha256: Of the frozen encoder; None when it is not known.
        reference: Name and hash of the folder it was loaded from.
    """

    taxonomy: Taxonomy
    classifier: ReasonClassifier
    settings: ReasonSettings
    service: Array
    outside: Array
    encoder_sha256: str | None
    reference: ModelReference | None = None

    name = "trained"

    def score(self, texts: Sequence[str], vectors: Array) -> Scores:
        """Judge texts against the reasons of level 1.

        A text that looks out of scope gives its share to the reason for what is out of scope,
        or to none when it sounds like a greeting.

        Args:
            texts: Any texts.
            vectors: Theirs, ``encoder.encode(texts, kind="query")``, of shape (n_texts, dim).

        Returns:
            The probabilities.
        """
        codes = [reason.code for reason in self.taxonomy.reasons]
        judged = self.classifier.judge(texts, vectors)
        reasons = np.zeros((len(texts), len(codes)), dtype=np.float32)
        for column, label in enumerate(self.classifier.labels):
            parent = self.taxonomy.parent(label)
            position = codes.index(parent.code if parent else label)
            reasons[:, position] += judged.labels[:, column] * judged.in_scope
        rest = (1 - judged.in_scope).astype(np.float32)
        outside = next(
            (i for i, r in enumerate(self.taxonomy.reasons) if r.role == "out_of_scope"), None
        )
        if outside is None or not texts:
            return Scores(reasons, rest)
        centred = self.classifier.centred(vectors)
        lead = nearness(centred, self.classifier.centred(self.service))
        lead -= nearness(centred, self.classifier.centred(self.outside))
        service = (rest / (1 + np.exp(-_SERVICE_SCALE * lead))).astype(np.float32)
        reasons[:, outside] += rest - service
        return Scores(reasons, service)

    def subreasons(self, code: str, vectors: Array) -> Array:
        """Judge texts against the level 2 of a reason.

        Args:
            code: Of level 1.
            vectors: Of the texts, of shape (n_texts, dim).

        Returns:
            float32 array of shape (n_texts, n_subreasons); rows sum to 1, less what belongs to
            the level 1 alone. A level 2 without a training text has 0.
        """
        reason = next(r for r in self.taxonomy.reasons if r.code == code)
        names = [sub.code for sub in reason.subreasons]
        result = np.zeros((len(vectors), len(names)), dtype=np.float32)
        known = [name for name in [*names, code] if name in self.classifier.labels]
        if not any(name in names for name in known) or not len(vectors):
            return result
        centred = self.classifier.centred(vectors)
        near = [nearness(centred, self.classifier.of_label(name)) for name in known]
        shares = np.exp(log_softmax(_SUBREASON_SCALE * np.stack(near, axis=1)))
        for column, name in enumerate(known):
            if name in names:
                result[:, names.index(name)] = shares[:, column]
        return result


def trained_scorer(
    classifier: ReasonClassifier, taxonomy: Taxonomy, encoder: Encoder
) -> TrainedScorer:
    """Make a scorer of a classifier.

    Args:
        classifier: Its labels are codes of the taxonomy.
        taxonomy: The reasons.
        encoder: The frozen one that the classifier was trained with.
    """
    background = load_background()
    votes = replace(VoteSettings(), temperature=1.0)  # one text alone keeps its probability
    scope = classifier.settled.in_scope(np.array([classifier.threshold], dtype=np.float32))
    threshold = max(classifier.least_probability, min(float(scope[0]), MOST_DOUBT))
    return TrainedScorer(
        taxonomy=taxonomy,
        classifier=classifier,
        settings=replace(DEFAULT_SETTINGS, threshold=threshold, votes=votes),
        service=_kept(encode_sentences(background.service.texts(), encoder)),
        outside=_kept(encode_sentences(background.out_of_scope.texts(), encoder)),
        encoder_sha256=encoder.reference.sha256,
    )


def save_trained(scorer: TrainedScorer, folder: Path, *, report: Mapping[str, Any]) -> None:
    """Write a scorer's arrays and facts; an ``encoder/`` that is there stays.

    Args:
        scorer: What to keep.
        folder: Where; made when it is not there.
        report: How it was trained, as JSON values; kept beside the facts.
    """
    buffer = io.BytesIO()
    arrays = {
        **scorer.classifier.arrays(),
        "service": scorer.service.astype(np.float16),
        "outside": scorer.outside.astype(np.float16),
    }
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    facts = {
        "format": _FORMAT,
        "sha256": sha256(buffer.getvalue()).hexdigest(),
        "fine_tuned": scorer.classifier.fine_tuned,
        "encoder_sha256": scorer.encoder_sha256,
        "classifier": scorer.classifier.facts(),
        "settings": asdict(scorer.settings),
        "taxonomy": scorer.taxonomy.model_dump(mode="json"),
        "report": dict(report),
    }
    if scorer.classifier.fine_tuned:
        facts["tuned_sha256"] = _hash(folder / ENCODER_NAME / "model.safetensors")
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    for name, content in ((ARRAYS_NAME, buffer.getvalue()), (FACTS_NAME, text.encode())):
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_bytes(content)
        draft.replace(folder / name)


def load_trained(
    folder: Path, encoder: Encoder, *, compute: Compute | None = None
) -> TrainedScorer:
    """Read what :func:`save_trained` wrote.

    Args:
        folder: The folder.
        encoder: The frozen encoder, the same that it was trained with.
        compute: Device and threads of an encoder that was fine-tuned; found out when None.

    Raises:
        ModelMissing: A file is not there.
        ModelCorrupt: A file does not have its SHA-256, or the files do not belong together.
        BadInput: The encoder is another one.
    """
    for name in (FACTS_NAME, ARRAYS_NAME):
        if not (folder / name).is_file():
            raise ModelMissing(
                f"{folder / name} does not exist",
                remedy=f"train the reasons again: entendu train reasons DATA --out {folder}",
            )
    try:
        return _read(folder, encoder, compute)
    except (ValueError, KeyError, TypeError, OSError, ValidationError) as error:
        raise ModelCorrupt(
            f"{folder} does not hold trained reasons: {error}",
            remedy="restore its files, or train the reasons again",
        ) from error


def load_reason_scorer(
    source: str | Path | None, encoder: Encoder, *, compute: Compute | None = None
) -> ReasonScorer:
    """Load what judges reasons, however it came to be.

    Args:
        source: None for all shipped taxonomies; the name of one; the path of a taxonomy's YAML
            file (zero-shot from labels and definitions, few-shot from examples); or the folder
            that ``entendu train reasons`` wrote.
        encoder: Of all texts.
        compute: As for :func:`load_trained`.

    Returns:
        The scorer for :func:`nlu.reasons.find_reasons`.

    Raises:
        NotFound: No taxonomy, file or folder has this name.
        DefinitionInvalid: The YAML file breaks a rule.
        ModelMissing: The folder lacks a file.
        ModelCorrupt: The folder's files are not what they should be.
    """
    if source is not None and Path(source).is_dir():
        return load_trained(Path(source), encoder, compute=compute)
    return scorer_for(load_taxonomy(source), encoder)


def _read(folder: Path, encoder: Encoder, compute: Compute | None) -> TrainedScorer:
    from models.finetuning import FineTuned

    content = (folder / ARRAYS_NAME).read_bytes()
    digest = sha256(content).hexdigest()
    facts = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
    if facts["format"] != _FORMAT or facts["sha256"] != digest:
        raise ValueError(f"the SHA-256 of {ARRAYS_NAME} is {digest}, expected {facts['sha256']}")
    known = facts["encoder_sha256"]
    if known and encoder.reference.sha256 and known != encoder.reference.sha256:
        raise BadInput(
            f"{folder} was trained with another encoder than {encoder.name} (SHA-256 {known[:12]}…,"
            f" got {encoder.reference.sha256[:12]}…)",
            remedy="use the encoder that its README.md names, or train the reasons again",
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    tuned = None
    if facts["fine_tuned"]:
        weights = folder / ENCODER_NAME / "model.safetensors"
        if _hash(weights) != facts["tuned_sha256"]:
            raise ValueError(f"{weights} does not have the SHA-256 {facts['tuned_sha256']}")
        head = FineTuned(weights=arrays["tuned_weights"], bias=arrays["tuned_bias"])
        tuned = load_tuned(folder / ENCODER_NAME, head, compute)
    settings = dict(facts["settings"])
    votes = VoteSettings(**settings.pop("votes"))
    return TrainedScorer(
        taxonomy=Taxonomy.model_validate(facts["taxonomy"]),
        classifier=ReasonClassifier.from_parts(facts["classifier"], arrays, tuned=tuned),
        settings=ReasonSettings(**settings, votes=votes),
        service=arrays["service"].astype(np.float32),
        outside=arrays["outside"].astype(np.float32),
        encoder_sha256=known,
        reference=ModelReference(name=folder.name, sha256=digest),
    )


def _kept(vectors: Array) -> Array:
    """Return vectors as they are stored, so that a loaded scorer answers as the trained one."""
    return vectors.astype(np.float16).astype(np.float32)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
