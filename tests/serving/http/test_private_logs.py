"""No log line holds what people sent, whatever the route and the place they put it."""

from __future__ import annotations

import io
import json
import logging

import pytest
from fastapi.routing import iter_route_contexts

from serving.logs import JsonFormatter

MARKER = "Zanzibar4970101234567890"


@pytest.fixture
def log():
    """Everything that is logged, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(
        lambda record: not record.name.startswith(("httpx", "httpcore"))
    )  # the test's
    root, ours = logging.getLogger(), logging.getLogger("entendu")
    levels = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def routes(app):
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.methods:
            for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
                yield method, route.path


def bodies():
    words = {"text": MARKER, "question": MARKER, "q": MARKER, "name": MARKER, "id": MARKER}
    yield {"json": words | {"messages": [{"speaker": "customer", "text": MARKER}]}}
    yield {"content": MARKER.encode(), "headers": {"Content-Type": "application/json"}}
    yield {
        "files": {"file": (f"{MARKER}.txt", f"Client : {MARKER}".encode())},
        "data": {"language": MARKER, "customer_key": MARKER},
    }


def test_a_marker_sent_everywhere_is_in_no_log_line(service, log):
    marked = {"X-Request-ID": f"{MARKER} {MARKER}", "Idempotency-Key": MARKER, "User-Agent": MARKER}
    sent = 0
    for method, path in routes(service.app):
        place = path
        while "{" in place:
            start, end = place.index("{"), place.index("}")
            place = f"{place[:start]}{MARKER}{place[end + 1 :]}"
        if place.endswith("/events") and method == "GET":
            continue
        for more in bodies() if method in ("POST", "PUT", "PATCH") else ({},):
            headers = marked | more.pop("headers", {})
            service.client.request(
                method, place, params={"q": MARKER, "customer_key": MARKER}, headers=headers, **more
            )
            sent += 1
    assert sent > 60
    lines = log.getvalue()
    assert '"message": "request"' in lines
    for line in lines.splitlines():
        assert MARKER not in line, line[:2000]
        json.loads(line)


def test_what_was_said_is_in_no_log_line_of_its_analysis(service, log):
    for text in (f"{MARKER} BUG", f"{MARKER} BROKEN", MARKER):
        service.wait_for(service.send_chat(text))
    assert MARKER not in log.getvalue()
