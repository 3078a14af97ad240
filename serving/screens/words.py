"""The words that the screens of the centre share, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serving.sign_in_page.words import PageLanguage

_SHARED: dict[str, tuple[str, str]] = {
    "skip": ("Aller au contenu", "Skip to the content"),
    "inbox": ("Conversations", "Conversations"),
    "account": ("Mon compte", "My account"),
    "language": ("English", "Français"),
    "dark": ("Thème sombre", "Dark theme"),
    "light": ("Thème clair", "Light theme"),
    "screens": ("Écrans", "Screens"),
    "role_agent": ("Conseiller", "Agent"),
    "role_analyst": ("Analyste qualité", "Quality analyst"),
    "role_supervisor": ("Superviseur", "Supervisor"),
    "role_admin": ("Administrateur", "Administrator"),
    "role_customer": ("Client", "Customer"),
}


def words_of(own: Mapping[str, tuple[str, str]], language: PageLanguage) -> dict[str, str]:
    """Return the words of a screen beside the shared ones, in one language.

    Args:
        own: Of the screen, each as (French, English).
        language: Which.
    """
    place = 0 if language == "fr" else 1
    return {name: both[place] for name, both in {**_SHARED, **own}.items()}
