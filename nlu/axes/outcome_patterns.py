"""How either side says what a contact leads to; ``~`` stands for up to five words."""

from __future__ import annotations

from nlu.axes.cues import cues

_SOON = (
    r"(?:demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|sous|d'ici|dans (?:les|la|un|"
    r"une|deux|trois|quelques|\d+)|"
    r"avant|cet apres-midi|ce soir|la semaine prochaine|le \d+|prochainement|au plus vite|des que"
    r"|par (?:mail|sms|courrier|e-?mail|telephone)|rapidement)"
)
_SOON_EN = (
    r"(?:tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|within|by|in (?:the "
    r"next|a few|an?|two|three|\d+)|"
    r"shortly|as soon as|later today|this afternoon|next week|on the \d+|before|soon|once|when)"
)

AGENT_TRANSFERS = cues(
    r"\bje (?:vous |le |la |les |me permets de vous )?(?:vais (?:vous |le |la )?)?(?:transf\w+|"
    r"bascule\w*|redirige\w*|reoriente\w*|oriente\w*)\b(?! (?:l'argent|les fonds|de l'argent|un "
    r"virement|votre (?:dossier|demande|mail|courrier)))",
    r"\bje (?:vous )?(?:vais vous )?(?:passe|passer|mets en (?:relation|contact|ligne)|mettre en "
    r"(?:relation|contact|ligne))\b(?! (?:en attente|un|la commande|commande|une commande|cette))",
    r"\b(?:ne quittez pas|restez en ligne|patientez)\b~ (?:passe|transfere|mon collegue|le "
    r"service|ma collegue|un conseiller|un specialiste)",
    r"\b(?:un|une|mon|ma) (?:conseiller|conseillere|collegue|specialiste|responsable|superviseur|"
    r"agent) (?:\w+ )?(?:va (?:prendre (?:la suite|le relais|votre appel)|vous prendre en ligne)|"
    r"prend le relais|reprend la conversation)\b",
    r"\b(?:transferring|transfer|transferred|putting|put|connecting|connect|passing|pass|handing|"
    r"redirecting) you (?:\w+ )?(?:to|through|over|with|across)\b(?! on hold)",
    r"\b(?:i'll|i will|let me|i'm going to|going to) (?:\w+ )?(?:get|bring in|hand (?:you )?over "
    r"to) (?:my|a|the) (?:manager|supervisor|colleague|specialist|team)\b",
    r"\b(?:a|an|our|my) (?:human )?(?:agent|colleague|specialist|adviser|advisor|representative) "
    r"(?:will (?:take over|join|be with you)|is taking over)\b",
)

