"""What the customer asks: questions, requests and stated problems worth a look in a knowledge base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from conversation import Conversation, Evidence, Turn
from nlu.sentiment_text import split_sentences, split_units

QuestionKind = Literal["question", "request", "problem"]

MAX_WORDS = 45
"""A longer sentence (a transcript without full stops) is cut at its connectors first."""

_CONTEXT_SENTENCES = 8  # how far back an antecedent is looked for
_SAME_QUESTION = 0.8  # share of common words from which two questions are one


class CustomerQuestion(BaseModel):
    """One thing that a customer wants to know or to have done.

    Attributes:
        text: The words as said, without the greeting or the clause before them; verbatim in the
            turn.
        kind: ``question`` (asked, directly or not), ``request`` (something to be done) or
            ``problem`` (something that does not work, stated and not asked).
        context: The sentence that says what "it" or "this form" stands for, verbatim in an
            earlier turn or earlier in the same one; None when the text stands by itself. A search
            is best made with both.
        evidence: The same words with their place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    kind: QuestionKind
    context: str | None = None
    evidence: Evidence


def find_questions(conversation: Conversation) -> tuple[CustomerQuestion, ...]:
    """Find the customer's questions, requests and stated problems, in order.

    Turns of customers are read, and turns of unknown speakers; never those of agents and bots.
    Questions that only keep the talk going ("vous m'entendez ?", "hein ?"), that are asked in
    anger ("vous me prenez pour un idiot ?") or that only ask for a person are left out. Of two
    that say the same, the first is kept.

    Args:
        conversation: Any conversation, in French or English; punctuation helps, its absence (a
            transcript) is coped with.

    Returns:
        What was found, in the order it was said.
    """
    found: list[CustomerQuestion] = []
    seen: list[frozenset[str]] = []
    before: list[str] = []
    for turn in conversation.turns:
        asks = turn.speaker in ("customer", "unknown")
        for sentence in _sentences(turn):
            question = _read(turn, sentence, before) if asks else None
            before.append(sentence)
            if question is None:
                continue
            words = _content_words(question.text) or frozenset({question.text})
            if not any(_overlap(words, other) >= _SAME_QUESTION for other in seen):
                seen.append(words)
                found.append(question)
    return tuple(found)


def _sentences(turn: Turn) -> Iterator[str]:
    for sentence in split_sentences(turn.text):
        if sentence.startswith(">"):  # what an e-mail quotes was said by somebody else
            continue
        if len(sentence.split()) > MAX_WORDS:
            yield from split_units(sentence)
        else:
            yield sentence


def _read(turn: Turn, sentence: str, before: list[str]) -> CustomerQuestion | None:
    sentence = _TAG.sub("", sentence) if _TAG.search(sentence) else sentence
    text = sentence[_OPENING.match(sentence).end() :]  # type: ignore[union-attr]
    if not text or _SOCIAL.search(text):
        return None
    kind: QuestionKind
    if text.rstrip(" \"»'”)").endswith("?"):
        kind = "question"
        if len(_words(text)) < 2:
            return None
    elif indirect := _ASKED.search(text):
        kind, text = "question", _cut(text, indirect.start(), keep_words=12)
    elif request := _REQUEST.search(text):
        kind, text = "request", _cut(text, request.start(), keep_words=2)
    elif _PROBLEM.search(text):
        kind = "problem"
    else:
        return None
    return CustomerQuestion(
        text=text,
        kind=kind,
        context=_context(text, before),
        evidence=Evidence.from_turn(turn, text),
    )


def _cut(text: str, start: int, *, keep_words: int) -> str:
    """Drop what stands before ``start`` when it is long enough to be a clause of its own."""
    return text[start:] if len(text[:start].split()) > keep_words else text


