"""The demonstration's data folder: filled once, used again, never mixed with real data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

import serving
from conversation.errors import NotFound
from serving.demo.analysing import Analysing, Progress
from serving.demo.calendar import Replay, plan
from serving.demo.people import People, hire
from serving.demo.replaying import store_replays
from serving.demo.scripts import scripts
from serving.settings import Settings
from serving.version import entendu_version

if TYPE_CHECKING:
    from serving.pipeline import Pipeline
    from serving.service import Service

FOLDER = "demo"
_CENTRE = "centre"
_ANALYSES = "analyses"
_FACTS = "demo.json"
_SHORT = 0.25
_GROWS_OLD = timedelta(hours=6)


class DemoFacts(BaseModel):
    """What is known of a filled folder.

    Attributes:
        version: Of Entendu, which filled it.
        made_at: When; the story ends then.
        people: Who works there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    made_at: AwareDatetime
    people: People


class DemoCentre:
    """A folder of its own below the data folder, with an invented centre in it.

    Args:
        settings: Of the service; theirs is the folder in which ``demo`` is made.
        clock: Tells the time.
    """

    def __init__(
        self, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.folder = settings.data_dir / FOLDER
        self._samples = samples_folder()
        self.settings = settings.model_copy(
            update={
                "data_dir": self.folder / _CENTRE,
                "kb": settings.kb or self._samples / "kb",
                "database_url": None,
                "admin_key": None,
                "redacted_only": False,
            }
        )
        self._clock = clock

    @property
    def facts(self) -> DemoFacts | None:
        """What is known of it; None: it is not filled, or too old to be used again."""
        try:
            facts = DemoFacts.model_validate_json((self.folder / _FACTS).read_bytes())
        except (OSError, ValueError):
            return None
        old = self._clock() - facts.made_at > _GROWS_OLD
        return None if old or facts.version != entendu_version() else facts

    def clear(self) -> None:
        """Remove what was filled in, and keep the analyses."""
        (self.folder / _FACTS).unlink(missing_ok=True)
        shutil.rmtree(self.folder / _CENTRE, ignore_errors=True)

    def fill(
        self,
        service: Service,
        pipeline: Pipeline,
        progress: Progress,
        *,
        short: bool = False,
        size: float = 1.0,
        kept: Path | None = None,
    ) -> DemoFacts:
        """Fill an empty folder.

        Args:
            service: Open, on this centre's settings.
            pipeline: Analyses what was not analysed before.
            progress: Told how far it is.
            short: Fill it with less: some of the dialogues, a quarter of the contacts.
            size: More or fewer contacts than usual.
            kept: Folder in which analyses are kept; None: one of the demonstration.
        """
        from serving.demo.cards import add_cards
        from serving.demo.incidents import add_incidents
        from serving.demo.ledger import add_consents
        from serving.demo.reviews import QualityWork
        from serving.demo.talks import Talks
        from serving.demo.wrap_ups import add_notes

        now = self._clock()
        written = [one for one in scripts() if one.in_short or not short]
        analysing = Analysing(
            pipeline,
            kept or self.folder / _ANALYSES,
            (Path(serving.__file__).parents[1] / "build/demo",),
        )
        analysed = {
            one.id: one for one in analysing.all(written, self._samples / "conversations", progress)
        }
        people = hire(service.keys)
        replays: dict[str, Replay] = store_replays(
            service.store,
            plan(written, until=now, size=size * (_SHORT if short else 1.0)),
            analysed,
            progress,
        )
        QualityWork(service, people, now).do(replays, progress)
        Talks(service, people, now).do(progress, short=short)
        add_notes(service, people, replays, now)
        add_cards(service, people, replays)
        add_consents(service, people, replays, now)
        add_incidents(service, pipeline, self._samples / "conversations", now)
        service.board.catch_up(lambda share: progress("figures", round(100 * share), 100))
        facts = DemoFacts(version=entendu_version(), made_at=now, people=people)
        self._keep(facts)
        return facts

    def _keep(self, facts: DemoFacts) -> None:
        path = self.folder / _FACTS
        part = path.with_suffix(".part")
        part.touch(mode=0o600)  # it holds keys
        part.write_text(facts.model_dump_json(indent=1), "utf-8")
        part.replace(path)


def samples_folder() -> Path:
    """Return the project's samples.

    Raises:
        NotFound: They are not there: Entendu was installed without its project folder.
    """
    folder = Path(serving.__file__).resolve().parents[1] / "examples"
    if not (folder / "conversations").is_dir():
        raise NotFound(
            "the samples of the project are not on this machine",
            remedy="run `entendu serve --demo` where the project was unpacked",
        )
    return folder
