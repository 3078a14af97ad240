"""What customers say to a bot beside their questions, in French and English.

Expressions are matched on folded text: lower case, no accents, straight apostrophes. They decide
only how the bot goes on; what a message says never becomes an instruction.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


_PERSON_FR = (
    r"(?:conseill(?:er|ere|ers|eres)|teleconseill(?:er|ere)|humaine?s?|etres? humains?|"
    r"operat(?:eur|"
    r"rice)|vraie?s? (?:personnes?|gens|conseillere?|humain)|quelqu'un|interlocut(?:eur|rice)|"
    r"charge(?:e)? de clientele|personne (?:reelle|physique|humaine|competente)|responsable|"
    r"superviseur|manager|agent|service client(?:s|ele)?|une personne|correspondant)"
)
_PERSON_EN = (
    r"(?:humans?|(?:real |live |actual |human )?(?:person|people|agents?|representatives?|reps?|"
    r"operators?|advis[oe]rs?|being)|someone|somebody|manager|supervisor|customer (?:service|"
    r"support|care))"
)
_ARTICLE_FR = (
    r"(?:(?:un|une|des|le|la|les|l'|votre|vos|mon|d'un|d'une|autre|avec|a|au|vrai|vraie) ?)*"
)
_ARTICLE_EN = r"(?:(?:a|an|the|your|some|one of your|another|to|with|real|live|actual) )*"
_PLEASE = (
    r"(?:,? ?(?:svp|stp|s'il (?:vous|te) plait|please|pls|merci|thanks|maintenant|vite|"
    r"tout de suite|"
    r"now|asap|oui|yes|directement))*"
)
ASKS_PERSON = _any(
    r"\b(?:someone|somebody|anyone|anybody|a person|people) (?:(?:that |who )?i can|to) "
    r"(?:talk|speak|chat)\b|\b(?:quelqu'un|une personne) (?:a|avec) qui (?:parler|discuter|"
    r"echanger)\b|"
    r"\b(?:a qui|avec qui) (?:puis-je|je peux|peut-on) (?:parler|discuter)\b",
    rf"\b(?:parler|discuter|echanger|dialoguer|causer|traiter|regler|voir)"
    rf"(?: (?:ca|cela|tout ca|mon (?:probleme|dossier|cas)))? (?:directement )?(?:a|avec) "
    rf"{_ARTICLE_FR}{_PERSON_FR}\b",
    rf"\b(?:avoir|joindre|contacter|appeler|voir|passez?[- ]moi|passer|transfer(?:ez|er|"
    rf"e)[- ]?(?:moi)?|"
    rf"(?:veux|voudrais|souhaite|prefere|preferais|prefererais|demande|exige|reclame|aimerais)|"
    rf"besoin d|"
    rf"(?:mett(?:re|ez)[- ](?:moi )?|mise? )en (?:relation|contact|ligne) avec|rappele(?:e|r)? par|"
    rf"(?:il )?me faut|je peux avoir|puis-je avoir|donnez[- ]moi) ?'?{_ARTICLE_FR}{_PERSON_FR}\b",
    r"\b(?:rappelez[- ]moi|(?:etre|me faire) rappele[er]?|qu'on me rappelle|vous me rappelez|"
    r"pouvez-vous me rappeler)\b",
    r"\b(?:pas|plus|marre|assez|stop) (?:(?:de |d')?(?:parler|discuter|vouloir)? ?(?:a|avec|d'|de|"
    r"aux?|"
    r"des|les)? ?(?:un|une|des|les|ce|cette)? ?)(?:robots?|bots?|machines?|automates?|ia|"
    r"chatbots?)\b",
    rf"\b(?:speak|talk|chat|speaking|talking) (?:directly )?(?:to|"
    rf"with) {_ARTICLE_EN}{_PERSON_EN}\b",
    rf"\b(?:want|need|get me|give me|prefer|i'd like|would like|put me through to|transfer me to|"
    rf"pass me (?:to|on to)|connect me (?:to|with)|reach|contact|can i (?:have|get)) "
    rf"{_ARTICLE_EN}{_PERSON_EN}\b",
    r"\b(?:call me back|(?:a|want a|need a) call ?back)\b",
    r"\b(?:not|no|don't want|sick of|enough of) (?:to (?:talk|speak) (?:to|with) )?(?:an? |the |"
    r"this |"
    r"these |more )?(?:bots?|robots?|machines?|chatbots?|ai)\b(?! (?:can|will|is))",
    rf"^\W*+(?:(?:bonjour|bonsoir|hello|hi|oui|yes|non|no|je veux|"
    rf"i want)[\s,]*)?(?:{_ARTICLE_FR}{_PERSON_FR}|"
    rf"{_ARTICLE_EN}{_PERSON_EN}){_PLEASE}\W*$",
)
NOT_ASKS_PERSON = _any(
    r"\b(?:pas besoin|sans (?:avoir a )?(?:parler|passer|appeler|contacter|voir)|inutile|eviter|"
    r"(?:veux|souhaite|voudrais|prefere) (?:pas|surtout pas|plutot pas|ne pas)(?! (?:parler|"
    r"discuter) "
    r"(?:a|avec) (?:un |une )?(?:robot|bot|machine|automate|ia))|no need|without (?:talking|"
    r"speaking|"
    r"calling)|(?:don't|do not) (?:want|need) (?:to (?:talk|speak) (?:to|with) )?(?:a |"
    r"an )?(?:human|"
    r"person|agent|someone))\b",
    r"\bj'ai (?:deja )?(?:eu|parle|joint|contacte|appele)\b(?!.*\b(?:veux|voudrais|souhaite)\b)",
)
REFUSES_BOT = _any(
    r"\b(?:pas|plus|marre) .{0,25}\b(?:robots?|bots?|machines?|automates?|chatbots?)\b",
    r"\b(?:not|don't want|sick of) .{0,25}\b(?:robots?|bots?|machines?|chatbots?)\b",
)
REFUSES_RECORDING = _any(
    r"\b(?:m'oppose|refuse|veux pas|n'accepte pas|souhaite pas|pas d'accord) .{0,40}\b"
    r"(?:enregistr|transcri)",
    r"\b(?:object|refuse|don't|do not) .{0,40}\b(?:record|transcri)",
)
_MACHINE = (
    r"(?:robots?|bots?|chatbots?|chatgpt|ia|intelligence artificielle|humaine?|"
    r"vraie? (?:personne|humain|conseill\w+)|personne reelle|ai|human|real person|actual person)"
)
ASKS_ROBOT = _any(
    rf"\b(?:es-tu|etes-vous|t'es|tu es|vous etes|est-ce que (?:tu es|vous etes|c'est|je parle)|"
    rf"c'est|je parle|parle-je|suis-je) (?:\S+ ){{0,5}}?{_MACHINE}\b",
    r"\b(?:es-tu|etes-vous|t'es|tu es|vous etes) (?:\S+ ){0,2}?(?:machine|automate|ordinateur|"
    r"programme)\b",
    rf"\b(?:are you|am i (?:talking|speaking|chatting)|is this|i'm talking) (?:\S+ ){{0,4}}?"
    rf"(?:{_MACHINE}|machine|computer|person)\b",
    r"\b(?:qui es-tu|qui etes-vous|t'es qui|vous etes qui|who are you|what are you)\b",
)
ASKS_ABILITIES = _any(
    r"\b(?:que (?:sais-tu|savez-vous|peux-tu|pouvez-vous) (?:faire|m'aider)|"
    r"qu'est-ce que (?:tu (?:sais|"
    r"peux)|vous (?:savez|pouvez)) faire|a quoi (?:tu sers|servez-vous|sers-tu)|"
    r"comment (?:ca marche ici|tu marches|fonctionnez-vous))\b",
    r"\bwhat can you (?:do|help)\b|\bhow can you help\b|\bwhat do you do\b",
)
HOW_ARE_YOU = _any(
    r"\b(?:comment (?:ca va|allez-vous|vas-tu|tu vas|vous allez)|(?:^|\W)ca va(?: bien)? ?\?|"
    r"vous allez bien|tu vas bien)",
    r"\bhow are you\b|\bhow(?:'s| is) it going\b|\byou ok\b",
)
SMALL_TALK = _any(
    r"\b(?:raconte|dis|dites|racontez)[- ]?(?:moi )?(?:une|des) (?:blagues?|histoires?)\b",
    r"\btell me (?:a|some) (?:jokes?|stor(?:y|ies))\b",
    r"\b(?:quel temps|la meteo|what(?:'s| is) the weather)\b",
    r"\b(?:tu m'aimes|epouse[- ]moi|i love you|je t'aime|marry me)\b",
    r"\b(?:ecris|redige|compose|write|compose)[- ]?(?:moi |me )?(?:un|une|a|an|some) (?:poeme|"
    r"chanson|"
    r"code|programme|script|rap|dissertation|poem|song|program|essay)\b",
)
INJECTION = _any(
    r"\b(?:ignor|oubli|neglig|contourn|desactiv|annul)\w* (?:\S+ ){0,5}(?:instructions?|consignes?|"
    r"regles?|prompts?|restrictions?|filtres?|programmation)\b",
    r"\b(?:ignore|forget|disregard|bypass|override|disable) (?:\S+ ){0,5}(?:instructions?|rules?|"
    r"prompts?|guidelines?|restrictions?|filters?|programming)\b",
    r"\b(?:system prompt|prompt systeme|invite systeme|prompt initial)\b",
    r"\b(?:tu es|vous etes|you are|you're) (?:maintenant|desormais|a present|now) ",
    r"\b(?:agis|agissez|comporte[- ]toi|joue le role|fais semblant|faites semblant|imagine que tu|"
    r"act as|pretend (?:to be|you|that)|roleplay|role[- ]?play)\b",
    r"\b(?:mode (?:developpeur|admin\w*|debug|dan|sans filtre|maintenance)|developer mode|"
    r"jailbreak|"
    r"dan mode|debug mode|god mode|admin mode|sudo)\b",
    r"\b(?:affiche|montre|revele|recopie|repete|donne|reveal|show|print|repeat|output|display)\w*"
    r"(?:[- ]moi| me)? (?:\S+ ){0,4}(?:instructions|prompt|consignes|configuration|regles internes|"
    r"base de donnees|database|internal rules)\b",
    r"<\s*/?\s*(?:system|assistant|instruction|script)|\[\s*(?:system|inst)\b|###\s*(?:instruction|"
    r"system)|\b(?:system|systeme)\s*:",
    r"\b(?:reponds?|repondez|reply|answer|say)(?: \S+){0,2} (?:uniquement|seulement|only|exactly|"
    r"juste)\b",
    r"\b(?:drop table|select \* from|union select)\b",
)
_DATA = (
    r"(?:adresses?|numeros?|telephones?|solde|comptes?|factures?|coordonnees|mots? de passe|"
    r"consommation|iban|rib|commandes?|historique|codes?|mails?|identifiants?|releves?|dossier|"
    r"donnees|infos?|informations?|noms?|liste|contrat|virements|"
    r"addresses|address|numbers?|phone|balance|account|accounts|bills?|invoices?|passwords?|"
    r"details|"
    r"e-?mails?|orders?|statements?|data|list|names?|contract|transactions)"
)
_OTHER = (
    r"(?:voisine?s?|ex|ex-\w+|collegue|patron|conjointe?|mari|femme|copain|copine|petite? amie?|"
    r"autres? clientes?|autres? clients?|autre personne|un client|des clients|les clients|"
    r"vos clients|"
    r"ces clients|clientes?|clients|monsieur \w+|madame \w+|m\. \w+|mme \w+|mr \w+|"
    r"quelqu'un d'autre|"
    r"neighbou?rs?|ex-?(?:husband|wife|boyfriend|girlfriend)|my ex|colleague|boss|husband|wife|"
    r"girlfriend|boyfriend|other customers?|another customer|customers|someone else|mrs \w+|ms \w+)"
)
OTHER_PERSON = _any(
    rf"\b{_DATA} (?:\S+ ){{0,4}}?(?:de |du |d'|des |a |of |for |from |"
    rf"to )(?:\S+ ){{0,3}}?{_OTHER}\b",
    rf"\b(?:my |mon |ma )?(?:neighbou?r|ex-?(?:husband|wife)?|husband|wife|colleague|boss)'s "
    rf"(?:\S+ ){{0,2}}?{_DATA}\b",
    rf"\b(?:another|other) customers?'?s? (?:\S+ ){{0,2}}?{_DATA}\b",
)
_INSULT_FR = (
    r"(?:connards?|connasses?|encules?|salope?s?|salauds?|putes?|batards?|fdp|ntm|abrutie?s?|"
    r"debiles?|"
    r"cretine?s?|imbeciles?|idiote?s?|enfoires?|bouffons?|trou du cul|tocards?|raclure|"
    r"grosse merde|"
    r"sous[- ]merde|pauvre con|gros con|sale con|bande de cons)"
)
_INSULT_EN = (
    r"(?:assholes?|arseholes?|bitch(?:es)?|bastards?|morons?|idiots?|dickheads?|cunts?|dumbass|"
    r"imbeciles?|scumbags?|wankers?|twats?|motherfuckers?)"
)
_NOT_ABOUT_ONESELF = "".join(
    f"(?<!{before} )"
    for before in (
        "pour un",
        "pour une",
        "pour des",
        "comme un",
        "for an",
        "for a",
        "like an",
        "like a",
    )
)
ABUSE = _any(
    rf"{_NOT_ABOUT_ONESELF}\b(?:{_INSULT_FR}|{_INSULT_EN})\b",
    r"\b(?:ta gueule|ferme[- ]la|fermez[- ]la|va te faire|allez (?:tous )?vous faire (?:foutre|"
    r"voir|"
    r"encul\w+)|nique (?:ta|vos|ton)|casse[- ]toi|je t'emmerde|je vous emmerde|va crever|creve)\b",
    r"\b(?:tu es|t'es|vous etes) (?:\S+ )?(?:nulle?s?|conn?e?s?|stupides?|betes?|inutiles?|"
    r"(?:de la|une) merde)\b",
    r"\bsale (?:robot|bot|machine|con|ia)\b|\b(?:bot|robot|machine|ia) (?:de merde|a la con|"
    r"pourrie?)\b",
    r"\bf+u+c+k+ (?:you|off|u|this (?:bot|machine))\b|\bfucking (?:bot|useless|idiot|stupid|robot|"
    r"machine|thing)\b|\bshut up\b|\bpiss off\b|\bscrew you\b|\byou suck\b|\bgo to hell\b",
    r"\b(?:stupid|useless|dumb|shitty) (?:bot|robot|machine|thing|assistant|ai)\b|"
    r"\bpiece of (?:shit|crap|garbage)\b",
)
ADVICE = _any(
    r"\b(?:avocat|conseils? juridiques?|prud'hommes|(?:en|la) justice\b|tribunal|proces contre|"
    r"attaquer en|poursuivre en|est-ce legal|est-ce que c'est legal|c'est legal|que dit la loi|"
    r"(?:ai-je|est-ce que j'ai) le droit de (?:ne pas payer|refuser|poursuivre|attaquer|porter))",
    r"\b(?:lawyer|legal advice|sue you|suing|take you to court|legal action|is it legal|"
    r"do i have the right to|my legal rights)\b",
    r"\b(?:conseils? medica|medical advice|quel medicament|quels medicaments|posologie|"
    r"(?:dois|puis|peux)[- ]je prendre (?:du|de l'|un|des) (?:\S+ )?(?:medicament|doliprane|"
    r"paracetamol|ibuprofene|antibiotique|comprime)|which medication|should i take (?:a |an |"
    r"some )?"
    r"(?:pill|medicine|medication|painkiller))",
    r"\b(?:dans quoi|ou) (?:(?:dois|puis|peux)-je |je (?:dois|peux) |faut-il |vaut-il mieux )?"
    r"(?:investir|placer)\b|\b(?:dois-je|je dois|devrais-je|faut-il|vaut-il mieux|"
    r"est-ce que je dois) "
    r".{0,40}\b(?:investir|placer|emprunter|souscrire un (?:credit|pret)|acheter des actions|"
    r"bourse|"
    r"bitcoins?|cryptos?|assurance[- ]vie|prendre un (?:credit|pret)|racheter)\b",
    r"\b(?:me conseill\w+|conseillez-vous|que me recommandez|conseil(?:s)? (?:financiers?|"
    r"en placement))"
    r".{0,60}\b(?:credit|pret|placements?|investi\w+|bourse|actions|epargne|assurance[- ]vie|"
    r"argent)\b",
    r"\bconseils? (?:financiers?|en investissement|fiscal|fiscaux)\b|\bfinancial advice\b|"
    r"\btax advice\b",
    r"\b(?:should i|would you advise|is it (?:wise|better)|do you recommend) .{0,40}\b(?:invest\w*|"
    r"loan|mortgage|stocks|shares|bitcoin|crypto|life insurance|borrow)\b|\bwhat should i invest\b|"
    r"\bwhere should i invest\b",
)
OWN_ACCOUNT = _any(
    r"\b(?:mon|ma|mes) (?:solde|encours|points? de fidelite|consommation(?: actuelle| du mois)?|"
    r"iban|"
    r"rib|numero de client|prochain(?:e)? (?:prelevement|echeance|facture)|dernieres? operations?|"
    r"credit restant|data restante?)\b",
    r"\bcombien (?:(?:est-ce qu'|est-ce que )?(?:il )?(?:me|m'en) reste|ai-je|j'ai (?:sur|de|d')|"
    r"je (?:vous )?dois|de (?:go|giga|data|points) (?:ai-je|il me reste|j'ai|me restent))\b",
    r"\b(?:regard|verifi|consult|control)\w+ (?:\S+ )?(?:mon|ma|mes|dans mon|sur mon) (?:comptes?|"
    r"dossier|facture|contrat|commande|ligne|espace)\b(?<!consulter ma facture)",
    r"\b(?:commande|dossier|colis|contrat|ticket|reclamation|virement|suivi|facture|client|order|"
    r"case|"
    r"parcel|contract|claim|invoice|customer|account|tracking)\s*(?:n ?°|no?\.?|numero|number|#|"
    r"ref\w*)?"
    r"\s*:?\s*[a-z]{0,4}-?\d[\d -]{3,}",
    r"\b(?:what(?:'s| is)|tell me|check|see|know) my (?:current )?(?:account )?(?:balance|"
    r"data usage|"
    r"usage|account number|iban|loyalty points|next (?:bill|payment)|last transactions)\b",
    r"\bhow much (?:do i (?:owe|have)|have i got|data (?:do i have|is left)|is left|money (?:do i|"
    r"is))\b",
    r"\b(?:look (?:at|into)|check|access) my (?:account|file|bill|contract|order|line)\b",
)
OWN_CASE = _any(
    r"\b(?:ou en (?:est|sont)|ou est(?: passee?)?|quand (?:arrive|vais-je recevoir|sera|"
    r"est-ce que je "
    r"(?:vais recevoir|recois))|statut de|l'etat de|avancement de) .{0,12}\b(?:ma|mon|mes) "
    r"(?:commande|colis|remboursement|dossier|demande|virement|reclamation|telephone|livraison)\b",
    r"\b(?:where(?:'s| is)|when will|status of|track) .{0,20}\bmy (?:order|parcel|package|refund|"
    r"case|"
    r"request|transfer|claim|phone|delivery)\b",
)
ENDS_CONTRACT = _any(
    r"\b(?:resili|retract|desabonn|annul|clotur)\w*\b|\b(?:cancel|terminat|close my account|"
    r"unsubscrib)\w*\b"
)
DISPUTES = _any(
    r"\b(?:refus\w+|malgre|pourtant|conteste\w*|continu\w+ (?:a|de) (?:me )?(?:prelever|facturer|"
    r"debiter)|(?:preleve|facture|debite)\w* (?:encore|toujours|quand meme)|(?:encore|"
    r"toujours) .{0,20}(?:preleve|facture|debite)|pas (?:ete )?(?:prise?|pris) en compte|"
    r"abusi\w+|"
    r"n'arrive pas a (?:resilier|annuler)|empech\w+|bloqu\w+ (?:ma|la) (?:resiliation|demande)|"
    r"toujours pas (?:ete )?(?:resilie|annule|cloture)|reconduit|sans mon accord)",
    r"\b(?:refus\w+|despite|dispute|disputing|keep (?:on )?(?:charging|billing|taking)|still "
    r"(?:charging|charged|billing|billed|being charged|paying|taking)|won't let me|never "
    r"(?:cancelled|processed)|without my (?:consent|agreement)|prevent\w*)\b",
)
UNHELPED = _any(
    r"\b(?:ca|cela|ce|ceci) (?:ne )?(?:m'aide|repond|correspond|resout|m'avance|resoud) pas\b|"
    r"\bca (?:ne )?m'a pas aide\b|\b(?:ce |c')?(?:n'est|est) pas (?:du tout )?(?:ma question|"
    r"ce que je "
    r"(?:demande|veux|cherche|voulais)|la (?:bonne )?reponse|ca)\b|\b(?:mauvaise reponse|"
    r"hors sujet|a "
    r"cote de la plaque|rien a voir)\b|\bj'ai deja (?:essaye|fait|tente|verifie)\b|"
    r"\bje (?:ne )?comprends "
    r"(?:pas|rien)\b|\bvous (?:ne )?(?:comprenez|repondez) (?:pas|rien)\b|^\W*ca (?:ne )?marche "
    r"(?:toujours )?pas\W*$|\bpas clair\b",
    r"\b(?:not what i (?:asked|want|meant|mean)|(?:did|does)(?:n't| not) (?:help|answer|work)|not "
    r"helpful|unhelpful|wrong answer|already (?:tried|did|done) (?:that|this|it)|"
    r"i don't understand|you "
    r"(?:don't|do not) understand|makes no sense|not my question|irrelevant)\b",
)
YES = _any(
    r"^\W*(?:(?:oui|ouais|ui|yes|yep|yeah|yup|sure|ok|okay|d'accord|dac|volontiers|bien sur|"
    r"parfait|super|"
    r"exactement|exact|c'est ca|c'est bon|ca marche|nickel|impeccable|tout a fait|absolument|great|"
    r"perfect|correct|right|please|svp|s'il (?:vous|te) plait|je veux bien|avec plaisir|merci|"
    r"thanks|"
    r"thank you|beaucoup|very much|it does|that helps|ca m'aide|c'est clair|tres bien|top|genial|"
    r"c'est parfait|c'est exactement ca|il repond|elle repond|go|allez|vas-y|allez-y)[\s,.!]*)+$",
    r"^\W*(?:👍|✅|🙏|👌)+\W*$",
)
SAYS_YES = _any(
    r"\b(?:oui|ouais|ui|yes|yep|yeah|yup|sure|bien sur|volontiers|je veux bien)\b|👍|✅"
)
AGREES = _any(
    SAYS_YES.pattern,
    r"\b(?:ok|okay|d'accord|dac|please|svp|s'il (?:vous|te) plait|avec plaisir|allez|go|absolument|"
    r"tout a fait)\b",
)
NO = _any(
    r"^\W*(?:(?:non|nan|no|nope|pas vraiment|pas du tout|not really|not at all|toujours pas|it "
    r"doesn't|pas encore|no it doesn't|never mind|laissez tomber|laisse tomber|merci|thanks|thank "
    r"you|pas besoin|ca ira|c'est gentil)[\s,.!]*)+$",
    r"^\W*(?:👎|❌)+\W*$",
)
NEITHER = _any(
    r"\baucune?\b(?: des (?:deux|trois|choix|reponses))?|\bni l'une? ni l'autre\b|\bautre chose\b|"
    r"\brien de tout (?:ca|cela)\b|\bpas (?:ces|un de ces) choix\b",
    r"\bnone\b|\bneither\b|\bsomething else\b|\bnot (?:any of )?(?:these|those)\b",
)
SOLVED = _any(
    r"\b(?:ca|tout|elle|il|c'est) (?:re)?(?:marche|fonctionne)(?! (?:pas|plus|toujours|mal|que))\b|"
    r"\bc'est (?:regle|resolu|reparti|repare|bon maintenant)\b|\bprobleme (?:regle|resolu)\b|"
    r"\bj'ai (?:reussi|trouve)\b",
    r"\b(?:it|that|everything) works(?! (?:badly|only|but))\b|\b(?:is|it's|that's) (?:fixed|solved|"
    r"sorted|working(?: again| now))\b|\bproblem solved\b|\bthat did it\b",
)
THAT_IS_ALL = _any(
    r"\b(?:c'est tout|ce sera tout|ca sera tout|rien d'autre|plus de questions?|pas d'autres? "
    r"questions?|ce sera bon|j'ai (?:tout )?ce qu'il (?:me )?faut|plus rien)\b",
    r"\b(?:that(?:'s| is| will be| was)? all|nothing else|no (?:more|other) questions?|i'm good|"
    r"all "
    r"good|that's it)\b",
)
HELLO = _any(
    r"\b(?:bonjour|bonsoir|salut|coucou|bjr|bsr|slt|allo|rebonjour|hello|hi|hey|good (?:morning|"
    r"afternoon|evening)|greetings)\b"
)
THANKS = _any(
    r"\b(?:je vous remercie|je te remercie|(?:un )?(?:grand )?merci(?! d(?:e|')\b)(?: (?:beaucoup|"
    r"bien|"
    r"infiniment|a vous|encore|quand meme|malgre tout|"
    r"pour (?:tout|(?:votre|vos|ces?|cette|toutes ces|l'|la|les) ?(?:aide|reponses?|precisions?|"
    r"infos?|informations?|explications?|renseignements?|conseils?|patience|retour))))*|mci|"
    r"thanks?(?: you)?(?: (?:so much|very much|a lot|again|for (?:your|the) (?:help|answer)))*|thx|"
    r"cheers|ty)\b"
)
GOODBYE = _any(
    r"\b(?:au revoir|aurevoir|bonne (?:journee|soiree|fin de journee|nuit|continuation|"
    r"apres-midi)|a "
    r"bientot|a plus(?: tard)?|ciao|adieu|cordialement|bien a vous|(?:good)?bye(?:[- ]bye)?|"
    r"see (?:you|ya)|"
    r"have a (?:nice|good|great|lovely) (?:day|evening|one)|take care|kind regards|best regards|"
    r"cdt)\b"
)
FILLER = _any(
    r"\b(?:oui|ok|okay|d'accord|tres bien|parfait|super|bon|alors|euh|ben|bah|voila|ah|oh|eh bien|"
    r"bien|non|s'il (?:vous|te) plait|svp|stp|please|monsieur|madame|mademoiselle|tout le monde|"
    r"there|tant pis|dommage|too bad|never mind|anyway|"
    r"you|to you|yes|no|well|so|great|perfect|ca va|how are you)\b"
)
ORDINALS = tuple(
    _any(rf"^\W*+(?:le |la |l'|the |choix |option |numero |number |n ?° ?|reponse |#)*(?:{words})"
         rf"(?:re|er|e|eme|st|nd|rd)?(?: (?:choix|option|reponse|one|svp|please))*\W*$")
    for words in (
        "1|premiere?|premierement|une?|first|one|1️⃣",
        "2|deuxieme|deuxiemement|seconde?|deux|two|2️⃣",
        "3|troisieme|troisiemement|trois|third|three|3️⃣",
    )
)  # fmt: skip
FOLLOWS = _any(
    r"^\W*(?:et|ou|mais|and|but|or|what about|how about|idem|pareil|same)\b",
    r"\b(?:l'autre|les autres|celui-ci|celle-ci|celui-la|celle-la|la meme|le meme|dans ce cas|"
    r"dans mon "
    r"cas|ca (?:coute|prend|marche|dure|change|vaut)|cela (?:coute|prend|dure)|the other one|"
    r"that one|"
    r"this one|the same|in that case|does it|is it|will it|it cost|it take|coute-t-(?:il|elle)|"
    r"(?:dure|prend|coute|arrive|fonctionne)-t-(?:il|elle))\b",
    r"^\W*(?:c'est combien|combien|combien ca coute|combien de temps|c'est gratuit|c'est payant|"
    r"quel "
    r"(?:prix|delai)|quand|pourquoi|comment|ou ca|how much|how long|when|why|how|where|is it free)"
    r"(?: (?:ca|ca coute|ca prend|faut-il|alors|donc|exactement|svp|exactly|then))*\W*$",
)
POINTS_BACK = _any(
    r"\b(?:l'autre|les autres|celui|celle|ceux|celles|ceci|cela|ca|la meme|le meme|idem|pareil|"
    r"the other|that one|this one|the same|it|them|those|these)\b"
)
QUESTION_WORD = _any(
    r"\b(?:(?:o[uù]|quand|comment|pourquoi|combien|quoi) est-ce|est-ce qu|qu'est-ce|comment|"
    r"combien|"
    r"pourquoi|quel(?:le)?s?|how|where|when|why|which|what)\b"
)
