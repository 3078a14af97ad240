"""Sign-in with an OpenID Connect provider: authorization code, PKCE, state and nonce.

Source: OpenID Connect Core 1.0, RFC 7636 (proof key), RFC 9207 (issuer in the answer). Authlib
speaks the protocol; here is who may come in, and what of it is remembered.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import delete

from conversation.errors import (
    DefinitionInvalid,
    DependencyMissing,
    Forbidden,
    Unauthenticated,
    Unavailable,
)
from serving.access.key_text import digest_of
from serving.access.principal import Role
from serving.access.sessions import Account
from serving.store.database import Database
from serving.store.tables.access import SignInRow
from serving.store.tables.base import DEFAULT_TEAM

if TYPE_CHECKING:
    from serving.settings import Settings

TAKES_AT_MOST = timedelta(minutes=10)
"""After which a sign-in that was begun has to be begun again."""

_TIMEOUT_S = 10.0
_LEEWAY_S = 60
_METADATA_KEPT_S = 3600.0
# What a provider signs with a secret that both know (HS256), or not at all, proves nothing.
_ALGORITHMS = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()
)
_RANK = (Role.AGENT, Role.ANALYST, Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True)
class Departure:
    """A sign-in that begins.

    Attributes:
        url: Where to send the browser.
        browser_secret: What its cookie is to hold until it comes back.
    """

    url: str
    browser_secret: str


@dataclass(frozen=True)
class RoleMapping:
    """Who may come in, by the claims of the identity token.

    Attributes:
        role_claim: Path of the claim with roles or groups.
        roles: What their values mean.
        team_claim: Path of the claim with the team; None: everybody is of the default one.
        agent_claim: Path of the claim with the agent's id; None: ``sub``.
    """

    role_claim: str
    roles: Mapping[str, Role]
    team_claim: str | None
    agent_claim: str | None

    @classmethod
    def of(cls, settings: Settings) -> RoleMapping:
        """Read the settings.

        Raises:
            DefinitionInvalid: A pair is not ``value=role``, or there is none.
        """
        roles: dict[str, Role] = {}
        for pair in settings.oidc_roles:
            value, _, role = pair.rpartition("=")
            if not value or role not in {each.value for each in _RANK}:
                raise DefinitionInvalid(
                    f"oidc_roles has {pair!r}, expected a pair such as qa-team=analyst",
                    remedy=f"roles are {', '.join(each.value for each in _RANK)}",
                )
            roles[value] = Role(role)
        if not roles:
            raise DefinitionInvalid(
                "oidc_issuer is set, but oidc_roles is empty: nobody could sign in",
                remedy="say which groups have which role: oidc_roles = qa-team=analyst",
            )
        return cls(
            settings.oidc_role_claim, roles, settings.oidc_team_claim, settings.oidc_agent_claim
        )

    def account_of(self, claims: Mapping[str, Any]) -> Account:
        """Return the account of who the claims are about.

        Raises:
            Forbidden: None of their roles has a meaning here, or their team is missing.
        """
        values = _claim(claims, self.role_claim)
        named = [values] if isinstance(values, str) else values if isinstance(values, list) else []
        roles = {self.roles[value] for value in named if value in self.roles}
        if not roles:
            raise Forbidden(
                f"none of the values of the claim {self.role_claim!r} gives a role here",
                remedy="ask for access, or add the group to oidc_roles in the settings",
            )
        role = max(roles, key=_RANK.index)
        team: str | None = DEFAULT_TEAM
        if self.team_claim is not None:
            found = _claim(claims, self.team_claim)
            team = found[:64] if isinstance(found, str) and found else None
            if team is None and role is not Role.ADMIN:
                raise Forbidden(
                    f"the claim {self.team_claim!r} names no team",
                    remedy="ask for a team at the identity provider",
                )
        elif role is Role.ADMIN:
            team = None
        subject = str(claims["sub"])
        agent: str | None = None
        if role in (Role.AGENT, Role.SUPERVISOR):
            named_agent = _claim(claims, self.agent_claim) if self.agent_claim else subject
            agent = str(named_agent)[:128] if named_agent else None
        identity = digest_of(f"{claims['iss']}|{subject}")[:24]
        return Account(id=f"oidc_{identity}", role=role, team=team, agent_key=agent)


class Oidc:
    """Sends browsers to the provider, and knows them again when they come back.

    Args:
        settings: See :class:`serving.settings.Settings`; ``oidc_issuer`` is set.
        database: The store's: a sign-in may begin at one process and end at another.
        clock: Returns the time now, with its zone.

    Raises:
        DefinitionInvalid: The settings contradict themselves.
        DependencyMissing: Authlib is not installed.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            raise DefinitionInvalid(
                "oidc_issuer and oidc_client_id belong together, and one is missing",
                remedy="set both, or none",
            )
        _check_issuer(settings.oidc_issuer)
        self.mapping = RoleMapping.of(settings)
        self.issuer = settings.oidc_issuer.rstrip("/")
        self._settings = settings
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._provider: Any = None
        self._made_at = 0.0
        _provider_class()

    def depart(self, *, redirect_uri: str, goes_to: str) -> Departure:
        """Begin a sign-in.

        Args:
            redirect_uri: Where the provider is to send the browser back to.
            goes_to: Path to show afterwards.

        Raises:
            Unavailable: The provider does not answer.
        """
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier, browser = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        with _protocol_errors():
            url = self._connected().create_authorization_url(
                redirect_uri, state=state, nonce=nonce, code_verifier=verifier
            )["url"]
        now = self._clock()
        with self._database.writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.expires_at <= now))
            session.add(
                SignInRow(
                    state_digest=digest_of(state),
                    browser_digest=digest_of(browser),
                    nonce=nonce,
                    code_verifier=verifier,
                    goes_to=goes_to[:500],
                    expires_at=now + TAKES_AT_MOST,
                )
            )
        return Departure(url, browser)

    def arrive(
        self, answer: Mapping[str, str], *, browser_secret: str, redirect_uri: str
    ) -> tuple[Account, str]:
        """End a sign-in.

        Args:
            answer: The query that the provider sent the browser back with.
            browser_secret: What the browser's cookie holds.
            redirect_uri: As it was when it began.

        Returns:
            Who it is, and the path to show.

        Raises:
            Unauthenticated: The sign-in was not begun here, by this browser, within ten minutes;
                the provider refused; or its token is not signed, or not for us, or not for now.
            Forbidden: They are known, but have no role here.
            Unavailable: The provider does not answer.
        """
        begun = self._taken(answer.get("state", ""), browser_secret)
        if "error" in answer or not answer.get("code"):
            raise Unauthenticated(
                "the identity provider did not sign you in", remedy="try again, or use a key"
            )
        if answer.get("iss", self.issuer).rstrip("/") != self.issuer:
            raise _not_valid("the answer comes from another provider")
        with _protocol_errors():
            provider = self._connected()
            token = provider.fetch_access_token(
                redirect_uri, code=answer["code"], code_verifier=begun.code_verifier
            )
            claims = provider.parse_id_token(
                token,
                nonce=begun.nonce,
                claims_options={
                    "iss": {"essential": True, "value": provider.server_metadata["issuer"]},
                    "aud": {"essential": True, "value": self._settings.oidc_client_id},
                    "sub": {"essential": True},
                    "nonce": {"essential": True, "value": begun.nonce},
                },
                leeway=_LEEWAY_S,
            )
        if claims is None:
            raise _not_valid("the provider sent no identity token")
        return self.mapping.account_of(claims), begun.goes_to

    def _taken(self, state: str, browser_secret: str) -> SignInRow:
        """Take a sign-in that was begun; it can be taken once."""
        with self._database.writing() as session:
            row = session.get(SignInRow, digest_of(state), with_for_update=True)
            if row is not None:
                session.delete(row)
                session.flush()
        if row is None or row.expires_at <= self._clock():
            raise _not_valid("it was not begun here, or too long ago")
        if not hmac.compare_digest(row.browser_digest, digest_of(browser_secret)):
            raise _not_valid("it was begun by another browser")
        return row

    def _connected(self) -> Any:  # noqa: ANN401 - Authlib has no types
        with self._lock:
            if self._provider is None or time.monotonic() - self._made_at > _METADATA_KEPT_S:
                self._provider = self._discovered()
                self._made_at = time.monotonic()
            return self._provider

    def _discovered(self) -> Any:  # noqa: ANN401 - the same
        secret = self._settings.oidc_client_secret
        provider = _provider_class()(
            None,
            name="oidc",
            client_id=self._settings.oidc_client_id,
            client_secret=None if secret is None else secret.get_secret_value(),
            server_metadata_url=f"{self.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": self._settings.oidc_scopes,
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
                **({} if secret else {"token_endpoint_auth_method": "none"}),
            },
        )
        metadata = provider.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self.issuer:
            raise Unavailable(
                "the identity provider names itself otherwise than oidc_issuer does",
                remedy="correct oidc_issuer in the settings",
            )
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = sorted(_ALGORITHMS & set(offered))
        return provider