def _context(text: str, before: list[str]) -> str | None:
    recent = before[-_CONTEXT_SENTENCES:][::-1]
    if demonstrative := _DEMONSTRATIVE.search(text):
        stem = demonstrative.group(1).lower()[:6]
        return next((s for s in recent if stem in s.lower()), None)
    if _PRONOUN.search(_IMPERSONAL.sub(" ", text)) or len(_content_words(text)) < 2:
        return next((s for s in recent if len(_content_words(s)) >= 3), None)
    return None


def _content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in _words(text) if word not in _EMPTY_WORDS)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives).replace("'", "['’]"), re.IGNORECASE)


_OPENING = _pattern(
    r"(?:(?:bonjour|bonsoir|allô|allo|oui|non|euh|heu|alors|voilà|donc|ben|bah|bon|ok|d'accord|merci"
    r"|madame|monsieur|écoutez|en fait|du coup|hello|hi|hey|yes|no|well|um|uh|okay|so|right|thanks)"
    r"\b[\s,.!…]*)*"
    r"(?:(?:je vous|j') ?(?:appelle|contacte|écris|rappelle|appelais)\s+(?:parce que|parce qu'|car)\s*"
    r"|i'?m (?:calling|writing|contacting you) because\s+)?"
)
# Tags hang on a statement and do not make it a question.
_TAG = _pattern(
    r",?\s*(?:hein|n'est-ce pas|non|d'accord|ok|okay|quoi|si|voyez|vous voyez|tu vois|right|you know"
    r"|isn't it|innit|yeah)\s*\?+\s*$"
)
_SOCIAL = _pattern(
    r"^\W*(?:et )?(?:vous )?(?:ça va|comment (?:ça va|allez-vous|vas-tu)|comment vous allez|vous allez bien)"
    r"(?: bien)?(?: et vous)?\W*$",
    r"\b(?:vous m'entendez|tu m'entends|m'entendez-vous|vous êtes (?:toujours )?là|êtes-vous là"
    r"|il y a quelqu'un|y a quelqu'un|vous m'écoutez|vous lisez mes messages)\b",
    r"^\W*(?:allô|allo|pardon|comment|quoi|ah bon|vraiment|c'est vrai|et vous|sérieux|sérieusement"
    r"|hello|hi|anyone there|sorry|really|seriously|and you|what|huh|pardon me)\W*$",
    r"\b(?:pouvez(?:-vous)?|pourriez-vous) (?:me |le )?répéter\b",
    r"\b(?:can|could) you (?:repeat|say that again)\b",
    r"\b(?:vous (?:me )?prenez pour|c'est une blague|vous vous rendez compte|vous vous moquez"
    r"|vous vous foutez|se moque de qui|pour qui vous|on en parle|combien de fois (?:il )?faut|ou quoi\s*\?"
    r"|c'est normal ça|vous trouvez (?:ça|que c'est) normal|qu'est-ce que vous voulez que)\b",
    r"\b(?:are you (?:kidding|serious|joking|there|even reading)|is this a joke|do you think i'?m|what a joke"
    r"|how many times do i|who do you think)\b",
    r"\b(?:can|do) you hear me\b|\bhow are you\b",
    r"\b(?:je (?:voudrais|voulais|souhaite|tenais à|veux)|j'aimerais) (?:juste |simplement )?"
    r"(?:à )?vous (?:remercier|dire|féliciter|signaler que tout)",
    r"\bi (?:just )?(?:wanted|want|would like) to (?:say thank|thank|praise)",
    r"\bparler (?:à|avec) (?:un|une|votre|le|la|quelqu)|\b(?:speak|talk) (?:to|with) (?:a|an|your|someone)\b",
)
_ASKED = _pattern(
    r"\best-ce qu(?:e\b|')",
    r"\bqu'est-ce qu(?:e\b|'|i\b)",
    r"\bc'est quoi\b",
    r"\b(?:puis-je|peut-on|peut-il|dois-je|doit-on|faut-il|y a-t-il|existe-t-il|est-il possible|vais-je"
    r"|sera-t-il|sera-t-elle|avez-vous|auriez-vous|êtes-vous|pouvez-vous|pourriez-vous|savez-vous"
    r"|proposez-vous|livrez-vous|acceptez-vous|suis-je|ai-je|est-on)\b",
    r"\bcomment (?:je|on|puis|faire|faut|dois|se |ça marche|fonctionne|obtenir|avoir|changer|modifier)",
    r"\bcombien (?:ça|cela|coûte|de temps|je|est|vaut|faut)",
    r"\bquand (?:est-ce|sera|seront|puis|vais|aurai|vont|va)\b",
    r"(?:^|[,;]\s*|\bet )pourquoi\b(?! pas\b)",
    r"\boù (?:est-ce|puis|se trouve|je (?:trouve|peux|dois)|trouver|en est|en sont|faut)",
    r"\b(?:à |de |pour |dans )?quel(?:le)?s? (?:est|sont|heure|date|jour|délai|adresse|prix|tarif|numéro)",
    r"\b(?:savoir|demander|me dire|m'indiquer|me renseigner|comprendre) (?:si|s'il|comment|combien|quand|où"
    r"|pourquoi|à quel|de quel|quel|quels|quelle|ce qu|sur)\b",
    r"\b(?:une question|un renseignement|des renseignements|des informations) (?:sur|concernant|à propos)",
    r"(?:^|[,;]\s*|\band |\bbut )(?:how (?:do|can|much|many|long|could|would|to)|what(?:'s| is| are| do| time)"
    r"|when (?:will|can|do|is|are|does)|where (?:do|can|is|are)|why (?:is|was|did|do|am|are|does|has|have)"
    r"|which|can i|could i|may i|do you|do i|does (?:it|the|my|this)|is (?:it|there)|are you|are there"
    r"|can you|could you|would you|will (?:you|it|i))\b",
    r"\b(?:i was wondering|wonder(?:ing)? (?:if|whether|what|how)|like to know|want to know"
    r"|need to know|tell me (?:if|how|when|where|what|why)|let me know (?:if|how|when|your|the|whether))\b",
)
_REQUEST = _pattern(
    r"\b(?:je (?:voudrais|voulais|souhaite|souhaiterais|veux|désire|demande|réclame|viens pour)"
    r"|j'aimerais|j'aurais (?:voulu|besoin)|j'ai besoin (?:de|d')|il me faut(?:drait)?"
    r"|je vous appelle pour|j'appelle pour|c'est pour|merci de (?:me|bien|procéder)|veuillez)\s+\w",
    r"\b(?:i'?d like|i would like|i want|i need|i'?m looking for|i'?m calling (?:to|about)"
    r"|please (?:cancel|send|change|refund|block|close|let|confirm|call))\b",
)
_PROBLEM = _pattern(
    r"\b(?:ne )?(?:marche|marchent|fonctionne|fonctionnent|répond|s'allume|démarre|charge) (?:plus|pas|toujours pas)\b",
    r"\b(?:en|une|de|troisième|nouvelle) panne\b|\btomb(?:é|ée) en panne\b",
    r"\b(?:je n'|je |on n'|j')?arriv(?:e|ons) (?:pas|plus|toujours pas) à\b",
    r"\bimpossible (?:de|d')|\b(?:je ne |je )(?:peux|parviens) (?:pas|plus)\b",
    r"\bj'ai (?:un|eu un|toujours un|des|de gros) (?:problèmes?|soucis?|ennuis?|bugs?)\b",
    r"\b(?:jamais|pas|toujours pas|pas encore|rien) (?:encore )?(?:été )?(?:reçue?|livrée?|arrivée?|remboursée?|rétablie?)\b",
    r"\bj'ai (?:perdu|oublié|cassé)\b|\b(?:m'a|on m'a|s'est fait|me suis fait|été) (?:volée?|piratée?|pirater|voler|arnaquer|arnaquée?)\b",
    r"\b(?:débitée?|prélevée?|facturée?)s? (?:deux|2|trois|à tort|en double)\b",
    r"\b(?:ne |n')?(?:reconnais|ai) pas (?:autorisé|cette opération|cet achat|ce paiement|ce prélèvement)\b"
    r"|\bque je ne reconnais pas\b|\bje (?:ne )?reconnais pas\b",
    r"\b(?:plus|pas) (?:de|d') ?(?:réseau|internet|connexion|tonalité|image|chauffage|eau chaude|électricité)\b",
    r"\b(?:est|sont|a été) (?:bloquée?|suspendue?|refusée?|coupée?|cassée?|défectueuse|défectueux|endommagée?)s?\b",
    r"\b(?:colis|commande|livraison|virement|remboursement)\b.*\b(?:en retard|perdue?|manquante?|retard)\b",
    r"\b(?:erreur|anomalie) (?:sur|dans|de) (?:ma|la|mon|le|votre)\b",
    r"\b(?:isn't|is not|aren't|not|doesn't|does not|won't|stopped) (?:working|work|connect|turn on|start|charging|loading)\b",
    r"\b(?:can't|cannot|can not|unable to|couldn't) (?:log|connect|access|pay|open|find|reach|get|send|use)\b",
    r"\b(?:never|haven't|have not|not) (?:yet )?(?:received|arrived|got|been refunded|been delivered)\b",
    r"\b(?:been|was|were) (?:charged twice|overcharged|hacked|stolen|declined|locked|blocked|double charged)\b|\bcharged (?:me )?twice\b",
    r"\bi (?:don't|do not) recogni[sz]e\b|\bi(?:'ve| have)? (?:lost|forgotten) my\b",
    r"\b(?:broken|broke down|faulty|damaged|out of order|keeps (?:crashing|cutting|dropping|failing))\b",
    r"\bi(?:'ve| have)? (?:got )?(?:a|an) (?:problem|issue) with\b|\bhaving (?:problems|trouble|issues)\b",
)
_DEMONSTRATIVE = re.compile(
    r"\b(?:ce|cet|cette|ces|that|this|those|these) (?!moment|matin|soir|mois|jour|week|month|morning)"
    r"([^\W\d_]{4,})",
    re.IGNORECASE,
)
_IMPERSONAL = _pattern(
    r"s'il (?:vous|te) pla[iî]t",
    r"\bil (?:me |vous |nous )?(?:faut|faudra|faudrait|fallait|suffit|y a|y avait|est (?:possible|nécessaire|obligatoire))",
    r"\b(?:est-il|serait-il) possible|\by a-t-il|\bfaut-il|\bexiste-t-il",
    r"\bça (?:marche|coûte|va|fait)\b|\best-ce\b|\bis it possible|\bis there\b|\bit(?:'s| is) possible",
)
_PRONOUN = _pattern(
    r"(?<![\w])(?:il|elle|ils|elles|ça|cela|celui-ci|celle-ci|celui-là|celle-là|le faire|-t-il|-t-elle|-il|-elle)\b",
    r"\bl'(?:avoir|activer|annuler|utiliser|envoyer|obtenir|ouvrir|installer|échanger)\b|\by (?:aller|avoir|accéder)\b",
    r"\b(?:it|he|she|they|them|that|this|one)\b(?! \w+ (?:of|is))",
)
_EMPTY_WORDS = frozenset(
    "le la les l un une des du de d je j tu il elle on nous vous ils elles ce c cet cette ces mon ma "
    "mes votre vos est suis ai a as pas ne n que qu qui pour dans avec sur et ou mais en y au aux se "
    "s si t où quand comment combien pourquoi quel quelle quels quelles quoi peut peux puis oui non "
    "alors donc bien aussi plus est-ce faire fait être avoir voudrais veux the an of to in is are was "
    "i you he she it we they this that my your not and or but for with on at how what when where why "
    "which can could do does will would d m re ve ll me so any".split()
)
