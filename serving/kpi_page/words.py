"""The words of the pages of KPIs and forecasts, in French and English."""

from __future__ import annotations

from quality.kpi.definitions import Language
from serving.typesetting import one_language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Indicateurs du centre", "Centre KPIs"),
    "forecast_title": ("Prévision et effectifs", "Forecast and staffing"),
    "indicator": ("Indicateur", "KPI"),
    "value": ("Valeur", "Value"),
    "interval": ("Intervalle à 95\u202f%", "95% interval"),
    "n": ("n", "n"),
    "from": ("Calculé de", "Computed from"),
    "missing": ("Ce qui manque pour le reste", "What the rest needs"),
    "missing_note": (
        "Rien n'est deviné : un indicateur sans ses données n'a pas de valeur.",
        "Nothing is guessed: a KPI without its data has no value.",
    ),
    "needs": ("Il faut", "Needs"),
    "for": ("Pour", "For"),
    "by_day": ("Par jour", "By day"),
    "legend_expected": ("attendus", "expected"),
    "legend_range": ("intervalle à {level}", "{level} interval"),
    "legend_agents": ("agents", "agents"),
    "sources": ("Données", "Data"),
    "source": ("Source", "Source"),
    "rows": ("Lignes", "Rows"),
    "used": ("Retenues", "Used"),
    "rejected": ("Rejetées", "Rejected"),
    "duplicates": ("Doublons", "Duplicates"),
    "period": ("Période", "Period"),
    "columns": ("Colonnes lues", "Columns read"),
    "unused": ("Colonnes non lues", "Columns not read"),
    "errors": ("Premières lignes rejetées", "First rows rejected"),
    "by": ("Par", "By"),
    "small": (
        "Les groupes de moins de {least} contacts ne montrent pas de chiffre (·). Ordre des noms, "
        "jamais un classement.",
        "Groups of fewer than {least} contacts show no figure (·). In the order of names, never "
        "a ranking.",
    ),
    "agent_note": (
        "Clés pseudonymes. Ne sert ni à sanctionner ni à classer ; pas de chiffre sous {least} "
        "contacts.",
        "Pseudonymous keys. Not for discipline, not for ranking; no figure below {least} contacts.",
    ),
    "unlabelled": ("Hors groupe", "In no group"),
    "reasons": ("Motifs de contact", "Contact reasons"),
    "share": ("Part", "Share"),
    "count": ("Nombre", "Count"),
    "approximate": ("≈ approché", "≈ approximate"),
    "other_alarm": (
        "Plus de 10\u202f% des conversations ont le motif « autre » : revoir les motifs.",
        "More than 10% of conversations have the reason “other”: revise the reasons.",
    ),
    "alert": ("Alerte", "Alert"),
    "alert_unknown": ("Alerte sans données", "Alert without data"),
    "method": ("Lire cette page", "Reading this page"),
    "method_text": (
        "Intervalles à 95\u202f% : Wilson pour les parts, Student pour les moyennes, linéarisation "
        "pour les rapports de sommes ; ils disent l'incertitude d'un échantillon, pas les erreurs "
        "de mesure. CSAT, NPS et CES ne viennent que d'enquêtes. Fuseau : {zone}.",
        "95% intervals: Wilson for shares, Student for means, linearisation for ratios of sums; "
        "they tell a sample's uncertainty, not errors of measurement. CSAT, NPS and CES come from "
        "surveys only. Time zone: {zone}.",
    ),
    "made_by": ("Établi par Entendu", "Made by Entendu"),
    "colon": (" : ", ": "),
    "to": ("au", "to"),
    "calls": ("appels", "calls"),
    "conversations": ("conversations", "conversations"),
    "surveys": ("enquêtes", "surveys"),
    "costs": ("coûts", "costs"),
    "agent_time": ("temps disponible", "available time"),
    "tickets": ("tickets", "tickets"),
    "bot_log": ("journal du bot", "bot log"),
    "day": ("jour", "day"),
    "week": ("semaine", "week"),
    "month": ("mois", "month"),
    "queue": ("file", "queue"),
    "channel": ("canal", "channel"),
    "reason": ("motif", "reason"),
    "team": ("équipe", "team"),
    "agent": ("agent", "agent"),
    "seasonal_naive": ("semaine précédente (plancher)", "week before (the floor)"),
    "four_weeks": ("moyenne de quatre semaines", "mean of four weeks"),
    "ets": ("lissage exponentiel × profil du jour", "exponential smoothing × day profile"),
    "backtest": ("Mesuré sur votre passé", "Measured on your past"),
    "method_name": ("Méthode", "Method"),
    "wape": ("Erreur par demi-heure (WAPE)", "Error by half-hour (WAPE)"),
    "wape_day": ("Erreur par jour (WAPE)", "Error by day (WAPE)"),
    "mase": ("MASE", "MASE"),
    "chosen": ("retenue", "used"),
    "coverage": (
        "{share} des {n} demi-heures étaient dans leur intervalle à {level}",
        "{share} of {n} half-hours were inside their {level} interval",
    ),
    "backtest_note": (
        "{origins} prévisions de {days} jours, chacune avec ce qui était connu alors.",
        "{origins} forecasts of {days} days, each from what was known by then.",
    ),
    "floor_best": (
        "Aucune méthode ne fait mieux que la semaine précédente sur vos données : c'est elle qui "
        "sert.",
        "No method does better than the week before on your data: that is what is used.",
    ),
    "date": ("Jour", "Day"),
    "contacts": ("Contacts", "Contacts"),
    "peak": ("Pointe", "Peak"),
    "agents_peak": ("Agents en pointe", "Agents at the peak"),
    "hours": ("Heures d'agents", "Agent hours"),
    "hours_scheduled": ("Avec absences", "With shrinkage"),
    "holiday": ("férié", "bank holiday"),
    "change": ("changement d'heure", "clock change"),
    "time": ("Heure", "Time"),
    "expected": ("Attendus", "Expected"),
    "agents": ("Agents", "Agents"),
    "service": ("QS prévue", "Service level"),
    "occupancy": ("Occupation", "Occupancy"),
    "wait": ("Attente", "Wait"),
    "half_hours": ("Par demi-heure", "By half-hour"),
    "plan": (
        "{target} en {within} s, DMT {handling}{of}",
        "{target} within {within} s, handling time {handling}{of}",
    ),
    "plan_occupancy": ("occupation d'au plus {share}", "occupancy of at most {share}"),
    "plan_shrinkage": ("absences {share}", "shrinkage {share}"),
    "erlang_c": ("Erlang C (personne ne raccroche)", "Erlang C (nobody hangs up)"),
    "erlang_a": ("Erlang A (patience moyenne {patience})", "Erlang A (mean patience {patience})"),
    "erlang_formula": (
        "Erlang C : A = appels/s × DMT ; B(n) = A·B(n−1)/(n + A·B(n−1)) ; C = N·B/(N − A(1−B)) ; "
        "QS = 1 − C·exp(−(N−A)·T/DMT) (Erlang 1917). Suppose des arrivées au hasard et un seul "
        "groupe d'agents : une aide, pas un planning.",
        "Erlang C: A = calls/s × handling time; B(n) = A·B(n−1)/(n + A·B(n−1)); "
        "C = N·B/(N − A(1−B)); SL = 1 − C·exp(−(N−A)·T/AHT) (Erlang 1917). It takes arrivals to "
        "be random and agents to be one group: a help, not a schedule.",
    ),
    "holiday_none": (
        "Aucun jour férié dans l'historique : un férié est prévu comme un dimanche.",
        "No bank holiday in the history: one is forecast like a Sunday.",
    ),
    "holiday_share": (
        "Un férié a eu {share} d'un jour habituel dans l'historique.",
        "Bank holidays had {share} of a usual day in the history.",
    ),
    "dropped": (
        "Jours incomplets laissés de côté : {days}.", "Days that look cut off, left out: {days}.",
    ),
    "reason_error": ("Par motif, sur votre passé", "By reason, on your past"),
    "model_error": ("Erreur (WAPE)", "Error (WAPE)"),
    "naive_error": ("Semaine précédente", "Week before"),
    "no_reason": ("sans motif", "without a reason"),
    "weekdays": ("lun mar mer jeu ven sam dim", "Mon Tue Wed Thu Fri Sat Sun"),
}  # fmt: skip


def words_in(language: Language) -> dict[str, str]:
    """Return the words in one language."""
    return one_language(_WORDS, language)
