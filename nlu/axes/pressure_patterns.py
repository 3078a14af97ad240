"""What callers say when time presses without danger: cut off, money leaving, deadlines.

Expressions are matched on plain text (lower case, no accents); ``~`` stands for up to five words.
"""

from __future__ import annotations

import re

from nlu.axes.cues import cues
from nlu.axes.theft_patterns import NOT_CARD_THEFT

_SERVICE_FR = (
    r"(?:internet|reseau|connexion|wi-?fi|fibre|adsl|electricite|courant|chauffage|eau chaude|eau|"
    r"tonalite|telephone|ligne(?: fixe)?|lumiere|gaz|service)"
)
_SERVICE_EN = (
    r"(?:internet|broadband|wi-?fi|network|signal|service|phone line|landline|dial tone|"
    r"electricity|"
    r"power|heating|heat|hot water|water|connection|gas)"
)

SERVICE_CUT = cues(
    rf"\b(?:{_SERVICE_FR})\b (?:\w+ ){{0,3}}(?:est |a ete |sont |ont ete |vient d'etre "
    rf")?(?:coupee?s?|"
    r"interrompue?s?|suspendue?s?|hors service|en panne|h\.?s\.?)(?! de courant)\b",
    r"\b(?:vous (?:m'|nous )|on m'|on nous |ils m'|ils nous )?(?:a |ont |avez |avait )?"
    r"(?:coupe|suspendu|resilie par erreur) (?:ma|mon|la|notre|l')\b ?(?:ligne|internet|"
    r"electricite|"
    r"abonnement|forfait|telephone|connexion|courant|eau|gaz|fibre)",
    rf"\b(?:coupure|panne) (?:\w+ )?(?:generale|totale|complete|(?:de |d'|du ){_SERVICE_FR})\b",
    r"\b(?:box|ligne|fibre|telephone|internet|chaudiere|decodeur|wifi)\b (?:\w+ ){0,2}en panne\b",
    r"\b(?:prive|privee|prives|privees) (?:d'|de )(?:internet|telephone|electricite|chauffage|"
    r"reseau)",
    rf"\b(?:my|our|the) (?:{_SERVICE_EN})(?:'s| is| has been| was| went| has gone| just went)? "
    rf"(?:\w+ )?"
    r"(?:down|out|cut(?: off)?|off|dead|disconnected|suspended|gone)\b",
    rf"\b(?:lost|losing) (?:\w+ )?(?:{_SERVICE_EN})\b|\bpower (?:cut|outage)\b|\boutage\b|"
    rf"\bblackout\b",
    r"\b(?:cut|been cut|got cut) (?:me |us )?off\b(?! (?:while|in the middle|when i))",
) + cues(
    rf"\b(?:plus|toujours pas|pas|aucune?|sans) (?:du tout )?(?:d'acces a |acces a |de |d'|du |"
    rf"le )?"
    rf"{_SERVICE_FR}\b(?! gratuit|(?: \w+)? client)",
    r"\b(?:internet|ligne|wifi|fibre|box|telephone|connexion|chauffage|chaudiere) (?:ne |"
    r"n')?(?:\w+ )?"
    r"(?:marche|fonctionne|repond) (?:toujours |absolument )?(?:plus|pas)(?: du tout)?\b",
    r"\b(?:plus rien ne|rien ne) (?:marche|fonctionne)\b|\bplus rien (?:depuis|a la maison|qui)\b",
    rf"\b(?:no|without|haven't got|don't have|not got) (?:any |an? )?(?:{_SERVICE_EN})\b(?! "
    rf"(?:charge|fee|"
    r"provider))",
    rf"\b(?:{_SERVICE_EN}|router|phone)(?:'s| is| has)? (?:\w+ )?(?:not working|isn't working|"
    rf"stopped working|"
    r"doesn't work|won't work|hasn't worked)\b",
    negatable=False,
)
NOT_SERVICE_CUT = re.compile(
    r"\b(?:d'abonnement internet|plus de (?:reseau|service) (?:que|qu')|internet banking|"
    r"banking service|customer service|service client)\b|"
    r"\b(?:no|without) (?:internet )?(?:fee|problem)"
)

