"""Redacting what belongs to a conversation besides its turns, with the same placeholders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from pydantic import JsonValue

from nlu.redaction.labels import plain_placeholder
from nlu.redaction.mentions import Mention, TextFinder, mentions_beside
from nlu.redaction.policy import RedactionPolicy
from nlu.redaction.spans import Span, merge_spans, replace_spans
from nlu.redaction.traces import Traces

_IN_NAMES = ("phone", "email", "card_number")
_LEAST_NUMBER_DIGITS = 6


class Scrubber:
    """Redacts texts that stand beside the turns of one conversation.

    It knows the values of the conversation: keep it only as long as it is needed, and store it
    nowhere.

    Args:
        policy: What is to become of each type.
        placeholder: Gives a mention its placeholder.
        settle: Gives a mention its type, which for a name depends on whose it is.
        traces: Finds the values that are redacted in the turns.
        types: Type of each placeholder that stands for such a value.
        find: Finds personal data in a text.
        language: Of the conversation.
    """

    def __init__(
        self,
        policy: RedactionPolicy,
        placeholder: Callable[[Mention], str],
        settle: Callable[[Mention], Mention],
        traces: Traces,
        types: dict[str, str],
        *,
        find: TextFinder,
        language: str,
    ) -> None:
        self._policy = policy
        self._placeholder = placeholder
        self._settle = settle
        self._traces = traces
        self._types = types
        self._find = find
        self._language = language
        self.counts: Counter[str] = Counter()
        """How many places were replaced so far, by type."""

    def text(self, text: str, *, key: str = "") -> str:
        """Redact a text.

        Args:
            text: A subject, a warning, a text that was left out of the transcript, …
            key: What the source calls it.
        """
        mentions = mentions_beside(key, text, find=self._find, language=self._language)
        return self._replace(text, [*self._spans_of(mentions), *self.traces(text)])

    def mention(self, mention: Mention) -> str:
        """Redact a text that is personal data as a whole."""
        return self._replace(mention.text, [*self._spans_of([mention]), *self.traces(mention.text)])

    def file_name(self, name: str) -> str:
        """Redact the name of a file or an identifier; the result is as safe as it was.

        Centres name recordings after the caller: besides what is known from the turns, telephone
        numbers, e-mail addresses and card numbers are found. Other numbers are not, since dates
        and counters would be taken for them.
        """
        readable = re.sub(r"[_\-]", " ", name)
        found = [
            data for data in self._find(readable, language=self._language) if data.type in _IN_NAMES
        ]
        mentions = [
            Mention(data.type, data.start, data.end, name[data.start : data.end], data.value)
            for data in found
        ]
        spans = [*self._spans_of(mentions), *self.traces(name, in_name=True)]
        merged = merge_spans(name, spans)
        self.counts.update(span.type for span in merged)
        plain = [
            Span(span.start, span.end, span.type, plain_placeholder(span.placeholder))
            for span in merged
        ]
        return replace_spans(name, plain)

    def json(self, value: JsonValue, *, key: str = "") -> JsonValue:
        """Redact all texts and long numbers in a JSON value, its keys included."""
        if isinstance(value, str):
            return self.text(value, key=key)
        if isinstance(value, list):
            return [self.json(item, key=key) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self.json(item, key=name) for name, item in value.items()}
        if isinstance(value, int) and len(str(value)) >= _LEAST_NUMBER_DIGITS:
            redacted = self.text(str(value), key=key)
            return value if redacted == str(value) else redacted
        return value

    def traces(self, text: str, *, in_name: bool = False) -> list[Span]:
        """Find values that are redacted in the turns.

        Args:
            text: Any text.
            in_name: Whether it is the name of a file.
        """
        return [
            Span(
                trace.start,
                trace.end,
                self._types[trace.placeholder],
                trace.placeholder,
                is_repeat=True,
            )
            for trace in self._traces.find(text, in_name=in_name)
        ]

    def holds(self, text: str) -> bool:
        """Tell whether a value that is redacted in the turns stands in a text."""
        return bool(self._traces.find(text))

    def _spans_of(self, mentions: Sequence[Mention]) -> list[Span]:
        return [
            Span(mention.start, mention.end, mention.type, self._placeholder(mention))
            for mention in map(self._settle, mentions)
            if self._policy.action(mention.type) != "keep"
        ]

    def _replace(self, text: str, spans: Sequence[Span]) -> str:
        merged = merge_spans(text, spans)
        self.counts.update(span.type for span in merged)
        return replace_spans(text, merged)
