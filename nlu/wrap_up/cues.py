"""Words that tell what a clause is for in a note (folded text: lower case, no accents)."""

from __future__ import annotations

import re

SMALL_TALK = {
    "fr": re.compile(
        r"\b(?:bonjour|bonsoir|au revoir|assistant virtuel|mets en relation|a l'appareil|"
        r"bonne (?:journee|soiree|fin)|excellente (?:journee|"
        r"soiree)|"
        r"bienvenue|a votre (?:ecoute|service)|je m'appelle|je me presente|puis-je vous aider|"
        r"puis[- ]je (?:faire|vous aider)|je puis faire|puis je faire|autre (?:chose|question|"
        r"demande)|en quoi|comment puis|"
        r"que puis-je|je vous en prie|avec plaisir|je vous remercie|merci (?:de|d'|pour|beaucoup|"
        r"bien|a vous)|"
        r"c'est (?:tres )?gentil|n'hesitez pas|je suis (?:sincerement |vraiment )?desolee?|"
        r"toutes (?:nos|mes) excuses|"
        r"veuillez (?:nous )?excuser|je comprends|ne quittez pas|restez en ligne|"
        r"un (?:petit )?instant|quelques instants|patient(?:ez|er|e|ee)\b|je vous (?:ecoute|"
        r"entends)|"
        r"cordialement|bien a vous|dans l'attente de|salutations|de rien|bonne reception|"
        r"c'est tout\b|^je (?:vous )?(?:appelle|contacte|ecris)$|^(?:je |on )(?:le |la |"
        r"vous )?(?:regarde|verifie|consulte|cherche)\b|j'en prends note|pas de (?:souci|"
        r"probleme) je|a bientot)\b"
    ),
    "en": re.compile(
        r"\b(?:hello|hi there|virtual assistant|connect you|good (?:morning|afternoon|evening|day|"
        r"night)|bye|goodbye|thank you|"
        r"thanks|have a "
        r"(?:great|good|nice|lovely|wonderful)|welcome|how (?:can|may) i|my name is|speaking\b|"
        r"anything else|my pleasure|you're welcome|no worries|i(?:'m| am) (?:so |very |really |"
        r"truly )?sorry|sorry|apolog\w+|"
        r"i understand|bear with me|one moment|just a (?:moment|second|sec)|hold on|"
        r"let me (?:just )?(?:see|look|check|pull)|"
        r"can you hold|stay on the line|i appreciate|appreciate it|pleasure|take care|regards|"
        r"sincerely|"
        r"looking forward|^i(?:'ll| can) (?:check|look)|^i(?:'m| am) (?:calling|"
        r"writing)(?: in)?(?: today)?$|that's (?:it|all)|"
        r"don't hesitate|feel free|happy to help|glad to|"
        r"dear (?:sir|madam|team|all)|see you|how are you|be happy to|i can help)\b"
    ),
}
IDENTITY = {
    "fr": re.compile(
        r"\b(?:date de naissance|nee? le|j'habite|mon adresse|votre adresse|code postal|mon nom|"
        r"votre nom|"
        r"numero de (?:telephone|portable|client|securite)|epel\w+|je m'appelle|mot de passe|"
        r"mon (?:numero|mail|e-mail|email)|arobase|votre numero|identite|cryptogramme|mon prenom|"
        r"code secret)\b|@"
    ),
    "en": re.compile(
        r"\b(?:date of birth|born (?:on|in)|my address|your address|zip code|postcode|last name|"
        r"first name|full name|"
        r"phone number|spell|my name|your name|password|username|user name|email address|"
        r"security (?:question|code)|"
        r"account (?:number|id)|social security|membership level)\b|@"
    ),
}
MOOD = {
    "fr": re.compile(
        r"\b(?:en colere|furieu\w+|inadmissible|scandal\w+|honteux|honte|ras[- ]le[- ]bol|marre|"
        r"enerv\w+|agac\w+|"
        r"decu\w*|decevant\w*|mecontent\w*|inquiet\w*|inquietude|franchement|inacceptable|"
        r"n'importe quoi|"
        r"c'est (?:penible|insupportable|abuse|dingue|fou|long)|gentil\w*|adorable|ravie?s?|"
        r"impoli\w*|desagreable|incompetent\w*|contente?|satisfait\w*|nul\b|c'est la honte|"
        r"stress\w*|calme\b)\b"
    ),
    "en": re.compile(
        r"\b(?:angry|furious|unacceptable|ridiculous|disgrac\w+|shame\w*|fed up|annoy\w+|"
        r"frustrat\w+|disappoint\w+|"
        r"upset|outrag\w+|worried|rude|incompetent|unhelpful|terrible|awful|horrible|happy|glad|"
        r"pleased|"
        r"satisfied|impatient|polite|stress\w*|calm)\b"
    ),
}
PROBLEM = {
    "fr": re.compile(
        r"\b(?:(?:ne |n')\S+(?: \S+){0,2} (?:pas|plus|jamais|rien|aucun\w*)|panne|coup(?:e|ee|"
        r"ure)\w*|probleme|souci|"
        r"erreur|bug\w*|defaut|defectueu\w+|casse\w*|abime\w*|perdu\w*|vole\w*|bloque\w*|"
        r"refuse\w*|rejete\w*|"
        r"retard|manqu\w+|en double|deux fois|trop (?:eleve|cher|percu)|conteste\w*|litige|"
        r"fraud\w*|arnaqu\w*|pirat\w*|"
        r"impossible|toujours pas|jamais recu|pas recu|rien recu|debit\w*|prelev\w*|surfactur\w*|"
        r"hors[- ]forfait|"
        r"marche pas|marche plus|fonctionne pas|fonctionne plus|\w+ pas\b(?! (?:de souci|"
        r"de probleme))|capte|(?!de|en|au|le|la|les|un|du|et|beaucoup)\w+ plus\b(?! (?:tard|vite|"
        r"grand|petit|simple))|augment\w*|reconnais pas|fissure\w*|raye\w*|"
        r"clignot\w*|rouge|lent\w*)\b"
    ),
    "en": re.compile(
        r"(?:\b\w+n't\b|\bnot\b|\bnever\b|\b(?:problem|issue|error|broken|damaged|defective|"
        r"faulty|missing|lost|stolen|"
        r"blocked|declined|rejected|late|delay\w*|wrong|twice|double|overcharg\w*|charged|"
        r"fraud\w*|scam\w*|hacked|"
        r"unable|dispute\w*|fee|outage|down|slow|dropp\w+|stopped|cracked|leak\w*|smashed|"
        r"no (?:signal|service|internet|"
        r"connection)|incorrect|came on|too (?:small|big|large|tight|high|expensive)|doesnt|cant|"
        r"isnt|unauthori\w+)\b)"
    ),
}
REQUEST = {
    "fr": re.compile(
        r"\b(?:je (?:peux|voudrais|veux|souhaite\w*|desire\w*|cherche|demande|viens|vous appelle|"
        r"vous contacte|vous ecris|"
        r"t'appelle|appelle|me permets)|j'(?:aimerais|aurais (?:besoin|voulu|aime)|ai besoin|"
        r"appelle|ecris|essaie|essaye)|"
        r"pouvez[- ]vous|pourriez[- ]vous|est[- ]ce (?:que|qu'il) (?:je|vous|c'est|il|on)|"
        r"est-ce possible|merci de|"
        r"serait[- ]il|puis-je|comment (?:je|faire|puis|obtenir)|c'est pour|c'est au sujet|"
        r"concernant|suite a|il me faudrait|"
        r"je (?:compte|pense) |nous (?:voudrions|souhaitons|aimerions)|contestation|resilier|"
        r"annuler ma)\b"
    ),
    "en": re.compile(
        r"\b(?:i(?:'d| would) like|i want(?:ed)?|i need|i'm (?:calling|writing|trying|looking|"
        r"contacting)|"
        r"i am (?:calling|writing|trying|looking|contacting)|calling (?:about|because|to|"
        r"regarding|in)|"
        r"can you|could you|can i|could i|is it possible|i was (?:wondering|hoping)|please|"
        r"how (?:do|can|long|much|soon)|"
        r"wanted to|looking to|i(?:'d| would) appreciate|need to|reaching out)\b"
    ),
}
DONE = {
    "fr": re.compile(
        r"\b(?:(?:j'ai|je vous ai|je viens|nous avons|on a|nous venons|"
        r"je t'ai)(?! (?:un|une|le|la|les|des|du|de|pas|besoin|deux|trois|\d+)\b)(?! l')"
        r"(?: \w+){0,3}? (?:\w+(?:e|es|ee|ees|i|is|it|u|us|ert)|d'\w+|de \w+)\b|"
        r"(?:je|j'|nous) ?(?:vous |le |la |l'|les |y |en )*(?:bloque|annule|ouvre|accorde|"
        r"enregistre|modifie|active|lance|"
        r"cree|note|mets|desactive|programme|applique|credite|supprime|procede|valide|"
        r"reinitialise|ajoute|"
        r"redemarre|debloque|relance|offre|fais|prends|inscris|augmente|baisse|change|retire|"
        r"bascule|reserve|"
        r"effectue|conteste|deduis|resilie|suspends|commande|prete|procedons|annulons|accordons)\b|"
        r"(?:est|sont|a ete|ont ete|vient d'etre) (?:maintenant |desormais |bien |donc |"
        r"a nouveau |deja |immediatement )?"
        r"(?:bloquee?s?|annulee?s?|recreditee?s?|activee?s?|modifiee?s?|enregistree?s?|validee?s?|"
        r"ouverte?s?|creee?s?|"
        r"mise?s? (?:a jour|en)|creditee?s?|remboursee?s?|debloquee?s?|resiliee?s?|transmise?s?|"
        r"reinitialisee?s?|desactivee?s?|supprimee?s?|appliquee?s?|prise?s? en compte|opposee?|"
        r"retablie?s?|"
        r"resolue?s?|reglee?s?|reparee?s?|suspendue?s?|effectuee?s?|actee?s?|rembourse)|"
        r"je vais (?:vous )?(?:faire|ouvrir|bloquer|annuler|modifier|noter|enregistrer|creer|"
        r"lancer|mettre|"
        r"activer|desactiver|reinitialiser|relancer|changer|appliquer|proceder|debloquer|"
        r"redemarrer|augmenter|supprimer)|"
        r"c'est (?:bon|fait|regle|enregistre|valide|note|annule|active|modifie)\b)"
    ),
    "en": re.compile(
        r"\b(?:(?:i've|i have|we've|we have|i just|i went ahead and|i) (?:just |now |also |"
        r"already |gone ahead and |put in )*"
        r"(?:blocked|cancel?led|opened|filed|created|updated|changed|activated|reset|applied|"
        r"credited|refunded|"
        r"submitted|added|removed|waived|extended|noted|processed|ordered|placed|raised|logged|"
        r"escalated|sent|issued|"
        r"flagged|frozen|froze|locked|unlocked|let my|notified|requested|booked|scheduled|"
        r"upgraded|switched|reported|"
        r"restarted|ran|run|adjusted|reversed|corrected|set up|put)\b|"
        r"(?:i've|i have|we've|we have) (?:just |now |also |already )?(?!(?:received|checked|"
        r"looked|noticed|tried|called)\b)"
        r"(?:\w+ed|sent|given|made|taken|found|spoken|got)\b|"
        r"(?:is|are|has been|have been|was) (?:now |all |been |already |successfully )*(?:blocked|"
        r"cancel?led|opened|activated|"
        r"updated|changed|credited|refunded|frozen|locked|unlocked|submitted|processed|fixed|"
        r"resolved|notified|"
        r"removed|waived|set up|closed|restored|confirmed|reset|applied|filed|pulled up|upgraded)|"
        r"(?:i'm|i am|we're) (?:now |just |going to |going ahead and )*(?:blocking|cancel?ling|"
        r"opening|filing|creating|updating|"
        r"changing|applying|crediting|refunding|submitting|adding|removing|waiving|processing|"
        r"placing|resetting|"
        r"running|ordering|issuing|raising|logging)|"
        r"(?:i'm|i am|we're) (?:just |now )*going (?:ahead and|to) (?:block|cancel|open|file|"
        r"create|update|change|"
        r"apply|credit|refund|"
        r"submit|add|remove|waive|process|place|reset|run|order|issue|raise)|"
        r"(?:i'll|i will|let me|i can) (?:go ahead and |just |also |now )*(?:block|cancel|open|"
        r"file|create|update|change|"
        r"apply|submit|add|remove|waive|process|place|reset|run|order|raise|log|freeze|activate|"
        r"upgrade|switch)|"
        r"let's (?:just )?(?:go ahead and |just |get you |pencil |book |schedule ))\b"
    ),
}
NEXT = {
    "fr": re.compile(
        r"^merci de |\b(?:vous (?:(?:avez|aurez) (?:jusqu|\w+ (?:jours|mois|semaines))|devez|"
        r"devrez|pouvez|"
        r"pourrez|"
        r"avez (?:juste |simplement )?a|aurez a|n'avez plus qu'a)|il (?:faut|faudra|"
        r"suffit|vous faut|vous suffit|vous faudra)|pensez a|veillez a|n'oubliez pas|"
        r"je vous (?:invite|conseille|recommande)|"
        r"gardez|renvoyez|envoyez|rappelez|contactez|revenez|surveillez|remplissez|redemarrez|"
        r"laissez|presentez|"
        r"transmettez|deposez|rendez-vous (?:dans|en|sur)|imprimez|collez|connectez|allez (?:dans|"
        r"sur)|debranchez|"
        r"evitez|verifiez)\b"
    ),
    "en": re.compile(
        r"\b(?:you(?:'ll| will)?(?: also| just)? (?:need|have) to|you (?:must|can|should)|"
        r"you'll want to|you just|make sure|please (?:send|bring|"
        r"keep|return|fill|call|contact|reply|check|log|go|upload|print|drop|sign|use|wait|allow|"
        r"restart)|"
        r"all you (?:need|have)|be sure to|don't forget|remember to|call us|contact us|reply to|"
        r"go to|log in|"
        r"keep an eye)\b"
    ),
}
RECAP = {
    "fr": re.compile(
        r"\b(?:je recapitule|pour recapituler|recapitulons|je resume|pour resumer|en resume|"
        r"si je resume|"
        r"donc on (?:dit|part|fait)|on part (?:sur|donc)|je vous confirme)\b|^\W*(?:donc |"
        r"alors )?pour confirmer"
    ),
    "en": re.compile(
        r"\b(?:to (?:recap|summari[sz]e|sum up)|let me (?:recap|summari[sz]e|confirm)|"
        r"just to confirm|in summary|"
        r"so (?:that's|we have|we're))\b|^\W*(?:so |okay )?to confirm"
    ),
}
UNDERSTOOD = {
    "fr": re.compile(
        r"\b(?:si j'ai bien (?:compris|note|entendu)|si je comprends bien|vous me dites que)\b[ ,]*"
    ),
    "en": re.compile(
        r"\b(?:if i understand(?: correctly| you correctly)?|so you're saying|"
        r"you're saying)\b[ ,]*(?:that )?"
    ),
}
FINDING = {
    "fr": re.compile(
        r"\b(?:je (?:vois|constate|remarque|lis)|le test|le diagnostic|apparemment|effectivement|"
        r"en fait|il y a|il s'agit|"
        r"du a|due a|indique\w*|montre\w*|a ete|ont ete|etait|prevoit|d'apres|correspond\w*|"
        r"votre contrat|le delai|"
        r"le tarif|coute\w*|malheureusement|c'est (?:normal|lie|a cause)|incident|defaut|travaux|"
        r"expire\w*|"
        r"engag\w+|facture\w*|compris dans|inclus\w*|plafond|frais|eligible\w*|garantie?\w*)\b"
    ),
    "en": re.compile(
        r"\b(?:i (?:can )?see|the test|it (?:looks|seems|appears)|apparently|there (?:is|was|are|"
        r"were)|due to|"
        r"shows?|indicates?|because|according|your (?:contract|plan|order|account|balance)|"
        r"the (?:fee|charge|price|delay|cost|"
        r"limit)|costs?|unfortunately|outage|expired?|eligible|warranty|covered|includes?|"
        r"currently|"
        r"free of charge|no (?:charge|cost)|less than|more than|available|availability)\b"
    ),
}
HISTORY = {
    "fr": re.compile(
        r"\b(?:deja|(?:deux|trois|quatre|cinq|plusieurs)(?:ieme)? fois|(?:deux|trois|quatr)ieme|"
        r"depuis|encore une fois|a nouveau)\b"
    ),
    "en": re.compile(
        r"\b(?:already|(?:second|third|fourth) time|again|since|several times|twice|ago)\b"
    ),
}
ESCALATION_THREAT = {
    "fr": re.compile(r"\b(?:saisirai|mediateur|avocat|60 millions|ufc)\b"),
    "en": re.compile(r"\b(?:ombudsman|lawyer|complaint|small claims|legal action)\b"),
}
OPEN_QUESTION = {
    "fr": re.compile(
        r"\b(?:vous aider|etre utile|faire pour vous|que puis|en quoi|je vous ecoute|que se passe|"
        r"qu'est-ce qui|"
        r"expliquer|c'est a quel sujet)\b"
    ),
    "en": re.compile(
        r"\b(?:help you|can i help|may i help|do for you|going on|what's the (?:issue|problem)|"
        r"what happened|assist)\b"
    ),
}
CONTEXT = {
    "fr": re.compile(
        r"\b(?:commande\w*|achete\w*|recu\w*|souscri\w*|demenag\w*|paye\w*|vire\w*|abonne\w*)\b"
    ),
    "en": re.compile(
        r"\b(?:ordered|bought|received|subscribed|mov(?:ed|ing)|paid|signed up|booked|got)\b"
    ),
}
TESTED = {
    "fr": re.compile(
        r"^\W*(?:alors |bon |donc )?(?:le test|le diagnostic|d'apres|la ligne|l'analyse)\b"
    ),
    "en": re.compile(r"^\W*(?:so |okay )?(?:the test|the diagnostic|according to|the line)\b"),
}
ANYTHING_ELSE = {
    "fr": re.compile(r"\bautre (?:chose|question|demande)\b"),
    "en": re.compile(r"\banything else\b"),
}
ASKING = {
    "fr": re.compile(
        r"^\W*(?:(?:et|mais|bon|ok|alors|du coup) )*(?:quand|comment|combien|pourquoi|ou est-ce|"
        r"est-ce que|"
        r"c'est quand|qu'est-ce|je fais comment|ca prend)\b"
    ),
    "en": re.compile(
        r"^\W*(?:(?:and|but|so|ok|okay|alright|well)\W+)*(?:when|how (?:long|soon|do|much|come)|"
        r"why|where|what|is there|"
        r"do i|will i|does it)\b"
    ),
}
MUST = {
    "fr": re.compile(
        r"\b(?:vous (?:devez|devrez)|il (?:faut|faudra|vous faudra)|merci de|"
        r"avant le|n'oubliez pas)\b"
    ),
    "en": re.compile(r"\b(?:need to|have to|must|please|make sure|within|by|before)\b"),
}
GREETING = {
    "fr": re.compile(
        r"\b(?:bienvenue|a votre ecoute|a votre service|a l'appareil|je m'appelle|"
        r"service clients?,? bonjour)\b"
    ),
    "en": re.compile(
        r"\b(?:welcome to|thank(?:s| you) for (?:calling|contacting)|my name is|speaking|"
        r"you're through to)\b"
    ),
}