AGENT_COMMITS = cues(
    r"\b(?:je|nous|on|un collegue|un conseiller|une conseillere|le service \w+|quelqu'un|un "
    r"technicien|le technicien|mon responsable|l'equipe|notre service) (?:\w+ )?(?:vous |lui |le "
    r"|la |les )?"
    r"(?:rappell?erai|rappelons|rappellera|rappelle|recontacter\w*|recontacte|recontactera|"
    r"recontacterons|contactera|contacterons|contacte|renverr\w+|renvoyons|enverr\w+|passera|"
    r"interviendra|viendra|reviens vers vous|reviendr\w+|tiens? (?:au courant|informee?)|"
    r"tiendr\w+|remboursera|rembourserons|traitera|etudiera)\b",
    r"\bvous (?:recevrez|allez recevoir|serez (?:recontactee?|rappelee?|contactee?|rembours\w*|"
    r"credite\w*|livree?|preleve\w*|informee?|avertie?)|allez etre (?:recontactee?|rappelee?|"
    r"contactee?|rembours\w*|livree?|credite\w*)|aurez (?:une reponse|un retour|de nos nouvelles|"
    r"le remboursement|votre))\b",
    rf"\b(?:vais|va|allons|vont) (?:\w+ )?(?:vous )?(?:rappeler|recontacter|envoyer|renvoyer|"
    rf"faire parvenir|rembourser|transmettre|relancer|revenir vers vous|intervenir|passer|"
    rf"expedier)\b(?:~ {_SOON})?",
    r"\b(?:j'ouvre|je vais ouvrir|j'ai ouvert|nous ouvrons|je cree|j'ai cree|je lance|j'ai lance|"
    r"je fais|j'ai fait|j'enregistre|nous lancons)~ (?:enquete|dossier|ticket|reclamation|"
    r"incident|signalement|demande|intervention|contestation|procedure)\b",
    r"\b(?:je|j'ai|nous|on) ?(?:transmets|transmis|fais remonter|fait remonter|remonte|escalade|"
    r"relance|ai transmis|ai relance|transfere votre (?:dossier|demande)|transmettons)\b",
    rf"\b(?:rendez-vous|technicien|intervention|livraison|rappel|passage) (?:\w+ ){{0,4}}(?:est |"
    rf"sera |etes )?(?:prevue?|programmee?|fixee?|planifiee?|confirmee?|confirme|cale|note|"
    rf"reserve)\b|\b(?:je vous (?:propose|fixe|programme|note|prends|reserve|planifie)|c'est "
    rf"note)~ (?:rendez-vous|intervention|rappel|passage|{_SOON})",
    r"\b(?:sera|seront|serait) (?:\w+ )?(?:effectuee?s?|traitee?s?|prise? en compte|rembours\w+|"
    r"credite\w*|envoyee?s?|livree?s?|resilie\w*|active\w*|effective?s?|disponibles?|verse\w*|"
    r"expedie\w*|retablie?|reparee?)\b~ (?:sous|d'ici|dans|avant|le|a partir|demain|lundi|mardi|"
    r"mercredi|jeudi|vendredi|\d+|la|des)",
    r"\b(?:remboursement|virement|avoir|credit|reponse|retablissement|echange) (?:\w+ "
    r"){0,3}(?:sous|d'ici|dans les|dans un delai|avant|sera)\b",
    rf"\b(?:i'll|i will|we'll|we will|someone will|somebody will|they'll|they will|he'll|she'll|"
    rf"technician will|engineer will|team will|colleague will|manager will|adviser will) (?:\w+ "
    rf")?(?:call|ring|phone|contact|email|e-mail|send|get back|be in touch|refund|credit|follow "
    rf"up|look into|let you know|come|visit|reach out|ship|process|review|investigate|be there|"
    rf"escalate|mail|post)\b(?:~ {_SOON_EN})?",
    r"\byou(?:'ll| will| should| are going to| can expect to) (?:\w+ )?(?:receive|get|hear|be "
    r"(?:refunded|contacted|credited|called|charged|notified)|see (?:the|it|your|a) (?:refund|"
    r"money|credit))\b",
    r"\b(?:i've|i have|i'm|i am|i'll|let me) (?:\w+ )?(?:opened|opening|open|raised|raising|raise"
    r"|created|creating|create|logged|logging|log|escalat\w+|filed|filing|file|booked|booking|"
    r"book|scheduled|scheduling|schedule|submitted|submitting|submit)\b~ (?:ticket|case|claim|"
    r"complaint|investigation|request|appointment|visit|engineer|technician|it|this|callback|"
    r"dispute|report|replacement)\b",
    r"\b(?:refund|credit|replacement|order|package|money|payment) (?:will|should) (?:\w+ )?(?:be|"
    r"arrive|reach|take|appear|show)\b|\b(?:appointment|engineer|technician|delivery|visit|"
    r"callback) (?:is |has been |will be )?(?:booked|scheduled|confirmed|set)\b",
    datable=False,
)

