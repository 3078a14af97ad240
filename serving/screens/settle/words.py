"""The words of evaluations, contests and their settlement, in French and English."""

from __future__ import annotations

from serving.screens.listening.words import LISTENING

REVIEWED: dict[str, tuple[str, str]] = LISTENING | {
    "conform": ("Conforme", "Met"),
    "partly": ("En partie", "Partly met"),
    "not_conform": ("Non conforme", "Not met"),
    "not_applicable": ("Sans objet", "Not applicable"),
    "cannot_tell": ("Indéterminé", "Cannot tell"),
    "machine": ("Entendu (automatique)", "Entendu (automatic)"),
    "role_reviewer": ("Superviseur", "Supervisor"),
    "draft": ("Brouillon automatique", "Automatic draft"),
    "by_people": ("Confirmée", "Confirmed"),
    "eliminated": ("Éliminatoire", "Eliminated"),
    "jump": ("Aller au passage", "Go to the passage"),
    "did_opened": ("a préparé un brouillon", "prepared a draft"),
    "did_assigned": ("a confié l'évaluation à {who}", "assigned the review to {who}"),
    "did_confirmed": ("a confirmé la réponse", "confirmed the answer"),
    "did_confirmed_n": ("a confirmé {n} réponses", "confirmed {n} answers"),
    "which": ("Lesquelles", "Which ones"),
    "did_corrected": ("a répondu « {answer} »", "answered “{answer}”"),
    "did_commented": ("a commenté", "commented"),
    "did_root_cause": ("a nommé la cause « {cause} »", "named the cause “{cause}”"),
    "did_eliminatory_confirmed": (
        "a confirmé la condition éliminatoire",
        "confirmed the eliminatory condition",
    ),
    "did_eliminatory_rejected": (
        "a écarté la condition éliminatoire",
        "rejected the eliminatory condition",
    ),
    "did_shared": ("a partagé l'évaluation", "shared the evaluation"),
    "did_acknowledged": ("a pris connaissance", "acknowledged it"),
    "did_contested": ("a contesté", "contested"),
    "did_upheld": ("a maintenu la réponse", "upheld the answer"),
    "did_changed": ("a changé la réponse : {answer}", "changed the answer: {answer}"),
    "did_reopened": ("a rouvert la contestation", "reopened the contest"),
    "cause_procedure": ("Procédure", "Procedure"),
    "cause_tool": ("Outil", "Tool"),
    "cause_training": ("Formation", "Training"),
    "cause_knowledge": ("Connaissance", "Knowledge"),
    "cause_workload": ("Charge", "Workload"),
    "before": ("Auparavant :", "Before:"),
    "how_confirmed": ("a confirmé", "confirmed"),
    "how_corrected": ("a répondu", "answered"),
    "how_settled": ("a tranché", "settled"),
    "how_machine": ("a proposé", "proposed"),
    "withdrawn": ("Réponse retirée", "Answer withdrawn"),
    "not_counted": ("Non comptée", "Not counted"),
    "eliminatory_met": ("Condition éliminatoire retenue", "Eliminatory condition held"),
    "eliminatory_not_met": ("Condition éliminatoire écartée", "Eliminatory condition rejected"),
    "contest_open": ("Contestation en cours", "Contest under way"),
    "contest_settled": ("Contestation tranchée", "Contest settled"),
    "outcome_upheld": ("Réponse maintenue", "Answer upheld"),
    "outcome_changed": ("Réponse changée", "Answer changed"),
    "outcome_reopened": ("Rouverte", "Reopened"),
    "points_of": ("{got} / {all} pts", "{got} / {all} pts"),
    "points_worth": ("{all} pts", "{all} pts"),
    "history": ("Historique", "History"),
    "question": ("Question", "Question"),
    "state": ("État", "State"),
    "show_all": ("Tout afficher ({n})", "Show all ({n})"),
    "conversation": ("Voir la conversation", "Open the conversation"),
}
"""What every page around a review needs."""

