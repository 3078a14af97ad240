"""A BERT-like encoder of which only the upper layers learn.

What the lower layers make of each text is computed once and kept, which halves the work of every
pass, and the large table of word pieces stays as it is. Weights are kept in float32 beside the copy
that is computed with: bfloat16 where the processor multiplies that faster.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.device import Compute
from models.sentence_folder import SentenceFolder, copy_configuration
from models.token_batches import token_batches
from models.transformer_weights import load_transformer

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

_TOKENS_PER_PASS = {"cpu": 4096, "cuda": 65_536}


class LayeredEncoder:
    """The encoder with the texts that it reads again and again.

    Args:
        folder: BERT-like, mean pooling.
        texts: All texts.
        trained_layers: How many of the upper layers learn.
        max_tokens: Longer texts are cut.
        compute: Device and threads.
        progress: Called with (texts read, texts in all) while the lower layers read them.
        kinds: ``query`` or ``passage``, of each text, whose prompt is put before it; all are
            queries when None.

    Attributes:
        masters: Weights of the layers that learn, float32, to be changed by an optimiser.
        lengths: Tokens of each text: int array of shape (n_texts,).
    """

    def __init__(
        self,
        folder: SentenceFolder,
        texts: Sequence[str],
        *,
        trained_layers: int,
        max_tokens: int,
        compute: Compute,
        progress: Callable[[int, int], None],
        kinds: Sequence[str] | None = None,
    ) -> None:
        import numpy as np
        import torch

        self._folder = folder
        self.device = torch.device(compute.torch_device)
        self._model = load_transformer(folder).to(self.device)
        layers = self._model.encoder.layer
        lowest = max(len(layers) - trained_layers, 0)
        self._lower, self._upper = layers[:lowest], layers[lowest:]
        self.masters = [
            parameter.detach().float().clone().requires_grad_(True)
            for parameter in self._upper.parameters()
        ]
        self._model.to(_number_format(compute))
        self._model.requires_grad_(False)
        self._upper.requires_grad_(True)
        tokens = _tokens(folder, texts, kinds or ["query"] * len(texts), max_tokens)
        self.lengths = np.array([len(row) for row in tokens])
        self._states = self._below(tokens, progress)

    def pooled(self, batch: NDArray[np.intp], token_dropout: float = 0.0) -> torch.Tensor:
        """Return the vectors of texts, through which gradients flow.

        Args:
            batch: Positions of the texts.
            token_dropout: Share of the tokens that are not seen, the first one always.

        Returns:
            float32 tensor of shape (n_texts, dim), rows of length 1.
        """
        import torch

        hidden = torch.nn.utils.rnn.pad_sequence(
            [self._states[position] for position in batch], batch_first=True
        ).to(self.device)
        real = self._real(batch)
        if token_dropout:
            stays = torch.rand(real.shape).to(self.device) >= token_dropout
            stays[:, 0] = True
            real = real & stays
        hidden = _through(self._upper, hidden, real).float()
        summed = (hidden * real[..., None]).sum(dim=1)
        return torch.nn.functional.normalize(summed / real.sum(dim=1, keepdim=True), dim=1)

    def vectors(self, positions: NDArray[np.intp]) -> torch.Tensor:
        """Return the vectors of texts, on the CPU and without gradients: shape (n, dim)."""
        import torch

        vectors = torch.empty((len(positions), int(self._folder.config["hidden_size"])))
        lengths = self.lengths[positions].tolist()
        with torch.no_grad():
            for rows in token_batches(lengths, _TOKENS_PER_PASS[self.device.type]):
                vectors[rows] = self.pooled(positions[rows]).cpu()
        return vectors

    def gather_gradients(self) -> None:
        """Give the masters the gradients of the copy that was computed with."""
        for master, copy in zip(self.masters, self._upper.parameters(), strict=True):
            master.grad = None if copy.grad is None else copy.grad.float()
            copy.grad = None

    def copy_masters(self) -> None:
        """Compute with the masters' values from now on."""
        import torch

        with torch.no_grad():
            for master, copy in zip(self.masters, self._upper.parameters(), strict=True):
                copy.copy_(master)

    def save(self, out: Path) -> None:
        """Write the encoder as a sentence-transformers folder, whole or not at all."""
        import torch
        from safetensors.torch import save_file

        draft = out.with_name(f".{out.name}.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        copy_configuration(self._folder.path, draft)
        fresh = load_transformer(self._folder)
        with torch.no_grad():
            learnt = fresh.encoder.layer[len(self._lower) :].parameters()
            for parameter, master in zip(learnt, self.masters, strict=True):
                parameter.copy_(master)
        tensors = {
            name: tensor.to(torch.float16).contiguous()
            for name, tensor in fresh.state_dict().items()
            if tensor.is_floating_point()
        }
        save_file(tensors, draft / "model.safetensors", metadata={"format": "pt"})
        config = json.loads((draft / "config.json").read_text(encoding="utf-8"))
        config["torch_dtype"] = "float16"
        (draft / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        draft.replace(out)

    def _below(
        self, tokens: list[list[int]], progress: Callable[[int, int], None]
    ) -> list[torch.Tensor]:
        """Return what the layers that do not learn make of each text: shape (n_tokens, dim)."""
        import numpy as np
        import torch

        states: list[torch.Tensor] = [torch.empty(0)] * len(tokens)
        padding = int(self._folder.config.get("pad_token_id") or 0)
        done = 0
        for rows in token_batches(self.lengths.tolist(), _TOKENS_PER_PASS[self.device.type]):
            batch = np.array(rows)
            ids = torch.full((len(batch), int(self.lengths[batch].max())), padding)
            for row, position in enumerate(batch):
                ids[row, : len(tokens[position])] = torch.tensor(tokens[position])
            with torch.no_grad():
                hidden = self._model.embeddings(input_ids=ids.to(self.device))
                hidden = _through(self._lower, hidden, self._real(batch))
            for row, position in enumerate(batch):
                states[position] = hidden[row, : self.lengths[position]].cpu().clone()
            done += len(batch)
            progress(done, len(tokens))
        return states

    def _real(self, batch: NDArray[np.intp]) -> torch.Tensor:
        """Return which places are tokens and not padding: bool, shape (n, n_tokens)."""
        import torch

        lengths = torch.from_numpy(self.lengths[batch]).to(self.device)
        return torch.arange(int(lengths.max()), device=self.device)[None] < lengths[:, None]


def _through(layers: Any, hidden: torch.Tensor, real: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
    """Pass hidden states of shape (n, n_tokens, dim) through layers; what is not real is unseen."""
    import torch

    unseen = torch.zeros_like(real, dtype=hidden.dtype)
    unseen = unseen.masked_fill(~real, torch.finfo(hidden.dtype).min)[:, None, None, :]
    for layer in layers:
        result = layer(hidden, unseen)
        hidden = result[0] if isinstance(result, tuple) else result
    return hidden


def _tokens(
    folder: SentenceFolder, texts: Sequence[str], kinds: Sequence[str], max_tokens: int
) -> list[list[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(max_tokens, folder.max_tokens or max_tokens))
    given = [
        folder.prompts.get(kind, "") + text.strip() for text, kind in zip(texts, kinds, strict=True)
    ]
    if folder.lower_case:
        given = [text.lower() for text in given]
    return [list(encoding.ids) for encoding in tokenizer.encode_batch(given)]


def _number_format(compute: Compute) -> torch.dtype:
    """Return bfloat16 where the processor multiplies it faster than float32, else float32."""
    import torch

    if compute.device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    fast = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if fast else torch.float32