AGENT_RESOLVES = cues(
    r"\b(?:c'est|voila c'est|ca y est c'est|tout est|c'est tout) (?:\w+ )?(?:fait|regle|en ordre|"
    r"active|debloque|reactive|modifie|annule|resolu|valide|enregistre|corrige|retabli|reparti|"
    r"mis a jour|effectif|pris en compte|resilie|rembourse|change|bon|parfait pour vous)\b",
    r"\b(?:je viens de|j'ai|nous avons|je vous ai) (?:bien |deja |tout |pu )?(?:de )?(?:vous "
    r")?(?:debloque\w*|reactive\w*|active\w*|modifie\w*|annule\w*|corrige\w*|rembourse\w*|"
    r"reinitialise\w*|change\w*|mis a jour|credite\w*|resilie\w*|bloque\w*|valide\w*|renvoye\w*|"
    r"applique\w*|regularise\w*|retabli\w*|procede|effectue\w*|repare\w*|supprime\w*|envoye\w*)\b",
    r"\b(?:a|ont|est|sont) (?:bien |deja )?(?:ete )?(?:rembours\w+|debloque\w*|reactive\w*|"
    r"active\w*|annule\w*|corrige\w*|modifie\w*|resolue?s?|regle\w*|retablie?s?|regularise\w*|"
    r"mise? a jour|prise? en compte|enregistree?|effectuee?|debloquee?|validee?|reparee?)\b(?!~ "
    r"(?:sous|d'ici|demain))",
    r"\b(?:votre|la) (?:ligne|connexion|carte|compte|box|acces)~ (?:fonctionne|remarche|est de "
    r"nouveau|est a nouveau|est operationnel\w*|est active|est debloque\w*|est retablie?)\b",
    r"\b(?:i've|i have|i just|we've|we have|that's|it's|that is|it is|all) (?:\w+ )?(?:reset|"
    r"unlocked|activated|reactivated|cancelled|canceled|refunded|fixed|updated|changed|corrected|"
    r"credited|restored|removed|done|sorted|resolved|completed|applied|set|all set|waived|"
    r"unblocked|processed|blocked)\b",
    r"\b(?:has|have|is|are) (?:now |been |already )+(?:\w+ )?(?:reset|unlocked|activated|"
    r"reactivated|cancelled|canceled|refunded|fixed|updated|changed|corrected|credited|restored|"
    r"removed|resolved|completed|applied|waived|unblocked|processed)\b",
    r"\byou(?:'re| are) (?:all )?(?:set|good to go|sorted)\b|\bit should (?:now )?work\b|\b(?:ca|"
    r"cela) devrait (?:maintenant )?(?:fonctionner|marcher)\b",
    datable=False,
)

AGENT_UNABLE = cues(
    r"\b(?:je|on|nous) (?:ne )?(?:peux|peut|pouvons|pourrai|pourrons) (?:malheureusement |"
    r"vraiment |helas )?(?:rien|pas (?:malheureusement )?(?:faire|vous|intervenir|acceder|"
    r"proceder|donner|repondre|rembourser|annuler|y donner))",
    r"\b(?:ce n'est|c'est) (?:malheureusement |pas )+possible\b|\b(?:malheureusement|helas)\b~ "
    r"(?:pas|impossible|refusee?|rien)\b|\bil (?:faudra|faudrait|va falloir|vous faudra) "
    r"(?:rappeler|recontacter|vous adresser|attendre|patienter)\b",
    r"\b(?:votre demande|le remboursement|votre dossier|la reclamation) (?:\w+ )?(?:est|a ete) "
    r"(?:refusee?|rejetee?)\b|\bpas de solution\b|\b(?:n'ai|ai) pas (?:acces|la reponse|de "
    r"solution|la main|l'information)\b",
    r"\b(?:can't|cannot|can not|unable to|not able to|won't be able to|couldn't)~ (?:do|help|"
    r"refund|access|cancel|find|process|change|answer|authori[sz]e)\b",
    r"\b(?:unfortunately|i'm afraid|sorry but)\b~ (?:not|no|nothing|can't|cannot|unable|isn't|"
    r"impossible)\b|\bnothing (?:more |else )?(?:i|we) can do\b|\byou(?:'ll| will) (?:have|need) "
    r"to (?:call (?:back|again)|contact|wait)\b",
    negatable=False,
    datable=False,
)

CUSTOMER_CONFIRMS = cues(
    r"\b(?:ca|cela|c'|tout|elle|il|internet|la box|la ligne|la connexion|le wifi)(?: a|est)? "
    r"?(?:y est |re)?(?:marche|fonctionne|remarche|refonctionne|est bon|est revenue?|est "
    r"retablie?|est reparti|est regle)\b(?! (?:pas|plus|toujours pas|jamais|mal|quand|comment|"
    r"comme ca))(?: \w+)?",
    r"\b(?:ah|oui|super|ok|parfait|voila|ca y est|nickel)[ ,!]*(?:oui )?(?:ca (?:re)?marche|"
    r"c'est bon|je (?:la |le |l')?(?:vois|recois|ai recu?|l'ai)|ca fonctionne|c'est regle|c'est "
    r"revenu|je suis connectee?|j'y arrive)\b",
    r"\b(?:probleme|souci) (?:est )?(?:resolu|regle)\b|\bvous avez (?:resolu|regle) (?:mon|le)\b|"
    r"\b(?:j'ai|ca a) (?:reussi|fonctionne|marche)\b|\bca repond (?:a|parfaitement a) ma "
    r"question\b|\bj'ai (?:eu )?(?:ma|la) reponse\b|\bj'ai tout ce qu'il (?:me )?faut\b",
    r"\b(?:it|that|everything|internet|it's|yes it)(?:'s| is| does)? (?:\w+ )?(?:works|working|"
    r"worked|back|back on|fixed|solved|sorted|connected)\b(?! (?:on|for me to|as))|\bproblem "
    r"(?:is )?solved\b|\bthat (?:answers|solves|fixes)\b|\bi(?:'m| am) (?:back )?in now\b|\bi "
    r"can (?:see|log in|access) (?:it )?now\b|\bthat's all i needed\b",
    datable=False,
)

