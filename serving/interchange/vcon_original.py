"""A vCon as it came in, brought to the version that is written: nothing of it is left out."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conversation.vcon_own import VENDOR
from conversation.vcon_values import index, mapping, moment, text
from serving.interchange.vcon_analyses import rfc3339
from serving.interchange.vcon_parties import VconObject

# Names that earlier drafts gave to what 0.4.0 names otherwise.
_RENAMED = {"appended": "amended", "must_support": "critical"}
_RENAMED_CONTENT = {"mimetype": "mediatype"}
_RENAMED_DIALOG = {"transfer-target": "transfer_target", "target-dialog": "target_dialog"}
_ENCODINGS = ("base64url", "json", "none")
_DISPOSITIONS = frozenset(
    ("no-answer", "congestion", "failed", "busy", "hung-up", "voicemail-no-message")
)


def without_sound(document: Mapping[str, Any]) -> VconObject:
    """Return a vCon without the sound in it, which is kept as a recording of its own.

    Args:
        document: The unsigned form.
    """
    kept = copy.deepcopy(dict(document))
    for dialog in _objects(kept, "dialog"):
        if _is_sound(dialog):
            dialog.pop("body", None)
            dialog.pop("encoding", None)
    return kept


def brought_up_to_date(document: Mapping[str, Any], *, received_at: datetime) -> VconObject:
    """Return a vCon of any draft in the form of 0.4.0.

    Members that are not known stay as they are. Objects that lack what the schema asks for are
    given it where it follows from the rest.

    Args:
        document: The unsigned form.
        received_at: When it came; stands for its date where it has none.
    """
    new = copy.deepcopy(dict(document))
    _rename(new, _RENAMED)
    if new.get("vcon") != "0.4.0":
        new.pop("vcon", None)  # deprecated, and only this value is allowed
    if not isinstance(new.get("subject"), str):
        new.pop("subject", None)
    created_at = moment(new.get("created_at")) or received_at
    new["created_at"] = rfc3339(created_at)
    _write_moment(new, "updated_at")
    for reference in ("redacted", "amended"):
        if not mapping(new.get(reference)):
            new.pop(reference, None)
    if isinstance(new.get("redacted"), dict):
        new["redacted"].setdefault("type", "unspecified")
    for name in ("extensions", "critical"):
        if name in new and not isinstance(new[name], list):
            new[name] = [str(new[name])]
    new["parties"] = [dict(mapping(party)) for party in _listed(new, "parties")]
    for name in ("dialog", "analysis", "attachments"):
        new[name] = [dict(item) for item in _listed(new, name) if isinstance(item, Mapping)]
    for dialog in new["dialog"]:
        _mend_dialog(dialog, created_at)
        _drop_places(dialog, ("parties", "originator"), len(new["parties"]))
    for analysis in new["analysis"]:
        _mend_content(analysis)
        _drop_places(analysis, ("dialog",), len(new["dialog"]))
        analysis["type"] = text(analysis.get("type")) or "report"
        analysis["vendor"] = text(analysis.get("vendor")) or "unknown"
    for attachment in new["attachments"]:
        _mend_content(attachment)
        if "type" in attachment:
            attachment.setdefault("purpose", attachment.pop("type"))
        attachment["start"] = rfc3339(moment(attachment.get("start")) or created_at)
        for name in ("party", "dialog"):
            if index(attachment.get(name)) is None:
                attachment[name] = 0
    return {name: value for name, value in new.items() if value != [] or name == "parties"}


def without_ours(analyses: list[VconObject]) -> list[VconObject]:
    """Return the analyses of others, in a vCon that may have been through Entendu before."""
    return [analysis for analysis in analyses if analysis.get("vendor") != VENDOR]


def _mend_dialog(dialog: VconObject, created_at: datetime) -> None:
    _mend_content(dialog)
    _rename(dialog, _RENAMED_DIALOG)
    dialog["start"] = rfc3339(moment(dialog.get("start")) or created_at)
    if dialog.get("type") not in ("recording", "text", "transfer", "incomplete", "recording-set"):
        dialog["type"] = "recording" if _is_sound(dialog) else "text"
    if dialog.get("disposition") not in _DISPOSITIONS:
        dialog.pop("disposition", None)
    duration = dialog.get("duration")
    if not isinstance(duration, int | float) or isinstance(duration, bool) or duration < 0:
        dialog.pop("duration", None)
    session = dialog.get("session_id")
    if isinstance(session, str):
        dialog["session_id"] = {"local": session}


def _drop_places(item: VconObject, names: tuple[str, ...], count: int) -> None:
    """Take away places of parties or dialogs that are not there, which the schema lets pass."""
    for name in names:
        if name in item:
            # In a list of channels None says that nobody is on one.
            kept = _kept_places(item[name], count, with_holes=name == "parties")
            if kept is None or kept == []:
                del item[name]
            else:
                item[name] = kept


def _kept_places(value: object, count: int, *, with_holes: bool = False) -> object:
    if isinstance(value, list):
        kept = [_kept_places(one, count) for one in value]
        if not with_holes:
            return [one for one in kept if one is not None]
        return kept if any(one is not None and one != [] for one in kept) else []
    place = index(value)
    return place if place is not None and place < count else None


def _mend_content(item: VconObject) -> None:
    """Mend what a dialog, an analysis or an attachment says of its content."""
    _rename(item, _RENAMED_CONTENT)
    algorithm, signature = item.pop("alg", None), item.pop("signature", None)
    if isinstance(signature, str) and "content_hash" not in item:
        digits = re.sub(r"\D", "", str(algorithm)) or "512"
        item["content_hash"] = f"sha{digits}-{signature.rstrip('=')}"
    elif signature is not None:
        item["signature"] = signature
    for name in ("mediatype", "filename", "url"):
        if name in item and not isinstance(item[name], str):
            del item[name]
    if "body" not in item:
        item.pop("encoding", None)
        return
    body, encoding = item["body"], str(item.get("encoding", "")).casefold()
    if encoding == "base64":
        encoding = "base64url"
        if isinstance(body, str):
            item["body"] = body.translate(str.maketrans("+/", "-_")).rstrip("=")
    if encoding not in _ENCODINGS:
        encoding = "none" if isinstance(body, str) else "json"
    item["encoding"] = "json" if encoding == "none" and not isinstance(body, str) else encoding


def _is_sound(dialog: Mapping[str, Any]) -> bool:
    kind = text(dialog.get("mediatype"), dialog.get("mimetype")).casefold()
    return dialog.get("type") == "recording" or kind.startswith(("audio/", "video/"))


def _write_moment(item: VconObject, name: str) -> None:
    found = moment(item.get(name))
    if found is not None:
        item[name] = rfc3339(found)
    else:
        item.pop(name, None)


def _rename(item: VconObject, names: Mapping[str, str]) -> None:
    for old, new in names.items():
        if old in item:
            value = item.pop(old)
            item.setdefault(new, value)


def _listed(item: Mapping[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _objects(item: Mapping[str, Any], name: str) -> list[VconObject]:
    return [one for one in _listed(item, name) if isinstance(one, dict)]