def _provider_class() -> Any:  # noqa: ANN401 - the same
    try:
        from authlib.integrations.base_client import BaseApp
        from authlib.integrations.base_client.sync_app import OAuth2Mixin
        from authlib.integrations.base_client.sync_openid import OpenIDMixin
        from authlib.integrations.httpx_client import OAuth2Client
    except ImportError as error:
        raise DependencyMissing(
            "sign-in with OpenID Connect needs Authlib", remedy="pip install 'entendu[oidc]'"
        ) from error

    return type("Provider", (OAuth2Mixin, OpenIDMixin, BaseApp), {"client_cls": OAuth2Client})


@contextmanager
def _protocol_errors() -> Iterator[None]:
    """Turn the errors of Authlib and of the network into ours; their words stay inside."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        yield
    except httpx2.HTTPError as error:
        raise Unavailable(
            "the identity provider does not answer as it should",
            remedy="try again in a moment, or use a key",
        ) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
        raise _not_valid("the provider's answer does not hold") from error


def _not_valid(why: str) -> Unauthenticated:
    return Unauthenticated(f"the sign-in is not valid: {why}", remedy="begin again")


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """Return a claim by its path; a name with dots in it goes before a path."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return
    try:
        local = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        local = False
    if not local:
        raise DefinitionInvalid(
            f"oidc_issuer is {issuer!r}: identities must not travel without TLS",
            remedy="use its https address",
        )
