from __future__ import annotations

import random

import pytest


@pytest.mark.parametrize("fault", ["kill_api", "kill_worker", "kill_both"])
def test_nothing_is_lost_and_nothing_done_twice_when_a_process_is_killed(
    scenarios, new_fleet, fault
):
    with new_fleet(workers=2 if fault == "kill_worker" else 1) as fleet:
        facts = getattr(scenarios, fault)(fleet, random.Random(fault))
        assert facts["acknowledged"] > 0
        log = fleet.log.read_text()
    assert "Traceback" not in log
    assert '"exception"' not in log
