"""Speech made short: fillers, greetings and repeats cut, agents' sentences turned impersonal.

Words are dropped, or changed in person ("vous devez" becomes "le client doit"); none is added
that carries a fact.
"""

from __future__ import annotations

import re

from nlu.entities.written_text import fold, read_written

_FILLERS = {
    "fr": re.compile(
        r"(?<![\w'’-])(?:euh|heu|hum|hein|bah|ben|beh|hmm|mh|en fait|du coup|voilà|voila|enfin bon|"
        r"comment dire|tu vois|vous voyez|genre|quoi(?=[,.?!]|$)|s'il vous pla[iî]t|"
        r"s'il te pla[iî]t|svp|stp|"
        r"effectivement|donc euh|je veux dire|disons|franchement|justement|tout de suite|"
        r"tout simplement|"
        r"bien évidemment|bien sûr|bien entendu|pas de (?:souci|problème))(?![\w'’-])[ ,…]*",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?<![\w'’-])(?:um+|uh+|er|erm|hmm|you know|i mean|kind of|sort of|basically|actually|"
        r"literally|"
        r"of course|please|obviously|right away|for you|if that's okay|okay|ok|well(?=,)|gosh|"
        r"like(?=,))(?![\w'’-])[ ,…]*",
        re.IGNORECASE,
    ),
}
_BETWEEN_COMMAS = {
    language: re.compile(rf",\s*{filler.pattern.split('[ ,…]*')[0]}\s*,\s*", re.IGNORECASE)
    for language, filler in _FILLERS.items()
}
_PLEASE_FR = re.compile(
    r"^merci (?:de |d['’])(?:bien vouloir )?(?:nous |me |m['’])?(?=\w+(?:er|ir|re)\b)",
    re.IGNORECASE,
)
_CALLING = {
    "fr": re.compile(
        r"^(?:je (?:vous |t['’])?(?:appelle|contacte|écris)|j['’](?:appelle|écris))\s+"
        r"(?:donc |aujourd['’]hui |juste )*(?:parce qu(?:e |['’])|car |pour |au sujet (?:de |"
        r"d['’]|du ))",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^(?:i'm|i am|i was|just) (?:calling|writing|contacting you|"
        r"reaching out)(?: in)?(?: today)?"
        r"(?: because| about| regarding)? ",
        re.IGNORECASE,
    ),
}
_LEFT_HANGING = re.compile(
    r"[\s,]+(?:et|mais|donc|ou|car|puis|que|and|but|so|or|because|then|that)$"
)
_OPENINGS = {
    "fr": re.compile(
        r"^(?:[\s,.;:!–—-]|(?:est-ce que|"
        r"(?:bonjour|bonsoir) [\w-]+(?= (?:alors|euh|voilà|moi|je|oui|donc)\b)|bonjour|bonsoir|"
        r"allô|allo|oui|non|ouais|ok|d'accord|"
        r"alors|donc|bon|ah|oh|eh bien|et|mais|"
        r"car|puis|merci|très bien|parfait|entendu|c'est noté|voilà|effectivement|en effet|"
        r"écoutez|absolument|"
        r"tout à fait|super|bref|aussi|dans ce cas|bienvenue|je récapitule|pour résumer|je résume|"
        r"pour récapituler|"
        r"je vous confirme(?: donc)?(?: que)?|si j'ai bien (?:compris|noté|entendu)|"
        r"si je comprends bien|"
        r"je vois (?:ici |bien |là |aussi )?que|je constate que|malheureusement|du coup|après|"
        r"c'est noté|enfin|"
        r"moi(?= je| j)|madame|monsieur|mademoiselle|mme|m\.)(?![\w'’-])|(?:madame|monsieur|mme|"
        r"m\.) [A-ZÉÈ][\w-]+)+",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^(?:[\s,.;:!–—-]|(?:(?:hello|hi|hey|morning) [\w-]+(?=(?:,|\.|!) | (?:so|i|i'm|um|"
        r"yes)\b)|"
        r"hello|hi|hey|yes|yeah|no|nope|ok|okay|alright|all right|so|well|oh|"
        r"and|but|because|then|"
        r"thanks|thank you|done|great|perfect|wonderful|sure|right|absolutely|got it|of course|"
        r"also|"
        r"to recap|to summarize|to confirm|just to confirm|in summary|if i understand correctly|"
        r"i (?:can )?(?:also )?see(?: here)?(?: that)?|it (?:looks|seems) like|in that case|"
        r"morning|"
        r"unfortunately|sir|ma'am|madam|dear [\w' ]{2,30}(?=,)|good (?:morning|afternoon|"
        r"evening))(?![\w'’-]))+",
        re.IGNORECASE,
    ),
}
_VOCATIVE = re.compile(
    r",?\s*\b(?:madame|monsieur|mademoiselle|mme|mr\.?|mrs\.?|ms\.?|sir|ma'am)"
    r"(?: [A-ZÀ-Ý][\w'’-]+)?(?=\s*(?:[,.!?]|$))",
    re.IGNORECASE,
)
_ENDS = r"[\s,.;:!?…«»”\"]*$"
_TAGS = {
    "fr": re.compile(
        r"(?:\s*[,.?]\s*(?:c'est bien (?:cela|ça)|c'est (?:ça|cela)|n'est-ce pas|d'accord|"
        r"est-ce que (?:cela|ça) vous convient|(?:cela|ça) vous (?:convient|va)|bonne journée|"
        r"hein))*"
        rf"(?:\s*,?\s*merci(?: beaucoup| d'avance| bien)?)?{_ENDS}",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:\s*[,.?]\s*(?:is that (?:right|correct|okay|ok)|right|okay|ok|correct|"
        r"does that (?:work|sound good)(?: for you)?|if that works(?: for you)?))*"
        rf"(?:\s*,?\s*(?:thank you|thanks))?{_ENDS}",
        re.IGNORECASE,
    ),
}
_REPEATED = re.compile(r"\b([\w'’]{1,12}(?: [\w'’]{1,12})?)(?:,? \1\b)+", re.IGNORECASE)
_KEPT_REPEATS = frozenset({"nous", "vous"})
_SPACES = re.compile(r"\s+")
_QUOTED = re.compile(r"«([^»]*)»|\"([^\"]*)\"")
_MARKS = re.compile(r"\s+([,.])|([,])(?:\s*,)+")

_OF_CUSTOMERS = {
    "recevrez": "recevra", "serez": "sera", "aurez": "aura", "pouvez": "peut", "devez": "doit",
    "devrez": "devra", "pourrez": "pourra", "allez": "va", "avez": "a", "êtes": "est",
    "étiez": "était", "aviez": "avait", "voulez": "veut", "souhaitez": "souhaite",
}  # fmt: skip
_OF_AGENTS = {
    "vais": "va", "peux": "peut", "transmets": "transmet", "fais": "fait", "reviens": "revient",
    "tiens": "tient", "préviens": "prévient", "mets": "met", "inscris": "inscrit", "dois": "doit",
    "déduis": "déduit", "suspends": "suspend", "prends": "prend", "ai": "a",
    "vois": "voit", "comprends": "comprend", "crois": "croit", "sais": "sait", "reçois": "reçoit",
}  # fmt: skip
_FEMININE = frozenset(
    "carte facture commande ligne box connexion demande livraison part banque société boutique "
    "mensualité garantie plainte prise fibre télé télévision tablette messagerie page voiture "
    "chaudière maison résidence prochaine nouvelle ancienne dernière première".split()
)
_FEMININE_END = re.compile(r"(?:tion|sion|té|ure|ance|ence|ette|ée|ise|ille)$")
_VOWEL = re.compile(r"^[aeiouyhéèêàâîôû]", re.IGNORECASE)

_FIRST_FR = re.compile(
    r"^(?:je|j['’]|on|nous)\s*(?=\w)((?:(?:vous|te|le|la|les|lui|y|en|m['’]|me)\s|l['’]|t['’])*)"
    r"(?P<verb>[\wÀ-ÿ]+)", re.IGNORECASE,
)  # fmt: skip
_PERFECT_FR = re.compile(
    r"(?<![-\w'’])(?<!que )(?:j['’]ai|je vous ai|nous avons|nous vous avons|on a|"
    r"on vous a)\s+(?:bien |donc |déjà )?",
    re.IGNORECASE,
)
_REFUSAL_FR = re.compile(r"^je ne (?:vous )?([\wÀ-ÿ]+) (?=pas|plus)", re.IGNORECASE)
_JUST_FR = re.compile(r"^je viens (?:de |d['’])", re.IGNORECASE)
_GOING_FR = re.compile(
    r"^(?:je vais|nous allons|on va)\s+(?:(?:vous|donc|aussi|également|le|la)\s)*", re.IGNORECASE
)
_I_TO_YOU_FR = re.compile(r"(?<=\w )(?<!que )(?<!si )je vous (?=\w+)", re.IGNORECASE)
_YOU_FR = re.compile(
    r"(?<![-\w])vous (?P<between>(?:ne |n['’])?(?:le |la |les |l['’]|en |y )?)"
    r"(?P<verb>recevrez|serez|aurez|pouvez|devez|devrez|pourrez|allez|avez|êtes|étiez|aviez|"
    r"voulez|souhaitez)\b",
    re.IGNORECASE,
)
_WITH_YOU_FR = re.compile(r"\b(pour|chez|à|de) vous\b", re.IGNORECASE)
_FOR_YOU_END = re.compile(r"\s+pour (?:vous|le client)$", re.IGNORECASE)
_YOUR_FR = re.compile(r"\b(?P<which>votre|vos) (?P<noun>[\wÀ-ÿ'’-]+)", re.IGNORECASE)
_OBJECT_FR = re.compile(
    r"(?<![-\w])vous (?!(?:(?:ne|le|la|les|en|y) |n['’]|l['’])*\w+(?:ez|êtes|tes)\b)", re.IGNORECASE
)

_FIRST_EN = re.compile(
    r"^(?:i'll|we'll|i will|we will|i'm going to|we're going to|i am going to|we are going to|"
    r"i'm gonna|"
    r"i'm|we're|i am|we are|i've|we've|i have|we have|let me|let's|i can|we can|i)\s+"
    r"(?:also |just |now |go ahead and |definitely |going ahead and |already )*(?=\w+)",
    re.IGNORECASE,
)
_KEEPS_SUBJECT_EN = re.compile(
    r"^(?:i|we)(?:'ve| have|'m| am|'re| are)? (?:see|understand|know|think|not|a|an|the|two|three|"
    r"no)\b",
    re.IGNORECASE,
)
_YOU_EN = (
    (re.compile(r"\b(sent|send|give|given|gave|issue|text|emailed|email|offer|get) you (?=an? |"
        r"the |your |some )",
                re.IGNORECASE), r"\1 "),
    (re.compile(r"\byou don't\b", re.IGNORECASE), "customer doesn't"),
    (re.compile(r"\byou'll\b", re.IGNORECASE), "customer will"),
    (re.compile(r"\byou're\b", re.IGNORECASE), "customer is"),
    (re.compile(r"\byou(?:'ve| have) to\b", re.IGNORECASE), "customer has to"),
    (re.compile(r"\byou(?:'ve| have)\b", re.IGNORECASE), "customer has"),
    (re.compile(r"\byou need\b", re.IGNORECASE), "customer needs"),
    (re.compile(r"\byou are\b", re.IGNORECASE), "customer is"),
    (re.compile(r"\byou (can|will|must|should|may)\b", re.IGNORECASE), r"customer \1"),
    (re.compile(r"\b(call|email|send|give|text|contact|refund|transfer|let|get|offer|ship|mail|"
        r"issue|notify) you\b",
                re.IGNORECASE), r"\1 customer"),
)  # fmt: skip


def condense(text: str, language: str, *, impersonal: bool) -> str:
    """Shorten what was said.

    Args:
        text: A sentence or clause, verbatim.
        language: ``fr`` or ``en``.
        impersonal: Whether an agent said it: "je vous envoie votre facture" becomes "envoie sa
            facture".

    Returns:
        What is left, without an end mark; empty where nothing is.
    """
    text = _QUOTED.sub(lambda match: f"“{(match[1] or match[2]).strip()}”", _SPACES.sub(" ", text))
    text = _VOCATIVE.sub("", text)
    text = _BETWEEN_COMMAS[language].sub(" ", text)
    text = _FILLERS[language].sub(" ", text)
    text = _SPACES.sub(" ", text).strip()
    text = _PLEASE_FR.sub("", text) if language == "fr" else text
    text = _OPENINGS[language].sub("", text)
    text = _OPENINGS[language].sub("", _CALLING[language].sub("", text))
    text = _TAGS[language].sub("", text)
    text = _REPEATED.sub(_once, text)
    text = _MARKS.sub(r"\1\2", _SPACES.sub(" ", text)).strip(" ,;:-–")
    text = _LEFT_HANGING.sub("", text)
    if impersonal and text:
        text = _impersonal_fr(text) if language == "fr" else _impersonal_en(text)
    text = _SPACES.sub(" ", text).strip(" ,;:-–")
    return _SPACES.sub(" ", read_written(text, language).text)


def lower_first(text: str) -> str:
    """Begin in lower case, unless the first word is an abbreviation or a name of one capital."""
    first = text.split(" ", 1)[0]
    if first == "I" or first.startswith(("I'", "I’")):
        return text
    if len(first) > 1 and (first.isupper() or not first[1:].islower()) and "'" not in first:
        return text
    return text[:1].lower() + text[1:]


def _once(match: re.Match[str]) -> str:
    return match[0] if fold(match[1]) in _KEPT_REPEATS or match[1].isdigit() else match[1]


def _impersonal_fr(text: str) -> str:
    text = _REFUSAL_FR.sub(lambda match: f"ne {_OF_AGENTS.get(match[1].lower(), match[1])} ", text)
    text = _PERFECT_FR.sub("", text)
    text = _JUST_FR.sub("", text)
    text = _GOING_FR.sub("", text)
    text = _I_TO_YOU_FR.sub("", text)
    if (match := _FIRST_FR.match(text)) and not match["verb"].lower().endswith("ons"):
        verb = match["verb"]
        known = _OF_AGENTS.get(verb.lower())
        verb = known or (verb[:-1] if verb.endswith("rai") else verb)
        text = verb + text[match.end() :]
    text = _FOR_YOU_END.sub("", text)
    text = _YOU_FR.sub(
        lambda match: f"le client {match['between']}{_OF_CUSTOMERS[match['verb'].lower()]}", text
    )
    text = _WITH_YOU_FR.sub(r"\1 le client", text)
    text = _OBJECT_FR.sub("", text)
    return _YOUR_FR.sub(_his, text)


def _his(match: re.Match[str]) -> str:
    noun = match["noun"]
    if match["which"].lower() == "vos":
        return f"ses {noun}"
    is_feminine = noun.lower() in _FEMININE or _FEMININE_END.search(noun.lower())
    if is_feminine and not _VOWEL.match(noun):
        return f"sa {noun}"
    return f"son {noun}"


def _impersonal_en(text: str) -> str:
    if not _KEEPS_SUBJECT_EN.match(text):
        text = _FIRST_EN.sub("", text)
    for pattern, written in _YOU_EN:
        text = pattern.sub(written, text)
    return re.sub(r"\byour\b", "the", text, flags=re.IGNORECASE)
