"""What callers say of gas, electricity, fire and medical emergencies, in French and English.

Expressions are matched on plain text (lower case, no accents); ``~`` stands for up to five words.
Beside each list stands what the same words mean in ordinary contacts.
"""

from __future__ import annotations

import re

from nlu.axes.cues import cues

_RELATIVE = (
    r"(?:(?:mon|ma|mes|notre|son|sa) (?:\w+ )?(?:mari|femme|pere|mere|fils|fille|bebe|conjointe?|"
    r"compagn(?:e|on)|frere|soeur|ami|amie|voisine?|enfant|grand-?\s?pere|grand-?\s?mere|mamie|"
    r"papi|"
    r"papa|maman|tante|oncle|collegue|petite?|client|cliente)|le petit|la petite|le bebe|"
    r"my (?:\w+ )?(?:husband|wife|dad|father|mum|mom|mother|son|daughter|baby|kid|child|brother|"
    r"sister|friend|neighbou?r|partner|grandma|grandpa|grandmother|grandfather|colleague)|"
    r"the (?:baby|child|kid))"
)
_DEVICE = (
    r"(?:prises?|tableau|compteur|disjoncteur|multiprise|chargeur|box|boitier|batterie|telephone|"
    r"portable|appareil|decodeur|cable|linky|chaudiere|radiateur|machine|lave-linge|four|frigo|"
    r"ordinateur|trottinette|outlet|socket|plug|fuse ?box|meter|breaker|panel|charger|battery|"
    r"router|"
    r"phone|adapter|appliance|boiler|dryer|laptop|oven|heater|modem|wires?|wiring)"
)
_HOUSE = (
    r"(?:maison|appartement|appart|cuisine|immeuble|voiture|garage|chambre|salon|cave|toit|house|"
    r"home|"
    r"flat|apartment|kitchen|building|car|garage|room|basement|roof)"
)

GAS = cues(
    r"\b(?:laisse|laissent|fait) (?:\w+ )?(?:echapper|sortir|fuir)~ gaz\b",
    r"\b(?:odeur|sent|smells?|smell of|smelling)~ (?:d'|l')?(?:oeufs? pourris?|rotten eggs?)\b",
    r"\b(?:odeurs?|relents?)~ (?:de |du )?gaz\b(?! d'echappement)",
    r"\bca (?:\w+ )?(?:sent|pue|schlingue)~ (?:le |du )?gaz\b",
    r"\b(?:sent|sens|sentons|sentent|sentais|sentait|senti|pue|empeste|sentir)~ (?:le|du|au) "
    r"gaz\b",
    r"\bfuites? (?:de |du )?(?:\w+ ){0,2}gaz\b",
    r"\bfuite (?:\w+ ){0,3}(?:gaz|gaziere)\b",
    r"\bgaz (?:\w+ ){0,3}(?:fuit|fuir|fuie|s'echappe|s'echapper|siffle)\b",
    r"\b(?:fuit|s'echappe|siffle|siffler)~ gaz\b",
    r"\b(?:intoxiqu\w+|intoxication) (?:au|par le) (?:gaz|monoxyde)",
    r"\b(?:detecteurs?|alarme)~ (?:gaz|monoxyde|co)\b~ (?:sonne|bipe|hurle|s'est declenche|vient "
    r"de sonner|declenchee?)",
    r"\bmonoxyde\b~ (?:sonne|bipe|detecte|declenche)",
    r"\bsmell(?:s|ing|ed|ling)?\b~ gas\b",
    r"\bgas\b (?:\w+ ){0,3}(?:smell|odou?r|leak|leaks|leaking|escape|escaping)\b",
    r"\bleak(?:s|ing|ed|y)?\b (?:\w+ ){0,2}gas\b",
    r"\b(?:smell|odou?r|stench|whiff|reeks?|stinks?)\b (?:\w+ ){0,2}(?:of )?gas\b",
    r"\b(?:carbon monoxide|co|gas) (?:alarm|detector|sensor)~ (?:going off|beeping|went off|"
    r"ringing|"
    r"sounding|goes off|gone off)",
) + cues(
    r"\b(?:detecteurs?|alarme) (?:de |a |au )?(?:\w+ )?(?:gaz|monoxyde|co)\b~ (?:n'|ne "
    r")?(?:arrete|cesse|s'arrete) "
    r"(?:pas|plus)",
    r"\b(?:carbon monoxide|co|gas) (?:alarm|detector)~ (?:won't stop|doesn't stop|keeps)",
    negatable=False,
)
NOT_GAS = re.compile(r"\b(?:gas (?:station|cap|pedal|mileage)|gaz hilarant)\b")

