"""What stands below a message without being part of it: signatures, notices, banners.

A closing and the name under it stay, as the writer wrote them; so do lines with a reference
(customer, order, contract) and a postscript, which matter to whoever answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

CutKind = Literal["history", "signature", "notice", "banner", "device"]

_MARK = re.compile(r"^\s*(?:--|—|––|__)\s*$")
_DEVICE = re.compile(
    r"""(?ix)^\s*[-–—*_<\[(]{0,3}\s*(?:
        envoyée?\s+(?:de|depuis|à\s+partir\s+d[eu]|d['’]|par|via|avec)\s*(?:l['’]application\s+)?
            (?:mon|ma|un|une|le|la|l['’])?\s*
            .{0,20}(?:iphone|ipad|ipod|smartphone|samsung|galaxy|huawei|xiaomi|redmi|android|mobile
                |téléphone|
             portable|tablette|outlook|yahoo|courrier|mail\b|mailo|proton|blackberry|gmail|orange
                 |sfr|bouygues|
             laposte|la\s+poste|free|bluemail|thunderbird|windows|appareil|k-9|nokia|oppo|honor
                 |wiko).{0,80}
      | (?:télécharger|téléchargez|obtenez|obtenir|get)\s+outlook\b.{0,80}
      | sent\s+(?:from|via|with|using)\s+(?:my\s+|the\s+|a\s+)?.{0,20}
            (?:iphone|ipad|phone|samsung|galaxy|android|mobile|outlook|yahoo|mail\b|proton
                |blackberry|
             gmail|tablet|device|huawei|windows).{0,80}
      | provenance\s*:\s*courrier.{0,60}
      | this\s+message\s+was\s+sent\s+from\s+my\b.{0,60}
    )\s*$"""
)
_NOTICE = re.compile(
    r"""(?ix)
        \b(?:ce|cet|le\s+présent|present|cette)\s+(?:message|courriel|e-?mail|mail|courrier
            |transmission)
            (?:\s+électronique)?,?\s+(?:et|ainsi\s+que|est|peut|contient|ne|électronique|\().{0,200}
            (?:confidenti|destinat|pièces?\s+jointes?|fichiers?\s+joints?|privilég|virus)
      | (?:les\s+)?informations?\s+(?:contenues?|figurant)\s+dans\s+(?:ce|cet)\s+(?:message
          |courriel|e-?mail|mail)
      | si\s+vous\s+(?:n['’]êtes\s+pas|avez\s+reçu|recevez)\b.{0,60}(?:destinataire|par\s+erreur
          |erreur)
      | (?:avis|clause|mention)s?\s+(?:de\s+confidentialité|légales?)
      | pensez?\s+(?:à|a)\s+(?:l['’]environnement|notre\s+planète|la\s+planète).{0,80}(?:imprim
          |avant)
      | avant\s+d['’]imprimer.{0,60}(?:environnement|pens)
      | n['’]imprimez\s+(?:ce|cet)\s+(?:message|courriel|e-?mail|mail)
      | merci\s+de\s+n['’]imprimer
      | (?:sans\s+virus|garanti\s+sans\s+virus|l['’]absence\s+de\s+virus)\b.{0,80}(?:avast|avg|www
          |antivirus)
      | l['’]absence\s+de\s+virus\s+dans\s+ce
      | ne\s+(?:pas|répondez\s+pas)\s+(?:répondre\s+)?à\s+ce(?:t)?\s+(?:message|courriel|e-?mail
          |mail)
      | this\s+(?:e-?mail|message|communication)(?:\s+message)?,?\s*(?:\(?\s*(?:and|including)|is
          |may|contains?|was).{0,160}
            (?:confidential|privileged|intended|attachment|virus)
      | (?:the\s+)?information\s+(?:contained\s+)?in\s+this\s+(?:e-?mail|message)
      | if\s+you\s+(?:are\s+not|have\s+received|received)\b.{0,60}(?:recipient|error|mistake)
      | confidentiality\s+(?:notice|note)
      | (?:please\s+)?(?:consider|think\s+of)\s+the\s+environment
      | (?:virus[- ]free|scanned\s+(?:for|by)).{0,60}(?:avast|avg|www|virus|mimecast)
      | \b(?:unsubscribe|se\s+désabonner|se\s+désinscrire|désinscription)\b
      | vous\s+recevez\s+(?:ce|cet)\s+(?:message|courriel|e-?mail|mail)\s+(?:car|parce)
      | conformément\s+(?:à\s+la\s+loi|au\s+règlement|au\s+rgpd).{0,160}(?:droit\s+d['’]accès
          |données)
    """
)
_WEAK_NOTICE = re.compile(
    r"(?i)destinataire|confidenti|par erreur|diffusion|reproduction|responsabilité|expéditeur|"
    r"intended recipient|disclos|unauthori[sz]ed|liabilit|privileged|virus|altéré|intégrité|"
    r"données personnelles|privacy|www\.|https?://"
)
_BANNER = re.compile(
    r"""(?ix)^\W*(?:
        \[?\s*(?:externe|external|ext)\s*(?:e-?mail|mail|courriel)?\s*\]?\W*$
      | (?:attention|caution|warning|avertissement|alerte|prudence|\[externe\]
          |\[external\])\b.{0,120}
            (?:extérieur|externe|external|outside|inconnu|expéditeur|originated)
      | (?:ce|cet)\s+(?:message|courriel|e-?mail|mail)\s+(?:provient|vient
          |a\s+été\s+envoyé)\b.{0,60}
            (?:extérieur|externe)
      | this\s+(?:e-?mail|message)\s+(?:originated|comes|came|was\s+sent)\b.{0,60}(?:outside
          |external)
      | vous\s+n['’]obtenez\s+pas\s+souvent\s+d['’]e-?mail
      | you\s+don['’]t\s+often\s+get\s+email\s+from
    )"""
)
_CLOSING = re.compile(
    r"""(?ix)^\W*(?:
        (?:bien\s+|très\s+|tr[eè]s\s+)?(?:cordialement|cdlt|cdt|respectueusement|amicalement
            |sincèrement)
            (?:\s+(?:vôtre|votre|à\s+vous|vous))?
      | (?:mes\s+|nos\s+|meilleures?\s+|sincères?\s+|bonnes?\s+|avec\s+(?:mes|nos)\s+)+
            (?:\w+\s+)?(?:salutations|sentiments)(?:\s+\w+)?
      | salutations(?:\s+\w+)? | (?:bonne|belle|excellente)\s+(?:journée|soirée|fin\s+de\s+journée
          |réception)
            (?:\s+(?:à\s+vous|et\s+à\s+bientôt))?
      | (?:très\s+)?bonne\s+journée.{0,20}
      | (?:je\s+vous\s+prie|veuillez|nous\s+vous\s+prions|recevez|dans\s+l['’]attente
          |en\s+vous\s+remerciant|
            en\s+vous\s+souhaitant|je\s+vous\s+souhaite)\b.{0,160}
            (?:salutations|sentiments|considération|respects?|cordialement|journée)
      | (?:kind|best|warm|many\s+thanks\s+and)\s+(?:regards|wishes) | regards
          | sincerely(?:\s+yours)?
      | rest(?:ant|e|ons)\s+à\s+votre\s+(?:entière\s+)?disposition
      | yours\s+(?:sincerely|faithfully|truly) | cheers | all\s+the\s+best
      | (?:merci|thanks|thank\s+you|many\s+thanks)(?:\s+(?:d['’]avance|beaucoup|à\s+vous
          |par\s+avance|in\s+advance|
            and\s+regards|et\s+(?:bonne|belle)\s+\w+))?
    )\s*[,.!;…]*\s*$"""
)
_POSTSCRIPT = re.compile(
    r"(?i)^\s*(?:p\.?\s?-?s\.?|ps|nb|n\.b\.?|post[- ]scriptum)\s*\d?\s*[:.\-–)]"
)
_REFERENCE = re.compile(
    r"(?i)\b(?:(?:n[°ºo]|num(?:éro|ero)?\.?|réf(?:érence)?s?\.?|ref\.?|référence)\s*(?:de\s+"
    r"|du\s+|d['’])?\s*"
    r"(?:client\w*|contrat|commande|dossier|facture|compte|abonn\w*|ligne|sociétaire|adhérent"
    r"|police|"
    r"suivi|colis|customer|order|account|contract|case|ticket|invoice|[:.]?\s*[A-Z]{0,4}-?\d)|"
    r"(?:client|contrat|commande|dossier|facture|compte|abonné\w*|sociétaire|adhérent|account"
    r"|order|"
    r"customer|case|policy|ticket)\s*(?:n[°ºo]|number|no\.?|id|#|:)\s*[:#]?\s*\w*\d)"
)
_PHONE = re.compile(
    r"(?i)(?:\b(?:t[ée]l(?:[ée]phone)?|mob(?:ile)?|port(?:able)?|fax|phone|cell|direct|standard"
    r"|ligne directe|"
    r"gsm|t|m|p|f)\s*\.?\s*[:.]?\s*)?(?:\+|00|\(\+?)?\d[\d .\-()/\u00a0]{7,18}\d"
)
_CONTACT = re.compile(
    r"""(?ix)
        [\w.+-]+@[\w-]+\.\w | \bwww\.\w | https?:// | \b[a-z0-9-]{2,40}\.(?:fr|com|net|org|eu
            |example|exemple)\b
      | ^\W*(?:t[ée]l|mob|port|fax|phone|cell|e-?mail|courriel|site|web|skype|linkedin|twitter
          |facebook|
            instagram|adresse|address)\b\W
    """
)
_ADDRESS = re.compile(
    r"""(?ix)
        ^\W*\d{1,4}\s*(?:bis|ter|quater|[a-d])?\s*,?\s+(?:rue|r\.|avenue|av\.?|bd|boulevard|place
            |pl\.|chemin|impasse|
            allées?|route|rte|quai|cours|square|passage|lotissement|résidence|faubourg|sentier
                |voie)\b
      | ^\W*\d{1,5}\s+[\w' ]{2,40}\s(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|close
          |court)\b\.?
      | \b(?:f-)?\d{5}\s+[a-zà-ÿ][\w' à-ÿ-]{1,40}(?:\s+cedex(?:\s+\d+)?)?\W*$
      | \b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\W*$
      | \b(?:cs|bp|tsa)\s?\d{2,5}\b | ^\W*(?:bât(?:iment)?|bat|appt?|appartement|étage|tour
          |immeuble|zac|zi)\b
    """
)
_COMPANY = re.compile(
    r"""(?ix)
        \b(?:s\.?a\.?s\.?u?|s\.?a\.?r\.?l|s\.a\.|eurl|sci|scop|gmbh|ltd|inc|llc|plc)\b
      | \b(?:au\s+capital|rcs|siret|siren|tva\s+intra|ape)\b
      | \b(?:conseill(?:er|ère)|téléconseill\w+|chargée?|responsable|directeur|directrice|gérante?
          |assistante?|
            service|département|direction|équipe|pôle|relations?\s+clients?|manager|advisor|agent
                |team|
            customer|support|department|head\s+of|officer|technicien\w*|commercial\w*|gestionnaire
                |secrétaire|
            ingénieur\w*|consultante?|comptable|avocat\w*|docteur|notaire|président\w*)\b
      | \b(?:horaires?|du\s+lundi\s+au|monday\s+to|ouvert)\b
    """
)
_PERSON = re.compile(
    r"(?:[A-ZÀ-Ý][\w'’.-]*|de|du|la|le|van|von|et|and|&|M\.|Mme|Mlle|Mr|Mrs)(?:\s+|$)"
)
_SENTENCE = re.compile(
    r"(?i)\b(?:je|j['’]|nous|vous|il|elle|on|c['’]est|merci|i|we|you|please|it|est|sont|can"
    r"|could)\b"
)
_MAX_TAIL_LINES = 25


def is_device_line(line: str) -> bool:
    """Tell "Envoyé de mon iPhone" and its like."""
    return len(line) <= 200 and _DEVICE.match(line) is not None


def mark_cuts(lines: Sequence[str]) -> list[CutKind | None]:
    """Say of each line of a message why it is cut; None where it stays.

    Args:
        lines: What one person wrote, without the history it quotes.

    Returns:
        One entry a line.
    """
    marks: list[CutKind | None] = [None] * len(lines)
    _mark_banner(lines, marks)
    for number, line in enumerate(lines):
        if is_device_line(line):
            marks[number] = "device"
    _mark_notices(lines, marks)
    _mark_after_dashes(lines, marks)
    _mark_after_closing(lines, marks)
    _mark_contact_block(lines, marks)
    if not any(line.strip() and mark is None for line, mark in zip(lines, marks, strict=True)):
        # A message of a name and a number alone is the message.
        return ["device" if is_device_line(line) else None for line in lines]
    return marks


def _paragraphs(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return start and end of the runs of lines that are not empty."""
    found: list[tuple[int, int]] = []
    start = None
    for number, line in enumerate([*lines, ""]):
        if line.strip() and start is None:
            start = number
        elif not line.strip() and start is not None:
            found.append((start, number))
            start = None
    return found


def _mark_banner(lines: Sequence[str], marks: list[CutKind | None]) -> None:
    """Cut the warning that a mail gateway puts on top."""
    for start, end in _paragraphs(lines)[:2]:
        head = " ".join(line.strip() for line in lines[start:end])[:600]
        if not _BANNER.match(head):
            if start == 0 or marks[start - 1] is None:
                return
            continue
        # The message may follow without an empty line.
        stop = end
        if end - start > 4:
            stop = start + 1
        marks[start:stop] = ["banner"] * (stop - start)


def _mark_notices(lines: Sequence[str], marks: list[CutKind | None]) -> None:
    """Cut legal notices: from the last paragraph upwards, as long as they are notices."""
    for start, end in reversed(_paragraphs(lines)):
        if all(mark is not None for mark in marks[start:end]):
            continue
        text = " ".join(line.strip() for line in lines[start:end])[:3000]
        if re.fullmatch(r"[\W_]+", text):
            marks[start:end] = ["notice"] * (end - start)
            continue
        strong = _NOTICE.search(text[:700])
        if strong is None and len(set(_WEAK_NOTICE.findall(text.casefold()))) < 3:
            if not _is_signature_paragraph(lines[start:end]):
                return
            continue
        first = start
        if strong is not None and end - start > 1 and strong.start() > 0:
            # The notice begins on a line of its own inside the paragraph.
            offset = 0
            for number in range(start, end):
                offset += len(lines[number].strip()) + 1
                if offset > strong.start():
                    first = number
                    break
        if strong is not None and first == start and strong.start() > 150:
            return  # a long sentence of the writer that speaks of confidentiality
        marks[first:end] = ["notice"] * (end - first)


def _mark_after_dashes(lines: Sequence[str], marks: list[CutKind | None]) -> None:
    for number in range(len(lines) - 1, -1, -1):
        if not _MARK.match(lines[number]):
            continue
        below = [line for line in lines[number + 1 :] if line.strip()]
        if len(below) > _MAX_TAIL_LINES or not any(
            line.strip() and mark is None
            for line, mark in zip(lines[:number], marks[:number], strict=True)
        ):
            return
        prose = sum(_is_sentence(line) for line in below)
        if prose > 2:
            return  # a rule between two parts of the message
        for at in range(number, len(lines)):
            if marks[at] is None and not _REFERENCE.search(lines[at]):
                marks[at] = "signature"
        return


def _mark_after_closing(lines: Sequence[str], marks: list[CutKind | None]) -> None:
    """Cut what stands under ``Cordialement,`` except the name, references and postscripts."""
    last = [number for number, mark in enumerate(marks) if mark is None and lines[number].strip()]
    closing = next(
        (
            number
            for number in reversed(last[-_MAX_TAIL_LINES:])
            if len(lines[number]) <= 240 and _CLOSING.match(lines[number])
        ),
        None,
    )
    if closing is None:
        return
    named = False
    for number in range(closing + 1, len(lines)):
        line = lines[number]
        if not line.strip() or marks[number] is not None:
            continue
        if _POSTSCRIPT.match(line) or _is_sentence(line):
            return
        if not named and _is_name(line):
            named = True
        elif not _REFERENCE.search(line) and not _CLOSING.match(line):
            marks[number] = "signature"


def _mark_contact_block(lines: Sequence[str], marks: list[CutKind | None]) -> None:
    """Cut a last paragraph of telephone, address and the like where no closing stands above."""
    open_paragraphs = [
        (start, end)
        for start, end in _paragraphs(lines)
        if any(mark is None for mark in marks[start:end])
    ]
    if len(open_paragraphs) < 2:
        return
    start, end = open_paragraphs[-1]
    rows = [number for number in range(start, end) if marks[number] is None]
    if not _is_signature_paragraph([lines[number] for number in rows]):
        return
    contacts = sum(_is_contact(lines[number]) for number in rows)
    if contacts < 2:
        return
    named = False
    for number in rows:
        if not named and _is_name(lines[number]):
            named = True
        elif not _REFERENCE.search(lines[number]):
            marks[number] = "signature"


def _is_contact(line: str) -> bool:
    return bool(
        len(line) <= 200 and (_PHONE.search(line) or _CONTACT.search(line) or _ADDRESS.search(line))
    )


def _is_name(line: str) -> bool:
    words = line.strip(" ,.*_-").split()
    if not 1 <= len(words) <= 6 or re.search(r"[\d@:/|]", line) or _COMPANY.search(line):
        return False
    return len(line) <= 60 and all(_PERSON.match(word) for word in words)


def _is_sentence(line: str) -> bool:
    words = line.split()
    if len(words) < 4 or _NOTICE.search(line[:700]):
        return False
    speaks = _SENTENCE.search(line) is not None
    ends = line.rstrip().endswith((".", "?", "!", "…"))
    return speaks and (ends or len(words) >= 6)


def _is_signature_paragraph(lines: Sequence[str]) -> bool:
    """Tell a block of name, function, company, telephone and address from prose."""
    rows = [line for line in lines if line.strip()]
    if not rows or len(rows) > _MAX_TAIL_LINES or any(_is_sentence(line) for line in rows):
        return False
    fitting = sum(
        _is_contact(line)
        or _is_name(line)
        or (len(line.split()) <= 8 and _COMPANY.search(line) is not None)
        or len(line.split()) <= 3
        for line in rows
    )
    return fitting >= max(1, round(0.7 * len(rows)))
