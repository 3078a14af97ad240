"""What customers say from which an offer could start; ``~`` stands for up to five words."""

from __future__ import annotations

from nlu.axes.cues import cues

_PRODUCT = (
    r"(?:offres?|forfaits?|abonnements?|fibre|box|options?|contrats?|assurances?|credits?|prets?|"
    r"livrets?|placements?|comptes?|carte (?:gold|premium|premier|visa|bancaire)|"
    r"mobiles?|telephones?|smartphones?|iphones?|modeles?|produits?|formules?|mutuelles?|"
    r"garanties?|promotions?|tarifs?|epargne|assurance vie|pel|per)"
)
_PRODUCT_EN = (
    r"(?:offers?|plans?|packages?|contracts?|subscriptions?|bundles?|fib(?:re|er)|broadband|"
    r"insurance|loans?|mortgages?|savings accounts?|accounts?|credit cards?|"
    r"phones?|handsets?|iphones?|products?|deals?|policy|policies|coverage|quotes?|memberships?|"
    r"warranty|add-?ons?)"
)

INTEREST = cues(
    rf"\b(?:interessee?s?|m'interesse(?:rait)?|nous interesse(?:rait)?)\b(?! pas)~ (?:par|"
    rf"{_PRODUCT})",
    rf"\b{_PRODUCT}\b(?: \w+){{0,4}} (?:m'interesse|m'interesserait|me tente|me plairait|nous "
    rf"interesse)\b(?! pas)",
    r"\b(?:ca|cela|votre offre) (?:m'interesse|m'interesserait|pourrait m'interesser)\b|\bje "
    r"suis (?:\w+ )?(?:interessee?|preneur|preneuse)\b",
    r"\b(?:un|le|des|votre|faire un|demander un|avoir un|etablir un) devis\b|\bune simulation\b|"
    r"\b(?:faire|demander) (?:une )?simulation",
    r"\b(?:souscri\w+|m'abonner|prendre un abonnement|ouvrir (?:un|une) (?:compte|livret|pel|"
    r"assurance|ligne)|adherer|devenir client\w*)\b(?!~ (?:par erreur|sans mon))",
    rf"\b(?:quels?|quelles?|combien) (?:sont |coute\w* |est |couterait )?(?:\w+ ){{0,4}}(?:vos |"
    rf"le prix|les tarifs|{_PRODUCT})\b(?=.*\b(?:offre|forfait|tarif|prix|abonnement|proposez|"
    rf"fibre|credit|pret|assurance|taux|livret|iphone|modele)\w*)(?!.*\b(?:ma facture|mon "
    rf"forfait actuel|resili|frais)\b)",
    r"\b(?:avez-vous|vous avez|vous auriez|auriez-vous|proposez-vous|vous proposez|vous faites|"
    r"il y a|existe-t-il) (?:\w+ ){0,3}(?:offres?|promotions?|promos?|forfaits?|formules?|"
    r"reductions?|tarifs? (?:etudiant|famille|jeunes?)|packs?|prets?|credits?|moins cher)\b",
    r"\b(?:eligible|eligibilite|raccordable|suis-je eligible)\b(?! pas)|\b(?:acheter|commander|"
    r"achat d'une?) (?:un |une |le |la |des )?(?:nouveau |nouvel |nouvelle )?(?:telephone|mobile|"
    r"iphone|box|smartphone|modele|produit|canape|voiture)\b",
    r"\b(?:veux|voudrais|souhaite|souhaiterais|aimerais|besoin d'|cherche|demande|faire|faut|"
    r"faudrait) ?(?:\w+ ){0,3}(?:un|une|le) ?(?:\w+ )?(?:pret|credit|emprunt|assurance|mutuelle|"
    r"epargne|livret|placement|abonnement)\b(?! (?:que|qui|auto est))",
    rf"\b(?:interested in|keen on|tempted by|thinking (?:of|about) (?:getting|buying|taking|"
    rf"signing))\b~ {_PRODUCT_EN}\b|\b(?:i'm|i am|we're|i'd be) (?:\w+ )?interested\b",
    r"\b(?:get|have|like|need|want|give me|looking for)\b~ quotes?\b|\b(?:sign up|subscribe|"
    r"enroll?)\b(?! (?:by mistake))~ (?:for|to|up|plan|account)\b|\bopen (?:a|an|another)\b~ "
    r"account\b",
    rf"\b(?:do you (?:have|offer|sell|do)|have you got|any|are there any|what) (?:\w+ "
    rf"){{0,3}}(?:deals?|offers?|discounts?|promotions?|cheaper plans?|{_PRODUCT_EN})(?: (?:do "
    rf"you|are|for|available|on|can|would))",
    r"\b(?:apply|applying|like|want|need|looking|get|take out|buy|purchase)\b~ (?:for |a |an |"
    r"some )(?!my )(?:\w+ )?(?:loan|mortgage|credit card|insurance|new policy|savings "
    r"account|new phone|"
    r"policy)\b|\bhow much (?:is|are|does|would|for)\b~ (?:plan|package|fib(?:re|er)|phone|"
    r"subscription|insurance|upgrade|membership|model|cost)",
    r"\bbuy (?:a|an|some|the|your|another)\b|\bplace an order\b|\bwant to order\b",
    datable=False,
)

