"""The words of the board, in French and English."""

from __future__ import annotations

BOARD: dict[str, tuple[str, str]] = {
    "title": ("Tableau de bord", "Board"),
    "intro": (
        "Chaque chiffre mène aux conversations dont il vient.",
        "Every figure leads to the conversations it comes from.",
    ),
    # Filters
    "period": ("Période", "Period"),
    "last_7": ("7 jours", "7 days"),
    "last_28": ("28 jours", "28 days"),
    "last_56": ("56 jours", "56 days"),
    "from": ("Du", "From"),
    "to": ("au", "to"),
    "channel": ("Canal", "Channel"),
    "queue": ("File", "Queue"),
    "reason": ("Motif", "Reason"),
    "all_channels": ("Tous les canaux", "All channels"),
    "all_queues": ("Toutes les files", "All queues"),
    "all_reasons": ("Tous les motifs", "All reasons"),
    "team": ("Équipe", "Team"),
    "all_teams": ("Toutes les équipes", "All teams"),
    "clear": ("Effacer les filtres", "Clear the filters"),
    "by_step": ("Pas", "Step"),
    "by_day": ("Par jour", "By day"),
    "by_week": ("Par semaine", "By week"),
    "compared": (
        "Comparé à la période précédente : {from} – {to}",
        "Compared with the period before: {from} – {to}",
    ),
    "bad_period": (
        "La période du {from} au {to} ne peut pas être montrée : donnez de 1 à 400 jours depuis "
        "1970, le début avant la fin.",
        "The period from {from} to {to} cannot be shown: give 1 to 400 days since 1970, the "
        "beginning before the end.",
    ),
    "bad_filters": (
        "Ceci n'a pas été compris : {what}. Choisissez une autre valeur ci-dessus.",
        "This was not understood: {what}. Choose another value above.",
    ),
    "usual_period": ("Montrer les 28 derniers jours", "Show the last 28 days"),
    "without_these": ("Montrer sans ce filtre", "Show without this filter"),
    # Parts
    "parts": ("Parties du tableau", "Parts of the board"),
    "overview": ("Vue d'ensemble", "Overview"),
    "volumes": ("Volumes et motifs", "Volumes and reasons"),
    "topics": ("Sujets émergents", "Emerging topics"),
    "mood": ("Humeur par motif", "Mood by reason"),
    "kpis": ("Indicateurs", "KPIs"),
    "gaps": ("Lacunes des connaissances", "Knowledge gaps"),
    "questions": ("Qualité par question", "Quality by question"),
    "forecast": ("Prévision", "Forecast"),
    "health": ("Santé du service", "System health"),
    # Everywhere
    "table_named": ("Tableau : {what}", "Table: {what}"),
    "colon": (" : ", ": "),
    "as_table": ("Tableau", "Table"),
    "as_chart": ("Graphique", "Chart"),
    "csv": ("CSV", "CSV"),
    "csv_form": (
        "Pour un tableur français : points-virgules, virgules décimales, UTF-8",
        "For an English spreadsheet: commas, decimal points, UTF-8",
    ),
    "csv_of": ("{what} : exporter en CSV", "{what}: export as CSV"),
    "table_of": ("{what} : montrer le tableau", "{what}: show the table"),
    "chart_of": ("{what} : montrer le graphique", "{what}: show the chart"),
    "conversations": ("Conversations", "Conversations"),
    "see": ("Voir les conversations : {what}", "See the conversations: {what}"),
    "previous": ("Période précédente", "Previous period"),
    "previous_short": ("Avant", "Before"),
    "change": ("Évolution", "Change"),
    "more_than": ("{n} de plus qu'avant", "{n} more than before"),
    "less_than": ("{n} de moins qu'avant", "{n} fewer than before"),
    "same_as": ("comme avant", "as before"),
    "share": ("Part", "Share"),
    "interval": ("Intervalle à 95\u202f%", "95% interval"),
    "name": ("Nom", "Name"),
    "unknown": ("Non renseigné", "Not known"),
    "no_reason": ("Sans motif reconnu", "Without a recognised reason"),
    "empty": (
        "Aucune conversation dans cette période avec ces filtres. Élargissez la période ou effacez "
        "les filtres.",
        "No conversation in this period with these filters. Choose a longer period or clear the "
        "filters.",
    ),
    "more": ("Afficher tout ({n})", "Show all ({n})"),
    "less": ("Afficher moins", "Show less"),
    "day": ("Jour", "Day"),
    "week": ("Semaine", "Week"),
    "cut": ("semaine incomplète", "incomplete week"),
    "cut_week": ("Semaine incomplète", "Incomplete week"),
    "cut_before": ("Semaine incomplète, avant", "Incomplete week, before"),
    "waiting": (
        "{n} de la période attendent encore leur analyse : canal et motif inconnus.",
        "{n} of the period still wait for their analysis: channel and reason not known.",
    ),
    "waiting_one": (
        "{n} de la période attend encore son analyse : canal et motif inconnus.",
        "{n} of the period still waits for its analysis: channel and reason not known.",
    ),
    # Volumes
    "contacts": ("Conversations", "Conversations"),
    "over_time": ("Conversations dans le temps", "Conversations over time"),
    "reasons_over_time": ("Motifs dans le temps", "Reasons over time"),
    "by_channel": ("Par canal", "By channel"),
    "by_queue": ("Par file", "By queue"),
    "by_reason": ("Par motif", "By reason"),
    "others": ("Autres motifs", "Other reasons"),
    "trend": ("Tendance", "Trend"),
    # Overview
    "main_reason": ("Premier motif", "Main reason"),
    "customer_mood": ("Humeur des clients", "Customers' mood"),
    "negative_share": ("{share} de contacts négatifs", "{share} negative contacts"),
    "quality_score": ("Qualité (brouillon)", "Quality (draft)"),
    "resolved": ("Résolu au premier contact", "Resolved at first contact"),
    "waiting_now": ("En attente d'analyse", "Waiting for analysis"),
    "counting": ("Décompte en cours…", "Being counted…"),
    "nothing_waits": ("Rien n'attend", "Nothing waits"),
    "failed_n": ("{n} en échec", "{n} failed"),
    # Mood
    "mood_note": (
        "D'après les mots du client seulement, jamais la voix, jamais le conseiller. Négatif sous "
        "−{mark}, positif au-dessus de {mark} ; moyenne de −1 à 1.",
        "From the customer's words only, never the voice, never the agent. Negative below −{mark}, "
        "positive above {mark}; mean from −1 to 1.",
    ),
    "negative": ("Négatif", "Negative"),
    "neutral": ("Neutre", "Neutral"),
    "positive": ("Positif", "Positive"),
    "mean": ("Moyenne", "Mean"),
    "mean_before": ("Moyenne avant", "Mean before"),
    "few": ("peu de contacts", "few contacts"),
    "mood_unknown": (
        "{n} conversations sans humeur connue ne sont pas comptées ici.",
        "{n} conversations without a known mood are not counted here.",
    ),
    "mood_unknown_one": (
        "{n} conversation sans humeur connue n'est pas comptée ici.",
        "{n} conversation without a known mood is not counted here.",
    ),
    "mood_empty": (
        "Aucune conversation dont l'humeur du client soit connue dans cette période.",
        "No conversation with a known customer mood in this period.",
    ),
    # KPIs
    "formula": ("Formule", "Formula"),
    "computed_from": ("Calculé de", "Computed from"),
    "needs": ("Il faut", "Needs"),
    "value": ("Valeur", "Value"),
    "explain": ("Comment se calcule : {what}", "How it is computed: {what}"),
    "not_measurable": (
        "Non mesurable avec ces données",
        "Not measurable from these data",
    ),
    "n_not_measurable": (
        "{n} non mesurables avec ces données",
        "{n} not measurable from these data",
    ),
    "n_not_measurable_one": (
        "{n} non mesurable avec ces données",
        "{n} not measurable from these data",
    ),
    "missing": ("Ce qui manque", "What is missing"),
    "approximate": ("approché", "approximate"),
    "notes": ("À savoir", "To know"),
    "behind": ("Conversations derrière : {what}", "Conversations behind: {what}"),
    "counted_of": (
        "{n} comptées sur {all}",
        "{n} counted out of {all}",
    ),
    "counted_of_one": (
        "{n} comptée sur {all}",
        "{n} counted out of {all}",
    ),
    "first_of": ("Les {shown} premières sur {n}.", "The first {shown} of {n}."),
    "open_inbox": ("Ouvrir la liste", "Open the list"),
    "open_first": (
        "Ouvrir les {n} premières sur {all} dans la liste",
        "Open the first {n} of {all} in the list",
    ),
    "newest_of": ("(les {n} plus récentes)", "(the newest {n})"),
    "counted_here": ("comptée", "counted"),
    "at": ("Date", "Date"),
    "pending": (
        "{n} conversations analysées ne sont pas encore comptées ; le calcul est en cours.",
        "{n} analysed conversations are not counted yet; it is under way.",
    ),
    "pending_one": (
        "{n} conversation analysée n'est pas encore comptée ; le calcul est en cours.",
        "{n} analysed conversation is not counted yet; it is under way.",
    ),
    "left_out": (
        "{n} conversations d'une version antérieure n'ont pas pu être lues.",
        "{n} conversations of an earlier version could not be read.",
    ),
    "left_out_one": (
        "{n} conversation d'une version antérieure n'a pas pu être lue.",
        "{n} conversation of an earlier version could not be read.",
    ),
    "wilson": ("Wilson", "Wilson"),
    "src_conversations": ("conversations", "conversations"),
    "src_calls": ("appels", "calls"),
    "src_surveys": ("enquêtes", "surveys"),
    "src_bot_log": ("sessions du bot", "bot sessions"),
    "src_tickets": ("tickets", "tickets"),
    "src_costs": ("coûts", "costs"),
    "src_agent_time": ("temps disponible", "available time"),
    "per_minute": ("mots/min", "words/min"),
    "out_of_100": ("/ 100", "/ 100"),
    # Questions
    "draft_note": (
        "Un brouillon de la machine n'est la note de personne : seul ce que des personnes ont "
        "confirmé compte pour quelqu'un. L'accord et la confiance viennent de toutes les revues, "
        "quels que soient les filtres.",
        "A machine's draft is nobody's score: only what people confirmed counts for anybody. "
        "Agreement and trust come from all reviews, whatever the filters.",
    ),
    "question": ("Question", "Question"),
    "draft": ("Brouillons", "Drafts"),
    "confirmed": ("Confirmé", "Confirmed"),
    "nobody_confirmed": ("rien de confirmé", "nothing confirmed"),
    "gate": ("Confiance", "Trust"),
    "gate_auto": ("Comptée", "Counted"),
    "gate_assist": ("Montrée, non comptée", "Shown, not counted"),
    "gate_off": ("Retirée", "Withdrawn"),
    "gate_unmeasured": ("Accord non mesuré", "Agreement not measured"),
    "agreement": ("Accord", "Agreement"),
    "kappa": ("κ {kappa} [{low} ; {high}], n = {n}", "κ {kappa} [{low}; {high}], n = {n}"),
    "evaluated_n": (
        "{n} évaluées par la machine",
        "{n} evaluated by the machine",
    ),
    "evaluated_n_one": ("{n} évaluée par la machine", "{n} evaluated by the machine"),
    "reviewed_n": ("{n} revues par des personnes", "{n} reviewed by people"),
    "reviewed_n_one": ("{n} revue par des personnes", "{n} reviewed by people"),
    "failing": ("Non conformes : {what}", "Not conforming: {what}"),
    "questions_empty": (
        "Aucune conversation de cette période n'a été évaluée avec une grille.",
        "No conversation of this period was evaluated with a scorecard.",
    ),
    "scorecard": ("Grille", "Scorecard"),
    # Reports in the background
    "made_at": ("Calculé le {at}", "Computed {at}"),
    "updating": ("Mise à jour en cours…", "Being updated…"),
    "first_time": (
        "Premier calcul en cours ; cette partie s'affichera dès qu'il est prêt.",
        "Being computed for the first time; this part appears when it is ready.",
    ),
    "refresh": ("Recalculer", "Compute anew"),
    "refresh_of": ("{what} : recalculer", "{what}: compute anew"),
    "cannot": ("Ne peut pas être calculé.", "It cannot be computed."),
    # Topics
    "topics_note": (
        "Ce que plusieurs clients disent et qu'aucun motif ne dit, dans la période et avec les "
        "filtres ; verbatim sans données personnelles.",
        "What several customers say and no reason does, in the period and with the filters; quotes "
        "without personal data.",
    ),
    "left_out_of": (
        "{n} conversations plus anciennes de la période n'ont pas été lues : un calcul en prend "
        "5\u202f000, les plus récentes.",
        "{n} older conversations of the period were not read: one search takes 5,000, the newest.",
    ),
    "left_out_of_one": (
        "{n} conversation plus ancienne de la période n'a pas été lue : un calcul en prend "
        "5\u202f000, les plus récentes.",
        "{n} older conversation of the period was not read: one search takes 5,000, the newest.",
    ),
    "topics_empty": (
        "Aucun sujet ne ressort : les motifs connus couvrent ce que disent les clients.",
        "No topic stands out: the known reasons cover what customers say.",
    ),
    "trend_new": ("Nouveau", "New"),
    "trend_growing": ("En hausse", "Growing"),
    "trend_steady": ("Stable", "Steady"),
    "trend_quiet": ("Calme", "Quiet"),
    "times": ("× {ratio} en {days} j", "× {ratio} in {days} d"),
    "recent_n": ("{n} en {days} j", "{n} in {days} d"),
    "within": ("dans « {what} »", "within “{what}”"),
    "quote": ("Verbatim", "Quote"),
    "read_quote": ("Lire dans la conversation", "Read in the conversation"),
    # Gaps
    "gaps_note": (
        "Ce que les clients demandent et que la base ne dit pas bien, dans la période et avec les "
        "filtres, par temps de traitement. Le brouillon reprend les réponses des conseillers.",
        "What customers ask and the base does not answer well, in the period and with the filters, "
        "by handling time. The draft takes up agents' answers.",
    ),
    "gaps_empty": (
        "Aucune lacune : la base répond à ce que demandent les clients.",
        "No gap: the base answers what customers ask.",
    ),
    "handling": ("Traitement", "Handling"),
    "why": ("Pourquoi", "Why"),
    "why_missing": ("Pas d'article", "No article"),
    "why_outdated": ("Article périmé", "Outdated article"),
    "why_wrong_audience": ("Article interne seulement", "Internal article only"),
    "why_weak": ("Réponse trop faible", "Answer too weak"),
    "nearest": ("Le plus proche : {title}", "Nearest: {title}"),
    "open_draft": ("Ouvrir le brouillon", "Open the draft"),
    "show_draft": ("Lire le brouillon", "Read the draft"),
    "draft_of": ("Brouillon d'article", "Draft article"),
    "contradicted": ("réponses contradictoires", "contradicting answers"),
    "asked_n": ("{n} questions", "{n} questions"),
    "asked_n_one": ("{n} question", "{n} question"),
    "what": ("Demande", "Request"),
    # Forecast
    "forecast_note": (
        "Les deux semaines à venir, méthode choisie sur tout votre passé : canal, file et motif "
        "s'appliquent, la période non. Saisons annuelles, envois et pannes lui sont inconnus.",
        "The two weeks to come, with the method that was best on all of your past: channel, queue "
        "and reason apply, the period does not. Yearly seasons, mailings and outages are unknown "
        "to it.",
    ),
    "expected": ("Attendus", "Expected"),
    "past": ("Passé", "Past"),
    "interval_high": ("Haut de l'intervalle", "Upper end of the interval"),
    "interval_80": ("Intervalle à {level}", "{level} interval"),
    "agents_peak": ("Agents en pointe", "Agents at peak"),
    "agent_hours": ("Heures d'agents", "Agent hours"),
    "with_absences": ("avec absences", "with absences"),
    "peak": ("Pointe", "Peak"),
    "holiday": ("férié", "bank holiday"),
    "method": ("Méthode", "Method"),
    "seasonal_naive": ("semaine précédente (plancher)", "week before (the floor)"),
    "four_weeks": ("moyenne de quatre semaines", "mean of four weeks"),
    "ets": ("lissage exponentiel × profil du jour", "exponential smoothing × day profile"),
    "wape": ("Erreur par demi-heure", "Error by half-hour"),
    "wape_day": ("Erreur par jour", "Error by day"),
    "chosen": (
        "retenue : la plus petite erreur par demi-heure",
        "used: the smallest error by half-hour",
    ),
    "measured": (
        "Mesuré sur {n} prévisions de votre passé",
        "Measured on {n} forecasts of your past",
    ),
    "measured_one": (
        "Mesuré sur {n} prévision de votre passé",
        "Measured on {n} forecast of your past",
    ),
    "held": (
        "{share} des demi-heures étaient dans leur intervalle à {level}",
        "{share} of half-hours were inside their {level} interval",
    ),
    "not_staffed": (
        "Sans agents : aucun appel de cette sélection ne dit combien de temps il a duré.",
        "Without agents: no call of this selection tells how long it took.",
    ),
    "staffed_for": (
        "Erlang C : {target} en {within} s, DMT {handling}, occupation d'au plus {occupancy}, "
        "absences {shrinkage}",
        "Erlang C: {target} within {within} s, handling time {handling}, occupancy of at most "
        "{occupancy}, shrinkage {shrinkage}",
    ),
    "half_hours_of": ("Demi-heures du {day}", "Half-hours of {day}"),
    "time": ("Heure", "Time"),
    "agents": ("Agents", "Agents"),
    "service_level": ("QS prévue", "Service level"),
    "occupancy": ("Occupation", "Occupancy"),
    "forecast_over": ("Volumes passés et à venir", "Volumes past and to come"),
    # Health
    "health_note": (
        "Le compte de la transcription suit la période et les filtres ; travaux, délais et modèles "
        "sont ceux du service, maintenant.",
        "The account of transcription follows period and filters; jobs, delays and models are "
        "those of the service, now.",
    ),
    "kpis_narrowed": (
        "Les indicateurs de l'assistant ne suivent ni canal, ni file, ni motif : avec un tel "
        "filtre ils ne sont pas montrés.",
        "The assistant's KPIs follow neither channel nor queue nor reason: with such a filter "
        "they are not shown.",
    ),
    "state_queued": ("En attente", "Waiting"),
    "state_running": ("En cours", "Running"),
    "state_done": ("Terminés", "Done"),
    "state_failed": ("En échec", "Failed"),
    "state_dead": ("Abandonnés", "Given up"),
    "state_cancelled": ("Annulés", "Cancelled"),
    "jobs": ("Travaux", "Jobs"),
    "delay": ("De l'envoi au résultat", "From sending to result"),
    "delay_value": (
        "médiane {median}, 9 sur 10 en {p90} (n = {n}, 7 jours)",
        "median {median}, 9 in 10 within {p90} (n = {n}, 7 days)",
    ),
    "no_delay": ("aucune analyse ces 7 derniers jours", "no analysis in the last 7 days"),
    "oldest": ("le plus ancien attend depuis {at}", "the oldest has waited since {at}"),
    "failed_week": ("En échec en 7 jours", "Failed in 7 days"),
    "coverage": ("Compte de la transcription", "Account of the transcription"),
    "coverage_value": (
        "de {speech} de parole sous des mots",
        "of {speech} of speech under words",
    ),
    "no_recording": (
        "aucun enregistrement dans cette période",
        "no recording in this period",
    ),
    "recordings_n": ("{n} enregistrements", "{n} recordings"),
    "recordings_n_one": ("{n} enregistrement", "{n} recording"),
    "short_n": ("{n} sous 90\u202f%", "{n} below 90%"),
    "warned_n": ("{n} avec un avertissement", "{n} with a warning"),
    "dropped_n": (
        "{n} textes inventés écartés, avec leur raison",
        "{n} invented texts left out, with their reason",
    ),
    "dropped_n_one": (
        "{n} texte inventé écarté, avec sa raison",
        "{n} invented text left out, with its reason",
    ),
    "short": ("Parole sans mots (moins de 90\u202f% couverts)", "Speech without words (below 90%)"),
    "warned": ("Enregistrements avec un avertissement", "Recordings with a warning"),
    "models": ("Modèles", "Models"),
    "for_embeddings": ("sens des phrases", "meaning of sentences"),
    "for_transcription": ("transcription", "transcription"),
    "loaded": ("en mémoire", "in memory"),
    "ready": ("prêt, non chargé", "ready, not loaded"),
    "absent": ("absent de cette machine", "not on this machine"),
    "computes_on": ("calcul sur {device}", "computing on {device}"),
    "on_cpu": ("le processeur", "the processor"),
    "on_cuda": ("la carte graphique", "the graphics card"),
    "minutes": ("{n} min", "{n} min"),
    "hours": ("{n} h", "{n} h"),
    "megabytes": ("Mo", "MB"),
    "help": ("Raccourcis clavier", "Keyboard shortcuts"),
    "key_part": ("Aller à une partie du tableau", "Go to a part of the board"),
    "key_help": ("Montrer cette aide", "Show this help"),
    "key_table": ("Tous les graphiques en tableaux, et retour", "All charts as tables, and back"),
}