MONEY_LEAVING = cues(
    r"\b(?:operations?|prelevements?|paiements?|debits?|achats?|virements?|retraits?|"
    r"transactions?|"
    r"mouvements?)\b~ (?:inconnue?s?|suspecte?s?|bizarres?|frauduleu\w+|que je n'ai (?:pas|"
    r"jamais))\b",
    r"\b(?:argent|euros)\b~ (?:a |ont |est )(?:disparu|partie?|ete (?:vole|retire|preleve|"
    r"debite)e?s?)~ "
    r"(?:de mon|compte|sans)\b",
    r"\b(?:preleve|debite|retire|preleves|debitee?|prelevee?)\b~ (?:sans (?:mon|ma|notre) "
    r"(?:accord|"
    r"autorisation)|sans autorisation|sans raison|en boucle|tous les jours|a mon insu|a tort)",
    r"\b(?:unknown|unauthori[sz]ed|suspicious|strange|weird|fraudulent) (?:\w+ )?(?:charges?|"
    r"transactions?|"
    r"payments?|withdrawals?|transfers?|debits?|purchases?|activity)\b",
    r"\bmoney (?:is |has |was |just |went )*(?:missing|disappeared|gone|taken|vanished|stolen)\b",
    r"\b(?:charge|charged|withdrawn|taken|debited|payment|withdrawal|purchase)\b~ (?:without my|"
    r"i never|"
    r"not mine)\b",
) + cues(
    r"\b(?:reconnais|reconnait|reconnaissons) (?:absolument )?(?:pas|aucune?)\b|\bj'ai (?:pas|"
    r"jamais) (?:fait|"
    r"autorise|effectue|valide)\b~ (?:achats?|paiements?|virements?|operations?|retraits?|"
    r"prelevements?|transactions?)",
    r"\b(?:achats?|paiements?|virements?|operations?|retraits?|prelevements?|transactions?)\b~ "
    r"(?:ai|a) (?:pas|jamais) (?:faite?s?|autorise\w*|effectue\w*|valide\w*)\b",
    r"\bc'est pas moi qui (?:ai|a) (?:fait|paye|achete|retire)\b",
    r"\b(?:don't|do not|didn't|did not|dont|can't) (?:\w+ )?recogni[sz]e\b",
    r"\b(?:didn't|did not|never|haven't) (?:make|made|authori[sz]ed?|do|approved?)\b (?:this|that"
    r"|these|those|the|any|it|"
    r"such)(?: \w+)? ?(?:charges?|transactions?|payments?|withdrawals?|transfers?|debits?|"
    r"purchases?)?",
    negatable=False,
)
NOT_MONEY = re.compile(
    r"\breconna\w+ (?:pas|plus) (?:ma|mon|la|votre) (?:voix|empreinte|carte|appareil|box|tele|"
    r"visage)|"
    r"\b(?:app|phone|device|machine|it|site|website) (?:does|do) ?n.t recogni"
)