ELECTRIC = cues(
    r"\b(?:eau|fuite|pluie|water|leak\w*|rain)\b~ (?:sur|dans|into|onto|on|in|through)~ "
    r"(?:tableau electrique|compteur electrique|disjoncteur|prises?|prise electrique|"
    r"fuse ?box|electric(?:al|ity)? (?:meter|panel|box)|sockets?|breaker)\b",
    r"\betincelles?\b",
    r"\belectrocut\w+",
    r"\belectris(?:e|ee|es|ees|er)\b",
    r"\b(?:pris|prend|prends|recu|recois|recoit|prendre|foutu)~ "
    r"(?:coups? de jus|decharges?|chataignes?|chocs? electriques?|jus)\b",
    r"\bdecharges? electriques?\b|\bchocs? electriques?\b|\bcoups? de jus\b",
    r"\bcourts?[- ]circuits?\b",
    r"\b(?:fils?|cables?|lignes?)\b (?:\w+ )?(?:electriques?|haute tension|a nu|denudee?s?|"
    r"sous tension)\b(?! souterrain)",
    r"\bhaute tension\b~ (?:tombee?|au sol|par terre|pend)",
    rf"\b{_DEVICE}~ (?:brule|brulent|a brule|bruler|fume|fument|crame|a crame|fond|fondu|a fondu|"
    r"crepite|gresille et|prend feu|pris feu|en feu|explose|a explose|qui chauffe anormalement)\b",
    r"\bsparks (?:are |is |were )?(?:coming|com|fly\w*|from|out|when|shoot\w*|every)\b|"
    r"\bsparking\b|"
    r"\b(?:saw|see|seeing|are|is|were|making|makes|throwing|made|with)(?: \w+)? sparks?\b",
    r"\b(?:electric|electrical) shocks?\b",
    r"\bshocks? (?:from|off|when~ touch\w*|every time~ touch\w*)",
    r"\bshocked (?:me|him|her|us)\b~ (?:touch\w*|plugg\w*)",
    r"\b(?:bare|exposed|live|frayed) (?:electrical |electric )?(?:wires?|wiring|cables?)\b",
    r"\bpower ?lines? (?:\w+ ){0,2}(?:down|fallen|fell|on the ground)",
    rf"\b{_DEVICE}~ (?:smoking|burning|burnt|melting|melted|on fire|caught fire|exploded|sparking|"
    r"catching fire)\b",
    r"\bshort[- ]?circuit(?:ed|ing)?\b",
)
NOT_ELECTRIC = re.compile(
    r"\bspark plugs?\b|\bspark (?:my|your|some|an?) (?:interest|idea|conversation)|"
    r"\b(?:va|vont) faire des etincelles\b|\betincelles? dans les yeux\b|"
    r"\bburning (?:through|a hole|question)|\b(?:burn|burning) (?:my |the )?(?:data|minutes|cd|"
    r"calories)"
)

