"""Contrastive training of a sentence encoder, from pairs to a folder that is loaded."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conversation import ModelReference
from conversation.errors import BadInput
from models.conversion import compile_encoder
from models.ctranslate2_encoder import CTranslate2Encoder
from models.device import Compute
from models.encoder_training.card import write_card
from models.encoder_training.checkpoint import Checkpoint
from models.encoder_training.pairs import (
    TextTable,
    TrainingPair,
    fingerprint,
    number_texts,
    split_pairs,
)
from models.encoder_training.ranking import HeldOutTask, RankingFigures, mean_mrr
from models.encoder_training.report import EncoderReport, PairCount
from models.encoder_training.run import TrainingRun
from models.encoder_training.settings import EncoderTraining
from models.layered_encoder import LayeredEncoder
from models.sentence_folder import SentenceFolder, read_sentence_folder

if TYPE_CHECKING:
    import numpy as np

Keep = Literal["always", "better"]
Progress = Callable[[str, float, float], None]
INT8_FOLDER = "int8"
"""Subfolder of the encoder in int8."""


def train_encoder(
    folder: SentenceFolder,
    reference: ModelReference,
    pairs: Sequence[TrainingPair],
    out: Path,
    *,
    compute: Compute,
    settings: EncoderTraining | None = None,
    keep: Keep = "better",
    resume: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> EncoderReport:
    """Train an encoder so that questions lie near the passages that answer them.

    Only the upper layers learn. What is kept is measured as it will be used: compiled to int8,
    before and after, on pairs whose passages were not trained on.

    Args:
        folder: The encoder to start from; BERT-like, mean pooling.
        reference: Its name and content, for the card.
        pairs: To train on, and held out.
        out: Folder to write: the encoder as a sentence-transformers folder with float16 weights,
            its card, and ``int8``, the compiled form. Beside it, ``NAME.training`` holds the
            checkpoint until all is done.
        compute: Device and threads.
        settings: Rates, batches and so on.
        keep: ``better``: ``out`` is written only when the mean over the sources of the held-out
            MRR@10 grew; ``always``: in any case.
        resume: Go on from the checkpoint, where there is one.
        progress: Called with (what is done, done, in all).
        clock: Seconds that only go forward.

    Returns:
        What was done, with all figures.

    Raises:
        BadInput: The encoder is not of a kind that can be trained here.
        DatasetInvalid: There are too few pairs.
        ModelCorrupt: The checkpoint is damaged, or belongs to other pairs, settings or weights.
    """
    import numpy as np
    import torch

    settings = settings or EncoderTraining()
    if not folder.suits_ctranslate2 or folder.pooling != "mean":
        raise BadInput(
            f"{folder.path.name} ({folder.architecture or 'unknown architecture'}, "
            f"{folder.pooling or 'other'} pooling) cannot be trained, expected a BERT-like "
            "encoder with mean pooling",
            remedy="start from multilingual-e5-small or entendu-encoder-fr-en",
        )
    report = progress or _no_progress
    started = clock()
    train, held_out = split_pairs(pairs, settings.held_out, settings.seed)
    ordered = [*train, *held_out]
    table = number_texts(ordered)
    positions = np.arange(len(ordered))
    task = HeldOutTask(table, ordered, positions[len(train) :].tolist(), settings.seed)
    checkpoint = Checkpoint(
        out.with_name(f"{out.name}.training"),
        of=f"{fingerprint(ordered)} {settings.model_dump_json()} {reference.model_dump_json()}",
    )
    state = checkpoint.read() if resume else None
    with _threads(compute.threads), torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        encoder = LayeredEncoder(
            folder, table.texts, trained_layers=settings.trained_layers,
            max_tokens=settings.max_tokens, compute=compute, kinds=table.kinds,
            progress=lambda done, total: report("Reading the texts", done, total),
        )  # fmt: skip
        run = TrainingRun(
            encoder, table, [pair.source for pair in train], task, settings,
            progress=report, checkpoint=checkpoint, clock=clock,
        )  # fmt: skip
        if state is not None:
            run.restore(state)
        resumed_at = run.step if state is not None else None
        run.train()
        draft = out.with_name(f".{out.name}.draft")
        encoder.save(draft)
    try:
        report("Measuring", 0, 2)
        compile_encoder(read_sentence_folder(draft), draft / INT8_FOLDER)
        before_folder = draft / "before"
        if not folder.compiled:
            compile_encoder(folder, before_folder)
        start = folder if folder.compiled else read_sentence_folder(before_folder)
        before = _measured(start, reference, table, task, compute)
        report("Measuring", 1, 2)
        tuned = read_sentence_folder(draft / INT8_FOLDER)
        after = _measured(tuned, ModelReference(name=out.name), table, task, compute)
        report("Measuring", 2, 2)
        shutil.rmtree(before_folder, ignore_errors=True)
        won = run.best_step > 0 and mean_mrr(after) > mean_mrr(before)
        result = EncoderReport(
            start=reference, settings=settings, pairs=_counted(train), held_out=_counted(held_out),
            steps=run.step, best_step=run.best_step, stopped_early=run.stopped_early,
            looks=tuple(run.looks), before=before, after=after, kept=won or keep == "always",
            resumed_at=resumed_at, train_s=round(clock() - started, 1),
        )  # fmt: skip
        if result.kept:
            for place in (draft, draft / INT8_FOLDER):
                write_card(place, out.name, result)
            shutil.rmtree(out, ignore_errors=True)
            draft.replace(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    checkpoint.remove()
    return result


def _measured(
    folder: SentenceFolder,
    reference: ModelReference,
    table: TextTable,
    task: HeldOutTask,
    compute: Compute,
) -> dict[str, RankingFigures]:
    """Return the held-out figures of an encoder as it is used: on a CPU in int8."""
    cpu = Compute(device="cpu", compute_type="int8", threads=compute.threads)
    encoder = CTranslate2Encoder(folder, reference, cpu, "int8", kept_in=folder.path)

    def encoded(numbers: np.ndarray, kind: Literal["query", "passage"]) -> np.ndarray:
        return encoder.encode([table.texts[number] for number in numbers], kind=kind)

    return task.figures(encoded(task.questions, "query"), encoded(task.passages, "passage"))


def _counted(pairs: Sequence[TrainingPair]) -> tuple[PairCount, ...]:
    """Count the pairs by source, language and licence."""
    counts: dict[tuple[str, str, str], int] = {}
    for pair in pairs:
        key = (pair.source, pair.lang, pair.licence)
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        PairCount(source=source, lang=lang, licence=licence, pairs=count)
        for (source, lang, licence), count in sorted(counts.items())
    )


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _no_progress(_what: str, _done: float, _total: float) -> None:
    """Show nothing."""
