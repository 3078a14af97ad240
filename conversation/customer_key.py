"""Pseudonymous keys of customers: the same person gets the same key, and no key tells who it is."""

from __future__ import annotations

import csv
import hashlib
import hmac
import logging
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from conversation.errors import BadInput, NotFound

logger = logging.getLogger(__name__)

MIN_SECRET_BYTES = 16
MAX_MAPPING_BYTES = 512 * 1024 * 1024
_KEY_HEX_CHARS = 32
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,255}$")
_PHONE_LIKE = re.compile(r"^\+?[\d\s().\-/]{6,24}$")
_NOBODY = frozenset(
    "anonymous anonyme unknown inconnu inconnue private prive none null nan n/a na - guest visitor "
    "visiteur client customer restricted withheld noreply".split()
)
_IDENTIFIER_HEADERS = frozenset(
    "identifier identifiant email e-mail courriel mail adresse phone telephone tel mobile "
    "login".split()
)
_CUSTOMER_HEADERS = frozenset(
    "customer client customer_id client_id id_client personne person id".split()
)


def normalised_identifier(identifier: str, *, region: str = "FR") -> str | None:
    """Write an address, telephone number or login in its one form.

    Args:
        identifier: As a source writes it.
        region: Country of telephone numbers without a country code, as ISO 3166 names it.

    Returns:
        ``email:…`` in lower case, ``phone:+33…`` (E.164) or ``login:…``; None for what names
        nobody (empty, ``anonymous``, a hidden number).
    """
    text = unicodedata.normalize("NFKC", identifier)
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").strip()
    text = re.sub(r"(?i)^(mailto|tel|sms|sip|whatsapp|messenger):", "", text).strip(" <>\"'")
    if not text or len(text) > 320 or _plain(text) in _NOBODY:
        return None
    if _EMAIL.match(text):
        local, _, domain = text.rpartition("@")
        return f"email:{local.casefold()}@{_ascii_domain(domain)}"
    if _PHONE_LIKE.match(text):
        number = _e164(text, region)
        if number is not None:
            return f"phone:{number}"
        if not re.fullmatch(r"\d{6,24}", text):
            return None
    return "login:" + re.sub(r"\s+", " ", text.casefold())


class CustomerKeys:
    """Computes the key of each customer from one secret of the centre's.

    A key is the first 128 bits of HMAC-SHA256 (RFC 2104) of the normalised identifier: without
    the secret nobody can go back from a key to a person, nor test a guess.

    Args:
        secret: At least 16 bytes that only the centre has.
        region: Country of telephone numbers without a country code.
        mapping: Which identifiers are one customer: identifier → the centre's own name for the
            customer. Kept as hashes only.
    """

    def __init__(
        self, secret: bytes, *, region: str = "FR", mapping: Mapping[str, str] | None = None
    ) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise BadInput(
                f"the secret of customer keys has {len(secret)} bytes, expected at least "
                f"{MIN_SECRET_BYTES}",
                remedy="let `entendu import` make one: name a file that does not exist",
            )
        if not re.fullmatch(r"[A-Z]{2}", region):
            raise BadInput(f"{region!r} is no country", remedy="name it like FR, BE or GB")
        self._secret = secret
        self._region = region
        self._mapped: dict[str, str] = {}
        for identifier, customer in (mapping or {}).items():
            own = normalised_identifier(identifier, region=region)
            if own is not None and customer.strip():
                self._mapped[self._digest(own)] = self._digest(f"customer:{customer.strip()}")

    def key_of(self, identifier: str) -> str | None:
        """Return the key of whoever has an address, a telephone number or a login.

        Args:
            identifier: As the source writes it; a display name is no identifier, since two
                people may share it.

        Returns:
            32 hexadecimal digits; None where the identifier names nobody.
        """
        own = normalised_identifier(identifier, region=self._region)
        if own is None:
            return None
        digest = self._digest(own)
        return self._mapped.get(digest, digest)

    def keys_of(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Return the keys of all identifiers of one customer, in order, each once."""
        keys = (self.key_of(identifier) for identifier in identifiers)
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    def _digest(self, text: str) -> str:
        digest = hmac.new(self._secret, text.encode("utf-8", "replace"), hashlib.sha256)
        return digest.hexdigest()[:_KEY_HEX_CHARS]


def read_secret(path: Path) -> bytes:
    """Read the secret of customer keys, and make one where there is none.

    A new secret has 32 random bytes, written as hexadecimal digits in a file that only its
    owner can read (mode 0600). Keep it: with another one no customer is recognised any more.

    Args:
        path: Of the file.

    Raises:
        BadInput: It cannot be read or made, or is too short.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _stored_secret(path)
    except OSError as error:
        raise BadInput(
            f"the customer key cannot be written to {path}: {error.strerror}",
            remedy="name another file",
        ) from error
    secret = secrets.token_hex(32).encode()
    with os.fdopen(handle, "wb") as file:
        file.write(secret + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return secret


def read_mapping(path: Path) -> dict[str, str]:
    """Read which identifiers are one customer.

    Args:
        path: CSV with two columns: an address, telephone number or login, and the centre's own
            name for the customer; a first line with headers may be there.

    Raises:
        NotFound: There is no such file.
        BadInput: A line does not have two columns.
    """
    if not path.is_file():
        raise NotFound(f"{path}: no such file", remedy="check the path")
    if path.stat().st_size > MAX_MAPPING_BYTES:
        raise BadInput(f"{path.name}: more than 512 MB", remedy="leave out what is not used")
    found: dict[str, str] = {}
    try:
        text = path.read_text("utf-8-sig")
        delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
        for number, row in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) != 2 or not all(cells):
                raise BadInput(
                    f"{path.name}: line {number} has {sum(map(bool, cells))} filled column(s), "
                    "expected 2",
                    remedy="write identifier,customer on each line",
                )
            if number == 1 and (
                _plain(cells[0]) in _IDENTIFIER_HEADERS or _plain(cells[1]) in _CUSTOMER_HEADERS
            ):
                continue
            found[cells[0]] = cells[1]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(
            f"{path.name}: no CSV in UTF-8: {error}", remedy="export it as CSV in UTF-8"
        ) from error
    return found


def _stored_secret(path: Path) -> bytes:
    try:
        secret = path.read_bytes().strip()
        mode = path.stat().st_mode
    except OSError as error:
        raise BadInput(
            f"the customer key {path} cannot be read: {error.strerror}", remedy="check its owner"
        ) from error
    if len(secret) < MIN_SECRET_BYTES:
        raise BadInput(
            f"{path.name} has {len(secret)} bytes, expected a secret of at least "
            f"{MIN_SECRET_BYTES}",
            remedy="name a file that does not exist, and one is made",
        )
    if mode & 0o077:
        logger.warning("%s can be read by others; run: chmod 600 %s", path.name, path.name)
    return secret


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().strip())
    return decomposed.encode("ascii", "ignore").decode()


def _ascii_domain(domain: str) -> str:
    domain = domain.casefold().rstrip(".")
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _e164(text: str, region: str) -> str | None:
    import phonenumbers

    written = re.sub(r"^00", "+", re.sub(r"[^\d+(]", "", text).replace("(0)", "").replace("(", ""))
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
