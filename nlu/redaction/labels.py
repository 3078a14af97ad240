"""What stands in a redacted text for each type of personal data, and how to find it again."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

AGENT_NAME = "agent_name"
"""The type of a person's name where that person is an agent of the centre."""

_LABELS: dict[str, tuple[str, str]] = {
    "person": ("NOM", "NAME"),
    AGENT_NAME: ("CONSEILLER", "AGENT"),
    "postal_address": ("ADRESSE", "ADDRESS"),
    "email": ("EMAIL", "EMAIL"),
    "phone": ("TÉLÉPHONE", "PHONE"),
    "card_number": ("CARTE", "CARD"),
    "card_expiry": ("EXPIRATION", "EXPIRY"),
    "card_cvv": ("CRYPTOGRAMME", "CVV"),
    "iban": ("IBAN", "IBAN"),
    "bank_account": ("COMPTE", "ACCOUNT"),
    "bic": ("BIC", "BIC"),
    "nir": ("NIR", "NIR"),
    "national_id": ("PIÈCE_IDENTITÉ", "IDENTITY_DOCUMENT"),
    "siren": ("SIREN", "SIREN"),
    "siret": ("SIRET", "SIRET"),
    "vat": ("TVA", "VAT"),
    "plate": ("IMMATRICULATION", "PLATE"),
    "birth_date": ("NAISSANCE", "BIRTH_DATE"),
    "customer_number": ("NUMÉRO_CLIENT", "CUSTOMER_NUMBER"),
    "order_number": ("COMMANDE", "ORDER"),
    "ip_address": ("ADRESSE_IP", "IP_ADDRESS"),
    "url_with_token": ("LIEN", "LINK"),
}
_OTHER = ("DONNÉE", "DATA")
KNOWN_TYPES = tuple(_LABELS)
"""The types that have a label of their own; any other is ``DONNÉE`` or ``DATA``."""

# A number for what is redacted, ten letters for what is pseudonymised.
_PLACEHOLDER = re.compile(r"\[([A-ZÀ-ÖØ-Þ]+(?:_[A-ZÀ-ÖØ-Þ]+)*)_(\d{1,4}|[a-z]{10})\]")


@dataclass(frozen=True)
class Placeholder:
    """A placeholder in a text.

    Attributes:
        start: Index of its first character.
        end: Index after its last character.
        label: ``NOM``, ``PHONE``, …
        mark: Its number or pseudonym.
    """

    start: int
    end: int
    label: str
    mark: str


def label_of(personal_data_type: str, language: str) -> str:
    """Return the label of a type: French for ``fr``, English for any other language."""
    french, english = _LABELS.get(personal_data_type, _OTHER)
    return french if language == "fr" else english


def type_of_label(label: str) -> str:
    """Return the type that a label of either language stands for; ``other`` for none."""
    return next((name for name, labels in _LABELS.items() if label in labels), "other")


def write_placeholder(label: str, mark: str) -> str:
    """Return a placeholder such as ``[NOM_1]``."""
    return f"[{label}_{mark}]"


def find_placeholders(text: str) -> tuple[Placeholder, ...]:
    """Find the placeholders in a text, in order."""
    return tuple(
        Placeholder(match.start(), match.end(), match[1], match[2])
        for match in _PLACEHOLDER.finditer(text)
    )


def plain_placeholder(placeholder: str) -> str:
    """Return a placeholder in letters that are safe in file names: ``TELEPHONE-1``."""
    ascii_only = unicodedata.normalize("NFKD", placeholder).encode("ascii", "ignore").decode()
    return ascii_only.strip("[]").replace("_", "-")
