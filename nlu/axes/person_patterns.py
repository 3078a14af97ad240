"""What callers say of suicide, threats and people in danger, in French and English.

Expressions are matched on plain text (lower case, no accents); ``~`` stands for up to five words.
Beside each list stands what the same words mean in ordinary contacts.
"""

from __future__ import annotations

import re

from nlu.axes.cues import cues

_SELF_HARM_FR = (
    r"(?:(?:me |m')(?:tuer|suicider|foutre en l'air|flinguer|pendre|ouvrir les veines|"
    r"tailler les veines|taillader|supprimer|faire du mal|faire sauter la cervelle|tirer une "
    r"balle|"
    r"noyer|immoler|buter)|(?:me |m')(?:jeter|balancer|defenestrer)"
    r"(?: (?:par|sous|du|d'un|dans le vide|sur les rails|a l'eau|de)\b)?)"
)
SUICIDE = cues(
    r"\bje me (?:suicide|tue|flingue|pends|jette (?:par|sous|du|dans le vide)|"
    r"fous en l'air|supprime)\b(?! a (?:vous|te|la tache|le|repeter|dire|expliquer|attendre))",
    r"\b(?:vais|veux|envie de|pret a|prete a|songe a|pense a) (?:sauter|me balancer) "
    r"(?:du|de la|d'un|par|de mon|dans le|depuis)\b",
    r"\b(?:ma|sa|leur) mort sur (?:la|votre) conscience\b|\bvous aurez ma mort\b|"
    r"\bmy (?:death|blood) (?:will be )?on your (?:conscience|hands)\b",
    r"\b(?:pris|prendre|prends|gobe|gober) (?:tous|toute|trop|une boite|plein)~ "
    r"(?:medicaments|cachets|comprimes|somniferes|boite)\b",
    r"\b(?:vois|trouve) (?:plus|pas|aucune?)~ (?:raison|sens|interet)~ (?:vivre|vie)\b|"
    r"\b(?:quitter|disparaitre de) (?:ce monde|cette terre)\b|\b(?:goodbye|adieu) (?:cruel|a tous|"
    r"everyone|tout le monde)\b|\bplus (?:etre|rester) (?:de|sur) (?:ce monde|cette terre)\b",
    r"\b(?:don't|do not) (?:see|have)~ (?:reason|point)~ (?:live|living|go on|going on)\b|"
    r"\bwant to (?:disappear forever|not exist|never wake up|cut my wrists|slit my wrists|"
    r"hang myself|shoot myself)\b|\b(?:world|everyone|family)~ better (?:off )?without me\b",
    r"\b(?:je|j'|i) ?(?:vais|veux|pense|songe|compte|pourrais|voudrais|prefere|voulais)~ "
    + _SELF_HARM_FR
    + r"(?! a (?:vous|te|le|la|repeter|dire|expliquer|attendre))",
    r"\b(?:envie de|envie d'|prete? a|besoin de|decide de|decidee? a|finir par|idee de|ai failli|"
    r"je suis capable de|plus qu'a|reste a|autant) "
    + _SELF_HARM_FR
    + r"(?! a (?:vous|te|le|la|repeter|dire|expliquer|attendre))",
    r"\b(?:veut|va|menace de|parle de|envie de|essaye de|essaie de) (?:se suicider|se tuer|"
    r"se jeter (?:par|sous|du|d'un|dans)|se pendre|se foutre en l'air|mettre fin a ses jours|"
    r"mourir\b)",
    r"\b(?:veux|vais|voudrais|aimerais|envie d'|autant|prefere|pense a|decide d'|pret a|prete a|"
    r"veut|il faut que j'|besoin d') ?(?:\w+ )?en finir\b(?! (?:avec (?!la vie|ma vie|cette vie|"
    r"tout\b|"
    r"moi)|rapidement|vite|au plus|aujourd'hui|une bonne fois pour toutes avec))",
    r"\ben finir avec (?:la|ma|cette) (?:vie|existence)\b",
    r"\b(?:plus|pas|aucune?|sans|perdu)~ "
    r"(?:envie|gout|raison|raisons|force|courage|interet) (?:\w+ )?"
    r"(?:de|a|pour|d') ?(?:la )?(?:vivre|vie|continuer a vivre|exister|me lever le matin)\b",
    r"\b(?:envie|voudrais|prefere|prefererais|aimerais|veux|vais me laisser|mieux|autant) (?:de |"
    r"juste |"
    r"vraiment )?(?:mourir|crever)\b(?! (?:de|d')(?! ?plus))",
    r"\b(?:me laisser|je veux|envie de) (?:mourir|crever)\b",
    r"\bidees? (?:suicidaires?|noires)\b|\bpensees? suicidaires?\b|\b(?:suis|est|etre) "
    r"suicidaires?\b",
    r"\b(?:pense|penser|songe|parle|envies?|tentative|risque|menace|pensees?) (?:au |de |du |a "
    r"un |d'un |"
    r"a me )?suicide\b",
    r"\bmettre fin a (?:mes|ses) jours\b|\bmettre (?:un terme|fin) a (?:ma|sa) vie\b|"
    r"\b(?:m'|s')oter la vie\b|\bfin de mes jours ce soir\b",
    r"\baval(?:er|e|ee) (?:\w+ ){0,4}(?:medicaments|cachets|comprimes|somniferes)\b",
    r"\b(?:serai[st]?|suis|etais) (?:mieux|aussi bien) morte?\b|\bmieux si (?:j'etais|je n'etais) "
    r"(?:morte?|plus la)\b",
    r"\bvie (?:\w+ ){0,3}(?:vaut|merite|sert) (?:plus|pas) ?(?:la peine|le coup|d'etre vecue|a "
    r"rien|"
    r"rien)?",
    r"\ba quoi (?:bon|ca sert de) (?:vivre|continuer a vivre)\b|\b(?:marre|assez|fatiguee?) "
    r"de (?:vivre|la vie|cette vie|exister)\b|\bveux plus (?:vivre|etre la|exister|me "
    r"reveiller)\b|"
    r"\bplus rien (?:qui )?(?:me retient|a perdre)\b",
    r"\bfaire une (?:grosse )?(?:betise|connerie)\b|\bjamais (?:me |plus me )?reveiller\b",
    r"\b(?:kill|shoot|hang|drown|harm|hurt|killing|hanging|harming|hurting) myself\b",
    r"\b(?:kill|hang|shoot|killing) (?:himself|herself|themselves)\b",
    r"\b(?:end|ending|ends) it all\b|\b(?:end|ending|take|taking) (?:my|his|her) (?:own )?life\b|"
    r"\b(?:i'm|i am|i'll|i want to|going to|gonna|i just want to) (?:\w+ )?end it\b(?! (?:with|"
    r"the call))|"
    r"\bend it tonight\b",
    r"\b(?:i|he|she)(?: \w+|'m|'d){0,3}? (?:want|wants|wanna|wish|rather|ready)(?: \w+){0,3} "
    r"(?:die|dead|be dead)\b",
    r"\bbetter off (?:dead|without me)\b|\bwish i (?:was|were) dead\b|\bwant to be dead\b|"
    r"\bwish i(?:'d| had) never been born\b",
    r"\bsuicid(?:e|al)\b",
    r"\b(?:no|any|lost~|don't have a|without a) (?:reason|will|desire|point|wish)~ "
    r"(?:live|living|go on|carry on|being alive)\b",
    r"\b(?:don't|do not|dont|not|can't) (?:want to |wanna |want )?(?:live (?:any ?more|any longer|"
    r"like this)|living any ?more|be alive|be here any ?more|wake up any ?more|go on (?:living|"
    r"any ?more|"
    r"like this)|exist)\b",
    r"\b(?:life|living)~ (?:isn't|is not|not|no longer) worth\b|\bnot worth living\b|"
    r"\bnothing (?:left )?to live for\b|\bno point (?:in )?(?:living|going on|being alive)\b|"
    r"\btired of (?:living|life|being alive)\b",
    r"\bjump(?:ing)? (?:off|from) (?:a|the|my) (?:bridge|roof|balcony|building)\b|"
    r"\b(?:swallow|take|took|taken|swallowed) (?:all|a bottle|a whole|too many)~ pills\b|"
    r"\bself[- ]harm",
    supposable=False,
    negatable=False,
    datable=False,
)
NOT_SUICIDE = re.compile(
    r"\bsuicide (?:commercial|politique|squad|prevention (?:policy|clause))|\bcommercial suicide|"
    r"\bmourir de (?:rire|faim|froid|chaud|soif|honte|peur|ennui)\b|"
    r"\b(?:s'est|se sont) (?:suicide|tue|pendu)|\bclause (?:de )?suicide|\bsuicide clause|"
    r"\bj'ai fait une (?:betise|connerie)|\bne (?:vais|veux) pas (?:me tuer|mourir)\b|"
    r"\b(?:jamais|pas) (?:l'intention de|envie de) (?:me tuer|me suicider|mourir)|"
    r"\bnot (?:suicidal|going to (?:kill|hurt) myself)|\bbattery\b|\bphone (?:wants|is)\b"
)

