"""The ways in which French and English promise, offer, ask and accept (folded text)."""

from __future__ import annotations

import re

# «je vous le rappelle»: pronouns between subject and verb
_PRONOUNS = (
    r"(?:(?:ne |n'|vous |te |t'|lui |leur |l'|le |la |les |y |en |me |m'|nous |se |s'){0,6})"
)
_ADVERBS_FR = (
    r"(?:(?:aussi|donc|egalement|bien|tout de suite|quand meme|maintenant|immediatement|alors|"
    r"directement|faire en sorte de|essayer de|pouvoir|de suite) )*"
)
_PRESENT_FR = (
    r"rappelle|recontacte|envoie|envoi|envoies|transmets|transmet|adresse|rembourse|recredite|"
    r"credite|"
    r"expedie|renvoie|reexpedie|transfere|remonte|reviens|revient|tiens|occupe|charge|relance|"
    r"previens|fais (?:parvenir|suivre|partir|remonter|le necessaire|un geste|livrer)|"
    r"fait (?:parvenir|"
    r"suivre|partir|le necessaire)|envoyons|remboursons|rappelons|expedions|renvoyons|transmettons|"
    r"remplacons|remplace|livre|livrons|offre|offrons|programme|planifie|escalade|mets en relation|"
    r"adressons|expedions|proposons|paie|paye|regle|retourne|rapporte|depose|repasse"
)
_DONE_BY_THIRD = (
    r"envoyee?s?|expediee?s?|livree?s?|remboursee?s?|creditee?s?|recreditee?s?|preleve|"
    r"effectuee?s?|"
    r"traitee?s?|transmise?s?|annulee?s?|modifiee?s?|activee?s?|mise?s? en \w+|remplacee?s?|"
    r"rappelee?s?|recontactee?s?|contactee?s?|prise?s?|appliquee?s?|deduite?s?|disponible|"
    r"reportee?s?|"
    r"versee?s?|prevenue?s?|informee?s?|retablie?s?|resolue?s?|debloquee?s?|adressee?s?|"
    r"accompagnee?s?|notifiee?s?"
)
_PARTICIPLE = (
    r"(?!(?:de|le|la|les|en|une|ce|que|elle|meme|utile|possible|libre|jusque)\b)"
    r"\w+(?:e|es|ee|ees|is|ise|ises|it|ite|u|ue|us|ues|ert|erte|ertes)\b"
)
_ARTICLE_FR = (
    r"(?:une?|le|la|les|notre|nos|votre|vos|mon|ma|mes|son|sa|ce|cette|quelqu'un|l'|d'autres|on)"
)
_NOUNS_FR = rf"\b{_ARTICLE_FR} ?(?:[\w'-]+ ){{0,5}}?"

PROMISES = {
    "fr": (
        re.compile(rf"\b(?:je |j'){_PRONOUNS}(?P<verb>\w+rai)\b"),
        re.compile(rf"\bnous {_PRONOUNS}(?P<verb>\w+rons)\b"),
        re.compile(
            rf"\b(?:je vais|nous allons) {_PRONOUNS}{_ADVERBS_FR}{_PRONOUNS}"
            r"(?P<verb>(?:prendre contact|faire \w+|\w+(?:er|ir|re)))\b"
        ),
        re.compile(rf"\b(?:je |j'|nous ){_PRONOUNS}(?P<verb>{_PRESENT_FR})\b"),
    ),
    "en": (
        re.compile(
            r"\b(?:i|we)(?:'ll| will|'m going to| am going to|'re going to| are going to|'m gonna|"
            r"'re gonna) (?:(?:also|just|definitely|personally|then|now|gladly|certainly|"
            r"go ahead and|make sure (?:to|that|i|we)|be sure to|try to|be able to|have to|"
            r"immediately|quickly|be happy to) )*(?P<verb>[a-z]+(?:ing)?)\b"
        ),
        re.compile(
            r"\b(?:i'm|we're|i am|we are) (?:also |now |just )?(?P<verb>sending|emailing|shipping|"
            r"refunding|issuing|escalating|transferring|scheduling|forwarding|crediting|arranging|"
            r"dispatching|booking)\b"
        ),
    ),
}
"""What the speaker promises for himself; ``verb`` is the act."""

