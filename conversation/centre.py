"""Which addresses, numbers and names are the centre's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from conversation.customer_key import normalised_identifier

# Mailboxes that people have at home; never a centre's.
PERSONAL_DOMAINS = frozenset(
    "gmail.com googlemail.com orange.fr wanadoo.fr free.fr sfr.fr neuf.fr numericable.fr "
    "laposte.net "
    "bbox.fr hotmail.fr hotmail.com outlook.fr outlook.com live.fr live.com msn.com yahoo.fr "
    "yahoo.com "
    "ymail.com icloud.com me.com mac.com aol.com aol.fr protonmail.com proton.me gmx.fr gmx.com "
    "gmx.net voila.fr club-internet.fr aliceadsl.fr cegetel.net mailo.com posteo.net zoho.com "
    "hotmail.co.uk yahoo.co.uk btinternet.com".split()
)
# Mailboxes that a service has.
_SERVICE_MAILBOX = re.compile(
    r"(?i)^(?:(?:no|ne)[-_.]?(?:pas[-_.]?)?(?:reply|repondre)|service|serviceclients?|sav|support|"
    r"contact|clients?|info|conseillers?|conseil|hello|bonjour|aide|help|helpdesk|reclamations?|"
    r"facturation|commandes?|assistance|relations?[-_.]?clients?|customer|care|billing|orders?|"
    r"returns?|retours?|accueil|agence|notifications?|sinistres?|contentieux|recouvrement)"
    r"(?:[-_.+].*|\d*)$|^.*(?:service[-_.]?client|customer[-_.]?(?:care|service)|no[-_.]?reply).*$"
)


@dataclass(frozen=True)
class Centre:
    """The centre's own side, as its settings say.

    Attributes:
        domains: Of its e-mail addresses (``banque-horizon.fr``); those below them count too.
        identifiers: Other addresses, telephone numbers, logins and names of its people.
        region: Country of telephone numbers without a country code.
    """

    domains: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    region: str = "FR"
    _known: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        known = {_form(identifier, self.region) for identifier in self.identifiers}
        object.__setattr__(self, "_known", frozenset(known - {""}))

    @classmethod
    def from_values(cls, values: Iterable[str], *, region: str = "FR") -> Centre:
        """Read a list of domains, addresses, numbers and names, as settings hold it.

        Args:
            values: ``banque-horizon.fr`` or ``@banque-horizon.fr`` for a domain; anything with
                something before an at sign, a number, or a name otherwise.
            region: Country of telephone numbers without a country code.
        """
        domains: set[str] = set()
        identifiers: set[str] = set()
        for value in (value.strip() for value in values):
            bare = value.removeprefix("@").casefold()
            if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,24}", bare):
                domains.add(bare)
            elif value:
                identifiers.add(value)
        return cls(frozenset(domains), frozenset(identifiers), region)

    @property
    def is_known(self) -> bool:
        """Whether anything is set."""
        return bool(self.domains or self.identifiers)

    def owns(self, identifier: str) -> bool:
        """Tell whether an address, number, login or name is the centre's."""
        if not identifier or not self.is_known:
            return False
        domain = identifier.casefold().strip(" <>").rpartition("@")[2] if "@" in identifier else ""
        if domain and any(domain == own or domain.endswith(f".{own}") for own in self.domains):
            return True
        return _form(identifier, self.region) in self._known


def is_service_mailbox(email: str) -> bool:
    """Tell an address such as ``service.clients@…`` from a person's."""
    local, _, domain = email.casefold().rpartition("@")
    return bool(local) and domain not in PERSONAL_DOMAINS and bool(_SERVICE_MAILBOX.match(local))


def _form(identifier: str, region: str) -> str:
    form = normalised_identifier(identifier, region=region) or ""
    return unicodedata.normalize("NFKC", form)
