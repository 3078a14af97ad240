"""Sentences that talk to a machine that scores, and not to the person on the line."""

from __future__ import annotations

import re

from quality.texts import fold

_FORGET = r"(?:ignor\w+|oubli\w+|disregard|forget|override|neglig\w+|ne (?:tiens|tenez) pas compte)"
_ORDERS = r"(?:instructions?|consignes?|prompts?|rules|regles|directives?|criteres?|criteria)"
_GIVE = (
    r"(?:met(?:s|tez|tre)?|donn(?:e|es|ez|er)|attribu(?:e|es|ez|er)|accord(?:e|es|ez|er)|not(?:e|es|ez|er)|"
    r"repond(?:s|ez|re)|coch(?:e|ez|er)|give|set|assign|award|mark|rate|score|grade|answer|reply|"
    r"output|return)"
)
_MARK = (
    r"(?:notes?|scores?|points?|questions?|grilles?|evaluations?|criteres?|items?|marks?|ratings?|"
    r"grades?|scorecards?|criteria|conformes?|compliant|conforming|answer|value)"
)
_BEST = r"(?:0|1|5|10|20|100|max\w*|pleine|full|top|best|highest|perfect|parfait\w*|oui|yes|na|n/a)"
_MACHINE = (
    r"(?:assistant(?! (?:social|maternel|familial|juridique|dentaire))\w*|chatbot|llm|gpt|"
    r"language model|modele de lang(?:ue|age)|evaluat(?:eur|rice|or)|correct(?:eur|rice)|grader|"
    r"judge|juge automatique|ia qui note|ai (?:judge|grader|evaluator)|systeme d'evaluation)"
)
_STEERING = re.compile(
    rf"(?<!n')\b{_FORGET}\b[^.!?\n]{{0,60}}\b{_ORDERS}\b"
    r"|\b(?:system|developer) (?:prompt|message)\b|\bprompt systeme\b"
    r"|</?(?:system|assistant|user|instructions?|transcript|im_start|im_end)\b|<\|[a-z_]+\|>"
    r"|^[^\S\n]*(?:system|assistant|systeme)\s*:"
    r"|\b(?:you are now|from now on,? you|tu es (?:desormais|maintenant)|vous etes (?:desormais|"
    rf"maintenant))\b[^.!?\n]{{0,40}}\b(?:{_MACHINE}|ai|ia|bot|mode)\b"
    rf"|\b{_MACHINE}\b[^.!?\n]{{0,60}}\b(?:{_GIVE}|must|shall|should|doi[st]|devez|conforme|note)\b"
    rf"|\b{_GIVE}\b[^.!?\n]{{0,40}}\b{_MARK}\b[^.!?\n]{{0,25}}\b{_BEST}\b"
    rf"|\b{_GIVE}\b[^.!?\n]{{0,15}}\b{_BEST}\b[^.!?\n]{{0,40}}\b{_MARK}\b"
    rf"|\b(?:note|score|mark)\b[^.!?\n]{{0,20}}\b(?:for|a l'attention de|pour)\b[^.!?\n]{{0,20}}"
    rf"\b{_MACHINE}\b"
    r"|[\"'](?:answer|quote|turn|value|score|reason)[\"']\s*:",
    re.MULTILINE,
)


def steers(sentence: str) -> bool:
    """Say whether a sentence gives orders to whatever scores the conversation.

    Such a sentence is not shown to a language model and cannot be its evidence. That an agent
    begs a customer for a good mark in a survey looks the same; it is left out as well, which
    costs one sentence of context.

    Args:
        sentence: In French or English, as said or written.
    """
    return bool(_STEERING.search(fold(sentence).replace("’", "'")))
