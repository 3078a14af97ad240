"""The French and English expressions by which questions, requests and problems are known.

Each pattern is a list of alternatives, searched without regard to case; an apostrophe stands for
the straight and the typographic one. Whether it is looked for anywhere or at the start of a
sentence is the caller's choice (:mod:`nlu.questions`).
"""

from __future__ import annotations

import re


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives).replace("'", "['’]"), re.IGNORECASE)


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


OPENING = _pattern(
    _any(
        _any(
            r"bonjour|bonsoir|allô|allo|oui|non|euh|heu|alors|voilà|donc|ben|bah|bon|ok|mais",
            r"d'accord|merci(?! d)|madame|monsieur|écoutez|en fait|du coup|hello|hi|hey|yes|no",
            r"well|um|uh|okay|so|but|right|thanks|good morning|good afternoon",
        )
        + r"\b[\s,.!…]*"
    )
    + "*"
    + _any(
        r"(?:je vous|j') ?(?:appelle|contacte|écris|rappelle|appelais)\s+(?:parce qu(?:e|')|car)",
        r"i'?m (?:calling|writing|contacting you|phoning) because",
    )
    + r"?\s*"
)
"""A greeting, fillers, and the announcement of a reason; always matches, perhaps nothing."""

TAG = _pattern(
    r"(?:,|(?<!\s))\s*"
    + _any(
        r"hein|n'est-ce pas|non|d'accord|ok|okay|quoi|si|voyez|vous voyez|tu vois",
        r"right|you know|isn't it|innit|yeah",
    )
    + r"\s*\?+\s*$"
)
"""What hangs on a statement and does not make it a question."""

_GREETED = _any(
    r"ça va",
    r"comment (?:ça va|allez-vous|vas-tu)",
    r"comment vous allez",
    r"vous allez bien",
    r"how are you(?: doing| today)?",
)
SOCIAL = _pattern(
    rf"^\W*(?:et )?(?:vous )?{_GREETED}(?: bien)?(?: et vous)?\W*$",
    r"\b(?:vous m'entendez|tu m'entends|m'entendez-vous|vous êtes (?:toujours )?là|êtes-vous là)\b",
    r"\b(?:il y a|y a) quelqu'un\b|\bvous (?:m'écoutez|lisez mes messages)\b",
    r"^\W*(?:allô|allo|pardon|comment|quoi|ah bon|vraiment|c'est vrai|et vous|sérieux)\W*$",
    r"^\W*(?:sérieusement|hello|hi|anyone there|sorry|really|seriously|and you|what|huh)\W*$",
    r"\b(?:pouvez|pouvez-vous|pourriez-vous) (?:me |le )?répéter\b",
    r"\b(?:can|could) you (?:repeat|say that again|hear me)\b|\bdo you hear me\b|\bare you there\b",
    # asked in anger, not to know
    r"\bvous (?:me )?prenez pour\b|\bpour qui vous\b|\bc'est une blague\b|\bon en parle\b",
    r"\bvous vous (?:rendez compte|moquez|foutez)\b|\bse moque de qui\b|\bou quoi\s*\?",
    r"\bc'est normal ça\b|\bvous trouvez (?:ça|que c'est) normal\b",
    r"\bcombien de fois (?:il )?faut\b",
    r"\bqu'est-ce que vous voulez que\b|\bvous avez (?:bientôt )?fini\b",
    r"\bare you (?:kidding|serious|joking|even reading)\b|\bis this a joke\b|\bwhat a joke\b",
    r"\bdo you think i'?m\b|\bhow many times do i\b|\bwho do you think\b",
    # said to thank or to reach a person
    r"\b(?:je (?:voudrais|voulais|souhaite|tenais à|veux)|j'aimerais) (?:juste |simplement )?"
    r"(?:vous )?(?:remercier|dire|féliciter)\b|\bje tenais à\b",
    r"\bi (?:just )?(?:wanted|want|would like) to (?:say thank|thank|praise)",
    r"\bparler (?:à|avec) (?:un|une|votre|le|la|quelqu)",
    r"\b(?:speak|talk) (?:to|with) (?:a|an|your|someone)\b",
)
"""What keeps the talk going, is asked in anger, or only asks for a person."""