MINE: dict[str, tuple[str, str]] = REVIEWED | {
    "title": ("Mes évaluations", "My evaluations"),
    "evaluations": ("Mes évaluations", "My evaluations"),
    "law": (
        "Une note automatique reste un brouillon tant qu'une personne ne l'a pas confirmée. Vous "
        "avez le droit de demander qu'une personne réexamine chaque réponse : contestez-la, avec "
        "vos raisons. Une autre personne que celle qui a répondu tranchera.",
        "An automatic score stays a draft until a person has confirmed it. You have the right to "
        "have each answer looked at again by a person: contest it, with your reasons. Somebody "
        "other than the person who answered will settle it.",
    ),
    "law_draft": (
        "Cette note est un brouillon automatique : des personnes n'ont pas encore répondu à "
        "toutes les questions. Elle ne sert ni à sanctionner ni à classer. Vous pouvez contester "
        "chaque réponse.",
        "This score is an automatic draft: people have not answered every question yet. It serves "
        "neither discipline nor ranking. You can contest each answer.",
    ),
    "law_people": (
        "Cette note vient de personnes, pas de la machine. Si vous n'êtes pas d'accord avec une "
        "réponse, contestez-la : une autre personne que celle qui a répondu la réexaminera.",
        "This score was given by people, not by the machine. If you disagree with an answer, "
        "contest it: somebody other than the person who answered will look at it again.",
    ),
    "unread": ("À lire", "To read"),
    "n_unread": ("{n} à lire", "{n} to read"),
    "n_waiting": ("{n} contestations en cours", "{n} contests under way"),
    "n_waiting_one": ("Contestation en cours", "Contest under way"),
    "shared_on": ("Partagée le {day}", "Shared on {day}"),
    "answered_on": ("Tranchée le {day}", "Settled on {day}"),
    "none_shared": (
        "Aucune évaluation n'a encore été partagée avec vous.",
        "No evaluation has been shared with you yet.",
    ),
    "course": ("Mon évolution", "My course"),
    "course_only": (
        "Vos évaluations confirmées, par semaine. Personne n'est comparé à ses collègues.",
        "Your confirmed evaluations, by week. Nobody is compared with colleagues.",
    ),
    "course_few": (
        "Évaluations confirmées : {n}. En dessous de {few}, c'est trop peu pour conclure.",
        "Confirmed evaluations: {n}. Fewer than {few} is too little to conclude anything.",
    ),
    "course_n": ("{n} évaluations confirmées.", "{n} confirmed evaluations."),
    "course_n_one": ("Une évaluation confirmée.", "One confirmed evaluation."),
    "course_alt": (
        "Note moyenne par semaine (semaines : {n}), de {first} à {last} sur 100",
        "Mean score by week (weeks: {n}), from {first} to {last} out of 100",
    ),
    "no_course": (
        "Rien à montrer tant qu'aucune évaluation n'est entièrement confirmée.",
        "Nothing to show until an evaluation is wholly confirmed.",
    ),
    "as_table": ("En tableau", "As a table"),
    "week": ("Semaine du", "Week of"),
    "mean": ("Moyenne", "Mean"),
    "n": ("Nombre", "Number"),
    "work_on": ("Ce qui a coûté le plus", "What cost most"),
    "met": ("Atteint", "Met"),
    "points_each": ("Points", "Points"),
    "nothing_lost": ("Aucun point perdu.", "No point lost."),
    "tip": ("Le conseil", "One piece of advice"),
    "comments": ("Commentaires", "Comments"),
    "contest": ("Contester", "Contest"),
    "contest_eliminatory": ("Contester l'élimination", "Contest the elimination"),
    "contest_why": ("Pourquoi n'êtes-vous pas d'accord ?", "Why do you disagree?"),
    "contest_hint": (
        "Votre raison est lue par la personne qui tranche ; elle reste dans l'historique.",
        "Your reason is read by whoever settles it; it stays in the history.",
    ),
    "choose_quote": (
        "Pour citer un passage, sélectionnez-le dans la transcription (touche x : tout le tour).",
        "To quote a passage, select it in the transcript (key x: the whole turn).",
    ),
    "contest_send": ("Envoyer la contestation", "Send the contest"),
    "contest_sent": (
        "Contestation envoyée. Vous verrez ici la décision et sa raison.",
        "Contest sent. You will see the decision and its reason here.",
    ),
    "acknowledge": ("J'ai pris connaissance", "I have read it"),
    "acknowledged": ("Vous avez pris connaissance", "You have read it"),
    "acknowledge_hint": (
        "Dites que vous avez lu cette évaluation. Ce n'est pas un accord : vous pouvez contester "
        "avant ou après.",
        "Say that you have read this evaluation. It does not mean that you agree: you can contest "
        "before or after.",
    ),
    "acknowledge_text": ("Un mot (facultatif)", "A word (optional)"),
    "shared_by": ("Partagée par {who}, {at}", "Shared by {who}, {at}"),
}
"""Of what an agent sees of their own evaluations."""

CONTESTS: dict[str, tuple[str, str]] = REVIEWED | {
    "title": ("Contestations", "Contests"),
    "contests": ("Contestations", "Contests"),
    "open_contests": ("À trancher", "To settle"),
    "settled_contests": ("Tranchées", "Settled"),
    "no_open_contests": (
        "Aucune contestation n'attend. Elles arrivent quand un conseiller n'est pas d'accord avec "
        "une réponse.",
        "No contest is waiting. They come when an agent disagrees with an answer.",
    ),
    "contested_by": ("Conseiller", "Agent"),
    "stands": ("Réponse actuelle", "Answer now"),
    "today": ("aujourd'hui", "today"),
    "n_days": ("depuis {n} jours", "for {n} days"),
    "n_days_one": ("depuis hier", "since yesterday"),
    "about_eliminatory": ("élimination", "elimination"),
    "barred_reviewer_only": (
        "Un superviseur la tranchera.",
        "A supervisor will settle it.",
    ),
    "barred_own_answer": (
        "Vous avez donné cette réponse : une autre personne doit trancher.",
        "You gave this answer: somebody else has to settle it.",
    ),
    "barred_own_contact": (
        "C'est votre contact : une autre personne doit trancher.",
        "This is your contact: somebody else has to settle it.",
    ),
    "agents_words": ("Ce que dit le conseiller", "What the agent says"),
    "answers_given": ("Les réponses et leurs preuves", "The answers and their evidence"),
    "settlement": ("Décision", "Decision"),
    "decide": ("La réponse est…", "The answer is…"),
    "uphold": ("maintenue", "upheld"),
    "change": ("changée", "changed"),
    "uphold_eliminatory": ("L'élimination est maintenue", "The elimination is upheld"),
    "change_eliminatory": ("L'élimination est levée", "The elimination is lifted"),
    "new_answer": ("Nouvelle réponse", "New answer"),
    "settle_why": ("Raison, pour le conseiller", "Reason, for the agent"),
    "settle_hint": (
        "Le conseiller lit la décision et la raison. La réponse de la machine reste inscrite.",
        "The agent reads the decision and the reason. The machine's answer stays on record.",
    ),
    "settle": ("Trancher", "Settle"),
    "settled_now": ("Décision enregistrée.", "Decision recorded."),
    "reopen": ("Rouvrir", "Reopen"),
    "reopen_why": ("Pourquoi la rouvrir ?", "Why reopen it?"),
    "reopened_now": ("Contestation rouverte.", "Contest reopened."),
}
"""Of the contests and the one that is settled."""