CARD_LOST = cues(
    r"\b(?:perdu|egare|retrouve (?:plus|pas)|paume|disparu)\b~ "
    r"(?:carte (?:bancaire|bleue|de credit|visa|de paiement)|(?:ma |mes )cartes?|cb|chequier|"
    r"portefeuille)\b",
    r"\b(?:carte|cb|chequier|portefeuille)\b~ (?:perdue?|egaree?|disparue?|introuvable)\b",
    r"\b(?:faire|mettre|demander|souhaite|veux) (?:une )?(?:opposition|(?:bloquer|opposer) "
    r"(?:\w+ )?carte)\b|"
    r"\bbloquer (?:ma|toutes mes|la) carte\b|\b(?:voudrais|veux|faut|besoin de) (?:faire "
    r")?opposition\b",
    r"\b(?:lost|misplaced|can't find|cannot find|missing|dropped)\b~ (?:(?:bank|debit|credit|visa"
    r"|my|our) "
    r"cards?|wallet|purse|che(?:que|ck) ?book)\b",
    r"\b(?:card|wallet|purse) (?:is |has |was |went )*(?:lost|missing|gone missing|disappeared)\b|"
    r"\b(?:block|freeze|cancel) (?:my|the) (?:\w+ )?card\b~ (?:lost|immediately|now|right away|"
    r"asap|please)|"
    r"\b(?:vole|volee?|voler|stole|stolen)\b~ (?:telephone|portable|mobile|smartphone|iphone|"
    r"phone)\b|"
    r"\b(?:telephone|portable|mobile|smartphone|iphone|phone)\b~ (?:volee?|fait voler|vole|"
    r"stolen)\b",
    negatable=False,
)
NOT_CARD_LOST = re.compile(
    NOT_CARD_THEFT.pattern
    + r"|\bopposition (?:\w+ ){0,3}(?:prelevements?|cheques?)\b|\bperdu(?:e)? (?:\w+ )?carte sim\b"
)

VULNERABLE = cues(
    r"\b(?:je suis|etant|suis) (?:\w+ )?(?:handicapee?|malade|enceinte|diabetique|invalide|agee?|"
    r"hospitalisee?|aveugle|malvoyante?|sourde?|en fauteuil|veuve|veuf|isolee?)\b",
    r"\b(?:personne|personnes|dame|monsieur) (?:\w+ )?(?:agee?s?|handicapee?s?|vulnerables?|"
    r"fragiles?|dependante?s?)\b",
    r"\bbebe\b|\bnourrisson\b|\bnouveau-ne\b|\btele-?\s?alarme\b|\bteleassistance\b|\boxygene\b|"
    r"\bdialyse\b",
    r"\b(?:ma|mon) (?:\w+ )?(?:mere|pere|grand-mere|grand-pere|mamie|papi|voisine|tante)~ "
    r"(?:seule?|isolee?|malade|"
    r"agee?|handicapee?|hospitalisee?|ans)\b",
    r"\b(?:plus de quoi|pas de quoi|rien pour) (?:manger|nourrir|payer (?:a manger|les courses))",
    r"\bi(?:'m| am) (?:\w+ )?(?:disabled|pregnant|diabetic|ill|sick|blind|deaf|elderly|housebound"
    r"|a pensioner|"
    r"on my own with)\b",
    r"\b(?:elderly|disabled|vulnerable|newborn|oxygen|dialysis|pensioner|medical alarm|special "
    r"needs)\b",
    r"\b(?:can't|cannot|no money to|unable to) (?:\w+ )?(?:feed|buy food|afford food|buy "
    r"groceries)\b",
    r"\bmy (?:\w+ )?(?:mother|mum|mom|dad|father|gran|nan|grandmother|grandfather)~ (?:alone|"
    r"lives on (?:her|his)|ill|sick|"
    r"years old)\b",
    negatable=False,
)
NOT_VULNERABLE = re.compile(
    r"\b(?:livret|compte|forfait|tarif|offre|allocation|aah|lit|poussette|couches|produits?|"
    r"vetements?) "
    r"(?:\w+ )?(?:bebe|handicape\w*)|\b(?:malade|sick|ill) of\b|\bsick and tired\b|\bbaby "
    r"(?:clothes|bed|cot|products)|"
    r"\bcongratulat|\bpet\b"
)