_INVERTED = _any(
    r"puis-je|peut-on|peut-il|dois-je|doit-on|faut-il|y a-t-il|existe-t-il|est-il possible",
    r"vais-je|sera-t-il|sera-t-elle|avez-vous|auriez-vous|êtes-vous|pouvez-vous|pourriez-vous",
    r"savez-vous|proposez-vous|livrez-vous|acceptez-vous|suis-je|ai-je|est-on|serai-je",
)
_ASKING_WORD = _any(
    r"si|s'il|comment|combien|quand|où|pourquoi|à quel|de quel", r"quel\w*|ce qu|sur"
)
ASKED = _pattern(
    r"\best-ce qu(?:e\b|')|\bqu'est-ce qu(?:e\b|'|i\b)|\bc'est quoi\b",
    rf"\b{_INVERTED}\b",
    r"\bcomment (?:je|on|puis|faut|dois|se |ça marche|fonctionne|avoir|\w+(?:er|ir|re)\b)",
    r"\bcombien (?:ça|cela|coûte|de temps|je|est|vaut|faut)",
    r"\bquand (?:est-ce|sera|seront|puis|vais|aurai|vont)\b",
    r"(?:^|[,;]\s*|\bet )pourquoi\b(?! pas\b)",
    r"\boù (?:est-ce|puis|se trouve|je (?:trouve|peux|dois)|trouver|en est|en sont|faut)",
    r"\bquel(?:le)?s? (?:est|sont|heure|date|jour|délai|adresse|prix|tarif|numéro)",
    r"\b(?:(?:je |j'|on |vous )\w+ (?:juste |bien )?)?"
    r"(?:savoir|demander|me dire|m'indiquer|me renseigner|comprendre) " + _ASKING_WORD + r"\b",
    r"\b(?:une question|un renseignement|des (?:renseignements|informations)) (?:sur|concernant)",
    r"\bplus d'informations sur\b|\bj'ai une question\b|\b(?:a|some) questions? about\b",
    r"(?:^|[,;]\s*|\band |\bbut )"
    + _any(
        r"how (?:do|can|much|many|long|could|would|to)",
        r"what(?:'s| is| are| do| time)",
        r"(?:when|where|why) (?:will|can|do|does|did|is|are|was|am|has|have)",
        r"which|(?:can|could|may|do|am|should) i|do you|does (?:it|the|my|this)|is (?:it|there)",
        r"are (?:you|there)|(?:can|could|would|will) you|will (?:it|i)",
    )
    + r"\b",
    r"\bwonder(?:ing)? (?:if|whether|what|how|when|where)\b",
    r"\b(?:like|want|wanted|need) to know\b",
    r"\btell me (?:if|how|when|where|what|why|about)\b",
    r"\blet me know (?:if|how|when|your|the|whether)\b",
)
"""A question told by its words, whether or not a question mark ends it."""

REQUEST = _pattern(
    r"\bje (?:voudrais|voulais|souhaite|souhaiterais|veux|désire|demande|réclame|viens pour) \w",
    r"\bj'aimerais \w|\bj'aurais (?:voulu|besoin)\b",
    r"\bj'ai besoin d(?:'une?|'aide|e (?:savoir|vous|mon|ma|la|votre|changer|modifier))\b",
    r"\bil me faut(?:drait)? \w|\b(?:je vous appelle|j'appelle|c'est) pour \w",
    r"\bmerci de (?:me|bien|procéder)\b|\bveuillez\b(?! (?:trouver|agréer|recevoir))",
    r"\bi'?d like \w|\bi would like \w|\bi (?:want|need) \w|\bi'?m looking for\b",
    r"\bi'?m calling (?:to|about)\b",
    r"^(?:consulter|créer|modifier|payer|bloquer|annuler|ajouter|changer|activer|résilier) \w",
    r"^(?:connaître|obtenir|commander|transférer|montrez?-moi|envoyez-moi|donnez-moi) \w",
    r"^(?:add|block|cancel|change|pay|transfer|activate|check|see my|show me|send me|give me) \w",
    r"\bplease (?:cancel|send|change|refund|block|close|confirm|call)\b",
)
"""Something that the customer wants to have done."""

