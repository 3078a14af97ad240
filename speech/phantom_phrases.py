"""What Whisper writes where nobody speaks: credits of subtitles, phrases of videos, captions.

Three tiers. Credits nobody says on a call. Phrases and captions of videos somebody might. What
people do say on calls ("merci", "au revoir", "oui", "voilà", "bonjour", "you") is on no list,
although Whisper writes it on noise as well: no text tells the one from the other.
"""

from __future__ import annotations

import re

_CREDITS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:sous[- ]titr\S*\s(?:\S+\s){0,8}?)?(?:\S*\s)?\S*amara\s?\.\s?org\S*",
        r"(?:\S+\spar\s)?soustitreur\s?\.\s?com\S*",
        r"sous[- ]titrage\s(?:st\b|fr\b|mfp\b|société\sradio)(?:\S|\s)*?(?=$|[.!?]\s)",
        r"(?:www\.)?(?:tvsubtitles|opensubtitles)\.\S+|www\.mooji\.\S+",
        r"cliquez[- ]vous\ssur\sles\ssous[- ]titres.*",
        r"transcription\sautomatique\spar\swhisper\S*",
        r"(?:subtitles|captions|transcribed|transcription)\sby\s(?:\S+\s){0,4}?\S*(?:otter\.ai|rev\.com|amara)\S*",
    )
)
_CREDIT_LINE = re.compile(
    r"(?i:sous[- ]titres?|sous[- ]titrage|subtitles?|captions?)\s"
    r"(?i:(?:réalisée?s?|faite?s?|fournie?s?|made|provided)\s)?(?i:par|by)"
    r"(?i:\s(?:la|le|les|the))?\s[A-ZÀ-Þ]\S*(?:\s\S+){0,5}"
)
_VIDEO_PHRASES = frozenset({
    "merci d'avoir regardé", "merci d'avoir regardé cette vidéo",
    "merci d'avoir regardé la vidéo", "merci d'avoir visionné cette vidéo",
    "merci à tous d'avoir regardé cette vidéo", "à la prochaine", "c'est parti",
    "merci pour votre attention", "merci de votre attention", "musique", "musique de générique",
    "applaudissements", "rires",
    "thanks for watching", "thank you for watching", "thank you so much for watching",
    "thank you very much for watching", "thanks for watching everyone", "music", "applause",
    "upbeat music", "laughter", "foreign",
})  # fmt: skip
_VIDEO_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:n'oubliez pas de |n'hésitez pas à )?(?:vous )?abonne[rz](?:[- ]vous)?"
        r"(?: à (?:la|ma|notre) chaîne)?",
        r"(?:à bientôt|on se retrouve|rendez-vous|je vous dis à bientôt)(?: \S+){0,3} "
        r"(?:nouvelle|prochaine|autre) vidéo",
        r"(?:je|j') ?\S+ vous (?:\S+ ){0,3}(?:à faire )?une (?:autre|nouvelle) vidéo",
        r"(?:please |don't forget to |like and )*subscribe(?: to (?:my|our|the) channel)?",
        r"(?:i'll |we'll |i will |and )*see you in the next (?:video|one)(?: bye(?: bye)?)?",
        r"thanks? (?:you )?(?:so much |very much )?for watching(?: (?:this|the|my) video)?",
    )
)
_CAPTION = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫].*")


def bare(text: str) -> str:
    """Return a text in lower case without punctuation, apostrophes and hyphens kept."""
    text = text.lower().replace("’", "'")
    return re.sub(r"[^\w'\- ]", "", text).strip()


def is_credit_line(text: str) -> bool:
    """Tell whether a text is nothing but a line of credits, whoever is named in it."""
    return _CREDIT_LINE.fullmatch(text.strip(" .!")) is not None


def find_credits(text: str) -> list[tuple[int, int]]:
    """Return where credits start and end in a text, in characters."""
    text = text.lower()
    return [found.span() for pattern in _CREDITS for found in pattern.finditer(text)]


def is_video_phrase(text: str) -> bool:
    """Tell whether a text is nothing but a phrase of videos, or the caption of a sound."""
    plain = bare(text)
    return (
        plain in _VIDEO_PHRASES
        or any(pattern.fullmatch(plain) for pattern in _VIDEO_PATTERNS)
        or is_caption(text)
    )


def is_caption(text: str) -> bool:
    """Tell whether a text is nothing but the caption of a sound: "[musique]", "♪"."""
    return _CAPTION.fullmatch(text.strip(" .!")) is not None
