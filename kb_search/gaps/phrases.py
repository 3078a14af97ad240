"""What agents say that is no answer, and what customers say when an answer did or did not help."""

from __future__ import annotations

import re

NO_ANSWER = re.compile(
    r"""
    # waiting and looking
    \b(?:un\ (?:petit\ )?(?:instant|moment)|une\ (?:petite\ )?(?:seconde|minute)|patient(?:ez|er)
    |ne\ quittez\ pas|en\ attente|me\ renseign\w+|je\ (?:regarde|vérifie|consulte|cherche|demande)
    |je\ vais\ (?:regarder|vérifier|consulter|voir|chercher|demander)|laissez[- ]moi
    |one\ (?:moment|second|minute)|(?:just\ )?a\ (?:moment|second|minute)|hold\ on|bear\ with\ me
    |put\ you\ on\ hold|let\ me\ (?:check|see|look|find)|i(?:'ll|\ will)\ (?:check|look|find|ask)
    # not knowing, refusing, passing on
    |(?:ne\ )?sais\ pas|aucune\ idée|pas\ (?:cette|l')\ ?information|pas\ en\ mesure
    |ne\ (?:peux|pouvons)\ pas|pas\ ce\ chiffre|je\ n'ai\ pas|du\ tout\ possible
    |(?:transfère|transférer|repasse|passe)\ (?:à|au|vers|le|la|un)\b|rappeler(?:a|ons|ai)
    |fai[ts]\ remonter|je\ (?:note|transmets)|not\ sure|(?:do\ not|don't)\ (?:know|have)
    |no\ idea|cannot|can't|unable\ to|afraid|transfer\ you|put\ you\ through|call\ you\ back
    # courtesy, identification, closing
    |bonjour|bonsoir|bienvenue|bonne\ (?:journée|soirée|fin)|au\ revoir|je\ vous\ en\ prie
    |avec\ plaisir|de\ rien|votre\ écoute
    |merci\ (?:de|pour|d'avoir|à\ vous|beaucoup|madame|monsieur)
    |je\ (?:vous\ )?comprends|désolée?s?|navrée?|autres?\ (?:choses?|questions?|demandes?)
    |accéder\ à\ votre|(?:votre|vos)\ (?:nom|prénoms?|date\ de\ naissance|code\ postal|identité)\b
    |good\ (?:morning|afternoon|evening|day)|welcome|thank\ you|thanks|you're\ welcome|goodbye
    |have\ a\ (?:nice|good|great|lovely)|sorry|apologi[sz]e|i\ understand|anything\ else
    |your\ (?:name|date\ of\ birth|postcode|zip\ code)|how\ can\ i\ help
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A sentence of an agent with one of these is not quoted in an article."""

ONE_CASE = re.compile(
    r"^(?:oui|non|si|yes|no)\b|\b(?:je|i|i'll|i've|i'm|votre dossier|your (?:case|file))\b|\bj'",
    re.IGNORECASE,
)
"""Said of this one case, or to this one person ("je vous envoie le code", "oui, c'est cela"):
quoted where nothing general was said."""

ACCEPTED = re.compile(
    r"\b(?:merci|parfait|super|génial|d'accord|très bien|ça marche|c'est (?:noté|clair|bon)|"
    r"entendu|je vois|formidable|impeccable|nickel|ok(?:ay)?|thank(?:s| you)|great|perfect|"
    r"got it|all right|alright|that helps|lovely|brilliant|wonderful)\b",
    re.IGNORECASE,
)
NOT_ACCEPTED = re.compile(
    r"\b(?:mais non|pas normal|ça ne (?:marche|va) pas|n'importe quoi|pas ma question|"
    r"(?:ne|n'avez pas) répond\w*|comprends (?:pas|rien)|inadmissible|toujours pas|pas d'accord|"
    r"c'est faux|that's not|doesn't (?:work|help)|didn't (?:answer|work)|not what i asked|"
    r"don't understand|makes no sense|still not)\b",
    re.IGNORECASE,
)
ASKS_AGAIN = re.compile(
    r"\b(?:pas (?:ma|la) question|(?:vous )?(?:ne|n'avez pas|avez pas) répond\w*|"
    r"je vous (?:ai )?demand(?:e|ais|é)|je répète|je vous repose|didn't answer|"
    r"not (?:what i asked|my question)|i(?:'m| am) asking|i asked)\b",
    re.IGNORECASE,
)
"""A customer who says so did not get an answer to the question before."""
