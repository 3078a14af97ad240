"""Words that a dictated number goes on after, and how French and English say zero and twice."""

from __future__ import annotations

HESITATIONS: dict[str, frozenset[str]] = {
    "fr": frozenset("euh heu hum hm hmm mmh hein ben bah".split()),
    "en": frozenset("uh um er erm hm hmm mm mmm mhm huh ah".split()),
}
"""Left out before anything is read."""

TRANSPARENT: dict[str, frozenset[str]] = {
    "fr": frozenset(
        "alors donc ensuite puis après et voilà oui ouais ok okay d' accord très bien parfait c' "
        "est ça les le la de du tiret espace fin début suite chiffre chiffres encore pardon noté "
        "note je j' vous écoute allez y attendez m' vas-y ai entendu suis l' enfin avec puis "
        "super exact exactement tout à fait continuez poursuivez dites moi merci et là ouais ah "
        "entendu reçu bon génial nickel impeccable".split()
    ),
    "en": frozenset(
        "and then yes yeah yep yup okay ok right so it it' s is the that that' dash space hyphen "
        "got go ahead next sure followed by fine great perfect thanks thank you i' m i listening "
        "on carry noted please moment sorry last first part absolutely lovely wonderful brilliant "
        "alright alrighty exactly correct indeed keep fire away cool good continue then".split()
    ),
}
"""Between two groups of digits, or of the side that listens."""

STANDS_FOR: dict[str, frozenset[str]] = {
    "fr": frozenset({"comme"}),
    "en": frozenset({"as", "for", "like"}),
}
"""Between a letter and the word that it begins."""

ZEROS: dict[str, frozenset[str]] = {
    "fr": frozenset({"zéro", "zero", "zéros"}),
    "en": frozenset({"zero", "oh", "o", "nought", "naught", "nil"}),
}

MULTIPLIERS: dict[str, dict[str, int]] = {
    "fr": {"double": 2, "triple": 3},
    "en": {"double": 2, "triple": 3, "treble": 3},
}
"""Said before a digit: "double five" is 55."""

COUNTED: dict[str, frozenset[str]] = {
    "fr": frozenset(
        "euro euros € centime centimes heure heures h minute minutes seconde secondes jour jours "
        "semaine semaines mois an ans année années fois pour % pourcent degré degrés kilo kilos kg "
        "gramme grammes mètre mètres m km kilomètres litre litres giga gigas go mo méga kwh "
        "watts personnes exemplaires pièces unités articles points pages janvier février mars "
        "avril mai juin juillet août septembre octobre novembre décembre virgule dollars".split()
    ),
    "en": frozenset(
        "euro euros € £ $ cent cents pound pounds dollar dollars pence p quid hour hours minute "
        "minutes second seconds day days week weeks month months year years times % percent "
        "degrees kilo kilos kg grams metres meters miles litres gigs gigabytes mb gb kwh people "
        "items pieces units pages points january february march april may june july august "
        "september october november december am pm".split()
    ),
}
"""After a number, these say that it counts something."""

CODE_WORDS: dict[str, str] = {
    word: word[0].upper()
    for word in (
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett juliette kilo "
        "lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky "
        "xray yankee zulu"
    ).split()
}
"""Of the spelling alphabet of the ICAO, as recognisers write it."""
