"""Sentences planted in a document to steer a language model."""

from __future__ import annotations

import re

from kb_search.words import fold

_FORGET = r"(?:ignor\w+|oubli\w+|disregard|forget|override|neglig\w+|ne (?:tiens|tenez) pas compte)"
_EARLIER = (
    r"(?:previous|above|earlier|prior|preceding|precedent\w*|anterieur\w*|ci-dessus|avant|your|tes|"
    r"vos|toutes? (?:les|tes|vos)|all(?: (?:the|of))?)"
)
_ORDERS = r"(?:instructions?|consignes?|prompts?|rules|regles|directives?|orders|ordres)"
_MACHINE = (
    r"(?:assistant(?! (?:social|maternel|familial|juridique|dentaire))\w*|chatbot|llm|gpt|"
    r"language model|modele de lang(?:ue|age))"
)
_PLANTED = re.compile(
    rf"(?<!n')\b{_FORGET}\b[^.!?\n]{{0,40}}\b{_EARLIER}\b[^.!?\n]{{0,25}}\b{_ORDERS}\b"
    r"|\b(?:system|developer) (?:prompt|message)\b|\bprompt systeme\b"
    r"|</?(?:system|assistant|user|instructions?|im_start|im_end)\b|<\|[a-z_]+\|>"
    r"|^[^\S\n]*(?:system|assistant|systeme)\s*:"
    r"|\b(?:you are now|from now on,? you|tu es (?:desormais|maintenant)|vous etes (?:desormais|"
    rf"maintenant))\b[^.!?\n]{{0,40}}\b(?:{_MACHINE}|ai|ia|bot|mode|agent)\b"
    rf"|\b{_MACHINE}\b[^.!?\n]{{0,30}}"
    r"\b(?:must|shall|should|doi[st]|devez|repond\w*|reply|answer|say|dis|dites)\b",
    re.MULTILINE,
)


def is_planted(sentence: str) -> bool:
    """Say whether a sentence gives orders to a language model rather than tells a reader something.

    Args:
        sentence: In French or English, as it stands in a document.
    """
    return bool(_PLANTED.search(fold(sentence)))
