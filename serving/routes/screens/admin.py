"""``/admin``: knowledge, scorecards, keys and the rest, each part for those who may change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from serving.access.audit import AuditFilter
from serving.access.guard import allowed
from serving.access.permissions import PERMISSIONS_OF, Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.routes.definitions import in_use
from serving.routes.dependencies import ServiceInUse
from serving.routes.keys import list_keys
from serving.routes.privacy import get_retention, list_erasures, list_purges
from serving.routes.screens.framing import show
from serving.routes.webhooks import list_webhooks
from serving.screens.admin.audit import AUDIT
from serving.screens.admin.card_form import card_form, phrase_sets
from serving.screens.admin.keys import KEYS
from serving.screens.admin.knowledge import KNOWLEDGE
from serving.screens.admin.models import MODELS
from serving.screens.admin.reasons import REASONS
from serving.screens.admin.retention import RETENTION
from serving.screens.admin.scorecards import SCORECARDS
from serving.screens.admin.webhooks import WEBHOOKS
from serving.screens.admin.words import ADMIN
from serving.service import Service
from serving.version import entendu_version
from serving.webhooks.values import EVENT_KINDS

router = APIRouter(include_in_schema=False)

_FIRST = 50
_COUNTED_DAYS = 90

Writer = Annotated[Principal, Depends(allowed(Permission.KNOWLEDGE_WRITE))]
_State = Callable[[Request, Service, Principal], dict[str, object]]


@dataclass(frozen=True)
class Part:
    """One page of the administration.

    Attributes:
        name: Of its path, its script and its tab.
        needs: What it takes to see it.
        words: Of the page, each as (French, English).
        state: Returns what its script begins with.
    """

    name: str
    needs: Permission
    words: Mapping[str, tuple[str, str]]
    state: _State = lambda _request, _service, _principal: {}


def _in_use(service: Service, principal: Principal) -> dict[str, object]:
    """Return what is in use, with the names of those who chose."""
    found = in_use(service)
    people = {one.chosen_by for one in found.history}
    people |= {one.published_by for one in found.published_reasons}
    return {
        "in_use": found.model_dump(mode="json"),
        "people": service.resources.people.names(people),
        "may_choose": principal.may(Permission.DEFINITIONS_USE),
    }


def _scorecards(_request: Request, service: Service, principal: Principal) -> dict[str, object]:
    cards = service.resources.cards.all()
    return {
        **_in_use(service, principal),
        "cards": [one.model_dump(mode="json") for one in cards],
        "form": card_form(),
        "phrases": phrase_sets(),
    }


def _reasons(_request: Request, service: Service, principal: Principal) -> dict[str, object]:
    taxonomy = service.resources.definitions.taxonomy
    since = datetime.now(UTC) - timedelta(days=_COUNTED_DAYS)
    return {
        **_in_use(service, principal),
        "taxonomy": taxonomy.model_dump(mode="json", include={"name", "version", "reasons"}),
        "counts": service.store.reason_counts(visibility=visible(principal), since=since),
        "days": _COUNTED_DAYS,
    }


def _keys(_request: Request, service: Service, principal: Principal) -> dict[str, object]:
    listed = list_keys(service, principal, limit=_FIRST, cursor=None, role=None, active=True)
    return {
        "list": listed.model_dump(mode="json"),
        "rights": {role: sorted(rights) for role, rights in PERMISSIONS_OF.items()},
    }


def _retention(_request: Request, service: Service, principal: Principal) -> dict[str, object]:
    others = service.privacy.rules.others
    return {
        "rules": get_retention(service, principal).model_dump(mode="json", by_alias=True),
        "others": {
            "bot": others.bot_sessions_days,
            "assist": others.assist_sessions_days,
            "hooks": others.webhook_log_days,
        },
        "purges": list_purges(service, principal, limit=10, cursor=None).model_dump(mode="json"),
        "erasures": list_erasures(service, principal, limit=10, cursor=None).model_dump(
            mode="json"
        ),
    }


def _audit(_request: Request, service: Service, principal: Principal) -> dict[str, object]:
    entries, following = service.audit.page(AuditFilter(team=principal.team), limit=_FIRST)
    data = [one.model_dump(mode="json") for one in entries]
    return {"list": {"data": data, "next_cursor": following}}


def _webhooks(_request: Request, service: Service, principal: Principal) -> dict[str, object]:
    listed = list_webhooks(service, principal, limit=_FIRST, cursor=None)
    return {"list": listed.model_dump(mode="json"), "kinds": list(EVENT_KINDS)}


def _models(_request: Request, _service: Service, _principal: Principal) -> dict[str, object]:
    return {"version": entendu_version()}


PARTS: tuple[Part, ...] = (
    Part("knowledge", Permission.KNOWLEDGE_WRITE, KNOWLEDGE),
    Part("scorecards", Permission.SCORECARDS_WRITE, SCORECARDS, _scorecards),
    Part("reasons", Permission.SCORECARDS_WRITE, REASONS, _reasons),
    Part("keys", Permission.KEYS_MANAGE, KEYS, _keys),
    Part("retention", Permission.PRIVACY_MANAGE, RETENTION, _retention),
    Part("audit", Permission.AUDIT_READ, AUDIT, _audit),
    Part("webhooks", Permission.WEBHOOKS_MANAGE, WEBHOOKS, _webhooks),
    Part("models", Permission.METRICS_READ, MODELS, _models),
)
"""In the order of the tabs."""


@router.get("/admin")
def begin(request: Request, _principal: Writer) -> RedirectResponse:
    """Lead to the first part."""
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/admin/{PARTS[0].name}", status_code=303)


def _page(part: Part) -> Callable[[Request, ServiceInUse, Principal], HTMLResponse]:
    def show_part(
        request: Request,
        service: ServiceInUse,
        principal: Principal = Depends(allowed(part.needs)),  # noqa: B008 - how FastAPI is told
    ) -> HTMLResponse:
        parts = [one.name for one in PARTS if principal.may(one.needs)]
        own = part.state(request, service, principal)
        return show(
            request,
            principal,
            "admin.html",
            {**part.words, **ADMIN},
            title=f"part_{part.name}",
            state={"part": part.name, "parts": parts, **own},
        )

    return show_part


for _part in PARTS:
    router.add_api_route(f"/admin/{_part.name}", _page(_part), methods=["GET"])
