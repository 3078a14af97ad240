"""A small OpenID Connect provider on 127.0.0.1; tests make it misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "entendu"
CLIENT_SECRET = "a-secret-of-the-client"


class Provider:
    """Signs in whoever comes, as the person of ``claims``.

    Attributes:
        claims: What the identity token says beside the usual.
        spoil: Changes the claims of the token before they are signed.
        sign_with: Signs the token; None: the published key.
        algorithm: Of the signature.
        seen: Forms that the token endpoint received.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.foreign_key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.claims: dict[str, object] = {"sub": "marie", "groups": ["qa-team"]}
        self.spoil = lambda claims: claims
        self.sign_with = None
        self.algorithm = "RS256"
        self.seen: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
                if path == "/.well-known/openid-configuration":
                    self.answer(provider.metadata())
                elif path == "/jwks":
                    self.answer({"keys": [provider.key.as_dict(private=False)]})
                elif path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorized(query))
                    self.end_headers()
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = parse_qs(self.rfile.read(length).decode())
                fields = {name: values[0] for name, values in form.items()}
                fields["authorization"] = self.headers.get("Authorization", "")
                provider.seen.append(fields)
                answer = provider.token(fields)
                self.answer(answer, 400 if "error" in answer else 200)

            def answer(self, body: object, status: int = 200) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def authorized(self, query: dict[str, list[str]]) -> str:
        asked = {name: values[0] for name, values in query.items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, fields: dict[str, str]) -> dict[str, object]:
        asked = self._codes.pop(fields.get("code", ""), None)
        proof = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or fields["redirect_uri"] != asked["redirect_uri"]
            or fields["authorization"] != f"Basic {basic}"
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        claims = self.spoil(claims)
        key = self.sign_with or self.key
        header = {"alg": self.algorithm, "kid": "one"}
        return {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": jwt.encode(header, claims, key, algorithms=[self.algorithm]),
        }

    def unsigned(self, claims: dict[str, object]) -> str:
        """Return a token that nobody signed."""
        parts = ({"alg": "none", "kid": "one"}, claims)
        return ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in parts
        ) + "."  # fmt: skip

    def shared_secret(self) -> OctKey:
        """Return the client's secret as a key for HS256."""
        return OctKey.import_key(CLIENT_SECRET, {"kid": "one"})
