"""What a head reads of one turn: its sentences, the turns around it, its form and its place."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation import Conversation, Speaker, Turn
from quality.sentences import Sentence, sentences_of
from quality.texts import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quality.sentence_vectors import SentenceVectors

_WORD = re.compile(r"[^\W\d_]+")
_ASKING = frozenset(
    "what how why when where who which whose whom que quoi quel quelle quels quelles comment "
    "pourquoi quand ou qui combien qu lequel laquelle".split()
)
_INVERTED = frozenset(
    "do does did is are was were can could would will have has had should avez pouvez voulez "
    "souhaitez savez etes est puis auriez pourriez serait a".split()
)
_ACKNOWLEDGING = frozenset(
    "mm hmm mhm hm okay ok yeah yes yep right sure uh um huh oh no i see great good well "
    "absolutely alright all so exactly oui non d accord ouais euh hein ah bien tres parfait voila "
    "tout a fait entendu bon merci".split()
)
_YOU = frozenset("you your yours yourself vous votre vos tu te ton ta tes".split())
_I = frozenset("i my me mine m je j mon ma mes moi".split())
_WE = frozenset("we our us nous notre nos on".split())
_EMPTY = frozenset(
    "the a an and or to of in it that this is are was be on for so but not with at as he she they "
    "do have just like uh um le la les un une des et de du en ce c est ca que qui ne pas pour sur "
    "dans avec au aux il elle ils se s l d n euh".split()
)
_FORM_GAIN = 3.0
_LIKENESS = 4
_FORM = 31
_POOLS = 3
_HEARD_TURNS = 3


@dataclass(frozen=True)
class TurnRow:
    """One turn as a head reads it.

    Attributes:
        turn: The turn.
        text: Its words, for the lexical view.
        dense: float32 array: vectors of the turn, its last sentence and the turn after it, then
            likeness to what was said before, form and place.
    """

    turn: Turn
    text: str
    dense: NDArray[np.float32]


def turn_texts(conversation: Conversation) -> list[str]:
    """Return the distinct texts whose vectors :func:`turn_rows` asks for."""
    turns = [turn for turn in conversation.turns if turn.text.strip()]
    sentences = (one.text for turn in turns for one in sentences_of(turn))
    return list(dict.fromkeys([*(turn.text for turn in turns), *sentences]))


def turn_rows(
    conversation: Conversation, vectors: SentenceVectors, *, speaker: Speaker = "agent"
) -> list[TurnRow]:
    """Describe the turns of one speaker that have words.

    Args:
        conversation: Any; the turn after each is read too, so this is not for live use.
        vectors: Of :func:`turn_texts`.
        speaker: Whose turns.

    Returns:
        One row a turn, in order; the length of ``dense`` depends on the encoder alone.

    Raises:
        ModelMissing: A text has no stored vector, and nothing may be encoded.
    """
    import numpy as np

    turns = [turn for turn in conversation.turns if turn.text.strip()]
    texts = turn_texts(conversation)
    found = vectors.of(texts)
    place_of = {text: place for place, text in enumerate(texts)}
    sentences = [sentences_of(turn) for turn in turns]
    parts = [found[[place_of[one.text] for one in those]] for those in sentences]
    rows = []
    for place, turn in enumerate(turns):
        if turn.speaker != speaker:
            continue
        others = [i for i in range(place) if turns[i].speaker != speaker]
        own = [i for i in range(place) if turns[i].speaker == speaker]
        before = turns[others[-1]] if others else None
        own_before = turns[own[-1]] if own else None
        after = turns[place + 1] if place + 1 < len(turns) else None
        whole = found[place_of[turn.text]]
        mine = parts[place] if len(parts[place]) else whole[None]
        nothing = np.zeros(len(whole), dtype=np.float32)
        later = found[place_of[after.text]] if after else nothing
        theirs = found[place_of[before.text]] if before else nothing
        heard = [parts[i] for i in others[-_HEARD_TURNS:]]
        near = mine @ np.concatenate([*heard, nothing[None]]).T
        likeness = [whole @ theirs, whole @ later, near.max(), near.max(axis=1).mean()]
        form = _form(turn, sentences[place], before, own_before, after, place, len(turns))
        dense = np.concatenate([whole, mine[-1], later, [*likeness, *form]])
        rows.append(TurnRow(turn, turn.text, dense.astype(np.float32)))
    return rows


def dense_gains(n_dense: int) -> NDArray[np.float32]:
    """Return how much each dense column counts: each pool of vectors as much as one column.

    Args:
        n_dense: Length of :attr:`TurnRow.dense`.
    """
    import numpy as np

    dim = (n_dense - _LIKENESS - _FORM) // _POOLS
    gains = np.empty(n_dense, dtype=np.float32)
    gains[: _POOLS * dim] = dim**-0.5 if dim else 0.0
    gains[_POOLS * dim :] = _FORM_GAIN * _FORM**-0.5
    gains[_POOLS * dim : _POOLS * dim + _LIKENESS] = _FORM_GAIN * _LIKENESS**-0.5
    return gains


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return _WORD.findall(fold(text))


def _form(
    turn: Turn,
    sentences: Sequence[Sentence],
    before: Turn | None,
    own_before: Turn | None,
    after: Turn | None,
    place: int,
    n_turns: int,
) -> list[float]:
    text = turn.text.strip()
    words = words_of(text)
    first = words_of(sentences[0].text) if sentences else words
    last = words_of(sentences[-1].text) if sentences else words
    theirs = words_of(before.text) if before else []
    reply = words_of(after.text) if after else []
    mine = words_of(own_before.text) if own_before else []
    content = [word for word in words if word not in _EMPTY]
    repeated = [word for word in content if word in set(theirs)]
    n = max(1, len(words))
    asks = text.endswith("?")
    return [
        _log(len(words)),
        len(words) <= 2,
        len(words) <= 5,
        _log(len(sentences)),
        "?" in text,
        _log(text.count("?")),
        asks,
        text.endswith(("-", "—", "…", "...")),
        text.startswith(("-", "—", "…", "...")),
        any(word in _ASKING for word in words),
        _starts(last, _ASKING),
        _starts(last, _INVERTED),
        _starts(first, {"so", "donc", "alors"}),
        asks and any(word in _ASKING for word in last),
        _share(words, _ACKNOWLEDGING, n),
        _share(words, _YOU, n),
        _share(words, _I, n),
        _share(words, _WE, n),
        len(repeated) / max(1, len(content)),
        _log(len(repeated)),
        _log(len(theirs)),
        _log(len(reply)),
        _log(len(mine)),
        bool(before and "?" in before.text),
        bool(own_before and "?" in own_before.text),
        bool(after and "?" in after.text),
        _starts(reply, _ACKNOWLEDGING),
        len(reply) <= 2,
        place / max(1, n_turns),
        place < 4,
        place >= n_turns - 4,
    ]


def _log(count: int) -> float:
    return math.log1p(count)


def _starts(words: Sequence[str], with_one_of: Iterable[str]) -> bool:
    return bool(words) and words[0] in with_one_of


def _share(words: Sequence[str], of: frozenset[str], n: int) -> float:
    return sum(word in of for word in words) / n
