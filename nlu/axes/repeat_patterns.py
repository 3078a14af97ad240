"""How customers say that they have contacted before; ``~`` stands for up to five words."""

from __future__ import annotations

import re

from nlu.axes.cues import cues

_CONTACTED = (
    r"(?:appele|telephone|contacte|contactee?s?|ecrit|signale|signalee?|relance|envoye (?:un|"
    r"une|des|plusieurs|deux|trois|\d+) "
    r"(?:\w+ )?(?:mails?|courriels?|e-?mails?|messages?|courriers?|lettres?|reclamations?|"
    r"formulaires?|recommandes?)|ouvert (?:un|une|deux|\d+) "
    r"(?:\w+ )?(?:ticket|dossier|reclamation|demande)s?|parle (?:a|avec)|eu (?:un|une|votre|"
    r"l'un|quelqu'un|plusieurs|deux|trois|\d+)~ "
    r"(?:collegue|conseillere?|personne|conseillers|service|collegues|conseilleres|au "
    r"telephone|en ligne)|fait (?:une |la |deux )?(?:demande|reclamation)s?|"
    r"explique (?:mon|le|tout|a)|demande (?:\w+ )?fois)"
)
_CALLING = (
    r"(?:(?:j'|je |que j'|que je |qu'on |on |nous )?(?:vous )?(?:l'|le |la |les )?(?:ai |a |"
    r"avons )?(?:appelle|appelles|appel|appelons|appele|rappelle|rappelons|contacte|"
    r"contactons|"
    r"ecris|telephone|ecrivons|relance|recontacte|signale|demande|dis|explique|repete|reclame"
    r"|essaie de vous joindre|essaye de vous joindre|essaie d'appeler|"
    r"dois (?:vous )?(?:r?appeler|contacter|expliquer|ecrire)))"
)
_CALLED_EN = (
    r"(?:called|rung|rang|phoned|contacted|written|wrote|emailed|e-mailed|messaged|spoken|"
    r"spoke|talked|"
    r"reported|complained|raised|chased|been in touch|sent (?:you )?(?:an?|two|three|several|"
    r"\d+) (?:e-?mails?|messages?|letters?)|opened a (?:ticket|case))"
)
_CALLING_EN = (
    r"(?:(?:i'm |i am |i've |i have |we've |we have |i |we |i had to |having to |have had to "
    r")?(?:\w+ )?(?:calling|call|called|contacting|contacted|contact|"
    r"ringing|rung|phoning|phoned|writing|written|emailing|emailed|asking|asked|messaging|"
    r"messaged|explaining|explained|telling|told|speaking|spoken|chasing|chased|reporting|"
    r"reported))"
)

