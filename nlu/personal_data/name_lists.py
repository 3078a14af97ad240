"""Lists of first names, surnames and ordinary words that the search for names looks up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

PLACES = frozenset(
    "paris florence lourdes nancy vienne france austin dallas houston london savannah madison "
    "charlotte sydney lyon lorraine valence orange lille tours angers nice cannes caen troyes "
    "india china asia america israel jordan chad georgia carolina virginia victoria alba denver "
    "phoenix lincoln washington jackson montana nevada arizona dakota brooklyn chelsea kent "
    "europe canada belgique suisse allemagne espagne italie angleterre maroc algérie tunisie "
    "sénégal portugal brésil mexique japon chine russie pologne autriche grèce turquie bretagne "
    "normandie alsace marseille toulouse bordeaux nantes strasbourg montpellier rennes reims "
    "grenoble dijon metz rouen toulon brest limoges amiens perpignan orléans mulhouse avignon "
    "poitiers lens pau calais colmar bourges quimper valenciennes england scotland wales ireland "
    "germany spain italy russia japan australia mexico brazil poland austria greece turkey texas "
    "california florida york boston chicago philadelphia seattle detroit atlanta manchester "
    "liverpool birmingham leeds bristol oxford cambridge edinburgh glasgow cardiff belfast dublin "
    "berlin rome madrid vienna moscow kiev prague africa afrique amérique asie océanie bruxelles "
    "genève lausanne zurich montréal québec ottawa toronto vancouver auckland jersey mali niger "
    "togo bénin congo gabon cameroun vatican milan venise naples turin hollywood broadway "
    "alabama alaska arkansas colorado delaware hawaii idaho illinois indiana iowa kansas kentucky "
    "louisiana maine maryland massachusetts michigan minnesota mississippi missouri nebraska ohio "
    "oklahoma oregon pennsylvania tennessee utah vermont wisconsin wyoming".split()
)


@dataclass(frozen=True)
class NameLists:
    """What words are known to be, in lower case.

    Attributes:
        first: First names that are hardly ever anything else.
        first_words: First names that are also ordinary words.
        last: Surnames that are hardly ever anything else.
        last_words: Surnames that are also ordinary words.
        common: Ordinary words.
    """

    first: frozenset[str]
    first_words: frozenset[str]
    last: frozenset[str]
    last_words: frozenset[str]
    common: frozenset[str]


@lru_cache(maxsize=1)
def name_lists() -> NameLists:
    """Return the lists that ship with Entendu, read once."""
    return NameLists(
        first=_read("first_names.txt"),
        first_words=_read("first_names_that_are_words.txt"),
        last=_read("surnames.txt"),
        last_words=_read("surnames_that_are_words.txt"),
        common=_read("common_words.txt"),
    )


def _read(name: str) -> frozenset[str]:
    text = files("nlu.personal_data").joinpath("data", name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
