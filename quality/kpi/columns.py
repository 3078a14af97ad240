"""Which column of a table holds what: known headers in French and English, or the centre's map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from conversation.errors import BadInput, DatasetInvalid
from quality.kpi.cells import plain_name
from quality.kpi.csv_file import CsvFile

TableKind = Literal["calls", "surveys", "costs", "agent_time", "tickets", "bot_log"]
TABLE_KINDS: tuple[TableKind, ...] = get_args(TableKind)

ColumnMap = Mapping[str, str | tuple[str, ...]]
"""For a field, the header of its column; of several, whose cells are joined by a space."""

FIELDS: dict[TableKind, dict[str, str]] = {
    "calls": {
        "id": "id call_id callid id_appel appel_id numero_appel n_appel identifiant "
        "identifiant_appel contact_id id_contact interaction_id id_interaction conversation_id "
        "id_conversation ucid",
        "start": "start started start_time start_at started_at debut date_debut heure_debut "
        "date_heure date_heure_debut horodatage date_appel arrivee date_arrivee heure_appel "
        "offered_at queued_at presente_le timestamp call_start created_at",
        "answered": "answered answered_at answer_time answer_at decroche date_decroche "
        "heure_decroche prise_en_charge date_prise_en_charge repondu_le reponse connected_at",
        "ended": "ended ended_at end end_time end_at fin date_fin heure_fin date_heure_fin "
        "raccroche date_raccroche heure_raccroche call_end hangup_at",
        "hold_s": "hold_s hold hold_time hold_seconds hold_duration attente_en_ligne "
        "mise_en_attente duree_mise_en_attente duree_attente_en_ligne garde duree_garde",
        "acw_s": "acw_s acw wrap_up wrapup wrap_up_s wrap_up_time after_call_work post_appel "
        "duree_post_appel traitement_apres_appel tac duree_post_traitement",
        "queue": "queue queue_name file file_attente file_d_attente skill competence groupe "
        "service vdn ligne",
        "agent_key": "agent_key agent agent_id id_agent conseiller id_conseiller matricule "
        "operateur login_agent",
        "team": "team equipe team_name nom_equipe",
        "customer_key": "customer_key customer customer_id id_client client client_id "
        "cle_client client_key",
        "channel": "channel canal media type_canal",
        "transferred": "transferred transfer transfere transfert is_transferred",
        "abandoned": "abandoned abandon abandonne is_abandoned",
        "reason": "reason motif motif_appel motif_contact reason_code code_motif typologie",
    },
    "surveys": {
        "call_id": "call_id callid id_appel appel_id id_contact contact_id interaction_id "
        "conversation_id id_conversation id",
        "customer_key": "customer_key customer customer_id id_client client cle_client",
        "at": "at date date_heure timestamp answered_at repondu_le date_reponse horodatage "
        "submitted_at",
        "csat": "csat satisfaction note_satisfaction csat_score note",
        "nps": "nps recommandation nps_score note_nps",
        "ces": "ces effort ces_score note_effort",
        "resolved": "resolved resolu demande_resolue probleme_resolu fcr_declare",
        "queue": "queue file file_attente",
        "channel": "channel canal",
    },
    "costs": {
        "month": "month mois periode period date",
        "channel": "channel canal",
        "amount": "amount cost cout montant total cost_eur total_eur cout_total depense",
    },
    "agent_time": {
        "date": "date jour day",
        "available_s": "available_s available disponible duree_disponible temps_disponible "
        "ready_s ready idle idle_s attente_appel temps_attente_appel",
        "queue": "queue file file_attente skill",
        "team": "team equipe",
        "agent_key": "agent_key agent agent_id id_agent conseiller matricule",
    },
    "tickets": {
        "id": "id ticket_id id_ticket numero_ticket ticket dossier numero_dossier case_id",
        "call_id": "call_id id_appel conversation_id id_conversation contact_id",
        "customer_key": "customer_key customer customer_id id_client client",
        "opened": "opened opened_at created created_at ouverture date_ouverture cree_le ouvert_le",
        "due": "due due_at due_date echeance date_echeance promis_pour engagement date_engagement",
        "closed": "closed closed_at cloture date_cloture resolu_le resolved_at ferme_le clos_le",
        "contacts": "contacts nb_contacts nombre_contacts contact_count interactions",
        "reopened": "reopened reouvert is_reopened",
        "queue": "queue file file_attente",
        "channel": "channel canal",
    },
    "bot_log": {
        "id": "id session_id id_session conversation_id id_conversation",
        "start": "start started_at debut date date_heure timestamp opened_at",
        "customer_key": "customer_key customer customer_id id_client client",
        "handed_over": "handed_over handover escalated transfere escalade humain human",
        "abandoned": "abandoned abandon abandonne",
        "resolved": "resolved confirmed resolu confirme resolu_confirme",
        "reason": "reason motif intent intention",
        "channel": "channel canal",
    },
}
"""For each table its fields, and for each field the headers that are known, as
:func:`quality.kpi.cells.plain_name` writes them."""

REQUIRED: dict[TableKind, tuple[str, ...]] = {
    "calls": ("start",),
    "surveys": (),
    "costs": ("month", "amount"),
    "agent_time": ("date", "available_s"),
    "tickets": ("opened",),
    "bot_log": ("start",),
}


_DAYS = "date jour day date_appel date_debut date_contact".split()
_HOURS = "heure time hour heure_appel heure_debut heure_contact".split()
_STARTS = frozenset({"calls", "bot_log"})


@dataclass(frozen=True)
class Columns:
    """Where the fields of a table stand.

    Attributes:
        places: For a field, the positions of its columns.
        headers: For a field, how its column is called; of several, with + between.
        unused: Headers of columns that nothing is read from.
    """

    places: Mapping[str, tuple[int, ...]]
    headers: Mapping[str, str]
    unused: tuple[str, ...]

    def __contains__(self, field: str) -> bool:
        """Whether the table has the field."""
        return field in self.places

    def cell(self, row: Sequence[str], field: str) -> str:
        """Return a field's text without surrounding spaces; empty where the row ends earlier."""
        places = self.places.get(field)
        if places is None:
            return ""
        if len(places) == 1:
            place = places[0]
            return row[place].strip() if place < len(row) else ""
        return " ".join(
            text for place in places if place < len(row) and (text := row[place].strip())
        )


