"""What a running session leaves on the disk, so that a kill of the service loses none of it.

One folder for each session below ``<data>/live``: ``session.json`` says what it is,
``journal.jsonl`` what was said in it, ``sound`` holds what was heard to the end. Only what has been
redacted is ever written: card data is out of the text and silenced in the sound. The folder goes
when the conversation is stored. Where recordings are encrypted, so is all of it, with a key made
for the session.

The copy that erasure has to reach: folders by session id, with ``customer_key`` in
``session.json``; :func:`spools_of` finds them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from serving.live.box import Box
from serving.live.facts import SessionFacts
from serving.store.encryption import NO_KEYS, Keyring

FOLDER = "live"
_HEADER = "session.json"
_JOURNAL = "journal.jsonl"
_SOUND = "sound"
_LENGTH_BYTES = 4


@dataclass
class Kept:
    """What a spool holds.

    Attributes:
        facts: Of the session.
        token_sha256: Of its resume token.
        kept: Bytes of sound, or messages.
        done_s: For each channel, up to where its utterances have their final, seconds.
        spans_s: Stretches of the sound to be silenced when it is stored, seconds.
        events: Those with a number, as JSON.
        messages: Ids that clients gave to their messages.
    """

    facts: SessionFacts
    token_sha256: str
    kept: int = 0
    done_s: dict[int, float] = field(default_factory=dict)
    spans_s: list[tuple[float, float]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


class Spool:
    """The folder of one session. Its methods block; they are called one at a time.

    Args:
        folder: See :meth:`create` and :func:`left_behind`.
        keyring: Keys that recordings are encrypted with.
    """

    def __init__(self, folder: Path, keyring: Keyring = NO_KEYS) -> None:
        self.folder = folder
        self._keyring = keyring
        self._box = Box(None, "")
        self._journal: BinaryIO | None = None
        self._sound: BinaryIO | None = None

    @classmethod
    def create(
        cls, data_dir: Path, facts: SessionFacts, token_sha256: str, keyring: Keyring = NO_KEYS
    ) -> Spool:
        """Make the folder of a new session.

        Args:
            data_dir: The data folder.
            facts: Of the session.
            token_sha256: Of its resume token.
            keyring: Keys that recordings are encrypted with.
        """
        folder = data_dir / FOLDER / facts.id
        folder.mkdir(parents=True, mode=0o700)
        spool = cls(folder, keyring)
        key = keyring.current
        spool._box = Box(key, facts.id)
        header = json.dumps({"facts": facts.model_dump(mode="json"), "token": token_sha256})
        outside = {"key": None if key is None else key.id, "header": spool._box.text(header)}
        half = folder / f"{_HEADER}.half"
        with half.open("wb") as file:
            file.write(json.dumps(outside).encode())
            file.flush()
            os.fsync(file.fileno())
        half.replace(folder / _HEADER)
        spool._open()
        return spool

    def note(
        self,
        events: list[dict[str, Any]] | None = None,
        *,
        done_s: dict[int, float] | None = None,
        spans_s: list[tuple[float, float]] | None = None,
        message: str | None = None,
    ) -> None:
        """Write down what was concluded; when this returns, a kill does not undo it.

        Args:
            events: With a number.
            done_s: As in :class:`Kept`, for channels where it changed.
            spans_s: More stretches to be silenced.
            message: Id of the message that was taken.
        """
        line: dict[str, Any] = {}
        if events:
            line["events"] = events
        if done_s:
            line["done_s"] = {str(channel): end_s for channel, end_s in done_s.items()}
        if spans_s:
            line["spans_s"] = spans_s
        if message is not None:
            line["message"] = message
        self._append(line)

    def keep(self, sound: bytes, kept: int) -> None:
        """Add sound that was heard to the end.

        Args:
            sound: Redacted.
            kept: Bytes in all, with these.
        """
        if self._sound is None:
            return
        sealed = self._box.seal(sound)
        self._sound.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._sound.flush()
        os.fsync(self._sound.fileno())
        self._append({"kept": kept, "at": self._sound.tell()})

    def sound(self) -> Iterator[bytes]:
        """Yield the kept sound piece by piece, whole frames without a header."""
        path = self.folder / _SOUND
        if not path.exists():
            return
        with path.open("rb") as file:
            while len(length := file.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
                yield self._box.open(file.read(int.from_bytes(length, "big")))

    @property
    def is_begun(self) -> bool:
        """Whether it says what session it is; one that does not was never told to a client."""
        return (self.folder / _HEADER).exists()

    def facts(self) -> SessionFacts | None:
        """Return what session it is; None when that cannot be read."""
        kept = self._header()
        return None if kept is None else kept.facts

    def close(self) -> None:
        """Close the files."""
        for file in (self._journal, self._sound):
            if file is not None:
                file.close()
        self._journal = self._sound = None

    def erase(self) -> None:
        """Delete the folder."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self) -> Kept | None:
        """Read the spool, and go on with it; None when it cannot be read.

        A line or a stretch of sound that a kill cut short is dropped: it was not acknowledged.
        """
        kept = self._header()
        if kept is None:
            return None
        at = self._read_journal(kept)
        self._open()
        if kept.facts.sound is None:
            kept.kept = len(kept.messages)
        elif self._sound is not None:
            self._sound.truncate(at)
            self._sound.seek(at)
        return kept

    def _read_journal(self, kept: Kept) -> int:
        """Follow the journal up to where it is whole; return how long the sound is by it."""
        journal = self.folder / _JOURNAL
        content = journal.read_bytes() if journal.exists() else b""
        good = at = 0
        for raw in content.split(b"\n")[:-1]:
            try:
                line = json.loads(self._box.untext(raw.decode()))
            except ValueError:
                break
            good += len(raw) + 1
            at = line.get("at", at)
            _follow(kept, line)
        if good < len(content):
            os.truncate(journal, good)
        return at

    def _header(self) -> Kept | None:
        try:
            outside = json.loads((self.folder / _HEADER).read_bytes())
            key_id = outside["key"]
            key = None if key_id is None else self._keyring.find(key_id)
            if key_id is not None and key is None:
                return None
            self._box = Box(key, self.folder.name)
            header = json.loads(self._box.untext(outside["header"]))
            return Kept(SessionFacts.model_validate(header["facts"]), header["token"])
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            return None

    def _open(self) -> None:
        self._journal = (self.folder / _JOURNAL).open("ab")
        self._sound = (self.folder / _SOUND).open("ab")

    def _append(self, line: dict[str, Any]) -> None:
        if self._journal is None:
            return
        text = self._box.text(json.dumps(line, ensure_ascii=False))
        self._journal.write(text.encode() + b"\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())


def left_behind(data_dir: Path, keyring: Keyring = NO_KEYS) -> list[Spool]:
    """Return the spools that a service which stopped or was killed left.

    Args:
        data_dir: The data folder.
        keyring: Keys that recordings are encrypted with.
    """
    folder = data_dir / FOLDER
    if not folder.is_dir():
        return []
    return [Spool(one, keyring) for one in sorted(folder.iterdir()) if one.is_dir()]


def _follow(kept: Kept, line: dict[str, Any]) -> None:
    kept.kept = line.get("kept", kept.kept)
    kept.done_s |= {int(channel): end_s for channel, end_s in line.get("done_s", {}).items()}
    kept.spans_s += [(start_s, end_s) for start_s, end_s in line.get("spans_s", [])]
    kept.events += line.get("events", [])
    if "message" in line:
        kept.messages.append(line["message"])
