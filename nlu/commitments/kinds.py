"""What kind of act a promise is about, by its words."""

from __future__ import annotations

import re

from nlu.commitments.commitment import CommitmentKind, Promiser

_WORDS: dict[str, tuple[tuple[CommitmentKind, str], ...]] = {
    "fr": (
        (
            "call_back",
            r"rappel|recontact|(?:reviens|revien|revenir|reviendr\w+) vers|tiens? (?:vous )?"
            r"(?:informe|au courant)|tiendr|joindr|contact(?:e|er|era|erai)\b|vous appel|"
            r"prendr\w* contact|un appel",
        ),
        (
            "escalate",
            r"transfer|transmet\w* (?:\S+ ){0,4}(?:service|equipe|responsable|superieur|hierarch|"
            r"niveau|collegue)|remont|escalad|en (?:relation|communication) avec",
        ),
        (
            "refund",
            r"rembours|credit(?:e|er|ee|era|erai|es)\b|\bavoir de|geste commercial|remise|dedommag|"
            r"ristourne|dedui|indemnis|annul\w* (?:les |ces |vos )?frais|frais .*annul",
        ),
        ("technician_visit", r"technicien|intervention|intervien|interviend|depanneu"),
        ("appointment", r"rendez-vous|rendez vous|\brdv\b"),
        (
            "ship",
            r"expedi|livr(?:e|er|ee|era|erai|aison)|colis|remplac|echang|bon de transport|"
            r"nouvel\w* (?:carte|box|telephone|appareil|article|produit|modem|commande)",
        ),
        (
            "send_document",
            r"envo|enverr|transmet|transmis|adress|recevr|recevoir|parvenir|parviendr|e?-?mail\b|"
            r"courri|\bsms\b|"
            r"\blien\b|fais suivre|message",
        ),
        ("pay", r"\bpai|\bpaye|\bregle|\bregler|virement|\bvers(?:e|er|erai)\b"),
        ("check", r"verifi|regard|control|renseign|enquet|analys|examin|etudi|\btest"),
    ),
    "en": (
        (
            "call_back",
            r"call (?:you|me|him|her|them)|call(?:ed|ing)? back|giv\w+ (?:you )?(?:a )?(?:quick )?"
            r"(?:call|ring)|get back to|reach out|in touch|contact|phone you|follow(?:ing)? up|"
            r"ring you|"
            r"let you know|keep you (?:posted|updated|informed)|\bcalled\b",
        ),
        (
            "escalate",
            r"escalat|transfer|pass(?:ing)? (?:this|it|you|that) |rais\w+ (?:this|it|that)|"
            r"manager|supervisor|notif",
        ),
        ("technician_visit", r"technician|engineer|plumber|electrician|installer|visit"),
        ("refund", r"refund|reimburs|credit(?!.? card)|waiv|money back|discount|goodwill"),
        ("appointment", r"appointment|schedul|\bbook"),
        (
            "ship",
            r"ship|deliver|dispatch|replac|parcel|package|courier|exchang|"
            r"new (?:card|phone|device|router|order|one)",
        ),
        (
            "send_document",
            r"\bsend|\bsent|e-?mail|text|forward|receiv|\bmail|\blink\b|letter|confirmation",
        ),
        ("pay", r"\bpay|settle|transfer"),
        ("check", r"check|look (?:into|at)|investigat|find out|verif|review|\btest"),
    ),
}
_SEND_BACK = {
    "fr": r"renvo|renverr|retourn|rapport|restitu|ramen",
    "en": r"\breturn|send\w* .*back|bring\w* .*back|drop\w* .*off|mail\w* .*back",
}
_RESENT = re.compile(r"renvo|renverr")
_SENT_BY_CUSTOMERS = re.compile(
    r"formulaire|document|papier|piece|photo|justificatif|mail|form\b|proof|receipt|statement"
)
_KINDS = {
    language: tuple((kind, re.compile(pattern)) for kind, pattern in kinds)
    for language, kinds in _WORDS.items()
}
_BACK = {language: re.compile(pattern) for language, pattern in _SEND_BACK.items()}


def kind_of(folded: str, who: Promiser, language: str) -> CommitmentKind:
    """Return what an act is.

    Args:
        folded: Its words, in lower case without accents.
        who: Who is to do it: what a customer sends goes back.
        language: ``fr`` or ``en``.
    """
    if who == "customer" and _BACK[language].search(folded):
        return "send_document" if _SENT_BY_CUSTOMERS.search(folded) else "send_back"
    found: CommitmentKind = next(
        (kind for kind, pattern in _KINDS[language] if pattern.search(folded)), "other"
    )
    if (
        found == "send_document"
        and _RESENT.search(folded)
        and not _SENT_BY_CUSTOMERS.search(folded)
    ):
        return "ship"
    return found