CUSTOMER_SATISFIED = cues(
    r"\b(?:merci|remercie)\b~ (?:beaucoup|infiniment|aide|efficacite|patience|gentil|"
    r"renseignements|reponse|informations)\b|\bmerci (?:beaucoup|bien|infiniment)\b|\b(?:parfait|"
    r"super|nickel|genial|impeccable|tres bien|formidable)\b|\bc'est (?:clair|note|parfait|"
    r"gentil)\b",
    r"\b(?:ca|cela) me (?:convient|va|depanne|rassure)\b|\bd'accord merci\b|\bje comprends "
    r"mieux\b|\b(?:non|rien) (?:merci|d'autre|c'est tout)\b|\bce sera tout\b|\bc'est tout\b",
    r"\b(?:thank you|thanks|cheers) (?:so much|very much|a lot|for (?:your|the) help|for helping|"
    r"for sorting)\b|\b(?:perfect|great|brilliant|awesome|wonderful|excellent|lovely)\b|\bthat's "
    r"(?:all|great|perfect|clear|fine|very helpful|it)\b|\bthat helps\b|\bno,? (?:that's it|"
    r"nothing else|that's all)\b",
)

CUSTOMER_UNRESOLVED = cues(
    r"\b(?:toujours|encore) (?:pas|rien|le meme|en panne|aucun)\b|\bca (?:ne )?(?:marche|"
    r"fonctionne|avance|change|resout|regle|repond) (?:toujours |absolument |strictement )?(?:pas"
    r"|rien|plus)\b|\b(?:meme|toujours le meme) probleme\b",
    r"\b(?:vous ne|vous) (?:m'aidez|me servez|reglez|repondez|proposez|pouvez)~ (?:pas|"
    r"rien)\b(?!~ \?)|\b(?:n'ai|ai) (?:toujours )?pas (?:de |ma |eu (?:de |ma ))?(?:reponse|"
    r"solution)\b|\b(?:on|ca) (?:n')?avance pas\b|\bon tourne en rond\b|\bca (?:ne )?(?:me "
    r")?(?:sert|mene) a rien\b",
    r"\b(?:je vais|j'irai|je compte) (?:\w+ )?(?:saisir|porter plainte|aller voir (?:ailleurs|la "
    r"concurrence)|ecrire au|contacter (?:un avocat|le mediateur|l'ufc|que choisir)|passer "
    r"(?:chez un autre|a la concurrence))\b|\b(?:laissez|laisse) tomber\b|\btant pis\b|"
    r"\bj'abandonne\b|\bje (?:rappellerai|vais rappeler)\b|\b(?:inadmissible|inacceptable|"
    r"scandaleux|incompetents?)\b",
    r"\bstill (?:not|no|doesn't|isn't|nothing|can't|haven't|broken|down|the same)\b|\b(?:it|that|"
    r"this) (?:doesn't|does not|didn't|isn't|won't) (?:work|help|working|helping|solve|fix|"
    r"answer)\b|\b(?:same (?:problem|issue)|not (?:solved|resolved|fixed|helpful|good enough))\b",
    r"\b(?:forget it|never mind|useless|waste of time|going round in circles|getting nowhere|"
    r"unacceptable|take my business elsewhere|speak to a lawyer|this is ridiculous|not happy "
    r"with (?:this|that) answer|i'll (?:call|try) (?:back|again) later)\b|\byou(?:'re| are)(?: "
    r"not|n't) helping\b",
    negatable=False,
    datable=False,
)
