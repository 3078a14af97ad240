"""The loss of contrastive training, and its gradients in little memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.layered_encoder import LayeredEncoder
from models.token_batches import token_batches

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Batch:
    """The texts of one step, each once.

    Attributes:
        texts: Numbers of the texts: int array of shape (n_texts,).
        queries: Places in ``texts`` of the questions: int array of shape (n_pairs,).
        passages: Places of the right passages: int array of shape (n_pairs,).
        candidates: Places of all passages of the step: int array of shape (n_candidates,).
        allowed: Which candidates count for which question, the right one included: bool array of
            shape (n_pairs, n_candidates).
    """

    texts: NDArray[np.intp]
    queries: NDArray[np.intp]
    passages: NDArray[np.intp]
    candidates: NDArray[np.intp]
    allowed: NDArray[np.bool_]


def make_batch(
    queries: Sequence[int],
    passages: Sequence[int],
    negatives: Sequence[Sequence[int]],
    anchors: Sequence[int],
    right: dict[int, set[int]],
    start: NDArray[np.float32],
) -> Batch:
    """Put the pairs of one step together.

    A passage of another pair is no negative when it is right for the question too, or when the
    encoder that training started from finds it nearer than the right one (Solatorio 2024,
    GISTEmbed): it is probably another wording of the same, or its translation.

    Args:
        queries: Number of each question.
        passages: Number of each right passage.
        negatives: Numbers of each pair's own negatives, which always count for it.
        anchors: Numbers of texts that only have to stay where they are.
        right: All right passages of a question.
        start: Vectors at the start, of every text.
    """
    import numpy as np

    candidates = list(dict.fromkeys([*passages, *(n for own in negatives for n in own)]))
    texts = list(dict.fromkeys([*queries, *candidates, *anchors]))
    place = {number: position for position, number in enumerate(texts)}
    column = {number: position for position, number in enumerate(candidates)}
    cosines = start[list(queries)] @ start[candidates].T
    allowed = np.empty(cosines.shape, dtype=bool)
    for row, (query, passage) in enumerate(zip(queries, passages, strict=True)):
        allowed[row] = cosines[row] <= cosines[row, column[passage]]
        allowed[row, [column[number] for number in negatives[row]]] = True
        allowed[row, [column[number] for number in right[query] if number in column]] = False
        allowed[row, column[passage]] = True
    return Batch(
        texts=np.array(texts),
        queries=np.array([place[number] for number in queries]),
        passages=np.array([column[number] for number in passages]),
        candidates=np.array([place[number] for number in candidates]),
        allowed=allowed,
    )


def contrastive_loss(
    vectors: torch.Tensor,
    start: torch.Tensor,
    batch: Batch,
    *,
    temperature: float,
    distillation: float,
) -> torch.Tensor:
    """Return the loss of one step: InfoNCE, and staying near the vectors at the start.

    InfoNCE (van den Oord et al. 2018) is the cross-entropy of the right passage among all
    candidates under the softmax of cosine / temperature. The second part is the mean of
    1 - cosine between each vector and what it was at the start.

    Args:
        vectors: Of the batch's texts: float32 tensor of shape (n_texts, dim), rows of length 1.
        start: The same at the start.
        batch: Which texts are what.
        temperature: What cosines are divided by.
        distillation: Weight of the second part.
    """
    import torch
    from torch.nn import functional

    logits = vectors[batch.queries] @ vectors[batch.candidates].T / temperature
    allowed = torch.from_numpy(batch.allowed).to(logits.device)
    logits = logits.masked_fill(~allowed, -torch.inf)
    right = torch.from_numpy(batch.passages).to(logits.device)
    loss = functional.cross_entropy(logits, right)
    drift = 1 - (vectors * start).sum(dim=1).mean()
    return loss + distillation * drift


def backward_in_parts(
    encoder: LayeredEncoder,
    texts: NDArray[np.intp],
    tokens_per_pass: int,
    loss_of: Callable[[torch.Tensor], torch.Tensor],
) -> float:
    """Compute a loss over the vectors of many texts and its gradients, some texts at a time.

    The vectors are computed without gradients, the loss gives the gradient of each vector, and
    each part is computed again to pass it on (Gao et al. 2021, Scaling Deep Contrastive Learning
    Batch Size under Memory Limited Setup). The result is that of one pass over all texts.

    Args:
        encoder: Whose weights get the gradients.
        texts: Numbers of the texts: int array of shape (n_texts,).
        tokens_per_pass: Most tokens of a part, padding included.
        loss_of: Takes the vectors, float32 tensor of shape (n_texts, dim); returns the loss.

    Returns:
        The loss.
    """
    import torch

    parts = token_batches([int(encoder.lengths[number]) for number in texts], tokens_per_pass)
    if len(parts) == 1:
        vectors = encoder.pooled(texts)
        loss = loss_of(vectors)
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.item())
    with torch.no_grad():
        pieces = [encoder.pooled(texts[part]) for part in parts]
        vectors = torch.empty((len(texts), pieces[0].shape[1]), device=pieces[0].device)
        for part, piece in zip(parts, pieces, strict=True):
            vectors[part] = piece
    vectors.requires_grad_(True)
    loss = loss_of(vectors)
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = vectors.grad
    if gradients is not None:
        for part in parts:
            encoder.pooled(texts[part]).backward(gradients[part])  # type: ignore[no-untyped-call]
    return float(loss.item())