AGAIN = cues(
    rf"\bdeja (?:\w+ ){{0,3}}{_CONTACTED}",
    rf"\b(?:j'|je (?:vous |l'|les )?|on |nous |nous vous |on vous |je vous en )(?:ai |a |"
    rf"avons |avais |avait )(?:deja |encore |bien |aussi )?{_CONTACTED}\b(?:~ "
    r"(?:hier|avant-hier|ce matin|lundi|mardi|mercredi|jeudi|vendredi|samedi|la semaine|le "
    r"mois|il y a|fois|reprises|plusieurs|le \d+|sans|mais|et on|et personne|mardi|dernier|"
    r"deja))",
    r"\bje (?:vous |te |me permets de vous )?rappelle\b(?! (?:que|qu'|de|d'|plus|pas|plus "
    r"tard|demain|dans|mon|ma|si|tout a l'heure))|\bje (?:vous )?recontacte\b|"
    r"\bje reviens vers vous\b|\bje (?:vous |me permets de vous )?relance\b|\bj'appelle "
    r"(?:encore|a nouveau|de nouveau)\b|"
    r"\b(?:encore|toujours) (?:moi|nous)\b(?! qui)|\bobligee?s? de (?:vous )?rappeler\b|"
    r"\brappeler (?:encore|a chaque fois|sans arret)\b",
    rf"\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\w+i?eme|\d+(?:e|eme|ieme)?|seconde"
    rf"|enieme|niemes?) (?:fois|appels?|mails?|messages?) (?:\w+ ){{0,4}}?(?:que |"
    rf"qu')?{_CALLING}",
    r"\b(?:c'est )?(?:la |mon |ma )?(?:\w+i?eme|\d+ ?(?:e|eme|ieme)|seconde|enieme) (?:fois|"
    r"appels?|mails?|message|courrier|relance|coup de fil|reclamation|demarche)\b(?! (?:que "
    r"(?:ca|ma|la|le|mon|cela)))"
    r"(?:~ (?:appelle|contacte|joindre|ecris|signale|explique|appel|pour|vous|mail|"
    r"relance))?(?=.*\b(?:appel|appelle|contacte|ecris|joindre|signale|explique|mail|message|"
    r"courrier|relance|coup de fil|reclamation|demande|dis)\b)",
    r"\b(?:lors de|pendant|depuis) mon (?:dernier|premier|precedent) (?:appel|mail|message|"
    r"courrier|contact)\b|\bsuite a (?:mon|mes|notre) "
    r"(?:\w+ )?(?:appels?|mails?|messages?|courriers?|conversation|echanges?|reclamation|"
    r"demande|relances?)\b|\bmes (?:\w+ )?(?:relances|appels|mails|messages|courriers|"
    r"reclamations)\b|"
    r"\bmalgre (?:mes|mon|plusieurs|nos|deux|trois)\b~ (?:appels?|mails?|relances?|courriers?"
    r"|messages?|demandes?|reclamations?)",
    r"\b(?:votre collegue|vos collegues|un conseiller|une conseillere|la personne|le monsieur"
    r"|la dame|on) (?:\w+ )?(?:m'a|m'avait|m'ont|m'avaient)~ (?:dit|promis|assure|affirme|"
    r"garanti)\b~ "
    r"(?:hier|la semaine|la derniere fois|lundi|mardi|mercredi|jeudi|vendredi|au telephone|"
    r"rappeler|rappele|rappelleri?ez|d'attendre)",
    r"\b(?:deviez|devait|deviez me|devait me|m'avez dit que vous alliez|avait promis de|"
    r"promis de) (?:me )?(?:rappeler|recontacter)\b|\b(?:personne|on) (?:ne )?m'a (?:jamais |"
    r"toujours pas )?(?:rappele|recontacte)e?\b|"
    r"\b(?:toujours|j'ai) (?:pas |jamais )?(?:ete |eu )?rappelee?\b|\bdepuis (?:\w+ "
    r"){1,3}(?:que )?j(?:e |')(?:vous )?(?:appelle|ecris|relance|essaie de vous joindre)\b",
    r"\b(?:plusieurs|maintes|nombreuses|x|dix mille|quinze mille|cent|trente-six|multiples) "
    r"(?:fois|reprises)\b(?=.*\b(?:appel\w*|contact\w*|ecrit|signal\w*|relanc\w*|joindre|"
    r"demand\w*|explique)\b)|"
    rf"\b{_CONTACTED} (?:\w+ ){{0,3}}(?:plusieurs|maintes|a \w+ reprises|trente-six)",
    rf"\b(?:already|previously|have also|before) (?:\w+ ){{0,2}}{_CALLED_EN}\b",
    rf"\b(?:i|we)(?:'ve| have|'d| had)? (?:\w+ ){{0,2}}{_CALLED_EN}\b~ (?:before|already|"
    rf"yesterday|last (?:week|month|night|"
    r"friday|monday|tuesday|wednesday|thursday|saturday|sunday|time)|(?:days?|weeks?|months?|"
    r"hours?) ago|times|twice|this morning|on (?:monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday)|"
    r"earlier|several|many|multiple|two days|and (?:nobody|no one|nothing)|but (?:nobody|no "
    r"one|nothing))\b",
    rf"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|rd|th)|"
    rf"umpteenth|nth) (?:time|call|phone call|email|message|attempt)\b (?:\w+ "
    rf"){{0,3}}?(?:that )?{_CALLING_EN}",
    r"\b(?:my|the|is) (?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|"
    r"rd|th)|umpteenth) (?:call|phone call|email|e-mail|message|letter|contact|complaint|"
    r"attempt to reach)\b",
    rf"\b(?:two|three|four|five|six|seven|eight|ten|\d+|several|many|multiple|countless|so "
    rf"many) times\b(?=.*\b{_CALLED_EN}\b)|\b{_CALLED_EN}\b(?: \w+){{0,4}} (?:twice|(?:two|"
    rf"three|four|five|six|seven|eight|ten|\d+|several|many|multiple|countless) times)\b",
    r"\b(?:calling|ringing|phoning|writing|contacting you|calling you) (?:\w+ )?(?:again|"
    r"back)\b|\bme again\b|\bhad to (?:call|ring|phone|contact you) (?:back|again)\b|"
    r"\bfollowing up on my\b|\bkeep (?:calling|having to call|ringing)\b|"
    r"\bi(?:'ve| have) been (?:calling|emailing|ringing|trying to reach you|chasing) (?:\w+ "
    r")?(?:for|since|all)\b|\bmy (?:last|previous|earlier|first) (?:call|email|message|"
    r"contact)\b|"
    r"\bas i (?:said|told|explained)~ (?:last time|yesterday|colleague)\b|\b(?:you|someone|"
    r"somebody|they|he|she) (?:\w+ )?(?:was|were|promised|said|told)~ (?:call|ring|get back|"
    r"phone) (?:to )?me(?: back)?\b|"
    r"\b(?:nobody|no one|no-one|never) (?:has |had |ever )?(?:called|rang|got back|phoned|"
    r"contacted) (?:to )?me\b(?: back)?",
    datable=False,
) + cues(
    r"\b(?:personne|jamais|on) (?:ne |n')?(?:m'a |m'ont |vous ne m'avez )?(?:toujours |"
    r"jamais |pas )?(?:ete )?(?:rappele|rappelee|recontacte|recontactee)\b|\bm'avez (?:jamais"
    r"|pas|toujours pas) rappelee?\b",
    r"\b(?:toujours|jamais|pas) (?:eu |recu )?(?:de |aucune )?(?:reponse|retour|nouvelles) "
    r"(?:a|de|depuis|suite a) (?:mon|mes|ma|votre|vos)\b",
    r"\b(?:no|not|never|haven't)~ (?:reply|response|answer|heard back)\b~ (?:my|email|message"
    r"|since|last)\b",
    negatable=False,
    datable=False,
)
"""Ways of saying that this is not the first contact."""