UPGRADE = cues(
    r"\b(?:changer|change|modifier|augmenter|ameliorer|passer|evoluer|migrer|upgrade\w*)\b~ "
    r"(?:forfait|offre|abonnement|formule|gamme|debit|plafond de credit|la fibre|a la fibre|5g|"
    r"premium|superieure?|box|plus (?:gros|grand|rapide)|carte (?:gold|premier|visa premier))\b",
    r"\b(?:davantage de|rajouter|ajouter) (?:data|gigas?|go|donnees|debit|chaines|internet a "
    r"l'etranger)\b|\bforfait (?:plus|moins) (?:\w+)\b|\b(?:debit|internet) plus rapide\b|"
    r"\bchanger de (?:telephone|mobile|portable|smartphone)\b|\brenouveler mon (?:mobile|"
    r"telephone)\b",
    r"\b(?:ajouter|rajouter|prendre|activer|souscrire|avoir) (?:l'|une |des |cette |les "
    r")?options?\b|\b(?:bouquet|chaines?) (?:\w+ )?(?:sport|foot|cinema|canal|bein)",
    r"\b(?:upgrade|upgrading|switch|move|change|go)\b~ (?:plan|to (?:the )?(?:\w+ )?(?:fib(?:re|"
    r"er)|unlimited|premium|5g|bigger|faster|higher)|package|handset|faster|bigger|unlimited|"
    r"tariff)\b|\bupgrade my\b|\bi(?:'d| would| want)~ upgrade\b",
    r"\b(?:more|extra|additional|bigger|faster|higher) (?:data|speed|channels|gigs?|bandwidth|"
    r"coverage|allowance)\b|\badd (?:\w+ ){0,2}(?:option|roaming|channels?|coverage|sports|add-on"
    r"|insurance|to my (?:plan|policy|package))\b|\b(?:new|better|newer) (?:phone|handset)\b~ "
    r"(?:upgrade|plan|contract)",
    datable=False,
)

UPGRADE += cues(
    r"\b(?:faut|faudrait|voudrais|aimerais|veux|besoin de|avoir|prendre|souhaite\w*|mettre) "
    r"(?:\w+ )?plus de (?:data|gigas?|go|donnees|debit|chaines)\b",
    negatable=False,
    datable=False,
)

MORE = cues(
    r"\b(?:deuxieme|seconde|troisieme|autre|nouvelle|supplementaire) (?:ligne|forfait|carte|box|"
    r"sim|compte|abonnement)\b(?! (?:que|a ete|est arrivee|car|jamais|parce))(?=.*\b(?:voudrais|"
    r"veux|aimerais|souhaite|prendre|ouvrir|pour mon|pour ma|ajouter|possible|combien|commander|"
    r"besoin)\b)",
    r"\b(?:ligne|forfait|carte|compte|telephone|livret|assurance) (?:\w+ ){0,2}pour (?:mon fils|"
    r"ma fille|mes enfants|ma femme|mon mari|mon epouse|ma mere|mon pere|mes parents|mon conjoint"
    r"|ma conjointe|mon bebe|mon petit-fils)\b",
    r"\b(?:second|another|additional|extra|new) (?:line|plan|sim|card|account|phone|user|driver|"
    r"car|vehicle)\b(?=.*\b(?:like|want|need|add|get|open|can i|could i|how much|for my)\b)|"
    r"\b(?:line|plan|phone|account|card|policy|insurance) for my (?:son|daughter|kids?|wife|"
    r"husband|mother|mum|mom|dad|father|partner)\b|"
    r"\badd (?:a|an|my|another) (?:\w+ )?(?:car|vehicle|driver|line|person|son|daughter|wife|"
    r"husband)\b",
    datable=False,
)

