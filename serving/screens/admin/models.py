"""The words of the page of models, in French and English."""

from __future__ import annotations

MODELS: dict[str, tuple[str, str]] = {
    "models": ("Modèles", "Models"),
    "models_hint": (
        "Ce que le service sait employer, et ce qu'il tient en mémoire. « entendu models » "
        "installe et vérifie.",
        "What the service can use, and what it holds in memory. “entendu models” installs and "
        "verifies.",
    ),
    "model": ("Modèle", "Model"),
    "task": ("Tâche", "Task"),
    "languages": ("Langues", "Languages"),
    "and_others": ("{some} et {n} autres", "{some} and {n} others"),
    "licence": ("Licence", "Licence"),
    "source": ("Source", "Source"),
    "size": ("Taille", "Size"),
    "state": ("État", "State"),
    "present": ("Installé", "Installed"),
    "absent": ("Absent", "Absent"),
    "loaded": ("En mémoire", "Loaded"),
    "used_for": ("Employé pour", "Used for"),
    "task_transcribe": ("transcription", "transcription"),
    "task_encode": ("sens des phrases", "meaning of sentences"),
    "task_encode-speaker": ("voix distinguées", "voices told apart"),
    "source_folder": ("dossier", "folder"),
    "source_package": ("fourni avec Entendu", "comes with Entendu"),
    "source_wheel": ("paquet Python", "Python package"),
    "source_hub": ("Hugging Face", "Hugging Face"),
    "embeddings": ("sens des phrases", "meaning of sentences"),
    "transcription": ("transcription", "transcription"),
    "memory": ("Mémoire", "Memory"),
    "verified_at": ("Vérifié le", "Verified on"),
    "mb": ("{n} Mo", "{n} MB"),
    "machine": ("Cette machine", "This machine"),
    "version": ("Version", "Version"),
    "device": ("Calcul sur", "Computes on"),
    "threads": ("Fils de calcul", "Threads"),
    "running": ("En cours", "Running"),
    "waiting": ("En attente", "Waiting"),
    "process_mb": ("Mémoire du processus", "Memory of the process"),
    "cache": ("Vecteurs gardés", "Vectors kept"),
    "no_pool": (
        "Le matériel demandé n'est pas là : rien ne peut être calculé.",
        "The device asked for is not there: nothing can be computed.",
    ),
}
