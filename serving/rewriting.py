"""Notes rewritten by any endpoint that speaks the OpenAI chat-completions protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Self

import httpx

from conversation.errors import BadInput, ModelError
from nlu.wrap_up import RewriteRequest, RewrittenSentence

_MOST_ANSWER_BYTES = 200_000
_MOST_SENTENCES = 20
_FENCE = re.compile(r"^\s*```(?:json)?\s*|\s*```\s*$")
_INSTRUCTIONS = {
    "fr": (
        "Tu rédiges la note de fin de contact d'un centre de relation client, à coller dans un "
        "CRM : "
        "motif, constat, ce qui a été fait, engagements avec leurs dates, suite. Troisième "
        "personne, "
        "phrases courtes, {max_words} mots au plus en tout, en français. N'écris que ce que disent "
        "les tours cités, avec leurs mots, leurs nombres et leurs noms ; aucun jugement, aucune "
        "émotion. Réponds uniquement en JSON : "
        '{{"sentences": [{{"text": "…", "turns": [numéros des tours cités]}}]}}.'
    ),
    "en": (
        "You write the wrap-up note of a customer service contact, to be pasted in a CRM: reason, "
        "what was established, what was done, commitments with their dates, next step. Third "
        "person, short sentences, at most {max_words} words in all, in English. Write only what "
        "the cited turns say, with their words, numbers and names; no judgement, no emotion. "
        "Answer with JSON only: "
        '{{"sentences": [{{"text": "…", "turns": [numbers of the turns cited]}}]}}.'
    ),
}


class EndpointRewriter:
    """A language model behind an OpenAI-compatible endpoint.

    Args:
        base_url: Up to and without ``/chat/completions`` (``http://127.0.0.1:8080/v1``).
        model: Name of the model, as the endpoint knows it.
        api_key: Sent as a bearer token; None: none is sent.
        timeout_s: Longest wait for the whole answer's headers and for each part of it, in seconds.

    Raises:
        BadInput: The address is not http or https.
    """

    def __init__(
        self, base_url: str, *, model: str, api_key: str | None = None, timeout_s: float = 20.0
    ) -> None:
        url = httpx.URL(base_url)
        if url.scheme not in ("http", "https") or not url.host:
            raise BadInput(
                f"the endpoint {base_url!r} is no http address",
                remedy="give it up to /v1, such as http://127.0.0.1:8080/v1",
            )
        self._where = f"{url.scheme}://{url.host}"
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(timeout=timeout_s, headers=headers, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def rewrite(self, request: RewriteRequest) -> Sequence[RewrittenSentence]:
        """Ask the endpoint for the note.

        Args:
            request: The note and the turns; both are sent.

        Returns:
            The sentences of the answer, unchecked.

        Raises:
            ModelError: The endpoint cannot be reached, takes too long, refuses, or its answer is
                not the JSON that was asked for.
        """
        try:
            response = self._client.post(self._url, json=self._body(request))
        except httpx.TimeoutException as error:
            raise ModelError(
                f"the endpoint {self._where} did not answer in time",
                remedy="raise the timeout, or use a smaller model",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(
                f"the endpoint {self._where} cannot be reached: {type(error).__name__}",
                remedy="check that it runs and that the address is right",
            ) from error
        if response.status_code != httpx.codes.OK:
            raise ModelError(
                f"the endpoint {self._where} answered with status {response.status_code}",
                remedy="check the address, the model's name and the key",
            )
        if len(response.content) > _MOST_ANSWER_BYTES:
            raise ModelError(
                f"the endpoint {self._where} answered with {len(response.content)} bytes, expected "
                f"at most {_MOST_ANSWER_BYTES}",
                remedy="check the model",
            )
        return self._sentences(response)

    def _body(self, request: RewriteRequest) -> dict[str, Any]:
        turns = "\n".join(f"[{number}] {who}: {text}" for number, who, text in request.turns)
        note = "\n".join(
            f"{sentence.text} {sorted({one.turn_index for one in sentence.evidence})}"
            for sentence in request.note.sentences
        )
        return {
            "model": self._model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {
                    "role": "system",
                    "content": _INSTRUCTIONS[request.language].format(max_words=request.max_words),
                },
                {"role": "user", "content": f"{turns}\n\n---\n{note}"},
            ],
        }

    def _sentences(self, response: httpx.Response) -> tuple[RewrittenSentence, ...]:
        try:
            content = response.json()["choices"][0]["message"]["content"]
            answer = json.loads(_FENCE.sub("", content))
            return tuple(
                RewrittenSentence(
                    text=str(one["text"]),
                    turns=tuple(number for number in one["turns"] if type(number) is int),
                )
                for one in answer["sentences"][:_MOST_SENTENCES]
            )
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise ModelError(
                f"the answer of the endpoint {self._where} is not the JSON that was asked for",
                remedy="use a model that follows instructions and can answer in JSON",
            ) from error