CONTRACT_END = cues(
    r"\b(?:engagement|contrat|abonnement|promotion|promo|offre|remise|bail|assurance|periode "
    r"d'engagement|pret)\b~ (?:se termine|prend fin|arrive a (?:echeance|terme|sa fin|expiration|"
    r"la fin)|touche a sa fin|expire|est (?:fini|finie|terminee?|echu|expiree?)|finit|se finit|"
    r"arrive a son terme)\b",
    r"\bfin (?:de|d'|de mon|de ma|de l'|du) ?(?:contrat|engagement|promotion|promo|abonnement|"
    r"mon engagement|mon contrat|offre)\b|\bplus (?:engagee?|d'engagement)\b|\b(?:libre|sans) "
    r"d'engagement\b|\brenouvel\w+ (?:de |d'|mon |ma |le )?(?:contrat|abonnement|offre|engagement"
    r"|assurance|adhesion)\b|\b(?:mon|le) (?:contrat|engagement)~ (?:terme|echeance)\b|\btaux "
    r"fixe~ fin\b",
    r"\b(?:contract|plan|policy|subscription|promotion|deal|promo|commitment|fixed rate|"
    r"membership|discount|agreement|lease)\b~ (?:ends?|ending|is up|is over|expires?|expiring|"
    r"expired|runs? out|is due|up for renewal|coming to an end|ran out|finish(?:es|ing)?)\b",
    r"\b(?:end of (?:my|the|our) (?:contract|plan|policy|deal|commitment)|out of contract|"
    r"renew(?:al|ing)? (?:of )?(?:my|our|the) (?:contract|plan|policy|subscription|membership|"
    r"insurance)|due for (?:an upgrade|renewal)|no longer (?:under|in) contract)\b",
    negatable=False,
    datable=False,
)

MOVING = cues(
    r"\b(?:demenage|demenagez|demenager|demenageons|demenagent|demenagement|emmenage|emmenager|"
    r"emmenageons)\b(?! (?:pas|plus|l'annee derniere|il y a))|\bchange(?:r|ons)? (?:d'adresse|"
    r"d'appartement|de maison|de logement|de domicile|d'appart)\b|\bnouve(?:au|l) (?:logement|"
    r"appartement|domicile)\b|\bnouvelle maison\b",
    r"\b(?:moving|move|relocating|relocate) (?:house|home|to a|to another|into|out|apartments?|"
    r"flats?|next|in (?:two|three|a)|soon|to (?:the )?new|on the)\b|\b(?:i'm|we're|i am|we are|"
    r"i'll be|we'll be) (?:\w+ )?(?:moving|relocating)\b(?! on\b|forward)|\bnew (?:house|home|"
    r"flat|apartment|place|address)\b",
)

LIFE_EVENT = cues(
    r"\b(?:je (?:vais )?(?:me )?mari\w+|on se marie|nous nous marions|mon mariage|viens? de me "
    r"marier|attends un (?:enfant|bebe)|enceinte|naissance de (?:mon|ma|notre)|va naitre|premier "
    r"(?:emploi|travail|salaire)|pars a la retraite|prends ma retraite|creer? (?:mon|une|ma) "
    r"(?:entreprise|societe|boite)|"
    r"achet\w+ (?:une maison|un appartement|un bien|ma premiere|mon premier appartement|une "
    r"voiture|un terrain|immobilier)|achat (?:immobilier|d'une maison|d'un appartement|de ma "
    r"residence)|projet immobilier|signe (?:un|le) compromis|heritage)\b",
    r"\b(?:getting married|just got married|our wedding|having a baby|expecting a (?:baby|child)|"
    r"new baby|first job|new job|retiring|starting (?:a|my|our) (?:own )?business|buying (?:a|our"
    r"|my) (?:first )?(?:house|home|flat|apartment|property|car|new car)|bought (?:a|our|my) "
    r"(?:new )?(?:house|home|flat|car|vehicle)|inherit(?:ed|ance)|going to university|my newest "
    r"car|new car)\b",
    datable=False,
)

REFUSES = cues(
    r"\b(?:pas|plus|aucunement|absolument pas) (?:du tout |vraiment )?interessee?s?\b|\b(?:ne |"
    r"n')?(?:m'interesse|me tente|m'interessent|nous interesse) (?:pas|absolument pas|plus)\b|"
    r"\b(?:veux|souhaite|besoin d'|voulez?) (?:pas|rien|plus|aucune?)(?: \w+){0,4} (?:offre|"
    r"acheter|option|promotion|proposition|abonnement|forfait|demarchage|contrat|credit)\b|"
    r"\b(?:arretez|cessez) de (?:me )?(?:demarcher|proposer|solliciter|vendre)\b|\bpas besoin "
    r"(?:d'une?|de) (?:\w+ )?(?:offre|option|forfait|assurance|abonnement)\b",
    r"\b(?:not|n't|no longer|never) (?:\w+ )?interested\b|\b(?:don't|do not|didn't) (?:\w+ "
    r")?(?:want|need)~ (?:offer|upgrade|new plan|contract|deal|insurance|sales|add-?on|"
    r"subscription|sold)\b|\bstop (?:trying to sell|selling|offering)\b|\bno sales\b",
    negatable=False,
    datable=False,
)