CENTRE_PROMISES = {
    "fr": (
        re.compile(rf"\bon {_PRONOUNS}(?P<verb>\w+ra|{_PRESENT_FR})\b"),
        re.compile(
            rf"\bon va {_PRONOUNS}{_ADVERBS_FR}{_PRONOUNS}(?P<verb>(?:faire \w+|\w+(?:er|ir|re)))\b"
        ),
        re.compile(
            r"\b(?:vous|tu) (?:le |la |les |en )?(?P<verb>recevrez|recevras|"
            rf"serez \w* ?(?:{_DONE_BY_THIRD})|"
            rf"allez (?:\w+ )?(?:recevoir|etre (?:{_DONE_BY_THIRD})))"
        ),
        re.compile(r"\bvous aurez (?P<verb>une? \w+|votre \w+|la \w+|le \w+)"),
        re.compile(
            rf"{_NOUNS_FR}{_PRONOUNS}(?P<verb>ser(?:a|ont) (?:bien |directement |automatiquement )?"
            rf"(?:{_DONE_BY_THIRD}|{_PARTICIPLE})|(?:va|"
            rf"vont) {_PRONOUNS}(?:etre (?:{_DONE_BY_THIRD})|passer|"
            r"rappeler|contacter|recontacter|intervenir|venir|arriver|prendre contact|appeler|"
            r"partir|"
            r"se deplacer|envoyer|traiter|etudier)|passera|viendra|interviendra|arrivera|partira|"
            r"rappellera|recontactera|contactera|appellera|prendra contact|deplacera|traitera|"
            r"parviendra|recevra|enverra|apparaitra|prendront contact|rappelleront|contacteront|"
            r"livrera)\b"
        ),
        re.compile(
            rf"\b(?:il|elle|ils|elles) {_PRONOUNS}(?P<verb>(?:r?appeller|recontacter|contacter|"
            rf"passer|"
            r"viendr|enverr|traiter|intervien?dr|arriver|livrer)(?:a|ont)|"
            rf"ser(?:a|ont) (?:{_DONE_BY_THIRD}))\b"
        ),
        re.compile(
            r"\b(?:une? |le |l'|votre |notre )(?:technicien|intervention|rendez-vous|livraison|"
            r"livreur|conseiller|collegue|remboursement|virement|colis|carte|equipe|"
            r"reponse)(?: \w+){0,3}? "
            r"(?P<verb>(?:est|sont) (?:bien )?(?:prevue?|programmee?|planifiee?|confirmee?|fixee?|"
            r"notee?|calee?)s?|vous rappelle|vous recontacte|vous contacte|intervient|arrive|"
            r"passe)\b"
        ),
        re.compile(
            r"\b(?:j'ai|je vous ai|on a|nous avons) (?:bien |donc )?"
            r"(?P<verb>programme|planifie|reserve|fixe|cale|prevu|note|mis|pris)e?s? "
            r"(?=.*(?:rendez-vous|technicien|intervention|creneau))"
        ),
        re.compile(
            r"\b(?:rendez-vous|rdv)(?: \w+)? (?P<verb>(?:est )?(?:bien )?(?:pris|confirme|fixe|"
            r"prevu|"
            r"note|programme|cale))\b"
        ),
    ),
    "en": (
        re.compile(
            r"\byou(?:'ll| will| should|'re going to| are going to) (?:also |then |soon |shortly )?"
            r"(?P<verb>receive|get (?:a|an|the|your|it|that)\b|get|have (?:a|an|your|the|it) |"
            r"be (?:\w+ly )?(?:contacted|called|refunded|credited|notified|reimbursed|receiving|"
            r"getting))"
        ),
        re.compile(
            r"\b(?:an?|the|our|your|my|this|that|someone|somebody|they|it)(?: [\w'-]+){0,5}?"
            r"(?: will|'ll| is going to| are going to) (?:also |then |automatically )?"
            r"(?P<verb>be (?:\w+ly )?(?:sent|shipped|delivered|refunded|credited|processed|"
            r"cancelled|"
            r"canceled|waived|applied|resolved|emailed|mailed|contacted|there|activated|"
            r"removed|dispatched|replaced|returned|in touch|with you|back|restored|transferred|"
            r"escalated|issued|taken off|deducted)|call|come|arrive|visit|contact|reach|get back|"
            r"give|send|ship|email|review|appear|show up|follow up|investigate|look into|leave|"
            r"go out)\b"
        ),
        re.compile(
            r"\b(?:appointment|technician|engineer|delivery|visit|call(?:back)?)(?: \w+){0,4}? "
            r"(?P<verb>(?:is|are|has been|was) (?:now |all )?(?:scheduled|booked|confirmed|set|"
            r"arranged))\b"
        ),
        re.compile(
            r"\b(?:i've|i have|we've|we have|i|we) (?:now |just |already )?"
            r"(?P<verb>(?:scheduled|booked|arranged|got|have|set up|put)\b)"
            r"(?=.*(?:appointment|technician|engineer|visit|slot|call ?back))"
        ),
    ),
}
"""What an agent promises for the centre, or for somebody of it."""

