"""The pictures of the screens that the documentation shows, taken of the demonstration."""

from __future__ import annotations

import pytest

SCREENS = {
    "review": ("analyst", "/review"),
    "agreement": ("analyst", "/review/agreement"),
    "board": ("supervisor", "/board"),
    "inbox": ("supervisor", "/inbox"),
    "admin": ("admin", "/admin/knowledge"),
    "desk_start": ("agent", "/desk"),
}


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_has_a_picture(name, demo_page, picture):
    role, path = SCREENS[name]
    page = demo_page(role, f"{path}?lang=fr&theme=light")
    page.wait_for_load_state("networkidle")
    picture(page, name)