_ATTACKER_FR = (
    r"(?:on|il|elle|ils|quelqu'un|un homme|un type|un individu|un inconnu|des gens|des hommes|"
    r"(?:mon|ma) (?:ex|mari|femme|conjointe?|compagn(?:e|on)|voisine?|copain|copine|pere|frere|"
    r"fils)|"
    r"(?:un|le|votre|ce) (?:livreur|technicien|vigile|voisin|client))"
)
THREAT = cues(
    r"\b(?:mettre|poser|deposer|placer|mets|pose)~ bombe\b~ (?:dans|chez|sous|votre|agence|a )",
    r"\b(?:vous|te|tu) (?:allez|vas|va) (?:le )?(?:crever|mourir|regretter de votre vie)\b|"
    r"\b(?:find|hunt) you~ (?:kill|hurt|shoot)\b|\b(?:i'll|i will|going to)~ bomb (?:your|the)\b",
    r"\bmenac\w* (?:\w+ )?(?:de (?:mort|me (?:tuer|frapper|planter|bruler|faire du mal)|nous tuer|"
    r"m'agresser|s'en prendre|venir chez|violences?)|avec (?:un|une) (?:couteau|arme|fusil|"
    r"pistolet))",
    r"\bmenaces? (?:\w+ ){0,2}de (?:mort|violences?)\b|\bmenaces? physiques?\b",
    rf"\b(?:qu')?{_ATTACKER_FR} (?:va|allait|vont|veut|veulent|a dit qu'il allait|essaie de|"
    rf"essaye de|"
    r"cherche a|menace de) (?:me |nous |m')(?:tuer|frapper|agresser|tabasser|planter|egorger|"
    r"violer|buter)\b",
    r"\b(?:suis|est|sommes) (?:\w+ )?suivie?s? (?:par (?:un|des|une|quelqu|deux|trois)|dans la "
    r"rue|depuis)",
    r"\b(?:votre|vos|le|un|l') ?(?:technicien|livreur|agent|vigile|vendeur|conseiller|employe)\b "
    r"(?:\w+ )?"
    r"(?:m'a|m'avait|l'a|a) (?:\w+ )?(?:agressee?|frappee?|touchee?|menacee?|bousculee?|"
    r"gifle[er]?|attouche)\b",
    r"\b(?:viens|viendrai|venir|debarque|debarquer|passe|passer|descends|arrive) (?:\w+ "
    r"){0,5}avec "
    r"(?:un|une|mon|ma|des) (?:\w+ )?(?:fusil|couteau|arme|armes|batte|flingue|pistolet|barre de "
    r"fer|machette|essence)\b",
    r"\bbeing followed\b|\bcome (?:down |over |round )?(?:there |to your \w+ |to the \w+ )?with "
    r"(?:a|my) "
    r"(?:gun|knife|bat|weapon|shotgun)\b",
    rf"\b{_ATTACKER_FR} (?:\w+ |n' ?|a |ne )?(?:me|m'|nous|l'|lui) ?(?:a |ont |fait )?(?:deja |"
    rf"encore )?"
    r"(?:menace|menacent|frappe|frappent|frapper|agresse|agresser|sequestre|poursuit|poursuivie?|"
    r"attaque|tabasse|bat|battue?|etrangle|viole|suit dans|suit depuis|tire dessus|braque)\b",
    r"\b(?:suis|etre|sommes|me suis|s'est) (?:\w+ )?(?:fait |fait )?(?:menacee?s?|agressee?s?|"
    r"agresser|"
    r"frappee?s?|frapper|sequestree?s?|sequestrer|tabassee?s?|tabasser|attaquee?s?|attaquer|"
    r"poignardee?|"
    r"braquee?s?|braquer|violee?|battue?)\b(?! de (?:coup|resili|pours|suspen|frais|pein))",
    r"\b(?:je vais|j'vais|jvais|on va|je viens|je viendrai|je vais venir) (?:\w+ ){0,3}"
    r"(?:vous|te|le|lui|les|leur|tous|quelqu'un|un de vos|votre) ?(?:\w+ ){0,2}(?:tuer|buter|"
    r"frapper|"
    r"casser la (?:gueule|figure|tete)|casser les (?:dents|jambes)|faire la peau|defoncer|crever|"
    r"peter la (?:gueule|tronche)|egorger|planter|descendre|bruler|tirer dessus|fumer|"
    r"massacrer)\b",
    r"\b(?:je|j'|on) ?(?:vais|va|viens|ai)~ (?:faire sauter|mettre le feu a|poser une bombe|tout "
    r"faire "
    r"peter|foutre le feu|bruler votre|tout casser chez vous|venir avec (?:un|mon|une) (?:fusil|"
    r"couteau|"
    r"arme|batte|flingue))",
    r"\bje (?:sais|connais) ou (?:vous|tu) (?:habitez|habites|travaillez)\b|\bvous allez (?:le "
    r")?payer de "
    r"votre vie\b|\bje vous (?:retrouverai|tuerai|buterai)\b",
    r"\b(?:il|elle|homme|individu|ils|mari|ex|voisin|type|qui|quelqu'un) (?:\w+ ){0,4}(?:armee?s?"
    r"|un couteau|une arme|un fusil|un "
    r"pistolet|une machette)\b",
    r"\b(?:essai\w*|essay\w*|tente\w*|en train) (?:de |d')(?:entrer|rentrer|forcer|defoncer|"
    r"casser|"
    r"s'introduire)~ (?:chez|porte|maison|appartement|fenetre|serrure)",
    r"\b(?:cambrioleurs?|intrus|quelqu'un)~ (?:est |sont |s'est introduit |entree? |dans )(?:\w+ "
    r")?(?:chez moi|"
    r"ma maison|mon appartement|mon salon|la maison)\b",
    r"\b(?:suis|sommes|vie (?:est )?|enfants sont|nous sommes) (?:\w+ )?en danger\b|"
    r"\bpeur (?:pour|de) (?:ma|notre|sa) (?:vie|securite|peau)\b|\bviolences? conjugales?\b|"
    r"\bprise? en otage\b|\bprise d'otages?\b|\ball?erte a la bombe\b|\bau secours\b",
    r"\bdeath threats?\b|\bbomb threat\b|\bplant a bomb\b|\bblow up (?:your|the)\b",
    r"\bthreat\w* (?:to|of) (?:kill|hurt|harm|beat|shoot|stab|attack|rape|come (?:to|after)|"
    r"burn)\b",
    r"\bthreat\w+ (?:me|my (?:family|kids|children|wife|husband|life|son|daughter)|us|him|her)\b"
    r"(?! with (?:collections?|legal|fees|court|disconnect\w*|a fine|cut\w*|bailiffs?))",
    r"\b(?:gonna|going to|will|i'll|want to|wanna) (?:\w+ ){0,3}(?:kill|stab|shoot|strangle|"
    r"murder|beat up|burn) "
    r"(?:you|him|her|them|someone|somebody|everyone|one of you|your)\b",
    r"\b(?:he|she|they|ex|husband|boyfriend|neighbou?r|someone|somebody|guy|man)(?:'s| is|'re| "
    r"are| was)?"
    r" (?:\w+ )?(?:trying|gonna|going|wants?|said) (?:\w+ )?(?:to )?(?:\w+ )?(?:kill|hurt|shoot|"
    r"stab|murder) (?:me|us|my)\b",
    r"\bi(?:'ll| will| am going to|'m going to| know where)~ (?:come (?:down )?(?:there|to "
    r"your)~ (?:gun|"
    r"knife|hurt)|where you live|burn your)",
    r"\b(?:break|breaking|broke|broken) (?:in|into)\b (?:my|our|the) (?:house|home|flat|apartment"
    r"|place|door)\b",
    r"\b(?:someone|somebody|intruder|burglar|a man|a stranger)(?:'s| is)? (?:\w+ )?(?:(?:in|"
    r"inside|outside) "
    r"(?:my|our|the) (?:house|home|flat|apartment|door|bedroom|garden)|trying to get in|breaking "
    r"in)\b"
    r"(?! my account)",
    r"\b(?:has|have|with|holding|pulled|got|had) (?:a|his|her) (?:gun|knife|weapon|machete)\b",
    r"\b(?:beat|beats|beating|attack|attacked|attacking|assaulted|stalking|choking|strangled|"
    r"strangling|"
    r"stabbed|raped|chasing|following) (?:me|us|my (?:wife|son|daughter|mother|sister|kids?|"
    r"husband))\b",
    r"\b(?:was|been|being|got|am) (?:\w+ )?(?:attacked|assaulted|stabbed|stalked|raped|held "
    r"hostage|"
    r"beaten(?: up)?)\b",
    r"\b(?:husband|boyfriend|wife|girlfriend|partner|ex|stepdad)~ (?:hit|hits|hitting|punched|"
    r"beat|hurt) me\b",
    r"\bdomestic (?:violence|abuse)\b|\bfear(?:ing)? for (?:my|our|her|his) (?:life|safety|"
    r"lives)\b|"
    r"\b(?:my|our) (?:life|lives) (?:is|are) in danger\b|\b(?:i'm|i am|we're|we are) in (?:\w+ "
    r")?danger\b|"
    r"\bafraid (?:for my life|he(?:'ll| will| is going to) (?:kill|hurt))\b",
    supposable=False,  # "si vous ne payez pas, je viens avec un fusil" is a threat
    datable=False,
)
NOT_THREAT = re.compile(
    r"\bverbal\w*|\b(?:vous|elle|banque|service|societe|courrier|lettre)~? (?:me |m'|nous "
    r")?menac\w+ "
    r"(?:de|d') ?(?!mort)|\bthreaten\w* (?:\w+ )?(?:with|to) (?:legal|cut|disconnect|suspend|sue|"
    r"close|"
    r"charge|collections?|send)|\bheart attack|\bpanic attack|\bcyber ?attack|\bbeat (?:me|us) "
    r"to\b|"
    r"\bcredit (?:score )?(?:is )?in danger\b|\bfollowing (?:me|us) on\b"
)

