"""One sentence encoder for all callers: their texts are encoded together."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation import ModelReference
from conversation.errors import BadInput, Conflict, Overloaded
from models.token_batches import token_batches
from serving.operation.metrics import BATCH_SIZE
from serving.throughput.fair_queue import Call, FairQueue, Waiting
from serving.throughput.model_handle import ModelHandle
from serving.throughput.thread_budget import ThreadBudget
from serving.throughput.vector_cache import Key, VectorCache, key_of
from serving.throughput.work import Priority, Work, current_work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import TokenEncoder, TokenizedText
    from models.encoder import Kind

logger = logging.getLogger("entendu.models")

_LOOK_S = 0.5
"""How often a batch that waits for room looks whether its caller is still there."""

_MOST_RETRY_S = 30.0

_PASSES = 2
"""Texts for so many passes are taken at once and sorted by length: shorter ones that stand beside
long ones are padded to their length, and padding takes as long as text."""


@dataclass(frozen=True)
class Submitted:
    """Texts that were queued.

    Attributes:
        vectors: float32 array of shape (n_texts, dim), once it is there; who cancels it before
            gives the texts up.
        tokens: How many tokens of them are read, those of a text that comes twice twice.
    """

    vectors: Future[NDArray[np.float32]]
    tokens: int


class BatchedEncoder:
    """The encoder of :class:`models.Encoder` for any number of threads.

    Texts of several callers are encoded together, up to ``batch_tokens`` tokens at a time. A
    lone text is not kept waiting: for company, up to ``batch_wait_s``, waits only what comes
    when the batch before had several callers. Texts that are known (see
    :class:`VectorCache`) or being encoded already are not encoded again.

    Args:
        handle: Of the loaded encoder.
        reference: The model by name and content, without loading it.
        budget: Gives the threads.
        cache: Of vectors.
        batch_tokens: Most tokens that are encoded together, padding included.
        batch_wait_s: How long a batch waits for company.
        queue_tokens: When so many tokens wait, more is refused; work of the batch waits instead.
    """

    def __init__(
        self,
        handle: ModelHandle[TokenEncoder],
        *,
        reference: ModelReference,
        budget: ThreadBudget,
        cache: VectorCache,
        batch_tokens: int,
        batch_wait_s: float,
        queue_tokens: int,
    ) -> None:
        self._handle = handle
        self._reference = reference
        self._budget = budget
        self._cache = cache
        self._batch_tokens = batch_tokens
        self._batch_wait_s = batch_wait_s
        self._queue_tokens = queue_tokens
        self._changed = threading.Condition()
        self._queue = FairQueue()
        self._flying: dict[Key, Waiting] = {}
        self._workers: list[threading.Thread] = []
        self._is_closed = False
        self._had_company = False
        self._tokens_per_s = 2000.0  # of one lane; measured as it goes on
        self._dim: int | None = None

    @property
    def name(self) -> str:
        """Of the model."""
        return self._reference.name

    @property
    def reference(self) -> ModelReference:
        """The model by name and content; it need not be loaded for that."""
        return self._reference

    @property
    def dim(self) -> int:
        """Length of a vector."""
        if self._dim is None:
            with self._handle.use() as encoder:
                self._dim = encoder.dim
        return self._dim

    @property
    def queued_tokens(self) -> int:
        """How many tokens wait."""
        with self._changed:
            return self._queue.tokens

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory: then to submit a few texts takes no time."""
        return self._dim is not None and self._handle.is_loaded

    def tokenize(self, texts: Sequence[str], *, kind: Kind = "query") -> list[TokenizedText]:
        """Tokenize texts, as :meth:`models.TokenEncoder.tokenize` says."""
        with self._handle.use() as encoder:
            return encoder.tokenize(texts, kind=kind)

    def text_of_tokens(self, tokens: Sequence[int]) -> str:
        """Return a text, as :meth:`models.TokenEncoder.text_of_tokens` says."""
        with self._handle.use() as encoder:
            return encoder.text_of_tokens(tokens)

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts, as :meth:`models.Encoder.encode` says, on behalf of the current work.

        Raises:
            BadInput: ``texts`` is one string, or ``kind`` is not known.
            Overloaded: Too much waits already.
            CallerGone: The caller went away.
        """
        work = current_work()
        future = self.submit(texts, kind=kind, work=work).vectors
        with work.telling(future.cancel):
            try:
                return future.result()
            finally:
                work.check()

    def submit(
        self, texts: Sequence[str], *, kind: Kind = "query", work: Work | None = None
    ) -> Submitted:
        """Queue texts.

        Args:
            texts: Any number.
            kind: As for :meth:`encode`.
            work: On whose behalf; the current work when None.

        Returns:
            Their vectors to come.

        Raises:
            BadInput: ``texts`` is one string, or ``kind`` is not known.
            Overloaded: Too much waits already, and the work is none of the batch.
            CallerGone: The caller went away.
        """
        import numpy as np

        work = work or current_work()
        work.check()
        if isinstance(texts, str) or kind not in {"query", "passage"}:
            raise BadInput(
                f"expected a list of texts and a kind, got {type(texts).__name__} and {kind!r}",
                remedy="use [text], and 'query' or 'passage'",
            )
        given = [text.strip() for text in texts]
        keys = [key_of(kind, text) for text in given]
        call = Call(np.empty((len(given), self.dim), dtype=np.float32), left=len(given))
        missing: dict[Key, str] = {}
        rows: dict[Key, list[int]] = {}
        n_tokens = 0
        for row, (key, text) in enumerate(zip(keys, given, strict=True)):
            known = self._cache.get(key)
            if known is not None:
                call.vectors[row] = known.vector
                call.left -= 1
                n_tokens += known.tokens
            else:
                missing[key] = text
                rows.setdefault(key, []).append(row)
        if not missing:
            call.future.set_result(call.vectors)
            return Submitted(call.future, n_tokens)
        read = dict(zip(missing, self.tokenize(list(missing.values()), kind=kind), strict=True))
        self._enqueue(call, read, rows, work)
        call.future.add_done_callback(lambda future: self._give_up(call, future.cancelled()))
        n_tokens += sum(len(text) * len(rows[key]) for key, text in read.items())
        return Submitted(call.future, n_tokens)

    def close(self) -> None:
        """Refuse what comes, give up what waits, and end the threads."""
        with self._changed:
            self._is_closed = True
            given_up = self._queue.take(self._queue.tokens)
            self._changed.notify_all()
        self._fail(given_up, _closed())
        for worker in self._workers:
            worker.join()
        self._workers.clear()

    def _enqueue(
        self,
        call: Call,
        missing: dict[Key, TokenizedText],
        rows: dict[Key, list[int]],
        work: Work,
    ) -> None:
        caller = work.name
        with self._changed:
            self._wait_for_room(work)
            for key, text in missing.items():
                waiting = self._flying.get(key)
                if waiting is None:
                    waiting = Waiting(key, text, work.priority)
                    self._flying[key] = waiting
                    self._queue.add(waiting, caller)
                elif work.priority < waiting.priority and not waiting.is_taken:
                    self._queue.raise_priority(waiting, work.priority, caller)
                waiting.calls += [(call, row) for row in rows[key]]
            if not self._workers:
                self._start_workers()
            self._changed.notify_all()

    def _wait_for_room(self, work: Work) -> None:
        while True:
            if self._is_closed:
                raise _closed()
            waiting = self._queue.tokens_before(work.priority)
            if waiting < self._queue_tokens:
                return
            if work.priority is not Priority.BATCH:
                rate = self._tokens_per_s * max(self._budget.threads, 1)
                raise Overloaded(
                    f"{waiting} tokens wait to be encoded, {self._queue_tokens} is the limit",
                    remedy="send it again a little later, or fewer texts at a time",
                    retry_after_s=min(max(waiting / rate / 2, 1.0), _MOST_RETRY_S),
                )
            self._changed.wait(_LOOK_S)
            work.check()

    def _give_up(self, call: Call, cancelled: bool) -> None:
        """Forget what only a caller who went away waited for."""
        if not cancelled:
            return
        with self._changed:
            call.is_gone = True
            for waiting in list(self._flying.values()):
                if not waiting.is_taken and not waiting.is_wanted:
                    self._queue.drop(waiting)
                    del self._flying[waiting.key]
            self._changed.notify_all()

    def _start_workers(self) -> None:
        with self._handle.use() as encoder:
            lanes = min(self._budget.threads, encoder.batches_at_once)
        for number in range(lanes):
            worker = threading.Thread(target=self._work, name=f"encoder-{number}", daemon=True)
            self._workers.append(worker)
            worker.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._is_closed and not len(self._queue):
                    self._changed.wait()
                if self._is_closed:
                    return
                priority = self._queue.first_priority
            with self._budget.short_lane(priority):
                batch = self._gathered()
                if batch:
                    self._encode_batch(batch)

    def _gathered(self) -> list[Waiting]:
        with self._changed:
            if self._had_company:
                until_s = self._queue.oldest_s + self._batch_wait_s
                while (
                    0 < self._queue.tokens < self._batch_tokens
                    and (left_s := until_s - time.monotonic()) > 0
                    and not self._is_closed
                ):
                    self._changed.wait(left_s)
            batch = self._queue.take(self._batch_tokens * _PASSES)
            self._changed.notify_all()  # there is room for more
            return batch

    def _encode_batch(self, batch: list[Waiting]) -> None:
        began_s = time.monotonic()
        try:
            with self._handle.use() as encoder:
                for some in self._passes(batch):
                    vectors = encoder.encode_together([waiting.text for waiting in some])
                    self._deliver(some, vectors)
                    BATCH_SIZE.labels(model=self.name).observe(len(some))
        except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
            self._fail(batch, error)
            return
        took_s = max(time.monotonic() - began_s, 1e-6)
        rate = sum(waiting.tokens for waiting in batch) / took_s
        with self._changed:
            self._had_company = len({id(c) for waiting in batch for c, _ in waiting.calls}) > 1
            self._tokens_per_s += 0.1 * (rate - self._tokens_per_s)

    def _passes(self, batch: list[Waiting]) -> Iterator[list[Waiting]]:
        """Yield the texts of each pass: of one kind, and about equally long."""
        for kind in sorted({waiting.text.kind for waiting in batch}):
            some = [waiting for waiting in batch if waiting.text.kind == kind]
            lengths = [waiting.tokens for waiting in some]
            for places in token_batches(lengths, self._batch_tokens):
                yield [some[place] for place in places]

    def _deliver(self, batch: list[Waiting], vectors: NDArray[np.float32]) -> None:
        done: list[Call] = []
        with self._changed:
            for waiting, vector in zip(batch, vectors, strict=True):
                self._flying.pop(waiting.key, None)
                self._cache.put(waiting.key, vector, waiting.tokens)
                for call, row in waiting.calls:
                    call.vectors[row] = vector
                    call.left -= 1
                    if call.left == 0 and not call.is_settled:
                        call.is_settled = True
                        done.append(call)
        for call in done:
            if call.future.set_running_or_notify_cancel():
                call.future.set_result(call.vectors)

    def _fail(self, batch: list[Waiting], error: Exception) -> None:
        failed: list[Call] = []
        with self._changed:
            for waiting in batch:
                self._flying.pop(waiting.key, None)
                for call, _ in waiting.calls:
                    if not call.is_settled:
                        call.is_settled = True
                        failed.append(call)
        for call in failed:
            if call.future.set_running_or_notify_cancel():
                call.future.set_exception(error)


def _closed() -> Conflict:
    return Conflict("the models were shut down", remedy="start the service again")
