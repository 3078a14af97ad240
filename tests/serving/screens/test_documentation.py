"""The page of the API for developers, in a browser."""

from __future__ import annotations


def test_the_api_can_be_tried_without_a_script_that_is_not_ours(demo_service, open_page):
    page = open_page(f"{demo_service.url}/docs")
    operation = page.locator("#operations-conversations-list_conversations, .opblock").first
    operation.wait_for()
    operation.locator("button.opblock-summary-control").click()
    operation.locator(".execute").wait_for()
    answer = page.goto(f"{demo_service.url}/docs")
    scripts = answer.headers["content-security-policy"].split("script-src ")[1].split(";")[0]
    assert "unsafe" not in scripts
