"""What was said in a session: redacted, written down, then told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from conversation import Speaker, Turn
from serving.live.events import Acknowledged, Draining, FinalText, Lasting
from serving.live.outbox import Outbox, Outgoing
from serving.live.redaction import LiveRedactor, Shown
from serving.live.spool import Kept, Spool
from serving.live.turns import lasting_events, turn_of


class Record:
    """The turns and events of a session, in the order in which they are told.

    Nothing leaves it that is not redacted, and nothing is told that a kill of the service would
    make untold: what has a number is in the journal first.

    Args:
        redactor: Takes card data out.
        spool: Where it is written; None: nowhere.
        restored: What a service before this one kept.
        on_turn: Called with each new turn, redacted.

    Attributes:
        outbox: Of the client that is there; None while none is.
        watchers: Of those who follow a session that the client feeds.
        turns: By their number.
        events: Those with a number.
        messages: Ids of the messages that were taken.
        done_s: For each channel, up to where everything that was said has its final.
        spans_s: Stretches of the sound to be silenced.
    """

    def __init__(
        self,
        redactor: LiveRedactor,
        spool: Spool | None,
        *,
        restored: Kept | None,
        on_turn: Callable[[Turn], None],
    ) -> None:
        self.redactor = redactor
        self.spool = spool
        self.outbox: Outbox | None = None
        self.watchers: list[Outbox] = []
        self.turns: dict[int, Turn] = {}
        self.events: list[Lasting] = []
        self.messages: list[str] = []
        self.done_s: dict[int, float] = {}
        self.spans_s: list[tuple[float, float]] = []
        self._finals: dict[int, FinalText] = {}
        self._on_turn = on_turn
        self._one_at_a_time = asyncio.Lock()
        if restored is not None:
            self.events = lasting_events(restored.events)
            self._finals = {one.turn: one for one in self.events if isinstance(one, FinalText)}
            self.turns = {number: turn_of(final) for number, final in self._finals.items()}
            self.messages = list(restored.messages)
            self.done_s = dict(restored.done_s)
            self.spans_s = list(restored.spans_s)
        self._next_turn = max(self.turns, default=-1) + 1

    @property
    def is_followed(self) -> bool:
        """Whether anybody is told what is said."""
        return self.outbox is not None or bool(self.watchers)

    def put(self, event: Outgoing) -> None:
        """Tell something that is only of the moment."""
        if self.outbox is not None:
            self.outbox.put(event)
        shown = _for_watchers(event)
        if shown is not None:
            for watcher in self.watchers:
                watcher.put(shown)

    async def add(
        self,
        turn: Turn,
        final: FinalText,
        at_s: float,
        *,
        done: tuple[int, float] | None = None,
        message: str | None = None,
    ) -> None:
        """Take the next turn.

        Args:
            turn: As it was said; it gets its number here.
            final: Its event, but for number and text.
            at_s: Now, on a clock that never goes back.
            done: Channel, and up to where it now has its finals.
            message: Id of the message that it was.
        """
        async with self._one_at_a_time:
            numbered = turn.model_copy(update={"index": self._next_turn})
            self._next_turn += 1
            shown = await asyncio.to_thread(self.redactor.hear, numbered, at_s)
            self._finals[numbered.index] = final.model_copy(
                update={"turn": numbered.index, "revision": -1}
            )
            if done is not None:
                channel, until_s = done
                self.done_s[channel] = max(self.done_s.get(channel, 0.0), until_s)
            if message is not None:
                self.messages.append(message)
            await self._show(shown, message)

    async def settle(self, at_s: float, *, everything: bool = False) -> None:
        """Show digits that turned out to be no card number.

        Args:
            at_s: Now.
            everything: Nothing more will be said.
        """
        async with self._one_at_a_time:
            shown = await asyncio.to_thread(self.redactor.settle, at_s, everything=everything)
            if shown:
                await self._show(shown, None)

    async def conclude(self, events: Sequence[Lasting]) -> None:
        """Take what was concluded."""
        if not events:
            return
        async with self._one_at_a_time:
            numbered = [
                event.model_copy(update={"seq": len(self.events) + at})
                for at, event in enumerate(events, start=1)
            ]
            if self.spool is not None:
                lines = [event.model_dump(mode="json") for event in numbered]
                await asyncio.to_thread(self.spool.note, lines)
            self.events += numbered
            for event in numbered:
                self.put(event)

    async def partial(self, text: str, speaker: Speaker) -> str:
        """Redact what somebody is saying."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self.redactor.partial, text, speaker)

    async def _show(self, shown: Sequence[Shown], message: str | None) -> None:
        finals = []
        for at, one in enumerate(shown, start=1):
            before = self._finals[one.turn.index]
            finals.append(
                before.model_copy(
                    update={
                        "seq": len(self.events) + at,
                        "revision": before.revision + 1,
                        "text": one.turn.text,
                        "words": one.turn.words,
                    }
                )
            )
        fresh = [span for span in self.redactor.spans_s if span not in self.spans_s]
        self.spans_s += fresh
        if self.spool is not None:
            lines = [final.model_dump(mode="json") for final in finals]
            await asyncio.to_thread(
                self.spool.note, lines, done_s=self.done_s, spans_s=fresh, message=message
            )
        for final, one in zip(finals, shown, strict=True):
            self._finals[final.turn] = final
            self.turns[final.turn] = one.turn
            self.events.append(final)
            if self.outbox is not None:
                self.outbox.put_final(final, is_open=one.is_open)
            for watcher in self.watchers:
                watcher.put_final(final, is_open=one.is_open)
            if final.revision == 0:
                self._on_turn(one.turn)


def _for_watchers(event: Outgoing) -> Outgoing | None:
    """Return what those who only follow are told: nothing of the client's own account."""
    if isinstance(event, Acknowledged):
        return None
    if isinstance(event, Draining):  # the token is its client's alone
        return event.model_copy(update={"resume_token": None})
    return event
