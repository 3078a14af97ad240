"""The pictures of the documentation are of the demonstration as it is.

A file of their own: two services can't run at once in a process.
"""

from __future__ import annotations

import pytest

PICTURES = {
    "review": ("analyst", "/review"),
    "agreement": ("analyst", "/review/agreement"),
    "board": ("supervisor", "/board"),
    "inbox": ("supervisor", "/inbox"),
    "admin": ("admin", "/admin/knowledge"),
    "desk_start": ("agent", "/desk"),
    "mine": ("agent", "/review/mine"),
    "contests": ("supervisor", "/review/contests"),
    "calibrations": ("supervisor", "/review/calibrations"),
}
"""What the documentation shows of the demonstration: each picture, who looks, at what."""


@pytest.mark.parametrize("name", PICTURES)
def test_each_screen_has_a_picture(name, demo_page, picture):
    role, path = PICTURES[name]
    page = demo_page(role, f"{path}?lang=fr&theme=light")
    page.wait_for_load_state("networkidle")
    picture(page, name)
