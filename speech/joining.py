"""Words as people write them, of the pieces into which the recogniser's tokenizer cuts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from speech.heard import HeardWord
from speech.whisper_pass import AlignedWord

_OPENING = ("«", "“", "(", "[", "¿", "¡")


def join_words(
    pieces: Iterable[AlignedWord], *, shift_s: float, length_s: float, language: str
) -> tuple[HeardWord, ...]:
    """Make words of a tokenizer's, which splits "c'est" and sets "?" apart.

    Args:
        pieces: In order, on the clock of their window.
        shift_s: Added to their times, seconds.
        length_s: Times are kept between 0 and this, seconds.
        language: Primary tag in which they were recognised.

    Returns:
        The words; a mark that is written apart ("vraiment ?") belongs to the word before it. A
        joined word has the least probability of its parts.
    """
    words: list[HeardWord] = []
    opening = ""
    for piece in pieces:
        text = piece.text.strip()
        start_s = min(max(piece.start_s + shift_s, 0.0), length_s)
        end_s = min(max(piece.end_s + shift_s, start_s), length_s)
        is_apart = piece.text[:1].isspace()
        if not any(character.isalnum() for character in text):
            if text in _OPENING:
                opening = f"{text} "
            elif words and text:
                mark = f" {text}" if is_apart else text
                words[-1] = replace(words[-1], text=words[-1].text + mark)
        elif words and not is_apart and not opening:
            words[-1] = replace(
                words[-1],
                text=words[-1].text + text,
                end_s=max(words[-1].end_s, end_s),
                probability=min(words[-1].probability, piece.probability),
            )
        else:
            probability = min(max(piece.probability, 0.0), 1.0)
            words.append(HeardWord(opening + text, start_s, end_s, probability, language))
            opening = ""
    return tuple(words)
