"""Words of a text as the search for names sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.personal_data.name_lists import NameLists

WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-‐](?=[^\W\d_]))*")
_ELIDED = re.compile(r"(?:[dlnmtsjc]|qu|jusqu|lorsqu|puisqu)['’](?=.)", re.IGNORECASE)
PARTICLES = frozenset(
    "de du des d' la le van von der den di da del della dos el al ben bin ibn y e of zu ter "
    "st saint".split()
)
TITLES = frozenset(
    "m mr mme mlle mm monsieur madame mademoiselle maître docteur dr me mrs miss ms sir mister "
    "professeur professor prof lady lord doctor".split()
)
NOT_AFTER_TITLE = frozenset(
    "bonjour bonsoir merci oui non alors le la les l' je j' vous pour et est c' ça que qui votre "
    "au à en un une dans avec si mais donc tout très bien ne pas voilà d'accord hello please yes "
    "no thank thanks the i you your and is it so can may how what good ok okay".split()
)
NOT_BEFORE = frozenset(
    "rue avenue av boulevard bd place allée chemin impasse quai square cours lycée collège école "
    "université stade hôpital gare aéroport parc pont église cathédrale théâtre musée prix fondation "  # noqa: E501
    "institut société entreprise groupe maison saint sainte st ste fort mont lac ville commune "
    "marque modèle produit chez lake mount port san santa los las fc ac new south north west east "
    "university".split()
)
NOT_AFTER = frozenset(
    "street st road rd avenue ave lane ln drive dr boulevard blvd court ct square way close "
    "university college school hospital church cathedral park bridge river lake mountain island "
    "islands county city town village beach bay airport station stadium museum theatre theater "
    "award awards prize cup league club fc inc ltd llc corp corporation company co group "
    "foundation institute records orchestra band band's university's bank hotel house hall tower "
    "castle palace festival football gmbh sa sas sarl & building hills valley creek".split()
)
ARTICLES = frozenset("the le la les l' du au aux une un".split())
MONTHS = frozenset(
    "january february march april may june july august september october november "
    "december janvier février mars avril mai juin juillet août septembre".split()
)
_SENTENCE_END = re.compile(r"[.!?…:;\n\r\"«“(\-–—]\s*$")
MOST_NAME_WORDS = 4


@dataclass(frozen=True)
class NameToken:
    """A word with its place.

    Attributes:
        text: As it stands in the text.
        key: In lower case.
        start: Index of the first character.
        end: Index after the last.
        opens: Whether it is the first of a sentence.
        joined: Whether only a space, or the dot of an initial, stands since the word before.
    """

    text: str
    key: str
    start: int
    end: int
    opens: bool
    joined: bool

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


def name_tokens(text: str) -> list[NameToken]:
    """Return the words of a text, without what is elided before them ("d'", "l'")."""
    tokens: list[NameToken] = []
    last_end = 0
    for match in WORD.finditer(text):
        start, word = match.start(), match[0]
        elided = _ELIDED.match(word)
        if (elided and (elided[0][0].islower() or len(word) - elided.end() < 2 or not tokens)) or (
            elided and word[elided.end()].islower()
        ):
            start += elided.end()
            word = word[elided.end() :]
        between = text[last_end:start]
        tokens.append(
            NameToken(
                text=word,
                key=word.lower().replace("’", "'"),
                start=start,
                end=match.end(),
                opens=not tokens or _SENTENCE_END.search(between) is not None,
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


def is_ordinary(token: NameToken, lists: NameLists) -> bool:
    """Say whether a word is frequent in ordinary text."""
    return token.key in lists.common or token.key in NOT_AFTER_TITLE


def is_known(token: NameToken, lists: NameLists) -> bool:
    """Say whether a word is a name and hardly ever anything else."""
    return token.key in lists.first or token.key in lists.last


def is_first_or_last(token: NameToken, lists: NameLists) -> bool:
    """Say whether a word is a name in any register, even if it is also an ordinary word."""
    return any(
        token.key in known
        for known in (lists.first, lists.first_words, lists.last, lists.last_words)
    )


def has_case(tokens: Sequence[NameToken]) -> bool:
    """Say whether capital letters tell anything: a recogniser may write none."""
    return any(token.is_capital and not token.opens for token in tokens) or (
        len(tokens) <= 3 and any(token.is_capital for token in tokens)
    )