OFFERS = {
    "fr": re.compile(
        r"\b(?:je peux|on peut|nous pouvons|je pourrais|on pourrait|je vous propose|"
        r"je vous proposerais|"
        r"nous vous proposons|voulez-vous que|souhaitez-vous que|vous voulez que|puis-je|"
        r"est-ce que je peux)\b"
    ),
    "en": re.compile(
        r"\b(?:(?:i|we) (?:can|could)(?!'t|not| not)|would you like me to|do you want me to|"
        r"shall i|"
        r"shall we|should we|would you like us to|how about i|want me to|may i)\b"
    ),
}
TALK = {
    "fr": re.compile(
        r"\b(?:vous aider|demander|poser|patienter|en attente|votre nom|vous poser|avoir votre|"
        r"autre chose|"
        r"vous renseigner|verifier|faire pour vous|vous etre utile|vous dire|rien faire|"
        r"comprendre|expliquer|confirmer)\b"
    ),
    "en": re.compile(
        r"\b(?:help|ask|hold|have your|take your|get your|confirm|anything else|explain|"
        r"understand|see|"
        r"verify|check|look|assist|spell|hear|grab your)\b"
    ),
}
"""Offers that only carry the conversation on."""

AT_THIS_MOMENT = {
    "fr": re.compile(r"\b(?:tout de suite|de suite|maintenant|immediatement)\b"),
    "en": re.compile(r"\b(?:right away|right now|now)\b"),
}
REQUESTS = {
    "fr": re.compile(
        rf"\b(?:pouvez[- ]vous|pourriez[- ]vous|vous pouvez|vous pourriez|peux[- ]tu|tu peux|"
        rf"merci de|"
        rf"je voudrais que vous|j'aimerais que vous|je veux que vous|il faudrait que vous|"
        rf"veuillez) {_PRONOUNS}(?:s'il vous plait )?{_PRONOUNS}(?P<verb>\w+)"
    ),
    "en": re.compile(
        r"\b(?:can you|could you|would you|will you|i need you to|i want you to|i'd like you to|"
        r"please) (?:please |also |just )?(?P<verb>[a-z]+)"
    ),
}
ACCEPTED = {
    "fr": re.compile(
        r"^\W*(?:(?:ah|ben|bah|euh|alors|bon|eh bien|merci)\W+)*(?:[^.?!]{0,30}\b(?=ca me va|"
        r"ca me convient|"
        r"c'est (?:bon|parfait|note)|d'accord)|[\w ]{0,24}\b(?=oui\b))?(?:oui|ouais|d'accord|ok\b|"
        r"okay|parfait|"
        r"tres bien|volontiers|bien sur|bien entendu|ca marche|ca me va|c'est parfait|"
        r"c'est bon|tout a fait|entendu|absolument|certainement|avec plaisir|sans probleme|"
        r"pas de (?:souci|probleme)|c'est note|super|nickel|impeccable|je veux bien|exactement|"
        r"je m'en (?:occupe|charge)|je fais ca|va pour)"
    ),
    "en": re.compile(
        r"^\W*(?:(?:oh|um|uh|well|ah|done)\W+)*(?:[\w ]{0,24}\b(?=works for me|is (?:fine|perfect|"
        r"great)|"
        r"please\b|sounds (?:good|great)))?(?:is |yes|yeah|yep|yup|sure|ok\b|okay|of course|"
        r"perfect|"
        r"great|sounds (?:good|great|perfect)|that (?:sounds|works|would be)|absolutely|certainly|"
        r"no problem|definitely|please do|please|works for me|alright|all right|fine|will do|"
        r"i can do that|let's do|\d+ to \d+)"
    ),
}
REFUSED_AFTER_YES = {
    "fr": re.compile(
        r"\b(?:mais je ne peux pas|impossible|malheureusement|je ne peux pas|non merci)\b"
    ),
    "en": re.compile(r"\b(?:unfortunately|i can't|i cannot|not able to|no thanks)\b"),
}
CONDITION = {
    "fr": re.compile(
        r"\b(?:si (?!bien)|s'il|des que|une fois que?|sauf si|a condition|lorsque|quand (?:vous|j|"
        r"on)|au cas ou|"
        r"en cas de|sous reserve|a moins que)"
    ),
    "en": re.compile(
        r"\b(?:if (?!possible)|once|unless|as soon as (?!possible)|provided|in case|when (?:you|i|"
        r"we|it))\b"
    ),
}
NEGATED_BEFORE = {
    "fr": re.compile(r"(?:\bne |\bn'|\bpas |\bjamais |\bpersonne )"),
    "en": re.compile(r"(?:n't|\bnot\b|\bnever\b|\bno one\b|\bnobody\b|\bcannot\b)"),
}
NEGATED_AFTER = {
    "fr": re.compile(
        r"^(?: vous| bien)? (?:pas|jamais|plus (?!de |d'|tot|tard|vite)|rien|aucun)\b"
    ),
    "en": re.compile(r"^ (?:not|never)\b"),
}
HYPOTHETICAL = {
    "fr": re.compile(
        r"\b(?:peut-etre|eventuellement|je pense que|je crois que|normalement je|on verra)\b"
    ),
    "en": re.compile(r"\b(?:maybe|perhaps|might|i think|i guess|probably|possibly|would have)\b"),
}
REMINDER = {
    "fr": re.compile(
        r"rappell?\w* (?:que|qu'|parce|car|pour|au sujet|concernant|suite|a propos|encore|puisque|"
        r"le principe|votre|aussi que)"
    ),
    "en": re.compile(r"\bremind(?:ing)? (?:you|me)\b"),
}
NO_ACT = {
    "fr": re.compile(
        r"^(?:serai|serons|aurai|aurons|dirai|pourrai|pourrons|devrai|devrons|verrai|verrons|verra|"
        r"faudra|souhaiterai|voudrai|aimerai|etre|avoir|dire|expliquer|devoir|voir|prendre|avouer|"
        r"commencer|donner|demander|besoin|essayer|preciser|vouloir|laisser|repeter|attendre|"
        r"ecouter|"
        r"patienter|vrai|rappeler que|mettre|pouvoir|epeler|raccrocher|poser|tenter|savoir)$"
    ),
    "en": re.compile(
        r"^(?:be|have|need|see|say|tell|ask|explain|help|assist|let|put|pull|take|wait|try|want|"
        r"like|"
        r"just|know|hold|go|start|read|spell|do|use|not|never|still|probably|being|bring|begin|"
        r"look|"
        r"walk|guess|assume|stay|keep|leave)$"
    ),
}
"""Acts of the conversation itself; they are promises only where a day is named."""

