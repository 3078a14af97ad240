"""Which placeholder stands for which value: the same one throughout a conversation."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable

from nlu.redaction.labels import Placeholder, label_of, write_placeholder
from nlu.redaction.policy import RedactionPolicy

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
PSEUDONYM_LETTERS = 10
"""Enough that two of a hundred thousand customers hardly ever share a pseudonym."""


class Numbering:
    """Gives each value of a conversation its placeholder.

    Args:
        policy: Says which types are pseudonymised, and with what key.
        language: Of the labels.
        taken: Placeholders that stand in the conversation already; their numbers are not given
            again.
    """

    def __init__(
        self, policy: RedactionPolicy, language: str, *, taken: Iterable[Placeholder] = ()
    ) -> None:
        self._policy = policy
        self._language = language
        self._given: dict[tuple[str, str], str] = {}
        self._last: Counter[str] = Counter()
        for placeholder in taken:
            if placeholder.mark.isdecimal():
                self._last[placeholder.label] = max(
                    self._last[placeholder.label], int(placeholder.mark)
                )

    def placeholder(self, personal_data_type: str, identity: str) -> str:
        """Return the placeholder of a value.

        Args:
            personal_data_type: Its type.
            identity: The same for all spellings of the value.
        """
        key = (personal_data_type, identity)
        if key not in self._given:
            label = label_of(personal_data_type, self._language)
            if self._policy.action(personal_data_type) == "pseudonymise":
                mark = self._pseudonym(*key)
            else:
                self._last[label] += 1
                mark = str(self._last[label])
            self._given[key] = write_placeholder(label, mark)
        return self._given[key]

    def _pseudonym(self, personal_data_type: str, identity: str) -> str:
        """Return letters that only who has the key can compute (HMAC-SHA-256, RFC 2104)."""
        secret = self._policy.pseudonym_key
        key = secret.get_secret_value() if secret is not None else b""
        digest = hmac.new(key, f"{personal_data_type}\0{identity}".encode(), hashlib.sha256)
        number = int.from_bytes(digest.digest(), "big")
        letters = []
        for _ in range(PSEUDONYM_LETTERS):
            number, place = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[place])
        return "".join(letters)
