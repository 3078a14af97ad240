"""Making somebody a woman or a man, with the forms that agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from conversation import Conversation
from quality.fairness.people import Gender, Role
from quality.fairness.phrases import like, pairs_of, word_file
from quality.fairness.rewriting import Edit, rewrite

_OTHER: Mapping[Role, Role] = {"agent": "customer", "customer": "agent"}
_ADVERBS = 4


@dataclass(frozen=True)
class _Forms:
    """Words that change, by folded word, and where they count."""

    titles: Mapping[str, str]
    agreeing: Mapping[str, str]
    about_self: re.Pattern[str] | None
    about_other: re.Pattern[str] | None


def change_gender(
    conversation: Conversation, role: Role, gender: Gender, *, language: str
) -> Conversation:
    """Change the forms that agree with one side's gender; names are not touched.

    Titles are changed where the other side uses them ("Bonjour madame"), and where somebody says
    their own ("je suis madame Dubois"); adjectives and participles after « je suis » of the one
    and « vous êtes » of the other.

    Args:
        conversation: The original.
        role: Whose gender.
        gender: The new one.
        language: ``fr`` or ``en``.

    Returns:
        The copy.
    """
    forms = _forms(language, gender)
    edits: dict[int, list[Edit]] = {}
    for turn in conversation.turns:
        if turn.speaker == role:
            own = _own_titles(turn.text, forms.titles) + _agreeing(
                turn.text, forms.about_self, forms.agreeing
            )
        elif turn.speaker == _OTHER[role]:
            own = _titles(turn.text, forms.titles) + _agreeing(
                turn.text, forms.about_other, forms.agreeing
            )
        else:
            continue
        if own:
            edits[turn.index] = own
    return rewrite(conversation, edits)


@lru_cache(maxsize=8)
def _forms(language: str, gender: Gender) -> _Forms:
    entry = word_file("gender")[language]
    pairs = pairs_of(str(entry["pairs"]))
    listed: list[list[str]] = entry["titles"]  # type: ignore[assignment]
    if gender == "f":
        agreeing = dict(pairs)
        titles = {pair[0]: pair[1] for pair in reversed(listed)}  # the first of a word wins
    else:
        agreeing = {woman: man for man, woman in pairs}
        titles = {pair[1]: pair[0] for pair in listed}
    between = "|".join(map(re.escape, str(entry["between"]).split()))
    words = "|".join(sorted(map(re.escape, agreeing), key=len, reverse=True))

    def after(subjects: object) -> re.Pattern[str] | None:
        starts = [str(one) for one in subjects] if isinstance(subjects, list) else []
        if not starts or not words:
            return None
        body = "|".join(re.escape(one).replace("'", "['’]") for one in starts)
        return re.compile(
            rf"(?i)\b(?:{body})\s+(?:(?:{between})\s+){{0,{_ADVERBS}}}(?P<word>{words})\b"
        )

    return _Forms(titles, agreeing, after(entry["subjects_self"]), after(entry["subjects_other"]))


def _titles(text: str, titles: Mapping[str, str]) -> list[Edit]:
    found = []
    for match in re.finditer(r"(?i)(?<!\w)[a-zèé]+(?:['’][a-z]+)?\.?", text):
        edit = _title(match, text, titles)
        if edit is not None and not _is_about_self(text[: match.start()]):
            found.append(edit)
    return found


def _own_titles(text: str, titles: Mapping[str, str]) -> list[Edit]:
    found = []
    for match in re.finditer(r"(?i)(?<!\w)[a-zèé]+(?:['’][a-z]+)?\.?", text):
        edit = _title(match, text, titles)
        if edit is not None and _is_about_self(text[: match.start()]):
            found.append(edit)
    return found


def _title(match: re.Match[str], text: str, titles: Mapping[str, str]) -> Edit | None:
    word = match.group()
    dotted = word.casefold().replace("’", "'")
    plain = dotted.rstrip(".")
    if dotted in titles and dotted != plain:
        return Edit(match.start(), match.end(), like(word, titles[dotted]))
    if plain == "m" and dotted == "m":  # "m'appelle" is no title
        return None
    if plain not in titles:
        return None
    if plain in ("cher", "chère") and not re.match(
        r"(?i)\s+(madame|monsieur|client)", text[match.end() :]
    ):
        return None
    end = match.start() + len(plain)
    return Edit(match.start(), end, like(word, titles[plain]).rstrip("."))


def _is_about_self(before: str) -> bool:
    return bool(
        re.search(r"(?i)(je suis|c['’]est|ici|moi c['’]est|this is|i am|i['’]m)\s+$", before)
    )


def _agreeing(
    text: str, pattern: re.Pattern[str] | None, agreeing: Mapping[str, str]
) -> list[Edit]:
    if pattern is None:
        return []
    return [
        Edit(
            match.start("word"),
            match.end("word"),
            like(match.group("word"), agreeing[match.group("word").casefold()]),
        )
        for match in pattern.finditer(text)
    ]
