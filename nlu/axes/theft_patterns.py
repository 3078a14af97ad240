"""What callers say of stolen cards and of fraud going on, in French and English.

Expressions are matched on plain text (lower case, no accents); ``~`` stands for up to five words.
Beside each list stands what the same words mean in ordinary contacts.
"""

from __future__ import annotations

import re

from nlu.axes.cues import cues

CARD_THEFT = cues(
    r"\bvictime d'un vol\b(?=.*\b(?:cartes?|cb|portefeuille|sac|chequier)\b)",
    r"\bcartes?\b~ (?:volee?s?|derobee?s?)\b",
    r"\bcb\b~ (?:volee?|derobee?)\b",
    r"\b(?:vole|volee?|voler|derobe|derober|pique|piquer|arrache|arracher|subtilise|tire|tirer|"
    r"chourave|"
    r"taxe)\b~ (?:cartes?(?: bleues?| bancaires?)?|cb|portefeuille|porte-?\s?monnaie|sac(?: "
    r"a main)?|"
    r"chequiers?|"
    r"sacoche)\b",
    r"\bvols? (?:de |du |d')(?:\w+ )?(?:carte|cb|chequier|portefeuille|sac)\b",
    r"\b(?:sac|portefeuille|porte-monnaie|sacoche|chequier|carte|cb)\b~ (?:fait|faite) (?:voler|"
    r"derober|"
    r"piquer|arracher|dérober)\b",
    r"\b(?:sac|portefeuille|porte-monnaie|sacoche|chequier)\b~ (?:volee?|derobee?|vole)\b",
    r"\b(?:cards?|wallet|purse|handbag|che(?:que|ck) ?book|bag)\b~ (?:stolen|nicked|snatched|"
    r"pickpocketed|robbed|pinched|swiped)\b",
    r"\b(?:stole|stolen|steal|stealing|nicked|snatched|robbed|mugged|pickpocket\w*|pinched)\b~ "
    r"(?:cards?|wallet|purse|handbag|che(?:que|ck) ?book)\b",
    r"\b(?:was|been|got|just) (?:mugged|robbed|pickpocketed)\b",
    r"\btheft of (?:my )?(?:\w+ )?card\b",
)
NOT_CARD_THEFT = re.compile(
    r"\b(?:deja (?:fait|mis|demande) (?:une |l')?opposition|opposition (?:est|a ete|a deja ete|"
    r"deja) "
    r"(?:deja )?(?:faite|effectuee|enregistree|prise)|already (?:blocked|cancelled|canceled|"
    r"frozen|"
    r"reported)|carte (?:graphique|cadeau|sim|vitale|grise)|sim card|gift card|graphics card|"
    r"protection (?:contre|against)|found my|retrouve (?:ma|la) carte|what does .* charge|"
    r"combien coute|"
    r"how much|(?:atm|machine|distributeur|dab|automate) (?:\w+ ){0,2}(?:stole|nicked|vole)|"
    r"assurance (?:vol|moyens de paiement))\b"
)