FIRE = cues(
    r"\ben train de (?:bruler|cramer|prendre feu)\b|\bd(?:epart|ebut) de feu\b|"
    r"\b(?:something|it)(?:'s| is) burning\b",
    r"\b(?:il y a|y a|ya) (?:le |un |un debut de |un debut d')?(?:feu|incendie)\b(?! vert| rouge)",
    r"\b(?:en feu|prend feu|pris feu|prendre feu|prennent feu)\b",
    r"\bincendie (?:\w+ ){0,2}(?:s'est declare|se declare|en cours|chez|dans)",
    r"\bdebut d'incendie\b",
    rf"\b{_HOUSE}~ (?:brule|flambe|en flammes|crame|est en train de bruler)\b",
    r"\ben flammes\b|\bdes flammes\b",
    r"\b(?:odeurs? (?:\w+ ){0,2}(?:de |du )?(?:brule|plastique (?:brule|fondu)|cram\w+|roussi)|"
    r"(?:sent|pue|sens)~ (?:le |du |de )?(?:brule|crame|roussi|plastique fondu))\b",
    r"\bfumee\b~ (?:sort|sortent|partout|envahi\w*|s'echappe|noire|epaisse)",
    r"\b(?:sort|sortent|plein|pleine|remplie?|envahie?|degage) (?:\w+ ){0,3}fumee\b",
    rf"\b{_HOUSE}~ (?:on fire|burning|in flames|ablaze)\b",
    r"\b(?:there is|there's|we have|we've got|i have|is) (?:\w+ ){0,2}(?:a )?fire (?:in|at|on) "
    r"(?:my|the|"
    r"our)\b",
    r"\bcaught (?:on )?fire\b|\bcatching fire\b|\b(?:is|are|it's) on fire\b",
    r"\bburning smell\b|\bsmell of (?:burning|smoke)\b|\bsmells?~ (?:burning|burnt|burned|"
    r"smoke)\b",
    r"\bsmoke~ (?:coming|everywhere|pouring|filling)\b|\bfull of smoke\b|\bin flames\b",
)
NOT_FIRE = re.compile(
    r"\b(?:fire (?:tv|stick|wall|tablet|hd|sale|insurance)|assurance incendie|pare-feu|"
    r"on fire today|burning (?:through|a hole|question)|feu vert|"
    r"check engine|burning (?:oil|rubber)|feu au lac)\b"
)