NOT_AGAIN = re.compile(
    r"\bappele (?:ma|mon|mes|le|la|les|un|une|l')\b(?! (?:service|conseiller|hotline|support))|"
    r"\b(?:jamais|pas encore|n'ai pas|ai pas|pas deja) (?:\w+ )?(?:appele|contacte|ecrit|"
    r"telephone)|"
    r"\b(?:never|haven't|have not|didn't) (?:\w+ )?(?:called|contacted|rung|phoned|written|"
    r"spoken)|"
    r"\bpremiere fois que (?:j'appelle|je (?:vous )?(?:contacte|appelle|ecris))|\bfirst time "
    r"(?:\w+ ){0,2}(?:calling|contacting|call)|"
    r"\b(?:vous|tu) (?:pouvez|pourriez|pourrez) (?:me )?rappeler\b|\b(?:mon|ma) (?:mari|femme"
    r"|ami|amie|mere|pere|voisin) (?:vous )?(?:a|avait) appele|"
    r"\ble technicien m'a appele|\bje rappelle (?:plus tard|demain)\b|\bi'll call (?:back|again)\b"
)

FIRST_TIME = cues(
    r"\bpremiere fois que (?:j'appelle|je (?:vous )?(?:contacte|appelle|ecris|telephone))\b|"
    r"\bpremier appel\b",
    r"\b(?:jamais|pas encore|pas) (?:encore )?(?:appele|contacte|telephone)\b",
    r"\bfirst time (?:\w+ ){0,3}(?:calling|contacting|call|ringing|phoning|contact)\b|"
    r"\b(?:never|haven't|have not) (?:called|contacted|rung|phoned)\b",
    negatable=False,
    datable=False,
)

_N_FR = r"(?P<n>(?:[a-z]{1,20}-(?:et-)?)?[a-z]{0,20}ieme|seconde|\d+ ?(?:e|eme|ieme|ème))"
_N_EN = (
    r"(?P<n>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"\d+(?:nd|rd|th))"
)
_C_FR = r"(?P<n>deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|\d+)"
_C_EN = r"(?P<n>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|\d+)"
_TALK_FR = (
    r"(?:appel\w*|contact\w*|ecri\w+|signal\w*|relanc\w*|joindre|demand\w*|expliq\w*|dis\b|"
    r"telephon\w*|repet\w*|reclam\w*|rappel\w*|mails?\b|courriers?\b|messages?\b|coups? de "
    r"fil)"
)
_TALK_EN = (
    r"(?:call\w*|contact\w*|writ\w*|wrote|email\w*|ring\w*|rung|rang|phon\w*|ask\w*|spok\w*|"
    r"speak\w*|explain\w*|t(?:old|ell\w*)|messag\w*|chas\w*|report\w*|complain\w*|reach)"
)
TIMES = tuple(
    re.compile(expression)
    for expression in (
        rf"\b{_N_FR} fois\b(?! (?:que |qu')(?:ca|ma|la|le|mon|cela|il|elle|votre)\b)(?: "
        rf"(?:\S++ ){{0,6}}?)(?:que |qu')?(?:\S++ ){{0,3}}?\S*{_TALK_FR}",
        rf"\b{_N_FR} (?:appel|mail|e-mail|courriel|courrier|message|coup de fil|relance|"
        rf"reclamation)\b",
        rf"\b{_TALK_FR}(?: \S++){{0,4}} {_C_FR} (?:fois|reprises)\b",
        rf"\b{_C_FR} (?:fois|reprises)\b(?: \S++){{0,5}}? ?\S*{_TALK_FR}",
        rf"\b{_C_FR} (?:appels|mails|e-mails|courriels|courriers|messages|coups de fil|"
        rf"relances|reclamations)\b",
        rf"\b{_N_EN} (?:time|occasion)\b(?: \S++){{0,5}}? ?\S*{_TALK_EN}",
        rf"\b{_N_EN} (?:call|phone call|email|e-mail|message|letter|complaint)\b",
        rf"\b{_TALK_EN}(?: \S++){{0,4}} (?P<n>twice)\b",
        rf"\b{_TALK_EN}(?: \S++){{0,4}} {_C_EN} times\b",
        rf"\b{_C_EN} times\b(?: \S++){{0,5}}? ?\S*{_TALK_EN}",
        rf"\b{_C_EN} (?:calls|emails|e-mails|messages|letters|phone calls)\b",
    )
)
"""Numbers of contacts; the number is the group n."""