_SCAMMER = (
    r"(?:quelqu'un|on|un inconnu|des inconnus|ils|il|elle|des escrocs|un pirate|des pirates|un "
    r"escroc|"
    r"une personne|des gens|un hacker)"
)
_SCAMMER_EN = (
    r"(?:someone|somebody|a hacker|hackers?|scammers?|they|he|a fraudster|fraudsters|a thief|"
    r"thieves|"
    r"people|a stranger|some guy|someone else|criminals)"
)
FRAUD = cues(
    r"\b(?:escroc|arnaqueur|pirate|faux \w+|soi-disant \w+)s?\b~ (?:me (?:demande|dit|force|"
    r"propose|"
    r"reclame|appelle)|m'(?:appelle|a (?:appelee?|demande|contactee?))|au telephone|en ligne)\b",
    r"\b(?:se dit|se pretend|pretend etre|se fait passer pour|se faisait passer pour|pretending to "
    r"be|claims? to be|claiming to be|says (?:he|she|they)(?:'s| is| are)) (?:\w+ ){0,4}"
    r"(?:banque|conseill\w+|banquier|agent|service|police|bank|microsoft|fraud|employee|you)\b",
    r"\b(?:comptes?|livrets?|epargne|economies)\b~ (?:ete|est|sont) (?:\w+ )?(?:vide|videe?s?|"
    r"siphonnee?s?)\b",
    rf"\b{_SCAMMER_EN}(?:'s|'re| is| are| was| has| have| keeps?| just)* (?:trying|tried|tries|"
    r"attempting|attempted) to (?:\w+ )?(?:take|steal|withdraw|transfer|get|move|use|access|hack)~ "
    r"(?:my|our) (?:\w+ )?(?:money|accounts?|cards?|savings|funds)\b",
    rf"\b{_SCAMMER_EN}(?:'s| is| are| has)* (?:trying|attempting) to (?:take|steal|withdraw|"
    rf"transfer) "
    r"(?:\w+ )?money\b",
    r"\b(?:savings|account|accounts|funds|money) (?:is|are|was|were|being|'s)+ ?(?:being )?"
    r"(?:drained|emptied|stolen|siphoned|wiped)\b",
    r"\b(?:debits?|prelevements?|virements?|paiements?|retraits?)\b~ (?:en ce moment|en cours|"
    r"n'arretent pas|en boucle)\b(?=.*\b(?:frauduleu|pas moi|inconnu|pirat|arnaqu))|"
    r"\b(?:frauduleu\w+)\b.*\b(?:en ce moment|en cours|passent|maintenant)\b",
    r"\bje (?:crois|pense) que c'est une arnaque\b|\bfait avoir par\b|\bthink it(?:'s| is) a "
    r"scam\b",
    r"\b(?:vide|vider|vident|videe?s?|siphonn\w+|pompe|pompent|pomper|ponctionn\w+)\b~ "
    r"(?:comptes?|livrets?|epargne|economies|argent)\b(?! epargne temps)",
    r"\bcomptes?\b~ (?:est |etait |sont |a ete |se fait |en train d'etre )(?:\w+ )?(?:vide|vides|"
    r"videe|vider|"
    r"siphonn\w+|pirat\w+|hack\w+|debit\w+ en boucle)\b",
    r"\b(?:arnaque|fraude|escroquerie|piratage|usurpation) (?:\w+ ){0,3}en cours\b|"
    r"\b(?:debits?|virements?|paiements?|retraits?) frauduleux\b(?:(?!\bcontestation).)*\b(?:en "
    r"cours|"
    r"en ce moment|passent|n'arrete)",
    r"\ben train (?:de |d') ?(?:\w+ ){0,2}(?:pirater|arnaquer|escroquer|voler|debiter|vider|"
    r"depenser|"
    r"utiliser|se servir|faire des (?:achats|virements|paiements|retraits)|prendre (?:tout )?mon "
    r"argent)\b",
    rf"\b{_SCAMMER} (?:est |sont |a |ont |me |m'|se |s'|y |n' |fait |font )*(?:\w+ )?(?:utilise|"
    rf"utilisent|sert|servent|achats|"
    r"paiements|virements|retraits|paye|paie|paient|retire|vole|volent|pirate|hacke|depense|"
    r"des achats|connectee?)~ (?:ma carte|mes cartes|mon compte|mes comptes|mon nom|mon argent|"
    r"ma cb|"
    r"mes coordonnees|mon iban|mon identite|de l'argent)\b",
    r"\b(?:carte|compte|cb|comptes) (?:\w+ ){0,3}(?:piratee?s?|pirater|hackee?s?|hacker|clonee?|"
    r"usurpee?|compromise?)\b",
    r"\b(?:me suis|s'est|m'|l'|me|t'es|nous sommes|on s'est) ?(?:a |ont |avez |fait |faite |suis "
    r"fait |"
    r"fais |est fait |etre )*(?:fait |faire )?(?:arnaqu(?:er|e|ee|es)|escroqu(?:er|e|ee)|"
    r"pirat(?:er|e|ee)|"
    r"hack(?:er|e|ee)|phish\w+)\b(?! par (?:vous|votre|vos|ta|cette boite|l'operateur))",
    r"\bvictimes? d'(?:une |un )?(?:\w+ )?(?:arnaque|escroquerie|fraude|piratage|hameconnage|"
    r"phishing|"
    r"usurpation)|\bvictimes? (?:de|du) (?:phishing|fraude|piratage)\b",
    r"\bfaux (?:conseiller|banquier|agent|technicien|policier|service (?:des fraudes|fraude))\b",
    r"\b(?:donne|communique|transmis|valide|dicte|rentre|saisi|envoye|confirme|file|refile)\b"
    r"(?: \w+){0,6} (?:codes?|mot de passe|mots de passe|numeros? de (?:ma )?carte|identifiants|"
    r"coordonnees bancaires|cryptogramme)\b(?=.{0,120}\b(?:faux|arnaque|escroc|frauduleux|se "
    r"faisai\w+ passer|soi-disant|"
    r"pretend\w*|suspect|pirate|inconnu|bizarre))",
    r"\b(?:faux|arnaque|escroc|frauduleux|se faisai\w+ passer|soi-disant|pretendu\w*|suspect|"
    r"bizarre)"
    r".{0,120}\b(?:donne|communique|valide|clique|rentre|saisi|transmis)\b(?! pas)",
    rf"\b{_SCAMMER_EN}(?:'s|'ve|'re| is| are| has| have| had| just| keeps?| been| currently| "
    rf"actively)* "
    r"(?:using|used|draining|drained|emptying|emptied|stealing|stole|stolen|taking|hacked|hacking"
    r"|accessing|"
    r"accessed|got into|withdrawing|withdrew|transferring|transferred|spending|cloned|making|made"
    r"|charging|hacked into|"
    r"broke into|logged into)\b~ "
    r"(?:my|our|his|her) (?:\w+ )?(?:cards?|account|accounts|money|details|funds|savings|identity"
    r"|name|pin)\b",
    rf"\b{_SCAMMER_EN}(?:'s|'ve| is| are| has| have| been| keeps?)* (?:making|made|doing)\b~ "
    r"(?:purchases|transactions|payments|charges|withdrawals|transfers)\b(?! to me)",
    r"\b(?:account|accounts|card|cards|identity) (?:\w+ |'s ){0,4}(?:hacked|compromised|cloned|"
    r"drained|emptied|"
    r"being used|breached|taken over|skimmed)\b",
    r"\b(?:being|been|got|getting|was|am|were) (?:\w+ )?(?:scammed|defrauded|phished|hacked|"
    r"conned|"
    r"swindled)\b",
    r"\bmoney (?:is |keeps )?(?:being taken|leaving|disappearing|going out)~ (?:account|right now"
    r"|now)\b|"
    r"\b(?:scam|fraud|theft) (?:\w+ ){0,2}(?:in progress|happening|right now|going on)\b|"
    r"\b(?:identity theft|stole my identity)\b",
    r"\bfraud\w*(?: \w+){0,2} (?:charges?|transactions?|activity|purchases?|payments?|"
    r"withdrawals?|"
    r"transfers?)\b(?=.{0,40}\b(?:on|in|from|to) (?:my|our)\b)",
    r"\bdrain(?:ing|ed)? (?:my|our|his|her)~ (?:account|accounts|savings)\b|"
    r"\bempt(?:ying|ied) (?:my|our)~ accounts?\b",
    r"\b(?:gave|told|read|sent|entered|shared|given)\b(?: \w+){0,7} (?:pin|password|card number|"
    r"card details|"
    r"details|codes?|passcode|login|otp)\b(?=.{0,120}\b(?:scam|fake|fraud|pretend|claim|said "
    r"(?:he|she|they) "
    r"(?:was|were)|suspicious|not (?:really )?(?:the|my) bank))",
    r"\b(?:scam\w*|fake|fraudster|pretend\w*|claim\w*)\b.{0,120}\b(?:gave|told|sent|entered|"
    r"shared)\b"
    r"(?: \w+){0,7} (?:pin|password|card|details|codes?|money|login|otp)\b",
)
NOT_FRAUD = re.compile(
    r"\b(?:(?<!que )c'est (?:\w+ )?(?:de l'arnaque|du vol|une arnaque)|vous (?:etes|m'avez|"
    r"nous avez) "
    r"(?:\w+ )?"
    r"(?:des )?(?:arnaqu\w+|escro\w+|vole\w*)|bande d'|votre (?:arnaque|escroquerie)|arnaque "
    r"(?:ce|votre|vos)|"
    r"you(?:'re| are|'ve| have|r company|r service) (?:\w+ )?(?:a )?(?:scam\w*|fraud\w*)|"
    r"(?:vide|vider|videz|vident) (?:le |la |mon |ma |votre )?(?:panier|cache|corbeille|memoire|"
    r"boite|poubelle)|(?:ai|a|avons) (?:deja )?(?:ete )?rembours|deja fait opposition|"
    r"already (?:blocked|reported|been refunded)|mistake|(?:stop|prevent|avoid)(?:ing)? "
    r"(?:someone|people|anyone|"
    r"others)|(?:empecher|eviter) (?:que |qu'|quelqu'un|les)|cannot be|autre site|other "
    r"(?:online )?profiles?)\b"
)
