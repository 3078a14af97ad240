"""What a sender puts into ``POST /v1/conversations``, whatever the type of its body."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from conversation.vcon import looks_like_vcon
from models.integrity import sha256_of
from serving.intake import NOTHING_SAID, Intake
from serving.routes.uploads import MEGABYTE, receive_file, receive_form, receive_json, refusal

VCON_TYPES = ("application/vcon", "application/vcon+json", "application/vcon+gzip")
FORM = "multipart/form-data"
JSON = "application/json"
_ENVELOPE = frozenset(("conversation", "metadata"))


@dataclass(frozen=True)
class Received:
    """A conversation that was sent.

    Attributes:
        intake: What is said about it.
        file: Where its file is; None where it is JSON.
        data: The conversation as decoded JSON; None where it is a file.
    """

    intake: Intake
    file: Path | None = None
    data: object = None

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that was sent, to know it again."""
        about = self.intake.model_dump_json()
        if self.file is None:
            what = hashlib.sha256(json.dumps(self.data, sort_keys=True).encode()).hexdigest()
        else:
            what = f"{self.file.name}\n{sha256_of(self.file)}"
        return hashlib.sha256(f"{about}\n{what}".encode()).hexdigest()


async def receive(request: Request, folder: Path, *, max_upload_mb: int) -> Received:
    """Read the body of a request.

    Args:
        request: The request.
        folder: Where a file goes.
        max_upload_mb: Largest file that is accepted, in megabytes.

    Raises:
        HTTPException: 400, the body is broken or cut short; 413, it is too large; 415, it is of
            no type that is taken.
        RequestValidationError: A part or member is not valid.
        ConversationUnreadable: It is not the JSON that it says.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM:
        form = await receive_form(request, folder, max_file_bytes=max_upload_mb * MEGABYTE)
        return _from_form(form.file, form.fields)
    if kind == JSON:
        return _from_json(await receive_json(request), folder)
    if kind in VCON_TYPES:
        name = "conversation.vcon.gz" if kind.endswith("gzip") else "conversation.vcon"
        path = folder / name
        await receive_file(request, path, max_file_bytes=max_upload_mb * MEGABYTE)
        return Received(NOTHING_SAID, file=path)
    raise HTTPException(
        415,
        f"content type {kind[:80]!r}, expected {FORM} with a part named file, {JSON}, or a vCon "
        f"({', '.join(VCON_TYPES)})",
    )


def _from_form(file: Path | None, fields: dict[str, str]) -> Received:
    if file is None:
        raise refusal("file", "missing: the recording, vCon, chat or e-mail")
    given: dict[str, Any] = dict(fields)
    if "metadata" in given:
        try:
            about = json.loads(given.pop("metadata"))
        except (ValueError, RecursionError) as error:
            raise refusal("metadata", "not JSON") from error
        if not isinstance(about, dict):
            raise refusal("metadata", "expected an object")
        twice = sorted(about.keys() & given.keys())
        if twice:
            raise refusal(twice[0], "given twice: as a part and in metadata")
        given |= about
    return Received(_intake(given), file=file)


def _from_json(data: object, folder: Path) -> Received:
    intake = NOTHING_SAID
    if isinstance(data, dict) and "conversation" in data and data.keys() <= _ENVELOPE:
        about = data.get("metadata", {})
        if not isinstance(about, dict):
            raise refusal("metadata", "expected an object")
        intake = _intake(about, "metadata")
        data = data["conversation"]
    if looks_like_vcon(data):  # it may carry sound, which only a file can be
        path = folder / "conversation.vcon"
        path.write_text(json.dumps(data), "utf-8")
        return Received(intake, file=path)
    return Received(intake, data=data)


def _intake(given: dict[str, Any], *place: str) -> Intake:
    try:
        return Intake.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(
            [
                {
                    "loc": ("body", *place, *one["loc"]),
                    "msg": one["msg"].removeprefix("Value error, "),
                    "type": one["type"],
                }
                for one in error.errors(include_url=False, include_input=False)
            ]
        ) from error
