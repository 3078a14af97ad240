"""Words by which the nature of a contact is told, as features beside the encoder's vector.

A cue is no verdict: the regression weighs each against the others and against the meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nlu.axes.passages import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUES: dict[str, str] = {
    "asks": (
        r"\?|\best-ce qu|\bcombien\b|\bcomment (?:on |je |faire|ca |puis)|\bquel(?:le)?s?\b|"
        r"\bou "
        r"(?:est|puis|se|en)\b|\bquand\b|\b(?:how|what|when|where|which|who)\b|^(?:is|are|do|does"
        r"|can|could) "
    ),
    "wants_to_know": (
        r"\b(?:savoir|connaitre|renseign\w+|information\w*|m'indiquer|m'expliquer|m'eclairer|"
        r"comprendre|me dire|dites-moi|demandais|question|preciser|precisions)\b|\b(?:know|"
        r"wondering|wonder|information|tell me|explain|clarify|find out|question)\b"
    ),
    "wants_done": (
        r"\b(?:je (?:voudrais|souhaite\w*|veux|desire)|j'aimerais|il (?:me )?fau(?:t|drait)|"
        r"j'ai "
        r"besoin|pouvez-vous|pourriez-vous|vous pouvez|vous pourriez|merci de|veuillez|mettez|"
        r"envoyez|passez|ajoutez|changez)\b|\b(?:i'd like|i would like|i want|i need|please|can "
        r"you|could you|send me|let me)\b"
    ),
    "act": (
        r"\b(?:changer|modifier|envoyer|activer|commander|ajouter|prendre rendez-vous|"
        r"rendez-vous"
        r"|echanger|duplicata|attestation|virement|augmenter|bloquer|debloquer|ouvrir|souscrire|"
        r"mettre a jour|inscrire|declarer|decaler|transferer|reinitialiser)\b|\b(?:change|update|"
        r"send|activate|order|add|book|appointment|exchange|copy|transfer|increase|block|unlock|"
        r"open|set up|move|reset|upgrade|file|report|swap)\b"
    ),
    "cancels": (
        r"\b(?:resili\w+|clotur\w+|cloturer|desabonn\w+|retract\w+|annul\w+|mettre (?:fin|un "
        r"terme)|denonc\w+|clore)\b|\b(?:ferm\w+|supprim\w+) (?:\w+ )?(?:comptes?|livret)|"
        r"\barret\w+ (?:\w+ ){0,3}(?:abonnement|forfait|contrat|box|assurance|prelevement|tout)|"
        r"\b(?:ne |n')?(?:veux|veut) plus\b|\bje (?:vous quitte|pars chez)|\brio\b|\b(?:cancel\w*"
        r"|terminat\w+|unsubscrib\w*|withdraw\w*|leaving you|close (?:my|our|the|down)|closure|"
        r"pac code|porting)\b|\b(?:end|stop|shut|drop) (?:\w+ ){0,3}(?:contract|plan|subscription"
        r"|membership|account|policy|insurance|everything|payments?)\b|\bdon't want\b"
    ),
    "fails": (
        r"\b(?:marche|fonctionne|capte|s'allume|charge|arrive|repond|peux|passe) (?:plus|"
        r"pas)\b|"
        r"\bplus (?:de|d'|rien|aucun)\b|\bpanne\b|\bcoup(?:e|ee|ure)\b|\berreur\b|\bbloquee?\b|"
        r"\bcasse\w*|\bdefectueu\w+|\bmanqu\w+|\bperdu\w*|\bvolee?\b|\bimpossible\b|\b(?:deux "
        r"fois|en double)\b|\bfuit\w*|\b(?:not|isn't|doesn't|won't|can't|stopped) (?:\w+ "
        r")?(?:work\w*|connect\w*|log\w*|charge|turn|start|find)|\b(?:broken|down|error|declined|"
        r"missing|lost|stolen|damaged|cracked|faulty|leak\w*|locked|crash\w*|twice|wrong|slow)\b"
    ),
    "discontent": (
        r"\b(?:inadmissible|inacceptable|scandal\w+|honte\w*|lamentable|nul\b|decue?s?|"
        r"mecontent\w*|furieu\w+|colere|marre|ras le bol|moque\w*|incompeten\w+|intolerable|"
        r"abus\w*|arnaque|vol\b|mensong\w*|menti|plainte|plaindre|mediateur|reclamation contre|"
        r"deposer une reclamation|catastroph\w+|pas normal|pas satisfait\w*|insatisf\w*|indigne|"
        r"desagreable|impoli\w*|outree?|prenez pour|raccroche au nez|pas content\w*|n'importe "
        r"quoi|incroyable)\b|\b(?:unacceptable|disgrac\w+|ridiculous|outrag\w+|appall\w+|furious|"
        r"angry|fed up|sick of|joke|worst|terrible|awful|rude|complain\w*|complaint about|"
        r"disappoint\w*|unhappy|not happy|dissatisf\w*|ombudsman|ripped off|pathetic|shame\w*|"
        r"disaster|lied|useless|idiot|fool|shocked)\b"
    ),
    "refers_back": (
        r"\b(?:relanc\w+|reviens vers|rappelle\b|suite a|fais suite|ou en (?:est|etes|sont)|"
        r"toujours pas|j'attends|en attente de|pas (?:encore )?(?:eu|recu) (?:de )?(?:reponse|"
        r"nouvelles|retour)|suivi de|avanc\w+|comme (?:convenu|demande|prevu)|dossier en cours|"
        r"nouvelles|du nouveau|deja (?:appele|ecrit|envoye|contacte)|votre collegue|deviez|"
        r"devait me|m'aviez|m'avait dit|la semaine derniere|hier|ma demande (?:du|de)|ma "
        r"reclamation (?:du|de|numero))\b|\b(?:chasing|follow\w* up|following|further to|update "
        r"on|any (?:news|update|progress)|status of|still (?:waiting|no|not|have not)|getting "
        r"back|calling back|ringing back|reminder|as (?:agreed|planned|your)|open (?:claim|case)|"
        r"your colleague|was supposed to call|you said|you told me|last week|yesterday|i sent|i "
        r"wrote|i spoke|i called|i filed)\b"
    ),
    "praises": (
        r"\b(?:bravo|felicit\w+|chapeau|merci (?:infiniment|a|pour (?:tout|votre)|encore)|"
        r"grand "
        r"merci|formidable|super sympa|adorable|au top|top|genia\w+|ravie?s?|enchantee?|"
        r"impeccable|parfait\w*|excellent\w*|satisfait\w*|contente?|recommande|irreprochable|"
        r"remarquable|extraordinaire|meilleure?s?|compliments?|professionnalisme|gentillesse|"
        r"bluffee?|nickel|etoiles|agreable\w*|apprecie|ange|merveille)\b|\b(?:well done|"
        r"congrat\w+|thank you (?:so much|to|for)|thanks to|amazing|brilliant|fantastic|"
        r"wonderful\w*|delighted|perfect|excellent|superb|lovely|outstanding|great (?:service|"
        r"product)|love|recommend\w*|compliment\w*|flawless|best|kind|five stars|pleased|pleasure"
        r"|pleasantly|nicest|hats? off)\b"
    ),
    "time_waited": (
        r"\b(?:depuis|ca fait|cela fait|trois semaines|toujours|encore|jamais|attends?|"
        r"attendu)\b"
        r"|\b(?:since|for (?:weeks|days|months|\w+ (?:weeks|days|hours))|still|never|waiting|"
        r"waited|again)\b"
    ),
    "accuses": (
        r"\b(?:vous (?:etes|avez|n'avez|ne|m'avez|nous|vous|prenez|abusez)|votre (?:service|"
        r"conseiller|technicien|banque|site|livreur|agence|manque)|vos (?:prix|erreurs|appels|"
        r"pannes|produits))\b|\b(?:you(?:'re| are|'ve| have| people| guys| never| can't| promised"
        r"| lied| treat)|your (?:service|agent|bank|prices|website|driver|technician|company|lack"
        r"|billing))\b"
    ),
}
CUES: tuple[str, ...] = (*_CUES, "short", "long")
"""Names of the features, in the order of the vector."""

_PATTERNS = tuple(re.compile(expression) for expression in _CUES.values())
_FEW_WORDS = 4
_MANY_WORDS = 25


def cue_features(text: str) -> NDArray[np.float32]:
    """Tell which cues a text holds.

    Args:
        text: Any text.

    Returns:
        float32 array of shape ``(len(CUES),)``, of 0 and 1.
    """
    import numpy as np

    plain, _ = fold(text)
    words = len(plain.split())
    values = [float(bool(pattern.search(plain))) for pattern in _PATTERNS]
    return np.asarray(
        [*values, float(words <= _FEW_WORDS), float(words >= _MANY_WORDS)], dtype=np.float32
    )
