"""What a document says about itself, checked; names and values in French and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from conversation.errors import DocumentUnreadable
from kb_search.documents import Audience, Metadata, State
from kb_search.reading.blocks import clean

FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "titre"),
    "product": ("product", "produit"),
    "audience": ("audience", "visibility", "visibilite", "diffusion"),
    "state": ("state", "status", "etat", "statut", "content_status"),
    "valid_from": (
        "valid_from",
        "valable_du",
        "valable_a_partir_du",
        "valide_du",
        "debut_validite",
    ),
    "valid_to": ("valid_to", "valid_until", "valable_jusqu_au", "valide_jusqu_au", "fin_validite"),
    "language": ("language", "lang", "langue"),
    "url": ("url", "link", "lien"),
    "updated": ("updated", "mis_a_jour", "mise_a_jour"),
    "owner": ("owner", "proprietaire", "responsable"),
    "review_on": ("review_on", "review_date", "a_revoir_le", "date_de_revue"),
}
"""Names under which each property is read; case, accents, blanks and hyphens do not count."""

_LENIENT = {
    "lastmod": "updated",
    "last_modified": "updated",
    "modified": "updated",
    "date": "updated",
}
"""Names that other systems write too: used where nothing better is stated and they make sense."""

_STATES: Mapping[str, State] = {
    "work_in_progress": "work_in_progress", "wip": "work_in_progress",
    "in_progress": "work_in_progress", "draft": "work_in_progress",
    "en_cours": "work_in_progress", "en_cours_de_redaction": "work_in_progress",
    "brouillon": "work_in_progress",
    "not_validated": "not_validated", "unvalidated": "not_validated",
    "non_valide": "not_validated", "non_validee": "not_validated",
    "a_valider": "not_validated", "pas_valide": "not_validated",
    "validated": "validated", "valide": "validated", "validee": "validated",
    "published": "validated", "publie": "validated", "publiee": "validated", "final": "validated",
    "archived": "archived", "archive": "archived", "archivee": "archived",
    "obsolete": "archived",
}  # fmt: skip
_AUDIENCES: Mapping[str, Audience] = {
    "internal": "internal", "interne": "internal", "agents": "internal", "agent": "internal",
    "conseiller": "internal", "conseillers": "internal",
    "partner": "partner", "partners": "partner", "partenaire": "partner",
    "partenaires": "partner",
    "public": "public", "publique": "public", "grand_public": "public",
    "customer": "public", "customers": "public", "client": "public", "clients": "public",
}  # fmt: skip
_LANGUAGES = {
    "francais": "fr", "french": "fr", "fra": "fr", "fre": "fr",
    "anglais": "en", "english": "en", "eng": "en",
}  # fmt: skip
_ACCEPTED = {
    "state": "Work in Progress (en cours), Not Validated (non validé), Validated (validé) or "
    "Archived (archivé)",
    "audience": "internal (interne), partner (partenaire) or public",
    "language": "a language tag such as fr, en or fr-FR",
    "url": "an address that begins with http:// or https://",
    "date": "a day such as 2026-12-31 or 31/12/2026",
    "text": "one line of text",
}
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:$|[T\s])")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*$", re.IGNORECASE)
_NOTHING = {"", "~", "null", "none"}
_NO_DAYS = {date(1970, 1, 1), date(1980, 1, 1), date(2000, 1, 1), date(2013, 12, 23)}
"""Days that programs write where they have none: two epochs, reportlab, python-docx."""

_DAYS = frozenset(("valid_from", "valid_to", "updated", "review_on"))
_MAX_TITLE_CHARACTERS = 300
_MAX_URL_CHARACTERS = 2_000
_SHOWN_CHARACTERS = 80


def property_name(name: str) -> str | None:
    """Return the property that a column, meta element or front matter line names.

    Args:
        name: As it was written: ``État``, ``valid-from``, ``Langue``.

    Returns:
        A field of :class:`~kb_search.documents.Metadata`; None for a name that is none of them.
    """
    return _PROPERTIES.get(plain_name(name))


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """Return a name in small letters without accents, words joined by ``_``."""
    bare = unicodedata.normalize("NFD", text.strip().casefold())
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return "_".join(re.findall(r"[a-z0-9]+", letters))


_PROPERTIES = {name: field for field, names in FIELDS.items() for name in names}


def read_metadata(
    properties: Mapping[str, object],
    name: str,
    *,
    hints: Mapping[str, str] | None = None,
) -> Metadata:
    """Check the properties of a document.

    Args:
        properties: What its author wrote, by name; unknown names are left alone, they belong to
            other systems.
        name: For messages.
        hints: What its format says, by field; used where the author says nothing, and passed
            over where it makes no sense.

    Raises:
        DocumentUnreadable: A known property has a value that it cannot have. The document is
            refused, because a mistaken state, audience or date could show what must not be
            shown.
    """
    found: dict[str, str | date] = {}
    lenient: list[tuple[str, object]] = []
    for written, value in properties.items():
        field = property_name(written)
        if field is None:
            if plain_name(written) in _LENIENT:
                lenient.append((_LENIENT[plain_name(written)], value))
            continue
        checked = _checked(field, written, value, name)
        if checked is None:
            continue
        if found.setdefault(field, checked) != checked:
            raise DocumentUnreadable(
                f"{name} states {field} twice, once as {found[field]} and once as {checked}",
                remedy="keep one of them",
            )
    for field, hint in [*lenient, *(hints or {}).items()]:
        if field not in found:
            try:
                checked = _checked(field, field, hint, name)
            except DocumentUnreadable:
                continue
            if checked is not None and checked not in _NO_DAYS:
                found[field] = checked
    metadata = Metadata.model_validate(found)
    if metadata.valid_from and metadata.valid_to and metadata.valid_to < metadata.valid_from:
        raise DocumentUnreadable(
            f"{name} is valid from {metadata.valid_from} to {metadata.valid_to}, which is never",
            remedy="correct valid_from or valid_to",
        )
    return metadata


def strictest(rows: Iterable[Metadata]) -> Metadata:
    """Return what holds for a document whose rows each say something of their own.

    Its audience and state are the most guarded ones of its rows, so that whoever looks only at
    the document shows too little rather than too much.
    """
    given = tuple(rows)
    audiences: tuple[Audience, ...] = ("internal", "partner", "public")
    states: tuple[State, ...] = ("work_in_progress", "not_validated", "validated", "archived")
    products = {row.product for row in given}
    languages = {row.language for row in given}
    return Metadata(
        audience=min((row.audience for row in given), key=audiences.index, default="internal"),
        state=min((row.state for row in given), key=states.index, default="validated"),
        product=products.pop() if len(products) == 1 else None,
        language=languages.pop() if len(languages) == 1 else None,
    )


def _checked(field: str, written: str, value: object, name: str) -> str | date | None:
    """Return a property's value in its own type; None where nothing is stated."""
    if value is None:
        return None
    if not isinstance(value, str | int | float | date):
        raise _refused(field, written, f"a {type(value).__name__}", name)
    text = clean(str(value))
    if text.casefold() in _NOTHING:
        return None
    result = _value(field, text)
    if result is None:
        shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
        raise _refused(field, written, repr(shown), name)
    return result


