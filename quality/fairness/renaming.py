"""Giving somebody another name, wherever it is said, spelled or part of an address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pydantic import JsonValue

from conversation import Conversation, Participant
from conversation.written import find_written
from quality.fairness.people import Person
from quality.fairness.phrases import like, word_file
from quality.fairness.rewriting import Edit, rewrite
from quality.texts import fold

_LETTERS = re.compile(r"[^\W\d_]+")
_JOINTS = re.compile(r"[\s'’.-]{0,2}")
_ADDRESS = re.compile(r"[\w.+'-]+@[\w.-]+")
_SPOKEN_AT = re.compile(r"(?i)\b(arobase|arobas|at)\b")
_SPOKEN_WORDS = 12
_SPELLED = re.compile(r"(?<![\w'’])[^\W\d_](?:(?:\s*[-.,]\s*|\s+)[^\W\d_](?![\w'’]))+")
_FEWEST_LETTERS = 3
_VOWELS = frozenset("aeiouyh")


@dataclass(frozen=True)
class NewName:
    """A name to bear.

    Attributes:
        first: First name.
        family: Family name.
    """

    first: str
    family: str


def rename(
    conversation: Conversation, person: Person, new: NewName, *, language: str
) -> Conversation:
    """Give a person another name everywhere.

    The name is changed in every turn whoever says it, in capitals or not; letter by letter with
    hyphens, spaces, commas or « D comme Denis »; in e-mail addresses, written or read aloud,
    initials included; and in the names of participants and the texts of the metadata.

    Args:
        conversation: The original.
        person: Whose name.
        new: The name to bear.
        language: ``fr`` or ``en``, for elision and the spelling alphabet.

    Returns:
        The copy.
    """
    renaming = _Renaming(person, new, language)
    edits = {turn.index: renaming.edits(turn.text) for turn in conversation.turns}
    copy = rewrite(conversation, {index: own for index, own in edits.items() if own})
    return copy.model_copy(
        update={
            "participants": tuple(renaming.participant(one) for one in copy.participants),
            "metadata": {key: renaming.value(value) for key, value in copy.metadata.items()},
        }
    )


class _Renaming:
    def __init__(self, person: Person, new: NewName, language: str) -> None:
        self._language = language
        self._person = person
        self._new = new
        self._names: list[tuple[tuple[str, ...], str]] = [
            (old, text)
            for old, text in ((person.first, new.first), (person.family, new.family))
            if old
        ]
        self._names.sort(key=lambda pair: -len(pair[0]))

    def edits(self, text: str) -> list[Edit]:
        edits = [*self._addresses(text), *self._spelled(text)]
        taken = [(edit.start, edit.end) for edit in edits]
        aloud = self._aloud(text)
        for edit in self._said(text, aloud):
            if not any(start < edit.end and edit.start < end for start, end in taken):
                edits.append(edit)
        return edits

    def apply(self, text: str) -> str:
        for edit in sorted(self.edits(text), key=lambda one: -one.start):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def participant(self, one: Participant) -> Participant:
        if one.name is None or one.role != self._person.role:
            return one
        return one.model_copy(update={"name": self.apply(one.name)})

    def value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self.apply(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return {key: self.value(one) for key, one in value.items()}
        return value

    def _said(self, text: str, aloud: Sequence[tuple[int, int]]) -> list[Edit]:
        words = [(m.start(), m.end(), fold(m.group())) for m in _LETTERS.finditer(text)]
        lower = text == text.lower()
        found: list[Edit] = []
        at = 0
        while at < len(words):
            edit, used = self._at(text, words, at, aloud, lower=lower)
            if edit is not None:
                found.append(edit)
            at += used
        return found

    def _at(
        self,
        text: str,
        words: Sequence[tuple[int, int, str]],
        at: int,
        aloud: Sequence[tuple[int, int]],
        *,
        lower: bool,
    ) -> tuple[Edit | None, int]:
        for old, new in self._names:
            run = words[at : at + len(old)]
            if tuple(form for _, _, form in run) != old:
                continue
            joined = all(
                _JOINTS.fullmatch(text[left[1] : right[0]]) for left, right in pairwise(run)
            )
            start, end = run[0][0], run[-1][1]
            in_address = text[start].islower() and any(
                left <= start and end <= right for left, right in aloud
            )
            if not joined or not (lower or in_address or text[start].isupper()):
                continue
            if in_address:
                return Edit(start, end, _ascii(new)), len(old)
            shown = new.lower() if lower else like(text[start:end], new)
            return self._elided(text, start, end, shown), len(old)
        return None, 1

    def _elided(self, text: str, start: int, end: int, new: str) -> Edit:
        """Put « de » for « d' » and the other way round where the new name asks for it."""
        if self._language == "fr":
            vowel = fold(new[:1]) in _VOWELS
            before = text[:start]
            elided = re.search(r"(?i)\b([dl])['’]$", before)
            if elided and not vowel:
                letter = elided.group(1)
                return Edit(start - 2, end, f"{letter}{'e' if letter in 'dD' else 'a'} {new}")
            full = re.search(r"(?i)\b(d)e\s$", before)
            if full and vowel and fold(text[start]) not in _VOWELS:
                return Edit(start - 3, end, f"{full.group(1)}'{new}")
        return Edit(start, end, new)

    def _spelled(self, text: str) -> list[Edit]:
        found: list[Edit] = []
        for match in _SPELLED.finditer(text):
            letters = re.findall(r"[^\W\d_]", match.group())
            for old, new in self._names:
                wanted = "".join(old)
                spelled = fold("".join(letters))
                at = spelled.find(wanted)
                if at < 0 or (len(wanted) < _FEWEST_LETTERS and spelled != wanted):
                    continue
                places = [m.start() for m in re.finditer(r"[^\W\d_]", match.group())]
                start = match.start() + places[at]
                end = match.start() + places[at + len(wanted) - 1] + 1
                between = text[start + 1 : match.start() + places[at + 1]]
                own = [letter for letter in new if letter.isalpha()]
                shown = between.join(own)
                upper = text[start:end].upper() == text[start:end]
                found.append(Edit(start, end, shown.upper() if upper else shown.lower()))
        return [*found, *self._with_words(text, found)]

    def _with_words(self, text: str, before: Sequence[Edit]) -> list[Edit]:
        """Find « D comme Denis, U comme Ursule » and spell the new name with other words."""
        words = list(re.finditer(r"\S+", text))
        found: list[Edit] = []
        for written in find_written([word.group() for word in words], language=self._language):
            if written.kind != "spelled":
                continue
            start, end = words[written.first].start(), words[written.last].end()
            if any(edit.start < end and start < edit.end for edit in before):
                continue
            tail = re.search(r"[.,;:!?…]*$", text[start:end])
            spelled = fold("".join(_LETTERS.findall(written.text)))
            for old, new in self._names:
                if spelled == "".join(old):
                    stop = end - len(tail.group()) if tail else end
                    found.append(Edit(start, stop, self._with_alphabet(new)))
        return found

    def _with_alphabet(self, name: str) -> str:
        words = {
            word[0].upper(): word
            for word in str(word_file("spelling_alphabet")[self._language]).split()
        }
        joint = "comme" if self._language == "fr" else "for"
        return ", ".join(f"{letter} {joint} {words[letter]}" for letter in _ascii(name).upper())

    def _addresses(self, text: str) -> list[Edit]:
        found: list[Edit] = []
        for match in _ADDRESS.finditer(text):
            local, _, domain = match.group().partition("@")
            new = self._local(local)
            if new != local:
                found.append(Edit(match.start(), match.end(), f"{new}@{domain}"))
        return found

    def _local(self, local: str) -> str:
        """Change a name, and an initial beside the family name, in the part before the @."""
        first, family = "".join(self._person.first), "".join(self._person.family)
        plain = fold(local)
        if len(plain) != len(local):
            return local
        if family and family in plain:
            at = plain.index(family)
            head, tail = plain[:at], plain[at + len(family) :]
            if first:
                initial = re.fullmatch(rf"{re.escape(first[0])}([.\-_]?)", head)
                if initial:
                    head = _ascii(self._new.first)[0] + initial.group(1)
                else:
                    head = head.replace(first, _ascii(self._new.first))
                tail = tail.replace(first, _ascii(self._new.first))
            return head + _ascii(self._new.family) + tail
        if first and first in re.split(r"[^a-z]+", plain):
            return re.sub(rf"\b{re.escape(first)}\b", _ascii(self._new.first), plain)
        return local

    def _aloud(self, text: str) -> list[tuple[int, int]]:
        """Find where an address is read aloud: some words up to « arobase »."""
        found: list[tuple[int, int]] = []
        for match in _SPOKEN_AT.finditer(text):
            before = [m.start() for m in re.finditer(r"\S+", text[: match.start()])]
            if before and re.search(r"(?i)arobas|dot|point", text[match.start() :]):
                found.append((before[-_SPOKEN_WORDS:][0], match.start()))
        return found


_ASCII_LETTERS: Mapping[str, str] = {"ı": "i", "ł": "l", "ø": "o", "ß": "ss", "œ": "oe", "æ": "ae"}


def _ascii(name: str) -> str:
    """Write a name as in an address: small letters without accents, spaces and marks."""
    replaced = "".join(_ASCII_LETTERS.get(letter, letter) for letter in name.casefold())
    plain = unicodedata.normalize("NFKD", replaced).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain)