_CHILD_FR = (
    r"(?:enfants?|bebes?|fils|fille|filles|petit-fils|petite-fille|gamine?s?|nourrissons?|garcon|"
    r"gosses?|"
    r"mineure?s?|petits|petite|fillette|neveu|niece)"
)
_OLD_FR = (
    r"(?:personnes? (?:\w+ )?agees?|(?:ma|ta|sa|notre) (?:\w+ )?(?:grand-?\s?mere|mere|mamie|"
    r"maman|voisine|tante|belle-mere)|"
    r"(?:mon|ton|son|notre) (?:\w+ )?(?:grand-?\s?pere|pere|papi|papa|voisin|oncle|beau-pere)|"
    r"mes (?:\w+ )?(?:parents|"
    r"grands-parents)|(?:dame|monsieur|femme|homme) (?:tres )?agee?|vieille dame|vieux monsieur|"
    r"handicapee?s?|personne (?:\w+ )?(?:vulnerable|fragile|dependante|a mobilite reduite)|"
    r"(?:\d\d|quatre-vingts?\S*(?: \w+)?|soixante-\S+) ans)"
)
_CHILD_EN = (
    r"(?:child|kids?|children|baby|infant|toddler|son|daughter|little (?:boy|girl|one)|minor|"
    r"grandson|"
    r"granddaughter|newborn|nephew|niece|\w+[- ]year[- ]old)"
)
_OLD_EN = (
    r"(?:elderly (?:\w+)|old (?:lady|man|woman|person)|(?:my|our|his|her) (?:\w+ )?(?:grand(?:ma|"
    r"mother|pa|"
    r"father)|gran|nan|mom|mum|mother|dad|father|parents|neighbou?r|aunt|uncle)|disabled (?:\w+)|"
    r"(?:\d\d|eighty|ninety|seventy)\S*[- ](?:\w+[- ])?year[- ]old|pensioner|vulnerable (?:adult|"
    r"person|customer)|\d\d years old)"
)
_CUT_FR = (
    r"(?:(?:sans|plus (?:du tout )?(?:de |d'|aucun )?|plus ni|pas de|pas d'|ni) ?(?:chauffage|eau"
    r"|electricite|courant|lumiere|"
    r"telephone|tele-?\s?alarme|nouvelles?|medicaments?|nourriture|a manger|secours|oxygene))"
)
_CUT_EN = (
    r"(?:(?:no|without|lost|any) (?:\w+ )?(?:heat|heating|power|electricity|water|phone|food|"
    r"medication|oxygen|"
    r"hot water|way to call))"
)
VULNERABLE = cues(
    rf"\b{_CHILD_FR}\b~ (?:(?:est|sont|reste|restent|laissee?s?|laisse|abandonnee?s?|se retrouve|"
    r"toute?s?|tous|etait|suis) (?:\w+ )?(?:toute? |tous )?seule?s?|enfermee?s?|(?:a|ont|est) "
    r"disparue?s?|s'est perdue?|"
    r"est perdue?|en danger|maltraitee?s?|battue?s?|frappee?s?|"
    r"abusee?s?|(?:bloquee?s?|coincee?s?) (?:dans|dehors|sous|a l')|kidnappee?|enlevee?)\b",
    r"\b(?:enfant|bebe|gamin|mineure?|nourrisson) (?:toute? )?seule?\b",
    rf"\b{_OLD_FR}\b~ (?:(?:est|vit|reste|etait|habite|se retrouve) (?:\w+ )?(?:toute? )?seule? "
    rf"(?:et|sans|avec|au sol)|"
    r"(?:est |vient de |a fait une |etait )(?:\w+ )?(?:tombee?|tomber|chute|chuter)(?! (?:sur|en "
    r"panne|amoureu|d'accord))|"
    r"(?:est|sont|semble|erre) (?:\w+ )?(?:au sol|par terre|perdue?s? (?:dans|dehors|sur)|"
    r"seule dehors|blessee?s?|enfermee?s?|en danger|disparue?s?|desorientee?s?|"
    r"sous oxygene|en detresse)|a disparu|(?:bloquee?s?|coincee?s?) (?:dans|dehors|au|sous|chez|"
    r"a l')|"
    r"maltraitee?s?|sous oxygene|(?:\w+ )?detresse)",
    rf"\b{_OLD_FR}\b~ (?:toute? )?seule?s?\b",
    r"\b(?:sequestree?|maltraitance|enfant battue?|enfants? en danger|fugue|a fugue)\b",
    r"\bseule?s? (?:a la maison|dans (?:la|l')|chez (?:lui|elle|nous)|avec (?:le|un) (?:bebe|"
    r"feu))~ "
    rf"(?:{_CHILD_FR}|ans)\b",
    rf"\b{_CHILD_EN}\b~ (?:home alone|all alone|left alone|alone|by (?:him|her|them)sel(?:f|ves)|"
    rf"on (?:his|her|their) own|"
    r"locked in(?:side)?|locked in|missing|in danger|(?:being |been |is )?abused|being (?:hurt|"
    r"beaten)|trapped|"
    r"unattended|kidnapped|ran away|stuck (?:in|inside) (?:the|a))\b",
    rf"\b(?:locked|trapped|stuck|left)\b~ {_CHILD_EN}\b~ (?:in|inside|alone|car)\b",
    rf"\b{_CHILD_EN}\b~ (?:locked|trapped|stuck)\b~ (?:car|room|house|flat|lift|elevator|bathroom"
    rf"|inside)\b",
    rf"\b{_OLD_EN}\b~ (?:alone|has fallen|fell|had a fall|collapsed|on the floor|in danger|"
    rf"trapped|locked in|"
    r"stuck (?:in|inside|on)|missing|confused|wandering|on oxygen|being (?:abused|hurt)|in "
    r"distress)\b",
    r"\b(?:elderly|old) (?:\w+ )?(?:lost|wandering|alone|hurt)\b|\bchild abuse\b|\belder abuse\b",
) + cues(
    rf"\b{_OLD_FR}\b(?: [^\s.!?;]+){{0,9}}? {_CUT_FR}",
    rf"\b{_CHILD_FR}\b(?: [^\s.!?;]+){{0,7}}? (?:sans|plus de) (?:chauffage|eau|nourriture|lait|"
    rf"a manger|electricite)\b",
    rf"{_CUT_FR}\b.{{0,60}}\b(?:bebe|nourrisson|nouveau-ne|personne agee|sous oxygene|"
    r"assistance respiratoire|dialyse|handicapee?|malade|enfants? en bas age)\b",
    rf"\b{_OLD_FR}\b~ (?:ne |n')?(?:repond|donne) (?:plus|pas)(?: (?:signe|au telephone|a la "
    rf"porte|depuis))?",
    r"\b(?:sous oxygene|oxygene|respirateur|assistance respiratoire|dialyse|pompe a insuline|"
    r"tele-?\s?alarme|teleassistance|appareil medical)\b.{0,60}\b(?:coupee?|coupure|panne|plus de"
    r"|marche plus|"
    r"fonctionne plus|sans|s'eteindre|s'arrete)",
    r"\b(?:coupee?|coupure|panne|plus de (?:courant|electricite)|sans (?:courant|"
    r"electricite))\b.{0,60}\b(?:sous oxygene|oxygene|respirateur|"
    r"assistance respiratoire|dialyse|tele-?\s?alarme|teleassistance|appareil medical)\b",
    rf"\b{_OLD_EN}(?: [^\s.!?;]+){{0,9}}? {_CUT_EN}\b",
    rf"{_CUT_EN}\b.{{0,60}}\b(?:baby|newborn|infant|elderly|disabled|on oxygen|oxygen|ventilator|"
    rf"dialysis|"
    r"year[- ]old|pensioner)\b",
    rf"\b{_OLD_EN}~ (?:not|isn't|doesn't|won't|hasn't)~ (?:answer\w*|respond\w*|picking up|pick "
    rf"up)\b",
    rf"\b(?:oxygen|ventilator|dialysis|medical (?:device|equipment|alarm)|life "
    rf"support)\b.{{0,60}}\b(?:{_CUT_EN}|power (?:is "
    r")?(?:out|cut|off)|outage|stopped|off)\b",
    negatable=False,
)
NOT_VULNERABLE = re.compile(
    r"\bpersonne n'est en danger\b|\b(?:nobody|no one|no-one)(?: is|'s) in danger\b|"
    r"\bseule? (?:a (?:utiliser|pouvoir|avoir|payer|se servir|profiter|appeler)|sur (?:le|la|ce|"
    r"son) "
    r"(?:contrat|compte|forfait|dossier|bail))|\balone on (?:the|this|his|her) (?:contract|"
    r"account|policy|plan|"
    r"lease)|\bassurance|\b(?:enfant|fils|fille|ans) (?:\w+ ){0,3}(?:seule? (?:ligne|forfait|"
    r"compte|titulaire|"
    r"beneficiaire)|un seul)|\bseule? (?:ligne|forfait|compte|solution|chose|question|"
    r"titulaire)\b|"
    r"\bsous garantie\b|\bcontrat seul\b|\bvacances\b|\bdriv(?:e|ing)\b|\bpolicy\b|\binsur\w+"
)