def _value(field: str, text: str) -> str | date | None:
    """Return a value as Entendu writes it; None when it is none that is accepted."""
    if field == "state":
        return _STATES.get(plain_name(text))
    if field == "audience":
        return _AUDIENCES.get(plain_name(text))
    if field == "language":
        tag = _TAG.match(text)
        return _LANGUAGES.get(plain_name(text)) or (tag.group(1).lower() if tag else None)
    if field in _DAYS:
        return read_day(text)
    if field == "url":
        return text if is_web_address(text) else None
    if len(text) <= _MAX_TITLE_CHARACTERS:
        return text
    return f"{text[:_MAX_TITLE_CHARACTERS].rsplit(' ', 1)[0]}…"


def read_day(text: str) -> date | None:
    """Return the day that a text names, ``2026-12-31…`` or ``31/12/2026``; None for another."""
    iso = _ISO_DAY.match(text)
    french = _FRENCH_DAY.match(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif french:
        day, month, year = (int(part) for part in french.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_web_address(text: str) -> bool:
    """Tell whether a text is an address that can be linked to safely."""
    if len(text) > _MAX_URL_CHARACTERS or any(letter.isspace() for letter in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _refused(field: str, written: str, got: str, name: str) -> DocumentUnreadable:
    kind = "date" if field in _DAYS else field
    expected = _ACCEPTED.get(kind, _ACCEPTED["text"])
    return DocumentUnreadable(
        f"{name} has {field}: {got}, expected {expected}", remedy=f"correct {written}"
    )