def find_columns(file: CsvFile, kind: TableKind, mapping: ColumnMap | None = None) -> Columns:
    """Find the columns of a table.

    Args:
        file: The table.
        kind: What it holds.
        mapping: For some fields the header, as it stands in the file; the others are found by
            the headers that are known.

    Returns:
        The places of all fields that the table has.

    Raises:
        DatasetInvalid: A header of the mapping is not there, two columns have that name, or a
            required field is missing.
        BadInput: The mapping names a field that the table does not know.
    """
    known = FIELDS[kind]
    wanted = dict(mapping or {})
    for field in wanted:
        if field not in known:
            raise BadInput(
                f"{field!r} is no field of {kind}",
                remedy=f"map one of {', '.join(known)}",
            )
    places: dict[str, tuple[int, ...]] = {}
    headers: dict[str, str] = {}
    for field, named in wanted.items():
        parts = (named,) if isinstance(named, str) else tuple(named)
        places[field] = tuple(_place(file, header, field) for header in parts)
        headers[field] = " + ".join(parts)
    taken = {place for each in places.values() for place in each}
    names = [plain_name(header) for header in file.headers]
    if kind in _STARTS and "start" not in places:
        day, hour = (
            next((i for i, name in enumerate(names) if name in wanted_names), None)
            for wanted_names in (_DAYS, _HOURS)
        )
        if day is not None and hour is not None:
            places["start"] = (day, hour)
            headers["start"] = f"{file.headers[day]} + {file.headers[hour]}"
            taken |= {day, hour}
    for field, synonyms in known.items():
        if field in places:
            continue
        for synonym in synonyms.split():
            found = [i for i, name in enumerate(names) if name == synonym and i not in taken]
            if found:
                places[field] = (found[0],)
                headers[field] = file.headers[found[0]]
                taken.add(found[0])
                break
    missing = [field for field in REQUIRED[kind] if field not in places]
    if missing:
        raise DatasetInvalid(
            f"{file.path.name}: no column for {', '.join(missing)}; its headers are "
            f"{', '.join(file.headers[:12])}",
            remedy=f"name the column: --map {kind}.{missing[0]}=HEADER",
        )
    unused = tuple(header for i, header in enumerate(file.headers) if i not in taken and header)
    return Columns(places, headers, unused)


def _place(file: CsvFile, header: str, field: str) -> int:
    wanted = plain_name(header)
    exact = [i for i, each in enumerate(file.headers) if each == header.strip()]
    found = exact or [i for i, each in enumerate(file.headers) if plain_name(each) == wanted]
    if len(found) == 1:
        return found[0]
    what = "no column" if not found else f"{len(found)} columns"
    raise DatasetInvalid(
        f"{file.path.name}: {what} called {header!r} for {field}; its headers are "
        f"{', '.join(file.headers[:12])}",
        remedy="name a header as it stands in the first line",
    )
