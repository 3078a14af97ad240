"""Names of people: announced by the talk, or known from the registers of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conversation import Turn
from conversation.written import find_written
from nlu.personal_data.found import Found, Span
from nlu.personal_data.name_lists import PLACES, NameLists, name_lists

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-‐](?=[^\W\d_]))*")
_ELIDED = re.compile(r"(?:[dlnmtsjc]|qu|jusqu|lorsqu|puisqu)['’](?=.)", re.IGNORECASE)
_PARTICLES = frozenset(
    "de du des d' la le van von der den di da del della dos el al ben bin ibn y e of zu ter "
    "st saint".split()
)
_TITLES = frozenset(
    "m mr mme mlle mm monsieur madame mademoiselle maître docteur dr me mrs miss ms sir mister "
    "professeur professor prof lady lord doctor".split()
)
_NOT_AFTER_TITLE = frozenset(
    "bonjour bonsoir merci oui non alors le la les l' je j' vous pour et est c' ça que qui votre "
    "au à en un une dans avec si mais donc tout très bien ne pas voilà d'accord hello please yes "
    "no thank thanks the i you your and is it so can may how what good ok okay".split()
)
_ANNOUNCED = re.compile(
    r"(?:je m'appelle|je me (?:nomme|prénomme)|mon (?:nom(?: complet| de famille)?|prénom)"
    r"(?: et (?:mon )?(?:nom|prénom))? (?:est|c'est|c est)|(?:au|du) nom d[e'](?: madame| monsieur)?"  # noqa: E501
    r"|de la part d[e']|s'appelle|appelez-moi|(?:nom|prénom)(?: de famille)? *[:,]|nom de jeune fille"  # noqa: E501
    r"(?: est|,|:)?|c'est (?=madame|monsieur|mme|mr|m\.)|my (?:full |first |last |maiden |sur)?name"
    r"(?:'s| is| was)|(?:last|first|full|sur) ?name(?:'s| is|:)?|name(?: is|'s|:)|i am called|call me"  # noqa: E501
    r"|in the name of|under the name(?: of)?|on behalf of|signed?,?|cordialement,?|regards,?)\s*",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"(?:je suis|ici|c'est|vous êtes|parle(?:r)? (?:à|avec)|i'm|i am|this is|speak(?:ing)? (?:with|to)|"  # noqa: E501
    r"spoke (?:with|to)|it's|here is|bonjour|bonsoir|merci|hello|hi|hey|thanks|thank you|dear|cher|"
    r"chère)[\s,]*$",
    re.IGNORECASE,
)
_PRESENTED = re.compile(
    r"([^\W\d_]+)(?: [^\W\d_]+)?,? (?:à votre (?:écoute|service|disposition)|à l'appareil|speaking|"
    r"here|how (?:can|may) i (?:help|assist))",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:votre|vos|le|quel(?:s)?(?: est)?(?: votre)?) (?:\w+ et )?(?:votre )?(?:nom|prénom)s?|"
    r"vous (?:vous )?appel\w+|à qui ai-je|épel\w+|madame ou monsieur|your (?:\w+ (?:and|or) )?"
    r"(?:full |first |last |sur|legal )?name|who am i (?:speaking|talking)|name,? please|spell",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"nom (?:de (?:la|votre|l')|du )(?!jeune|famille|titulaire|client|assuré|abonné)|company|product|"  # noqa: E501
    r"e-?mail|street|adresse|address|immatric|rue\b|ville",
    re.IGNORECASE,
)
_NOT_BEFORE = frozenset(
    "rue avenue av boulevard bd place allée chemin impasse quai square cours lycée collège école "
    "université stade hôpital gare aéroport parc pont église cathédrale théâtre musée prix fondation "  # noqa: E501
    "institut société entreprise groupe maison saint sainte st ste fort mont lac ville commune "
    "marque modèle produit chez the le la les l' du au aux une un lake mount port san santa los "
    "las fc ac new south north west east university".split()
)
_NOT_AFTER = frozenset(
    "street st road rd avenue ave lane ln drive dr boulevard blvd court ct square way close "
    "university college school hospital church cathedral park bridge river lake mountain island "
    "islands county city town village beach bay airport station stadium museum theatre theater "
    "award awards prize cup league club fc inc ltd llc corp corporation company co group "
    "foundation institute records orchestra band band's university's bank hotel house hall tower "
    "castle palace festival football gmbh sa sas sarl & building hills valley creek".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november "
    "december janvier février mars avril mai juin juillet août septembre".split()
)
_SENTENCE_END = re.compile(r"(?:^|[.!?…:;\n\r\"«“(\-–—]|\.\.\.)\s*$")
_MOST_ANSWER_WORDS = 9
_MOST_NAME_WORDS = 4
_SPELLED_CUE = re.compile(
    r"nom\b|prénom|appelle|épel\w*|s'écrit|madame|monsieur|name|spell\w*", re.IGNORECASE
)


@dataclass(frozen=True)
class _Token:
    """A word with its place, and what it may be."""

    text: str
    key: str
    start: int
    end: int
    opens: bool  # first of a sentence
    joined: bool  # only a space, or the dot of an initial, since the word before

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


def find_names(turns: Sequence[Turn], language: str, *, never: Iterable[str]) -> Iterator[Found]:
    """Yield the names of people.

    Args:
        turns: Of the conversation, in order.
        language: ``fr`` or ``en``.
        never: What is no name: products, brands.

    Returns:
        One candidate a mention; its value is the name in lower case.
    """
    lists = name_lists()
    refused = frozenset(word.casefold() for phrase in never for word in phrase.split())
    asked = False
    for turn in turns:
        tokens = _tokens(turn.text)
        is_cased = any(token.is_capital and not token.opens for token in tokens) or (
            len(tokens) <= 3 and any(token.is_capital for token in tokens)
        )
        spans = list(_announced(turn.text, tokens, lists, is_cased=is_cased))
        spans += _titled(turn.text, tokens, lists, is_cased=is_cased)
        spans += _presented(turn.text, lists)
        spans += _known(turn.text, tokens, lists, is_cased=is_cased)
        spans += _spelled(turn, asked=asked, language=language)
        if asked and turn.speaker != "agent":
            spans += _answers(tokens, lists)
        for start, end, confidence in spans:
            name = turn.text[start:end]
            words = {word.casefold() for word in _WORD.findall(name)}
            if words & refused:
                continue
            yield Found("person", (Span(turn.index, start, end),), name.casefold(), confidence)
        if turn.text.strip():
            asked = _ASKED.search(turn.text) is not None and not _NOT_ASKED.search(turn.text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    last_end = 0
    for match in _WORD.finditer(text):
        start, word = match.start(), match[0]
        elided = _ELIDED.match(word)
        if (elided and (elided[0][0].islower() or len(word) - elided.end() < 2 or not tokens)) or (
            elided and word[elided.end()].islower()
        ):
            start += elided.end()
            word = word[elided.end() :]
        between = text[last_end:start]
        tokens.append(
            _Token(
                text=word,
                key=word.lower().replace("’", "'"),
                start=start,
                end=match.end(),
                opens=not tokens or _SENTENCE_END.search(text[:start]) is not None,
                joined=bool(tokens)
                and (
                    between == " "
                    or (between in (". ", ".") and len(tokens[-1].text) == 1)
                    or (between.endswith(("'", "’")) and len(between.strip()) <= 2)
                ),
            )
        )
        last_end = match.end()
    return tokens


def _is_ordinary(token: _Token, lists: NameLists) -> bool:
    return token.key in lists.common or token.key in _NOT_AFTER_TITLE


def _take(tokens: Sequence[_Token], at: int, lists: NameLists, *, is_cased: bool, most: int) -> int:
    """Return the index after the name that begins at a token, which something announced."""
    end = at
    while end < len(tokens) and end - at < most:
        token = tokens[end]
        if end > at and not token.joined:
            break
        known = token.key in lists.first or token.key in lists.last
        is_name = (
            (token.is_capital and (known or not token.opens or not _is_ordinary(token, lists)))
            if is_cased
            else known or not _is_ordinary(token, lists)
        )
        if is_cased and not token.is_capital and known and end > at:
            is_name = not _is_ordinary(token, lists)
        if token.key in _NOT_AFTER_TITLE:
            is_name = False
        if not is_name:
            is_particle = token.key in _PARTICLES and end + 1 < len(tokens)
            if not (is_particle and _fits(tokens[end + 1], lists, is_cased=is_cased)):
                break
        end += 1
    return end


def _fits(token: _Token, lists: NameLists, *, is_cased: bool) -> bool:
    if not token.joined:
        return False
    return token.is_capital if is_cased else not _is_ordinary(token, lists)


def _announced(
    text: str, tokens: Sequence[_Token], lists: NameLists, *, is_cased: bool
) -> Iterator[tuple[int, int, float]]:
    for match in _ANNOUNCED.finditer(text.replace("’", "'")):
        at = next((n for n, token in enumerate(tokens) if token.start >= match.end()), None)
        if at is None or tokens[at].start - match.end() > 3:
            continue
        if tokens[at].key in _TITLES:
            at += 1
        end = _take(tokens, at, lists, is_cased=is_cased, most=_MOST_NAME_WORDS)
        if end == at and is_cased and at < len(tokens) and _is_known(tokens[at], lists):
            end = _take(tokens, at, lists, is_cased=False, most=3)
        if end > at:
            yield tokens[at].start, tokens[end - 1].end, 0.95


def _is_known(token: _Token, lists: NameLists) -> bool:
    return token.key in lists.first or token.key in lists.last


def _titled(
    text: str, tokens: Sequence[_Token], lists: NameLists, *, is_cased: bool
) -> Iterator[tuple[int, int, float]]:
    for at, token in enumerate(tokens[:-1]):
        if token.key not in _TITLES or (len(token.key) <= 2 and token.text.islower()):
            continue
        following = tokens[at + 1]
        if text[token.end : following.start] not in (" ", ". ", "."):
            continue
        if token.key == "me" and text[token.end : following.start] == " " and token.opens:
            continue
        end = _take(tokens, at + 1, lists, is_cased=is_cased, most=_MOST_NAME_WORDS)
        if end == at + 1 and not following.is_capital and _is_known(following, lists):
            end = _take(tokens, at + 1, lists, is_cased=False, most=2)
        if end > at + 1:
            yield following.start, tokens[end - 1].end, 0.95


def _presented(text: str, lists: NameLists) -> Iterator[tuple[int, int, float]]:
    for match in _PRESENTED.finditer(text):
        key = match[1].lower()
        if key in lists.first or (match[1][0].isupper() and key not in lists.common):
            yield match.start(1), match.end(1), 0.9


def _answers(tokens: Sequence[_Token], lists: NameLists) -> Iterator[tuple[int, int, float]]:
    """Yield what answers a question for the name and says nothing else."""
    if len(tokens) > 30:
        return
    single = sum(len(token.text) <= 2 for token in tokens)
    if len(tokens) >= 4 and single >= 0.6 * len(tokens):
        yield tokens[0].start, tokens[-1].end, 0.8  # spelled, as recognisers write it
        return
    at = 0
    while at < len(tokens) and _is_ordinary(tokens[at], lists):
        at += 1
    if at == len(tokens) or len(tokens) > _MOST_ANSWER_WORDS:
        if (
            0 < len(tokens) <= 2
            and all(_is_first_or_last(token, lists) or token.is_capital for token in tokens)
            and not all(token.key in _NOT_AFTER_TITLE for token in tokens)
        ):
            yield tokens[0].start, tokens[-1].end, 0.6
        return
    end = at
    while end < len(tokens) and (
        not _is_ordinary(tokens[end], lists)
        or tokens[end].key in _PARTICLES
        or _is_first_or_last(tokens[end], lists)
        or (tokens[end].is_capital and end > at)
    ):
        end += 1
    first = at
    while first > 0 and (tokens[first - 1].key in lists.first_words) and tokens[first].joined:
        first -= 1
    yield tokens[first].start, tokens[end - 1].end, 0.8


def _is_first_or_last(token: _Token, lists: NameLists) -> bool:
    return any(
        token.key in known
        for known in (lists.first, lists.first_words, lists.last, lists.last_words)
    )


def _spelled(turn: Turn, *, asked: bool, language: str) -> Iterator[tuple[int, int, float]]:
    places = list(re.finditer(r"\S+", turn.text))
    if not asked and not _SPELLED_CUE.search(turn.text):
        return
    for written in find_written([match[0] for match in places], language=language):
        if written.kind == "spelled":
            start, end = places[written.first].start(), places[written.last].end()
            yield start, start + len(turn.text[start:end].rstrip(".,;:!?… ")), 0.85


def _known(
    text: str, tokens: Sequence[_Token], lists: NameLists, *, is_cased: bool
) -> Iterator[tuple[int, int, float]]:
    """Yield names that nothing announces, by what their words are in the registers."""
    at = 0
    while at < len(tokens):
        end = _chain(tokens, at, lists, is_cased=is_cased)
        if end == at:
            at += 1
            continue
        found = _judge(text, tokens, at, end, lists, is_cased=is_cased)
        if found is not None:
            yield found
        at = end


def _chain(tokens: Sequence[_Token], at: int, lists: NameLists, *, is_cased: bool) -> int:
    """Return the index after words in a row that may be one name."""

    def may(token: _Token) -> bool:
        if not is_cased:
            return token.key in lists.first or token.key in lists.last
        if not token.is_capital or token.key in _TITLES:
            return False
        return not (token.opens and _is_ordinary(token, lists))

    end = at
    while end < len(tokens) and may(tokens[end]) and (end == at or tokens[end].joined):
        end += 1
        particles = end
        while (
            end > at
            and particles < len(tokens) - 1
            and particles - end < 2
            and tokens[particles].joined
            and tokens[particles].key in _PARTICLES
        ):
            particles += 1
        if particles > end and may(tokens[particles]) and tokens[particles].joined and is_cased:
            end = particles
    return end


def _judge(
    text: str,
    tokens: Sequence[_Token],
    first: int,
    end: int,
    lists: NameLists,
    *,
    is_cased: bool,
) -> tuple[int, int, float] | None:
    chain = tokens[first:end]
    # a sentence may begin with a word that the name does not: "Selon Paul", "Avec Marie Curie"
    while (
        len(chain) > 1
        and chain[0].opens
        and not _is_first_or_last(chain[0], lists)
        and (chain[1].key in lists.first)
    ):
        chain = chain[1:]
        first += 1
    before = tokens[first - 1].key if first and chain[0].joined else ""
    after = tokens[end].key if end < len(tokens) and tokens[end].joined else ""
    keys = [token.key for token in chain]
    if before in _NOT_BEFORE and not (before in ("du", "the") and len(chain) > 1):
        return None
    if after in _NOT_AFTER or keys[-1] in _NOT_AFTER:
        return None
    span = chain[0].start, chain[-1].end
    has_first = any(key.split("-")[0] in lists.first or key in lists.first for key in keys[:-1])
    if len(chain) > 1:
        return _judge_several(span, chain, lists, has_first=has_first, is_cased=is_cased)
    key = keys[0]
    if not is_cased:
        return (*span, 0.5) if key in lists.first and len(key) > 3 else None
    if key in PLACES or key in _MONTHS or (chain[0].text.isupper() and len(key) < 5):
        return None
    if key in lists.first or ("-" in key and key.split("-")[0] in lists.first):
        likely = _LIKELY.search(text[: span[0]]) is not None
        return (*span, 0.8 if likely else 0.65)
    if key in lists.first_words and not chain[0].opens:
        return (*span, 0.55)
    if key in lists.last and not chain[0].opens:
        return (*span, 0.5)
    return None


def _judge_several(
    span: tuple[int, int],
    chain: Sequence[_Token],
    lists: NameLists,
    *,
    has_first: bool,
    is_cased: bool,
) -> tuple[int, int, float] | None:
    keys = [token.key for token in chain if token.key not in _PARTICLES]
    if not keys or all(key in PLACES for key in keys):
        return None
    last = keys[-1]
    if not is_cased:
        is_name = keys[0] in lists.first and (last in lists.last or last in lists.last_words)
        return (*span, 0.6) if is_name else None
    if has_first:
        return (*span, 0.85)
    if len(keys) > _MOST_NAME_WORDS + 1:
        return None
    has_word = any(key in lists.first_words for key in keys[:-1])
    is_last = last in lists.last or last in lists.last_words or last in lists.first
    if has_word and (is_last or last not in lists.common):
        return (*span, 0.7)
    if last in PLACES or any(key in lists.common for key in keys):
        return None
    if last in lists.last or last in lists.first:
        return (*span, 0.6)
    return None