AT_ONCE = {
    "fr": re.compile(
        r"^(?:verifier|regarder|consulter|controler|tester|chercher|faire \w+|ouvrir|bloquer|"
        r"annuler|"
        r"modifier|noter|enregistrer|creer|lancer|mettre|acceder|redemarrer|passer|proceder|"
        r"activer|"
        r"desactiver|reinitialiser|proposer|confirmer|valider|prendre contact|resumer|"
        r"recapituler|actualiser|relancer|transferer|retrouver|rechercher|saisir|changer)$"
    ),
    "en": re.compile(
        r"^(?:check|verify|look|open|block|cancel|update|change|note|log|create|run|reset|access|"
        r"search|confirm|review|process|activate|add|remove|apply|transfer|connect|restart|"
        r"summarize|recap|submit|file|place|make|get|give|set|fix)$"
    ),
}
"""Acts done during the call; announced by "je vais", they are promises only with a day."""

CUSTOMER_ACTS = {
    "fr": re.compile(
        r"pass|vien|viend|irai|aller|rempli|sign|apport|depos|teste|essay|redemarr|rappel|fer|"
        r"complet|envo|enverr|pai|paye|regl|renvo|renverr|retourn|rapport"
    ),
    "en": re.compile(
        r"come|go|fill|sign|bring|drop|test|try|restart|call|do|complete|send|pay|return|stop by|"
        r"visit|upload|email|mail|pick"
    ),
}