_DONE = r"(?:reçue?|livrée?|arrivée?|remboursée?|rétablie?)s?\b"
PROBLEM = _pattern(
    r"\b(?:(?:marche|fonctionne|démarre|charge)(?:nt)?|répond|s'allume) (?:toujours )?p(?:lu|a)s\b",
    r"(?<!jamais )\b(?:en|une|de|troisième|nouvelle) panne\b|\btombée? en panne\b",
    r"\barriv(?:e|ons) (?:pas|plus|toujours pas) à\b|\b(?:peux|parviens) (?:pas|plus)\b",
    r"\bimpossible d(?:e\b|')",
    r"\bj'ai (?:toujours |encore )?(?:eu )?(?:un|des|de gros) (?:problème|souci|ennui|bug)s?\b",
    rf"\b(?:jamais|pas|toujours pas|pas encore|rien) (?:encore )?(?:été )?{_DONE}",
    r"\bj'ai (?:perdu|oublié|cassé)\b",
    r"\b(?:m'a|s'est fait|me suis fait|été) (?:volée?|voler|piratée?|pirater|arnaquée?|arnaquer)\b",
    r"\b(?:débitée?|prélevée?|facturée?)s? (?:deux|2|trois|à tort|en double)\b",
    r"\breconnais pas\b|\bpas autorisé\b",
    r"\b(?:plus|pas) d(?:e |')(?:réseau|internet|connexion|tonalité|image|chauffage|eau chaude)\b",
    r"\b(?:est|sont|a été|paiement) (?:bloqué|suspendu|refusé|coupé|cassé|endommagé)e?s?\b",
    r"\bdéfectueu",
    r"\b(?:colis|commande|livraison|virement|remboursement)\b.*\b(?:retard|perdue?|manquante?)\b",
    r"\b(?:erreur|anomalie) (?:sur|dans|de) (?:ma|la|mon|le|votre)\b",
    r"\b(?:not|n't|stopped) (?:working|work|connect|turn on|start|charging|loading)\b",
    r"\b(?:can't|cannot|can not|unable to|couldn't) "
    r"(?:log|connect|access|pay|open|find|reach|get|send|use|withdraw|make)\b",
    r"\b(?:never|n't|not) (?:yet )?(?:received|arrived|got|been (?:refunded|delivered))\b",
    r"\b(?:been|was|were) (?:charged twice|overcharged|hacked|stolen|declined|locked|blocked)\b",
    r"\bcharged (?:me )?twice\b|\b(?:don't|do not) recogni[sz]e\b",
    r"\bi(?:'ve| have)? (?:lost|forgotten) my\b",
    r"\b(?:broken|broke down|faulty|damaged|out of order)\b",
    r"\bkeeps (?:crash|cutt|dropp|declin)ing\b",
    r"\b(?:a|an) (?:problem|issue) with\b|\bhaving (?:problems|trouble|issues)\b",
)
"""Something that does not work or has gone wrong."""

DEMONSTRATIVE = re.compile(
    r"\b(?:ce|cet|cette|ces|that|this|those|these) "
    r"(?!moment|matin|soir|mois|jour|week|month|morning|year|is\b|was\b)([^\W\d_]{4,})",
    re.IGNORECASE,
)
"""A noun that points back ("ce formulaire"); the noun is group 1."""

IMPERSONAL = _pattern(
    r"s'il (?:vous|te) pla[iî]t",
    r"\bil (?:me |vous |nous )?(?:faut|faudra|faudrait|fallait|suffit|y a|y avait)",
    r"\bil est (?:possible|nécessaire|obligatoire)",
    r"\b(?:est-il|serait-il) possible|\by a-t-il|\bfaut-il|\bexiste-t-il",
    r"\bça (?:marche|coûte|va|fait)\b|\best-ce\b",
    r"\bis it possible|\bis there\b|\bit(?:'s| is) possible|\bhow long does it take\b",
)
"""Pronouns that stand for nothing said before."""

PRONOUN = _pattern(
    r"\b(?:il|elle|ils|elles|ça|cela|celui-ci|celle-ci|celui-là|celle-là|le faire)\b",
    r"\bl'(?:avoir|activer|annuler|utiliser|envoyer|obtenir|ouvrir|installer|échanger)\b",
    r"\by (?:aller|avoir accès|accéder)\b",
    r"\b(?:it|he|she|they|them|one)\b",
)
"""Pronouns that stand for something said before."""

EMPTY_WORD = _pattern(
    r"le|la|les|l|un|une|des|du|de|d|je|j|tu|il|elle|on|nous|vous|ils|elles|ce|c|cet|cette|ces",
    r"mon|ma|mes|votre|vos|est|suis|ai|a|as|pas|ne|n|que|qu|qui|pour|dans|avec|sur|et|ou|mais|en",
    r"y|au|aux|se|s|si|t|où|quand|comment|combien|pourquoi|quel|quelle|quels|quelles|quoi|peut",
    r"peux|puis|oui|non|alors|donc|bien|aussi|plus|faire|fait|être|avoir|voudrais|veux",
    r"the|an|of|to|in|is|are|was|i|you|he|she|it|we|they|this|that|my|your|not|and|or|but|for|with",
    r"at|how|what|when|where|why|which|can|could|do|does|will|would|m|re|ve|ll|me|so|any",
)
"""Words that say nothing by themselves; to be matched as a whole."""