MEDICAL = cues(
    r"\b(?:swallowed|drank|ingested|ate)\b~ (?:bleach|detergent|poison|battery|chemicals?|"
    r"medication|pills|cleaning product)\b|\bpoisoned\b|\bempoisonnee?s?\b",
    r"\b(?:fait|fais|faire|fasse|eu|avoir) (?:\w+ )?(?:un|des) (?:\w+ )?malaises?\b|"
    r"\b(?:un|gros|victime d'un) malaise (?:cardiaque|vagal|dans|chez|devant|a la)\b",
    r"\binfarctus\b|\bcrise cardiaque\b|\barret cardiaque\b|\bavc\b|\baccident vasculaire\b",
    r"\bfait (?:un|une) (?:attaque|embolie|hemorragie|overdose|crise d'(?:epilepsie|asthme)|"
    r"choc anaphylactique|allergie grave|reaction allergique|hypoglycemie)\b",
    r"\bhemorragie\b|\bconvuls\w+|\boverdose\b|\boedeme\b|\bchoc anaphylactique\b",
    r"\b(?:a |ai |avait )?perdu connaissance\b|\bpertes? de connaissance\b|"
    r"\btombee? dans les pommes\b|\b(?:s'est|vient de s'|s'etait) ?effondre[er]?\b|\b(?:s'est|me "
    r"suis|viens? de s'|vient de m') ?evanou\w+|"
    r"\b(?:est|suis|reste|semble|trouvee?) inconsciente?s?\b",
    r"\bsaigne (?:beaucoup|abondamment|enormement|de la tete|fort|sans)|\bpisse le sang\b|"
    r"\bperd (?:beaucoup de|son|tout son) sang\b|\bplein de sang\b",
    r"\b(?:s'etouffe|m'etouffe|s'etrangle|suffoque|etouffe avec)\b",
    r"\b(?:grievement|gravement) (?:blessee?s?|brulee?s?|malade)\b|\b(?:des|un|plusieurs) "
    r"blesses?\b",
    r"\b(?:douleurs?|mal) (?:\w+ ){0,3}(?:poitrine|thoracique|thorax)\b|\bmal au bras gauche\b",
    r"\b(?:appel\w+|besoin d'une?|besoin du|besoin des|envoyez|envoyer|faut|faudrait|demande|veux"
    r"|vite)"
    r"(?: \w+){0,3} (?:ambulance|samu|pompiers|secours)\b(?! populaire)|\burgence (?:medicale|"
    r"vitale)\b",
    r"\b(?:avale|bu|ingere) (?:\w+ ){0,4}(?:javel|produit (?:menager|toxique)|pile|lessive|"
    r"detergent)\b",
    r"\b(?:accouche|perd les eaux|perdu les eaux|va accoucher|train d'accoucher)\b",
    r"\bheart attack\b|\bcardiac arrest\b|\b(?:having|had|has|is having|suffered) (?:a|another) "
    r"stroke\b",
    r"\bunconscious\b|\bpassed out\b|\bfainted\b|\bunresponsive\b|\bconvulsing\b|\banaphyla\w+|"
    r"\boverdos\w+",
    rf"\b(?:{_RELATIVE}|he|she|i|someone)(?:'s| is| has| have| just)* (?:collapsed|choking|"
    rf"having a "
    r"seizure|seizing|dying|bleeding)\b",
    r"\bhaving (?:a|an) (?:seizure|asthma attack|allergic reaction|stroke)\b",
    r"\bbleeding (?:heavily|badly|out|a lot|everywhere|from (?:his|her|my|the) head)\b|"
    r"\bseriously (?:hurt|injured)\b|\bbadly (?:hurt|injured|burnt|burned)\b",
    r"\bchest pains?\b|\bpains? in (?:my|his|her) chest\b|\bchest (?:hurts|is tight)\b",
    r"\b(?:need|call|send|get|calling|want)\b(?: \w+){0,3} (?:ambulance|paramedics|911|999)\b|"
    r"\bmedical emergency\b|\bgoing into labou?r\b|\bwaters? (?:just )?broke\b|\bin labou?r\b",
) + cues(
    r"\b(?:est |vient de |a )?(?:tombee?|tomber)\b(?: [^\s.!?;,]+){0,5}? (?:ne |n'|se |peut )*"
    r"(?:repond|bouge|reagit|releve|se relever|relever) ?(?:plus|pas)\b",
    r"\b(?:fell|fallen|collapsed)\b~ (?:can't|cannot|isn't|not|won't)~ "
    r"(?:move|moving|get up|respond\w*|wake)\b",
    r"\brespire (?:plus|pas|presque plus|tres mal|mal|difficilement)\b|"
    r"\b(?:arrive|peux|peut|arrivons) (?:plus|pas|presque plus) (?:a |bien )?(?:\w+ )?respirer\b|"
    r"\bmal a respirer\b|\bdifficultes? (?:a respirer|respiratoires?)\b|\b(?:m'|s') ?etouff\w+\b",
    r"\b(?:il|elle) (?:ne )?(?:bouge|respire|reagit) (?:plus|pas)\b(?! (?:a l'ecran|quand je))",
    rf"\b{_RELATIVE} (?:ne |n')?(?:\w+ )?(?:reagit|bouge|se reveille|repond) (?:plus|pas)\b"
    r"(?! (?:au telephone|a (?:mes|vos) (?:mails|messages)|a vos))",
    r"\b(?:sang|sanguinement|saignement)\b~ (?:s'arrete|arrete) pas\b|\breprend pas "
    r"connaissance\b",
    r"\b(?:can't|cannot|can not|cant|not|isn't|stopped|trouble|difficulty|struggling to|hard to|"
    r"barely|"
    r"hardly|unable to)~ breath(?:e|ing)\b",
    r"\b(?:won't|not|isn't|doesn't|can't)~ (?:wake up|waking up|wake (?:him|her) up)\b|"
    r"\b(?:won't|doesn't) stop bleeding\b|\bstopped breathing\b|\bno pulse\b",
    negatable=False,
)
NOT_MEDICAL = re.compile(
    r"\b(?:failli|manque de|presque (?:fait|eu)|nearly|almost|practically|frole|a deux doigts|"
    r"thought i)\b"
    r".{0,40}\b(?:attaque|crise cardiaque|infarctus|heart attack|malaise|syncope|avc|stroke|"
    r"evanouir|fainted|passed out)|"
    r"\b(?:crise cardiaque|infarctus|heart attack)\b.{0,40}\b(?:facture|prix|bill|price|releve|"
    r"statement)|"
    r"\b(?:asset|vehicle) seizure|\b(?:malaise) (?:social|general|entre|avec vos)|"
    r"\b(?:colis|argent|commande|remboursement)\b.{0,30}\bevanou|\bvous etes inconscients?\b|"
    r"\bbreath(?:e|ing) (?:easy|easier)|\b(?:died|passed away|death|decedee?s?|est morte?|deces)\b"
)