STRANDED = cues(
    r"\b(?:bloquee?s?|coincee?s?)\b~ (?:a l'etranger|a l'aeroport|a la gare|sur l'autoroute|au "
    r"bord de la "
    r"route|en pleine|dehors|dans l'ascenseur|sans argent|sans carte|en (?:espagne|italie|"
    r"allemagne|"
    r"angleterre|grece|belgique|suisse|turquie))\b",
    r"\bsans (?:argent|un sou|le sou|moyen de paiement|carte) (?:\w+ )?(?:a l'etranger|en "
    r"vacances)\b",
    r"\b(?:stranded|stuck (?:abroad|at the airport|overseas|on the (?:motorway|highway|side)|"
    r"outside))\b|"
    r"\b(?:abroad|overseas)\b~ (?:no|without) (?:money|cash|card)\b",
    r"\b(?:fuite|degat|degats|inondation) (?:d'|des )eaux?\b|\binonde(?:e|s|es)?\b|\bde l'eau "
    r"(?:qui )?(?:coule|"
    r"partout|sort)|\bburst pipe\b|\bwater (?:is )?(?:leak\w*|pouring|everywhere|coming through)|"
    r"\bflood(?:ed|ing)\b",
    r"\b(?:menace|avis|risque|lettre|procedure) d(?:e |')(?:coupure|expulsion|saisie)\b|"
    r"\bhuissiers?\b|"
    r"\b(?:va|vont|allez|allez me) (?:\w+ )?(?:couper|expulser|saisir)\b|\b(?:bailiffs?|eviction|"
    r"evicted|disconnection "
    r"notice|final notice|going to (?:cut|disconnect))\b",
)
NOT_STRANDED = re.compile(r"\b(?:assurance|insur\w+|couvr\w+|cover\w*)\b")

DEADLINE = cues(
    r"\b(?:avant|d'ici|pour|au plus tard|jusqu'a|des) (?:le |la |a )?(?:ce soir|ce midi|demain|"
    r"apres-demain|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|la fin de (?:la )?(?:journee|semaine|"
    r"mois|l'apres-midi)|"
    r"fin de (?:journee|semaine|mois)|\d+ (?:h|heures)|midi|cet apres-midi|la semaine prochaine|"
    r"noel)\b"
    r"(?! (?:prochain )?(?:de chaque|tous))",
    r"\bavant le \d+|\bd'ici (?:deux|trois|quatre|\d+) (?:heures|jours)\b|\bsous (?:\d+|deux|"
    r"trois|huit|dix|quarante-huit|"
    r"vingt-quatre|quinze) ?(?:h|heures|jours)\b|\bdernier (?:delai|jour)\b|\bdate limite\b|"
    r"\bavant (?:mon depart|de partir)",
    r"\b(?:je pars|on part|mon vol|mon train|mon avion|mon mariage|l'anniversaire|l'enterrement|"
    r"les obseques|le demenagement|mon entretien|l'examen)\b~ "
    r"(?:demain|ce soir|aujourd'hui|apres-demain|dans (?:deux|trois|une|\d+)|lundi|mardi|mercredi"
    r"|jeudi|"
    r"vendredi|samedi|dimanche)\b",
    r"\b(?:by|before|until|no later than) (?:tonight|tomorrow|noon|midnight|today|monday|tuesday|"
    r"wednesday|thursday|"
    r"friday|saturday|sunday|the end of (?:the )?(?:day|week|month)|end of (?:day|week|business)|"
    r"next week|christmas|the \d+\w*|"
    r"\d+ ?(?:am|pm))\b",
    r"\b(?:within|in the next) (?:the )?(?:\d+|two|three|few|twenty[- ]four|forty[- ]eight|ten|"
    r"next)~ (?:hours?|days?)\b|"
    r"\bdeadline\b|\blast day\b",
    r"\b(?:flight|train|wedding|funeral|exam|interview|moving|leaving|leave|travel\w*|fly|"
    r"flying)\b~ (?:is )?(?:tomorrow|"
    r"tonight|today|in (?:two|three|a few|\d+) (?:hours|days)|on (?:monday|tuesday|wednesday|"
    r"thursday|"
    r"friday|saturday|sunday))\b",
)
NOT_DEADLINE = re.compile(
    r"\b(?:vous (?:recevrez|aurez|allez recevoir)|rendez-vous (?:est )?(?:pour|prevu)|bonne "
    r"journee|a demain|"
    r"jusqu'a (?:demain|lundi|vendredi) (?:a |de )?\d|ouverts? jusqu|open until|"
    r"pour (?:demain|lundi|mardi|mercredi|jeudi|vendredi|samedi)(?: (?:matin|soir|apres-midi))? "
    r"(?:c'est|ca) "
    r"(?:parfait|va|me va|ok))\b"
)

