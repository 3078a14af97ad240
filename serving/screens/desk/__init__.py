"""The agent's desk: the call that goes on, followed while people speak."""
