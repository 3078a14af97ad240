"""The screens without a mouse, in a window as small as one at 200 %, and in forced colours."""

from __future__ import annotations

import pytest

ZOOMED = {"width": 640, "height": 400}
WHERE = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  return {
    name: one.id || one.className || one.tagName,
    // A date marks the one of its parts that has the focus.
    marked: one.type === "date" || style.outlineStyle !== "none" || style.boxShadow !== "none",
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture
def signed_in(service, open_page):
    """Return a function that signs the administrator in with the keyboard and opens a page."""
    key = service.client.headers["authorization"].removeprefix("Bearer ")

    def open_at(path: str):
        page = open_page(f"{service.url}{path}", viewport=ZOOMED, reduced_motion="reduce")
        page.locator("#key:focus").wait_for()
        page.keyboard.type(key)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}**")
        page.locator("main :is(button, a, input)").first.wait_for()
        return page

    return open_at


@pytest.mark.parametrize("path", ["/inbox", "/desk", "/admin/keys", "/review", "/board"])
def test_the_first_tab_skips_to_the_content_and_every_stop_is_seen(signed_in, path):
    page = signed_in(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    page.keyboard.press("Tab")
    first = page.evaluate(WHERE)
    assert first == {"name": "skip", "marked": True, "seen": True}
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")
    stops = []
    for _ in range(8):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(WHERE))
    assert [one for one in stops if not (one["marked"] and one["seen"])] == []


def test_help_opens_with_its_key_and_escape_gives_the_focus_back(signed_in):
    page = signed_in("/review")
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    page.wait_for_function("!document.activeElement.closest('dialog')")


def test_the_screen_one_is_on_is_marked_in_forced_colours(signed_in):
    page = signed_in("/inbox")
    page.emulate_media(forced_colors="active")
    current = page.locator(".tab[aria-current]")
    assert current.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    other = page.locator(".tab:not([aria-current])").first
    assert other.evaluate("one => getComputedStyle(one).outlineStyle") == "none"
