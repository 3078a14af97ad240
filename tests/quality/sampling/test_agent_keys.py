"""Pseudonymous ids of agents."""

from __future__ import annotations

import pytest

from conversation.errors import BadInput
from quality.sampling import AgentKeys, is_agent_key

KEYS = AgentKeys(b"0123456789abcdef")


def test_the_same_agent_keeps_the_same_id():
    key = KEYS.key_of("Sophie Bernard")
    assert key == KEYS.key_of("  sophie   BERNARD ") == KEYS.key_of(key)
    assert is_agent_key(key)
    assert "sophie" not in key


def test_another_secret_or_agent_gives_another_id():
    assert AgentKeys(b"fedcba9876543210").key_of("x") != KEYS.key_of("x")
    assert KEYS.key_of("x") != KEYS.key_of("y")


def test_nothing_has_no_id():
    assert KEYS.key_of("  ") is None


def test_a_short_secret_is_refused():
    with pytest.raises(BadInput, match="at least 16"):
        AgentKeys(b"short")