STATED = cues(
    r"\b(?:tres |vraiment |assez |hyper |super |extremement )?urgent(?:e|es|s)?\b",
    r"\ben urgence\b|\bd'urgence\b|\burgence\b|\burgemment\b",
    r"\b(?:le|au) plus (?:vite|tot|rapidement)(?: possible)?\b|\bdes que possible\b|"
    r"\bimmediatement\b|\btout de suite\b(?! (?:je|apres))|"
    r"\bdans les plus brefs delais\b|\bsans (?:plus )?attendre\b|\basap\b",
    r"\burgent(?:ly|cy)?\b|\b(?:right away|straight away|immediately|as soon as possible|at "
    r"once)\b|"
    r"\bcan(?:'t|not) wait\b|\bpeux (?:pas|plus) attendre\b|\bpresse\b(?! (?:agrume|papier))",
    r"\bemergency\b(?! (?:contact|calls? only|fund|number))",
)
NOT_STATED = re.compile(
    r"\b(?:rien d'urgent|pas (?:tres |vraiment |super |hyper )?urgent|pas d'urgence|aucune "
    r"urgence|rien ne presse|"
    r"pas presse|pas pressee|not urgent|no (?:rush|hurry|urgency)|nothing urgent|isn't urgent|"
    r"not in a (?:rush|hurry)|"
    r"numero d'urgence|emergency number|emergency room)\b"
)

BLOCKED = cues(
    r"\b(?:carte|compte|ligne|sim|acces|paiement|portable|telephone|virement)\b~ (?:est |a ete |"
    r"sont |etait |s'est )?(?:\w+ )?(?:bloquee?s?|"
    r"refusee?s?|verrouillee?s?|rejetee?s?|avalee?|suspendue?s?|desactivee?)\b",
    r"\b(?:account|card|line|sim|payment|access|phone|transfer)\b~ (?:blocked|locked|declined|"
    r"suspended|rejected|frozen|"
    r"swallowed|refused|disabled)\b|\blocked out\b|\b(?:atm|machine)~ (?:swallowed|ate|kept|"
    r"took) (?:my|the) card\b",
    r"\b(?:distributeur|guichet|automate|dab) (?:\w+ ){0,2}(?:avale|garde|mange)\b",
    r"\bje suis (?:\w+ )?bloquee?\b|\bempechee?s? de travailler\b|\ben teletravail\b",
) + cues(
    r"\b(?:peux|peut|pouvons|arrive|arrivons|parviens) (?:plus|pas|toujours pas|meme plus|meme "
    r"pas) (?:a |du tout )?(?:\w+ )?"
    r"(?:payer|retirer|me connecter|acceder|appeler|travailler|utiliser|ouvrir|valider|rentrer|"
    r"sortir)\b|\bimpossible de (?:payer|"
    r"retirer|me connecter|se connecter|acceder|appeler|travailler|valider|joindre)\b",
    r"\b(?:can't|cannot|can not|unable to|couldn't|not able to|cant) (?:even )?(?:pay|withdraw|"
    r"log ?in|sign in|access|call|work|use|"
    r"get into|connect|get cash|get in)\b",
    negatable=False,
)
NOT_BLOCKED = re.compile(
    r"\b(?:comment (?:faire )?pour|how (?:do|can|to)|puis-je|est-ce que je peux) (?:\w+ "
    r")?(?:bloquer|block|freeze)|"
    r"\bappels? (?:indesirables|bloques)\b"
)
